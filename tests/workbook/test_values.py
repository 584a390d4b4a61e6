"""Text from letters in cells: never a formula, never an error, never a file that cannot be saved or opened."""

from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from intake.workbook.values import LONGEST, clean, kept, kept_of, put, same, text_of

NOON = datetime(2023, 3, 10, 12, 0)  # noqa: DTZ001 a spreadsheet knows no zones


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "=cmd|'/c calc'!A0",
        "+380671234567",
        "-5",
        "@SUM(A1)",
        "#N/A",
        "#REF!",
        "'quoted",
        "0412",
        "TRUE",
        "=",
        "12:30",
    ],
)
def test_text_that_a_spreadsheet_would_take_for_something_else_is_written_as_text(
    tmp_path: Path, text: str
) -> None:
    book = Workbook()
    put(book.active["A1"], kept(text))
    book.save(tmp_path / "a.xlsx")
    cell = load_workbook(tmp_path / "a.xlsx").active["A1"]
    assert (cell.value, cell.data_type, bool(cell.quotePrefix)) == (text, "s", True)


def test_what_xml_or_openpyxl_cannot_bear_is_cleaned() -> None:
    assert clean("a\x00b\x1fc\ud800d\ufffee\uffff") == "abcde"
    assert (
        clean("рядок\r\nдругий\rтретій\x0bчетвертий\u2028п’ятий")
        == "рядок\nдругий\nтретій\nчетвертий\nп’ятий"
    )
    assert clean(" \t зайве \u202eтекст\u202c ") == "зайве текст"


def test_an_escape_in_the_text_is_kept_as_it_was_written(tmp_path: Path) -> None:
    book = Workbook()
    put(book.active["A1"], kept("a_x000D_b _x0041_"))
    book.save(tmp_path / "a.xlsx")
    cell = load_workbook(tmp_path / "a.xlsx").active["A1"]
    assert cell.value == "a_x005F_x000D_b _x005F_x0041_"
    assert text_of(kept_of(cell)) == "a_x000D_b _x0041_"


@pytest.mark.parametrize("text", ["я" * 40_000, "😀" * 20_000, "_x000D_" * 8_000])
def test_a_text_beyond_the_limit_is_cut_and_says_so(text: str) -> None:
    short = clean(text)
    assert short.endswith("…")
    cell = Workbook().active["A1"]
    put(cell, f"s:{short}")
    assert len(cell.value.encode("utf-16-le")) // 2 <= LONGEST
    assert text.startswith(short[:-1])


@pytest.mark.parametrize(
    "value", ["Їжак", "=f", 7, 7.25, 0.1 + 0.2, NOON, "+380", "два\nрядки", "  краї  ", "_x000D_", 10**12]
)
def test_a_value_comes_back_from_a_file_as_the_same(tmp_path: Path, value: str | float | datetime) -> None:
    book = Workbook()
    put(book.active["A1"], kept(value))
    book.save(tmp_path / "a.xlsx")
    assert kept_of(load_workbook(tmp_path / "a.xlsx").active["A1"]) == kept(value)


@given(st.text())
def test_no_text_whatever_makes_a_cell_that_cannot_be_written(text: str) -> None:
    value = kept(text)
    cell = Workbook().active["A1"]
    put(cell, value)
    assert kept_of(cell) == value
    assert cell.data_type in {"s", "n"}


def test_number_and_text_say_the_same_but_a_formula_equals_only_itself() -> None:
    assert same("n:5", "s:5")
    assert not same("s:=A1", "f:B2 =A1")
    assert same("f:B2 =A1", "f:C9 =A1")


def test_a_formula_is_moved_along_with_its_cell() -> None:
    cell = Workbook().active["B9"]
    put(cell, "f:B2 =A2*$C$1")
    assert cell.value == "=A9*$C$1"

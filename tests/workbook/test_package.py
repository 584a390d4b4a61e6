"""The package under the workbook: it reads as openpyxl does, passes on what it does not know, and refuses what is no workbook."""

import io
import re
import struct
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from lxml import etree
from openpyxl import Workbook, load_workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment
from openpyxl.worksheet.formula import ArrayFormula
from sqlalchemy import update

from intake.database import letters
from intake.workbook.formulas import areas, outdated, rewritten
from intake.workbook.package.cells import address, place_of
from intake.workbook.package.check import problems
from intake.workbook.package.opened import opened
from intake.workbook.package.ranges import Area, area_of, shift_of
from intake.workbook.package.zipped import Damaged, Foreign, Zipped, deflated, write_zip
from intake.workbook.values import kept_of
from tests.workbook.desk import Desk, at
from tests.workbook.rich import edit_part, parts_of, sheet_part
from tests.workbook.spreadsheet import type_into

ONE, TWO = "КЗ-2023-001", "КЗ-2023-002"
MOMENT = datetime(2023, 3, 9, 12, 30, 15)  # noqa: DTZ001 a spreadsheet knows no zones


def said_by_openpyxl(octets: bytes) -> dict[str, dict[tuple[int, int], str]]:
    book = load_workbook(io.BytesIO(octets), rich_text=True)
    return {
        sheet.title: {place: told for place, cell in sheet._cells.items() if (told := kept_of(cell))}
        for sheet in book.worksheets
    }


def said(octets: bytes) -> dict[str, dict[tuple[int, int], str]]:
    file = opened(octets)
    return {name: file.sheet(name).cells for name in file.names()}


def everything() -> Workbook:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    values = [
        "текст", " з пробілами ", "_x000D_", "рядок\nдругий", 0, -1.5, 1e-7, 12345678901234567890, True, False, None, "=1+1", "#N/A",
        MOMENT, date(2023, 3, 9), time(14, 5), timedelta(hours=30), "=SUM(A1:A3)",
        CellRichText("звичайний ", TextBlock(InlineFont(b=True), "жирний")), "<&>\"'", "a" * 32767,
    ]  # fmt: skip
    for row, value in enumerate(values, start=1):
        sheet.cell(row, 1).value = value  # type: ignore[assignment]  # the stubs know less than the library
        sheet.cell(row, 700).value = row
    sheet["C1"] = ArrayFormula("C1:C3", "=A1:A3*2")
    sheet["D1"].comment = Comment("зауваження", "Ірина")
    sheet.cell(1, 5).number_format = "dd.mm.yyyy"
    sheet.cell(1, 5).value = 45000
    book.create_sheet("Другий аркуш").cell(1_048_576, 16_384).value = "край"
    return book


def octets_of(book: Workbook) -> bytes:
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


@pytest.mark.parametrize("epoch", ["1900", "1904"])
def test_cells_are_read_as_openpyxl_reads_them(epoch: str) -> None:
    book = everything()
    if epoch == "1904":
        book.epoch = datetime(1904, 1, 1)  # noqa: DTZ001 a spreadsheet knows no zones
    octets = octets_of(book)
    assert said(octets) == said_by_openpyxl(octets)


def test_shared_formulas_are_read_in_every_cell() -> None:
    octets = octets_of(everything())
    path = "xl/worksheets/sheet1.xml"
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(octets)) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == path:
                rows = b'<row r="30"><c r="A30"><f t="shared" ref="A30:A31" si="0">B29+$B$1</f><v>1</v></c></row><row r="31"><c r="A31"><f t="shared" si="0"/><v>2</v></c></row>'
                content = content.replace(b"</sheetData>", rows + b"</sheetData>")
            new.writestr(name, content)
    told = said(changed.getvalue())
    assert told == said_by_openpyxl(changed.getvalue())
    assert told["Sheet"][31, 1] == "f:A31 =B30+$B$1"


# ---------------------------------------------------------------------------------------------- unusual writing


def prefixed(octets: bytes) -> bytes:
    """The same sheet with a prefix for its namespace, as the Open XML SDK writes it."""
    root = etree.fromstring(octets)
    namespace = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    made = etree.Element(
        root.tag, nsmap={"x": namespace, **{key: value for key, value in root.nsmap.items() if key}}
    )
    made.extend(list(root))
    text = etree.tostring(made).decode()
    assert "<x:sheetData" in text
    return text.encode()


def _text(octets: bytes) -> str:
    return octets.decode().partition("?>")[2] if octets.startswith(b"<?xml") else octets.decode()


def _without_addresses(octets: bytes) -> bytes:
    # Only where no cell is left out does it mean the same.
    return re.sub(rb'<c r="[A-Z]+2"', b"<c", octets)


UNUSUAL: dict[str, Callable[[bytes], bytes]] = {
    "a prefix": prefixed,
    "another encoding": lambda octets: ('<?xml version="1.0" encoding="UTF-16"?>' + _text(octets)).encode(
        "utf-16"
    ),
    "comments": lambda octets: octets.replace(b"<row ", b"<!-- </row></sheetData> --><row ", 1),
    "character data": lambda octets: octets.replace(
        b"<t>&#1055;&#1086;&#1074;&#1085;&#1072;</t>", "<t><![CDATA[Повна]]></t>".encode()
    ),
    "line breaks": lambda octets: (
        octets.replace(b"<row ", b"\n  <row ")
        .replace(b"<c ", b"\n    <c ")
        .replace(b"</sheetData>", b"\n</sheetData>")
    ),
    "no cell addresses": _without_addresses,
}


@pytest.mark.parametrize("how", UNUSUAL)
def test_a_sheet_that_is_written_unusually_is_read_and_changed(desk: Desk, how: str) -> None:
    desk.stocked(2)
    edit_part(desk.path, sheet_part(desk.path, "Заявки"), UNUSUAL[how])
    desk.restate(TWO, "held")
    desk.application(3)
    result = desk.update()
    assert (result.status, result.typed) == ("written", ())
    assert desk.column("Статус") == {ONE: "Повна", TWO: "На перевірці", "КЗ-2023-003": "Повна"}
    assert desk.update().status == "unchanged"


def zipped_again(path: Path, how: str) -> None:
    parts = parts_of(path)
    target = io.BytesIO()
    if how == "data descriptors":

        class Pipe(io.RawIOBase):
            def writable(self) -> bool:
                return True

            def write(self, octets: object) -> int:
                return target.write(octets)  # type: ignore[arg-type]  # the stubs want a buffer

        with zipfile.ZipFile(Pipe(), "w", zipfile.ZIP_DEFLATED) as package:
            for name, octets in parts.items():
                package.writestr(name, octets)
    else:
        with zipfile.ZipFile(target, "w") as package:
            for name, octets in parts.items():
                entry = zipfile.ZipInfo(f"/{name}" if how == "slashes" else name)
                if how == "zip64":
                    with package.open(entry, "w", force_zip64=True) as part:
                        part.write(octets)
                else:
                    package.writestr(entry, octets)
            if how == "a folder":
                package.writestr("xl/media/", b"")
    before = b"#!/bin/sh\n" if how == "something before it" else b""
    path.write_bytes(before + target.getvalue())


@pytest.mark.parametrize(
    "how", ["stored", "zip64", "data descriptors", "slashes", "a folder", "something before it"]
)
def test_any_kind_of_zip_is_written_as_a_plain_one(desk: Desk, how: str) -> None:
    desk.stocked(1)
    zipped_again(desk.path, how)
    desk.application(2)
    result = desk.update()
    assert (result.status, result.typed) == ("written", ())
    assert list(desk.column("Статус")) == [ONE, TWO]
    octets = desk.path.read_bytes()
    with zipfile.ZipFile(io.BytesIO(octets)) as package:
        assert package.testzip() is None
        assert {entry.flag_bits & 0x8 for entry in package.infolist()} == {0}
    assert struct.unpack("<I", octets[:4])[0] == 0x04034B50


def test_unchanged_members_keep_their_octets_as_they_are_stored() -> None:
    source = io.BytesIO()
    with zipfile.ZipFile(source, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package:
        package.writestr("a.xml", b"<a/>" * 1000)
        package.writestr("b.png", b"\0" * 100, zipfile.ZIP_STORED)
        package.comment = "архів".encode()
    old = Zipped(source.getvalue())
    target = io.BytesIO()
    write_zip(target, old, {"c.xml": deflated([b"<c/>"])}, frozenset())
    new = Zipped(target.getvalue())
    assert [bytes(new.raw(name)) for name in ("a.xml", "b.png")] == [
        bytes(old.raw(name)) for name in ("a.xml", "b.png")
    ]
    assert (new.read("c.xml"), new.comment.decode()) == (b"<c/>", "архів")


# ------------------------------------------------------------------------------------------------ what is refused


def strict(path: Path) -> None:
    transitional = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    edit_part(
        path,
        "xl/workbook.xml",
        lambda octets: octets.replace(transitional, b"http://purl.oclc.org/ooxml/spreadsheetml/main"),
    )


def disordered(path: Path) -> None:
    rows = re.compile(rb"(<row r=\"2\".*?</row>)(<row r=\"3\".*?</row>)", re.DOTALL)
    edit_part(path, sheet_part(path, "Заявки"), lambda octets: rows.sub(rb"\2\1", octets))


@pytest.mark.parametrize("kind", ["a password", "strict", "rows out of order"])
def test_a_workbook_of_a_kind_that_is_not_written_is_left_alone_and_a_copy_made(
    desk: Desk, kind: str
) -> None:
    desk.stocked(2)
    if kind == "strict":
        strict(desk.path)
    elif kind == "rows out of order":
        disordered(desk.path)
    else:
        desk.path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000)
    before = desk.path.read_bytes()
    desk.application(3)
    result = desk.update()
    assert (result.status, desk.path.read_bytes() == before) == ("blocked", True)
    assert result.copy is not None
    copy = Desk.__new__(Desk)
    copy.path = result.copy
    assert list(copy.column("Статус")) == [ONE, TWO, "КЗ-2023-003"]
    assert desk.update().status == "blocked"
    # Saved without the password, it is the desk again.
    result.copy.chmod(0o644)
    result.copy.replace(desk.path)
    desk.application(4)
    assert desk.update().status == "written"
    assert list(desk.column("Статус")) == [ONE, TWO, "КЗ-2023-003", "КЗ-2023-004"]


@pytest.mark.parametrize("octets", [b"", b"PK", b"PK\x05\x06" + b"\0" * 18])
def test_what_is_no_package_is_damaged(octets: bytes) -> None:
    with pytest.raises(Damaged):
        opened(octets)
    with pytest.raises(Foreign):
        opened(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")


def test_a_document_type_is_damage(desk: Desk) -> None:
    desk.stocked(1)
    bomb = b'<!DOCTYPE worksheet [<!ENTITY a "aaaa">]>'
    edit_part(
        desk.path,
        sheet_part(desk.path, "Заявки"),
        lambda octets: octets.replace(b"<worksheet", bomb + b"<worksheet", 1),
    )
    with pytest.raises(Damaged):
        opened(desk.path.read_bytes()).sheet("Заявки")


def test_what_is_wrong_with_a_package_is_named(desk: Desk) -> None:
    desk.stocked(1)
    assert problems(opened(desk.path.read_bytes()).package) == frozenset()
    edit_part(
        desk.path,
        "xl/workbook.xml",
        lambda octets: octets.replace(b"</sheets>", b'<sheet name="x" sheetId="1"/></sheets>'),
    )
    assert problems(opened(desk.path.read_bytes()).package) == {"two sheets have the number 1"}


# --------------------------------------------------------------------------------------- rows that come and go


def test_what_stands_below_the_table_moves_with_its_comments_formulas_and_ranges(desk: Desk) -> None:
    desk.stocked(2)
    with desk.edit() as sheet:
        sheet["A6"], sheet["D6"] = "Разом", "=SUM(D2:D3)"
        sheet["A7"] = "підпис"
        sheet["A7"].comment = Comment("чий?", "Ірина")
        sheet.merge_cells("A7:C7")
        sheet.row_dimensions[7].height = 55
        sheet.parent.create_sheet("Моє")["A1"] = "='Заявки'!A7&\" \"&SUM('Заявки'!$D$2:$D$3)"
    desk.application(3)
    desk.update()
    sheet = desk.open()["Заявки"]
    assert [sheet.cell(row, 1).value for row in range(2, 9)] == [
        ONE,
        TWO,
        "КЗ-2023-003",
        None,
        None,
        "Разом",
        "підпис",
    ]
    comment = sheet["A8"].comment
    assert comment is not None
    assert (sheet["D7"].value, comment.text, sheet.row_dimensions[8].height) == ("=SUM(D2:D4)", "чий?", 55)
    assert [str(area) for area in sheet.merged_cells.ranges] == ["A8:C8"]
    assert desk.open()["Моє"]["A1"].value == "='Заявки'!A8&\" \"&SUM('Заявки'!$D$2:$D$4)"
    assert desk.update().status == "unchanged"


def test_a_shared_formula_whose_first_cell_is_overwritten_stays_in_the_others(desk: Desk) -> None:
    for count in (1, 2, 3):
        desk.application(count)
    desk.update()
    column = at(desk.open()["Заявки"], ONE, "Бали").column_letter

    def share(octets: bytes) -> bytes:
        for row, formula in (
            (2, f'<f t="shared" ref="{column}2:{column}4" si="0">1+ROW({column}2)</f>'),
            (3, '<f t="shared" si="0"/>'),
            (4, '<f t="shared" si="0"/>'),
        ):
            octets = re.sub(
                rf'<c r="{column}{row}" (s="\d+")[^>]*>.*?</c>'.encode(),
                rf'<c r="{column}{row}" \1>{formula}<v>1</v></c>'.encode(),
                octets,
            )
        return octets

    edit_part(desk.path, sheet_part(desk.path, "Заявки"), share)
    desk.update()
    # Somebody throws the first row away, and the robot moves the others up with it.
    desk.restate(ONE, "late")
    desk.update()
    sheet = desk.open()["Заявки"]
    assert [sheet[f"{column}{row}"].value for row in (2, 3)] == [f"=1+ROW({column}2)", f"=1+ROW({column}3)"]
    assert desk.update().status == "unchanged"


def test_a_result_is_kept_where_it_is_still_true(desk: Desk) -> None:
    desk.stocked(1)
    with desk.edit() as sheet:
        sheet["AZ1"] = "=1+1"
        sheet["AZ2"] = "=COUNTA(A:A)"
        sheet["AZ3"] = "=AZ2*2"
    edit_part(
        desk.path,
        sheet_part(desk.path, "Заявки"),
        lambda octets: (
            octets.replace(b"<f>1+1</f><v></v>", b"<f>1+1</f><v>2</v>")
            .replace(b"<f>COUNTA(A:A)</f><v></v>", b"<f>COUNTA(A:A)</f><v>2</v>")
            .replace(b"<f>AZ2*2</f><v></v>", b"<f>AZ2*2</f><v>4</v>")
        ),
    )
    desk.application(2)
    desk.update()
    told = parts_of(desk.path)[sheet_part(desk.path, "Заявки")]
    assert (b"<f>1+1</f><v>2</v>" in told, b"<v>4</v>" in told) == (True, False)
    assert b"<f>COUNTA(A:A)</f></c>" in told


def test_references() -> None:
    shift = shift_of(frozenset({3}), 5, 2, reach=True)
    assert [shift.start(row) for row in (2, 4, 5, 6)] == [2, 3, 4, 7]
    assert rewritten("=SUM(A2:A5)+A6+'Інший'!A6", "Аркуш", shift, own=True) == "=SUM(A2:A6)+A7+'Інший'!A6"
    assert (
        rewritten("=SUM('Мій аркуш'!$A$2:$A$5)", "Мій аркуш", shift, own=False)
        == "=SUM('Мій аркуш'!$A$2:$A$6)"
    )
    assert shift.references("A3 B3:B3 A1:XFD1048576 C2:C5", lasting=False) == "A1:XFD1048576 C2:C6"
    assert area_of("$B$2:$A$1") == Area(1, 1, 2, 2)
    assert (place_of("XFD1048576"), address(1_048_576, 16_384)) == ((1_048_576, 16_384), "XFD1048576")
    assert areas("=A1+INDIRECT(B1)", "s") is None
    assert outdated(
        {("s", (1, 2)): "=A1", ("s", (1, 3)): "=B1", ("t", (1, 1)): "=2"}, {"s": frozenset({(1, 1)})}
    ) == {
        ("s", (1, 2)),
        ("s", (1, 3)),
    }


def test_typing_as_a_spreadsheet_does_is_seen(desk: Desk) -> None:
    desk.stocked(1)
    type_into(desk.path, "Заявки", at(desk.open()["Заявки"], ONE, "Примітка").coordinate, "вписано")
    assert [(one.header, one.after) for one in desk.update().typed] == [("Примітка", "s:вписано")]


def test_copies_that_a_synchronising_program_made_are_told(desk: Desk) -> None:
    desk.stocked(1)
    names = [
        "Заявки_КЗ-2023 (conflicted copy 2023-03-10 091011).xlsx",
        "Заявки_КЗ-2023 (1).xlsx",
        "Заявки_КЗ-2023-DESKTOP-AB12CD.xlsx",
    ]
    for name in [*names, "Заявки_КЗ-2024.xlsx", "Заявки_КЗ-2023 (оновлено 10-40).xlsx", "Інше.xlsx"]:
        desk.path.with_name(name).write_bytes(b"")
    desk.application(2)
    assert desk.update().beside == tuple(sorted(names))
    assert desk.update().beside == tuple(sorted(names))
    for name in names:
        desk.path.with_name(name).unlink()
    assert desk.update().beside == ()


def test_a_link_over_a_cell_that_becomes_empty_goes_with_what_stood_there(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.application(1)
    desk.update()
    assert [row["Файли"] for row in desk.rows("Заявки")] == ["1 файл"]
    with desk.engine.begin() as tx:
        tx.execute(update(letters).values(files=[], template="no_form"))
    desk.application(2)
    assert desk.update().status == "written"
    assert [row["Файли"] for row in desk.rows("Заявки")] == [None, "1 файл"]
    desk.engine.dispose()

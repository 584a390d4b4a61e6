"""Decisions in two workbooks, one of them Bulgarian: a letter that is not for the one call waits for the people of the other."""

from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import load_workbook

from intake.workbook.words import WORDS
from tests.config.shipped import SHIPPED
from tests.decisions.room import Room
from tests.replay.desk import at, letter

UKRAINIAN = ("Потребують уваги", "Вирішені листи", "Заявки")
BULGARIAN = ("За преглед", "Решени писма", "Заявки")


@pytest.fixture
def two(tmp_path: Path) -> Room:
    """A room with a Ukrainian and a Bulgarian call, and one letter that is for neither."""
    made = Room(tmp_path, now=at("13.03 12:00"))
    (tmp_path / "calls").mkdir()
    example = (SHIPPED.parent / "examples/burgas.toml").read_text(encoding="utf-8")
    (tmp_path / "calls" / "burgas.toml").write_text(
        example.replace('mode = "draft"', 'mode = "send"'), encoding="utf-8"
    )
    made.configure(include="calls/*.toml")
    made.receive(letter("Въпрос", at("09.03 10:00"), sender="kmet@sozopol.example"))
    return made


def stands(room: Room, sheets: tuple[str, ...]) -> list[str]:
    book = load_workbook(room.path)
    return [sheet for sheet in sheets if book[sheet].max_row > 1 and book[sheet]["A2"].value is not None]


def decide(room: Room, sheet: str, **cells: str) -> None:
    """Type into the only row of a sheet of the Bulgarian workbook, by the names of its headers."""
    headers = WORDS["bg"].headers
    with room.edit(sheet) as page:
        columns = {cell.value: cell.column for cell in page[1]}
        for name, text in cells.items():
            page.cell(2, columns[headers[name]]).value = text
    room.cycle()


def test_what_is_for_another_call_waits_there_and_is_registered_in_its_words(two: Room) -> None:
    other = replace(two, call=1)
    assert (stands(two, UKRAINIAN), stands(other, BULGARIAN)) == (["Потребують уваги"], ["За преглед"])
    two.decide("Потребують уваги", decision="інший конкурс")
    assert (stands(two, UKRAINIAN), stands(other, BULGARIAN)) == (["Вирішені листи"], ["За преглед"])
    before = other.templates()
    decide(
        other,
        "За преглед",
        decision="да се регистрира",
        correct_place="Община Созопол, област Бургас",
        taken="Мария",
    )
    assert stands(other, BULGARIAN) == ["Решени писма", "Заявки"]
    assert set(other.templates()) - set(before) <= {"accepted", "form_unreadable", "no_form"}
    (number,) = (row["№ на заявката"] for row in other.rows("Заявки"))
    row = other.rows("Решени писма")[0]
    assert (
        str(row["Какво е направено"])
        .partition(". ")[2]
        .startswith(f"Регистрирано под номер {number}: община Созопол.")
    )


def test_when_all_have_said_that_it_is_not_theirs_it_waits_nowhere(two: Room) -> None:
    other = replace(two, call=1)
    two.decide("Потребують уваги", decision="інший конкурс")
    decide(other, "За преглед", decision="друг конкурс")
    assert (stands(two, UKRAINIAN), stands(other, BULGARIAN)) == (["Вирішені листи"], ["Решени писма"])
    assert two.templates() == []

"""The robot's own pages: they follow people, cost nothing when idle, survive being moved, and are no loss."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.chart import BarChart, Reference

from intake.database import writing
from intake.ledger import health
from intake.ledger.views import ApplicationView
from intake.workbook.sheets import pages
from intake.workbook.words import WORDS
from tests.workbook.desk import SHORT, START, Desk, at, place
from tests.workbook.spreadsheet import delete_row, insert_column

ONE, TWO, THREE = "КЗ-2023-001", "КЗ-2023-002", "КЗ-2023-003"


@pytest.fixture
def filled(desk: Desk) -> Desk:
    desk.application(1)
    desk.application(2, status="incomplete")
    desk.application(3, status="late", received=datetime(2023, 3, 10, 16, 20, tzinfo=UTC))
    desk.update()
    return desk


def formulas(desk: Desk, sheet: str = "Зведення") -> dict[str, Any]:
    return {
        cell.coordinate: cell.value
        for row in desk.open()[sheet].iter_rows()
        for cell in row
        if cell.data_type == "f"
    }


def charts(desk: Desk, sheet: str = "Зведення") -> int:
    # The stubs do not know the list of charts.
    drawn: Any = desk.open()[sheet]
    return len(drawn._charts)


def test_the_totals_are_formulas_over_whole_columns(filled: Desk) -> None:
    told = formulas(filled)
    assert told["B8"] == "=COUNTIFS('Заявки'!$B:$B,$A8)"
    assert told["B13"] == "=COUNTIFS('Запізнілі'!$A:$A,\"КЗ-2023-*\")"
    assert told["B3"].startswith('=IF((B2-NOW())<=0,"строк минув",')


def test_rows_that_people_deleted_are_told_until_they_are_back(filled: Desk) -> None:
    def told() -> tuple[Any, ...]:
        lines = filled.open()["Зведення"].iter_rows(max_col=3, values_only=True)
        return next(line[1:] for line in lines if line[0] == "Видалені рядки")

    assert told() == (0, None)
    with filled.edit() as sheet:
        delete_row(sheet, at(sheet, TWO, "Статус").row)
    with filled.edit("Запізнілі") as sheet:
        delete_row(sheet, at(sheet, THREE, "Рішення").row)
    assert filled.update().status == "written"
    assert told() == (2, f"{TWO}; {THREE}")
    # Also where only news are looked at, and in a file that is made anew.
    filled.application(4)
    filled.update()
    assert told() == (2, f"{TWO}; {THREE}")
    filled.path.unlink()
    filled.update()
    assert told() == (2, f"{TWO}; {THREE}")
    with filled.edit() as sheet:
        sheet.cell(1 + sheet.max_row, 1).value = TWO
    filled.update()
    assert told() == (1, THREE)
    # Where its row stands by now, nobody deleted it.
    filled.restate(THREE, "complete")
    filled.update()
    assert told() == (0, None)
    # A letter that waits for somebody is told by its code.
    code = filled.letter("held", disposition="hold")[:12]
    filled.update()
    with filled.edit("Потребують уваги") as sheet:
        delete_row(sheet, 2)
    filled.update()
    assert told() == (1, code)


def test_oblasts_of_as_many_applications_stand_in_the_order_of_the_alphabet(desk: Desk) -> None:
    names = ("Волинська", "Вінницька", "Івано-Франківська", "Закарпатська")
    places = [replace(place(count), oblast=f"{name} область") for count, name in enumerate(names)]
    views = [
        ApplicationView(
            f"КЗ-2023-{count:03d}", "complete", one, "form", START, START, 1, 1, "", "", (), "", "", {}, (), (), (), "", None
        )
        for count, one in enumerate(places)
    ]  # fmt: skip
    (page,) = (
        one for one in pages(desk.call, views, START, now=START)(lambda *_: "", (), False) if one.first
    )
    told = [cell.value for (_, column), cell in sorted(page.cells.items()) if column == 1]
    assert [name for name in told if name in names] == [
        "Вінницька",
        "Волинська",
        "Закарпатська",
        "Івано-Франківська",
    ]


def test_our_own_charts_are_native_and_stay(filled: Desk) -> None:
    assert charts(filled) == 4
    filled.application(4)
    assert filled.update().status == "written"
    assert charts(filled) == 4


def test_the_last_look_at_the_mail_is_told_and_is_no_reason_to_write(filled: Desk) -> None:
    def polled(unaccounted: int) -> None:
        with writing(filled.engine) as tx:
            health.note(tx, "last_poll", {"unaccounted": unaccounted}, filled.now)

    polled(2)
    before = filled.path.read_bytes()
    assert filled.update().status == "unchanged"
    assert filled.path.read_bytes() == before
    filled.application(4)
    filled.update()
    sheet = filled.open()["Зведення"]
    told = {sheet.cell(row, 3).value: sheet.cell(row, 5).value for row in (4, 5)}
    assert told == {
        "Пошту перевірено": datetime(2023, 3, 10, 10, 0),  # noqa: DTZ001 a spreadsheet knows no zones
        "Листів іще не прочитано": 2,
    }


def test_time_alone_never_writes_the_file(filled: Desk) -> None:
    before = filled.path.read_bytes()
    filled.now += timedelta(hours=5)
    assert filled.update().status == "unchanged"
    # A letter that changes no row: the ledger is read, the file is not written for the sake of the clock.
    with filled.edit() as sheet:
        at(sheet, ONE, "Рішення").value = "відібрано"
    edited = filled.path.read_bytes()
    assert filled.update().status == "unchanged"
    assert (filled.path.read_bytes(), before != edited) == (edited, True)


def test_a_decision_is_counted_without_our_writing(filled: Desk) -> None:
    sheet = filled.open()["Зведення"]
    counted = {
        sheet[cell.replace("B", "A")].value: formula
        for cell, formula in formulas(filled).items()
        if "$C:$C,$A" in formula
    }
    assert list(counted) == list(WORDS["uk"].decisions)


def test_the_formulas_follow_columns_that_people_moved(filled: Desk) -> None:
    with filled.edit() as sheet:
        insert_column(sheet, 2)
        sheet["B1"] = "Наше"
    filled.application(4)
    filled.update()
    assert formulas(filled)["B8"] == "=COUNTIFS('Заявки'!$C:$C,$A8)"


def test_a_renamed_page_is_known_and_a_note_beside_it_stays(filled: Desk) -> None:
    book = filled.open()
    sheet: Any = book["Зведення"]
    sheet.title = "Підсумок"
    # A spreadsheet would change the name that refers to the sheet along with it.
    name = book.defined_names["_Skrynka_page_summary"]
    name.attr_text = name.attr_text.replace("Зведення", "Підсумок")
    sheet["I3"] = "зателефонувати донору"
    sheet["B8"] = 99
    theirs = BarChart()
    theirs.title = "Наша"
    theirs.add_data(Reference(sheet, min_col=2, min_row=8, max_row=10))
    sheet.add_chart(theirs, "T2")
    book.save(filled.path)
    filled.update()
    names = filled.open().sheetnames
    assert ("Підсумок" in names, "Зведення" in names) == (True, False)
    sheet = filled.open()["Підсумок"]
    assert (sheet["I3"].value, sheet["B8"].value) == (
        "зателефонувати донору",
        "=COUNTIFS('Заявки'!$B:$B,$A8)",
    )
    assert charts(filled, "Підсумок") == 5
    filled.now += timedelta(minutes=1)
    assert filled.update().status == "unchanged"


def test_a_sheet_of_people_that_has_the_pages_name_is_kept(tmp_path: Path, filled: Desk) -> None:
    book = filled.open()
    del book["Зведення"]
    del book.defined_names["_Skrynka_page_summary"]
    book.create_sheet("Зведення")["A1"] = "наше"
    book.save(filled.path)
    assert filled.update().status == "written"
    book = filled.open()
    assert book["Зведення (збережено)"]["A1"].value == "наше"
    assert book["Зведення"]["A1"].value == filled.call.title


def test_places_without_an_application_are_those_of_the_oblasts_that_applied(desk: Desk) -> None:
    desk.call = SHORT
    desk.application(1)
    desk.update()
    rows = desk.rows("Громади без заявки")
    assert len(rows) == 66
    assert {row["Область"] for row in rows} == {"Житомирська"}
    assert [row["Громада"] for row in rows[:3]] == ["Андрушівська", "Бердичівська", "Вчорайшенська"]
    assert set(rows[0]) == {
        "Область", "Район", "Громада", "Тип", "Примітка", "Відповідальний", "№ заявки", "КАТОТТГ",
    }  # fmt: skip


def test_admitted_oblasts_come_first(tmp_path: Path, desk: Desk) -> None:
    policy = desk.call.policy.model_copy(update={"oblasts": ("Чернівецька",)})
    desk.call = desk.call.model_copy(update={"policy": policy})
    desk.application(1)
    desk.update()
    assert {row["Область"] for row in desk.rows("Громади без заявки")} == {"Чернівецька"}


def apply_for(desk: Desk, code: str) -> None:
    with desk.engine.begin() as tx:
        tx.exec_driver_sql(
            "UPDATE applications SET place_code = ?, place = json_set(place, '$.code', ?)", (code, code)
        )
    desk.letter(f"again {code}", disposition="discard", files=[])


def test_a_place_that_applied_leaves_unless_people_wrote_something_there(desk: Desk) -> None:
    desk.call = SHORT
    desk.application(1)
    desk.update()
    first, second = (row["КАТОТТГ"] for row in desk.rows("Громади без заявки")[:2])
    with desk.edit("Громади без заявки") as sheet:
        at(sheet, first, "Примітка", "КАТОТТГ").value = "телефонували, обіцяли"
    desk.update()
    apply_for(desk, second)
    desk.update()
    codes = [row["КАТОТТГ"] for row in desk.rows("Громади без заявки")]
    assert (len(codes), second in codes) == (65, False)
    apply_for(desk, first)
    assert desk.update().deleted == ()
    rows = {row["КАТОТТГ"]: row for row in desk.rows("Громади без заявки")}
    assert (rows[first]["Примітка"], rows[first]["№ заявки"]) == ("телефонували, обіцяли", ONE)
    assert second in rows
    # A lost workbook is rebuilt with that note too.
    desk.path.unlink()
    desk.update()
    again = {row["КАТОТТГ"]: row for row in desk.rows("Громади без заявки")}
    assert again[first]["Примітка"] == "телефонували, обіцяли"


def test_the_attendance_list_shows_decisions_by_formula_and_leaves_room_to_sign(filled: Desk) -> None:
    rows = filled.rows("Список реєстрації")
    assert [row["Код учасника"] for row in rows] == [f"{ONE}/1", f"{ONE}/2", f"{TWO}/1", f"{TWO}/2"]
    assert (
        rows[0]["Рішення"]
        == '=IFERROR(INDEX(\'Заявки\'!$C:$C,MATCH("КЗ-2023-001",\'Заявки\'!$A:$A,0))&"","")'
    )
    assert {row["Підпис"] for row in rows} == {None}
    # What a formula shows, or what somebody types over it, is nobody's correction.
    with filled.edit("Список реєстрації") as sheet:
        at(sheet, f"{ONE}/1", "Рішення", "Код учасника").value = "вписано"
    assert filled.update().typed == ()
    filled.application(4)
    filled.update()
    assert filled.rows("Список реєстрації")[0]["Рішення"].startswith("=IFERROR(")


def test_every_row_of_applications_leads_to_its_card(filled: Desk) -> None:
    sheet = load_workbook(filled.path)["Заявки"]
    link = at(sheet, ONE, "№ заявки").hyperlink
    assert link is not None
    assert link.target == "cards/KZ-2023-001.html"

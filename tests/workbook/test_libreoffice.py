"""The workbook as LibreOffice saves it: nothing of that may look like a person's doing, and nothing be lost."""

from datetime import datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.cell_range import CellRange

from intake.workbook.words import WORDS
from tests.workbook.desk import FULL, Desk, at
from tests.workbook.spreadsheet import save_with_libreoffice

pytestmark = pytest.mark.libreoffice

ONE, TWO = "КЗ-2023-001", "КЗ-2023-002"
HOSTILE = '=HYPERLINK("http://evil.example";"сюди")'


@pytest.fixture(scope="session")
def profile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("libreoffice")


def fill(desk: Desk) -> None:
    desk.application(1, subject=HOSTILE, from_name="@SUM(A1)", files=[])
    desk.application(2, status="incomplete", faults=[{"key": "p2_email", "code": "missing", "found": ""}])
    desk.application(3, status="late", subject="#N/A", from_name="_x000D_ Ґудзь")
    desk.letter(
        "held",
        disposition="hold",
        subject="-2+3",
        findings=[{"code": "password", "disposition": "hold", "facts": {"file": "а.docx"}}],
    )
    desk.reply(ONE)
    desk.reply(TWO, state="failed")


def test_a_round_trip_changes_nothing_for_us(tmp_path: Path, profile: Path) -> None:
    desk = Desk(tmp_path, FULL)
    fill(desk)
    desk.update()
    before = {name: desk.rows(name) for name in desk.open().sheetnames}
    save_with_libreoffice(desk.path, profile).replace(desk.path)
    result = desk.update()
    assert result.typed == ()
    assert result.status == "unchanged"
    # A second row of news goes into the file that LibreOffice wrote.
    desk.application(4)
    desk.restate(TWO, "complete")
    assert desk.update().typed == ()
    after = {name: desk.rows(name) for name in desk.open().sheetnames}
    assert [row["№ заявки"] for row in after["Заявки"]] == [ONE, TWO, "КЗ-2023-004"]
    assert after["Заявки"][0] == before["Заявки"][0]
    assert after["Запізнілі"] == before["Запізнілі"]
    assert after["Заявки"][1]["Статус"] == "Повна"
    desk.engine.dispose()


def test_what_people_type_in_libreoffice_is_kept_and_tables_grow(tmp_path: Path, profile: Path) -> None:
    desk = Desk(tmp_path)
    fill(desk)
    desk.update()
    with desk.edit() as sheet:
        at(sheet, ONE, "Рішення").value = "відібрано"
        at(sheet, ONE, "Бали").value = 12.5
        at(sheet, TWO, "Примітка").value = "=1+1"
        at(sheet, TWO, "Громада").value = "Овруцька міська"
        at(sheet, TWO, "Надійшла").value = datetime(2023, 3, 7, 9, 15)  # noqa: DTZ001 a spreadsheet knows no zones
    save_with_libreoffice(desk.path, profile).replace(desk.path)
    desk.application(4)
    result = desk.update()
    assert {(typed.header, typed.after) for typed in result.typed} == {
        ("Рішення", "s:відібрано"),
        ("Бали", "n:12.5"),
        ("Примітка", "f:E3 =1+1"),
        ("Громада", "s:Овруцька міська"),
        ("Надійшла", "d:2023-03-07T09:15:00"),
    }
    sheet = desk.open()["Заявки"]
    comment = at(sheet, TWO, "Громада").comment
    assert comment is not None
    assert comment.text == "Виправлено вручну. За даними листа: «Овруцька»."
    assert sheet.max_row == 4
    areas = [CellRange(table.ref) for table in sheet.tables.values()]
    assert [(area.min_row, area.max_row) for area in areas] == [(1, 4)]
    decision = at(sheet, ONE, "Рішення").column_letter
    lists = [rule for rule in sheet.data_validations.dataValidation if f"{decision}4" in rule.sqref]
    assert [rule.formula1 for rule in lists] == [
        '"на розгляді,відібрано,перелік очікування,не відібрано,не відповідає умовам,дублікат,відкликано громадою"'
    ]
    # Marks and all, another round trip still says nothing new.
    save_with_libreoffice(desk.path, profile).replace(desk.path)
    again = desk.update()
    assert (again.status, again.typed) == ("unchanged", ())
    desk.engine.dispose()


def test_it_opens_in_libreoffice_and_no_applicant_text_became_a_formula(
    tmp_path: Path, profile: Path
) -> None:
    desk = Desk(tmp_path)
    fill(desk)
    desk.update()
    # Every sheet becomes a csv file of its own, formulas as their results.
    every = "csv:Text - txt - csv (StarCalc):59,34,76,1,,0,false,true,true,false,false,-1"
    first = save_with_libreoffice(desk.path, profile, every)
    csv = first.with_name(f"{first.stem}-Заявки.csv").read_text(encoding="utf-8")
    assert '=HYPERLINK(""http://evil.example"";""сюди"")' in csv
    assert "@SUM(A1)" in csv
    assert "+38067001" in csv
    # Our own formulas reckon, and follow what stands on the sheets of rows.
    summary = first.with_name(f"{first.stem}-Зведення.csv").read_text(encoding="utf-8").splitlines()
    assert [line.rstrip(";") for line in summary[6:16]] == [
        "Статус;Кількість;Частка",
        "Повна;1;33%",
        "Потрібні уточнення;1;33%",
        "На перевірці;0;0%",
        "Немає форми;0;0%",
        "Відкликано;0;0%",
        "Запізніла;1;33%",
        "Усього;3",
        "Знято (не враховано);0",
        "Листи, що чекають на людину;1",
    ]
    desk.engine.dispose()


def test_every_table_of_totals_adds_up_with_every_status_and_decision(tmp_path: Path, profile: Path) -> None:
    desk = Desk(tmp_path)
    statuses = ("complete", "incomplete", "held", "no_form", "withdrawn", "late", "void")
    decisions = WORDS["uk"].decisions
    for count in range(1, 22):
        desk.application(count, status=statuses[count % 7])
    desk.update()
    with desk.edit() as sheet:
        rows = [row for row in range(2, sheet.max_row + 1) if sheet.cell(row, 1).value]
        column = at(sheet, sheet.cell(2, 1).value, "Рішення").column
        for count, row in enumerate(rows):
            sheet.cell(row, column).value = (*decisions, "дублікат, відібрано", None)[count % 9]
        # A void application stays in sight while somebody's note stands there; an oblast is written otherwise.
        at(sheet, sheet.cell(3, 1).value, "Область").value = "Житомирщина"
    desk.restate(next(row["№ заявки"] for row in desk.rows() if row["Статус"] == "Повна"), "void")
    desk.update()
    page = load_workbook(save_with_libreoffice(desk.path, profile), data_only=True)["Зведення"]
    lines = [[cell.value for cell in row[:8]] for row in page.iter_rows() if row[0].value is not None]
    totals = [line for line in lines if line[0] == "Усього"]
    # Of the three void ones that with a decision stays in sight; it is counted nowhere else.
    assert [line[1] for line in lines if line[0] == "Знято (не враховано)"] == [1]
    words = {line[0]: line[1] for line in lines}
    assert {word: words[word] for word in WORDS["uk"].statuses.values() if word in words} == {
        "Повна": 2,
        "Потрібні уточнення": 3,
        "На перевірці": 3,
        "Немає форми": 3,
        "Відкликано": 3,
        "Запізніла": 3,
    }
    # All of them; those that are not late, by decision; by oblast and status.
    assert [line[1] for line in totals[:2]] == [17, 14]
    assert words["інші слова або два рішення"] == 1
    assert totals[2][1:] == [2, 3, 3, 3, 3, 3, 17]
    assert [line[1:] for line in lines if line[0] == "інші області"] == [[0, 0, 1, 0, 0, 0, 1]]
    # All had come by the last day.
    days = [line for line in lines if isinstance(line[0], datetime) and line[3] is not None]
    assert (days[-1][3], sum(line[1] + line[2] for line in days)) == (17, 17)
    desk.engine.dispose()

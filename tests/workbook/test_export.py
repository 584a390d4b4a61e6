"""Rows handed out: as the workbook says, people's text included, and never a formula or a contact too many."""

import csv
import io
import re
from pathlib import Path

from openpyxl import load_workbook

from intake import workbook
from intake.workbook.export import as_csv, save_xlsx, without_contacts
from tests.workbook.desk import Desk, answers, at

ONE, TWO = "КЗ-2023-001", "КЗ-2023-002"


def csv_lines(desk: Desk, sheet: str = "applications") -> list[dict[str, str]]:
    octets = as_csv(workbook.exported(desk.engine, desk.call)[sheet])
    assert octets.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(octets.decode("utf-8-sig"), newline=""), delimiter=";"))


def test_csv_has_local_times_decimal_commas_and_what_people_typed(desk: Desk) -> None:
    desk.application(1, values={"p1_name": "ПЕТРЕНКО Олена", "p1_phone": "+380670000001"})
    desk.update()
    with desk.edit() as sheet:
        at(sheet, ONE, "Рішення").value = "відібрано"
        at(sheet, ONE, "Бали").value = 7.5
        at(sheet, ONE, "Громада").value = "Коростенська"
    desk.update()
    (row,) = csv_lines(desk)
    assert (row["Рішення"], row["Бали"], row["Громада"]) == ("відібрано", "7,5", "Коростенська")
    assert row["Надійшла"] == "06.03.2023 14:37"
    assert "," in row["До строку, год"]
    (person,) = csv_lines(desk, "people")
    assert (person["Рішення"], person["Телефон"]) == ("відібрано", "380670000001")


def test_csv_holds_no_formula_whatever_an_applicant_wrote(desk: Desk) -> None:
    for count, text in enumerate(("=1+1", "+SUM(A1)", "-2+3", "@SUM(A1)", "＝1+1", " =1+1"), start=1):
        desk.application(count, subject=text, from_name=text)
    rows = csv_lines(desk)
    assert [row["Тема як є"] for row in rows] == [
        "'=1+1", "'+SUM(A1)", "'-2+3", "'@SUM(A1)", "'＝1+1", "'=1+1",
    ]  # fmt: skip


def test_csv_holds_no_formula_for_a_program_that_is_set_to_other_separators_either(desk: Desk) -> None:
    desk.application(1, subject="a,=cmd|' /c calc'!A0", from_name="x\n-2+3+cmd|'x'!A0; @SUM(A1)")
    desk.application(2, subject="+380671112233, +380 67 111-22-44", from_name="від -5 до 7; -3,5; а-б, в+г")
    octets = as_csv(workbook.exported(desk.engine, desk.call)["applications"])
    for delimiter in ",;|\t":
        for line in octets.decode("utf-8-sig").splitlines():
            for cell in line.split(delimiter):
                assert not re.match(r"\s*(=|@|[+-](?![\d ().-]+(?:$|[;,|])))", cell.strip('"')), cell
    texts = [(row["Тема як є"], row["Відправник"]) for row in csv_lines(desk)]
    assert texts == [
        ("a,'=cmd|' /c calc'!A0", "x\n'-2+3+cmd|'x'!A0; '@SUM(A1)"),
        ("'+380671112233, +380 67 111-22-44", "від -5 до 7; -3,5; а-б, в+г"),
    ]


def test_a_copy_without_contacts_has_none_anywhere(desk: Desk, tmp_path: Path) -> None:
    form = answers(1, desk.call) | {
        "change": "пишіть на голова@рада.укр або rada@x.example, тел. 067 123 45 67"
    }
    desk.application(1, values=form, subject="Заявка, rada@korosten.example")
    desk.update()
    with desk.edit() as sheet:
        at(sheet, ONE, "Примітка").value = "дзвонити після обіду"
    desk.update()
    private = workbook.private(desk.call)
    told = workbook.exported(desk.engine, desk.call)
    target = tmp_path / "partners.xlsx"
    save_xlsx([without_contacts(told[one], private) for one in ("applications", "people")], target)
    book = load_workbook(target)
    texts = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value]
    assert book.sheetnames == ["Заявки", "Учасники"]
    assert [text for text in texts if "@" in text or "38067" in text or "123 45" in text] == []
    assert [text for text in texts if "дзвонити" in text or "Телефон" in text or "E-mail" in text] == []
    assert "пишіть на … або …, тел. …" in texts
    assert not any(cell.hyperlink for sheet in book for row in sheet.iter_rows() for cell in row)


def test_an_exported_workbook_keeps_hostile_text_as_text(desk: Desk, tmp_path: Path) -> None:
    desk.application(1, subject="=cmd|'/c calc'!A0", from_name="#N/A")
    target = tmp_path / "x.xlsx"
    save_xlsx([workbook.exported(desk.engine, desk.call)["applications"]], target)
    types = {
        cell.data_type for row in load_workbook(target)["Заявки"].iter_rows() for cell in row if cell.value
    }
    assert types <= {"s", "n", "d"}


def test_a_look_shows_what_people_did_and_what_would_be_written_and_writes_nothing(desk: Desk) -> None:
    desk.stocked(1)
    with desk.edit() as sheet:
        at(sheet, ONE, "Примітка").value = "так"
    desk.application(2)
    before, memory = desk.path.read_bytes(), desk.memory()
    seen = workbook.examined(desk.engine, desk.call, desk.path, now=desk.now)
    assert [(one.row, one.header, one.after) for one in seen.typed] == [(ONE, "Примітка", "s:так")]
    assert (seen.conflicts, seen.deleted, seen.in_the_way) == ((), (), ())
    assert seen.would_write["Заявки"] == "rows added 1"
    assert seen.would_write["Список реєстрації"] == "rows added 2"
    assert (desk.path.read_bytes(), desk.memory()) == (before, memory)
    desk.path.with_name(f"~${desk.path.name}").write_bytes(b"")
    desk.now = desk.now.now(desk.now.tzinfo)
    locked = workbook.examined(desk.engine, desk.call, desk.path, now=desk.now)
    assert len(locked.in_the_way) == 1

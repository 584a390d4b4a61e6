"""A decision typed into the workbook, over real servers: the applicant who was asked for the hromada is registered and told."""

from email import message_from_bytes, policy
from pathlib import Path

from openpyxl import load_workbook

from intake import jobs
from intake.blank import form_docx
from intake.demo.servers import ImapServer, SmtpServer
from tests.end_to_end.place import Installation
from tests.end_to_end.test_worker import account
from tests.replay.desk import at, filled, letter


def test_a_decision_is_carried_out_and_answered_in_one_cycle(
    tmp_path: Path, imap_server: ImapServer, smtp_server: SmtpServer
) -> None:
    installation = Installation(tmp_path, account(imap_server), smtp_server.port).write()
    call = installation.config.calls[0]
    form = form_docx(call, filled(call, "Щось невідоме", "Житомирська"))
    octets, when = letter("Комунікація змін/Щось, Житомирська область", at("09.03 10:00"), form=form)
    installation.account.deliver(octets, when, "INBOX")
    with installation.station() as station:
        jobs.cycle(station)
        path = station.config.workbook_path(call)
        book = load_workbook(path)
        sheet = book["Потребують уваги"]
        header = {cell.value: cell.column for cell in sheet[1]}
        sheet.cell(2, header["Рішення"], "зареєструвати")
        sheet.cell(2, header["Громада (вписати)"], "Олевська")
        book.save(path)
        jobs.cycle(station)
        jobs.cycle(station)
    told = [message_from_bytes(one.octets, policy=policy.default)["Subject"] for one in smtp_server.received]
    assert told[1:] == ["[КЗ-2023-001] Заявку отримано — Олевська міська територіальна громада"]
    (row,) = installation.rows("Заявки")
    assert (row["Громада"], row["Статус"], row["Доставлено"]) == ("Олевська", "Повна", "надіслано")
    assert installation.rows("Потребують уваги") == []

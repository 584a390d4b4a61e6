"""Killed while decisions are carried out: each of them happens, and happens once."""

from collections import Counter
from email import message_from_bytes
from pathlib import Path

from openpyxl import load_workbook

from intake.blank import form_docx
from intake.demo.servers import ImapServer, SmtpServer
from tests.end_to_end.place import Installation
from tests.end_to_end.test_worker import account
from tests.replay.desk import at, filled, letter

PLACES = ("Олевська", "Коростенська", "Баранівська", "Чуднівська")
KILLS = (("decide", "before", 2), ("decide", "after", 2), ("publish", "before", 2), ("publish", "after", 1))


def test_every_decision_is_carried_out_once_whatever_dies(
    tmp_path: Path, imap_server: ImapServer, smtp_server: SmtpServer
) -> None:
    installation = Installation(tmp_path, account(imap_server), smtp_server.port).write()
    call = installation.config.calls[0]
    form = form_docx(call, filled(call, "Щось", "Житомирська"))
    for count in range(len(PLACES)):
        octets, when = letter(
            "Комунікація змін/Щось, Житомирська область",
            at("09.03 10:00"),
            form=form,
            sender=f"{count}@lost.example",
        )
        installation.account.deliver(octets, when, "INBOX")
    assert installation.intake("once").returncode == 0
    path = installation.config.workbook_path(call)
    book = load_workbook(path)
    sheet = book["Потребують уваги"]
    header = {cell.value: cell.column for cell in sheet[1]}
    for row, place in enumerate(PLACES, start=2):
        sheet.cell(row, header["Рішення"], "зареєструвати")
        sheet.cell(row, header["Громада (вписати)"], place)
    book.save(path)
    for step, moment, calls in KILLS:
        assert installation.victim(step, moment, calls, "once") == -9, (step, moment)
    final = installation.intake("once")
    assert final.returncode == 0, final.stderr
    assert sorted(row["Громада"] for row in installation.rows("Заявки")) == sorted(PLACES)
    assert installation.rows("Потребують уваги") == []
    assert len(installation.rows("Вирішені листи")) == len(PLACES)
    told = [message_from_bytes(one.octets) for one in smtp_server.received]
    # Each was asked for the hromada once and accepted once.
    assert set(Counter(one["Message-ID"] for one in told).values()) == {1}
    assert len(told) == 2 * len(PLACES)

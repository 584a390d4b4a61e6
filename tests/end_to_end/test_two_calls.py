"""Two calls through one mailbox: the announced one and `examples/burgas.toml`, each in its language and workbook."""

from email import message_from_bytes, policy
from pathlib import Path

import pytest
from openpyxl import load_workbook

from intake import jobs
from intake.blank import form_docx
from intake.demo.servers import ImapServer, SmtpServer
from intake.ledger.again import standing
from tests.end_to_end.place import ROOT, Installation
from tests.end_to_end.test_worker import account
from tests.replay.desk import at, filled, letter

UKRAINIAN = "Комунікація змін/Олевська громада, Житомирська область"
BULGARIAN = "Обучение комуникация/Община Созопол, област Бургас"


@pytest.fixture
def both(tmp_path: Path, imap_server: ImapServer, smtp_server: SmtpServer) -> Installation:
    """An installation whose config.toml includes the shipped example."""
    installation = Installation(tmp_path, account(imap_server), smtp_server.port).write()
    example = (
        (ROOT / "examples/burgas.toml").read_text(encoding="utf-8").replace('mode = "draft"', 'mode = "send"')
    )
    (tmp_path / "calls").mkdir()
    (tmp_path / "calls" / "burgas.toml").write_text(example, encoding="utf-8")
    text = installation.config_file.read_text(encoding="utf-8")
    installation.config_file.write_text(
        text.replace("include = []", 'include = ["calls/*.toml"]'), encoding="utf-8"
    )
    return installation


def post(installation: Installation, *letters: tuple[bytes, object]) -> None:
    for octets, when in letters:
        installation.account.deliver(octets, when, "INBOX")


def burgas_form(installation: Installation, **values: str) -> bytes:
    call = installation.config.calls[1]
    return form_docx(call, filled(call, "Община Созопол", "Бургас") | values)


SECOND = {
    "p2_name": "Димитър Колев Стоянов",
    "p2_position": "експерт",
    "p2_email": "a19@example.com",
    "p2_phone": "+359 88 812 34 57",
    "p2_consent": "да",
}


def test_each_letter_settles_in_its_call_and_is_answered_in_its_language(
    both: Installation, smtp_server: SmtpServer
) -> None:
    ukrainian = both.config.calls[0]
    post(
        both,
        letter(
            UKRAINIAN,
            at("07.03 10:00"),
            form=form_docx(ukrainian, filled(ukrainian, "Олевська", "Житомирська")),
        ),
        letter(
            BULGARIAN, at("07.03 11:00"), sender="kultura@sozopol.example", form=burgas_form(both, **SECOND)
        ),
        # The same municipality, another department: an application of its own.
        letter(
            BULGARIAN,
            at("07.03 12:00"),
            sender="finansi@sozopol.example",
            form=burgas_form(both, unit="дирекция ФИНАНСИ"),
        ),
        # The first department again, in another spelling and from another address.
        letter(
            BULGARIAN,
            at("07.03 13:00"),
            sender="kmet@sozopol.example",
            form=burgas_form(both, unit="отдел Култура"),
        ),
    )
    with both.station() as station:
        polled, published, _ = jobs.cycle(station)
    assert [(one.case.call.id, str(one.verdict.disposition), one.number) for one in polled.settled] == [
        ("kz-2023", "accept", "КЗ-2023-001"),
        ("burgas-2023", "accept", "ОК-2023-001"),
        ("burgas-2023", "accept", "ОК-2023-002"),
        ("burgas-2023", "hold", "ОК-2023-001"),
    ]
    assert polled.settled[3].verdict.codes[0] == "duplicate"
    with both.ledger() as tx:
        applications = standing(tx).applications
    assert [one["unit"] for one in applications.values()] == ["", "култура", "финанси"]
    assert {one["status"] for one in applications.values()} == {"complete"}

    answers = {
        envelope.rcpt_tos[0] + " " + message["Subject"].partition("—")[0].strip(): message.get_content()
        for envelope in smtp_server.received
        if (message := message_from_bytes(envelope.octets, policy=policy.default))
    }
    assert sorted(answers) == [
        "finansi@sozopol.example [ОК-2023-002] Получихме вашата заявка",
        "kmet@sozopol.example [ОК-2023-001] От вашата община вече има заявка",
        "kultura@sozopol.example [ОК-2023-001] Получихме вашата заявка",
        "kultura@sozopol.example [ОК-2023-001] Постъпи още една заявка от вашата община",
        "rada@olevsk.example [КЗ-2023-001] Заявку отримано",
    ]
    receipt = answers["kultura@sozopol.example [ОК-2023-001] Получихме вашата заявка"]
    assert "2. Димитър Колев Стоянов, експерт" in receipt
    assert "до 10 март 2023 г., 18:00 ч." in receipt.replace("\u00a0", " ").replace("\n", " ")
    assert "От една дирекция приемаме една заявка." in answers[
        "kmet@sozopol.example [ОК-2023-001] От вашата община вече има заявка"
    ].replace("\n", " ")

    assert [one.path.name for one in published] == ["Заявки_КЗ-2023.xlsx", "Заявки_ОК-2023.xlsx"]
    book = load_workbook(published[1].path)
    assert "Участници" in book.sheetnames
    rows = [row for row in book["Участници"].iter_rows(values_only=True) if row[0]]
    assert [row[0] for row in rows[1:]] == ["ОК-2023-001/1", "ОК-2023-001/2", "ОК-2023-002/1"]


def test_people_who_are_not_named_are_not_asked_for_and_those_who_are_must_be_whole(
    both: Installation,
) -> None:
    call = both.config.calls[1]
    post(
        both,
        letter(
            BULGARIAN,
            at("07.03 11:00"),
            form=form_docx(call, filled(call, "Созопол", "Бургас", p3_name="Иван Петров Колев")),
        ),
    )
    with both.station() as station:
        (settled,) = jobs.poll(station).settled
    faults = [f"{fault.key}:{fault.code}" for fault in settled.case.application.faults]
    assert faults == ["p3_position:missing", "p3_email:missing", "p3_phone:missing", "p3_consent:no_consent"]


def test_a_letter_for_neither_call_is_put_before_a_person_and_not_answered(
    both: Installation, smtp_server: SmtpServer
) -> None:
    post(both, letter("Веломережа, Олевська громада, Житомирська область", at("07.03 11:00")))
    with both.station() as station:
        polled, _, _ = jobs.cycle(station)
    assert [str(one.verdict.disposition) for one in polled.settled] == ["hold"]
    assert smtp_server.received == []

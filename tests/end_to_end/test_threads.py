"""Conversations over real IMAP and SMTP: what leaves, to whom, and that each answer stands in its thread (RFC 5322, 3.6.4)."""

from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from intake import jobs
from intake.blank import form_docx
from intake.demo.servers import ImapServer, SmtpServer
from intake.sending import deliver
from tests.end_to_end.place import Installation
from tests.end_to_end.test_worker import account
from tests.replay.desk import DOCX, at, filled

SUBJECT = "Комунікація змін/Олевська громада, Житомирська область"
RADA = "rada@olevsk.example"


@dataclass
class Applicant:
    """Somebody with a mail program, and the installation that answers."""

    installation: Installation
    smtp: SmtpServer
    _ids: Any

    def write(
        self,
        text: str,
        when: datetime,
        *,
        sender: str = RADA,
        to: EmailMessage | None = None,
        form: dict[str, str] | None = None,
    ) -> EmailMessage:
        """Put a letter into the mailbox as our server would have taken it; return it."""
        message = EmailMessage()
        message["From"] = sender
        message["To"] = "intake@example.org"
        message["Date"] = format_datetime(when)
        message["Message-ID"] = f"<{next(self._ids)}@olevsk.example>"
        message["Subject"] = SUBJECT if to is None else f"Re: {to['Subject']}"
        if to is not None:
            message["In-Reply-To"] = to["Message-ID"]
            message["References"] = f"{to['References']} {to['Message-ID']}"
        message.set_content(text)
        if form is not None:
            octets = form_docx(self.installation.config.calls[0], form)
            message.add_attachment(octets, maintype=DOCX[0], subtype=DOCX[1], filename="Заявка.docx")
        self.installation.account.deliver(message.as_bytes(), when, "INBOX")
        return message

    def form(self, **values: str) -> dict[str, str]:
        call = self.installation.config.calls[0]
        given = filled(call, "Олевська міська територіальна громада", "Житомирська область") | values
        return {key: value for key, value in given.items() if value}

    def cycle(self, *, publish: bool = False) -> list[EmailMessage]:
        """Let the worker collect and deliver, and publish when somebody looks; return what it sent, in order."""
        before = len(self.smtp.received)
        with self.installation.station() as station:
            jobs.poll(station)
            deliver(station)
            if publish:
                jobs.publish(station)
        sent = self.smtp.received[before:]
        return [message_from_bytes(envelope.octets, policy=policy.default) for envelope in sent]  # type: ignore[misc]


@pytest.fixture
def applicant(tmp_path: Path, imap_server: ImapServer, smtp_server: SmtpServer) -> Applicant:
    return Applicant(
        Installation(tmp_path, account(imap_server), smtp_server.port).write(), smtp_server, count(1)
    )


def references(message: EmailMessage) -> list[str]:
    return str(message["References"]).split()


def test_a_conversation_from_the_first_letter_to_the_complete_application(applicant: Applicant) -> None:
    first = applicant.write("Заявка.", at("07.03 10:00"), form=applicant.form(p2_phone="", p2_position=""))
    (asked,) = applicant.cycle()
    assert "Потрібні уточнення" in asked["Subject"]
    assert (asked["In-Reply-To"], references(asked)) == (first["Message-ID"], [first["Message-ID"]])

    second = applicant.write("Доповнили.", at("07.03 11:00"), to=asked, form=applicant.form(p2_position=""))
    (corrected,) = applicant.cycle()
    assert "[КЗ-2023-001] Дякуємо, уточнення отримано" in corrected["Subject"]
    chain = [first["Message-ID"], asked["Message-ID"], second["Message-ID"]]
    assert (corrected["In-Reply-To"], references(corrected)) == (second["Message-ID"], chain)

    third = applicant.write("3.8 — головний спеціаліст", at("07.03 12:00"), to=corrected)
    (completed,) = applicant.cycle(publish=True)
    assert references(completed) == [*chain, corrected["Message-ID"], third["Message-ID"]]
    assert "Тепер у заявці є все потрібне." in completed.get_content()
    (row,) = applicant.installation.rows("Заявки")
    assert (row["№ заявки"], row["Статус"]) == ("КЗ-2023-001", "Повна")


def test_a_replacement_says_so_in_its_thread(applicant: Applicant) -> None:
    applicant.write("Заявка.", at("07.03 10:00"), form=applicant.form())
    (accepted,) = applicant.cycle()
    assert "Заявку отримано" in accepted["Subject"]
    second = applicant.write(
        "Нова редакція.", at("07.03 11:00"), to=accepted, form=applicant.form(p2_position="директорка")
    )
    (replaced,) = applicant.cycle()
    assert "Оновлену заявку прийнято" in replaced["Subject"]
    assert references(replaced)[-2:] == [accepted["Message-ID"], second["Message-ID"]]


def test_a_duplicate_is_told_to_both_and_each_in_a_thread_of_their_own(applicant: Applicant) -> None:
    applicant.write("Заявка.", at("07.03 10:00"), form=applicant.form())
    applicant.cycle()
    other = applicant.write(
        "Заявка.",
        at("07.03 11:00"),
        sender="kovalenko@gmail.com",
        form=applicant.form(p1_name="Коваленко Петро Іванович"),
    )
    sent = {str(message["To"]): message for message in applicant.cycle(publish=True)}
    assert set(sent) == {RADA, "kovalenko@gmail.com"}
    assert references(sent["kovalenko@gmail.com"]) == [other["Message-ID"]]
    assert sent[RADA]["References"] is None
    assert {str(message["Auto-Submitted"]) for message in sent.values()} == {"auto-replied", "auto-generated"}
    shown = [row for row in applicant.installation.rows("Листування") if row["Напрям"] == "вихідний"]
    assert len(shown) == 3


def test_a_late_letter_hears_so_and_the_extension_too(applicant: Applicant) -> None:
    late = applicant.write("Заявка.", at("10.03 18:07"), form=applicant.form())
    (told,) = applicant.cycle()
    assert "після завершення прийому" in told["Subject"]
    file = applicant.installation.config_file
    text = file.read_text(encoding="utf-8")
    for old, new in (
        ("deadline = 2023-03-10T18:00:00", "deadline = 2023-03-17T18:00:00"),
        ("extended_from = []", "extended_from = [2023-03-10T18:00]"),
        ("cure_until = 2023-03-14", "cure_until = 2023-03-21"),
    ):
        assert old in text
        text = text.replace(old, new, 1)
    file.write_text(text, encoding="utf-8")
    assert applicant.installation.intake("replay", "--apply").returncode in {0, 1}
    (extended,) = applicant.cycle()
    assert "[КЗ-2023-001]" in extended["Subject"]
    assert "17 березня 2023 року" in extended.get_content().replace("\u00a0", " ")
    assert (extended["In-Reply-To"], extended["Auto-Submitted"]) == (late["Message-ID"], "auto-generated")
    assert applicant.cycle() == []

"""Letters by the thousand within an hour, the whole way: archive, parsing, readers, judgement, ledger, outbox, SMTP.

`python -m bench flood` lets three floods come: one address that writes whatever applicants write, an application whose
answer thousands of reports call undelivered, and as many strangers. It says how many were answered and how fast the first and the last tenth went: a
ratio far below one means that each letter looks at everything that came before it. A letter lost ends it with an error.
"""

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table
from sqlalchemy import func, select

from intake.blank import form_docx
from intake.config import Config, Secrets
from intake.database import letters, reading, sightings
from intake.demo.servers import SmtpServer
from intake.ledger import health
from intake.sending import deliver
from intake.station import Station, open_station
from outbox import store
from rules.call import Call
from rules.letter import Location, RawLetter
from tests.replay.desk import DOCX, filled

COUNT = 10_000
START = datetime(2023, 3, 7, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
# Replies leave after so many letters, and after each of the very first.
_EVERY = 100
_PLACE = ("Олевська міська територіальна громада", "Житомирська область")

# From the number of a letter, and the Message-IDs of our newest letters, to its octets.
Writer = Callable[[int, list[str]], bytes]


@dataclass(slots=True)
class _Clock:
    now: datetime = START

    def __call__(self) -> datetime:
        return self.now


@dataclass(frozen=True, slots=True)
class Flooded:
    """What became of a flood: letters settled, answers made, to whom and how many waiting, alarms, and letters a second."""

    settled: int
    made: int
    to: tuple[str, ...]
    waiting: int
    alarms: tuple[str, ...]
    first: float
    last: float


@dataclass(slots=True)
class Flood:
    """An installation into which letters pour within one hour of its clock."""

    config: Config
    folder: Path
    clock: _Clock = field(default_factory=_Clock)

    def pour(self, writer: Writer, count: int) -> Flooded:
        """Let so many letters come; raise `RuntimeError` when one of them is not in archive and ledger afterwards."""
        with self._station() as (station, server):
            took = [self._one(station, writer, number, count) for number in range(count)]
            deliver(station)
            return self._counted(station, server, took)

    def _one(self, station: Station, writer: Writer, number: int, count: int) -> float:
        """Take one letter in; return how long that took."""
        self.clock.now = START + HOUR * number / count
        ours = [one.message_id for one in self._listed(station)] if number < 5 * _EVERY else []
        octets = writer(number, ours)
        raw = RawLetter(Location("flood", "INBOX", 1, number + 1), self.clock.now, len(octets), (octets,))
        before = time.perf_counter()
        station.pipeline.settle(raw)
        took = time.perf_counter() - before
        station.prolong()
        if number < 5 or number % _EVERY == 0:
            deliver(station)
        return took

    def _counted(self, station: Station, server: SmtpServer, took: list[float]) -> Flooded:
        with reading(station.engine) as tx:
            settled = tx.execute(select(letters.c.digest).where(letters.c.state == "settled")).scalars().all()
            seen = tx.execute(select(func.count()).select_from(sightings)).scalar_one()
            states = store.counts(tx)
            alarms = tuple(alarm.code for alarm in health.open_alarms(tx))
        kept = sum(station.pipeline.archive.path(digest).is_file() for digest in settled)
        if not len(took) == len(settled) == seen == kept:
            raise RuntimeError(f"{len(took)} letters: {kept} kept, {seen} seen, {len(settled)} settled")
        tenth = max(len(took) // 10, 1)
        return Flooded(
            settled=len(settled),
            made=sum(states.values()),
            to=tuple(recipient for mail in server.received for recipient in mail.rcpt_tos),
            waiting=states.get("pending", 0),
            alarms=alarms,
            first=tenth / sum(took[:tenth]),
            last=tenth / sum(took[-tenth:]),
        )

    @contextmanager
    def _station(self) -> Iterator[tuple[Station, SmtpServer]]:
        with SmtpServer() as server:
            smtp = {"host": "127.0.0.1", "port": server.port, "tls": "none", "user": "", "sent_folder": ""}
            config = self.config.model_copy(
                update={
                    "base": self.folder,
                    "smtp": self.config.smtp.model_copy(update=smtp),
                    "calls": tuple(_sending(call) for call in self.config.calls),
                }
            )
            with open_station(config, Secrets(), now=self.clock) as station:
                yield station, server

    @staticmethod
    def _listed(station: Station) -> tuple[store.Listed, ...]:
        with reading(station.engine) as tx:
            return store.listed(tx, limit=5)


def _sending(call: Call) -> Call:
    return call.model_copy(update={"replies": call.replies.model_copy(update={"mode": "send", "off": ()})})


def one_address(call: Call) -> Writer:
    """Return the writer of what one address may send: forms, letters without one, questions, replies to ours."""
    forms = [form_docx(call, filled(call, *_PLACE, p2_position=f"посада {number}")) for number in range(5)]
    topic = call.subject.topic

    def write(number: int, ours: list[str]) -> bytes:
        message = _message(call, number, "flood@rada.example")
        kind = number % 5
        message["Subject"] = (
            f"{topic}/{_PLACE[0]}, {_PLACE[1]}" if kind in {0, 1} else (f"{topic}/", "Запитання")[kind % 2]
        )
        if kind == 4 and ours:
            message["In-Reply-To"] = ours[number % len(ours)]
        message.set_content(
            (f"Надсилаємо заявку {number}.", f"Коли буде відповідь на лист {number}?")[kind % 2]
        )
        if kind == 0:
            octets = forms[number // 5 % len(forms)]
            message.add_attachment(octets, maintype=DOCX[0], subtype=DOCX[1], filename="Заявка.docx")
        return message.as_bytes()

    return write


def bounces(call: Call) -> Writer:
    """Return the writer of one application and, after it, of reports that our answer to it, or what we never sent, failed."""
    application, report = one_address(call), reports(call)

    def write(number: int, ours: list[str]) -> bytes:
        return report(number, ours) if number else application(number, ours)

    return write


def reports(call: Call) -> Writer:
    """Return the writer of reports that a letter of ours, or what we never sent, failed."""

    def write(number: int, ours: list[str]) -> bytes:
        about = ours[number % len(ours)] if ours and number % 2 else f"<nobody-{number}@example.org>"
        head = f"From: Mail Delivery System <MAILER-DAEMON@mx{number % 50}.example.net>\nTo: {call.replies.address}\n"
        head += (
            f"Message-ID: <bounce-{number}@mx.example.net>\nSubject: Undelivered Mail Returned to Sender\n"
        )
        if number % 3 == 0:
            return f"Return-Path: <>\n{head}\nMessage {about} to flood@rada.example could not be delivered.\n".encode()
        if number % 3 == 1:
            # Some gateways show another way back than the empty one, and no sign but the daemon's name.
            return f"Return-Path: <root@mx.example.net>\n{head}In-Reply-To: {about}\n\nGone.\n".encode()
        return (
            f"Return-Path: <>\n{head}Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
            f"--b\n\nNo such user.\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.net\n\n"
            f"Final-Recipient: rfc822; a{number}@rada.example\nAction: failed\nStatus: 5.1.1\n"
            f"--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: {about}\n\n--b--\n"
        ).encode()

    return write


def strangers(call: Call) -> Writer:
    """Return the writer of letters that each come from another address and each deserve an answer."""

    def write(number: int, _: list[str]) -> bytes:
        message = _message(call, number, f"a{number}@rada{number % 300}.example")
        message["Subject"] = f"{call.subject.topic}/"
        message.set_content(f"Надсилаємо заявку {number}.")
        return message.as_bytes()

    return write


def _message(call: Call, number: int, sender: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = sender
    message["To"] = call.replies.address
    message["Date"] = format_datetime(START + timedelta(milliseconds=360 * number))
    message["Message-ID"] = f"<flood-{number}@rada.example>"
    return message


def run(console: Console, config: Config, folder: Path, count: int = COUNT) -> None:
    """Let the floods come and print what became of them."""
    call = config.calls[0]
    table = Table(title=f"{count:,} letters within an hour")
    for heading in (
        "what",
        "settled",
        "answers",
        "sent",
        "waiting",
        "alarms",
        "first tenth",
        "last tenth",
        "ratio",
    ):
        table.add_column(heading, justify="left" if heading in {"what", "alarms"} else "right")
    for what, writer in (
        (f"from one address (at most {call.replies.max_per_day} answers a day)", one_address(call)),
        ("one application, and reports that its answer failed", bounces(call)),
        (f"from as many strangers (at most {config.smtp.per_hour} an hour)", strangers(call)),
    ):
        with console.status(what), tempfile.TemporaryDirectory(dir=folder) as name:
            done = Flood(config, Path(name)).pour(writer, count)
        numbers = (f"{number:,}" for number in (done.settled, done.made, len(done.to), done.waiting))
        speeds = (f"{done.first:,.0f} /s", f"{done.last:,.0f} /s", f"{done.last / done.first:.2f}")
        table.add_row(what, *numbers, ", ".join(done.alarms), *speeds)
    console.print(table)

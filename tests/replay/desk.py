"""An installation without servers: config.toml with places changed, letters handed to the pipeline, the ledger read back."""

import io
from collections.abc import Iterable, Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import SecretStr

from intake import jobs
from intake.blank import form_docx
from intake.commands import replaying
from intake.config import Config, Secrets, load
from intake.database import connect, reading
from intake.ledger import again, read
from intake.pipeline import Settled
from intake.station import open_station
from rules.call import Call
from rules.letter import Location, RawLetter
from tests.config.shipped import SHIPPED
from tests.warm import readers

KYIV = ZoneInfo("Europe/Kyiv")
DOCX = ("application", "vnd.openxmlformats-officedocument.wordprocessingml.document")


def at(text: str) -> datetime:
    """An instant written as people in Kyiv write it: "10.03 17:59" of 2023."""
    return datetime.strptime(f"2023 {text}", "%Y %d.%m %H:%M").replace(tzinfo=KYIV)


def filled(call: Call, place: str, oblast: str, **values: str) -> dict[str, str]:
    """Answers to every field of a call that must be filled, of the first participants only."""
    given: dict[str, str] = {}
    optional = {person.key for person in call.participants if not person.required}
    numbers = count(11)
    for one in call.fields:
        if one.required != "yes" or one.person in optional:
            continue
        number = next(numbers)
        phone = f"+359 88 812 34 {number}" if call.country == "bg" else f"+380 67 123 45 {number}"
        kinds = {
            "oblast": oblast, "hromada": place, "email": f"a{number}@example.com", "phone": phone, "unit": "Дирекция „Култура“",
            "yesno": "так" if call.country == "ua" else "да", "consent": "так" if call.country == "ua" else "да",
            "name": f"Петренко{'абвгґдеєжз'[number % 10]} Олена Іванівна", "choice": one.options[0] if one.options else "",
        }  # fmt: skip
        given[one.key] = kinds.get(one.kind, f"Відповідь про {one.key}")
    return given | values


def letter(
    subject: str,
    when: datetime,
    *,
    sender: str = "rada@olevsk.example",
    form: bytes | None = None,
    **headers: str,
) -> tuple[bytes, datetime]:
    """A letter with a form, and when our server took it."""
    message = EmailMessage()
    message["From"] = f"Рада <{sender}>"
    message["To"] = "intake@example.org"
    message["Date"] = format_datetime(when)
    message["Message-ID"] = make_msgid(domain=sender.partition("@")[2])
    message["Subject"] = subject
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content("Надсилаємо заявку.")
    if form is not None:
        message.add_attachment(form, maintype=DOCX[0], subtype=DOCX[1], filename="Заявка.docx")
    return message.as_bytes(), when


NOON = at("09.03 12:00")


@cache
def _loaded(path: Path, _octets: bytes) -> Config:
    return load(path)


@dataclass(frozen=True)
class Desk:
    """An installation in `folder`."""

    folder: Path
    now: datetime = NOON
    _uids: Any = field(default_factory=lambda: count(1))

    def configure(self, *changes: tuple[str, str], include: str = "") -> Config:
        """Write config.toml: the shipped one with each (old, new) put in place."""
        text = SHIPPED.read_text(encoding="utf-8").replace('replies.mode = "draft"', 'replies.mode = "send"')
        if include:
            changes = (*changes, ("include = []", f'include = ["{include}"]'))
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new, 1)
        (self.folder / "config.toml").write_text(text, encoding="utf-8")
        return self.config

    @property
    def config(self) -> Config:
        file = self.folder / "config.toml"
        return _loaded(file, file.read_bytes())

    def take_in(self, *letters: tuple[bytes, datetime], publish: bool = False) -> list[Settled]:
        """Let letters go their way, and the workbooks be written if asked for."""
        settled = []
        with open_station(
            self.config, Secrets(imap=SecretStr("x")), now=lambda: self.now, readers=readers()
        ) as station:
            for octets, when in letters:
                where = Location("test", "INBOX", 1, next(self._uids))
                settled.append(station.pipeline.settle(RawLetter(where, when, len(octets), (octets,))))
            if publish:
                jobs.publish(station)
        return settled

    def form(self, place: str, oblast: str, *, call: int = 0, **values: str) -> bytes:
        """The form of a call, filled in."""
        of = self.config.calls[call]
        return form_docx(of, filled(of, place, oblast, **values))

    def standing(self) -> again.Standing:
        """Everything the ledger says."""
        engine = connect(self.config.database_url)
        try:
            with reading(engine) as tx:
                return again.standing(tx)
        finally:
            engine.dispose()

    def replies(self) -> list[tuple[str, str, str | None]]:
        """Template, recipient and number of every reply, in the order they were made."""
        engine = connect(self.config.database_url)
        try:
            with reading(engine) as tx:
                return [(one.template, one.recipient, one.number) for one in read.reply_views(tx)]
        finally:
            engine.dispose()

    def replay(self, *, apply: bool = False, beside: "Desk | None" = None) -> tuple[int, str]:
        """`intake replay`: its exit code and what it printed. `beside` has the letters when this one has none."""
        out = io.StringIO()
        with redirect_stdout(out):
            code = replaying.run(
                self.config, beside=beside.config if beside else None, apply=apply, as_json=False
            )
        return code, out.getvalue()


def dispositions(standing: again.Standing) -> list[tuple[str | None, str]]:
    """Number and disposition of every letter."""
    return [(one["number"], one["disposition"]) for one in standing.letters]


def statuses(standing: again.Standing) -> dict[str, str]:
    """Number and status of every application."""
    return {number: one["status"] for number, one in standing.applications.items()}


def codes(found: Iterable[Mapping[str, Any]]) -> list[str]:
    """The codes of findings."""
    return [one["code"] for one in found]

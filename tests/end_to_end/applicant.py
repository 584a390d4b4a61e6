"""Somebody with a mail program, over real IMAP and SMTP: writes, and reads what an installation answers."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from typing import Any

from openpyxl import load_workbook

from intake import jobs
from intake.blank import form_docx
from intake.database import reading, writing
from intake.results import preview, send
from intake.sending import deliver
from intake.station import Station
from intake.workbook.words import WORDS
from outbox import store
from rules.call import Call
from tests.end_to_end.place import Installation
from tests.replay.desk import DOCX, filled

# From Message-IDs to the letters with these, as a mail server has taken them.
Post = Callable[[list[str]], list[EmailMessage]]


@dataclass
class Applicant:
    """Whoever writes to an installation from `address`, in the manner of the call's language; to be closed in the end."""

    installation: Installation
    post: Post
    address: str
    subject: str
    place: tuple[str, str]
    call_number: int = 0
    _seen: set[str] = field(default_factory=set)
    _open: ExitStack = field(default_factory=ExitStack)
    _station: Station | None = None

    @property
    def call(self) -> Call:
        return self.installation.config.calls[self.call_number]

    def write(
        self,
        text: str,
        when: datetime,
        *,
        sender: str = "",
        to: EmailMessage | None = None,
        form: dict[str, str] | None = None,
    ) -> EmailMessage:
        """Put a letter into the mailbox as our server would have taken it; return it. `to` is the one it answers."""
        sender = sender or self.address
        message = EmailMessage()
        message["From"] = sender
        message["To"] = self.call.replies.address
        message["Date"] = format_datetime(when)
        message["Message-ID"] = make_msgid(domain=sender.partition("@")[2])
        message["Subject"] = self.subject
        if to is not None:
            del message["Subject"]
            message["Subject"] = f"{'Отг' if self.call.language == 'bg' else 'Re'}: {to['Subject']}"
            message["In-Reply-To"] = to["Message-ID"]
            message["References"] = f"{to['References'] or ''} {to['Message-ID']}".strip()
        message.set_content(text)
        if form is not None:
            octets = form_docx(self.call, form)
            message.add_attachment(octets, maintype=DOCX[0], subtype=DOCX[1], filename="Заявка.docx")
        self.installation.account.deliver(message.as_bytes(), when, "INBOX")
        return message

    def form(self, **values: str) -> dict[str, str]:
        """A complete form; a value "" leaves its field empty."""
        given = filled(self.call, *self.place) | values
        return {key: value for key, value in given.items() if value}

    def cycle(self, *, publish: bool = False) -> list[EmailMessage]:
        """Let the worker collect and deliver, and publish when somebody looks; return what it sent, in order."""
        station = self.station()
        jobs.poll(station)
        if publish:
            jobs.publish(station)
        deliver(station)
        if publish:
            jobs.publish(station)
        with reading(station.engine) as tx:
            left = [one for one in reversed(store.listed(tx)) if one.message_id not in self._seen]
        assert {one.state for one in left} <= {"sent"}
        self._seen.update(one.message_id for one in left)
        return self.post([one.message_id for one in left])

    def announce(self) -> None:
        """Tell the results that stand in the workbook, as the command does once it was confirmed."""
        station = self.station()
        now = station.now()
        shown = preview(station.engine, station.config, self.call, station.pipeline.examiner, now=now)
        with writing(station.engine) as tx:
            send(tx, shown, self.call, hold_until=now, by="olena", now=now)

    def rows(self, sheet: str) -> list[dict[str, Any]]:
        """The rows of a sheet of the call's workbook, by header."""
        return self.installation.rows(sheet, self.call)

    def decide(self, sheet: str, **cells: str) -> None:
        """Type into the only row of a sheet, by the names of its headers."""
        path = self.installation.config.workbook_path(self.call)
        headers = WORDS[self.call.language].headers
        book = load_workbook(path)
        columns = {cell.value: cell.column for cell in book[sheet][1]}
        for name, text in cells.items():
            book[sheet].cell(2, columns[headers[name]]).value = text
        book.save(path)

    def station(self) -> Station:
        """The parts of the worker, opened when first needed."""
        if self._station is None:
            self._station = self._open.enter_context(self.installation.station())
        return self._station

    def close(self) -> None:
        """Stop the worker; it starts anew when next needed."""
        self._open.close()
        self._station = None

"""A conversation as an applicant has it: letters of theirs through the pipeline, our answers as they would leave."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import select

from intake.archive import Archive
from intake.blank import form_docx
from intake.config import Limits
from intake.database import applications, connect, letters, migrate, reading, revisions, writing
from intake.examine import Examiner
from intake.ledger.applications import by_number
from intake.parsing import parse
from intake.pipeline import Pipeline, Settled
from intake.places import gazetteers
from intake.readers.pool import ReaderPool
from outbox.compose import compose
from outbox.context import ReplyFacts
from outbox.store import put, replies
from rules.call import Call
from rules.letter import Location, RawLetter
from tests.end_to_end.place import shipped_call
from tests.replay.desk import DOCX, at, filled

NOON = at("07.03 12:00")
RADA = "rada@olevsk.example"


@dataclass
class Correspondent:
    """An installation in `folder`, and whoever writes to it."""

    folder: Path
    readers: ReaderPool
    call: Call = field(default_factory=shipped_call)
    now: datetime = NOON
    _uids: Any = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        self.engine = connect(f"sqlite:///{self.folder}/ledger.db")
        migrate(self.engine)

    def pipeline(self) -> Pipeline:
        desk = Examiner(
            (self.call,),
            gazetteers({}),
            self.readers,
            Limits(),
            own_addresses=(self.call.replies.address,),
        )
        return Pipeline(
            self.engine, Archive(self.folder / "archive"), desk, self.folder / "files", lambda: self.now
        )

    def write(
        self,
        text: str,
        *,
        subject: str = "Комунікація змін/Олевська громада, Житомирська область",
        sender: str = RADA,
        to: EmailMessage | None = None,
        form: dict[str, str] | None = None,
        when: datetime | None = None,
        references: bool = True,
        **headers: str,
    ) -> Settled:
        """Send a letter a minute after the last one; `to` is the letter of ours that it answers."""
        self.now = when or self.now + timedelta(minutes=1)
        message = EmailMessage()
        message["From"] = f"Рада <{sender}>"
        message["To"] = self.call.replies.address
        message["Date"] = format_datetime(self.now)
        message["Message-ID"] = make_msgid(domain=sender.partition("@")[2])
        if to is not None:
            subject = f"Re: {to['Subject']}"
            if references:
                message["In-Reply-To"] = to["Message-ID"]
                message["References"] = f"{to['References'] or ''} {to['Message-ID']}".strip()
        message["Subject"] = subject
        for name, value in headers.items():
            message[name.replace("_", "-")] = value
        message.set_content(text)
        if form is not None:
            octets = form_docx(self.call, form)
            message.add_attachment(octets, maintype=DOCX[0], subtype=DOCX[1], filename="Заявка.docx")
        self.last = message
        return self.receive(message.as_bytes())

    def receive(self, octets: bytes) -> Settled:
        """Let a letter arrive as it is."""
        where = Location("test", "INBOX", 1, next(self._uids))
        return self.pipeline().settle(RawLetter(where, self.now, len(octets), (octets,)))

    def tell(self, template: str, sender: str = RADA, number: str = "КЗ-2023-001") -> EmailMessage:
        """Put a letter of ours into the outbox as the command that tells results does; return it."""
        with reading(self.engine) as tx:
            known = by_number(tx, number)
            of = select(letters.c.digest).where(letters.c.number == number).order_by(letters.c.received_at)
            digest = tx.execute(of).scalars().first()
        assert known is not None
        assert digest is not None
        letter = parse(self.pipeline().archive.path(digest).read_bytes(), digest=digest)
        facts = ReplyFacts(self.now, number=number, place=known.place)
        reply = compose(
            template, facts, self.call, letter=letter, recipient=sender, now=self.now, domain="example.org"
        )
        with writing(self.engine) as tx:
            put(tx, reply, self.now)
        return message_from_bytes(reply.octets, policy=policy.default)  # type: ignore[return-value]

    def form(self, **values: str) -> dict[str, str]:
        """A complete form of Olevsk; a value "" leaves its field empty."""
        given = filled(self.call, "Олевська міська територіальна громада", "Житомирська область") | values
        return {key: value for key, value in given.items() if value}

    def answers(self, sender: str = RADA) -> list[tuple[str, EmailMessage]]:
        """Template and message of every letter of ours to an address, in order."""
        with reading(self.engine) as tx:
            rows = tx.execute(
                select(replies).where(replies.c.recipient == sender).order_by(replies.c.created_at)
            ).all()
        return [(row.template, message_from_bytes(row.octets, policy=policy.default)) for row in rows]  # type: ignore[misc]

    def templates(self, sender: str = RADA) -> list[str]:
        return [name for name, _ in self.answers(sender)]

    def status(self) -> dict[str, str]:
        with reading(self.engine) as tx:
            return {row.number: row.status for row in tx.execute(select(applications))}

    def value(self, key: str, number: str = "КЗ-2023-001") -> str:
        """What the standing form says in a field."""
        with reading(self.engine) as tx:
            query = (
                select(revisions).where(revisions.c.number == number).order_by(revisions.c.revision.desc())
            )
            row = tx.execute(query).first()
        return row.values.get(key, {}).get("value", "") if row else ""

    def revisions(self, number: str = "КЗ-2023-001") -> int:
        with reading(self.engine) as tx:
            return len(tx.execute(select(revisions).where(revisions.c.number == number)).all())

    def row(self, settled: Settled) -> Any:
        with reading(self.engine) as tx:
            return tx.execute(select(letters).where(letters.c.digest == settled.digest)).one()


@contextmanager
def correspondent(folder: Path, readers: ReaderPool, **changes: Any) -> Iterator[Correspondent]:
    """An installation of its own, closed in the end."""
    made = Correspondent(folder, readers, **changes)
    try:
        yield made
    finally:
        made.engine.dispose()

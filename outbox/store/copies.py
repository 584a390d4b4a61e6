"""Which letters of ours still belong into a folder of the mailbox: those sent into Sent, drafts into Drafts.

The wish stands in the row from the commit that made it true (`sent`, `draft_written`) until the copy is known to lie
there; who files it looks for the Message-ID first. So a crash at any moment leaves exactly one copy.
"""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select, update

from outbox.store.table import Database, of, reading, replies, writing


@dataclass(frozen=True, slots=True)
class CopyDue:
    """A letter of which a copy is to be filed: a draft, or one sent at `sent_at` (aware UTC)."""

    message_id: str
    state: str
    sent_at: datetime | None
    octets: bytes = field(repr=False)


def copies_due(engine: Database, before: datetime, *, most: int = 200) -> tuple[CopyDue, ...]:
    """Return the letters whose copy is due and that were sent before an instant (aware), oldest first; drafts at once.

    Raises `OutboxTrouble`.
    """
    query = (
        select(replies.c.message_id, replies.c.state, replies.c.sent_at, replies.c.octets)
        .where(replies.c.copy == "due", (replies.c.sent_at.is_(None)) | (replies.c.sent_at <= before))
        .order_by(replies.c.created_at, replies.c.message_id)
        .limit(most)
    )
    with reading(engine) as connection:
        return tuple(CopyDue(*row) for row in connection.execute(query))


def copy_filed(engine: Database, message_id: str) -> None:
    """Commit that the copy lies in its folder. Raises `OutboxTrouble`."""
    with writing(engine) as connection:
        connection.execute(of(message_id).values(copy="filed"))


def copy_unwanted(engine: Database, *, drafts: bool) -> None:
    """Commit that drafts, or the letters that were sent, need no copy: the server has no such folder.

    Raises `OutboxTrouble`.
    """
    with writing(engine) as connection:
        of_kind = replies.c.state == "draft" if drafts else replies.c.state != "draft"
        connection.execute(update(replies).where(replies.c.copy == "due", of_kind).values(copy=""))

"""How a reply enters the outbox: in the caller's transaction, once for all time; and how a draft becomes a file."""

from datetime import datetime
from typing import Final, Literal

from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from outbox.envelope import dated
from outbox.reply import Reply
from outbox.store.table import Database, of, replies, writing

# What becomes of new replies, as a call's `replies.mode` says.
Mode = Literal["draft", "review", "send"]
_FIRST_STATE: Final = {"draft": "draft", "review": "held", "send": "pending"}


def put(
    connection: Connection,
    reply: Reply,
    now: datetime,
    *,
    mode: Mode = "send",
    not_before: datetime | None = None,
) -> bool:
    """Keep a reply in the caller's transaction; return False, changing nothing, when it was put before.

    `now` and `not_before` are aware; it is not sent before the latter, and that is its Date then. In the mode "draft" it is written to a file and
    not sent, in "review" it waits until a person lets it go.
    """
    row = {
        "message_id": reply.message_id,
        "letter": reply.letter,
        "call_id": reply.call_id,
        "template": reply.template,
        "number": reply.number,
        "recipient": reply.recipient,
        "subject": reply.subject,
        "octets": reply.octets
        if not_before is None or not_before <= now
        else dated(reply.octets, not_before),
        "state": _FIRST_STATE[mode],
        "created_at": now,
        "due_at": now,
        "not_before": not_before,
    }
    # Both databases know ON CONFLICT; SQLAlchemy words it for each of them apart.
    insert = postgresql.insert(replies) if connection.dialect.name == "postgresql" else sqlite.insert(replies)
    statement = insert.values(row).on_conflict_do_nothing(index_elements=[replies.c.message_id])
    return connection.execute(statement.returning(replies.c.message_id)).first() is not None


def draft_written(engine: Database, message_id: str, *, copy: bool = False) -> None:
    """Commit that a draft lies on disk, so that one a person deletes is not written again. Raises `OutboxTrouble`.

    With `copy` it is to be put into the mailbox's drafts folder as well.
    """
    with writing(engine) as connection:
        connection.execute(of(message_id).values(stage="written", copy="due" if copy else ""))

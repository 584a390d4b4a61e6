"""The tables of the outbox, the door to their database, and its troubles. The states of a reply are told here.

    draft                 written as a file, not sent               (replies.mode = "draft")
    held                  waits until a person lets it go           (replies.mode = "review")
    pending → sending → sent
    sending → pending     put off: 4yz, or nothing of it went out
    sending → failed      5yz, or the attempts are spent            (also sent → failed, by a delivery report)
    sending → uncertain   the line broke after its octets began to go out; then sent, or pending once more, or failed
    → cancelled           a person took it back before it left

`stage` is how far SMTP had come when last heard of: only a reply whose stage is "data" may have reached the server.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Final, TypeAlias

from sqlalchemy import (
    Column,
    Connection,
    DateTime,
    Dialect,
    Engine,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    Update,
    func,
    update,
)
from sqlalchemy.exc import OperationalError

# What the other modules of this package call the database, so that SQLAlchemy stays behind this door.
Database: TypeAlias = Engine
Transaction: TypeAlias = Connection

# Letters to the people who run this. They go before all others, and no cap holds them: they tell that one does.
SERVICE: Final = ("alarm", "alarm_over", "digest")

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
    }
)


class Instant(TypeDecorator[datetime]):
    """An aware instant, kept as UTC. SQLite has no zones: naive UTC goes in and is made aware on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Refuse naive times; turn the rest into UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a naive time cannot be kept: {value!r}")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Return an aware UTC instant."""
        if value is None:
            return None
        assert isinstance(value, datetime)
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


# `octets` come last: SQLite walks through what stands before a column to reach it.
replies = Table(
    "replies",
    metadata,
    Column("message_id", String(200), primary_key=True),
    Column("letter", String(64), nullable=False, index=True),
    Column("call_id", String(60), nullable=False),
    Column("template", String(60), nullable=False),
    Column("number", String(40), index=True),
    Column("recipient", String(320), nullable=False),
    Column("subject", Text, nullable=False),
    Column("state", String(12), nullable=False),
    Column("stage", String(12), nullable=False, default=""),
    Column("attempts", Integer, nullable=False, default=0),
    Column("repeats", Integer, nullable=False, default=0),
    Column("created_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    # Not to be sent before this instant, whatever else is due: results wait for the hour they are announced at.
    Column("not_before", Instant),
    Column("claimed_by", String(120)),
    Column("claimed_at", Instant),
    Column("sent_at", Instant),
    # Whether a copy belongs into a folder of the mailbox: "" (none), "due", "filed".
    Column("copy", String(8), nullable=False, default=""),
    Column("last_response", Text, nullable=False, default=""),
    Column("octets", LargeBinary, nullable=False),
)
Index("ix_replies_state_due", replies.c.state, replies.c.due_at)
# Each letter asks how often its sender was answered today, in whatever case the address is written.
Index("ix_replies_to", func.lower(replies.c.recipient), replies.c.created_at)

# What people did about replies. Only ever added.
interventions = Table(
    "interventions",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("message_id", String(200), ForeignKey("replies.message_id"), nullable=False, index=True),
    Column("action", String(12), nullable=False),
    Column("made_by", String(120), nullable=False),
    Column("made_at", Instant, nullable=False),
)


class OutboxTrouble(OSError):
    """The table cannot be read or written now: locked for long, disk full, server gone."""


class ClaimLost(RuntimeError):
    """A reply is no longer this worker's to send: it must not be sent."""


def of(message_id: str) -> Update:
    """Return the change of one reply, whatever its state."""
    return update(replies).where(replies.c.message_id == message_id)


@contextmanager
def writing(engine: Database) -> Iterator[Connection]:
    """Give the one transaction in which things are written. Raises `OutboxTrouble`."""
    try:
        with engine.begin() as connection:
            yield connection
    except OperationalError as error:
        raise OutboxTrouble(f"the outbox cannot be written: {error.orig}") from error


@contextmanager
def reading(engine: Database) -> Iterator[Connection]:
    """Give a connection that writes nothing. Raises `OutboxTrouble`."""
    try:
        with engine.connect() as connection:
            yield connection
            connection.rollback()
    except OperationalError as error:
        raise OutboxTrouble(f"the outbox cannot be read: {error.orig}") from error

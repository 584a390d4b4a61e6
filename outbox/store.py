"""The outbox as a table: replies not yet known to be delivered, and how each ended.

A reply enters in the transaction that settles its letter. It is claimed before it is sent; the claim is committed, so
that a crash leaves a trace. Nothing here talks SMTP.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Column, DateTime, Dialect, Index, Integer, LargeBinary, MetaData, String, Table, Text, TypeDecorator

metadata = MetaData(
    naming_convention={"pk": "pk_%(table_name)s", "ix": "ix_%(table_name)s_%(column_0_name)s", "uq": "uq_%(table_name)s_%(column_0_name)s"}
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

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:  # noqa: ANN401, ARG002
        """Return an aware UTC instant."""
        if value is None:
            return None
        assert isinstance(value, datetime)
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


# pending → sending → sent; sending → pending | failed | uncertain (DESIGN: states). `stage` is how far SMTP had come
# when last heard of: "" or "data"; only a reply whose stage is "data" may have reached the server.
replies = Table(
    "replies",
    metadata,
    Column("message_id", String(200), primary_key=True),
    Column("letter", String(64), nullable=False, index=True),
    Column("call_id", String(60), nullable=False),
    Column("template", String(60), nullable=False),
    Column("number", String(40), index=True),
    Column("recipient", String(320), nullable=False, index=True),
    Column("subject", Text, nullable=False),
    Column("octets", LargeBinary, nullable=False),
    Column("state", String(12), nullable=False),
    Column("stage", String(12), nullable=False, default=""),
    Column("attempts", Integer, nullable=False, default=0),
    Column("repeats", Integer, nullable=False, default=0),
    Column("created_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("claimed_by", String(120)),
    Column("claimed_at", Instant),
    Column("sent_at", Instant),
    Column("last_response", Text, nullable=False, default=""),
)
Index("ix_replies_state_due", replies.c.state, replies.c.due_at)

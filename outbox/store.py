"""The outbox as a table: replies not yet known to be delivered, and how each ended.

A reply enters in the transaction that settles its letter. It is claimed before it is sent; the claim is committed, so
that a crash leaves a trace. Nothing here talks SMTP.

What is claimed and not yet over belongs to the one worker that holds the ledger's lease. After a crash `recover` tells
apart what cannot have been sent (stage "": tried again) from what may have been (stage "data": uncertain). An uncertain
reply is looked for in the Sent folder, then repeated once with the same Message-ID, then left to a person.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeAlias

from sqlalchemy import (
    Column,
    Connection,
    DateTime,
    Dialect,
    Engine,
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
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import OperationalError

from outbox.message import deliverable
from outbox.reply import Reply
from outbox.retry import delay

# What the other modules of this package call the database, so that SQLAlchemy stays behind this door.
Database: TypeAlias = Engine
Transaction: TypeAlias = Connection

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


# pending → sending → sent; sending → pending | failed | uncertain; sent → failed when a delivery report comes back. `stage` is how far SMTP had come
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


class OutboxTrouble(OSError):
    """The table cannot be read or written now: locked for long, disk full, server gone."""


class ClaimLost(RuntimeError):
    """A reply is no longer this worker's to send: it must not be sent."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A reply taken for sending. `attempts` counts this try; `since` (aware) tells this claim from a later one."""

    message_id: str
    template: str
    recipient: str
    octets: bytes = field(repr=False)
    attempts: int
    repeats: int
    worker: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Listed:
    """A reply as `intake status` shows it. Instants are aware UTC; `last_response` is the server's last words."""

    message_id: str
    call_id: str
    template: str
    number: str | None
    recipient: str
    subject: str
    state: str
    attempts: int
    created_at: datetime
    due_at: datetime
    sent_at: datetime | None
    last_response: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A reply that waits in draft mode: its Message-ID, what it is called, and its octets."""

    message_id: str
    template: str
    number: str | None
    octets: bytes = field(repr=False)


def put(connection: Connection, reply: Reply, now: datetime, *, draft: bool = False) -> bool:
    """Keep a reply in the caller's transaction; return False, changing nothing, when it was put before.

    `now` is aware. A `draft` is kept in the state of that name: it is written to a file and never sent.
    """
    row = {
        "message_id": reply.message_id,
        "letter": reply.letter,
        "call_id": reply.call_id,
        "template": reply.template,
        "number": reply.number,
        "recipient": reply.recipient,
        "subject": reply.subject,
        "octets": reply.octets,
        "state": "draft" if draft else "pending",
        "created_at": now,
        "due_at": now,
    }
    # Both databases know ON CONFLICT; SQLAlchemy words it for each of them apart.
    insert = postgresql.insert(replies) if connection.dialect.name == "postgresql" else sqlite.insert(replies)
    statement = insert.values(row).on_conflict_do_nothing(index_elements=[replies.c.message_id])
    return connection.execute(statement.returning(replies.c.message_id)).first() is not None


def claim(engine: Database, worker: str, now: datetime) -> Claimed | None:
    """Take the reply that has been due longest and commit that it is being sent; None when none is due.

    This counts as an attempt. Raises `OutboxTrouble`.
    """
    due = (
        select(replies)
        .where(replies.c.state == "pending", replies.c.due_at <= now)
        .order_by(replies.c.due_at, replies.c.created_at, replies.c.message_id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    with _writing(engine) as connection:
        row = connection.execute(due).one_or_none()
        if row is None:
            return None
        taken = (
            update(replies)
            .where(replies.c.message_id == row.message_id, replies.c.state == "pending")
            .values(state="sending", stage="", claimed_by=worker, claimed_at=now, attempts=row.attempts + 1)
        )
        if connection.execute(taken).rowcount != 1:
            return None
    return Claimed(
        row.message_id, row.template, row.recipient, row.octets, row.attempts + 1, row.repeats, worker, now
    )


def mark_stage(engine: Database, claimed: Claimed, stage: str) -> None:
    """Commit how far a claimed reply has come. Raises `ClaimLost` when it is no longer ours, `OutboxTrouble`."""
    with _writing(engine) as connection:
        if connection.execute(_held(claimed).values(stage=stage)).rowcount != 1:
            raise ClaimLost(f"reply {claimed.message_id} is no longer held by {claimed.worker}")


def sent(engine: Database, claimed: Claimed, now: datetime, response: str) -> None:
    """Commit that a server has taken a reply, whoever holds it by now. Raises `OutboxTrouble`."""
    _finish(engine, _of(claimed.message_id), state="sent", stage="", sent_at=now, last_response=response)


def again(engine: Database, claimed: Claimed, due_at: datetime, response: str) -> None:
    """Put a claimed reply off until `due_at` (aware). Raises `OutboxTrouble`."""
    _finish(engine, _held(claimed), state="pending", stage="", due_at=due_at, last_response=response)


def release(engine: Database, claimed: Claimed, due_at: datetime, response: str) -> None:
    """Give a claimed reply back as if it had not been tried: no server could be reached. Raises `OutboxTrouble`."""
    _finish(
        engine,
        _held(claimed),
        state="pending",
        stage="",
        due_at=due_at,
        attempts=claimed.attempts - 1,
        last_response=response,
    )


def failed(engine: Database, claimed: Claimed, response: str) -> None:
    """Commit that a claimed reply will not be delivered. Raises `OutboxTrouble`."""
    _finish(engine, _held(claimed), state="failed", stage="", last_response=response)


def uncertain(engine: Database, claimed: Claimed, due_at: datetime, response: str) -> None:
    """Commit that nobody knows whether a claimed reply arrived; it is looked into from `due_at` (aware) on.

    Raises `OutboxTrouble`.
    """
    _finish(engine, _held(claimed), state="uncertain", due_at=due_at, last_response=response)


def recover(engine: Database, worker: str, now: datetime) -> int:
    """Settle what was left in mid-sending by a worker that died, or by an earlier run of this one; return how many.

    The caller holds the lease, so nobody else is sending. What cannot have been sent is due at once after a death; what
    this worker itself stumbled on, or what several workers died on, waits longer each time, so that it does not stop
    the others. Raises `OutboxTrouble`.
    """
    with _writing(engine) as connection:
        left = connection.execute(select(replies).where(replies.c.state == "sending")).all()
        for row in left:
            if row.stage == "data":
                values = {
                    "state": "uncertain",
                    "due_at": now,
                    "last_response": "interrupted while the message was sent",
                }
            else:
                at_once = row.claimed_by != worker and row.attempts < 3
                due_at = now if at_once else now + delay(row.attempts)
                values = {
                    "state": "pending",
                    "due_at": due_at,
                    "last_response": "interrupted before the message was sent",
                }
            connection.execute(_of(row.message_id).values(values))
    return len(left)


def resolve(
    engine: Database, now: datetime, found_in_sent: Callable[[str], bool | None] | None
) -> Mapping[str, int]:
    """Settle the uncertain replies that are due; return how many became sent, pending and failed.

    `found_in_sent(message_id)` tells whether our Sent folder holds it, None when it cannot be looked up now (the reply
    then stays uncertain). Without that folder, or when it is not there, a reply is repeated once, with the same
    Message-ID; the second time it fails. Raises `OutboxTrouble`.
    """
    became: Counter[str] = Counter()
    query = (
        select(replies)
        .where(replies.c.state == "uncertain", replies.c.due_at <= now)
        .order_by(replies.c.due_at)
    )
    with _reading(engine) as connection:
        doubtful = connection.execute(query).all()
    for row in doubtful:
        found = found_in_sent(row.message_id) if found_in_sent is not None else False
        if found is None:
            continue
        if found:
            values = {
                "state": "sent",
                "stage": "",
                "sent_at": now,
                "last_response": "found in the Sent folder",
            }
        elif row.repeats == 0:
            values = {"state": "pending", "stage": "", "repeats": 1, "due_at": now}
        else:
            values = {
                "state": "failed",
                "stage": "",
                "last_response": f"twice uncertain: {row.last_response}",
            }
        _finish(engine, _of(row.message_id).where(replies.c.state == "uncertain"), **values)
        became[str(values["state"])] += 1
    return became


def counts(connection: Connection) -> dict[str, int]:
    """Return how many replies are in each state; states without any are left out."""
    rows = connection.execute(
        select(replies.c.state, func.count()).group_by(replies.c.state).order_by(replies.c.state)
    )
    return {state: int(count) for state, count in rows}


def listed(connection: Connection, *, states: tuple[str, ...] = (), limit: int = 1000) -> tuple[Listed, ...]:
    """Return replies, the newest first: all, or those in the given states."""
    columns = [replies.c[name] for name in Listed.__dataclass_fields__]
    query = select(*columns).order_by(replies.c.created_at.desc(), replies.c.message_id).limit(limit)
    if states:
        query = query.where(replies.c.state.in_(states))
    return tuple(Listed(*row) for row in connection.execute(query))


def answers_since(connection: Connection, recipient: str, since: datetime) -> int:
    """Return how many replies to an address were made since an instant (aware), whatever became of them."""
    address = (deliverable(recipient) or recipient).lower()
    query = select(func.count()).where(
        func.lower(replies.c.recipient) == address, replies.c.created_at >= since
    )
    return connection.execute(query).scalar_one()


def reported_on(
    connection: Connection,
    message_ids: Sequence[str],
    recipients: Sequence[str],
    *,
    since: datetime,
    until: datetime,
) -> Listed | None:
    """Return the reply a delivery report is about: the first whose Message-ID is among those given.

    Else the newest that left for one of the recipients between two instants (aware). Drafts are never meant.
    """
    columns = [replies.c[name] for name in Listed.__dataclass_fields__]
    left = select(*columns).where(replies.c.state != "draft", replies.c.attempts > 0)
    by_id = {
        row.message_id: row for row in connection.execute(left.where(replies.c.message_id.in_(message_ids)))
    }
    for message_id in message_ids:
        if message_id in by_id:
            return Listed(*by_id[message_id])
    addresses = {(deliverable(address) or address).lower() for address in recipients}
    query = (
        left.where(func.lower(replies.c.recipient).in_(addresses), replies.c.state.in_(("sent", "uncertain")))
        .where(replies.c.created_at <= until, func.coalesce(replies.c.sent_at, replies.c.created_at) >= since)
        .order_by(replies.c.created_at.desc(), replies.c.message_id)
        .limit(1)
    )
    row = connection.execute(query).first()
    return Listed(*row) if row is not None else None


def report(connection: Connection, message_id: str, action: str, words: str, at: datetime) -> None:
    """Mark a reply as a delivery report says: `failed`, `delayed` or `delivered`; `at` is when the report came (aware).

    What has failed stays so, with the first words about it. A report that does not say "failed" proves that a reply of
    which nobody knew was taken.
    """
    if action == "failed":
        query = _of(message_id).where(replies.c.state != "failed")
        connection.execute(query.values(state="failed", stage="", last_response=words))
        return
    taken = _of(message_id).where(replies.c.state.in_(("sent", "uncertain")))
    sent_at = func.coalesce(replies.c.sent_at, at)
    connection.execute(
        taken.values(state="sent", stage="", sent_at=sent_at, last_response=f"{action}: {words}")
    )


def drafts(engine: Database) -> tuple[Draft, ...]:
    """Return the drafts that were not yet written to a file, oldest first. Raises `OutboxTrouble`."""
    query = (
        select(replies.c.message_id, replies.c.template, replies.c.number, replies.c.octets)
        .where(replies.c.state == "draft", replies.c.stage == "")
        .order_by(replies.c.created_at, replies.c.message_id)
    )
    with _reading(engine) as connection:
        return tuple(Draft(*row) for row in connection.execute(query))


def draft_written(engine: Database, message_id: str) -> None:
    """Commit that a draft lies on disk, so that one a person deletes is not written again. Raises `OutboxTrouble`."""
    _finish(engine, _of(message_id), stage="written")


def _of(message_id: str) -> Update:
    return update(replies).where(replies.c.message_id == message_id)


def _held(claimed: Claimed) -> Update:
    return _of(claimed.message_id).where(
        replies.c.state == "sending",
        replies.c.claimed_by == claimed.worker,
        replies.c.claimed_at == claimed.since,
    )


def _finish(engine: Database, where: Update, **values: object) -> None:
    with _writing(engine) as connection:
        connection.execute(where.values(**values))


@contextmanager
def _writing(engine: Database) -> Iterator[Connection]:
    try:
        with engine.begin() as connection:
            yield connection
    except OperationalError as error:
        raise OutboxTrouble(f"the outbox cannot be written: {error.orig}") from error


@contextmanager
def _reading(engine: Database) -> Iterator[Connection]:
    try:
        with engine.connect() as connection:
            yield connection
            connection.rollback()
    except OperationalError as error:
        raise OutboxTrouble(f"the outbox cannot be read: {error.orig}") from error

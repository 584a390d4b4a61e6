"""What the outbox's tables tell: lists for people, counts, and which reply a delivery report is about."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, func, or_, select

from outbox.message import deliverable
from outbox.store.table import SERVICE, Database, of, reading, replies


@dataclass(frozen=True, slots=True)
class Listed:
    """A reply as `intake outbox` shows it. Instants are aware UTC; `last_response` is the server's last words."""

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
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Whole:
    """A reply with its octets, as it was or will be sent."""

    listed: Listed
    octets: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Draft:
    """A reply that waits in draft mode: its Message-ID, what it is called, and its octets."""

    message_id: str
    template: str
    number: str | None
    octets: bytes = field(repr=False)


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


def whole(connection: Connection, message_id: str) -> Whole | None:
    """Return a reply with its octets, or None."""
    columns = [replies.c[name] for name in Listed.__dataclass_fields__]
    row = connection.execute(
        select(*columns, replies.c.octets).where(replies.c.message_id == message_id)
    ).first()
    return Whole(Listed(*row[:-1]), row[-1]) if row is not None else None


def answers_since(connection: Connection, recipient: str, since: datetime) -> int:
    """Return how many replies to an address were made since an instant (aware), whatever became of them.

    Letters to the people who run this are none.
    """
    address = (deliverable(recipient) or recipient).lower()
    query = select(func.count()).where(
        func.lower(replies.c.recipient) == address,
        replies.c.created_at >= since,
        replies.c.template.not_in(SERVICE),
    )
    return connection.execute(query).scalar_one()


def told_since(
    connection: Connection, recipient: str, number: str | None, since: datetime
) -> tuple[str, ...]:
    """Return the templates of the replies made since an instant (aware), to an address or about an application, sorted."""
    address = (deliverable(recipient) or recipient).lower()
    about = [replies.c.number == number] if number is not None else []
    query = select(replies.c.template).where(
        or_(func.lower(replies.c.recipient) == address, *about),
        replies.c.created_at >= since,
        replies.c.template.not_in(SERVICE),
    )
    return tuple(sorted(connection.execute(query.distinct()).scalars()))


def was_told(connection: Connection, number: str, template: str) -> bool:
    """Return whether a reply about an application was made that nobody has cancelled; a draft may have been sent by hand."""
    query = select(replies.c.message_id).where(
        replies.c.number == number, replies.c.template == template, replies.c.state != "cancelled"
    )
    return connection.execute(query.limit(1)).first() is not None


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
        query = of(message_id).where(replies.c.state != "failed")
        connection.execute(query.values(state="failed", stage="", last_response=words))
        return
    taken = of(message_id).where(replies.c.state.in_(("sent", "uncertain")))
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
    with reading(engine) as connection:
        return tuple(Draft(*row) for row in connection.execute(query))

"""How much may leave at once: a cap for an hour in all, and one for a minute to one provider.

The cap is against floods that a mistake of ours or a mail loop makes. It is reached when so many replies have left in
the past hour; the rest then waits. While more replies than the cap were also *made* in that hour, this is a burst: the
outbox is held, nothing leaves any more, and an alarm says so. It ends when the hour of the burst is over, or when a
person lets go (`Limits.since`): from that moment both counts begin again. Letters to the people who run this are exempt.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, func, select

from outbox.store.table import SERVICE, replies

HOUR: Final = timedelta(hours=1)
MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Limits:
    """`per_hour` in all and `per_minute` to one domain; 0: no limit. `since` (aware) is when a person last let go."""

    per_hour: int = 0
    per_minute: int = 0
    since: datetime | None = None


UNLIMITED: Final = Limits()


@dataclass(frozen=True, slots=True)
class Flow:
    """The outbox as it stands against its cap: replies due, left in the hour, made in the hour; whether it is held."""

    due: int
    left: int
    made: int
    held: bool


@dataclass(slots=True)
class Room:
    """What may still leave; `takes` counts down."""

    in_all: int | None
    per_minute: int
    to_domain: Counter[str]

    def takes(self, template: str, recipient: str) -> bool:
        """Return whether this reply may leave now, and count it if so."""
        if template in SERVICE:
            return True
        domain = _domain(recipient)
        if self.in_all is not None and self.in_all <= 0:
            return False
        if self.per_minute and self.to_domain[domain] >= self.per_minute:
            return False
        self.to_domain[domain] += 1
        if self.in_all is not None:
            self.in_all -= 1
        return True


def room(connection: Connection, now: datetime, limits: Limits) -> Room:
    """Return what may leave at this moment (aware)."""
    in_all = None
    if limits.per_hour:
        start = _start(now, limits)
        left = _left(connection, start)
        burst = left >= limits.per_hour and _made(connection, start) > limits.per_hour
        in_all = 0 if burst else limits.per_hour - left
    to_domain: Counter[str] = Counter()
    if limits.per_minute:
        recent = select(replies.c.recipient).where(
            replies.c.template.not_in(SERVICE),
            (replies.c.sent_at > now - MINUTE) | (replies.c.claimed_at > now - MINUTE),
        )
        to_domain.update(_domain(recipient) for recipient in connection.scalars(recent))
    return Room(in_all, limits.per_minute, to_domain)


def flow(connection: Connection, now: datetime, limits: Limits) -> Flow:
    """Return how the outbox stands against its cap at a moment (aware)."""
    waiting = select(func.count()).where(
        replies.c.state == "pending", replies.c.due_at <= now, replies.c.template.not_in(SERVICE)
    )
    waiting = waiting.where((replies.c.not_before.is_(None)) | (replies.c.not_before <= now))
    due = connection.execute(waiting).scalar_one()
    start = _start(now, limits)
    left, made = _left(connection, start), _made(connection, start)
    full = bool(limits.per_hour) and left >= limits.per_hour
    return Flow(due, left, made, held=full and due > 0 and made > limits.per_hour)


def _start(now: datetime, limits: Limits) -> datetime:
    return max(now - HOUR, limits.since) if limits.since is not None else now - HOUR


def _left(connection: Connection, start: datetime) -> int:
    """Count the replies that left, or may have, after an instant."""
    gone = (replies.c.sent_at > start) | (replies.c.state.in_(("sending", "uncertain")))
    query = select(func.count()).where(gone, replies.c.template.not_in(SERVICE))
    return connection.execute(query).scalar_one()


def _made(connection: Connection, start: datetime) -> int:
    """Count the replies that were made to be sent after an instant."""
    query = select(func.count()).where(
        replies.c.created_at > start,
        replies.c.template.not_in(SERVICE),
        replies.c.state.not_in(("draft", "held", "cancelled")),
    )
    return connection.execute(query).scalar_one()


def _domain(recipient: str) -> str:
    return recipient.rpartition("@")[2].lower()

"""How the intake itself is doing: the writer's lease, facts about running, alarms with a beginning and an end."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select, update

from intake.database import alarms, facts, leases

LEASE = "writer"


@dataclass(frozen=True, slots=True)
class Alarm:
    """A trouble that somebody should know of. Times are aware UTC."""

    code: str
    subject: str
    facts: Mapping[str, Any]
    opened_at: datetime


def take_lease(
    tx: Connection, holder: str, now: datetime, *, seconds: float, dead: Callable[[str], bool]
) -> str | None:
    """Take or prolong the right to write; return None on success, else who holds it.

    A lease that ran out, or whose holder `dead` knows to be gone, is taken over.
    """
    row = tx.execute(select(leases).where(leases.c.name == LEASE).with_for_update()).first()
    until = now + timedelta(seconds=seconds)
    if row is None:
        tx.execute(insert(leases).values(name=LEASE, holder=holder, expires_at=until))
        return None
    if row.holder != holder and row.expires_at > now and not dead(row.holder):
        return str(row.holder)
    tx.execute(update(leases).where(leases.c.name == LEASE).values(holder=holder, expires_at=until))
    return None


def lease_holder(tx: Connection, now: datetime) -> str | None:
    """Return who may write now, or None when nobody is at work."""
    row = tx.execute(select(leases).where(leases.c.name == LEASE)).first()
    return str(row.holder) if row is not None and row.expires_at > now else None


def give_back_lease(tx: Connection, holder: str, now: datetime) -> None:
    """Let the next worker start at once. Another's lease is left alone."""
    tx.execute(update(leases).where(leases.c.name == LEASE, leases.c.holder == holder).values(expires_at=now))


def note(tx: Connection, name: str, value: Any, now: datetime) -> None:
    """Keep one small fact, replacing its earlier value."""
    changed = tx.execute(update(facts).where(facts.c.name == name).values(value=value, at=now))
    if changed.rowcount == 0:
        tx.execute(insert(facts).values(name=name, value=value, at=now))


def noted(tx: Connection, name: str) -> tuple[Any, datetime] | None:
    """Return a fact and when it was noted (aware UTC), or None."""
    row = tx.execute(select(facts.c.value, facts.c.at).where(facts.c.name == name)).first()
    return (row.value, row.at) if row else None


def raise_alarm(tx: Connection, code: str, subject: str, details: Mapping[str, Any], now: datetime) -> bool:
    """Open an alarm unless it is open already; return whether it is new."""
    if tx.execute(select(alarms.c.id).where(_open(code, subject))).first() is not None:
        return False
    tx.execute(insert(alarms).values(code=code, subject=subject, facts=dict(details), opened_at=now))
    return True


def end_alarm(tx: Connection, code: str, subject: str, now: datetime) -> bool:
    """Close an alarm; return whether one was open."""
    return tx.execute(update(alarms).where(_open(code, subject)).values(closed_at=now)).rowcount > 0


def open_alarms(tx: Connection) -> tuple[Alarm, ...]:
    """Return the alarms that are not over, oldest first."""
    query = select(alarms).where(alarms.c.closed_at.is_(None)).order_by(alarms.c.opened_at)
    return tuple(Alarm(row.code, row.subject, row.facts, row.opened_at) for row in tx.execute(query))


@dataclass(frozen=True, slots=True)
class Untold:
    """An alarm of which nobody was written yet that it began, or that it is over (`closed_at`). Times are aware UTC."""

    id: int
    alarm: Alarm
    closed_at: datetime | None


def untold(tx: Connection, now: datetime, patience: Callable[[Alarm], timedelta]) -> tuple[Untold, ...]:
    """Return the alarms to be told, oldest first: open ones when their patience is over, ended ones that were told of."""
    began = alarms.c.closed_at.is_(None) & alarms.c.told_at.is_(None)
    over = alarms.c.closed_at.is_not(None) & alarms.c.told_at.is_not(None) & alarms.c.over_told_at.is_(None)
    rows = tx.execute(select(alarms).where(began | over).order_by(alarms.c.id))
    found = (
        Untold(row.id, Alarm(row.code, row.subject, row.facts, row.opened_at), row.closed_at) for row in rows
    )
    return tuple(
        one for one in found if one.closed_at is not None or one.alarm.opened_at + patience(one.alarm) <= now
    )


def told(tx: Connection, one: Untold, now: datetime) -> None:
    """Keep that letters about it lie in the outbox."""
    column = "told_at" if one.closed_at is None else "over_told_at"
    tx.execute(update(alarms).where(alarms.c.id == one.id).values({column: now}))


def _open(code: str, subject: str) -> Any:
    return (alarms.c.code == code) & (alarms.c.subject == subject) & alarms.c.closed_at.is_(None)

"""Replies that a person's word causes or overtakes: put, put again after they were taken back, or taken back in time."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from outbox import store
from outbox.reply import Reply
from outbox.store import Mode, interventions, replies

# In these states a reply has not left and nobody is sending it.
WAITING = ("pending", "held", "draft")
_FIRST = {"draft": "draft", "review": "held", "send": "pending"}


@dataclass(frozen=True, slots=True)
class Told:
    """A reply in the outbox, as far as it matters to whoever decides: to whom, what, and how it stands."""

    message_id: str
    letter: str
    template: str
    number: str | None
    recipient: str
    subject: str
    state: str
    created_at: datetime
    sent_at: datetime | None
    not_before: datetime | None


def put(
    tx: Connection, reply: Reply, now: datetime, *, mode: Mode, by: str, not_before: datetime | None = None
) -> bool:
    """Keep a reply in the outbox; one that was taken back before it left is put there again. Return whether it is new.

    `by` says whose word it is; `now` and `not_before` are aware.
    """
    if store.put(tx, reply, now, mode=mode, not_before=not_before):
        return True
    values = {
        "number": reply.number,
        "subject": reply.subject,
        "octets": reply.octets,
        "state": _FIRST[mode],
        "stage": "",
        "copy": "",
        "attempts": 0,
        "repeats": 0,
        "created_at": now,
        "due_at": now,
        "not_before": not_before,
    }
    again = update(replies).where(replies.c.message_id == reply.message_id, replies.c.state == "cancelled")
    if tx.execute(again.values(**values)).rowcount != 1:
        return False
    tx.execute(
        insert(interventions).values(message_id=reply.message_id, action="resent", made_by=by, made_at=now)
    )
    return True


def to_letter(tx: Connection, digest: str) -> tuple[Told, ...]:
    """Return the replies a letter caused, oldest first."""
    return _told(tx, replies.c.letter == digest)


def about(tx: Connection, number: str) -> tuple[Told, ...]:
    """Return the replies about an application, oldest first."""
    return _told(tx, replies.c.number == number)


def of_templates(tx: Connection, call_id: str, templates: Collection[str]) -> tuple[Told, ...]:
    """Return the replies of a call that say certain things, oldest first."""
    return _told(tx, (replies.c.call_id == call_id) & replies.c.template.in_(sorted(templates)))


def take_back(tx: Connection, told: Iterable[Told], *, by: str, now: datetime) -> tuple[Told, ...]:
    """Take back those that have not left; return them."""
    waiting: Sequence[Told] = [one for one in told if one.state in WAITING]
    done = set(store.act(tx, [one.message_id for one in waiting], "cancelled", by=by, now=now))
    return tuple(one for one in waiting if one.message_id in done)


def put_back(tx: Connection, told: Iterable[Told], *, mode: Mode, by: str, now: datetime) -> tuple[Told, ...]:
    """Let those that were taken back before they left wait again; return them."""
    back = []
    for one in told:
        again = update(replies).where(replies.c.message_id == one.message_id, replies.c.state == "cancelled")
        if tx.execute(again.values(state=_FIRST[mode], due_at=now)).rowcount == 1:
            back.append(one)
            row = {"message_id": one.message_id, "action": "resent", "made_by": by, "made_at": now}
            tx.execute(insert(interventions).values(**row))
    return tuple(back)


def _told(tx: Connection, which: object) -> tuple[Told, ...]:
    columns = [replies.c[name] for name in Told.__dataclass_fields__]
    query = select(*columns).where(which).order_by(replies.c.created_at, replies.c.message_id)  # type: ignore[arg-type]
    return tuple(Told(*row) for row in tx.execute(query))

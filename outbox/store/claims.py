"""Taking replies for sending and committing how each ended: the durable half of delivery.

What is claimed and not yet over belongs to the one worker that holds the ledger's lease. A batch is claimed in one
commit; that the octets of one reply are about to go out, and how the one before it ended, are one commit as well
(`settle`). So at any moment at most one reply may have left without the ledger knowing: the one whose stage is "data".
After a crash `recover` makes that one uncertain, and what was only claimed is due again as if untouched.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any, Final

from sqlalchemy import Update, bindparam, case, select, update

from outbox.retry import delay
from outbox.store.flow import UNLIMITED, Limits, room
from outbox.store.table import SERVICE, ClaimLost, Database, of, replies, writing

# So many due replies are looked at to find those that may leave now: behind one provider's queue others may go.
_LOOKED_AT = 500

# Written out once: to build a statement anew for each reply takes longer than to run it.
_OF: Final = update(replies).where(replies.c.message_id == bindparam("of"))
_HELD: Final = _OF.where(
    replies.c.state == "sending",
    replies.c.claimed_by == bindparam("worker"),
    replies.c.claimed_at == bindparam("since"),
)
_SAID: Final[dict[str, Any]] = {"last_response": bindparam("said")}
_BEGIN: Final = _HELD.values(stage="data", attempts=bindparam("tries"))
_SENT: Final = _OF.values(state="sent", stage="", sent_at=bindparam("at"), copy=bindparam("copies"), **_SAID)
_AGAIN: Final = _HELD.values(
    state="pending", stage="", due_at=bindparam("at"), attempts=bindparam("tries"), **_SAID
)
_GIVE_BACK: Final = _HELD.values(state="pending", stage="")
_STUMBLED: Final = _HELD.values(stage="")
_FAILED: Final = _HELD.values(state="failed", stage="", **_SAID)
_UNCERTAIN: Final = _HELD.values(state="uncertain", due_at=bindparam("at"), **_SAID)


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
class Ending:
    """How the sending of a claimed reply ended: a change that `settle` commits."""

    statement: Update
    parameters: Mapping[str, Any]


def claim(
    engine: Database, worker: str, now: datetime, *, most: int = 1, limits: Limits = UNLIMITED
) -> tuple[Claimed, ...]:
    """Take the replies that have been due longest, at most so many, and commit that they are this worker's.

    `now` is aware; what the limits hold back is passed over. Raises `OutboxTrouble`.
    """
    due = (
        select(replies.c.message_id, replies.c.template, replies.c.recipient)
        .where(replies.c.state == "pending", replies.c.due_at <= now)
        .where((replies.c.not_before.is_(None)) | (replies.c.not_before <= now))
        .order_by(
            case((replies.c.template.in_(SERVICE), 0), else_=1),
            replies.c.due_at,
            replies.c.created_at,
            replies.c.message_id,
        )
        .limit(_LOOKED_AT)
        .with_for_update(skip_locked=True)
    )
    with writing(engine) as connection:
        waiting = connection.execute(due).all()
        if not waiting:
            return ()
        left = room(connection, now, limits)
        may_leave = (row.message_id for row in waiting if left.takes(row.template, row.recipient))
        chosen = list(islice(may_leave, most))
        taken = update(replies).where(replies.c.message_id.in_(chosen), replies.c.state == "pending")
        connection.execute(taken.values(state="sending", stage="", claimed_by=worker, claimed_at=now))
        columns = ("message_id", "template", "recipient", "octets", "attempts", "repeats")
        rows = connection.execute(
            select(*(replies.c[name] for name in columns)).where(
                replies.c.message_id.in_(chosen),
                replies.c.state == "sending",
                replies.c.claimed_by == worker,
                replies.c.claimed_at == now,
            )
        )
        found = {row.message_id: row for row in rows}
    return tuple(
        Claimed(
            row.message_id,
            row.template,
            row.recipient,
            row.octets,
            row.attempts + 1,
            row.repeats,
            worker,
            now,
        )
        for row in (found[one] for one in chosen if one in found)
    )


def settle(engine: Database, *endings: Ending, begin: Claimed | None = None) -> None:
    """Commit, all at once, how replies ended and that the octets of the next one are about to go out.

    Beginning counts as an attempt. Raises `ClaimLost` when that reply is no longer ours (the endings stand all the
    same), and `OutboxTrouble` when nothing was committed.
    """
    lost = False
    with writing(engine) as connection:
        for ending in endings:
            connection.execute(ending.statement, ending.parameters)
        if begin is not None:
            going = connection.execute(_BEGIN, _held(begin) | {"tries": begin.attempts})
            lost = going.rowcount != 1
    if begin is not None and lost:
        raise ClaimLost(f"reply {begin.message_id} is no longer held by {begin.worker}")


def sent(claimed: Claimed, now: datetime, response: str, *, copy: bool = False) -> Ending:
    """Say that a server has taken the reply, whoever holds it by now; with `copy` it belongs into the Sent folder."""
    copies = "due" if copy else ""
    return Ending(_SENT, {"of": claimed.message_id, "at": now, "copies": copies, "said": response})


def again(claimed: Claimed, due_at: datetime, response: str) -> Ending:
    """Say that the reply is put off until `due_at` (aware)."""
    return Ending(_AGAIN, _held(claimed) | {"at": due_at, "tries": claimed.attempts, "said": response})


def release(claimed: Claimed, due_at: datetime, response: str) -> Ending:
    """Give the reply back as if it had not been tried: no server could be reached."""
    return Ending(_AGAIN, _held(claimed) | {"at": due_at, "tries": claimed.attempts - 1, "said": response})


def give_back(claimed: Sequence[Claimed]) -> tuple[Ending, ...]:
    """Give replies back that were claimed and not begun: they are due again as they were."""
    return tuple(Ending(_GIVE_BACK, _held(one)) for one in claimed)


def stumbled(claimed: Claimed) -> Ending:
    """Say that a bug of ours struck before an octet of it went out: `recover` puts it off, and it counts as a try."""
    return Ending(_STUMBLED, _held(claimed))


def failed(claimed: Claimed, response: str) -> Ending:
    """Say that the reply will not be delivered."""
    return Ending(_FAILED, _held(claimed) | {"said": response})


def uncertain(claimed: Claimed, due_at: datetime, response: str) -> Ending:
    """Say that nobody knows whether the reply arrived; it is looked into from `due_at` (aware) on."""
    return Ending(_UNCERTAIN, _held(claimed) | {"at": due_at, "said": response})


def recover(engine: Database, worker: str, now: datetime) -> int:
    """Settle what was left in mid-sending by a worker that died, or by an earlier run of this one; return how many.

    The caller holds the lease, so nobody else is sending. What cannot have been sent is due at once after a death; what
    this worker itself stumbled on, or what several workers died on, waits longer each time, so that it does not stop
    the others. Raises `OutboxTrouble`.
    """
    with writing(engine) as connection:
        columns = (replies.c.message_id, replies.c.stage, replies.c.claimed_by, replies.c.attempts)
        left = connection.execute(select(*columns).where(replies.c.state == "sending")).all()
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
            connection.execute(of(row.message_id).values(values))
    return len(left)


def _held(claimed: Claimed) -> dict[str, Any]:
    return {"of": claimed.message_id, "worker": claimed.worker, "since": claimed.since}

"""What people do about replies: let held ones go, take them back, send them again. Each is kept, and only ever added."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from sqlalchemy import Connection, insert, select

from outbox.envelope import dated
from outbox.store.table import interventions, of, replies

Action = Literal["approved", "cancelled", "resent"]

# In which states a reply can be acted on, and what it then becomes. One that is being sent is nobody's to touch, and
# what a server has taken cannot be taken back.
_FROM: Final[dict[Action, tuple[str, ...]]] = {
    "approved": ("held", "draft"),
    "cancelled": ("held", "draft", "pending", "uncertain", "failed"),
    "resent": ("failed", "uncertain", "sent", "cancelled"),
}
ACTIONS: Final[tuple[Action, ...]] = tuple(_FROM)


@dataclass(frozen=True, slots=True)
class Intervention:
    """One thing somebody did about a reply, and when (aware UTC)."""

    message_id: str
    action: str
    made_by: str
    made_at: datetime


def act(
    connection: Connection, message_ids: Sequence[str], action: Action, *, by: str, now: datetime
) -> tuple[str, ...]:
    """Do `action` to the replies whose state allows it, in the caller's transaction; return their Message-IDs.

    `by` says who, `now` (aware) when. What is approved or sent again is due at once, with all its attempts before it and
    the same Message-ID; a moment it waits for (`not_before`) stays. What is approved is a letter of that moment, and its
    Date says so: one of days ago would be sorted among old mail, or taken for unwanted.
    """
    done = []
    for message_id in message_ids:
        allowed = of(message_id).where(replies.c.state.in_(_FROM[action]))
        if connection.execute(allowed.values(**_becomes(action, now))).rowcount == 1:
            done.append(message_id)
            if action == "approved":
                _date_anew(connection, message_id, now)
    if done:
        rows = [{"message_id": one, "action": action, "made_by": by[:120], "made_at": now} for one in done]
        connection.execute(insert(interventions), rows)
    return tuple(done)


def interventions_of(connection: Connection, message_id: str) -> tuple[Intervention, ...]:
    """Return what people did about a reply, oldest first."""
    columns = [interventions.c[name] for name in Intervention.__dataclass_fields__]
    query = select(*columns).where(interventions.c.message_id == message_id).order_by(interventions.c.id)
    return tuple(Intervention(*row) for row in connection.execute(query))


def _becomes(action: Action, now: datetime) -> dict[str, Any]:
    if action == "cancelled":
        return {"state": "cancelled", "stage": "", "copy": ""}
    return {"state": "pending", "stage": "", "due_at": now, "attempts": 0, "repeats": 0, "copy": ""}


def _date_anew(connection: Connection, message_id: str, now: datetime) -> None:
    query = select(replies.c.octets, replies.c.not_before).where(replies.c.message_id == message_id)
    octets, not_before = connection.execute(query).one()
    connection.execute(of(message_id).values(octets=dated(octets, max(now, not_before or now))))

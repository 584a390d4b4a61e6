"""A cheap stamp of each application, letter and reply: it changes whenever what a row of the workbook shows of it does.

Made of counts and states, never of what letters say; by comparing stamps it is known which rows are to be looked at again.
"""

import hashlib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, func, or_, select

from intake.database import applications, decisions, letters, orders, revisions
from outbox.store import replies


@dataclass(frozen=True, slots=True)
class Stamps:
    """Number → stamp, digest of a letter → stamp, Message-ID of a reply → stamp."""

    applications: Mapping[str, str] = field(default_factory=dict)
    letters: Mapping[str, str] = field(default_factory=dict)
    replies: Mapping[str, str] = field(default_factory=dict)


def stamps(tx: Connection, call_id: str) -> Stamps:
    """Return the stamps of all that a call's workbook shows."""
    decided = dict(
        _pairs(tx, select(decisions.c.digest, func.max(decisions.c.id)).group_by(decisions.c.digest))
    )
    typed: dict[str, list[Any]] = defaultdict(list)
    newest = select(orders.c.row_key, func.max(orders.c.id)).where(orders.c.call_id == call_id)
    for row, latest in _pairs(tx, newest.group_by(orders.c.row_key).order_by(orders.c.row_key)):
        # The key of a corrected cell begins with the application's number.
        typed[row.partition(" ")[0]].append(latest)
    told: dict[str, list[Any]] = {}
    columns = (
        applications.c.number, applications.c.status, applications.c.place_code, applications.c.place_by,
        applications.c.first_received_at,
    )  # fmt: skip
    for number, *rest in tx.execute(select(*columns).where(applications.c.call_id == call_id)):
        told[number] = [*rest, typed.get(number)]
    for number, latest in _pairs(tx, select(revisions.c.number, func.max(revisions.c.revision)).group_by(revisions.c.number)):  # fmt: skip
        if number in told:
            told[number].append(latest)
    ours = or_(letters.c.call_id == call_id, letters.c.call_id.is_(None))
    of_letter = (
        letters.c.digest, letters.c.number, letters.c.state, letters.c.disposition, letters.c.template,
        letters.c.settled_at,
    )  # fmt: skip
    of_letters: dict[str, str] = {}
    for digest, number, *rest in tx.execute(select(*of_letter).where(ours).order_by(letters.c.digest)):
        stamp = of_letters[digest] = _stamp([number, *rest, decided.get(digest), typed.get(digest[:12])])
        if number in told:
            told[number].append(stamp)
    of_reply = (
        replies.c.message_id, replies.c.number, replies.c.state, replies.c.attempts, replies.c.created_at,
        replies.c.sent_at, replies.c.last_response,
    )  # fmt: skip
    of_replies: dict[str, str] = {}
    query = select(*of_reply).where(replies.c.call_id == call_id).order_by(replies.c.message_id)
    for message_id, number, *rest in tx.execute(query):
        stamp = of_replies[message_id] = _stamp([number, *rest])
        if number in told:
            told[number].append(stamp)
    return Stamps({number: _stamp(all_) for number, all_ in told.items()}, of_letters, of_replies)


def _pairs(tx: Connection, query: Any) -> list[tuple[str, Any]]:
    return [(row[0], row[1]) for row in tx.execute(query)]


def _stamp(told: list[Any]) -> str:
    return hashlib.blake2b(repr(told).encode("utf-8", "replace"), digest_size=8).hexdigest()

"""Applications that still lack something, and whom to tell: the sender of the newest letter that spoke for each."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from intake.database import applications, letters, revisions
from outbox.store import replies
from rules.answer import Fault
from rules.automatic import UNANSWERABLE_CODES
from rules.place import Place
from rules.responder import REPLY_UNTRUSTED

# Whom no machine may answer; that an address had its fill on one day is no such thing.
_SILENCE = UNANSWERABLE_CODES | {REPLY_UNTRUSTED.code}


@dataclass(frozen=True, slots=True)
class Lacking:
    """One of them: its newest letter by digest, and what its newest form lacks (nothing when there is no form)."""

    number: str
    place: Place
    letter: str
    received_at: datetime
    answerable: bool
    faults: tuple[Fault, ...]


def lacking(tx: Connection, call_id: str) -> tuple[Lacking, ...]:
    """Return a call's applications that are incomplete or have no form, by number."""
    query = (
        select(applications)
        .where(applications.c.call_id == call_id, applications.c.status.in_(("incomplete", "no_form")))
        .order_by(applications.c.number)
    )
    found = (_lacking(tx, row.number, Place(**row.place)) for row in tx.execute(query).all())
    return tuple(one for one in found if one is not None)


def _lacking(tx: Connection, number: str, place: Place) -> Lacking | None:
    spoke = (
        select(letters)
        .where(letters.c.number == number, letters.c.speaks, letters.c.disposition != "discard")
        .order_by(letters.c.received_at.desc(), letters.c.settled_at.desc())
    )
    letter = tx.execute(spoke.limit(1)).first()
    if letter is None:
        return None
    form = tx.execute(
        select(revisions.c.faults)
        .where(revisions.c.number == number)
        .order_by(revisions.c.revision.desc())
        .limit(1)
    ).first()
    faults = tuple(Fault(**fault) for fault in form.faults) if form is not None else ()
    codes = {finding["code"] for finding in letter.findings}
    return Lacking(number, place, letter.digest, letter.received_at, not codes & _SILENCE, faults)


def was_put(tx: Connection, message_id: str) -> bool:
    """Return whether a letter of ours with this Message-ID is in the outbox, whatever became of it."""
    return (
        tx.execute(select(replies.c.message_id).where(replies.c.message_id == message_id)).first() is not None
    )

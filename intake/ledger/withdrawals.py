"""An application that its own people withdraw, by a coordinator's word about the letter that says so. Runs in one transaction.

The letter's finding keeps how the application stood before, so that a decision that is taken back leaves no trace on it.
Nothing of the application is deleted.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from intake.ledger.applications import by_number, restate
from intake.ledger.persons import WITHDRAWN, Row, closed, letters_of, withdrawal_of
from intake.ledger.void import VOID
from rules.case import Registered
from rules.person import WITHDRAWN_BY_HAND


def to_withdraw(tx: Connection, number: str | None) -> Registered | None:
    """Return the application that a letter can withdraw, or None when it belongs to none that stands."""
    known = by_number(tx, number) if number is not None else None
    return None if known is None or known.status == VOID else known


def withdraw(tx: Connection, letter: Row, known: Registered, *, by: str, note: str, now: datetime) -> None:
    """Close a letter and let its application stand as withdrawn. `now` is aware."""
    others = (withdrawal_of(one) for one in letters_of(tx, known.number) if one["digest"] != letter["digest"])
    # Where two letters withdraw the same application, both know how it stood before.
    before: Mapping[str, Any] = next((one for one in others if one is not None), {})
    was = before.get("was", "") if known.status == WITHDRAWN else known.status
    revision = before.get("revision", 0) if known.status == WITHDRAWN else known.revision
    finding = WITHDRAWN_BY_HAND.found(number=known.number, was=was, revision=revision)
    closed(tx, letter, finding, keep=True, elsewhere=False, by=by, note=note, now=now)
    restate(tx, known.number, status=WITHDRAWN)


def restored(tx: Connection, letter: Row) -> Row:
    """Undo the withdrawal that was recorded in a letter, if one was; return the letter's row as it is without it.

    The application stands as before, unless a letter has come since that let it stand otherwise, or another one
    withdraws it too.
    """
    facts = withdrawal_of(letter)
    if facts is None:
        return letter
    code = WITHDRAWN_BY_HAND.code
    bare = {**letter, "findings": [one for one in letter["findings"] if one["code"] != code]}
    known = to_withdraw(tx, letter["number"])
    if known is None or known.status != WITHDRAWN:
        return bare
    own = letters_of(tx, known.number)
    if any(withdrawal_of(one) is not None for one in own if one["digest"] != letter["digest"]):
        return bare
    status = facts.get("was")
    if not status or facts.get("revision") != known.revision:
        status = "incomplete" if known.faults or not known.revision else "complete"
    restate(tx, known.number, status=status)
    return bare

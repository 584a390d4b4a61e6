"""What the yellow cells of one row ask for: a letter, an action, a place; or why that cannot be. Nothing is written.

Whether it can be done at all shows only when the letter is read; what can be told without that is told here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from intake.database import Connection
from intake.decisions.refusal import Refused
from intake.decisions.typed_place import place_of
from intake.ledger import applications, persons
from intake.ledger.persons import Row
from intake.workbook.decided import TypedDecision, action_of, options
from rules.call import Call
from rules.gazetteer import Gazetteer
from rules.person import CLOSING, Action
from rules.place import Place

# Of what somebody typed, so much is shown again in the row.
MOST_SHOWN = 80


@dataclass(frozen=True, slots=True)
class Asked:
    """The action, the place written beside it, and the row of the letter; none of the late, whose key is a number."""

    action: Action
    place: Place | None = None
    letter: Row | None = None


def in_order(tx: Connection, decided: Iterable[TypedDecision]) -> tuple[TypedDecision, ...]:
    """Return decisions in the order in which the letters they are about came: what somebody wrote last holds at the end."""

    def came(one: TypedDecision) -> tuple[bool, datetime | None, str]:
        known = applications.by_number(tx, one.row) if one.late else None
        letter = persons.letter_of(tx, one.row) if not one.late else None
        at = known.first_received_at if known is not None else letter["received_at"] if letter else None
        return at is None, at, one.row

    return tuple(sorted(decided, key=came))


def asked(tx: Connection, call: Call, gazetteer: Gazetteer, one: TypedDecision) -> Asked | Refused:
    """Return what a row in which something is typed asks for."""
    action = action_of(one, call)
    if action is None:
        facts = {"typed": one.decision[:MOST_SHOWN], "options": list(options(call, late=one.late))}
        return Refused("unknown_word", facts)
    if one.late:
        return Asked(action)
    row = letter_of(tx, call, one.row)
    if isinstance(row, Refused):
        return row
    if not one.place or action in CLOSING:
        return Asked(action, None, row)
    place = _place(tx, call, gazetteer, one.place, row["evidence"])
    return place if isinstance(place, Refused) else Asked(action, place, row)


def letter_of(tx: Connection, call: Call, code: str) -> Row | Refused:
    """Return the letter of a row, if it is this call's or nobody's."""
    row = persons.letter_of(tx, code)
    if row is None:
        return Refused("no_letter")
    if row["call_id"] not in {None, call.id}:
        return Refused("elsewhere", {"call": row["call_id"]})
    return row


def _place(
    tx: Connection, call: Call, gazetteer: Gazetteer, text: str, evidence: Mapping[str, Any]
) -> Place | Refused:
    """Return the place that is typed: by its name, its code, or the number of its application."""
    known = persons.application_of(tx, call.id, text)
    if known is not None:
        return known
    said = (evidence.get("form_place"), (evidence.get("subject") or {}).get("place"))
    oblast = next((one["oblast"] for one in said if one and one.get("oblast")), "")
    return place_of(text, call, gazetteer, oblast=oblast)

"""What people corrected in the workbook, as decisions about an application: only ever added, and laid over what the applicant says.

A correction is an order (`intake.ledger.orders`) of its own kind: its row key names application, sheet and field. The
newest that was carried out or taken back counts; the application's newest revision always says what comes of all of them.
Runs in the transaction it is given.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from intake.database import applications as table
from intake.database import letters, orders
from intake.ledger import again, applications, persons, void
from intake.ledger.orders import Order, order_of
from intake.ledger.record import RULES
from rules import form, person
from rules.answer import Fault, Value
from rules.application import Application, mended
from rules.call import Call
from rules.place import Place

# No field's key begins so: the place an application is for, and the address of whoever sent it.
PLACE, ADDRESS = "@place", "@email"
_COMPLETENESS = frozenset({form.INCOMPLETE.code, person.MENDED_BY_HAND.code})


def row_key(number: str, sheet: str, key: str) -> str:
    """Return the row key of a correction: a number has no space in it, nor has the key of a letter's row."""
    return f"{number} {sheet} {key}"


def parts(row: str) -> tuple[str, str, str] | None:
    """Return number, sheet and field's key of a correction's row key, None of any other."""
    told = row.split(" ")
    return (told[0], told[1], told[2]) if len(told) == 3 else None


def standing(tx: Connection, call_id: str, number: str | None = None) -> dict[str, Order]:
    """Return row key → the correction that counts there, for a call or one application; one taken back is none."""
    query = select(orders).where(orders.c.call_id == call_id, orders.c.outcome != "refused")
    query = query.where(orders.c.row_key.contains(" ") if number is None else orders.c.row_key.startswith(f"{number} ", autoescape=True))  # fmt: skip
    newest = {row.row_key: order_of(row) for row in tx.execute(query.order_by(orders.c.id))}
    return {key: one for key, one in newest.items() if one.outcome == "done"}


def values_of(tx: Connection, call_id: str, number: str) -> dict[str, tuple[str, str]]:
    """Return field → the value that people gave an application, and what is wrong with it all the same."""
    found = {}
    for key, one in standing(tx, call_id, number).items():
        told = parts(key)
        if told is not None and "value" in one.facts:
            found[told[2]] = (str(one.facts["value"]), str(one.facts.get("fault", "")))
    return found


def place_of(tx: Connection, call_id: str, number: str) -> Place | None:
    """Return the place that people say an application is for, or None when the letters' own counts."""
    told = _places(tx, call_id, number)
    return Place(**told[-1].facts["now"]) if told else None


def _places(tx: Connection, call_id: str, number: str) -> list[Order]:
    """Return the corrections of an application's place, the one that was made last at the end."""
    told = [one for key, one in standing(tx, call_id, number).items() if key.endswith(f" {PLACE}")]
    return sorted(told, key=lambda one: str(one.made_at))


def moved_from(tx: Connection, call_id: str, number: str) -> frozenset[str]:
    """Return the codes of the places that an application's letters name, where people put another in place of them."""
    return frozenset(str(one.facts["was"]["code"]) for one in _places(tx, call_id, number))


def moved_away(tx: Connection, call_id: str, place_code: str) -> str | None:
    """Return the number of the application whose letters name a place, and which people say is for another one; or None."""
    for key, one in standing(tx, call_id).items():
        told = parts(key)
        if told is not None and told[2] == PLACE and one.facts["was"]["code"] == place_code:
            return told[0]
    return None


def place_by(tx: Connection, number: str) -> str:
    """Return by which evidence it is known where an application is from, "" when there is no such application."""
    return tx.execute(select(table.c.place_by).where(table.c.number == number)).scalar() or ""


def replace_place(tx: Connection, number: str, place: Place, *, by: str) -> str | None:
    """Let an application be for another place; return the number of the one that is for it already, None when done.

    `by` says by which evidence.
    """
    row = tx.execute(select(table).where(table.c.number == number)).one()
    same = (table.c.call_id == row.call_id) & (table.c.place_code == place.code) & (table.c.unit == row.unit)
    void.set_aside(tx, row.call_id, place.code, row.unit)
    other: str | None = tx.execute(select(table.c.number).where(same, table.c.number != number)).scalar()
    if other is None:
        again.restate_application(
            tx, number, {"place_code": place.code, "place": asdict(place), "place_by": by}
        )
    return other


def laid_over(tx: Connection, application: Application, call: Call, number: str | None) -> Application:
    """Return an application with what people corrected in it: it outranks what the applicant says."""
    people = values_of(tx, call.id, number) if number is not None else {}
    return mended(application, people, call) if people else application


@dataclass(frozen=True, slots=True)
class Restated:
    """What corrections made of an application: how it stood and stands, the letter whose form it is.

    `changed`: field, what it said, what it says now.
    """

    was: str
    status: str
    letter: Mapping[str, Any]
    application: Application
    changed: tuple[tuple[str, str, str], ...]


def foreseen(
    tx: Connection, call: Call, number: str, people: Mapping[str, tuple[str, str]]
) -> Restated | None:
    """Return what corrections make of an application, None when nothing changes. Nothing is written.

    `people` are all that count: field → value, and what is wrong with it all the same. Only what is complete or not
    follows from them: what waits, is withdrawn or came too late stays so.
    """
    known = applications.by_number(tx, number)
    row = persons.revision_of(tx, number)
    letter = _letter(tx, number, row["digest"] if row else None)
    if known is None or letter is None:
        return None
    before = Application(
        (row["form"] or "") if row else "",
        {key: Value(**one) for key, one in row["values"].items()} if row else {},
        tuple(Fault(**one) for one in row["faults"]) if row else (),
        tuple(row["unknown_labels"]) if row else (),
    )
    after = mended(before, people, call)
    if after == before:
        return None
    status = known.status
    if status in {"complete", "incomplete"}:
        status = "incomplete" if after.faults else "complete"
    said = ((one.key, before.get(one.key), after.get(one.key)) for one in call.fields)
    return Restated(known.status, status, letter, after, tuple(one for one in said if one[1] != one[2]))


def restate(
    tx: Connection, call: Call, number: str, people: Mapping[str, tuple[str, str]], *, by: str
) -> Restated | None:
    """Let an application's newest revision and its status follow people's corrections; None when nothing changes."""
    told = foreseen(tx, call, number, people)
    if told is None:
        return None
    row = persons.revision_of(tx, number)
    applications.revise(
        tx, number,
        digest=told.letter["digest"], application=told.application,
        received_at=row["received_at"] if row else told.letter["received_at"],
        sender=row["sender"] if row else told.letter["from_address"], made_by=by,
    )  # fmt: skip
    if told.status != told.was:
        applications.restate(tx, number, status=told.status)
    return replace(told, letter=_rejudged(tx, told.letter, told.application))


def decide(tx: Connection, letter: persons.Row, note: str, *, by: str, left: bool, now: datetime) -> None:
    """Add a decision about the letter that holds an application's form: what somebody corrected in it, or took back.

    Without a correction that is `left`, its judgement is the rules' again, unless people decided otherwise about it.
    """
    others = {one["code"] for one in letter["findings"]} & person.CODES
    mine = left or bool(others)
    persons.decided(
        tx, letter["digest"], letter["disposition"], letter["findings"],
        by=by if mine else RULES, note=note if mine else f"{by}: {note}", now=now,
    )  # fmt: skip


def letter_of(tx: Connection, number: str) -> persons.Row | None:
    """Return the row of the letter that holds an application's form, else of the newest that speaks for it."""
    row = persons.revision_of(tx, number)
    return _letter(tx, number, row["digest"] if row else None)


def _letter(tx: Connection, number: str, digest: str | None) -> persons.Row | None:
    own = persons.letters_of(tx, number)
    speaking = [one for one in own if one["speaks"]]
    return next((one for one in own if one["digest"] == digest), speaking[-1] if speaking else None)


def _rejudged(tx: Connection, letter: persons.Row, after: Application) -> persons.Row:
    """Let the findings of the letter say what its application lacks now; return its row."""
    found = [one for one in letter["findings"] if one["code"] not in _COMPLETENESS]
    found += [
        {"code": one.code, "disposition": str(one.ground.disposition), "facts": dict(one.facts)}
        for one in form.completeness(after)
    ]
    tx.execute(update(letters).where(letters.c.digest == letter["digest"]).values(findings=found))
    return {**letter, "findings": found}

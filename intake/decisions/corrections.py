"""What people typed in place of what an applicant says: validated, recorded as decisions, and what follows from it done.

One application's fields are carried out in one transaction. Nobody is written to for a typo that a coordinator mends; see
`answering.completed` for who is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog

from intake.database import Connection, reading, writing
from intake.decisions.answering import Answered, completed
from intake.decisions.corrected_place import place_back, place_typed
from intake.decisions.whose import whose
from intake.ledger import applications, corrections, orders
from intake.ledger.cells import Memory
from intake.ledger.corrections import ADDRESS, PLACE, Restated
from intake.ledger.orders import Order
from intake.pipeline import Stopped
from intake.station import Station
from intake.trust import trust
from intake.workbook.columns import short
from intake.workbook.corrected import TypedCorrection
from intake.workbook.corrected import corrections as typed_corrections
from intake.workbook.words import WORDS
from rules.call import Call, FormField
from rules.responder import recipient
from rules.typed import typed_value

log = structlog.get_logger()

# Of what somebody typed, so much is shown again.
MOST_SHOWN = 80


@dataclass(frozen=True, slots=True)
class Work:
    """What is to be done about one application: its corrections as typed now, and what was made of each cell before.

    `before` has the newest order of each cell, `standing` those that count, by row key.
    """

    number: str
    typed: Mapping[str, TypedCorrection]
    before: Mapping[str, Order]
    standing: Mapping[str, Order]

    @property
    def due(self) -> tuple[TypedCorrection, ...]:
        """What was typed since, and what was refused: that may have become possible."""
        return tuple(one for key, one in self.typed.items() if not self._finished(key, one))

    def _finished(self, key: str, one: TypedCorrection) -> bool:
        last = self.before.get(key)
        return last is not None and last.outcome == "done" and last.typed == one.typed

    @property
    def cleared(self) -> tuple[Order, ...]:
        """The corrections that count and stand in no cell any more."""
        return tuple(one for key, one in self.standing.items() if key not in self.typed)


def correct(station: Station, call: Call, memory: Memory) -> int:
    """Carry out what people corrected since the last time; return of how many applications there is news.

    `memory` is the mirror of the cells. Raises `LedgerTrouble`, `ArchiveTrouble` and `Stopped`.
    """
    with reading(station.engine) as tx:
        works = pending(orders.newest(tx, call.id), corrections.standing(tx, call.id), memory, call)
    news = 0
    for work in works:
        if station.stopping.is_set():
            raise Stopped
        told = [place_typed(station, call, one, work.before.get(one.row), work.standing.get(one.row)) for one in work.due if one.key == PLACE]  # fmt: skip
        told += [place_back(station, call, one) for one in work.cleared if key_of(one) == PLACE]
        told.append(_fields(station, call, work))
        if any(told):
            log.info("correction", call=call.id, number=work.number)
        news += any(told)
        station.prolong()
    return news


def pending(
    before: Mapping[str, Order], standing: Mapping[str, Order], memory: Memory, call: Call
) -> tuple[Work, ...]:
    """Return what would be carried out, by application. Pure."""
    typed = typed_corrections(memory, call)
    numbers = {one.number for one in typed.values()}
    numbers |= {told[0] for key in standing if (told := corrections.parts(key)) is not None}

    def of(number: str, rows: Mapping[str, Order]) -> dict[str, Order]:
        return {key: one for key, one in rows.items() if key.startswith(f"{number} ")}

    works = (
        Work(
            number,
            {key: one for key, one in typed.items() if one.number == number},
            of(number, before),
            of(number, standing),
        )
        for number in sorted(numbers)
    )
    return tuple(one for one in works if one.due or one.cleared)


def key_of(order: Order) -> str:
    """Return the field that a correction is of."""
    told = corrections.parts(order.row_key)
    return told[2] if told is not None else ""


@dataclass(frozen=True, slots=True)
class Judged:
    """What comes of an application's corrected fields: an order for each that was typed since, and all that count then.

    `people`: field → value, and what is wrong with it all the same.
    """

    orders: tuple[Order, ...]
    people: Mapping[str, tuple[str, str]]


def judged(work: Work, call: Call) -> Judged:
    """Return what comes of the corrections of an application's fields. Pure."""
    gone = {one.row_key for one in work.cleared}
    kept = {key: one for key, one in work.standing.items() if key not in gone and "value" in one.facts}
    made = []
    for one in work.due:
        if one.key == PLACE:
            continue
        order = _judged(one, kept, call)
        if order.outcome == "done" and "value" in order.facts:
            kept[one.row] = order
        made.append(order)
    people = {
        key_of(one): (str(one.facts["value"]), str(one.facts.get("fault", ""))) for one in kept.values()
    }
    return Judged(tuple(made), people)


def _fields(station: Station, call: Call, work: Work) -> bool:
    """Carry out the corrections of an application's fields; return whether that is news."""
    found = judged(work, call)
    cleared = [one for one in work.cleared if key_of(one) != PLACE]
    made = [one for one in found.orders if not _known(one, work.before.get(one.row_key))]
    if not made and not cleared:
        return False
    now = station.now()
    by = whose(next((one.who for one in work.typed.values()), ""))
    with writing(station.engine) as tx:
        restated = corrections.restate(tx, call, work.number, found.people, by=by)
        answered = Answered()
        if restated is not None:
            note = "; ".join(
                f"{_name(key, call)}: «{was}» → «{became}»" for key, was, became in restated.changed
            )
            corrections.decide(tx, restated.letter, note, by=by, left=bool(found.people), now=now)
            answered = _answer(tx, station, call, work, restated, by=by, now=now)
        for gone in cleared:
            orders.append(tx, call.id, Order(gone.row_key, {}, "taken_back", ""), by=by, now=now)
        for count, order in enumerate(made):
            told = _told(order, restated, answered if not count else Answered())
            orders.append(tx, call.id, told, by=by, now=now)
    return True


def _known(order: Order, before: Order | None) -> bool:
    """Return whether the same was refused before, for the same reason."""
    return (
        before is not None
        and order.outcome == before.outcome == "refused"
        and (order.typed, order.note, order.facts) == (before.typed, before.note, before.facts)
    )


def _judged(one: TypedCorrection, kept: Mapping[str, Order], call: Call) -> Order:
    """Return what comes of a corrected cell, by the kind of its field."""
    words = WORDS[call.language]
    field = FormField(key="email", label="email", kind="email") if one.key == ADDRESS else call.field(one.key)
    assert field is not None
    other = next((order for key, order in kept.items() if key != one.row and key_of(order) == one.key), None)
    if other is not None:
        told = corrections.parts(other.row_key)
        assert told is not None
        facts = {"sheet": words.sheets[told[1]], "value": _shown(str(other.typed["value"]))}
        return Order(one.row, one.typed, "refused", "mended_elsewhere", facts)
    value, fault, wrong = typed_value(one.text, field, call)
    if wrong:
        return Order(one.row, one.typed, "refused", wrong, _why(one.text, field))
    if one.key == ADDRESS:
        return Order(one.row, one.typed, "done", "mended_address", {"address": value})
    return Order(one.row, one.typed, "done", "mended", {"value": value, "fault": fault})


def _why(text: str, field: FormField) -> dict[str, Any]:
    return {"text": _shown(text), **({"options": list(field.options)} if field.options else {})}


def _shown(text: str) -> str:
    return " ".join(text.split())[:MOST_SHOWN]


def _told(order: Order, restated: Restated | None, answered: Answered) -> Order:
    """Return the order with what people are told about it."""
    if order.outcome == "refused" or order.note == "mended_address":
        return order
    facts: dict[str, Any] = dict(order.facts)
    if answered.put:
        facts["letters"] = list(answered.put)
    if answered.taken_back:
        facts["taken_back"] = list(answered.taken_back)
    if answered.withheld:
        facts["withheld"] = answered.withheld
    complete = restated is not None and (restated.was, restated.status) == ("incomplete", "complete")
    return Order(order.row_key, order.typed, "done", "mended_complete" if complete else "mended", facts)


def _name(key: str, call: Call) -> str:
    field = call.field(key)
    return key if field is None else short(f"{field.number} {field.column or field.label}".strip())


def _answer(
    tx: Connection, station: Station, call: Call, work: Work, restated: Restated, *, by: str, now: datetime
) -> Answered:
    known = applications.by_number(tx, work.number)
    path = station.pipeline.archive.path(restated.letter["digest"])
    if known is None or restated.was == restated.status or not path.is_file():
        return Answered()
    examiner = station.pipeline.examiner
    letter = examiner.parse(path, restated.letter["digest"])
    to = recipient(letter, trust(letter, examiner.authserv_id))
    return completed(tx, restated, known, call, letter, to=to, by=by, now=now)

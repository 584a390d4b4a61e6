"""A place that somebody wrote over the one of an application's row: validated, the row moved to it, and given back when cleared.

Where only the place kept the letter from being accepted, it is judged again with the person's word, and answered.
"""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from intake.database import Connection, reading, writing
from intake.decisions.carried_out import Desk, rejudge, take_back
from intake.decisions.refusal import Refused
from intake.decisions.typed_place import place_of
from intake.decisions.whose import whose
from intake.ledger import applications, corrections, orders, persons
from intake.ledger.orders import Order
from intake.ledger.persons import Row
from intake.station import Station
from intake.workbook.corrected import TypedCorrection
from rules.call import Call
from rules.case import Registered
from rules.eligibility import admitted
from rules.gazetteer import Gazetteer
from rules.person import WHERE, Action, Correction
from rules.place import Place


def place_typed(
    station: Station, call: Call, one: TypedCorrection, before: Order | None, standing: Order | None
) -> bool:
    """Take a typed place over; return whether that is news.

    `before` is the newest order of the cell, `standing` the one that counts.
    """
    by, now = whose(one.who), station.now()
    with reading(station.engine) as tx:
        known = applications.by_number(tx, one.number)
        how = corrections.place_by(tx, one.number)
        doubted = _doubted(tx, one.number) if known is not None and known.status == "held" else None
    if known is None:
        return False
    place = named(one, known, station.pipeline.examiner.gazetteers[call.country], call)
    if isinstance(place, Place):
        was = standing.facts["was"] if standing is not None else asdict(known.place)
        told: dict[str, Any] = {
            "was": was,
            "by": standing.facts["by"] if standing is not None else how,
            "now": asdict(place),
        }
        if doubted is not None:
            told |= {"rejudged": doubted["digest"]}
            desk = Desk(station, call, one, before, by=by, now=now)
            done = rejudge(desk, doubted, Correction(Action.PLACE, place, by), told)
            if isinstance(done, Order):
                return True
            place = done
        else:
            with writing(station.engine) as tx:
                other = corrections.replace_place(tx, one.number, place, by="person")
                if other is None:
                    _decide(tx, one.number, known.place, place, by=by, left=True, now=now)
                    name = "mended_place" if admitted(place, call) else "mended_place_outside"
                    facts = {**told, "place": place.full, "oblast": place.oblast}
                    order = Order(one.row, one.typed, "done", name, facts)
                    orders.append(tx, call.id, order, by=by, now=now)
                    return True
            place = Refused("place_taken", {"number": other})
    order = Order(one.row, one.typed, "refused", place.note, place.facts)
    if before is not None and (before.typed, before.note, before.facts) == (
        order.typed,
        order.note,
        order.facts,
    ):
        return False
    with writing(station.engine) as tx:
        orders.append(tx, call.id, order, by=by, now=now)
    return True


def place_back(station: Station, call: Call, one: Order) -> bool:
    """Give an application back the place its letters name, because somebody cleared the cell; return whether that is news."""
    told = corrections.parts(one.row_key)
    assert told is not None
    number, now = told[0], station.now()
    if digest := one.facts.get("rejudged"):
        with reading(station.engine) as tx:
            row = persons.letter_of(tx, digest)
        cleared = TypedCorrection(number, told[1], told[2], "")
        desk = Desk(station, call, cleared, one, by=whose(""), now=now)
        if row is not None and isinstance(take_back(desk, row, forced=True), Order):
            return True
    with writing(station.engine) as tx:
        place, was = Place(**one.facts["now"]), Place(**one.facts["was"])
        if corrections.replace_place(tx, number, was, by=one.facts["by"]) is None:
            left = bool(corrections.values_of(tx, call.id, number))
            _decide(tx, number, place, was, by=whose(""), left=left, now=now)
        orders.append(tx, call.id, Order(one.row_key, {}, "taken_back", ""), by=whose(""), now=now)
    return True


def _decide(
    tx: Connection, number: str, was: Place, place: Place, *, by: str, left: bool, now: datetime
) -> None:
    letter = corrections.letter_of(tx, number)
    if letter is not None and was.code != place.code:
        corrections.decide(tx, letter, f"«{was.full}» → «{place.full}»", by=by, left=left, now=now)


def named(one: TypedCorrection, known: Registered, places: Gazetteer, call: Call) -> Place | Refused:
    """Return the place that name and oblast come to, of which somebody may have typed only one."""
    text = one.text or known.place.name
    return place_of(text, call, places, oblast=known.place.oblast, typed_oblast=one.oblast)


def _doubted(tx: Connection, number: str) -> Row | None:
    """Return the only letter that speaks for an application, if it waits because of its place alone."""
    speaking = [one for one in persons.letters_of(tx, number) if one["speaks"]]
    if len(speaking) != 1:
        return None
    barred = {one["code"] for one in speaking[0]["findings"] if one["disposition"] != "accept"}
    return speaking[0] if barred and barred <= WHERE else None

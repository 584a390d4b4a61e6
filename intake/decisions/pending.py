"""What people typed and nobody acted on yet, and what each of it would cause. Nothing is written, no letter is read.

What only a reading of the letter shows (a form that lacks something, a place that is taken) is left open here.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from intake.database import Connection
from intake.decisions import corrections as correcting
from intake.decisions import due
from intake.decisions.asked import Asked, asked, in_order
from intake.decisions.corrected_place import named
from intake.decisions.refusal import Refused
from intake.ledger import applications, corrections, orders
from intake.ledger.cells import Memory
from intake.ledger.corrections import ADDRESS, PLACE
from intake.places import gazetteers
from intake.workbook.decided import typed_decisions
from rules.call import Call
from rules.person import Action
from rules.place import Place

_CAUSES: Mapping[Action, str] = {
    Action.REGISTER: "the letter is judged again as an application{place}, its row moves, the applicant is answered",
    Action.PLACE: "the letter is judged again as one{place}; the rules decide the rest",
    Action.ACCEPT_LATE: "the lateness is forgiven, the row moves to the applications, the applicant is answered",
    Action.REJECT_LATE: "the refusal stands; the applicant is told unless that was done",
    Action.ANSWERED: "the letter is closed, nothing is sent",
    Action.OTHER_CALL: "the letter is closed here and waits in the other calls, nothing is sent",
    Action.NOT_OURS: "the letter is closed, an application made of it is void, nothing is sent",
    Action.WITHDRAW: "the letter's application is withdrawn, and that is confirmed by a letter",
}


@dataclass(frozen=True, slots=True)
class Pending:
    """One of them: the row's key and the field ("" for a decision), what is typed, what that would cause.

    `refused`: nothing, because it cannot be done.
    """

    row: str
    field: str
    typed: str
    causes: str
    refused: bool = False


def pending(tx: Connection, call: Call, memory: Memory) -> tuple[Pending, ...]:
    """Return what the next cycle would act on, decisions before corrections. `memory` mirrors the cells as they are."""
    before = orders.newest(tx, call.id)
    found = []
    decided = typed_decisions(memory, call).items()
    for one in in_order(tx, (one for key, one in decided if due(one, before.get(key)))):
        typed = " / ".join(filter(None, (one.decision, one.place)))
        told = asked(tx, call, gazetteers()[call.country], one) if not one.empty else None
        found.append(Pending(one.row, "", typed, *_said(told)))
    works = correcting.pending(before, corrections.standing(tx, call.id), memory, call)
    for work in works:
        found += _of_application(tx, call, work)
    return tuple(found)


def _said(told: Asked | Refused | None) -> tuple[str, bool]:
    """Return what a decision would cause, and whether that is nothing."""
    if told is None:
        return "the decision is taken back: the rules have their say again", False
    if isinstance(told, Refused):
        return _why(told), True
    place = f" of {told.place.full}" if told.place is not None else ""
    return _CAUSES[told.action].format(place=place), False


def _why(refused: Refused) -> str:
    return f"nothing: {refused.note.replace('_', ' ')}"


def _of_application(tx: Connection, call: Call, work: correcting.Work) -> list[Pending]:
    known = applications.by_number(tx, work.number)
    if known is None:
        return []
    found = []
    for one in work.due:
        if one.key == PLACE:
            place = named(one, known, gazetteers()[call.country], call)
            told = f"the application is for {place.full}" if isinstance(place, Place) else _why(place)
            found.append(Pending(work.number, one.key, one.place, told, isinstance(place, Refused)))
    fields = correcting.judged(work, call)
    restated = corrections.foreseen(tx, call, work.number, fields.people)
    after = ""
    if restated is not None and restated.was != restated.status:
        after = f"; the application becomes {restated.status}"
        after += ", and whoever was asked is told" if restated.status == "complete" else ""
    for order in fields.orders:
        key = correcting.key_of(order)
        if order.outcome == "refused":
            found.append(
                Pending(work.number, key, order.typed["value"], _why(Refused(order.note)), refused=True)
            )
        elif key == ADDRESS:
            found.append(
                Pending(work.number, key, order.typed["value"], "letters about the results go there")
            )
        else:
            causes = f"counts as {order.facts['value']!r}{after}"
            found.append(Pending(work.number, key, order.typed["value"], causes))
    found += [
        Pending(work.number, correcting.key_of(gone), "", f"the correction is taken back{after}")
        for gone in work.cleared
    ]
    return found

"""To which conversation with us a letter belongs, and what it settles of an earlier letter. It writes nothing.

A reply to one of our letters, or the number of an application, says it; else whoever has written for one application only
goes on writing about that one. An answer to our question for the place lets the letter we asked about be judged at last; one
that leaves several places lets us ask about these once more.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace

from intake.archive import Archive
from intake.database import Connection
from intake.examine import Examiner
from intake.ledger import applications, letters
from intake.ledger.letters import Row
from rules import eligibility
from rules.answer import Value
from rules.application import Application, amended
from rules.call import Call
from rules.case import Case
from rules.letter import Letter, Receipt
from rules.place import Place

Look = Callable[[], AbstractContextManager[Connection]]


@dataclass(frozen=True, slots=True)
class Held:
    """A letter that waited for its place: its row in the ledger, and its case with the place, or the places, that were named."""

    row: Row
    case: Case


def examined(
    look: Look, desk: Examiner, archive: Archive, letter: Letter, when: Receipt
) -> tuple[Case, Held | None]:
    """Return the case of a letter in its conversation, and the letter whose place it names, if it does.

    `look` opens a connection for reading; none is held while files are read. Raises `LedgerTrouble`.
    """
    with look() as tx:
        thread, proven = applications.thread_of(tx, letter, desk.subject(letter).number)
        asked = letters.place_asked(tx, letter) if thread is None else None
    call = next((call for call in desk.calls if asked is not None and call.id == asked["call_id"]), None)
    case = desk.examine(letter, when, thread=thread, proven=proven, given=call)
    if asked is not None and call is not None:
        case = replace(case, history=replace(case.history, about=asked["digest"]))
        return _named(case, call, asked, desk, archive)
    if thread is None and case.call is not None and _sends(case):
        # Whoever was asked to send the form once more may do so in a letter of its own.
        with look() as tx:
            waiting = letters.place_waiting(tx, letter.from_.address) if letter.from_ is not None else None
        if waiting is not None and waiting["call_id"] == case.call.id:
            return _sent_again(case, case.call, waiting, desk, archive)
    if thread is None and case.call is None and case.application is None and letter.from_ is not None:
        with look() as tx:
            known = applications.of_sender(tx, letter.from_.address)
        if known is not None:
            return desk.examine(letter, when, thread=known), None
    return case, None


def _named(case: Case, call: Call, asked: Row, desk: Examiner, archive: Archive) -> tuple[Case, Held | None]:
    """Return the answer with the place it names, and the letter that waits for it; without one a person goes on."""
    if case.application is not None:
        return _sent_again(case, call, asked, desk, archive) if _sends(case) else (case, None)
    gazetteer = desk.gazetteers[call.country]
    said = eligibility.named_in(case.letter.text, gazetteer)
    named = (said.place,) if said.certain and said.place is not None else said.candidates
    held = _waiting(asked, call, desk, archive) if named else None
    if held is None:
        return case, None
    named = tuple(
        here for place in named if _fits(here := gazetteer.named_on(place, call.deadline.date()), held)
    )
    if said.certain or said.level == "ambiguous":
        if len(named) == 1:
            case = replace(
                case, place=named[0], place_by="reply", history=replace(case.history, settles=True)
            )
            return case, Held(asked, _placed(held, named[0], call))
        if named and _narrower(named, asked):
            opinion = replace(said, candidates=named)
            case = replace(case, history=replace(case.history, narrows=named))
            return case, Held(asked, replace(held, from_form=opinion))
    return case, None


def _narrower(places: Sequence[Place], asked: Row) -> bool:
    """Return whether fewer places are left than we asked about: only then it makes sense to ask once more."""
    opinion = asked["evidence"].get("form_place") or {}
    open_ = {one.rpartition("(")[2].rstrip(")") for one in opinion.get("candidates", ())}
    return not open_ or {place.code for place in places} < open_


def _sends(case: Case) -> bool:
    """Return whether a letter brings a form that somebody typed, and says for sure where it comes from."""
    return case.application is not None and not case.application.draft and case.place is not None


def _sent_again(
    case: Case, call: Call, asked: Row, desk: Examiner, archive: Archive
) -> tuple[Case, Held | None]:
    """Return a form that was sent once more because its place was not clear, and the letter that waits for that.

    The first letter counts from when it came; the new form is what stands. Forms that may be of two places are two.
    """
    held = _waiting(asked, call, desk, archive)
    place = case.place
    if held is None or place is None:
        return case, None
    same = {one.sha256 for one in held.letter.attachments} & {one.sha256 for one in case.letter.attachments}
    named = held.from_form.place is not None or held.from_form.candidates
    if not (same or (named and _fits(place, held))):
        return case, None
    case = replace(case, history=replace(case.history, about=asked["digest"]))
    return case, Held(asked, _placed(held, place, call))


def _waiting(asked: Row, call: Call, desk: Examiner, archive: Archive) -> Case | None:
    """Return the case of the letter that waits for its place, or None when it has no form to place."""
    path = archive.path(asked["digest"])
    if not path.is_file():
        return None
    letter = desk.parse(path, asked["digest"])
    held = desk.examine(letter, letters.receipt_in(asked), given=call)
    return held if held.application is not None else None


def _placed(held: Case, place: Place, call: Call) -> Case:
    assert held.application is not None
    application = _told(held.application, place, call)
    return replace(held, place=place, place_by="reply", application=application)


def _told(application: Application, place: Place, call: Call) -> Application:
    """Return the form with what the place says of itself: nobody is asked again for the oblast they have just named."""
    missing = {fault.key for fault in application.faults if fault.code == "missing"}
    says = {"oblast": place.oblast, "raion": place.raion, "hromada": place.full}
    told = {
        field.key: Value(says[field.kind], says[field.kind], "letter")
        for field in call.fields
        if field.kind in says and field.key in missing
    }
    whole = amended(application.values, application.faults, told, call)
    return replace(application, values=whole.values, faults=whole.faults)


def _fits(place: Place, held: Case) -> bool:
    """Return whether the form leaves room for a place: what it suggests or names itself is not overruled by a line of text."""
    form = held.from_form
    named = (*form.candidates, *((form.place,) if form.place is not None else ()))
    return not named or any(one.code == place.code for one in named)

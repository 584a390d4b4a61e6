"""One decision, from the row of the workbook to the letter that answers it: examined anew, judged with the person's word, written, answered.

All that follows from a decision is written in one transaction with the note that it is done (law 2).
"""

import traceback
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

import structlog

from intake.archive import ArchiveTrouble
from intake.attached import keep_attached
from intake.database import Connection, Engine, LedgerTrouble, reading, writing
from intake.decisions.answering import Answered, answer, confirm, overtaken
from intake.decisions.refusal import Refused
from intake.examine import Examiner
from intake.filing import file
from intake.ledger import applications, corrections, orders, persons, withdrawals
from intake.ledger.cells import Remembered, remember, remembered
from intake.ledger.orders import Order, Outcome
from intake.ledger.persons import Row
from intake.ledger.record import RULES
from intake.pipeline import Stopped, with_history
from intake.rehearsal import receipt_of
from intake.station import Station
from intake.workbook.corrected import TypedCorrection
from intake.workbook.decided import TypedDecision
from intake.workbook.notes import MOST, suggested
from intake.workbook.plan import ROW
from intake.workbook.words import WORDS
from rules.call import Call
from rules.case import Case
from rules.judge import judge
from rules.person import CLOSING, LATENESS, Action, Correction, corrected
from rules.verdict import Disposition, Verdict

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Desk:
    """What one decision is carried out with: the row as typed, what was done before, whose word it is and when (aware)."""

    station: Station
    call: Call
    one: TypedDecision | TypedCorrection
    before: Order | None
    by: str
    now: datetime

    @property
    def engine(self) -> Engine:
        """The ledger."""
        return self.station.engine

    @property
    def examiner(self) -> Examiner:
        """Who reads letters."""
        return self.station.pipeline.examiner

    @property
    def again(self) -> bool:
        """Whether somebody changed their mind: something was done about this row before."""
        return self.before is not None and self.before.outcome != "refused" and bool(self.before.note)


def close(desk: Desk, row: Row, action: Action) -> Order:
    """Settle a letter without more ado: nothing is sent, and what has not left yet is taken back."""
    facts: dict[str, str] = {"call": desk.call.id} if action is Action.OTHER_CALL else {}
    finding = CLOSING[action].found(**facts)
    with writing(desk.engine) as tx:
        row = withdrawals.restored(tx, row)
        if action is Action.ANSWERED and persons.asks_aside(row):
            # What it asked beside its form is answered; the form, and what we wrote about it, stand as they are.
            persons.answered(tx, row, by=desk.by, note=_note(desk), now=desk.now)
            return _done(tx, desk, str(action), {"number": row["number"]}, Answered())
        elsewhere = action is Action.OTHER_CALL and _other_calls(desk, row)
        persons.closed(
            tx, row, finding,
            keep=action is Action.ANSWERED, elsewhere=elsewhere, by=desk.by, note=_note(desk), now=desk.now,
        )  # fmt: skip
        answered = overtaken(tx, row["digest"], by=desk.by, now=desk.now)
        return _done(tx, desk, str(action), {"number": row["number"]}, answered)


def withdraw(desk: Desk, row: Row) -> Order | Refused:
    """Record that the application a letter belongs to is withdrawn, and confirm it to whoever asked."""
    with reading(desk.engine) as tx:
        if withdrawals.to_withdraw(tx, row["number"]) is None:
            return Refused("nothing_to_withdraw")
    case = _examined(desk, row)
    if isinstance(case, Refused):
        return case
    with writing(desk.engine) as tx:
        case = with_history(tx, case, desk.now, anew=True)
        row = withdrawals.restored(tx, row)
        known = withdrawals.to_withdraw(tx, row["number"])
        if known is None:
            return Refused("nothing_to_withdraw")
        withdrawals.withdraw(tx, row, known, by=desk.by, note=_note(desk), now=desk.now)
        answered = confirm(tx, case, judge(case), known, by=desk.by, now=desk.now)
        return _done(tx, desk, "withdrawn", {"number": known.number}, answered)


def _other_calls(desk: Desk, row: Row) -> bool:
    """Return whether there is a call whose people have not said yet that the letter is not theirs."""
    refused = {one["facts"].get("call") for one in row["findings"] if one["code"] == "other_call"}
    return any(call.id not in refused | {desk.call.id} for call in desk.station.config.calls)


def rejudge(
    desk: Desk, row: Row, correction: Correction, told: Mapping[str, Any] = MappingProxyType({})
) -> Order | Refused:
    """Judge a letter again with a person's word, and let everything follow from the verdict.

    `told` are further facts to be kept with the decision.
    """
    case = _examined(desk, row)
    if isinstance(case, Refused):
        return case
    with writing(desk.engine) as tx:
        case = with_history(tx, corrected(case, _with_place(tx, desk, row, correction)), desk.now, anew=True)
        impossible = _impossible(case, correction, desk.one, row)
        if impossible is not None:
            return impossible
        number, verdict, answered = _settle(tx, desk, row, case)
        _hand_over(tx, desk, number, verdict)
        facts = {**told, "number": number, "place": case.place.full if case.place else ""}
        name = "placed" if correction.action is Action.PLACE else "registered"
        if "late" in verdict.open or "sent_in_time" in verdict.open:
            name = "registered_late"
        elif verdict.disposition is not Disposition.ACCEPT:
            name = "placed_open"
        return _done(tx, desk, name, facts, answered)


def _with_place(tx: Connection, desk: Desk, row: Row, correction: Correction) -> Correction:
    """Return the correction with the place that somebody wrote into the application's row, unless it names one itself."""
    if correction.place is not None or row["number"] is None:
        return correction
    place = corrections.place_of(tx, desk.call.id, row["number"])
    return replace(correction, place=place) if place is not None else correction


def _impossible(
    case: Case, correction: Correction, one: TypedDecision | TypedCorrection, row: Row
) -> Refused | None:
    """Return why a letter cannot be registered, or None."""
    if correction.action is not Action.REGISTER:
        return None
    if case.place is None:
        opinion = case.from_form if case.from_form.level != "none" else case.from_subject
        return Refused("place_missing", {"candidates": suggested(opinion.candidates[:MOST])})
    known = case.known
    if known is None or not known.in_time:
        return None
    if case.application is None:
        return Refused("nothing_to_register", {"number": known.number})
    # Whoever registers a letter for a place that somebody else has applied for must know it.
    own = known.senders and case.letter.from_ and case.letter.from_.address.lower() in known.senders
    told = row["number"] == known.number or one.place.strip().upper() == known.number
    if not own and not case.history.thread_proven and not told:
        return Refused("already_applied", {"number": known.number})
    return None


def _hand_over(tx: Connection, desk: Desk, number: str | None, verdict: Verdict) -> None:
    """Let who took the letter be in charge of the new application, unless somebody is."""
    if number is None or not desk.one.who:
        return
    sheet = "late" if verdict.open & {"late", "sent_in_time"} else "applications"
    header = WORDS[desk.call.language].headers["owner"]
    known = remembered(tx, desk.call.id, ("applications", "late"))
    if any((number, name) in rows for rows in known.values() for name in (ROW, header)):
        return
    remember(tx, desk.call.id, {(sheet, number, header): Remembered(person=f"s:{desk.one.who}")}, desk.now)


def take_back(desk: Desk, row: Row, *, forced: bool = False) -> Order | Refused:
    """Let the rules have their say again about a letter whose decision somebody cleared; `forced`: as one for this call."""
    case = _examined(desk, row, forced=forced)
    if isinstance(case, Refused):
        return case
    with writing(desk.engine) as tx:
        case = with_history(tx, case, desk.now, anew=True)
        number, _, answered = _settle(tx, desk, row, case, by_rules=True)
        return _done(tx, desk, "taken_back", {"number": number}, answered, outcome="taken_back")


def again(desk: Desk, row: Row) -> bool:
    """Let the rules have their say again about a letter that nobody decided about; return whether they had."""
    case = _examined(desk, row, forced=False)
    if isinstance(case, Refused):
        return False
    with writing(desk.engine) as tx:
        case = with_history(tx, case, desk.now, anew=True)
        number, verdict, _ = _settle(tx, desk, row, case, by_rules=True)
        log.info("judged again", call=desk.call.id, number=number, disposition=str(verdict.disposition))
        return True


def decide_late(desk: Desk, correction: Correction) -> Order | Refused:
    """Accept a late application as an exception, or refuse it for good."""
    found = _late_letters(desk)
    if isinstance(found, Refused):
        return found
    row, others = found
    case = _examined(desk, row)
    if isinstance(case, Refused):
        return case
    with writing(desk.engine) as tx:
        case = with_history(tx, corrected(case, _with_place(tx, desk, row, correction)), desk.now, anew=True)
        accepted = correction.action is Action.ACCEPT_LATE
        if not accepted and "late" not in judge(case).open:
            return Refused("not_late")
        number, verdict, answered = _settle(tx, desk, row, case)
        for other in others if accepted else ():
            persons.along(tx, other, by=desk.by, note=_note(desk), now=desk.now)
        name = "exception" if accepted else "refused_late"
        if accepted and verdict.disposition is not Disposition.ACCEPT:
            name = "exception_open"
        return _done(tx, desk, name, {"number": number}, answered)


def take_back_late(desk: Desk) -> Order | Refused:
    """Let the rules have their say again about a late application."""
    found = _late_letters(desk)
    if isinstance(found, Refused):
        return found
    return take_back(desk, found[0], forced=True)


def _late_letters(desk: Desk) -> tuple[Row, tuple[Row, ...]] | Refused:
    """Return the letter that speaks for a late application, and its other letters that came too late."""
    with reading(desk.engine) as tx:
        letters = persons.letters_of(tx, desk.one.row)
        form = persons.revision_of(tx, desk.one.row)
    own = [one for one in letters if one["call_id"] == desk.call.id and one["speaks"]]
    late = [one for one in own if LATENESS & {finding["code"] for finding in one["findings"]}]
    if not late:
        return Refused("not_late" if own else "no_letter")
    speaking = next((one for one in late if form is not None and one["digest"] == form["digest"]), late[-1])
    return speaking, tuple(one for one in late if one["digest"] != speaking["digest"])


def _examined(desk: Desk, row: Row, *, forced: bool = True) -> Case | Refused:
    """Return the case of a letter read from the archive; with `forced`, for this call whatever the letter says."""
    pipeline = desk.station.pipeline
    path = pipeline.archive.path(row["digest"])
    if not path.is_file():
        return Refused("not_in_archive")
    try:
        letter = desk.examiner.parse(path, row["digest"])
        when = receipt_of(desk.examiner, letter, row)
        with reading(desk.engine) as tx:
            thread, proven = applications.thread_of(tx, letter, desk.examiner.subject(letter).number)
        given = desk.call if forced else None
        case = desk.examiner.examine(letter, when, thread=thread, proven=proven, given=given)
        keep_attached(pipeline.attachments, letter, case.readings)
    except (ArchiveTrouble, LedgerTrouble, Stopped):
        raise
    except Exception as bug:  # noqa: BLE001 - the boundary of one letter: our bug on it must not stop the others (law 7)
        log.error("decision failed", digest=row["digest"], error=type(bug).__name__)
        log.debug("traceback", trace=traceback.format_exc())
        return Refused("failed")
    if desk.station.stopping.is_set():
        # A reader that was stopped together with us has found out nothing about its file.
        raise Stopped
    return case


def _settle(
    tx: Connection, desk: Desk, row: Row, case: Case, *, by_rules: bool = False
) -> tuple[str | None, Verdict, Answered]:
    """Judge, file, write and answer; return the application's number, the verdict, and what became of the answers."""
    row = withdrawals.restored(tx, row)
    verdict = judge(case)
    filing = file(case, verdict)
    by = RULES if by_rules else desk.by
    note = f"{desk.by}: {_note(desk)}" if by_rules else _note(desk)
    number = persons.rejudged(tx, row, case, verdict, filing, by=by, note=note, now=desk.now)
    answered = answer(tx, case, verdict, filing.answers, number=number, by=desk.by, now=desk.now)
    return number, verdict, answered


def _note(desk: Desk) -> str:
    """Return what is kept with the decision: the words as they were typed."""
    return " / ".join(text for text in (desk.one.decision, desk.one.place) if text) or "—"


def _done(
    tx: Connection,
    desk: Desk,
    name: str,
    facts: dict[str, Any],
    answered: Answered,
    *,
    outcome: Outcome = "done",
) -> Order:
    """Add that a decision is carried out, with what people are told about it; return it."""
    told: dict[str, Any] = {**facts, "letters": list(answered.put), "taken_back": list(answered.taken_back)}
    if answered.withheld:
        told["withheld"] = answered.withheld
    if desk.again:
        # A mind that changed does not unsend what left since the first decision.
        assert desk.before is not None
        since = told["since"] = desk.before.facts.get("since") or str(desk.before.made_at)
        told["left"] = [
            [one.template, (one.sent_at or one.created_at).isoformat()]
            for one in answered.left
            if one.created_at >= datetime.fromisoformat(since)
        ]
    order = Order(desk.one.row, desk.one.typed, outcome, name, told)
    orders.append(tx, desk.call.id, order, by=desk.by, now=desk.now)
    return order

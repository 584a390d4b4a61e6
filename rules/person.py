"""A person's word about one letter, and what it settles. It outranks the rules; what they found is still shown.

The word comes from the workbook. What only closes a letter (answered by hand, another call, not ours) recalls nothing of
what the letter says: for that there are grounds here, and no judgement.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from rules.place import Place
from rules.verdict import Disposition, Finding, Ground, Severity

if TYPE_CHECKING:
    from rules.case import Case


class Action(StrEnum):
    """What a person says is to happen with a letter."""

    PLACE = "place"
    REGISTER = "register"
    ACCEPT_LATE = "accept_late"
    REJECT_LATE = "reject_late"
    ANSWERED = "answered"
    OTHER_CALL = "other_call"
    NOT_OURS = "not_ours"
    WITHDRAW = "withdraw"


@dataclass(frozen=True, slots=True)
class Correction:
    """What a person decided: the action, the place written beside it if there is one, and who it was.

    `place` alone (action `place`) settles where the letter comes from and leaves all else to the rules.
    """

    action: Action
    place: Place | None = None
    by: str = ""


ANSWERED_BY_HAND = Ground("answered_by_hand", Disposition.DISCARD, Severity.NOTE)
OTHER_CALL = Ground("other_call", Disposition.DISCARD, Severity.NOTE)
NOT_OURS = Ground("not_ours", Disposition.DISCARD, Severity.NOTE)
WITHDRAWN_BY_HAND = Ground("withdrawn_by_hand", Disposition.DISCARD, Severity.NOTE)
REGISTERED_BY_HAND = Ground("registered_by_hand", Disposition.ACCEPT, Severity.NOTE)
PLACED_BY_HAND = Ground("placed_by_hand", Disposition.ACCEPT, Severity.NOTE)
MENDED_BY_HAND = Ground("mended_by_hand", Disposition.ACCEPT, Severity.NOTE)
EXCEPTION = Ground("exception", Disposition.ACCEPT, Severity.NOTE)
REFUSED_LATE = Ground("late", Disposition.REJECT, Severity.BAR)

# What a person's word adds to the findings: no policy gives it another disposition.
CODES = frozenset(
    ground.code
    for ground in (
        ANSWERED_BY_HAND,
        OTHER_CALL,
        NOT_OURS,
        WITHDRAWN_BY_HAND,
        REGISTERED_BY_HAND,
        PLACED_BY_HAND,
        MENDED_BY_HAND,
        EXCEPTION,
    )
)

# What ends the matter without a judgement; only a withdrawal is confirmed by a letter.
CLOSING: Mapping[Action, Ground] = {
    Action.ANSWERED: ANSWERED_BY_HAND,
    Action.OTHER_CALL: OTHER_CALL,
    Action.NOT_OURS: NOT_OURS,
    Action.WITHDRAW: WITHDRAWN_BY_HAND,
}
LATENESS = frozenset({"late", "sent_in_time", "clocks_disagree"})
# This is decided on the sheet of the late.
_ELSEWHERE = frozenset({"late", "sent_in_time"})
# Doubts about where a letter comes from.
WHERE = frozenset({"place_conflict", "subject_refused", "subject_review"})
# A letter without any form, or with gaps, can be registered; its sender is still asked for what is missing.
_STILL_SAID = frozenset({"no_form", "incomplete"})


def corrected(case: "Case", correction: Correction) -> "Case":
    """Return the case with a person's word in it. Their place is the one that counts.

    Without one, registering agrees with the place there is, or with the only one the rules suggest.
    """
    place = correction.place
    if place is None and case.place is None and correction.action is Action.REGISTER:
        place = _suggested(case)
    if place is None:
        return replace(case, correction=correction)
    thread = case.history.thread
    strange = thread is not None and thread.place.code != place.code
    history = replace(case.history, thread=None, thread_proven=False) if strange else case.history
    return replace(case, correction=correction, place=place, place_by="person", history=history)


def _suggested(case: "Case") -> Place | None:
    opinion = case.from_form if case.from_form.level != "none" else case.from_subject
    return opinion.place if opinion.level == "suggested" else None


def settled(findings: Iterable[Finding], case: "Case") -> list[Finding]:
    """Return the findings as a person's word leaves them; without one, as they are."""
    correction = case.correction
    found = list(findings)
    if correction is None:
        return found
    if correction.action is Action.REJECT_LATE:
        return list(_refused(found))
    said = {
        Action.REGISTER: REGISTERED_BY_HAND,
        Action.PLACE: PLACED_BY_HAND,
        Action.ACCEPT_LATE: EXCEPTION,
    }[correction.action]
    place = case.place.full if case.place_by == "person" and case.place is not None else ""
    return [said.found(place=place), *(_settle(finding, correction) for finding in found)]


def _settle(finding: Finding, correction: Correction) -> Finding:
    code = finding.code
    match correction.action:
        case Action.REGISTER:
            # What came too late is decided where the late ones stand; an update somebody has looked at counts.
            mine = finding.ground.disposition is not Disposition.ACCEPT and code not in _ELSEWHERE
        case Action.ACCEPT_LATE:
            mine = code in LATENESS
        case _:
            mine = False
    if not mine and not (correction.place is not None and code in WHERE):
        return finding
    ground = replace(finding.ground, disposition=Disposition.ACCEPT)
    return replace(finding, ground=ground, settled=code not in _STILL_SAID)


def _refused(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yield the findings with lateness as it is refused, once, whatever doubt there was about it."""
    told = False
    for finding in findings:
        if finding.code not in LATENESS:
            ground = replace(finding.ground, disposition=Disposition.ACCEPT)
            yield replace(finding, ground=ground, settled=True)
        elif not told:
            told = True
            yield Finding(REFUSED_LATE, finding.facts)

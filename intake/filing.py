"""What a verdict causes to be written: registration, revision, standing, answers. Pure; the ledger carries it out."""

from dataclasses import dataclass
from datetime import datetime

from rules import responder
from rules.case import Case
from rules.conversation import TALK
from rules.person import Action
from rules.verdict import Disposition, Verdict

# Findings after which the standing of a known application stays as it is.
_NO_CHANGE = frozenset({"duplicate", "late_update"})
# Findings that say something was sent as a form but nothing could be read from it.
_NOTHING_READ = frozenset(
    {"unreadable", "password", "encrypted", "unknown_form", "cloud_link", "limit", "draft"}
)


@dataclass(frozen=True, slots=True)
class Answer:
    """One reply to prepare: the template's name and the address it goes to."""

    template: str
    recipient: str


@dataclass(frozen=True, slots=True)
class Filing:
    """What is to be written about one letter, besides the letter and the decision themselves.

    `number` is the application it belongs to. With `register` set one is registered for the case's place: under that
    number, or the next free one when it is None.
    `status` is how the application stands afterwards. `revise`: the form becomes its newest revision. `restart`: the
    first receipt time is this letter's, since nothing that came before counted.
    """

    number: str | None = None
    register: bool = False
    status: str | None = None
    revise: bool = False
    restart: datetime | None = None
    speaks: bool = False
    answers: tuple[Answer, ...] = ()


def file(case: Case, verdict: Verdict) -> Filing:
    """Return what the verdict causes to be written."""
    codes = verdict.open
    answers = _answers(case, verdict)
    if verdict.disposition is Disposition.DISCARD or case.call is None or case.place is None:
        return Filing(answers=answers)
    if codes & {"subject_refused"}:
        return Filing(number=case.known.number if case.known else None, answers=answers)
    known = case.known
    if codes & TALK and case.application is None:
        return Filing(number=known.number if known else None, speaks=case.same_hands, answers=answers)
    # What was withdrawn comes to life again with a form only.
    withdrawn = known is not None and known.status == "withdrawn" and case.application is None
    counts_already = known is not None and (known.in_time or withdrawn)
    # A form that names another place than the conversation it came in must not overwrite that conversation's fields.
    misplaced = "place_conflict" in codes and case.place_by == "thread"
    foreign = counts_already and not case.same_hands and case.application is not None
    keep_last = foreign and "duplicate" in codes and case.call.policy.duplicate == "keep_last"
    revise = (
        case.application is not None
        and not misplaced
        and not codes & {"late_update"}
        # A draft fills what is empty; what somebody typed it never overwrites.
        and not (case.application.draft and counts_already and known is not None and known.fields)
        # Of forms that contradict each other none may push out the one that counts already.
        and not (counts_already and "several_forms" in codes)
        and (not foreign or keep_last)
    )
    status = _status(case, verdict, codes)
    if known is not None and _foreign_by_hand(case) and revise:
        answers = (*answers, *_to_replaced(case))
    if known is None:
        return Filing(register=True, status=status, revise=revise, speaks=True, answers=answers)
    restart = not counts_already and status in {"complete", "incomplete", "held"}
    unchanged = counts_already and (
        bool(codes & (_NO_CHANGE | _NOTHING_READ | {"no_form", "late"}))
        or misplaced
        or case.application is None
        # What a person has not looked at yet stays before them, however much a later letter says.
        or (known.status == "held" and case.said is not None and bool(case.said.taken))
    )
    return Filing(
        number=known.number,
        status=known.status if unchanged and not keep_last else status,
        revise=revise,
        restart=case.receipt.at if restart else None,
        speaks=case.same_hands or not counts_already,
        answers=answers,
    )


def _foreign_by_hand(case: Case) -> bool:
    """Return whether a person lets the form of a letter take the place of one that somebody else sent in time."""
    by_hand = case.correction is not None and case.correction.action is Action.REGISTER
    known = case.known
    own = case.same_sender or case.history.thread_proven
    return by_hand and known is not None and known.in_time and known.revision > 0 and not own


def _to_replaced(case: Case) -> tuple[Answer, ...]:
    """Return the letter to whoever was first: nobody learns by silence that the application is another one's now."""
    name = "replaced_first"
    if case.known is None or case.call is None or name in case.call.replies.off:
        return ()
    if case.application is None or not case.application.form:
        return ()
    return tuple(Answer(name, sender) for sender in case.known.senders[:1])


def _status(case: Case, verdict: Verdict, codes: frozenset[str]) -> str:
    if codes & {"late", "sent_in_time"}:
        return "late"
    if "no_form" in codes:
        return "no_form"
    if verdict.disposition is not Disposition.ACCEPT:
        return "held"
    if case.application is None:
        # Somebody read a file that no reader could, or the policy accepts such letters.
        return "incomplete"
    return "incomplete" if case.application.faults else "complete"


def _answers(case: Case, verdict: Verdict) -> tuple[Answer, ...]:
    answers = []
    to = responder.recipient(case.letter, case.trust)
    if verdict.template is not None and verdict.answerable and to is not None:
        answers.append(Answer(verdict.template, to.address))
        answers += [
            Answer(verdict.template, address) for address in responder.copied_to(case, verdict.template, to)
        ]
    # Both senders of one place are told; the first one did nothing wrong and is asked too.
    # Many letters from many senders must not become as many letters to the first one.
    spared = case.call is not None and case.history.answers_to_first >= case.call.replies.max_per_day
    if verdict.template == "duplicate_new" and verdict.answerable and case.known is not None and not spared:
        answers += [Answer("duplicate_first", sender) for sender in case.known.senders[:1]]
    return tuple(answers)

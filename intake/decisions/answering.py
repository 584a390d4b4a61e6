"""The letters that follow from a person's decision: put into the outbox once, those it overtakes taken back in time."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from intake.database import Connection
from intake.filing import Answer
from intake.ledger import outgoing
from intake.ledger.corrections import Restated
from intake.ledger.outgoing import Told
from outbox import answers
from outbox.compose import compose
from outbox.context import ReplyFacts, people_of
from outbox.message import deliverable
from outbox.reply import Reply, derive_message_id
from outbox.texts import RESULTS
from rules import responder
from rules.automatic import UNANSWERABLE_CODES
from rules.call import Call
from rules.case import Case, Registered
from rules.duplicates import applicant_besides
from rules.letter import Address, Letter
from rules.person import Action
from rules.responder import REPLY_UNTRUSTED, SWITCHED_OFF, WITHHOLDING
from rules.verdict import Verdict

# These have left our hands, or may have.
_LEFT = frozenset({"sent", "sending", "uncertain"})
# These may ask for what is missing.
_ASKING = frozenset({"accepted_incomplete", "corrected", "replaced", "reminder"})


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of the answers: templates put and taken back, what had left before, why nothing was put (a code)."""

    put: tuple[str, ...] = ()
    taken_back: tuple[str, ...] = ()
    left: tuple[Told, ...] = ()
    withheld: str = ""


def answer(
    tx: Connection,
    case: Case,
    verdict: Verdict,
    wanted: Iterable[Answer],
    *,
    number: str | None,
    by: str,
    now: datetime,
) -> Answered:
    """Put the answers a verdict calls for; take back what is no longer true and has not left. `now` is aware."""
    told = outgoing.to_letter(tx, case.letter.digest)
    replies = [
        _as_true(case, verdict, reply, _newest(told, reply), now=now)
        for reply in _composed(case, verdict, wanted, number=number, now=now)
    ]
    untrue = [last for reply in replies if (last := _newest(told, reply)) and not _says_same(last, reply)]
    outgoing.take_back(tx, untrue, by=by, now=now)
    before = overtaken(tx, case.letter.digest, but={reply.message_id for reply in replies}, by=by, now=now)
    mode = case.call.replies.mode if case.call is not None else "send"
    put = [reply.template for reply in replies if outgoing.put(tx, reply, now, mode=mode, by=by)]
    withheld = next((code for code in verdict.codes if code in WITHHOLDING), "")
    if replies and not put and not withheld:
        withheld = "told_before"
    return replace(before, put=tuple(put), withheld=withheld)


def _newest(told: Iterable[Told], reply: Reply) -> Told | None:
    """Return the newest letter of the kind to the same address that was not taken back, or None."""
    same = [one for one in told if (one.template, one.recipient) == (reply.template, reply.recipient)]
    return next((one for one in reversed(same) if one.state != "cancelled"), None)


def _says_same(last: Told, reply: Reply) -> bool:
    """Return whether a letter names the same number, and the same place, which its subject does; or neither."""
    return last.number is None or (last.number, last.subject) == (reply.number, reply.subject)


def _as_true(case: Case, verdict: Verdict, reply: Reply, last: Told | None, *, now: datetime) -> Reply:
    """Return a reply under a Message-ID of its own where what left says another number or place: it is no such letter."""
    if case.call is None or last is None or last.state not in _LEFT or _says_same(last, reply):
        return reply
    domain = _domain(case.call)
    seed = f"{reply.template} after {last.message_id}"
    return compose(
        reply.template,
        answers.facts_of(case, case.call, verdict, reply.template, number=reply.number),
        case.call,
        letter=case.letter,
        recipient=reply.recipient,
        now=now,
        domain=domain,
        message_id=derive_message_id(case.letter.digest, seed, reply.recipient, domain),
    )


def confirm(
    tx: Connection, case: Case, verdict: Verdict, known: Registered, *, by: str, now: datetime
) -> Answered:
    """Put the letter that confirms a withdrawal to whose application it is, unless something forbids it; take back what has not left. `now` is aware."""
    assert case.call is not None
    reply = answers.withdrawn(
        known, case.call, letter=case.letter, trust=case.trust, received_at=case.receipt.at, now=now,
        applicant=applicant_besides(replace(case, history=replace(case.history, thread=known))),
    )  # fmt: skip
    withheld = next((one.code for one in verdict.findings if one.code in UNANSWERABLE_CODES), "")
    withheld = withheld or next((one.code for one in responder.withheld(case, "withdrawn")), "")
    if reply is None or withheld:
        return replace(overtaken(tx, case.letter.digest, by=by, now=now), withheld=withheld or "no_sender")
    before = overtaken(tx, case.letter.digest, but={reply.message_id}, by=by, now=now)
    if outgoing.put(tx, reply, now, mode=case.call.replies.mode, by=by):
        return replace(before, put=(reply.template,))
    return replace(before, withheld="told_before")


def completed(
    tx: Connection,
    restated: Restated,
    known: Registered,
    call: Call,
    letter: Letter,
    *,
    to: Address | None,
    by: str,
    now: datetime,
) -> Answered:
    """Tell an applicant who was asked that nothing is missing any more; take back the question if it has not left.

    Where a correction is taken back and something is missing again, it is the other way round. `letter` holds the form,
    `to` is who may be answered to it; `now` is aware. Who was never asked is told nothing.
    """
    told = [
        one
        for one in outgoing.about(tx, known.number)
        if one.letter == letter.digest or one.template == "reminder"
    ]
    asked = [one for one in told if one.template in _ASKING and not _is_ours(one, call)]
    ours = [one for one in told if _is_ours(one, call)]
    if restated.status != "complete":
        back = outgoing.take_back(tx, ours, by=by, now=now)
        if ours and not any(one.state in _LEFT for one in asked):
            again = [one for one in asked if one.template != "reminder"]
            outgoing.put_back(tx, again, mode=call.replies.mode, by=by, now=now)
        return Answered(taken_back=tuple(one.template for one in back))
    back = outgoing.take_back(tx, asked, by=by, now=now)
    left = [one for one in asked if one.state in _LEFT]
    if not left and not back and not ours:
        return Answered()
    template = "corrected" if left else "accepted"
    address = deliverable(to.address) if to is not None else None
    codes = {one["code"] for one in restated.letter["findings"]} & (
        UNANSWERABLE_CODES | {REPLY_UNTRUSTED.code}
    )
    withheld = next(iter(sorted(codes)), "")
    withheld = withheld or (SWITCHED_OFF.code if template in call.replies.off else "")
    if address is None or withheld:
        return Answered(taken_back=tuple(one.template for one in back), withheld=withheld or "no_sender")
    domain = _domain(call)
    facts = ReplyFacts(
        now if left else known.first_received_at,
        number=known.number,
        place=known.place,
        subject_received=letter.subject,
        files=answers.received_files(letter),
        people=people_of(restated.application.fields, call),
        changed_fields=tuple(key for key, _, _ in restated.changed),
    )
    reply = compose(
        template, facts, call, letter=letter, recipient=address, now=now, domain=domain,
        message_id=_by_hand(letter.digest, template, address, domain),
    )  # fmt: skip
    put = outgoing.put(tx, reply, now, mode=call.replies.mode, by=by)
    return Answered(
        put=(template,) if put else (),
        taken_back=tuple(one.template for one in back),
        withheld="" if put else "told_before",
    )


def _by_hand(digest: str, template: str, to: str, domain: str) -> str:
    """Return the Message-ID of what is told because people completed an application: not that of an answer to its letter."""
    return derive_message_id(digest, f"{template}.completed", to, domain)


def _is_ours(one: Told, call: Call) -> bool:
    return one.message_id == _by_hand(one.letter, one.template, one.recipient, _domain(call))


def _domain(call: Call) -> str:
    return (deliverable(call.replies.address) or call.replies.address).rpartition("@")[2]


def overtaken(tx: Connection, digest: str, *, by: str, now: datetime, but: Iterable[str] = ()) -> Answered:
    """Take back what a letter was answered and has not left, but for some Message-IDs. Results are another matter."""
    keep = set(but)
    told = [one for one in outgoing.to_letter(tx, digest) if one.template not in RESULTS]
    back = outgoing.take_back(tx, (one for one in told if one.message_id not in keep), by=by, now=now)
    left = tuple(one for one in told if one.state in _LEFT)
    return Answered(taken_back=tuple(one.template for one in back), left=left)


def _composed(
    case: Case, verdict: Verdict, wanted: Iterable[Answer], *, number: str | None, now: datetime
) -> list[Reply]:
    """Return the answers. A refusal for good says so, also where the first answer said that a person would decide."""
    refused = case.correction is not None and case.correction.action is Action.REJECT_LATE
    if case.call is None or not refused or case.call.policy.late == "reject":
        return list(answers.prepare(case, verdict, wanted, number=number, now=now))
    policy = case.call.policy.model_copy(update={"late": "reject"})
    call = case.call.model_copy(update={"policy": policy})
    domain = call.replies.address.rpartition("@")[2]
    return [
        compose(
            one.template,
            answers.facts_of(case, call, verdict, one.template, number=number),
            call,
            letter=case.letter,
            recipient=to,
            now=now,
            domain=domain,
            message_id=derive_message_id(case.letter.digest, f"{one.template}.final", to, domain),
        )
        for one in wanted
        if (to := deliverable(one.recipient)) is not None
    ]

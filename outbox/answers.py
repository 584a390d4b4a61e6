"""The answers a decided case calls for: its facts gathered, its letters composed. Pure; putting them is the caller's."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Protocol

from outbox.compose import TO_OTHERS, compose
from outbox.context import Person, ReceivedFile, ReplyFacts, people_of
from outbox.faults import PlaceQuestion
from outbox.message import deliverable
from outbox.reply import Reply
from rules.call import Call
from rules.case import Case, Registered, Trust
from rules.letter import Letter
from rules.person import EXCEPTION, Action
from rules.responder import recipient
from rules.verdict import Fact, Verdict


class Wanted(Protocol):
    """An answer that was decided on: the template's name and the address it goes to."""

    @property
    def template(self) -> str:
        """The template's name."""

    @property
    def recipient(self) -> str:
        """The address, without brackets."""


def prepare(
    case: Case,
    verdict: Verdict,
    wanted: Iterable[Wanted],
    *,
    number: str | None,
    now: datetime,
    to: Letter | None = None,
) -> Iterator[Reply]:
    """Compose the answers to a case, leaving out those whose address no server could take.

    `number` is the application's; `now` (aware) becomes their Date. `to`: a later letter of the same sender that they answer,
    in whose thread they stand.
    """
    if case.call is None:
        return
    own = deliverable(case.call.replies.address) or case.call.replies.address
    for answer in wanted:
        if deliverable(answer.recipient) is None:
            continue
        yield compose(
            answer.template,
            facts_of(case, case.call, verdict, answer.template, number=number),
            case.call,
            letter=to or case.letter,
            recipient=answer.recipient,
            now=now,
            domain=own.rpartition("@")[2],
        )


def withdrawn(
    known: Registered,
    call: Call,
    *,
    letter: Letter,
    trust: Trust,
    received_at: datetime,
    now: datetime,
    applicant: str = "",
) -> Reply | None:
    """Return the letter that says an application is withdrawn, in the thread of the letter that asked for it.

    Only a person decides on a withdrawal: nothing here does. `trust` is what our server says of its sender, `received_at` when it came; `now` becomes the Date
    (both aware). `applicant`: whose the application is, where the letter is somebody else's: they are told, and in no thread.
    None when nobody can be reached.
    """
    writer = recipient(letter, trust)
    to = applicant or (writer.address if writer is not None else "")
    if deliverable(to) is None:
        return None
    own = deliverable(call.replies.address) or call.replies.address
    other = letter.from_.address if applicant and letter.from_ is not None else ""
    facts = ReplyFacts(
        received_at,
        number=known.number,
        place=known.place,
        subject_received="" if applicant else letter.subject,
        other_address=other,
    )
    return compose(
        "withdrawn",
        facts,
        call,
        letter=letter,
        recipient=to,
        now=now,
        domain=own.rpartition("@")[2],
        aside=bool(applicant),
    )


def facts_of(case: Case, call: Call, verdict: Verdict, template: str, *, number: str | None) -> ReplyFacts:
    """Return what a reply may tell about a case."""
    found = {finding.code: finding.facts for finding in reversed(verdict.findings) if not finding.settled}
    letter, known = case.letter, case.known
    unread = (
        found.get("password") or found.get("unreadable") or found.get("encrypted") or found.get("draft") or {}
    )
    writer = letter.from_.address if letter.from_ else ""
    first = known.senders[0] if known is not None and known.senders else ""
    by_seconds = found.get("late", {}).get("by_seconds")
    previous = None
    if known is not None:
        previous = known.first_received_at if template.startswith("duplicate") else known.received_at
    uncertain = "place_uncertain" in found
    unknown = found.get("place_unknown", {}) if case.place is None else {}
    named = unknown.get("level") == "unknown"
    # A form sent once more because its place was not clear counts from the first letter.
    first_at = known.first_received_at if known is not None and case.history.about else case.receipt.at
    return ReplyFacts(
        received_at=first_at,
        number=number,
        place=case.place,
        late_by=by_seconds if isinstance(by_seconds, int) else None,
        after_deadline="late_update" in found,
        exception=EXCEPTION.code in found,
        final=case.correction is not None and case.correction.action is Action.REJECT_LATE,
        subject_received=letter.subject,
        subject_deviates="subject_deviates" in found,
        subject_refused="subject_refused" in found and case.place is not None,
        place_unknown=named,
        place_said=_text(unknown.get("text")) if named and case.from_form.level != "none" else "",
        files=received_files(letter),
        people=_people(case, call),
        missing=case.application.faults if case.application is not None else (),
        place_question=_question(found.get("place_conflict", {})),
        candidates=(case.from_form.candidates or case.from_subject.candidates) if uncertain else (),
        file=_text(unread.get("file")),
        reason=_text(unread.get("reason")),
        link_host=_text(found.get("cloud_link", {}).get("host")),
        previous_received_at=previous,
        changed_fields=_changed(case, call),
        other_address=writer if template in TO_OTHERS else first,
    )


def received_files(letter: Letter) -> tuple[ReceivedFile, ...]:
    """Return the files of a letter that its sender would name."""
    return tuple(
        ReceivedFile(attachment.name or attachment.label, attachment.sha256)
        for attachment in letter.attachments
        if not attachment.inline and attachment.via != "bounce"
    )


def _people(case: Case, call: Call) -> tuple[Person, ...]:
    """Return who takes part: by the letter's form, or by the one that stands."""
    known = case.known.fields if case.known is not None else {}
    return people_of(case.application.fields if case.application is not None else known, call)


def _question(facts: Mapping[str, Fact]) -> PlaceQuestion | None:
    """Return what to ask about the place when two sources certainly name different ones."""
    if "form" in facts:
        return PlaceQuestion("taken", said=_text(facts["form"]), other=_text(facts.get("taken")))
    if "subject" in facts and facts.get("taken_by") == "form":
        return PlaceQuestion("differs", said=_text(facts["subject"]), other=_text(facts.get("taken")))
    return None


def _changed(case: Case, call: Call) -> tuple[str, ...]:
    if case.known is None or case.application is None:
        return ()
    old, new = case.known.fields, case.application.fields
    return tuple(field.key for field in call.fields if old.get(field.key, "") != new.get(field.key, ""))


def _text(fact: Fact) -> str:
    return fact if isinstance(fact, str) else ""

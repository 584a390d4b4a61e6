"""One application for one place: what is a copy, what replaces, and what contradicts an earlier one."""

from collections.abc import Iterable
from dataclasses import replace

from rules.application import complete
from rules.case import Case
from rules.verdict import Disposition, Finding, Ground, Severity

COPY = Ground("copy", Disposition.DISCARD, Severity.NOTE)
REPLACES = Ground("replaces", Disposition.ACCEPT, Severity.NOTE)
CORRECTS = Ground("corrects", Disposition.ACCEPT, Severity.NOTE)
DUPLICATE = Ground("duplicate", Disposition.HOLD, Severity.BAR)


def copy(case: Case) -> Iterable[Finding]:
    """Find a letter that reached us before by another route: same Message-ID, same sender, same files."""
    if case.history.copy_of is not None:
        yield COPY.found(of=case.history.copy_of)


def continued(case: Case) -> Case:
    """Return the case with its application completed by the one it follows, if the letter may speak for that.

    A letter with nothing but the second participant's form adds to what is there; see `rules.several`.
    """
    known, application = case.known, case.application
    if case.call is None or known is None or application is None or application.draft:
        return case
    stated = case.from_form.place
    elsewhere = stated is not None and stated.code not in {known.place.code, *case.history.moved_from}
    if not known.in_time or not case.same_hands or elsewhere:
        return case
    return replace(case, application=complete(application, known.values, case.call))


def applicant_besides(case: Case) -> str:
    """Return whose the known application is when the letter is from somebody else; "" when its writer may speak for it.

    Its applicants are those whose letters speak for it, and its contact.
    """
    known, sender = case.known, case.letter.from_
    if (
        case.call is None
        or known is None
        or not known.senders
        or case.same_sender
        or case.history.thread_proven
    ):
        return ""
    keys = [field.key for field in case.call.fields if field.kind == "email" and not field.person]
    contacts = {known.fields.get(key, "").lower() for key in keys}
    return "" if sender is not None and sender.address.lower() in contacts else known.senders[0]


def duplicates(case: Case) -> Iterable[Finding]:
    """Find a form for a place that already has an application in time.

    The same sender, or an answer to our own letter, corrects what we asked about, or what it names in its text, or else replaces it; another sender only
    raises the question.
    """
    known = case.known
    if case.call is None or known is None or case.application is None or not known.in_time:
        return
    facts = {"number": known.number, "previous": known.received_at.isoformat()}
    if case.same_hands and case.application.draft:
        # A draft replaces nothing before a person has compared it.
        return
    if case.same_hands:
        old, new = known.fields, case.application.fields
        changed = [field.key for field in case.call.fields if old.get(field.key) != new.get(field.key)]
        kept = {"kept": list(case.application.kept)} if case.application.kept else {}
        if known.revision == 0 or case.history.about:
            # Nothing could be read of what came before, or it has only now found its place: nobody was told of it yet.
            return
        asked = known.faults or known.status != "complete"
        if asked and not changed and case.application.faults:
            # The same form once more: nothing was mended, and the same is asked again.
            return
        # A line of text mends one thing or another; only a form takes the place of a form.
        told = case.said is not None and bool(case.said.taken)
        yield (CORRECTS if asked or told else REPLACES).found(**facts, changed=changed, **kept)
    else:
        yield DUPLICATE.found(
            **facts, first_sender=known.senders[0] if known.senders else "", policy=case.call.policy.duplicate
        )

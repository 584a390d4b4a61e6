"""One application for one place: what is a copy, what replaces, and what contradicts an earlier one."""

from collections.abc import Iterable

from rules.case import Case
from rules.verdict import Disposition, Finding, Ground, Severity

COPY = Ground("copy", Disposition.DISCARD, Severity.NOTE)
REPLACES = Ground("replaces", Disposition.ACCEPT, Severity.NOTE)
DUPLICATE = Ground("duplicate", Disposition.HOLD, Severity.BAR)


def copy(case: Case) -> Iterable[Finding]:
    """Find a letter that reached us before by another route: same Message-ID, same sender, same files."""
    if case.history.copy_of is not None:
        yield COPY.found(of=case.history.copy_of)


def duplicates(case: Case) -> Iterable[Finding]:
    """Find a form for a place that already has an application in time.

    The same sender, or an answer to our own letter, replaces it; another sender only raises the question.
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
        yield REPLACES.found(**facts, changed=changed)
    else:
        yield DUPLICATE.found(
            **facts, first_sender=known.senders[0] if known.senders else "", policy=case.call.policy.duplicate
        )

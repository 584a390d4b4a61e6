"""Whether our own mail server vouches for the sender. It labels a letter, and may withhold the automatic answer; it never rejects an application, because honest town halls have broken mail servers too."""

from collections.abc import Iterable

from rules.case import Case
from rules.verdict import Disposition, Finding, Ground, Severity

TRUST_FAILED = Ground("trust_failed", Disposition.ACCEPT, Severity.NOTE)


def trust(case: Case) -> Iterable[Finding]:
    """Find that the server's checks of the sender failed (RFC 8601)."""
    if case.trust == "fail":
        yield TRUST_FAILED.found(sender=case.letter.from_.domain if case.letter.from_ else "")

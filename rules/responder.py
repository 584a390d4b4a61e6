"""Who is answered, and with which letter. Silence is the safe choice: a machine is never answered (RFC 3834)."""

from collections.abc import Iterable

from rules.automatic import answerable as not_automatic
from rules.case import Case
from rules.letter import Address, Letter
from rules.verdict import Disposition, Finding, Ground, Severity

DAILY_CAP = Ground("daily_cap", Disposition.ACCEPT, Severity.NOTE)
SWITCHED_OFF = Ground("reply_switched_off", Disposition.ACCEPT, Severity.NOTE)
TOLD_TODAY = Ground("told_today", Disposition.ACCEPT, Severity.NOTE)
REPLY_UNTRUSTED = Ground("reply_untrusted", Disposition.ACCEPT, Severity.NOTE)

# Said once in a conversation and day, however many such letters come.
_ONCE_A_DAY = frozenset({"question_ack", "confirmed"})

# The first code that was found names the reply; None: a person answers, or nobody.
LADDER: tuple[tuple[str, str | None], ...] = (
    ("limit", None),
    ("several_forms", None),
    ("unknown_form", None),
    ("withdrawal", None),
    ("question", "question_ack"),
    ("confirmed", "confirmed"),
    ("thanks", None),
    ("place_named", None),
    ("conversation", None),
    ("not_an_application", None),
    ("sent_in_time", None),
    ("clocks_disagree", None),
    ("late_update", "replaced"),
    ("late", "late"),
    ("duplicate", "duplicate_new"),
    ("password", "password_protected"),
    ("unreadable", "form_unreadable"),
    ("draft", "scan_received"),
    ("encrypted", "form_unreadable"),
    ("cloud_link", "cloud_link"),
    ("no_form", "no_form"),
    ("subject_refused", "subject_unrecognised"),
    ("placeholder", "subject_placeholder"),
    ("place_unknown", "subject_unrecognised"),
    ("place_uncertain", "subject_unrecognised"),
    ("oblast_not_admitted", None),
    ("subject_review", "accepted_incomplete"),
    ("place_conflict", "accepted_incomplete"),
    ("corrects", "corrected"),
    ("incomplete", "accepted_incomplete"),
    ("replaces", "replaced"),
)


def template(disposition: Disposition, findings: Iterable[Finding]) -> str | None:
    """Return the name of the reply that fits the findings, or None when nothing is to be said."""
    if disposition is Disposition.DISCARD:
        return None
    codes = {finding.code for finding in findings if not finding.settled}
    for code, name in LADDER:
        if code in codes:
            return name
    return "accepted" if disposition is Disposition.ACCEPT else None


def recipient(letter: Letter) -> Address | None:
    """Return whom to answer: Reply-To (RFC 5322, 3.6.2) if it stays in the sender's domain, else From.

    A Reply-To of another domain could turn our answer on a third party that never wrote.
    """
    if letter.from_ is None or "@" not in letter.from_.address:
        return None
    for address in letter.reply_to[:1]:
        if address.domain and address.domain == letter.from_.domain:
            return address
    return letter.from_


def withheld(case: Case, name: str | None) -> Iterable[Finding]:
    """Find why the fitting reply must not be sent, automatic mail aside."""
    if name is None or case.call is None:
        return
    if case.history.answers_today >= case.call.replies.max_per_day:
        yield DAILY_CAP.found(answers=case.history.answers_today, cap=case.call.replies.max_per_day)
    if name in _ONCE_A_DAY and name in case.history.told_today:
        yield TOLD_TODAY.found(template=name)
    if name in case.call.replies.off:
        yield SWITCHED_OFF.found(template=name)
    if case.trust == "fail" and not case.call.replies.answer_untrusted:
        yield REPLY_UNTRUSTED.found(template=name)


WITHHOLDING = frozenset({DAILY_CAP.code, TOLD_TODAY.code, SWITCHED_OFF.code, REPLY_UNTRUSTED.code})


def answerable(findings: tuple[Finding, ...]) -> bool:
    """Return whether the sender may be answered at all."""
    return not_automatic(findings) and not any(finding.code in WITHHOLDING for finding in findings)

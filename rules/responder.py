"""Who is answered, and with which letter. Silence is the safe choice: a machine is never answered (RFC 3834)."""

from collections.abc import Iterable

from rules.automatic import answerable as not_automatic
from rules.case import Case, Trust
from rules.letter import Address, Letter
from rules.verdict import Disposition, Finding, Ground, Severity

DAILY_CAP = Ground("daily_cap", Disposition.ACCEPT, Severity.NOTE)
SWITCHED_OFF = Ground("reply_switched_off", Disposition.ACCEPT, Severity.NOTE)
TOLD_TODAY = Ground("told_today", Disposition.ACCEPT, Severity.NOTE)
REPLY_UNTRUSTED = Ground("reply_untrusted", Disposition.ACCEPT, Severity.NOTE)

# Said once in a conversation and day, however many such letters come.
_ONCE_A_DAY = frozenset({"question_ack", "confirmed"})

# Said of an application itself, and no secret to those its form names.
_COPIED = frozenset({"accepted", "accepted_incomplete", "corrected", "replaced"})

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
    ("place_narrowed", None),
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


def recipient(letter: Letter, trust: Trust) -> Address | None:
    """Return whom to answer: Reply-To (RFC 5322, 3.6.2) if it stays in the sender's domain or our server vouches for it, else From.

    A Reply-To of another domain could turn our answer on a third party that never wrote, unless the sender is who they
    say they are (`trust` is "pass").
    """
    if letter.from_ is None or "@" not in letter.from_.address:
        return None
    for address in letter.reply_to[:1]:
        if address.domain and (address.domain == letter.from_.domain or trust == "pass"):
            return address
    return letter.from_


def form_addresses(case: Case) -> tuple[str, ...]:
    """Return the addresses a form gives for its place and its contact, in lower case; participants hear of results only."""
    if case.call is None or case.application is None:
        return ()
    keys = [field.key for field in case.call.fields if field.kind == "email" and not field.person]
    given = (case.application.fields.get(key, "").lower() for key in keys)
    return tuple(dict.fromkeys(address for address in given if "@" in address))


def copied_to(case: Case, name: str, answered: Address) -> tuple[str, ...]:
    """Return who gets the same letter besides the one answered: those the form names, if the call says so.

    Nobody does on the word of a sender our server does not believe, and no address gets more than it may in a day.
    """
    if case.call is None or not case.call.replies.copy_to_form or name not in _COPIED or case.trust == "fail":
        return ()
    spared = {answered.address.lower(), *case.own_addresses, *case.history.sated}
    return tuple(address for address in form_addresses(case) if address not in spared)


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

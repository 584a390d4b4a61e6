"""Whether there is a form, whether it can be read, whether it is complete."""

import re
from collections.abc import Iterable

from rules.application import Application, likely_form
from rules.case import Case
from rules.table import Reading
from rules.verdict import Disposition, Finding, Ground, Severity

NO_FORM = Ground("no_form", Disposition.REJECT, Severity.FAULT)
UNREADABLE = Ground("unreadable", Disposition.HOLD, Severity.FAULT)
PASSWORD = Ground("password", Disposition.HOLD, Severity.FAULT)
CLOUD_LINK = Ground("cloud_link", Disposition.HOLD, Severity.FAULT)
CONVERSATION = Ground("conversation", Disposition.HOLD, Severity.NOTE)
NOT_AN_APPLICATION = Ground("not_an_application", Disposition.HOLD, Severity.NOTE)
INCOMPLETE = Ground("incomplete", Disposition.ACCEPT, Severity.FAULT)
SEVERAL_FORMS = Ground("several_forms", Disposition.HOLD, Severity.BAR)
DRAFT = Ground("draft", Disposition.HOLD, Severity.FAULT)
ENCRYPTED = Ground("encrypted", Disposition.HOLD, Severity.FAULT)
UNKNOWN_FORM = Ground("unknown_form", Disposition.HOLD, Severity.FAULT)
LIMIT = Ground("limit", Disposition.HOLD, Severity.BAR)

# Hosts whose links people send in place of a file. Nothing is ever fetched.
CLOUD_HOSTS = (
    "drive.google.com", "docs.google.com", "forms.gle", "1drv.ms", "onedrive.live.com", "sharepoint.com",
    "dropbox.com", "wetransfer.com", "we.tl", "mega.nz", "icloud.com", "disk.yandex.ua", "fex.net", "dropmefiles.com.ua",
)  # fmt: skip
_LINK = re.compile(r"https?://([^\s/<>\"']+)", re.IGNORECASE)


def cloud_host(text: str) -> str | None:
    """Return the first file-sharing host a text links to, or None."""
    for match in _LINK.finditer(text):
        host = match.group(1).lower().rpartition("@")[2].partition(":")[0]
        if any(host == known or host.endswith("." + known) for known in CLOUD_HOSTS):
            return host
    return None


def limits(case: Case) -> Iterable[Finding]:
    """Find a letter that was too big or too deep to be read whole."""
    over = [defect for defect in case.letter.defects if defect.startswith("limit_")]
    if over:
        yield LIMIT.found(limits=over)


def form(case: Case) -> Iterable[Finding]:
    """Find why there is no readable form, or what the form lacks."""
    if case.call is None:
        if case.application is None:
            yield NOT_AN_APPLICATION.found()
        return
    if case.application is not None and case.application.draft:
        yield _draft(case, case.application)
        return
    if case.application is not None:
        if case.application.rivals:
            # Two different forms in one letter: which of them is meant, only people can say.
            yield SEVERAL_FORMS.found(others=list(case.application.rivals))
        if case.application.faults:
            yield INCOMPLETE.found(faults=[f"{fault.key}:{fault.code}" for fault in case.application.faults])
        return
    yield _missing_form(case)


def _draft(case: Case, application: Application) -> Finding:
    """Find a form read off a scan: a person compares it, and nothing in it is held against anybody.

    After a form that was complete the scan is its signed copy, and asks for nothing.
    """
    if case.known is not None and case.known.status == "complete" and case.same_hands:
        return CONVERSATION.found(number=case.known.number)
    names = (
        attachment.name or attachment.label
        for attachment, reading in zip(case.letter.attachments, case.readings, strict=True)
        if any(leaf.sha256 == application.form for leaf in reading.leaves)
    )
    return DRAFT.found(file=next(names, ""), reason="scan")


def _missing_form(case: Case) -> Finding:
    unread = tuple(zip(case.letter.attachments, case.readings, strict=True))
    for attachment, reading in unread:
        if reading.reason == "password":
            return PASSWORD.found(file=attachment.name or attachment.label)
    for attachment, reading in unread:
        if attachment.via != "bounce" and _meant_as_form(
            reading, inline=attachment.inline, size=attachment.size
        ):
            reason = reading.reason or "format"
            return UNREADABLE.found(file=attachment.name or attachment.label, reason=reason)
    if any(defect.partition(":")[0] == "encrypted" for defect in case.letter.defects):
        return ENCRYPTED.found(file="", reason="encrypted")
    if case.on_topic and (other := likely_form(case.readings)) is not None:
        # Somebody's own form, or ours beyond recognition: a person looks before anybody is told that there is none.
        return UNKNOWN_FORM.found(sha256=other)
    host = cloud_host(case.letter.text)
    if host is not None and (case.on_topic or case.known is not None):
        return CLOUD_LINK.found(host=host)
    if case.known is not None and case.known.status != "no_form":
        return CONVERSATION.found(number=case.known.number)
    if not case.on_topic:
        return NOT_AN_APPLICATION.found()
    return NO_FORM.found(
        files=[attachment.name or attachment.label for attachment in case.letter.attachments]
    )


def _meant_as_form(reading: Reading, *, inline: bool, size: int) -> bool:
    """Return whether a file that gave no form may have been one: anything unreadable, or a scan's picture.

    Small or inline pictures are signature logos.
    """
    if reading.status == "unreadable":
        return True
    return reading.reason == "picture" and not inline and size > 60_000

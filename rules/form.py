"""Whether there is a form, whether it can be read, whether it is complete."""

import re
from collections.abc import Iterable

from rules import person
from rules.application import Application, likely_form
from rules.case import Case
from rules.conversation import CONVERSATION, QUESTION, QUESTION_ASIDE, TALK, answer
from rules.intents import proper, sends
from rules.letter import Attachment
from rules.quotation import newest
from rules.table import Reading
from rules.verdict import Disposition, Finding, Ground, Severity

NO_FORM = Ground("no_form", Disposition.REJECT, Severity.FAULT)
UNREADABLE = Ground("unreadable", Disposition.HOLD, Severity.FAULT)
PASSWORD = Ground("password", Disposition.HOLD, Severity.FAULT)
CLOUD_LINK = Ground("cloud_link", Disposition.HOLD, Severity.FAULT)
NOT_AN_APPLICATION = Ground("not_an_application", Disposition.HOLD, Severity.NOTE)
INCOMPLETE = Ground("incomplete", Disposition.ACCEPT, Severity.FAULT)
SEVERAL_FORMS = Ground("several_forms", Disposition.HOLD, Severity.BAR)
TOO_MANY_PEOPLE = Ground("too_many_people", Disposition.HOLD, Severity.FAULT)
SIGNED = Ground("signed", Disposition.ACCEPT, Severity.NOTE)
SUPPORTING_FILES = Ground("supporting_files", Disposition.ACCEPT, Severity.NOTE)
DRAFT = Ground("draft", Disposition.HOLD, Severity.FAULT)
ENCRYPTED = Ground("encrypted", Disposition.HOLD, Severity.FAULT)
UNKNOWN_FORM = Ground("unknown_form", Disposition.HOLD, Severity.FAULT)
OVERTAKEN = Ground("overtaken", Disposition.ACCEPT, Severity.NOTE)
LIMIT = Ground("limit", Disposition.HOLD, Severity.BAR)

# For what only a readable form is wanted; a later letter may bring it.
UNREAD = frozenset(ground.code for ground in (DRAFT, UNREADABLE, PASSWORD, CLOUD_LINK, ENCRYPTED))

# In octets: the largest picture that is rather a logo.
_LOGO = 20_000
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
        if _typed(case, case.application.form):
            yield from _several(case, case.application)
        return
    if case.application is not None:
        yield from _several(case, case.application)
        yield from completeness(case.application)
        return
    missing = _missing_form(case)
    yield missing
    if missing.code not in TALK and _asks(case) and case.said is not None:
        yield QUESTION_ASIDE.found(
            number=case.known.number if case.known is not None else "", words=case.said.sentence
        )


def completeness(application: Application) -> Iterable[Finding]:
    """Find what an application lacks, and which of its answers a person corrected."""
    if application.faults:
        yield INCOMPLETE.found(faults=[f"{fault.key}:{fault.code}" for fault in application.faults])
    mended = [key for key, value in application.values.items() if value.stated is not None]
    if mended:
        yield person.MENDED_BY_HAND.found(mended=mended)


def _several(case: Case, application: Application) -> Iterable[Finding]:
    """Find forms that are not one application, or that contradict each other: what is meant, only people can say."""
    if application.rivals or application.conflicts:
        labels = {field.key: field.column or field.label for field in case.call.fields} if case.call else {}
        yield SEVERAL_FORMS.found(
            others=[
                _name(case, digest)
                for digest in (application.form, *application.parts, *application.rivals)
                if digest
            ],
            fields=[labels.get(key, key) for key in application.conflicts],
        )
    if application.surplus:
        yield TOO_MANY_PEOPLE.found(people=list(application.surplus))


def signed(case: Case) -> Iterable[Finding]:
    """Find the electronic signatures and the signed scans that came with a form. Nothing of them is verified."""
    if case.call is None:
        return
    names = [
        name
        for attachment, reading in zip(case.letter.attachments, case.readings, strict=True)
        if attachment.via != "bounce"
        for name in reading.signed_by
    ]
    if names:
        # A certificate without a name is a signature all the same.
        yield SIGNED.found(signers=[name for name in dict.fromkeys(names) if name != "?"])
    if case.application is None or case.application.draft:
        return
    beside = [
        _title(attachment, reading, leaf)
        for attachment, reading, leaf in _files(case)
        if leaf.sha256 in case.application.copies or _looks_scanned(attachment, leaf)
    ]
    if beside:
        yield SUPPORTING_FILES.found(files=list(dict.fromkeys(beside)))


def _files(case: Case) -> Iterable[tuple[Attachment, Reading, Reading]]:
    """Return each file of a letter with the attachment it came in and that one's reading. Bounced letters have none."""
    for attachment, reading in zip(case.letter.attachments, case.readings, strict=True):
        if attachment.via != "bounce":
            for leaf in reading.leaves:
                yield attachment, reading, leaf


def _title(attachment: Attachment, reading: Reading, leaf: Reading) -> str:
    """Return what a file is called; one in a container has that one's name too."""
    outer = attachment.name or attachment.label
    named = leaf is not reading and "." in leaf.container
    return f"{outer}: {leaf.container}" if named else outer


def _name(case: Case, digest: str) -> str:
    """Return what the file with a form is called."""
    names = (_title(*file) for file in _files(case) if file[2].sha256 == digest)
    return next(names, digest)


def _draft(case: Case, application: Application) -> Finding:
    """Find a form read off a scan: a person compares it, and nothing in it is held against anybody.

    After a form that was complete the scan is its signed copy, and asks for nothing.
    """
    signed_copy = not _typed(case, application.form)
    if signed_copy and case.known is not None and case.known.status == "complete" and case.same_hands:
        return CONVERSATION.found(number=case.known.number)
    scans = [digest for digest in (application.form, *application.parts) if not _typed(case, digest)]
    return DRAFT.found(file=_name(case, scans[0]) if scans and scans[0] else "", reason="scan")


def _typed(case: Case, digest: str) -> bool:
    """Return whether a file of the letter is a form that somebody typed."""
    return any(
        leaf.sha256 == digest and leaf.status == "read" and not leaf.draft for _, _, leaf in _files(case)
    )


def brings_nothing(case: Case) -> bool:
    """Return whether a letter in a conversation has only its text: no file that is or may be a form."""
    return _missing_form(case).code in TALK


def asks_only(case: Case) -> bool:
    """Return whether a letter without a form is a question to a person and nothing else."""
    return case.application is None and _missing_form(case).code == QUESTION.code


def _asks(case: Case) -> bool:
    return case.call is not None and case.said is not None and case.said.intent == "question"


def _no_file_meant(case: Case) -> bool:
    """Return whether nobody meant to send a file: there is none, and neither the text nor a person speaks of one."""
    files = any(not attachment.inline for attachment in case.letter.attachments)
    return not files and case.correction is None and not sends(proper(newest(case.letter.text)))


def _missing_form(case: Case) -> Finding:
    files = tuple(_files(case))
    for file in files:
        if file[2].reason == "password":
            return PASSWORD.found(file=_title(*file))
    for attachment, reading, leaf in files:
        if _meant_as_form(attachment, leaf):
            return UNREADABLE.found(file=_title(attachment, reading, leaf), reason=leaf.reason or "format")
    if any(defect.partition(":")[0] == "encrypted" for defect in case.letter.defects):
        return ENCRYPTED.found(file="", reason="encrypted")
    if case.on_topic and (other := likely_form(case.readings)) is not None:
        # Somebody's own form, or ours beyond recognition: a person looks before anybody is told that there is none.
        return UNKNOWN_FORM.found(sha256=other)
    # What we ourselves linked to stands in the quotation.
    host = cloud_host(newest(case.letter.text) if case.known is not None else case.letter.text)
    if host is not None and (case.on_topic or case.known is not None):
        return CLOUD_LINK.found(host=host)
    if case.known is not None or case.history.about:
        said = answer(case)
        waits = case.known is not None and case.known.status == "no_form"
        if not (waits and said.code == CONVERSATION.code):
            return said
    if _asks(case) and case.said is not None and (not case.on_topic or _no_file_meant(case)):
        return QUESTION.found(number="", words=case.said.sentence)
    if not case.on_topic:
        return NOT_AN_APPLICATION.found()
    lone = {"reason": "signature"} if any(leaf.reason == "signature" for _, _, leaf in files) else {}
    return NO_FORM.found(
        files=[attachment.name or attachment.label for attachment in case.letter.attachments], **lone
    )


def _meant_as_form(attachment: Attachment, leaf: Reading) -> bool:
    """Return whether a file that gave no form may have been one: anything unreadable, or a scan."""
    return leaf.status == "unreadable" or _looks_scanned(attachment, leaf)


def _looks_scanned(attachment: Attachment, leaf: Reading) -> bool:
    """Return whether a file is a scan or a photo of pages. Small or inline pictures are signature logos."""
    if leaf.reason == "scan":
        return True
    return leaf.reason == "picture" and not attachment.inline and attachment.size > _LOGO

"""Scans and photos of forms in a letter: which are worth reading, and what they say as one application.

Reading them takes seconds a page, so it is done only when nothing else in a letter is the form, or when what was typed
leaves a participant out whom a scan may name; what comes of it is a draft. Beside a typed form of all participants a
scan is a signature, and is never read.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations

from intake.readers.ocr import joined_pages
from intake.readers.pool import ReaderPool
from rules import automatic
from rules.application import Application, match
from rules.call import Call
from rules.letter import Attachment, Letter
from rules.table import Block, Reading
from rules.verdict import Disposition

# Smaller pictures are logos and signatures; telephones put photos among the text, so those must be larger still.
SMALLEST = 20_000
SMALLEST_INLINE = 150_000
# Pages of one form sent as single photos.
MAX_FILES = 8
# More pages than this are taken in the order they came in.
MAX_SHUFFLED = 3


def read(
    letter: Letter, readings: Sequence[Reading], readers: ReaderPool, own_addresses: Sequence[str]
) -> tuple[Reading, ...]:
    """Return the readings of a letter's files, those of scans and photos replaced by drafts where there is text.

    `readings` are those of the letter's attachments, in order. A machine's letter is not read.
    """
    if _by_machine(letter, own_addresses):
        return tuple(readings)
    out = []
    left = MAX_FILES
    for attachment, reading in zip(letter.attachments, readings, strict=True):
        if left and _worth_reading(attachment, reading):
            left -= 1
            name = attachment.name or attachment.label
            found = readers.read(attachment.content, name, attachment.sha256, pictures=True)
            # What could not be read stays what it was: a scan.
            out.append(found if found.status == "read" else reading)
        else:
            out.append(reading)
    return tuple(out)


def draft(letter: Letter, readings: Sequence[Reading], call: Call) -> Application | None:
    """Return the application that drafts make up, or None. Photos of single pages are read as one form."""
    drafts = [
        leaf
        for attachment, reading in zip(letter.attachments, readings, strict=True)
        for leaf in reading.leaves
        if leaf.draft and attachment.via != "bounce"
    ]
    return joined(drafts, call)


def completed(
    letter: Letter,
    readings: Sequence[Reading],
    drafts: Sequence[Reading],
    typed: Application,
    call: Call,
    *,
    written: Reading | None = None,
) -> Application:
    """Return a typed application with the participants whom only scans beside it name, or `typed` when there are none.

    `readings` are those of the letter's attachments as they were before their pictures were read, `drafts` after;
    `written` is the letter's own text where that is the typed form.
    """
    forms = {typed.form, *typed.parts, *typed.copies, *typed.rivals}
    by_hand, scanned = (
        [
            leaf
            for attachment, reading in zip(letter.attachments, each, strict=True)
            for leaf in reading.leaves
            if attachment.via != "bounce" and leaf.draft is draft and (leaf.sha256 not in forms or not draft)
        ]
        for each, draft in ((readings, False), (drafts, True))
    )
    found = joined(scanned, call, [*by_hand, *((written,) if written is not None else ())])
    return found if found is not None and (found.draft or found.rivals) else typed


def joined(drafts: Sequence[Reading], call: Call, typed: Sequence[Reading] = ()) -> Application | None:
    """Return the application that drafts make up, or None: the best of them, or all read as pages of one form.

    Pages may have been attached in any order: the one in which most is answered is theirs, of equals the sender's.
    With readings of `typed` files, those and the drafts together.
    """
    if not drafts:
        return None
    found = [match([*typed, *drafts], call)]
    if len(drafts) > 1:
        orders = permutations(drafts) if len(drafts) <= MAX_SHUFFLED else [drafts]
        found += [match([*typed, _together(order)], call) for order in orders]
    return max(
        (application for application in found if application is not None),
        key=lambda application: len(application.fields),
        default=None,
    )


def _together(pages: Sequence[Reading]) -> Reading:
    blocks: list[Block] = []
    for page in pages:
        blocks = joined_pages(blocks, page.blocks)
    return replace(pages[0], blocks=tuple(blocks))


def _by_machine(letter: Letter, own_addresses: Sequence[str]) -> bool:
    found = automatic.automatic(letter, own_addresses)
    return any(finding.ground.disposition is Disposition.DISCARD for finding in found)


def _worth_reading(attachment: Attachment, reading: Reading) -> bool:
    if attachment.via == "bounce":
        return False
    scanned = any(leaf.reason in {"picture", "scan"} for leaf in reading.leaves)
    return scanned and attachment.size >= (SMALLEST_INLINE if attachment.inline else SMALLEST)

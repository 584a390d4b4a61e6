"""Opening one file: it goes to its reader by the type of its content.

What a container holds is opened in turn.

It runs in the worker process and raises only what is our bug or a lack of memory.
"""

import hashlib
import posixpath
from dataclasses import replace

from intake.readers import formats, signers
from intake.readers.containers import Contents
from intake.readers.guard import Refused
from intake.sniff import sniff
from rules.table import Reading

# A signed zip in an asice in a zip: deeper than this nobody sends by mistake.
MAX_NESTING = 5


def read(
    content: bytes, name: str, sha256: str, *, nesting: int = 0, pictures_until: float | None = None
) -> Reading:
    """Return what a file says. `name` only tells similar types apart; `sha256` is the content's.

    Scans and photos are read only when `pictures_until` tells how long that may take, by `time.monotonic()`.
    """
    kind = sniff(content, name)
    try:
        document = formats.document(kind)
        if document is not None:
            reading = document(content, sha256)
            return _signed(_with_pictures(reading, kind, content, pictures_until), kind, content)
        held = _opened(kind, content, nesting)
    except Refused as refusal:
        scan = formats.scan(kind) if refusal.reason in {"picture", "scan"} else None
        if scan is None or pictures_until is None:
            return _signed(_unread(sha256, refusal), kind, content)
        return _signed(_scanned(scan, content, sha256, pictures_until), kind, content)
    formats.prepare([(sniff(inner, name), inner) for name, inner in held.files if isinstance(inner, bytes)])
    members = tuple(
        replace(_member(inner, inner_name, nesting + 1, pictures_until), container=inner_name or kind)
        for inner_name, inner in held.files
    )
    if not members:
        return Reading(sha256, "not_a_form", reader=kind, reason="signature", signers=held.signers)
    # A container is as readable as the best of what it holds.
    telling = min(members, key=lambda member: ("read", "unreadable", "not_a_form").index(member.status))
    return Reading(
        sha256, telling.status, reader=kind, reason=telling.reason, members=members, signers=held.signers
    )


def _signed(reading: Reading, kind: str, content: bytes) -> Reading:
    """Return the reading with those who signed the file, where the signature lies inside the document itself."""
    return replace(reading, signers=signers.of_pdf(content)) if kind == "pdf" else reading


def _opened(kind: str, content: bytes, nesting: int) -> Contents:
    container = formats.container(kind)
    if container is None:
        raise formats.refusal(kind)
    if nesting >= MAX_NESTING:
        raise Refused("bomb")
    return container(content)


def _with_pictures(reading: Reading, kind: str, content: bytes, until: float | None) -> Reading:
    """Return the draft of a document some of whose pages are pictures, when those are asked for and can be read."""
    scan = formats.scan(kind)
    if reading.reason != "scan" or scan is None or until is None:
        return reading
    draft = _scanned(scan, content, reading.sha256, until)
    return draft if draft.status == "read" else reading


def _scanned(scan: formats.Scan, content: bytes, sha256: str, until: float) -> Reading:
    try:
        return scan(content, sha256, until)
    except Refused as refusal:
        return _unread(sha256, refusal)


def _member(inner: bytes | Refused, name: str, nesting: int, until: float | None) -> Reading:
    if isinstance(inner, Refused):
        return _unread(hashlib.sha256(name.encode("utf-8", "replace")).hexdigest(), inner)
    digest = hashlib.sha256(inner).hexdigest()
    return read(inner, posixpath.basename(name), digest, nesting=nesting, pictures_until=until)


def _unread(sha256: str, refusal: Refused) -> Reading:
    return Reading(sha256, refusal.status, reason=refusal.reason)

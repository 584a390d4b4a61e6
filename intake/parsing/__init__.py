"""Octets in, a Letter out: the one door to mail-parser and to everything that understands mail. `parse` is total: it returns for any octets whatever, it opens no connection and no other file, and what it had to guess, mend or leave out is listed in the letter's defects."""

import hashlib
import re
from pathlib import Path

from intake.config import Limits
from intake.parsing.body import choose_text, newest_table, newest_text
from intake.parsing.headers import Header, read_header
from intake.parsing.octets import (
    LETTER_LINES,
    HeaderBlock,
    letter_start,
    normalise_line_ends,
    read_header_block,
)
from intake.parsing.parameters import read_content_type
from intake.parsing.parts import Walk
from intake.parsing.report import read_report
from intake.parsing.structure import looks_like_entity
from intake.parsing.words import Notes
from rules.forwarded import forwarded
from rules.letter import Letter
from rules.notices import notice

__all__ = ["DEFAULT", "newest_text", "parse", "parse_file"]

DEFAULT = Limits()
# Read of a letter that is over the size limit: enough for any honest header block.
HEAD = 1024 * 1024
_CHARSET = re.compile(rb"harset\s*=\s*[\"']?([A-Za-z0-9_:.\-]{3,30})", re.IGNORECASE)
# Octets searched for a declared charset.
HINT = 256 * 1024
_DAEMON = re.compile(
    rb"(?:mailer-daemon|postmaster|mail delivery (?:sub)?system|mdaemon|microsoftexchange[0-9a-f]{16,})",
    re.IGNORECASE,
)


def parse(octets: bytes, *, digest: str | None = None, limits: Limits = DEFAULT) -> Letter:
    """Return the letter that `octets` are; never raises, whatever they hold.

    `digest` is their SHA-256 in hex, computed when not given. Beyond `limits` the letter comes back with what its topmost header fields and the parts
    within the limits say, and a defect that begins with `limit_`.
    """
    return _parse(octets, len(octets), digest or hashlib.sha256(octets).hexdigest(), limits)


def parse_file(path: Path, *, digest: str, limits: Limits = DEFAULT) -> Letter:
    """Return the letter in a file. A file over the size limit is read only as far as its header.

    Raises OSError when the file cannot be read: that is a trouble of the disk, not of the letter.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        octets = file.read(HEAD if size > limits.letter_mb * 1024 * 1024 else -1)
    return _parse(octets, size, digest, limits)


def _parse(octets: bytes, size: int, digest: str, limits: Limits) -> Letter:
    notes = Notes()
    octets, defects = normalise_line_ends(octets)
    start, more = letter_start(octets, 0, len(octets))
    block = read_header_block(octets, start, len(octets), limit=limits.header_kb * 1024, lines=LETTER_LINES)
    block = _with_late_header(octets, block, limits)
    for code in (*defects, *more, *block.defects):
        notes.add(code)
    block = HeaderBlock(block.fields, block.body)
    hint = _charset_hint(octets)
    header = read_header(block, limits, notes, hint)
    walk = Walk(limits, notes, hint)
    bounce = _is_bounce(block, header)
    if size > limits.letter_mb * 1024 * 1024:
        notes.add("limit_size")
        content_type = read_content_type(block.first("content-type")).value
    else:
        content_type = walk.letter(octets, block, bounce=bounce)
    text = choose_text(walk.texts.parts)
    failed = block.first("x-failed-recipients")
    return Letter(
        digest=digest,
        size=size,
        message_id=header.message_id,
        in_reply_to=header.in_reply_to,
        references=header.references,
        date=header.date,
        subject=header.subject,
        from_=header.from_,
        reply_to=header.reply_to,
        to=header.to,
        cc=header.cc,
        return_path=header.return_path,
        content_type=content_type or "text/plain",
        headers=header.fields,
        received=header.received,
        text=text,
        attachments=tuple(walk.attachments),
        defects=tuple(notes.codes),
        report=read_report(
            walk.reports,
            walk.returned,
            failed_recipients=failed.decode("utf-8", "replace") if failed is not None else None,
            bounce=bounce,
            subject=header.subject,
            text=text,
            conversation=(*header.in_reply_to, *header.references),
        ),
        html=newest_table(walk.texts.parts, passed_on=forwarded(text, header.subject) is not None),
    )


def _with_late_header(octets: bytes, block: HeaderBlock, limits: Limits) -> HeaderBlock:
    """Return the header block joined with the rest of it when a stray empty line has cut it in two."""
    if (
        not block.fields
        or block.first("content-type") is not None
        or not looks_like_entity(octets[block.body : block.body + 400])
    ):
        return block
    rest = read_header_block(octets, block.body, len(octets), limit=limits.header_kb * 1024)
    if rest.first("content-type") is None:
        return block
    return HeaderBlock(
        (*block.fields, *rest.fields), rest.body, (*block.defects, *rest.defects, "header_block_split")
    )


def _charset_hint(octets: bytes) -> str | None:
    """Return the first charset declared in the letter that is not Unicode: its headers are probably in it too."""
    at = octets.find(b"harset", 0, HINT)
    while at >= 0:
        found = _CHARSET.match(octets, at)
        name = found[1].decode("ascii").lower() if found else "utf"
        if not name.startswith(("utf", "us-ascii", "ascii")):
            return name
        at = octets.find(b"harset", at + 6, HINT)
    return None


def _is_bounce(block: HeaderBlock, header: Header) -> bool:
    """Return whether a mail system sent this letter back: what it carries is what we, or a forger, once sent."""
    if block.first("x-failed-recipients") is not None:
        return True
    sender = header.from_.address.partition("@")[0].encode() if header.from_ else block.first("from") or b""
    signs = (
        header.return_path == "",
        _DAEMON.search(sender) is not None,
        notice(header.subject) == "bounce",
    )
    # A postmaster writes letters too, and so does a person about a bounce: one sign alone is none.
    return sum(signs) > 1

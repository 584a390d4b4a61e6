"""Whether a file that somebody names is a letter at all. What comes from a mailbox is one by definition and is never asked here.

A damaged letter is still a letter: one field that letters have is enough. A form, a photo or a note is none, and taking
it for one would put it before a person as if an applicant had written it.
"""

import re
from pathlib import Path
from typing import Final

from intake.parsing.octets import letter_start, normalise_line_ends, read_header_block
from intake.sniff import sniff

# What is looked at: more than any header block before the first field that tells.
GLANCE: Final = 256 * 1024
# Kinds that are text and may be a letter, or octets nobody knows.
_MAYBE: Final = frozenset({"eml", "txt", "bin", "log", "md", "json", "csv", "tsv", "html", "xml"})
# Fields that letters have (RFC 5322, 3.6; RFC 2045), and any of a transport's own (RFC 6648).
_FIELD: Final = re.compile(
    r"(?:resent-)?(?:from|to|cc|sender|date|subject|message-id|reply-to)|received|return-path|delivered-to|mime-version"
    r"|content-(?:type|transfer-encoding)|in-reply-to|references|dkim-signature|authentication-results|x-.+"
)


def why_no_letter(head: bytes, name: str) -> str:
    """Return why a file is no letter, as the end of a sentence, "" when it is one. `head` are its first `GLANCE` octets."""
    kind = sniff(head, name)
    if kind == "empty":
        return "it is empty"
    if kind == "msg":
        return "it is a message of Outlook; save it as .eml"
    if kind not in _MAYBE:
        return f"it is no letter but a file of kind {kind}; «intake read» shows what a form says"
    octets, _ = normalise_line_ends(head)
    start, _ = letter_start(octets, 0, len(octets))
    block = read_header_block(octets, start, len(octets), limit=len(octets))
    if any(_FIELD.fullmatch(field.name) for field in block.fields):
        return ""
    return "it is no letter: it has no From, Date, Subject or other field of one; «intake read» shows what a form says"


def head_of(path: Path) -> bytes:
    """Return the beginning of a file, as `why_no_letter` takes it. Raises `OSError`."""
    with path.open("rb") as file:
        return file.read(GLANCE)

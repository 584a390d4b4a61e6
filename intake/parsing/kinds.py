"""The kinds of entity the walk tells apart, and the place it stands at. Only words and one value; nothing is decided here."""

import hashlib
import re
from dataclasses import dataclass, replace

from rules.letter import Attachment

# Beyond this depth nothing is opened at all; between the configured depth and this the letter is read and marked.
DEEPEST = 256
# Added to the level of text that counts only when there is no body for certain.
FALLBACK = 1000
# A body of text is never searched for text longer than this for embedded files.
UU_LIMIT = 16 * 1024 * 1024
# Octets decoded of one text; what is longer is no letter.
TEXT_OCTETS = 4 * 1024 * 1024
# What a calendar entry wants (RFC 5546, 1.4); told to the rules by a code of its own, `calendar:REPLY`.
METHOD = re.compile(rb"^METHOD[^:\r\n]{0,80}:([A-Za-z]{1,20})", re.IGNORECASE | re.MULTILINE)
# Machine-readable parts of delivery reports that are kept.
REPORT_PARTS = 10
LETTER_TYPES = frozenset({"message/rfc822", "message/global", "message/news", "message/rfc2822"})
REPORT_TYPES = frozenset(
    {
        "message/delivery-status", "message/disposition-notification", "message/feedback-report", "text/rfc822-headers",
        "message/global-delivery-status", "message/global-headers", "message/global-disposition-notification",
    }
)  # fmt: skip
# Text that is the letter's own wording; every other kind of text is a file.
BODY_TYPES = frozenset(
    {
        "text/plain",
        "text/html",
        "text/enriched",
        "text/x-amp-html",
        "text/watch-html",
        "text/calendar",
        "text/x-plain",
    }
)
TEXT_KINDS = frozenset(
    {"txt", "html", "csv", "tsv", "md", "json", "ics", "xml", "eml", "log", "empty", "vcf", "bin", "svg"}
)
NO_EXTENSION = frozenset({"ole", "encrypted-office", "empty", "applefile"})


@dataclass(frozen=True, slots=True)
class Place:
    """Where the walk stands: what it came through and what that means for what it finds."""

    position: str
    depth: int
    via: str = "mime"
    alternative: str = ""
    level: int = 0
    bounce: bool = False

    def inside(self, via: str) -> "Place":
        """Return the place inside an envelope; whatever lies in a bounce stays a bounce."""
        return replace(self, depth=self.depth + 1, via="bounce" if self.bounce else via, alternative="")


@dataclass(frozen=True, slots=True)
class Leaf:
    """An entity without parts: its decoded octets, the type declared, the name given, the type sniffed."""

    octets: bytes
    kind: str
    name: str | None
    found: str
    inline: bool = False


def as_attachment(place: Place, leaf: Leaf) -> Attachment:
    """Return a leaf as the attachment it is; the label comes from position and type, so that it is the same each time."""
    extension = "bin" if leaf.found in NO_EXTENSION else leaf.found
    return Attachment(
        position=place.position,
        name=leaf.name,
        label=f"part-{place.position}.{extension}",
        type=leaf.found,
        declared_type=leaf.kind,
        size=len(leaf.octets),
        sha256=hashlib.sha256(leaf.octets).hexdigest(),
        via=place.via,
        content=leaf.octets,
        inline=leaf.inline,
    )


def stands_plain(octets: bytes, start: int, end: int) -> bool:
    """Return whether a forwarded letter stands there as it is, rather than in base64 that nobody declared."""
    head = octets[start : min(end, start + 400)].lstrip()
    return b":" in head.split(b"\n", 1)[0] or head[:5] in {b"From ", b">From"} or b":" in head


def at_position(code: str, position: str) -> str:
    """Return a defect code with the position it was met at; the top of the letter needs none."""
    return f"{code}:{position}" if position else code

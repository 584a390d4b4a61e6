"""The header block as octets: where it ends, what its fields are, and what had to be mended to see them (RFC 5322, 2.2; RFC 2046, 5.1).

Real letters begin with a byte order mark or an mbox line, carry blanks before the colon, lone carriage returns, NULs and
lines that are no field at all; parsers that stop there take the rest of the letter for its body. Nothing here decodes text
and nothing here raises: a field that cannot be understood is left out and named in `defects`.
"""

import re
from dataclasses import dataclass

_LINE_END = re.compile(rb"\r*\n")
_FIELD = re.compile(rb"([!-9;-~]{1,120})([ \t]*):[ \t]*")
_BOUNDARY = re.compile(rb"boundary[ \t]*=[ \t]*(?:\"([^\"]+)\"|([^\s;\"]+))", re.IGNORECASE)
_MBOX = re.compile(rb">?From [^\r\n]{0,1000}[0-9]{2}:[0-9]{2}")
_BLANK = b" \t\r"
# How many times a field that occurs once by rule may still be kept, as evidence.
REPEATS = 50
# One field longer than this is cut: no honest field is, and every later step is linear in it.
FIELD_OCTETS = 32 * 1024
# Lines read of the header block of a letter and of a part in it.
LETTER_LINES = 20_000
PART_LINES = 200
_EMPTY_LINE = re.compile(rb"\n\r*\n")


@dataclass(frozen=True, slots=True)
class Field:
    """One header field: its name in lower case and its unfolded body, still as octets."""

    name: str
    body: bytes


@dataclass(frozen=True, slots=True)
class HeaderBlock:
    """The fields in order, the offset at which the body begins, and what was mended."""

    fields: tuple[Field, ...]
    body: int
    defects: tuple[str, ...] = ()

    def first(self, name: str) -> bytes | None:
        """Return the body of the first field called `name` (lower case), or None."""
        return next((item.body for item in self.fields if item.name == name), None)

    def all(self, name: str) -> tuple[bytes, ...]:
        """Return the bodies of all fields called `name` (lower case), in order."""
        return tuple(item.body for item in self.fields if item.name == name)


def normalise_line_ends(octets: bytes) -> tuple[bytes, tuple[str, ...]]:
    """Return the letter with line ends a parser can see, and defects: UTF-16 text and lone-CR files are recoded."""
    if octets[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        text = octets.decode("utf-16", "replace").encode()
        return text, ("letter_utf16",)
    if octets[:65536].count(b"\n") == 0 and octets[:65536].count(b"\r") > 1:
        return octets.replace(b"\r", b"\n"), ("line_ends_cr",)
    return octets, ()


def letter_start(octets: bytes, start: int, end: int) -> tuple[int, tuple[str, ...]]:
    """Return where the header block of a letter really begins, past a byte order mark, blank lines and mbox lines."""
    defects: list[str] = []
    if octets.startswith(b"\xef\xbb\xbf", start):
        start += 3
        defects.append("bom")
    while start < end:
        line_end = _LINE_END.search(octets, start, end)
        stop = line_end.start() if line_end else end
        line = octets[start : min(stop, start + 1200)]
        if line.strip(_BLANK) and not _MBOX.match(line):
            break
        if line_end is None:
            return start, tuple(defects)
        defects.append("mbox_line" if line.strip(_BLANK) else "leading_blank_line")
        start = line_end.end()
    return start, tuple(dict.fromkeys(defects))


def read_header_block(
    octets: bytes, start: int, end: int, *, limit: int, boundary: bytes | None = None, lines: int = PART_LINES
) -> HeaderBlock:
    """Return the header block that begins at `start`.

    It ends at the first empty line, at a delimiter line of `boundary` (the enclosing multipart's) or of its own
    Content-Type, or at the second of two lines that are no fields. Beyond `limit` octets only fields that matter are kept, and beyond `lines` lines
    nothing is read before the next empty line.
    """
    builder = _Builder(limit)
    at = start
    while at < end:
        lines -= 1
        if lines < 0:
            empty = _EMPTY_LINE.search(octets, at, end)
            return builder.done(empty.end() if empty else end, "limit_header")
        found = _LINE_END.search(octets, at, end)
        stop, following = (found.start(), found.end()) if found else (end, end)
        first = octets[at : at + 1]
        if stop == at:
            return builder.done(following)
        if first in {b" ", b"\t"}:
            if not octets[at : min(stop, at + 4096)].strip(_BLANK) and not _continues(octets, following, end):
                return builder.done(following, "blank_line_with_spaces")
            builder.fold(octets, at, stop)
        elif (match := _FIELD.match(octets, at, min(stop, at + 200))) is not None:
            builder.open(match, stop)
        elif (first == b"-" and builder.ends_at(octets[at : min(stop, at + 80)], boundary)) or (
            builder.started and not _continues(octets, following, end)
        ):
            return builder.done(at, "header_end_missing")
        else:
            builder.junk()
        at = following
    if not builder.started:
        # Not one field: this is a text that came without a header.
        return HeaderBlock((), start, ("header_missing",) if end > start else ())
    return builder.done(end)


def _continues(octets: bytes, at: int, end: int) -> bool:
    """Return whether the line at `at` still looks like header: a field, a folded line, or the empty line that ends it."""
    if octets[at : at + 1] in {b" ", b"\t", b"\n"} or octets[at : at + 2] == b"\r\n":
        return True
    return at < end and _FIELD.match(octets, at, min(end, at + 200)) is not None


class _Builder:
    """Collects fields line by line under the limits; remembers what was mended."""

    def __init__(self, limit: int) -> None:
        self.fields: list[Field] = []
        self._limit = limit
        self._kept = 0
        self._seen: dict[str, int] = {}
        self._name: str | None = None
        self._pieces: list[bytes] = []
        self._length = 0
        self._defects: dict[str, None] = {}

    @property
    def started(self) -> bool:
        """Return whether any field has been met yet."""
        return bool(self.fields) or self._name is not None

    def open(self, match: re.Match[bytes], stop: int) -> None:
        """Begin a field; its body runs from the end of `match` to `stop`."""
        self._close()
        if match[2]:
            self._defects["blank_before_colon"] = None
        self._name = match[1].decode("ascii").lower()
        self._take(match.string, match.end(), stop)

    def fold(self, octets: bytes, at: int, stop: int) -> None:
        """Continue the open field with a folded line; the line end goes, the white space stays (RFC 5322, 2.2.3)."""
        if self._name is None:
            self.junk()
        else:
            self._take(octets, at, stop)

    def junk(self) -> None:
        """Note a line that is no field; what is folded below it goes with it."""
        self._close()
        self._defects["junk_header_line"] = None

    def ends_at(self, line: bytes, boundary: bytes | None) -> bool:
        """Return whether a line is a delimiter of the enclosing multipart or of the one being opened here."""
        self._flush()
        delimiter = line.rstrip(_BLANK)
        if boundary is not None and delimiter in {b"--" + boundary, b"--" + boundary + b"--"}:
            return True
        declared = next((item.body for item in self.fields if item.name == "content-type"), b"")
        named = _BOUNDARY.search(declared)
        return named is not None and delimiter == b"--" + (named[1] or named[2])

    def done(self, body: int, *defects: str) -> HeaderBlock:
        """Return the block; the body begins at `body`."""
        self._close()
        return HeaderBlock(tuple(self.fields), body, (*self._defects, *defects))

    def _take(self, octets: bytes, at: int, stop: int) -> None:
        room = FIELD_OCTETS - self._length
        if stop - at > room:
            self._defects[f"limit_header:{self._label()}"] = None
        if room > 0:
            self._pieces.append(octets[at : min(stop, at + room)])
        self._length += stop - at

    def _label(self) -> str:
        """Return the field's name if it is a well-known one: a sender's own name may say anything."""
        return self._name if self._name is not None and self._name in KNOWN else "other"

    def _flush(self) -> None:
        """Store the field read so far."""
        if self._name is None:
            return
        body = b"".join(self._pieces)
        if b"\x00" in body:
            self._defects["nul_in_header"] = None
            body = body.replace(b"\x00", b"")
        if b"\r" in body:
            if body.rstrip(b"\r").find(b"\r") >= 0:
                self._defects["bare_cr_in_header"] = None
            body = body.replace(b"\r", b" ")
        count = self._seen.get(self._name, 0)
        self._seen[self._name] = count + 1
        wanted = self._name in KNOWN and count < REPEATS
        if self._kept + len(self._name) + len(body) + 4 <= self._limit or (wanted and count == 0):
            self.fields.append(Field(self._name, body.strip(b" \t\n")))
            self._kept += len(self._name) + len(body) + 4
        else:
            self._defects["limit_header"] = None
        self._name = None

    def _close(self) -> None:
        self._flush()
        self._name = None
        self._pieces = []
        self._length = 0


# Fields that decide what becomes of a letter: their first occurrence is kept whatever else a header block holds.
KNOWN = frozenset(
    [
        "from",
        "sender",
        "reply-to",
        "to",
        "cc",
        "bcc",
        "subject",
        "date",
        "message-id",
        "in-reply-to",
        "references",
        "return-path",
        "received",
        "delivered-to",
        "mime-version",
        "content-type",
        "content-transfer-encoding",
        "content-disposition",
        "content-id",
        "content-location",
        "content-description",
        "auto-submitted",
        "precedence",
        "list-id",
        "list-unsubscribe",
        "list-post",
        "list-help",
        "x-auto-response-suppress",
        "x-failed-recipients",
        "authentication-results",
        "x-spam-flag",
        "x-spam-status",
    ]
)

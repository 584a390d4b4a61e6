"""Where the parts of a letter lie: delimiter lines found once, multiparts cut into children by offsets (RFC 2046, 5.1). Nothing is copied and nothing recurses, so that depth and number of parts cost only their own octets; a missing or wrong boundary is inferred from what stands there."""

import re
from bisect import bisect_left
from dataclasses import dataclass

from intake.parsing.octets import PART_LINES, HeaderBlock, read_header_block
from intake.parsing.parameters import Parameterised, read_content_type

_LINE_END = (b"", b"\r", b"\n")
# Header lines of a part when the letter's allowance is used up: enough for an honest one.
FEWEST_LINES = 12
HEADER_LINES = 50_000
_PART_FIELD = re.compile(rb"[ \t]*\r*\n(?:content-[a-z\-]{2,40}[ \t]*:|\r*\n)", re.IGNORECASE)
_MIME_FIELD = re.compile(
    rb"(?:content-(?:type|transfer-encoding|disposition)|mime-version)[ \t]*:", re.IGNORECASE
)


@dataclass(slots=True)
class Allowance:
    """How many header lines the parts of one letter may still have together; shared by all the sources of the letter."""

    lines: int


class Source:
    """Octets that hold a letter, and the offsets of the lines in them that begin with two hyphens."""

    __slots__ = ("_texts", "allowance", "lines", "octets", "too_many")

    def __init__(self, octets: bytes, limit: int, allowance: Allowance) -> None:
        """Find the delimiter lines of `octets`; at most `limit` are kept, and `too_many` says so."""
        self.octets = octets
        self.allowance = allowance
        self.lines: list[int] = [0] if octets.startswith(b"--") else []
        at = octets.find(b"\n--")
        while at >= 0 and len(self.lines) < limit:
            if octets[at + 3 : at + 4] not in _LINE_END:
                self.lines.append(at + 1)
            at = octets.find(b"\n--", at + 3)
        self.too_many = at >= 0
        self._texts = {at: self._line(at) for at in self.lines}

    def delimiters(self, start: int, end: int) -> list[int]:
        """Return the offsets of delimiter-like lines between two offsets."""
        return self.lines[bisect_left(self.lines, start) : bisect_left(self.lines, end)]

    def line(self, at: int) -> bytes:
        """Return a delimiter line by its offset, without its end and trailing blanks, at most 200 octets of it."""
        return self._texts[at]

    def _line(self, at: int) -> bytes:
        head = self.octets[at : at + 200]
        stop = head.find(b"\n")
        return (head if stop < 0 else head[:stop]).rstrip(b" \t\r")

    def after_line(self, at: int, end: int) -> int:
        """Return the offset behind the line at `at`."""
        stop = self.octets.find(b"\n", at, end)
        return end if stop < 0 else stop + 1

    def before(self, at: int, start: int) -> int:
        """Return where a body ends that a delimiter line at `at` follows: its line end belongs to the delimiter."""
        if at > start and self.octets[at - 1 : at] == b"\n":
            at -= 1
            if at > start and self.octets[at - 1 : at] == b"\r":
                at -= 1
        return at


@dataclass(frozen=True, slots=True)
class Entity:
    """A MIME entity found in a source: its header block, its type, and the offsets of its body."""

    block: HeaderBlock
    type: Parameterised
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Split:
    """The children of a multipart and how surely they were found; None as children: it is no multipart after all."""

    children: tuple[Entity, ...] | None
    defects: tuple[str, ...] = ()


def read_entity(source: Source, start: int, end: int, *, limit: int, boundary: bytes | None = None) -> Entity:
    """Return the entity between two offsets."""
    lines = PART_LINES if source.allowance.lines > 0 else FEWEST_LINES
    block = read_header_block(source.octets, start, end, limit=limit, boundary=boundary, lines=lines)
    source.allowance.lines -= len(block.fields)
    return Entity(block, choose_type(block, source, end), block.body, end)


def choose_type(block: HeaderBlock, source: Source, end: int) -> Parameterised:
    """Return the Content-Type that counts: the first, unless only a later one fits the delimiters in the body."""
    types = [read_content_type(body) for body in block.all("content-type")]
    if len(types) > 1:
        present = {source.line(at) for at in source.delimiters(block.body, end)[:50]}
        for candidate in types:
            boundary = candidate.parameters.get("boundary")
            if boundary is not None and b"--" + boundary.octets in present:
                return candidate
    return types[0] if types else read_content_type(None)


def split(source: Source, entity: Entity, *, limit: int, part_limit: int) -> Split:
    """Return the children of a multipart entity (RFC 2046, 5.1.1).

    `part_limit` bounds their number, `limit` the octets of each header block.
    """
    candidates = source.delimiters(entity.start, entity.end)
    value = entity.type.parameters.get("boundary")
    declared = value.octets.rstrip(b" \t\r\n") if value else b""
    defects: list[str] = []
    at = _matching(source, candidates, declared) if declared else []
    if not any(not closing for _, closing in at):
        inferred = infer_boundary(source, candidates, entity.end)
        if inferred is None:
            return Split(None, ("boundary_missing" if not declared else "boundary_not_found",))
        defects.append("boundary_wrong" if declared else "boundary_missing")
        declared = inferred
        at = _matching(source, candidates, declared)
    if not any(closing for _, closing in at):
        defects.append("end_boundary_missing")
    return Split(
        _children(source, entity, at, boundary=declared, defects=defects, limit=limit, part_limit=part_limit),
        tuple(defects),
    )


def infer_boundary(source: Source, candidates: list[int], end: int) -> bytes | None:
    """Return the boundary that the body itself shows: the first delimiter-like line with a part's header under it."""
    for at in candidates[:200]:
        line = source.line(at)
        if 3 <= len(line) <= 140 and line.strip(b"-"):
            following = source.octets[at + len(line) : min(end, at + len(line) + 120)]
            found = _PART_FIELD.match(following)
            if found and (found[0].strip() or _repeated(source, candidates, line)):
                return line[2:]
    return None


def looks_like_entity(octets: bytes) -> bool:
    """Return whether octets begin with MIME header fields, as a multipart's text does when its header was cut off."""
    return _MIME_FIELD.match(octets.lstrip()[:200]) is not None


def _repeated(source: Source, candidates: list[int], line: bytes) -> bool:
    """Return whether the same line or its closing form comes again: a rule drawn in a text does not."""
    return any(source.line(at) == line + b"--" for at in candidates[:2000])


def _matching(source: Source, candidates: list[int], boundary: bytes) -> list[tuple[int, bool]]:
    """Return the offsets of a boundary's delimiter lines, each with whether it is the closing one."""
    opening, closing = b"--" + boundary, b"--" + boundary + b"--"
    if len(closing) > 190:
        return []
    lines = ((at, source.line(at)) for at in candidates)
    return [(at, line == closing) for at, line in lines if line in (opening, closing)]


def _children(
    source: Source,
    entity: Entity,
    delimiters: list[tuple[int, bool]],
    *,
    boundary: bytes,
    defects: list[str],
    limit: int,
    part_limit: int,
) -> tuple[Entity, ...]:
    children: list[Entity] = []
    closed = False
    for number, (at, closing) in enumerate(delimiters):
        if closing:
            closed = True
            continue
        if closed:
            defects.append("part_after_end")
            closed = False
        if len(children) >= part_limit:
            defects.append("limit_parts")
            break
        start = source.after_line(at, entity.end)
        following = delimiters[number + 1][0] if number + 1 < len(delimiters) else None
        end = entity.end if following is None else max(start, source.before(following, start))
        children.append(read_entity(source, start, end, limit=limit, boundary=boundary))
    return tuple(children)

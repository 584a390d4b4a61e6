"""A worksheet part read as a stream: what stands before the rows, the rows one by one as they are written, what comes after.

Rows may be many; only one piece of the part is held at a time. A part that is written unusually (`Zipped.is_odd`) must be put
into the `usual_form` first.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from intake.workbook.package.markup import MAIN, Frame, local, namespace, parse, written
from intake.workbook.package.zipped import Damaged, Foreign

_DECLARATION = re.compile(rb"^(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*\?>\s*)?")
_ROW_NUMBER = re.compile(rb"""\sr\s*=\s*["'](\d+)["']""")
_SLASH = ord("/")
# The largest row and column of a sheet, in the usual spreadsheets.
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384


@dataclass(slots=True)
class Worksheet:
    """A worksheet part being read. `head` and `tail` are the content of the root before and after the rows.

    `tail` is known only when `rows` has been read to its end. Raises `Damaged`.
    """

    chunks: Iterator[bytes]
    frame: Frame = field(init=False)
    declaration: bytes = field(init=False)
    head: bytes = field(init=False)
    tail: bytes = b""
    _rest: bytes = b""
    _empty: bytes = b""

    def __post_init__(self) -> None:
        """Read as far as the rows."""
        self._rest = b"".join(_until(self.chunks, b"sheetData"))
        start = _DECLARATION.match(self._rest)
        assert start is not None
        self.declaration = start[0]
        root_end = self._rest.index(b">", start.end()) + 1
        self.frame = Frame(self._rest[start.end() : root_end])
        empty = self.frame.parse(())
        if namespace(empty) != MAIN or local(empty) != "worksheet":
            raise Foreign("a sheet is none, or one in the strict form")
        opening = re.compile(rb"<" + self.frame.prefix + rb"sheetData\s*(/?)>")
        found = opening.search(self._rest)
        if found is None:
            raise Damaged("a sheet has no rows")
        self.head = self._rest[root_end : found.start()]
        self._empty = found[1]
        self._rest = self._rest[found.end() :]

    def rows(self) -> Iterator[tuple[int, bytes]]:
        """Yield (number, XML) of every row in the order of the file; afterwards `tail` is known. Raises `Damaged`."""
        if not self._empty:
            yield from self._rows()
        # There may be as many links as rows: what follows the rows is not held twice.
        pieces = [self._rest, *self.chunks]
        self._rest = b""
        whole = b"".join(pieces)
        pieces.clear()
        root_end = whole.rfind(b"</" + self.frame.name)
        if root_end < 0:
            raise Damaged("a sheet is cut off")
        self.tail = whole[:root_end]

    def _rows(self) -> Iterator[tuple[int, bytes]]:
        opening, closing = b"<" + self.frame.prefix + b"row", b"</" + self.frame.prefix + b"row"
        done = b"</" + self.frame.prefix + b"sheetData"
        rest, at, number = self._rest, 0, 0
        while True:
            start = rest.find(b"<", at)
            end = rest.find(b">", start) if start >= 0 else -1
            if end >= 0 and rest.startswith(opening, start) and rest[end - 1] != _SLASH:
                # What is between a row's tags has other names.
                end = rest.find(b">", last) if (last := rest.find(closing, end)) >= 0 else -1
            if end < 0:
                more = next(self.chunks, b"")
                if not more:
                    raise Damaged("a sheet ends among its rows")
                rest, at = rest[at:] + more, 0
                continue
            if not rest.startswith(opening, start):
                break
            row = rest[start : end + 1]
            number = _number(row, number)
            yield number, row
            at = end + 1
        if not rest.startswith(done, start):
            raise Foreign("a sheet has something else among its rows")
        self._rest = rest[end + 1 :]


def _number(row: bytes, before: int) -> int:
    found = _ROW_NUMBER.search(row, 0, row.index(b">"))
    number = int(found[1]) if found is not None else before + 1
    if not before < number <= LAST_ROW:
        raise Foreign(f"row {number} stands after row {before}")
    return number


def _until(chunks: Iterator[bytes], word: bytes) -> Iterator[bytes]:
    """Yield pieces until a word has been seen whole, and the tag it stands in has ended."""
    tail = b""
    for chunk in chunks:
        yield chunk
        tail = tail[-200:] + chunk
        if word in tail and b">" in tail.partition(word)[2]:
            return
        if word in tail:
            # The tag itself is cut; the next piece has the rest.
            tail = word + tail.partition(word)[2]


def usual_form(octets: bytes) -> bytes:
    """Return a part in UTF-8 without comments, instructions and sections of character data. Raises `Damaged`."""
    root = parse(octets)
    etree.strip_tags(root, etree.Comment, etree.ProcessingInstruction)
    return written(root)

"""PDF files with text, through pdfplumber: letters are put into the cells drawn around them.

A file is measured before it is opened and has a budget of CPU time after; scripts, links and embedded files are
never looked at. A file of pictures has no text to read: that is said, and is another reader's work.
"""

import io
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pdfplumber
from pdfminer.pdfdocument import PDFPasswordIncorrect
from pdfplumber.utils.exceptions import PdfminerException

from intake.readers.guard import Refused, cpu_budget
from intake.readers.pdf_columns import Around
from intake.readers.pdf_fields import typed
from intake.readers.pdf_levels import by_cells, levels, pitch
from intake.readers.pdf_lines import Glyph
from intake.readers.pdf_page import MAX_SHAPES, Seen, seen
from intake.readers.pdf_pages import blocks
from intake.readers.pdf_tables import Sheet, sheet
from rules.table import Reading

MAX_PAGES = 30
CPU_SECONDS = 6
# Of what is not a picture; a font of all of Unicode has 20 MB.
MAX_STREAM = 32 * 1024 * 1024
MAX_STREAMS = 100 * 1024 * 1024
# What a page shows, in octets: the library reads less than this in the time that it has.
MAX_DRAWING = 3 * 1024 * 1024
# Paths begun in one stream. Those that only clip become no shapes, so that there may be more of them.
MAX_PATHS = 2 * MAX_SHAPES
MAX_LETTERS = 60_000
# A scan may bear a stamp of the registry in letters; a form says more than that.
STAMP = 300
PICTURED = 0.5
_STREAM = re.compile(rb"(?<!end)stream\r?\n")
_CHUNK = 1 << 20
# What the dictionaries of streams say that are no drawings: fonts, tables, profiles, functions, attached files.
_NO_DRAWING = re.compile(
    rb"/Type\s*/(?!XObject)|/Subtype\s*/(?!Form)|/Length[123]\b|/(?:N|FunctionType|ShadingType|Alternate)\b"
)
_PATH = re.compile(rb"[\d.]\s+(?:m|re)\b")
_BEGINNING = 1000


def read(content: bytes, sha256: str) -> Reading:
    """Return what a PDF says. Raises `Refused`: `scan` when it is pictures, `password`, `damaged`, `bomb`, `too_slow`."""
    _measure(content)
    with cpu_budget(CPU_SECONDS):
        return _read(content, sha256)


def _read(content: bytes, sha256: str) -> Reading:
    whole = _Whole()
    for page in _pages(content):
        whole.take(page)
    if whole.empty:
        raise Refused("empty")
    if whole.scanned:
        raise Refused("scan")
    # Pages that are pictures may hold the form, when the others do not.
    reason = "scan" if whole.pictures else ""
    return Reading(sha256, "read", reader="pdf", reason=reason, blocks=tuple(blocks(whole.sheets())))


@dataclass(slots=True)
class _Whole:
    """What the pages say together."""

    pages: list[Seen] = field(default_factory=list)
    letters: int = 0
    unknown: int = 0
    # Letters on pages that are not pictures, and how many pages are.
    told: int = 0
    pictures: int = 0
    drawn: bool = False

    def take(self, page: Seen) -> None:
        letters = sum(bool(glyph.text.strip()) for glyph in page.glyphs)
        letters += len(page.turned)
        self.letters += letters
        self.unknown += page.unknown
        self.drawn = self.drawn or page.drawn
        if page.pictured >= PICTURED and letters < STAMP:
            self.pictures += 1
        else:
            self.told += letters
        if self.letters > MAX_LETTERS * 2:
            raise Refused("bomb")
        self.pages.append(page)

    def sheets(self) -> list[Sheet]:
        """Return the pages with what they hold in its order."""
        found = [levels(page.glyphs) for page in self.pages]
        told, usual = any(map(by_cells, found)), pitch(found)
        ahead = [next((level.starts for level in page if len(level.pieces) > 1), []) for page in found[1:]]
        out: list[Sheet] = []
        for number, (page, starts) in enumerate(zip(self.pages, [*ahead, []], strict=True), start=1):
            around = Around(out[-1].columns if out else (), tuple(starts), usual, told)
            out.append(sheet(page, number, around))
        return out

    @property
    def empty(self) -> bool:
        return not self.letters and not self.unknown and not self.drawn

    @property
    def scanned(self) -> bool:
        """Whether what matters is in pictures, or in letters nobody can tell the characters of."""
        return not self.letters or self.unknown > self.letters or (self.pictures > 0 and self.told < STAMP)


def _pages(content: bytes) -> Iterator[Seen]:
    """Yield what the pages show; raise `Refused` for a locked, broken or overloaded file."""
    for page, fields in _opened(content):
        shapes = sum(len(found) for kind, found in page.objects.items() if kind != "char")
        if len(page.chars) > MAX_LETTERS or shapes > MAX_SHAPES:
            raise Refused("bomb")
        yield seen(page, fields)


def _opened(content: bytes) -> Iterator[tuple[Any, list[Glyph]]]:
    """Yield pdfplumber's pages with what was typed on them."""
    try:
        with pdfplumber.open(io.BytesIO(content), pages=list(range(1, MAX_PAGES + 1))) as pdf:
            for page in pdf.pages:
                # Everything the library has to work out is worked out here, where its errors are understood.
                fields = list(typed(page)) if page.objects is not None else []
                yield page, fields
                page.close()
    except (MemoryError, RecursionError):
        raise
    except PdfminerException as error:
        cause = error.args[0] if error.args else None
        raise Refused("password" if isinstance(cause, PDFPasswordIncorrect) else "damaged") from error
    except Exception as error:
        # pdfminer trusts a file's structure: what is broken makes it raise anything.
        raise Refused("damaged") from error


def _measure(content: bytes) -> None:
    """Raise `Refused` for a file whose streams unpack to more than any text needs, or draw more than any form."""
    total = 0
    for match in _STREAM.finditer(content):
        head = content[max(0, match.start() - 600) : match.start()].rpartition(b" obj")[2]
        if re.search(rb"/Subtype\s*/Image", head):
            continue
        if b"FlateDecode" in head or b"/Fl" in head:
            pieces = _unpacked(content, match.end(), MAX_STREAM)
        elif b"/Filter" not in head:
            end = content.find(b"endstream", match.end())
            pieces = iter([content[match.end() : end if end >= 0 else len(content)]])
        else:
            continue
        total += _measured(pieces, drawing=_NO_DRAWING.search(head) is None)
        if total > MAX_STREAMS:
            raise Refused("bomb")


def _measured(pieces: Iterator[bytes], *, drawing: bool) -> int:
    """Return the size of a stream; raise `Refused` when it is too big, or draws too much for the budget of time.

    `drawing`: by its dictionary it may be what a page shows. Fonts and maps of characters may lack what tells them apart,
    and are told by how they begin.
    """
    size = paths = 0
    for piece in pieces:
        if not size and drawing:
            start = piece[:_BEGINNING]
            drawing = b"\0" not in start and b"begincmap" not in start
        size += len(piece)
        if drawing and size <= MAX_DRAWING:
            paths += sum(1 for _ in _PATH.finditer(piece))
        if size > (MAX_DRAWING if drawing else MAX_STREAM) or paths > MAX_PATHS:
            raise Refused("bomb")
    return size


def _unpacked(content: bytes, start: int, limit: int) -> Iterator[bytes]:
    """Yield what a deflated stream unpacks to, piece by piece, until it is longer than the limit."""
    unpack = zlib.decompressobj()
    size, at = 0, start
    try:
        pending = b""
        while size <= limit and not unpack.eof:
            data = pending or content[at : at + _CHUNK]
            if not data:
                break
            at += 0 if pending else len(data)
            piece = unpack.decompress(data, _CHUNK)
            size += len(piece)
            yield piece
            pending = unpack.unconsumed_tail
    except zlib.error:
        pass

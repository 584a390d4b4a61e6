"""Letters side by side on one level, in the pieces that columns part, and in which order they were written.

Programs write a table cell by cell: all lines of a label, then all lines of its answer. Where a page shows that it was
written so, the order tells rows apart without any line between them.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from intake.readers.pdf_lines import NEW_LINE, Glyph

# Of the letters' size: no blank in a text is as wide, not even a stretched one.
GAP = 0.9
# Of the letters' size: what is wider and has no blank in it, or was not written in one go, parts two cells.
TIGHT = 0.45
# Of the letters' size: a blank so far from the words on both sides was stretched to fill its line.
STRETCHED = 0.2
# Starts of one column differ by less, in points.
ALIGNED = 2.0


@dataclass(frozen=True, slots=True)
class Piece:
    """What stands together on a level. `first` and `last` say when it was written; -1 when nothing tells."""

    glyphs: tuple[Glyph, ...]
    x0: float
    x1: float
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Level:
    """Letters on one level, in pieces that wide gaps part."""

    pieces: tuple[Piece, ...]
    base: float
    size: float

    @property
    def starts(self) -> list[float]:
        """Where its pieces begin."""
        return [piece.x0 for piece in self.pieces]

    @property
    def first(self) -> int:
        """When the first of it was written."""
        return min((piece.first for piece in self.pieces if piece.first >= 0), default=-1)

    @property
    def last(self) -> int:
        """When the last of it was written."""
        return max(piece.last for piece in self.pieces)


def levels(glyphs: Sequence[Glyph]) -> list[Level]:
    """Return the levels that glyphs stand on, from the top; a level of blanks is none."""
    spaced = any(glyph.text.isspace() for glyph in glyphs)
    found: list[list[Glyph]] = []
    for glyph in sorted(glyphs, key=lambda glyph: (glyph.base, glyph.x0)):
        if found and glyph.base - found[-1][0].base <= NEW_LINE * max(found[-1][0].size, 1.0):
            found[-1].append(glyph)
        else:
            found.append([glyph])
    rows = (sorted(row, key=lambda glyph: glyph.x0) for row in found)
    return [_level(row, spaced=spaced) for row in rows if any(glyph.text.strip() for glyph in row)]


def _level(row: Sequence[Glyph], *, spaced: bool) -> Level:
    """Return the pieces of one level; blanks between two pieces are in neither."""
    pieces: list[list[Glyph]] = []
    blanks: list[Glyph] = []
    for glyph in row:
        if glyph.text.isspace():
            blanks.append(glyph)
            continue
        if not pieces or _parts(pieces[-1][-1], glyph, blanks, spaced=spaced):
            pieces.append([glyph])
        else:
            pieces[-1] += [*blanks, glyph]
        blanks = []
    told = (_piece(piece) for piece in pieces if any(glyph.text for glyph in piece))
    return Level(tuple(told), row[0].base, max(glyph.size for glyph in row))


def _piece(glyphs: Sequence[Glyph]) -> Piece:
    order = [glyph.at for glyph in glyphs if glyph.at >= 0]
    x1 = max(glyph.x1 for glyph in glyphs)
    return Piece(tuple(glyphs), glyphs[0].x0, x1, min(order, default=-1), max(order, default=-1))


def _parts(before: Glyph, after: Glyph, blanks: Sequence[Glyph], *, spaced: bool) -> bool:
    """Return whether a gap on a level parts two cells."""
    gap, size = after.x0 - before.x1, max(before.size, after.size)
    if gap <= TIGHT * size or unicodedata.combining(before.text[-1:] or " "):
        return False
    between = {glyph.at for glyph in blanks}
    in_one_go = before.at >= 0 and set(range(before.at + 1, after.at)) <= between
    if gap > GAP * size:
        return not (in_one_go and after.at > before.at and _stretched(before, after, blanks))
    if min(before.at, after.at) < 0:
        return spaced and not blanks
    return spaced and before.at < after.at and not (in_one_go and blanks)


def _stretched(before: Glyph, after: Glyph, blanks: Sequence[Glyph]) -> bool:
    """Return whether the blanks in a gap stand free in it, as in a text set to the width of its column."""
    return (
        bool(blanks)
        and blanks[0].x0 - before.x1 > STRETCHED * before.size
        and after.x0 - blanks[-1].x1 > STRETCHED * after.size
    )


def by_cells(found: Sequence[Level]) -> bool:
    """Return whether a page was written cell by cell: a lower line before what stands beside the line above it."""
    return any(
        0 <= left.last < lower.first and lower.last < right.first and lower.x0 < right.x0
        for above, below in pairwise(found)
        for left, right in pairwise(above.pieces)
        for lower in below.pieces
    )


def pitch(pages: Iterable[Sequence[Level]]) -> float | None:
    """Return how far lines of one paragraph are from each other, by those that go on with a small letter."""
    return min(
        (
            below.base - above.base
            for page in pages
            for above, below in pairwise(page)
            if len(above.pieces) == len(below.pieces) == 1
            and abs(above.pieces[0].x0 - below.pieces[0].x0) <= ALIGNED
            and above.size == below.size
            and below.pieces[0].glyphs[0].text.islower()
        ),
        default=None,
    )

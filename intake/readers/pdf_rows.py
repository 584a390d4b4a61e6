"""Rows of a table without any lines: a row ends where text does not go on, or where the program that wrote it turned.

Geometry and the order of writing; the few rules of language are those of how a label or an answer may go on.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from intake.readers.pdf_levels import Level
from intake.readers.pdf_lines import Glyph, Line, lines
from intake.readers.pdf_paragraphs import goes_on

# Half of the usual space between the texts of two columns, in points.
PADDING = 5.4
# A letter begins a little after the place where its line begins, in points.
BEARING = 2.0
# So many columns make a row of a register, not a heading, a label and an answer.
KEYED = 4
# Rows stand apart when they are so much farther from each other than the lines of one cell, in points.
SPACED = 1.5
_NUMBER = re.compile(r"(?:№\s*)?\d{1,3}(?:\.\d{1,2})*[.)]?")
_TELEPHONE = re.compile(r"[+(\d][\d\s()/,;+-]{5,}")


@dataclass(frozen=True, slots=True)
class Step:
    """A level with its lines by column. `first` and `last`: the columns that were written first and last on it."""

    level: Level
    here: Mapping[int, Line]
    first: int
    last: int
    # Whether it is one line that reaches over the first column.
    wide: bool


@dataclass(slots=True)
class _Row:
    """A row while it is gathered: the line that stands lowest in each column so far."""

    steps: list[Step]
    lowest: dict[int, Line] = field(default_factory=dict)

    def add(self, step: Step) -> None:
        self.steps.append(step)
        self.lowest |= step.here

    @property
    def first(self) -> int:
        """When the first of it was written."""
        return min(step.level.first for step in self.steps)

    @property
    def last(self) -> tuple[int, int]:
        """When the last of it was written, and in which column."""
        return max((step.level.last, step.last) for step in self.steps)


def rows(
    found: Sequence[tuple[Level, Sequence[int]]],
    sides: Sequence[float],
    page: int,
    *,
    told: bool,
    usual: float | None = None,
) -> tuple[tuple[tuple[Line, ...], ...], ...]:
    """Return the lines of each cell, row by row, of levels with the columns their pieces stand in.

    `sides` are those of the columns; `told`: the page was written cell by cell; `usual`: how far the file's lines are from
    each other.
    """
    steps = [_step(level, columns, sides, page) for level, columns in found]
    pitch = _row_pitch(steps, usual, told=told)
    out: list[_Row] = []
    for step in steps:
        if out and _belongs(step, out, sides, pitch, told=told):
            out[-1].add(step)
        else:
            row = _Row([])
            row.add(step)
            out.append(row)
    return tuple(_cells(row, len(sides) - 1, page) for row in out)


def _step(level: Level, columns: Sequence[int], sides: Sequence[float], page: int) -> Step:
    here = {at: lines(piece.glyphs, page)[0] for at, piece in zip(columns, level.pieces, strict=True)}
    order = sorted((piece.first, at) for at, piece in zip(columns, level.pieces, strict=True))
    wide = len(sides) > 2 and set(here) == {0} and here[0].x1 > sides[1] + PADDING - BEARING
    return Step(level, here, order[0][1], order[-1][1], wide)


def _row_pitch(steps: Sequence[Step], usual: float | None, *, told: bool) -> float | None:
    """Return the distance from which on a lower line is of another row, when rows stand apart at all.

    `usual`: how far lines of one paragraph are from each other in the file.
    """
    inside = [usual] if usual is not None else []
    between: list[float] = []
    for above, below in pairwise(steps):
        distance = below.level.base - above.level.base
        if told and 0 <= below.level.first < above.level.last:
            if above.here.keys() & below.here.keys():
                inside.append(distance)
        elif (told and below.first < above.last) or (not told and 0 in below.here and len(below.here) > 1):
            between.append(distance)
    if not inside or not between or min(between) <= min(inside) + SPACED:
        return None
    return min(inside) + SPACED


def _belongs(
    step: Step, out: Sequence[_Row], sides: Sequence[float], pitch: float | None, *, told: bool
) -> bool:
    """Return whether a level is part of the row above it."""
    row = out[-1]
    before = row.steps[-1]
    if told and step.level.first >= 0 and row.last[0] >= 0:
        if row.first < step.level.first < row.last[0]:
            return True
        if pitch is None and (step.wide or before.wide):
            return False
        return _written_on(step, row, sides, pitch)
    if pitch is not None and 0 in step.here:
        near = step.level.base - before.level.base < pitch
        if near or len(step.here) == 1:
            return near or no_beginning(step.here[0])
    if step.wide:
        return False
    above = {} if before.wide else before.here
    return _keyed(out, step) or _is_rest(step.here, above, set(row.lowest), sides)


def _written_on(step: Step, row: _Row, sides: Sequence[float], pitch: float | None) -> bool:
    """Return whether the cell that was written last goes on here, on a page that was written cell by cell."""
    column = row.last[1]
    if step.first != column:
        # Back to a column before is a new row; what stands alone and lower beside a label may still be its answer.
        return step.first > column and len(step.here) == 1
    if column == len(sides) - 2 and column > 0:
        return True
    line, below = row.lowest[column], step.here[column]
    if pitch is not None:
        return step.level.base - row.steps[-1].level.base < pitch or no_beginning(below)
    # What is set to the right begins as far from the left side as there is room.
    indent = max(0.0, line.x0 - sides[column] - PADDING)
    return label_goes_on(line, below, sides[column + 1] + indent)


def _keyed(out: Sequence[_Row], step: Step) -> bool:
    """Return whether the row above, one of a register, begins with a number or name, so that what has none is its rest.

    Unless a second address comes: then the rows are of two people, and only one of them has a number.
    """
    first = out[-1].steps[0]
    if 0 in step.here or len(out) < 2 or len(first.here) < KEYED or 0 not in first.here:
        return False
    addresses = {at for above in out[-1].steps for at, line in above.here.items() if "@" in line.text}
    return not any("@" in line.text and at in addresses for at, line in step.here.items())


def _is_rest(
    here: Mapping[int, Line], above: Mapping[int, Line], present: set[int], sides: Sequence[float]
) -> bool:
    """Return whether a level is the rest of the row above it, which has text in the columns `present` so far.

    Of two columns the first one tells, since an answer may have paragraphs; of more, each piece must go on.
    """
    last = len(sides) - 2
    if last == 1 or set(here) == {last}:
        others = 1 in here and 1 in above and another_kind(above[1].text, here[1].text)
        return 0 not in here or (0 in above and not others and label_goes_on(above[0], here[0], sides[1]))
    if 0 in here and _NUMBER.fullmatch(here[0].text):
        return False
    if 0 not in here and (1 not in here or no_beginning(here[1])):
        return True
    ends = {at: sides[min((other for other in present if other > at), default=last + 1)] for at in here}
    return all(
        at in above
        and not another_kind(above[at].text, line.text)
        # A cell over several columns ends where the next one with text begins.
        and goes_on(above[at], line, ends[at] - PADDING - BEARING)
        for at, line in here.items()
    )


def another_kind(text: str, below: str) -> bool:
    """Return whether two lines cannot be one answer: a telephone and words, words or an address and an address."""
    letters = [any(char.isalpha() for char in one) for one in (text, below)]
    digits = any(char.isdigit() for char in text)
    if _TELEPHONE.fullmatch(text) and letters[1]:
        return True
    if _TELEPHONE.fullmatch(below) and letters[0] and not digits:
        return True
    return "@" in below or ("@" in text and not below.isascii())


def label_goes_on(line: Line, below: Line, side: float) -> bool:
    """Return whether a label goes on in the next line; a capital begins another."""
    if no_beginning(below):
        return True
    if line.turns:
        return goes_on(line, below, side - PADDING - BEARING)
    shouted = line.text.isupper() and below.text.isupper()
    if below.text[0].isupper() and not shouted and not line.text.endswith(("-", "/", "–")):
        return False
    return goes_on(line, below, side - PADDING - BEARING)


def no_beginning(line: Line) -> bool:
    """Return whether no question begins so: with a small letter, or with an explanation."""
    return line.text[0].islower() or line.text[0] == "("


def _cells(row: _Row, count: int, page: int) -> tuple[tuple[Line, ...], ...]:
    cells: list[list[Glyph]] = [[] for _ in range(count)]
    for step in row.steps:
        for at, piece in zip(step.here, step.level.pieces, strict=True):
            cells[at] += piece.glyphs
    return tuple(tuple(lines(cell, page)) for cell in cells)

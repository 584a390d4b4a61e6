"""From what a page shows to lines and tables in their order: letters go to the smallest cell around them.

It decides by where things stand, never by what they say.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from intake.readers.pdf_columns import Around, Columned, columned
from intake.readers.pdf_lines import Glyph, Line, lines
from intake.readers.pdf_page import Seen
from intake.readers.pdf_paragraphs import paragraphs
from intake.readers.pdf_rows import PADDING
from intake.readers.pdf_ruling import SNAP, Area, Ruled, tables
from rules.table import Cell, Para, Table

# Sides of one column differ by less, in points.
SAME = 6.0
# Of the size of the letters: nearer ones are of one word, in whatever cells they are.
RUN_ON = 0.08
# Nor nearer to the next column.
NEAREST = 6.5
# No text keeps farther from the side of its cell, in points.
WIDEST = 7.5
# An empty column narrower than this is the space between two borders.
SLIVER = 14.0


@dataclass(slots=True)
class Slot:
    """A cell of a row while it is filled: its sides and what is in it, from the top."""

    x0: float
    x1: float
    content: "list[Line | Grid]" = field(default_factory=list)
    continued: bool = False
    # By how much farther from its side its text turns than usual, where nothing but text shows its side.
    inset: float = 0.0

    @property
    def edge(self) -> float:
        """Where text turns in this cell."""
        starts = [item.x0 for item in self.content if isinstance(item, Line)]
        inner = min(PADDING * 2, max(0.5, min(starts) - self.x0)) if starts else PADDING
        return self.x1 - (inner if inner <= WIDEST else PADDING) - self.inset

    @property
    def empty(self) -> bool:
        """Whether nothing is in it."""
        return not self.content


@dataclass(slots=True)
class Grid:
    """A table while its rows are gathered. `open`: no line is around it, and its right side is where its text ends."""

    area: Area
    rows: list[list[Slot]]
    open: bool = False


@dataclass(slots=True)
class Sheet:
    """One page: lines and tables from the top. `edge` is where its own text turns."""

    number: int
    height: float
    content: list[Line | Grid]
    edge: float

    @property
    def columns(self) -> tuple[float, ...]:
        """Where the columns begin of its last table without lines."""
        grids = [item for item in self.content if isinstance(item, Grid)]
        return tuple(slot.x0 + PADDING for slot in grids[-1].rows[-1]) if grids and grids[-1].open else ()


def sheet(page: Seen, number: int, around: Around) -> Sheet:
    """Return a page with its letters in their cells; tables may go on from the pages `around` it."""
    ruled = tables(page.level, page.plumb)
    cells = sorted((cell for table in ruled for cell in table.cells), key=lambda cell: cell.size)
    held = _at_home(page.glyphs, cells)
    sideways: dict[Area | None, list[Glyph]] = {}
    for middle, glyph in page.turned:
        sideways.setdefault(_smallest(cells, middle), []).append(glyph)
    inside = _nesting(ruled)

    def grid(table: Ruled) -> Grid:
        levels = _merged(side for cell in table.cells for side in (cell.top, cell.bottom))
        rows = []
        for top, bottom in pairwise(levels):
            middle = (top + bottom) / 2
            row = []
            for cell in sorted(cell for cell in table.cells if cell.top <= middle <= cell.bottom):
                slot = Slot(cell.x0, cell.x1, continued=cell.top < top - SAME * 0.7)
                if not slot.continued:
                    found: list[Line | Grid] = [*lines(held.get(cell, ()), number)]
                    found += lines(sideways.get(cell, ()), number)
                    found += [grid(inner) for inner in inside.get(cell, ())]
                    slot.content = sorted(found, key=height_of) if cell in inside else found
                row.append(slot)
            rows.append(row)
        return _without_slivers(rows, table.area)

    columns, rest = columned(held.get(None, ()), number, around)
    free = lines(rest, number, columns=True)
    content: list[Line | Grid] = [*free, *lines(sideways.get(None, ()), number), *map(_gathered, columns)]
    content += [grid(table) for table in inside.get(None, ())]
    content.sort(key=height_of)
    starts = [line.x0 for line in free]
    edge = max([line.x1 for line in free] + [page.width - min(starts)]) if starts else page.width
    return Sheet(number, page.height, content, edge)


def _gathered(table: Columned) -> Grid:
    inset = _inset(table)
    rows = [
        [
            Slot(left, right, list(cell), inset=inset if right < table.sides[-1] else 0.0)
            for (left, right), cell in zip(pairwise(table.sides), row, strict=True)
        ]
        for row in table.rows
    ]
    return Grid(table.area, rows, open=True)


def _inset(table: Columned) -> float:
    """Return by how much more than usual the texts of two columns keep apart: no line comes nearer to the next column."""
    nearest = min(
        (
            right + PADDING - line.x1
            for row in table.rows
            for (_, right), (cell, beside) in zip(pairwise(table.sides), pairwise(row), strict=False)
            for line in cell
            if beside
        ),
        default=PADDING * 2,
    )
    return nearest - PADDING * 2 if NEAREST <= nearest <= WIDEST * 2 else 0.0


def _at_home(glyphs: Iterable[Glyph], cells: Sequence[Area]) -> dict[Area | None, list[Glyph]]:
    """Return what is in each cell, of cells from the smallest up; what is in none stands under None."""
    out: dict[Area | None, list[Glyph]] = {}
    before: Glyph | None = None
    home: Area | None = None
    for glyph in glyphs:
        # A word too long for its cell runs over the border, and belongs where it began.
        runs_on = (
            before is not None
            and home is not None
            and glyph.base == before.base
            and -before.size < glyph.x0 - before.x1 < RUN_ON * glyph.size
            and not (glyph.text.isspace() or before.text.isspace())
        )
        if not runs_on:
            home = _smallest(cells, glyph.middle)
        out.setdefault(home, []).append(glyph)
        before = glyph
    return out


def _smallest(cells: Iterable[Area], middle: tuple[float, float]) -> Area | None:
    return next((cell for cell in cells if cell.holds(*middle)), None)


def height_of(item: Line | Grid) -> float:
    """Return how far from the top of its page something begins."""
    return item.base - item.size if isinstance(item, Line) else item.area.top


def _without_slivers(rows: list[list[Slot]], area: Area) -> Grid:
    """Return the table without the narrow empty columns between its border and that of a table inside."""
    sides = _merged(side for row in rows for slot in row for side in (slot.x0, slot.x1))
    wide = {
        at
        for at, (left, right) in enumerate(pairwise(sides))
        if right - left >= SLIVER
        or any(
            not slot.empty and slot.x1 - slot.x0 < SLIVER and slot.x0 < right and left < slot.x1
            for row in rows
            for slot in row
        )
    }
    if len(wide) == len(sides) - 1 or not wide:
        return Grid(area, rows)
    kept = [
        [
            slot
            for slot in row
            if any(slot.x0 - SNAP <= sides[at] and sides[at + 1] <= slot.x1 + SNAP for at in wide)
        ]
        for row in rows
    ]
    found = [slot for row in kept for slot in row]
    if not found:
        return Grid(area, rows)
    left, right = min(slot.x0 for slot in found), max(slot.x1 for slot in found)
    return Grid(Area(left, area.top, right, area.bottom), [row for row in kept if row])


def _nesting(ruled: Sequence[Ruled]) -> dict[Area | None, list[Ruled]]:
    """Return the tables inside each cell; those inside none stand under None."""
    out: dict[Area | None, list[Ruled]] = {}
    for table in ruled:
        around = [
            cell
            for other in ruled
            if other is not table
            for cell in other.cells
            if cell.contains(table.area) and cell.size > table.area.size
        ]
        out.setdefault(min(around, key=lambda cell: cell.size, default=None), []).append(table)
    return out


def _merged(sides: Iterator[float]) -> list[float]:
    """Return the distinct places of sides, those that nearly agree as one."""
    out: list[float] = []
    for side in sorted(sides):
        if not out or side - out[-1] > SAME * 0.7:
            out.append(side)
    return out


def with_paragraphs(content: Sequence[Line | Grid], edge: float, where: str = "") -> Iterator[Para | Grid]:
    """Yield the content of a cell, or of the pages when no table is named, with its lines made into paragraphs."""
    waiting: list[Line] = []
    for item in content:
        if isinstance(item, Line):
            waiting.append(item)
            continue
        yield from paragraphs(waiting, edge, where or _where(waiting), cell=bool(where))
        waiting = []
        yield item
    yield from paragraphs(waiting, edge, where or _where(waiting), cell=bool(where))


def _where(waiting: Sequence[Line]) -> str:
    return f"page {waiting[0].page}" if waiting else ""


def table_of(grid: Grid, where: str) -> Table:
    """Return a gathered table as a block; a cell spans the columns its sides span."""
    sides = _merged(side for row in grid.rows for slot in row for side in (slot.x0, slot.x1))

    def column(side: float) -> int:
        return min(range(len(sides)), key=lambda at: abs(sides[at] - side))

    rows = []
    for row in _spanned(grid.rows) if grid.open else grid.rows:
        cells: list[Cell] = []
        at = 0
        for slot in row:
            start, end = column(slot.x0), column(slot.x1)
            if start > at:
                cells.append(Cell((), start - at))
            inner = tuple(
                table_of(item, where) if isinstance(item, Grid) else item
                for item in with_paragraphs(slot.content, slot.edge, where)
            )
            cells.append(Cell(inner, max(1, end - start), slot.continued))
            at = max(end, start + 1)
        rows.append(tuple(cells))
    return Table(tuple(rows), where)


def _spanned(rows: Sequence[list[Slot]]) -> list[list[Slot]]:
    """Return the rows of a table without lines, with cells over several columns where most rows leave the others empty.

    A label and an answer with nothing between them are neighbours, and nothing stands after the answer; but a row of a
    register may lack an answer.
    """
    filled = [[*(at for at, slot in enumerate(row) if not slot.empty), len(row)] for row in rows]
    used = Counter(pair for row in filled for pair in pairwise(row))

    def over(left: int, right: int, end: int) -> bool:
        others = sum(
            left in row and (right == end or right in row) and any(left < at < right for at in row)
            for row in filled
        )
        return used[left, right] > others and (left > 0 or right < end)

    out = []
    for row, columns in zip(rows, filled, strict=True):
        gone = {
            at
            for left, right in pairwise(columns)
            if over(left, right, len(row))
            for at in range(left + 1, right)
        }
        kept = [slot for at, slot in enumerate(row) if at not in gone]
        ends = [*(slot.x0 for slot in kept[1:]), row[-1].x1]
        out.append([replace(slot, x1=end) for slot, end in zip(kept, ends, strict=True)])
    return out

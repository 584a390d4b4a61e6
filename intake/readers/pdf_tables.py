"""From what a page shows to blocks: letters go to the smallest cell around them, tables go on over the page's end.

It decides by where things stand, never by what they say.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from intake.readers.pdf_lines import Glyph, Line, goes_on, lines, paragraphs
from intake.readers.pdf_page import Seen
from intake.readers.pdf_ruling import SNAP, Area, Ruled, tables
from rules.table import Block, Cell, Para, Table

# Of the page's height: headers and footers stand no farther from its edges.
MARGIN = 0.13
# Sides of one column differ by less, in points.
SAME = 6.0
# The usual space between a cell's border and its text, in points.
PADDING = 5.4
# An empty column narrower than this is the space between two borders.
SLIVER = 14.0
# A shorter sentence may be a label, in letters.
SENTENCE = 30
_NEXT_ITEM = re.compile(r"(?:[2-9]|\d\d)[.)]\s")
_PAGE_NUMBER = re.compile(
    r"[\s–—-]*(?:(?:стор(?:інка|\.)?|арк\.?|с\.|page|стр\.?)\s*)?\d{1,3}(?:\s*(?:з|із|/|of|от)\s*\d{1,3})?[\s–—.-]*",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Slot:
    """A cell of a row while it is filled: its sides and what is in it, from the top."""

    x0: float
    x1: float
    content: "list[Line | Grid]" = field(default_factory=list)
    continued: bool = False

    @property
    def edge(self) -> float:
        """Where text turns in this cell."""
        starts = [item.x0 for item in self.content if isinstance(item, Line)]
        inner = min(PADDING * 2, max(0.5, min(starts) - self.x0)) if starts else PADDING
        return self.x1 - min(inner, PADDING)

    @property
    def empty(self) -> bool:
        """Whether nothing is in it."""
        return not self.content


@dataclass(slots=True)
class Grid:
    """A table while its rows are gathered."""

    area: Area
    rows: list[list[Slot]]


@dataclass(slots=True)
class Sheet:
    """One page: lines and tables from the top. `edge` is where its own text turns."""

    number: int
    height: float
    content: list[Line | Grid]
    edge: float


def sheet(page: Seen, number: int) -> Sheet:
    """Return a page with its letters in their cells."""
    ruled = tables(page.level, page.plumb)
    cells = sorted((cell for table in ruled for cell in table.cells), key=lambda cell: cell.size)
    held: dict[Area | None, list[Glyph]] = {}
    home: Area | None = None
    for glyph in page.glyphs:
        middle = glyph.middle
        # Neighbours in the file are neighbours on the page; only a smaller cell inside could be nearer.
        home = next((cell for cell in cells if cell.holds(*middle)), None)
        held.setdefault(home, []).append(glyph)
    sideways: dict[Area | None, list[Glyph]] = {}
    for middle, glyph in page.turned:
        home = next((cell for cell in cells if cell.holds(*middle)), None)
        sideways.setdefault(home, []).append(glyph)
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
                    slot.content = sorted(found, key=_height) if cell in inside else found
                row.append(slot)
            rows.append(row)
        return _without_slivers(rows, table.area)

    free = lines(held.get(None, ()), number, columns=True)
    content: list[Line | Grid] = [*free, *lines(sideways.get(None, ()), number)]
    content += [grid(table) for table in inside.get(None, ())]
    content.sort(key=_height)
    starts = [line.x0 for line in free]
    edge = max([line.x1 for line in free] + [page.width - min(starts)]) if starts else page.width
    return Sheet(number, page.height, content, edge)


def blocks(sheets: Sequence[Sheet]) -> Iterator[Block]:
    """Yield what the pages say, without what is repeated on each of them."""
    repeated = _repeated(sheets)
    flow: list[Line | Grid] = []
    for page in sheets:
        content = [
            item for item in page.content if not _in_margin(item, page) or not _is_margin(item, repeated)
        ]
        if (
            flow
            and content
            and isinstance(flow[-1], Grid)
            and isinstance(content[0], Grid)
            and _same(flow[-1], content[0])
        ):
            _continue(flow[-1], content[0])
            content = content[1:]
        flow += content
    edge = max((page.edge for page in sheets), default=0.0)
    count = 0
    for item in _with_paragraphs(flow, edge):
        if isinstance(item, Grid):
            count += 1
            yield _table(item, f"table {count}")
        else:
            yield item


def _height(item: Line | Grid) -> float:
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


def _with_paragraphs(content: Sequence[Line | Grid], edge: float, where: str = "") -> Iterator[Para | Grid]:
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


def _table(grid: Grid, where: str) -> Table:
    sides = _merged(side for row in grid.rows for slot in row for side in (slot.x0, slot.x1))

    def column(side: float) -> int:
        return min(range(len(sides)), key=lambda at: abs(sides[at] - side))

    rows = []
    for row in grid.rows:
        cells: list[Cell] = []
        at = 0
        for slot in row:
            start, end = column(slot.x0), column(slot.x1)
            if start > at:
                cells.append(Cell((), start - at))
            inner = tuple(
                _table(item, where) if isinstance(item, Grid) else item
                for item in _with_paragraphs(slot.content, slot.edge, where)
            )
            cells.append(Cell(inner, max(1, end - start), slot.continued))
            at = max(end, start + 1)
        rows.append(tuple(cells))
    return Table(tuple(rows), where)


# --- from page to page ---------------------------------------------------------------------------------------------


def _in_margin(item: Line | Grid, page: Sheet) -> bool:
    top = _height(item)
    return isinstance(item, Line) and (top < MARGIN * page.height or top > (1 - MARGIN) * page.height)


def _is_margin(item: Line | Grid, repeated: frozenset[str]) -> bool:
    return isinstance(item, Line) and (
        _shape(item) in repeated or _PAGE_NUMBER.fullmatch(item.text) is not None
    )


def _repeated(sheets: Sequence[Sheet]) -> frozenset[str]:
    """Return the lines that stand in the margin of several pages."""
    seen: dict[str, set[int]] = {}
    for page in sheets:
        for item in page.content:
            if isinstance(item, Line) and _in_margin(item, page):
                seen.setdefault(_shape(item), set()).add(page.number)
    return frozenset(shape for shape, pages in seen.items() if len(pages) > 1)


def _shape(line: Line) -> str:
    """Return a line without what changes from page to page: its numbers."""
    return f"{round(line.base / 4)} {re.sub(r'[0-9]+', '#', line.text)}"


def _same(upper: Grid, lower: Grid) -> bool:
    return abs(upper.area.x0 - lower.area.x0) < SAME and abs(upper.area.x1 - lower.area.x1) < SAME


def _continue(upper: Grid, lower: Grid) -> None:
    """Add the rows of a table's part on the next page; its first row may be the rest of the last one."""
    inner = [slot.content[-1] for slot in upper.rows[-1] if not slot.empty]
    if len(inner) == 1 and isinstance(inner[0], Grid) and inner[0].rows and len(lower.rows[0]) > 1:
        # The frame around the table ends with the page, the table in it does not.
        _continue(inner[0], lower)
        return
    last, first = upper.rows[-1], lower.rows[0]
    rows = lower.rows
    if (
        len(last) == len(first)
        and all(_same_sides(a, b) for a, b in zip(last, first, strict=True))
        and _is_rest(last, first)
    ):
        for above, below in zip(last, first, strict=True):
            above.content += below.content
        rows = rows[1:]
    upper.rows += rows


def _same_sides(one: Slot, other: Slot) -> bool:
    return abs(one.x0 - other.x0) < SAME and abs(one.x1 - other.x1) < SAME


def _is_rest(last: Sequence[Slot], first: Sequence[Slot]) -> bool:
    """Return whether a row at the top of a page is what did not fit on the page before."""
    filled = [at for at, slot in enumerate(first) if not slot.empty]
    if not filled:
        return True
    carried = [_carries_on(last[at], first[at]) for at in filled]
    if filled[0] == 0:
        start = first[0].content[0]
        if not isinstance(start, Line) or last[0].empty:
            return False
        alone = len(filled) == 1
        return (start.text[0].islower() and (carried[-1] or alone)) or (alone and _is_sentence(first[0]))
    # Below a label there is nothing but the rest of its answer; below a heading at the side there are labels.
    return (len(filled) == 1 and filled[0] == len(first) - 1) or all(carried)


def _is_sentence(slot: Slot) -> bool:
    """Return whether a cell begins with a sentence, as answers do and labels do not."""
    start = next(_with_paragraphs(slot.content, slot.edge))
    return isinstance(start, Para) and len(start.text) >= SENTENCE and start.text.endswith((".", ";"))


def _carries_on(above: Slot, below: Slot) -> bool:
    if above.empty:
        return False
    line, rest = above.content[-1], below.content[0]
    if not isinstance(line, Line) or not isinstance(rest, Line):
        return False
    return goes_on(line, rest, above.edge) or _NEXT_ITEM.match(rest.text) is not None

"""One page of a scan as blocks: its tables, the text in their cells and between them, in the order it is read."""

import itertools
from collections.abc import Iterator, Sequence

from intake.readers import ocr_bend, ocr_boxes, ocr_cells, ocr_columns, ocr_page, ocr_text
from intake.readers.ocr_cells import Box, RuledCell, RuledTable
from intake.readers.ocr_tesseract import Gray, Word
from rules.table import Block, Cell, Para, Table

# Of a page's width: a wider cell is a frame around the form.
FRAME = 0.7

Line = list[Word]


def blocks(picture: Gray, where: str, until: float) -> list[Block]:
    """Return what a picture of one page says; `where` names it. `until` is the end of the time allowed.

    Raises `Refused` as `ocr_tesseract` does.
    """
    page = ocr_page.flat(picture, until)
    level, plumb = ocr_cells.rules(page)
    straightened = ocr_bend.straight(page, level)
    if straightened is not None:
        page = straightened
        level, plumb = ocr_cells.rules(page)
    tables = ocr_cells.tables(level, plumb)
    ocr_cells.erase(page, level, plumb, tables)
    ticks = ocr_boxes.take_out(page)
    whole = Box(0, 0, page.shape[1], page.shape[0])
    layout = _Layout(tables, whole)
    read = ocr_text.lines_of(page, [text.box for text in layout.texts], ticks, until)
    for text, lines in zip(layout.texts, read, strict=True):
        text.lines = lines
    _columns(page, layout.texts, ticks, until)
    return list(_blocks(layout.plan, where))


class _Text:
    """A region of text: where it is, its lines, and the bands they make. `outside`: it is no cell of a ruled table."""

    def __init__(self, box: Box, *, outside: bool, wide: bool, first: bool) -> None:
        self.box = box
        self.outside = outside
        self.wide = wide
        # In the first column, where labels stand, with or without their answers.
        self.first = first
        self.lines: list[Line] = []
        self.bands: list[tuple[ocr_columns.Band, list[list[Line]]]] = []

    @property
    def edge(self) -> float:
        """Where text must turn: a cell's as far from its right as it begins from its left, a page's at its longest line."""
        edge = max((line[-1].right for line in self.lines), default=self.box.right)
        if self.outside:
            return edge
        margin = max(8, min((line[0].left for line in self.lines), default=0) - self.box.left)
        return max(edge, self.box.right - margin)


_Row = list[tuple[RuledCell, "_Plan"]]
_Plan = list["_Text | list[_Row]"]


class _Layout:
    """The regions of a page in the order they are read."""

    def __init__(self, tables: Sequence[RuledTable], whole: Box) -> None:
        self.texts: list[_Text] = []
        self._whole = whole
        self.plan = self._region(whole, list(tables), outside=True)

    def _region(
        self, box: Box, tables: list[RuledTable], *, outside: bool = False, first: bool = False
    ) -> _Plan:
        """Plan a region: bands of text and the tables between them, from the top."""
        plan: _Plan = []
        top = box.top
        while tables:
            table = tables[0]
            inner = [other for other in tables[1:] if table.box.holds(other.box)]
            tables = [other for other in tables[1:] if other not in inner]
            if table.box.top > top:
                plan.append(self._text(box, top, table.box.top, outside=outside, first=first))
            plan.append([[(cell, self._cell(cell, inner)) for cell in row] for row in table.rows])
            top = max(top, table.box.bottom)
        if box.bottom > top:
            plan.append(self._text(box, top, box.bottom, outside=outside, first=first))
        return plan

    def _cell(self, cell: RuledCell, inner: list[RuledTable]) -> _Plan:
        if cell.continued:
            return []
        held = [table for table in inner if cell.box.holds(table.box)]
        return self._region(cell.box, held, first=cell.start == 0)

    def _text(self, box: Box, top: int, bottom: int, *, outside: bool, first: bool) -> _Text:
        wide = outside or box.right - box.left > FRAME * self._whole.right
        self.texts.append(
            _Text(Box(box.left, top, box.right, bottom), outside=outside, wide=wide, first=first)
        )
        return self.texts[-1]


def _columns(page: Gray, texts: Sequence[_Text], ticks: Sequence[Word], until: float) -> None:
    """Find the bands of each text; columns without lines between are read once more, each by itself."""
    boxes: list[Box] = []
    for text in texts:
        if not text.lines:
            continue
        found = ocr_columns.bands(text.lines) if text.wide else []
        if not any(band.starts for band in found):
            text.bands = [(ocr_columns.Band(tuple(text.lines), (), 0.0), [])]
            continue
        tops = [
            text.box.top,
            *(_between(above, below) for above, below in itertools.pairwise(found)),
        ]
        for band, top, bottom in zip(found, tops, [*tops[1:], text.box.bottom], strict=True):
            columns: list[list[Line]] = []
            if band.starts:
                boxes += band.columns(Box(text.box.left, top, text.box.right, bottom))
            text.bands.append((band, columns))
    if not boxes:
        return
    read = iter(ocr_text.lines_of(page, boxes, ticks, until))
    for text in texts:
        for band, columns in text.bands:
            if band.starts:
                columns += [next(read) for _ in range(len(band.starts) + 1)]


def _between(above: ocr_columns.Band, below: ocr_columns.Band) -> int:
    """Return the row of the page half-way between two bands."""
    bottom = max(word.top + word.height for word in above.lines[-1])
    top = min(word.top for word in below.lines[0])
    return (bottom + top) // 2


def _blocks(plan: _Plan, where: str) -> Iterator[Block]:
    for item in plan:
        if isinstance(item, _Text):
            yield from _said(item, where)
        else:
            yield Table(
                tuple(
                    tuple(
                        Cell(tuple(_blocks(inner, where)), cell.end - cell.start, cell.continued)
                        for cell, inner in row
                    )
                    for row in item
                ),
                where,
            )


def _said(text: _Text, where: str) -> Iterator[Block]:
    for band, columns in text.bands:
        if band.starts:
            edges = band.edges(text.edge)
            rows = ocr_columns.rows(columns, edges, band.unit)
            yield Table(
                tuple(
                    tuple(
                        Cell((Para(ocr_text.joined(cell, round(edge)), where),) if cell else ())
                        for cell, edge in zip(row, edges, strict=True)
                    )
                    for row in rows
                ),
                where,
            )
        elif text.outside:
            said = ocr_text.joined(band.lines, round(text.edge), tabs=True)
            yield from (Para(line, where) for line in said.split("\n"))
        else:
            yield Para(ocr_text.joined(band.lines, round(text.edge), labels=text.first), where)

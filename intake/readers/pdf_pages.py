"""From page to page: what stands on every page is left out, and a table goes on where the page before ended.

A row cut in two by the end of a page becomes one again.
"""

import re
from collections.abc import Iterator, Sequence

from intake.readers.pdf_lines import Line
from intake.readers.pdf_paragraphs import goes_on
from intake.readers.pdf_rows import PADDING, another_kind, label_goes_on
from intake.readers.pdf_tables import SAME, Grid, Sheet, Slot, height_of, table_of, with_paragraphs
from rules.table import Block, Para

# Of the page's height: headers and footers stand no farther from its edges.
MARGIN = 0.13
# A shorter sentence may be a label, in letters.
SENTENCE = 30
_NEXT_ITEM = re.compile(r"(?:[2-9]|\d\d)[.)]\s")
_PAGE_NUMBER = re.compile(
    r"[\s–—-]*(?:(?:стор(?:інка|\.)?|арк\.?|с\.|page|стр\.?)\s*)?\d{1,3}(?:\s*(?:з|із|/|of|от)\s*\d{1,3})?[\s–—.-]*",
    re.IGNORECASE,
)


def blocks(sheets: Sequence[Sheet]) -> Iterator[Block]:
    """Yield what the pages say, without what is repeated on each of them."""
    repeated = _repeated(sheets)
    flow: list[Line | Grid] = []
    for page in sheets:
        content = [
            item for item in page.content if not _in_margin(item, page) or not _is_margin(item, repeated)
        ]
        if flow and isinstance(flow[-1], Grid) and flow[-1].open:
            content = content[_taken(flow[-1].rows[-1], content) :]
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
    for item in with_paragraphs(flow, edge):
        if isinstance(item, Grid):
            count += 1
            yield table_of(item, f"table {count}")
        else:
            yield item


def _taken(last: Sequence[Slot], content: Sequence[Line | Grid]) -> int:
    """Give the lines at the top of a page to the cells of the last row before it that they go on; return how many."""
    filled = [slot for slot in last if not slot.empty]
    if not filled or filled == [last[0]]:
        return 0
    for count, item in enumerate(content):
        if not isinstance(item, Line):
            return count
        begins = [slot for slot in filled if abs(item.x0 - slot.x0 - PADDING) < SAME]
        around = [slot for slot in filled if slot.x0 <= item.x0 and item.x1 < slot.x1 + PADDING]
        if not begins + around:
            return count
        cell = (begins + around)[0]
        if not (begins and cell is filled[-1]) and not _label_goes_on(cell, item):
            return count
        cell.content.append(item)
    return len(content)


def _label_goes_on(cell: Slot, below: object) -> bool:
    """Return whether a line goes on the label at the end of a cell of a table without lines."""
    line = cell.content[-1]
    return isinstance(line, Line) and isinstance(below, Line) and label_goes_on(line, below, cell.x1)


def _in_margin(item: Line | Grid, page: Sheet) -> bool:
    top = height_of(item)
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
    if upper.open and lower.open:
        starts = [[slot.x0 for slot in grid.rows[0]] for grid in (upper, lower)]
        few, many = sorted(starts, key=len)
        return all(any(abs(start - other) < SAME for other in many) for start in few)
    return abs(upper.area.x0 - lower.area.x0) < SAME and abs(upper.area.x1 - lower.area.x1) < SAME


def _continue(upper: Grid, lower: Grid) -> None:
    """Add the rows of a table's part on the next page; its first row may be the rest of the last one."""
    if upper.open and lower.open:
        right = max(slot.x1 for row in (*upper.rows, *lower.rows) for slot in row)
        starts = max(([slot.x0 for slot in grid.rows[0]] for grid in (upper, lower)), key=len)
        for grid in (upper, lower):
            grid.rows = [_in_columns(row, starts, right) for row in grid.rows]
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


def _in_columns(row: Sequence[Slot], starts: Sequence[float], right: float) -> list[Slot]:
    """Return a row with a cell for each column; those that it has no part in are empty."""
    held = {min(range(len(starts)), key=lambda at: abs(starts[at] - slot.x0)): slot for slot in row}
    return [
        Slot(start, end, held[at].content, inset=held[at].inset) if at in held else Slot(start, end)
        for at, (start, end) in enumerate(zip(starts, [*starts[1:], right], strict=True))
    ]


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
        if not alone and carried[-1] and _label_goes_on(last[0], start):
            return True
        return (start.text[0].islower() and (any(carried) or alone)) or (alone and _is_sentence(first[0]))
    # Below a label there is nothing but the rest of its answer; below a heading at the side there are labels.
    return (len(filled) == 1 and filled[0] == len(first) - 1) or all(carried)


def _is_sentence(slot: Slot) -> bool:
    """Return whether a cell begins with a sentence, as answers do and labels do not."""
    start = next(with_paragraphs(slot.content, slot.edge))
    return isinstance(start, Para) and len(start.text) >= SENTENCE and start.text.endswith((".", ";"))


def _carries_on(above: Slot, below: Slot) -> bool:
    if above.empty:
        return False
    line, rest = above.content[-1], below.content[0]
    if not isinstance(line, Line) or not isinstance(rest, Line):
        return False
    if another_kind(line.text, rest.text):
        return False
    return goes_on(line, rest, above.edge) or _NEXT_ITEM.match(rest.text) is not None

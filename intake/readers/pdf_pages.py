"""From page to page: what stands on every page is left out, and a table goes on where the page before ended.

A row cut in two by the end of a page becomes one again.
"""

import re
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import takewhile

from intake.readers.pdf_columns import PADDING
from intake.readers.pdf_lines import Line
from intake.readers.pdf_paragraphs import goes_on
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
            rest = list(takewhile(partial(_in_last_cell, flow[-1]), content))
            flow[-1].rows[-1][-1].content += rest
            content = content[len(rest) :]
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


def _in_last_cell(table: Grid, item: Line | Grid) -> bool:
    """Return whether a line at the top of a page stands where the last answer of a table without lines stood."""
    last = table.rows[-1]
    if not isinstance(item, Line) or len(last) < 2 or last[-1].empty or last[0].empty:
        return False
    return abs(item.x0 - last[-1].x0 - PADDING) < SAME


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
        return len(starts[0]) == len(starts[1]) and all(
            abs(a - b) < SAME for a, b in zip(*starts, strict=True)
        )
    return abs(upper.area.x0 - lower.area.x0) < SAME and abs(upper.area.x1 - lower.area.x1) < SAME


def _continue(upper: Grid, lower: Grid) -> None:
    """Add the rows of a table's part on the next page; its first row may be the rest of the last one."""
    if upper.open and lower.open:
        right = max(slot.x1 for row in (*upper.rows, *lower.rows) for slot in row)
        for row in (*upper.rows, *lower.rows):
            row[-1].x1 = right
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
    start = next(with_paragraphs(slot.content, slot.edge))
    return isinstance(start, Para) and len(start.text) >= SENTENCE and start.text.endswith((".", ";"))


def _carries_on(above: Slot, below: Slot) -> bool:
    if above.empty:
        return False
    line, rest = above.content[-1], below.content[0]
    if not isinstance(line, Line) or not isinstance(rest, Line):
        return False
    return goes_on(line, rest, above.edge) or _NEXT_ITEM.match(rest.text) is not None

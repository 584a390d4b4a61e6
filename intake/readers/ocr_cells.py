"""Ruled tables on a level page: where the lines are, and the cells between them.

It finds lines by their length: nothing shorter than the tallest letter is ever taken for one, or letters would
lose their stems.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import cv2
import numpy as np

from intake.readers.ocr_tesseract import Gray

# At 250 dots an inch: no glyph of a form's text is so wide or so tall.
LONGEST_STROKE = 100
# Lines bend: so many pixels may lie between two ends that belong together.
SLACK = 14
# A smaller patch between lines is no cell.
MIN_WIDTH, MIN_HEIGHT = 30, 22
MAX_CELLS = 1500
# A line is no thicker, and differs from its paper at least by so much.
THICKEST, FAINTEST = 15, 9
# So long at least must a line be that is no darker than that.
FAINT_LEVEL, FAINT_PLUMB = 300, 120
# So far along a line its light is averaged, and compared; nowhere on it is it paler than so much of the average.
NEAR, FAR, EVEN = 9, 61, 0.6
# Of evened light: darker is ink, though it may be the pale rim of a line.
INK = 190
# Averaged along a line, darker is the line.
PAPER = 228
# An underline is so near below the letters.
UNDERLINE = 30
# A stroke that crosses a line is found again on its other side within so many pixels.
CROSSING = 9


class Box(NamedTuple):
    """A rectangle in pixels; right and bottom are exclusive."""

    left: int
    top: int
    right: int
    bottom: int

    def holds(self, other: "Box") -> bool:
        """Return whether the other box lies in this one, give or take the width of a line."""
        return (
            self.left - 4 <= other.left
            and self.top - 4 <= other.top
            and other.right <= self.right + 4
            and other.bottom <= self.bottom + 4
        )

    @property
    def area(self) -> int:
        """The area in pixels."""
        return max(0, self.right - self.left) * max(0, self.bottom - self.top)


@dataclass(frozen=True, slots=True)
class RuledCell:
    """A cell: its box without the lines, its columns (end exclusive), and whether it is the lower part of one."""

    box: Box
    start: int
    end: int
    continued: bool = False


@dataclass(frozen=True, slots=True)
class RuledTable:
    """A table's box with its lines, and its rows of cells from the top, each from the left."""

    box: Box
    rows: tuple[tuple[RuledCell, ...], ...] = field(default=(), repr=False)


def rules(page: Gray) -> tuple[Gray, Gray]:
    """Return where the level and the plumb lines of a page are, as two masks.

    Clear lines count wherever they are; faint ones only when they are longer than words and meet a line across.
    """
    ink = cv2.adaptiveThreshold(page, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 41, 14)
    clear = [_long(ink, LONGEST_STROKE, level=level) for level in (True, False)]
    faint = [
        _long(_faint(page, level=level), least, level=level)
        for level, least in ((True, FAINT_LEVEL), (False, FAINT_PLUMB))
    ]
    level, plumb = (cv2.bitwise_or(*both) for both in zip(clear, faint, strict=True))
    return (
        cv2.bitwise_or(clear[0], _meeting(faint[0], plumb)),
        cv2.bitwise_or(clear[1], _meeting(faint[1], level)),
    )


def _meeting(lines: Gray, others: Gray) -> Gray:
    """Return those lines that meet one of the others."""
    near = cv2.dilate(others, np.ones((9, 9), np.uint8)) > 0
    count, labels, _, _ = cv2.connectedComponentsWithStats(lines, connectivity=8)
    kept: Gray = np.zeros(count, np.uint8)
    kept[np.unique(labels[near])] = 255
    kept[0] = 0
    return kept[labels]


def _faint(page: Gray, *, level: bool) -> Gray:
    """Return where ink is thin across and even along, however pale."""
    thin = cv2.morphologyEx(
        page, cv2.MORPH_BLACKHAT, np.ones((THICKEST, 1) if level else (1, THICKEST), np.uint8)
    )
    # Along a line noise cancels out, the line stays; and nowhere is it much paler than it is on average, as words are.
    near, far = (cv2.blur(thin, (length, 1) if level else (1, length)) for length in (NEAR, FAR))
    sample = near[::5, ::5].astype(np.float32)
    noise = float(np.median(sample))
    spread = float(np.median(np.abs(sample - noise))) * 1.5
    even = near > cv2.multiply(far, 1.0, scale=EVEN)
    return (even & (near > max(FAINTEST, noise + 4 * spread))).astype(np.uint8) * 255


def _long(ink: Gray, least: int, *, level: bool) -> Gray:
    """Return where ink runs on for so long. It is first made thicker across: a faint or slanting line is in steps."""
    across, along = ((3, 1), (1, LONGEST_STROKE)) if level else ((1, 3), (LONGEST_STROKE, 1))
    found = cv2.morphologyEx(
        cv2.dilate(ink, np.ones(across, np.uint8)), cv2.MORPH_OPEN, np.ones(along, np.uint8)
    )
    # Another line may have cut it.
    found = cv2.morphologyEx(found, cv2.MORPH_CLOSE, np.ones((1, SLACK) if level else (SLACK, 1), np.uint8))
    count, labels, facts, _ = cv2.connectedComponentsWithStats(found, connectivity=8)
    length = cv2.CC_STAT_WIDTH if level else cv2.CC_STAT_HEIGHT
    kept: Gray = np.zeros(count, np.uint8)
    for at in range(1, count):
        # Large bold letters join up now and then: a true line is much longer than thick.
        thick = facts[at, cv2.CC_STAT_AREA] / facts[at, length]
        kept[at] = 255 if facts[at, length] >= least and thick < 16 else 0
    return kept[labels]


def tables(level: Gray, plumb: Gray) -> list[RuledTable]:
    """Return the ruled tables of a page from the top; a table inside another's cell stands after it."""
    both = cv2.dilate(cv2.bitwise_or(level, plumb), np.ones((5, 5), np.uint8))
    count, labels, facts, _ = cv2.connectedComponentsWithStats(both, connectivity=8)
    found: list[RuledTable] = []
    for at in range(1, count):
        left, top, width, height = (int(value) for value in facts[at, :4])
        if width < 3 * LONGEST_STROKE or height < 40:
            continue
        here = labels[top : top + height, left : left + width] == at
        own_level = np.where(here, level[top : top + height, left : left + width], 0).astype(np.uint8)
        own_plumb = np.where(here, plumb[top : top + height, left : left + width], 0).astype(np.uint8)
        if not _closed(own_level, own_plumb):
            continue
        boxes = _cells(own_level, own_plumb)
        if not boxes or len(boxes) > MAX_CELLS:
            continue
        cells = [Box(left + b.left, top + b.top, left + b.right, top + b.bottom) for b in boxes]
        found.append(RuledTable(Box(left, top, left + width, top + height), _rows(cells)))
    return sorted(found, key=lambda table: (table.box.top, -table.box.area))


def _closed(level: Gray, plumb: Gray) -> bool:
    """Return whether lines enclose something: two opposite sides are drawn. The corner of a sheet is none."""
    height, width = level.shape[:2]
    # A bent line leaves the outermost rows of its box, so a wider band counts.
    band = max(3 * SLACK, height // 30), max(2 * SLACK, width // 40)
    if height < 3 * band[0]:
        band = height // 3, band[1]
    ends = [float(part.any(axis=0).mean()) for part in (level[: band[0]], level[-band[0] :])]
    sides = [float(part.any(axis=1).mean()) for part in (plumb[:, : band[1]], plumb[:, -band[1] :])]
    return bool(plumb.any()) and bool(level.any()) and (min(ends) > 0.4 or min(sides) > 0.6)


def _cells(level: Gray, plumb: Gray) -> list[Box]:
    """Return the patches that the lines of one table enclose."""
    level = cv2.morphologyEx(level, cv2.MORPH_CLOSE, np.ones((1, 61), np.uint8))
    # The gap a merged cell makes in a plumb line is as high as a row of text, which must stay open.
    plumb = cv2.morphologyEx(plumb, cv2.MORPH_CLOSE, np.ones((25, 1), np.uint8))
    # Ends that almost meet do meet.
    level = cv2.dilate(level, np.ones((3, 2 * SLACK + 1), np.uint8))
    plumb = cv2.dilate(plumb, np.ones((2 * SLACK + 1, 3), np.uint8))
    lines = cv2.copyMakeBorder(cv2.bitwise_or(level, plumb), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=(255,))
    count, _, facts, _ = cv2.connectedComponentsWithStats(cv2.bitwise_not(lines), connectivity=4)
    out = []
    for left, top, width, height, area in facts[1:count].tolist():
        if width >= MIN_WIDTH and height >= MIN_HEIGHT and area > 0.5 * width * height:
            out.append(Box(left - 1, top - 1, left - 1 + width, top - 1 + height))
    return out


def _rows(cells: list[Box]) -> tuple[tuple[RuledCell, ...], ...]:
    """Return cells as rows and columns. Neighbours that begin at one height are a row, so a bent line is no matter."""
    starts = _steps([cell.left for cell in cells])
    ends = _steps([cell.right for cell in cells])
    grid = sorted({*starts.values(), *(value for value in ends.values())})
    # A column begins where a cell begins; an end belongs to the next beginning.
    begins = sorted(set(starts.values()))

    def column(x: int) -> int:
        return min(range(len(begins)), key=lambda at: abs(begins[at] - x))

    def after(x: int) -> int:
        return next((at for at, begin in enumerate(begins) if begin > x - SLACK), len(begins))

    assert grid
    rows: list[list[Box]] = []
    for cell in sorted(cells, key=lambda cell: (cell.left, cell.top)):
        row = next((row for row in rows if _beside(row[-1], cell)), None)
        if row is None:
            rows.append([cell])
        else:
            row.append(cell)
    rows = _joined(rows)
    placed = [
        [RuledCell(cell, column(cell.left), max(after(cell.right), column(cell.left) + 1)) for cell in row]
        for row in rows
    ]
    return tuple(tuple(_with_continued(row, placed)) for row in placed)


def _beside(left: Box, right: Box) -> bool:
    return -SLACK < right.left - left.right < 2 * SLACK and abs(left.top - right.top) < SLACK


def _joined(rows: list[list[Box]]) -> list[list[Box]]:
    """Return the rows from the top; pieces of one row that a merged cell parts are put together again."""
    rows.sort(key=lambda row: min(cell.top for cell in row))
    out: list[list[Box]] = []
    for row in rows:
        if out and abs(out[-1][-1].top - row[0].top) < SLACK and out[-1][-1].right < row[0].left + SLACK:
            out[-1] += row
        else:
            out.append(row)
    return out


def _with_continued(row: list[RuledCell], rows: list[list[RuledCell]]) -> list[RuledCell]:
    """Return a row with the cells that reach down into it from above."""
    middle = sum(cell.box.top + cell.box.bottom for cell in row) / 2 / len(row)
    top = min(cell.box.top for cell in row)
    reaching = [
        RuledCell(cell.box, cell.start, cell.end, continued=True)
        for other in rows
        for cell in other
        if other is not row
        and cell.box.top < top - SLACK
        and cell.box.bottom > middle
        and not any(cell.start < own.end and own.start < cell.end for own in row)
    ]
    return sorted([*row, *reaching], key=lambda cell: cell.start)


def _steps(values: list[int]) -> dict[int, int]:
    """Return each value with the first of the cluster it belongs to."""
    out: dict[int, int] = {}
    first = last = None
    for value in sorted(set(values)):
        if first is None or last is None or value - last > SLACK:
            first = value
        out[value] = first
        last = value
    return out


def erase(page: Gray, level: Gray, plumb: Gray, tables: Sequence[RuledTable]) -> None:
    """Paint the lines white in the picture, but not the strokes of letters that cross them.

    An underline stays: letters touch it, and tesseract knows underlined text. Where nothing is written it goes.
    """
    ink = (page < INK).astype(np.uint8)
    drawn = [_drawn(page, lines, run) for lines, run in ((level, (1, 25)), (plumb, (25, 1)))]
    rest = np.where(drawn[0] | drawn[1], 0, ink).astype(np.uint8)
    # Words with the blanks between them, reaching down as far as a line under them may stand.
    written = cv2.morphologyEx(
        cv2.morphologyEx(rest, cv2.MORPH_OPEN, np.ones((2, 2), np.uint8)),
        cv2.MORPH_CLOSE,
        np.ones((1, 41), np.uint8),
    )
    written = cv2.dilate(written, np.ones((UNDERLINE, 1), np.uint8), anchor=(0, UNDERLINE - 1)) > 0
    for table in tables:
        written[table.box.top : table.box.bottom, table.box.left : table.box.right] = False
    drawn[0] &= ~written
    for line, across in zip(drawn, ((CROSSING, 1), (1, CROSSING)), strict=True):
        # Ink on both sides of a line, face to face, is a stroke that goes through it.
        through = cv2.morphologyEx(rest, cv2.MORPH_CLOSE, np.ones(across, np.uint8)) > 0
        page[line & ~through] = 255


def _drawn(page: Gray, lines: Gray, run: tuple[int, int]) -> Gray:
    """Return where ink is a line's own: of what is near one only that runs on, the tails of letters do not."""
    near = cv2.dilate(lines, np.ones((5, 5), np.uint8)) > 0
    along = cv2.blur(page, (2 * NEAR, 1) if run[0] == 1 else (1, 2 * NEAR))
    dark = (near & (along < PAPER)).astype(np.uint8)
    drawn = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones(run, np.uint8))
    return cv2.dilate(drawn, np.ones((3, 3), np.uint8)) > 0

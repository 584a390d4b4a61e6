"""Tables without lines: columns told by where words begin, rows by what stands beside each other.

Pure geometry of words, besides small letters: a column begins where several lines of text begin again after a gap
and nothing runs across. In doubt text stays text, for a wrong column puts an answer beside another question.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from statistics import median

from intake.readers.ocr_cells import Box
from intake.readers.ocr_tesseract import Word

# All in heights of a tall word. A gap that parts two columns for sure, and one that may where others do.
GAP, NARROW = 0.9, 0.5
# A gap that parts columns is so much wider than the blanks of its line.
WIDER = 1.6
# Words of one column begin at one place, give or take.
ALIGNED = 0.4
# Columns are further apart; a first one narrower than this is one of numbers.
APART, NUMBERS = 2.5, 2.6
# The blank around a cell's text.
PADDING = 0.6
# So many lines of text must begin at a place, so many of them after a gap in one run.
MIN_LINES, MIN_RUN = 3, 2
# Of the lines that have text in the second column, as many must have some in the first for it to tell rows apart.
TELLING = 0.4
_BOXES = "☐☒"

Line = list[Word]


@dataclass(frozen=True, slots=True)
class Band:
    """Lines of text from the top, which stand in columns when `starts` says where the second and further ones begin.

    `unit` is the height of a tall word.
    """

    lines: tuple[Line, ...]
    starts: tuple[float, ...]
    unit: float

    def columns(self, box: Box) -> list[Box]:
        """Return the boxes of the columns, from the left, in the part of the page `box`."""
        sides = [box.left, *(round(start - ALIGNED * self.unit) for start in self.starts), box.right]
        return [Box(left, box.top, right, box.bottom) for left, right in pairwise(sides)]

    def edges(self, edge: float) -> list[float]:
        """Return where text must turn in each column; `edge` is where it must in the last one."""
        return [*(start - PADDING * self.unit for start in self.starts), edge]


@dataclass(slots=True)
class _Start:
    """A place where words begin: its left and right bounds, the lines that do, and those that do after a gap."""

    left: float
    right: float
    lines: set[int] = field(default_factory=set)
    parted: set[int] = field(default_factory=set)


def bands(lines: Sequence[Line]) -> list[Band]:
    """Return a region's lines of text, from the top, as bands of plain lines and bands of columns."""
    heights = sorted(word.height for line in lines for word in line if word.text not in _BOXES)
    if not heights:
        return [Band(tuple(lines), (), 0.0)]
    unit = float(heights[len(heights) * 4 // 5])
    held = _columns(lines, unit)
    out = []
    for starts, run in groupby(range(len(lines)), key=lambda at: held[at]):
        own = tuple(lines[at] for at in run)
        out.append(Band(own, () if _is_list(own, starts, unit) else starts, unit))
    return out


def _is_list(lines: Sequence[Line], starts: tuple[float, ...], unit: float) -> bool:
    """Return whether two columns are only hanging numbers and their paragraphs."""
    if len(starts) != 1:
        return False
    first = [word for line in lines for word in line if word.left < starts[0] - ALIGNED * unit]
    return max(word.right for word in first) - min(word.left for word in first) < NUMBERS * unit


def _columns(lines: Sequence[Line], unit: float) -> list[tuple[float, ...]]:
    """Return for each line where the second and further columns begin that it is in."""
    found: list[tuple[_Start, set[int]]] = []
    for start in sorted(_starts(lines, unit), key=lambda start: (-len(start.parted), start.left)):
        within = _within(start, lines, unit)
        if within and not any(
            abs(start.left - other.left) < APART * unit and within & others for other, others in found
        ):
            found.append((start, within))
    return [tuple(sorted(start.left for start, within in found if at in within)) for at in range(len(lines))]


def _starts(lines: Sequence[Line], unit: float) -> list[_Start]:
    """Return the places where enough lines begin, two of them after a gap."""
    places = sorted(
        (word.left, at, before is not None)
        for at, line in enumerate(lines)
        for before, word in zip([None, *line], line, strict=False)
        if before is None or (_parts(line, before, word, unit) and not _option(line, word))
    )
    out: list[_Start] = []
    for left, at, parted in places:
        if not out or left - out[-1].left > ALIGNED * unit:
            out.append(_Start(left, left))
        out[-1].right = left
        out[-1].lines.add(at)
        if parted:
            out[-1].parted.add(at)
    return [start for start in out if len(start.lines) >= MIN_LINES and len(start.parted) >= MIN_RUN]


def _parts(line: Line, before: Word, word: Word, unit: float) -> bool:
    """Return whether the gap between two words is too wide for a blank."""
    gap = word.left - before.right
    blanks = [
        right.left - left.right
        for left, right in pairwise(line)
        if left is not before and right.left - left.right < GAP * unit
    ]
    return gap > GAP * unit and (len(blanks) < 2 or gap > WIDER * median(blanks))


def _option(line: Line, word: Word) -> bool:
    """Return whether a word is a further box of a row of boxes: options of one answer are no columns."""
    return word.text[:1] in _BOXES and any(
        other.text[:1] in _BOXES for other in line if other.left < word.left
    )


def _within(start: _Start, lines: Sequence[Line], unit: float) -> set[int]:
    """Return the lines that stand in two columns there: runs nothing crosses, from a line in both to one in both."""
    out: set[int] = set()
    sides = [_sides(line, start, unit) for line in lines]
    for clear, numbers in groupby(range(len(lines)), key=lambda at: sides[at] != "across"):
        run = list(numbers)
        if not clear or len(start.parted & set(run)) < MIN_RUN:
            continue
        first = next(at for at in run if at in start.parted)
        last = next(at for at in reversed(run) if sides[at] != "left")
        # What follows alone at the left may be the end of a label.
        while last < run[-1] and _near(lines[last], lines[last + 1]) and _continues(lines[last + 1]):
            last += 1
        out.update(range(first, last + 1))
    return out


def _sides(line: Line, start: _Start, unit: float) -> str:
    """Return on which sides of a column's start a line has text: left, right, both; `across` when it runs through."""
    begin = start.left - ALIGNED * unit
    left = [word for word in line if word.left < begin]
    right = [word for word in line if word.left >= begin]
    if not right:
        return "left" if left[-1].right <= start.left + NARROW * unit else "across"
    if not left:
        return "right"
    if left[-1].right > start.left or right[0].left - left[-1].right < NARROW * unit:
        return "across"
    # Text that begins a little further on is taken only for what is surely no running text.
    aligned = right[0].left <= start.right + ALIGNED * unit
    return "both" if aligned or _parts(line, left[-1], right[0], unit) else "across"


# --- rows ------------------------------------------------------------------------------------------------------------


def rows(columns: Sequence[Sequence[Line]], edges: Sequence[float], unit: float) -> list[list[list[Line]]]:
    """Return the rows of a table: for each column the lines of text in it.

    `columns` are the lines of each column from the top, `edges` where text must turn in each.
    """
    levels: list[list[Line]] = []
    placed = [(at, line) for at, column in enumerate(columns) for line in column]
    for column, line in sorted(placed, key=lambda item: _middle(item[1])):
        if (
            not levels
            or levels[-1][column]
            or _middle(line) - min(map(_middle, filter(None, levels[-1]))) > 0.5 * unit
        ):
            levels.append([[] for _ in columns])
        levels[-1][column] = line
    if not levels:
        # Read anew by itself a column may turn out to be stains.
        return []
    key = _telling(levels)
    out: list[list[list[Line]]] = []
    for level in levels:
        if not out or _is_new(out[-1], level, edges, key):
            out.append([[] for _ in columns])
        for cell, line in zip(out[-1], level, strict=True):
            if line:
                cell.append(line)
    return out


def _telling(levels: Sequence[Sequence[Line]]) -> int:
    """Return the column that tells rows apart: the first one, or the second beside a few tall merged cells."""
    first, second = (sum(bool(level[at]) for level in levels) for at in (0, 1))
    numbers = all(not level[0] or (len(level[0]) == 1 and level[0][0].text[:1].isdigit()) for level in levels)
    return 1 if len(levels[0]) > 2 and not numbers and first < TELLING * second else 0


def _is_new(row: Sequence[Sequence[Line]], level: Sequence[Line], edges: Sequence[float], key: int) -> bool:
    """Return whether a line begins a new row: its telling column says something that is no end of the label above."""
    if not level[key] or not row[key]:
        return bool(level[key]) and any(row)
    if any(level[at] for at in range(key)):
        return True
    full = _full(row[key][-1], level[key], edges[key])
    answers = [at for at in range(key + 1, len(level)) if level[at]]
    # Beside a label of several lines its answer may have several lines as well.
    goes_on = all(
        row[at] and (_continues(level[at]) or _full(row[at][-1], level[at], edges[at])) for at in answers
    )
    if _continues(level[key]):
        return not full and bool(answers) and not goes_on
    return not full or not goes_on or not _near(row[key][-1], level[key])


def _full(line: Line, below: Line, edge: float) -> bool:
    """Return whether the first word of the lower line had no room on the upper one."""
    return line[-1].right + below[0].width + 0.3 * line[-1].height > edge


def _near(line: Line, below: Line) -> bool:
    return _middle(below) - _middle(line) < 2.2 * max(word.height for word in line)


def _middle(line: Line) -> float:
    return float(median(word.middle for word in line))


def _continues(line: Line) -> bool:
    return line[0].text[:1].islower() or line[0].text[:1] in "(«"

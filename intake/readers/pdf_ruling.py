"""Ruled tables on a page: from the lines drawn on it to the cells between them. Pure geometry, in points, y down.

A cell is the smallest rectangle whose four sides are drawn; a table is what its cells make up together. Lines that
bound nothing (underlining, leaders, frames of pictures) are in no cell and do no harm.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

# Lines this near are one line: borders are drawn twice, in pieces, or as thin boxes.
SNAP = 3.2
# Ends that should meet miss each other by so much.
REACH = 3.5
# No letter of a form is smaller; nothing between nearer lines is a cell.
MIN_SIDE = 6.0
# Nor is a line this short a border.
MIN_LINE = 8.0
# A page of more lines or crossings is a drawing.
MAX_LINES = 600
MAX_CROSSINGS = 12_000


class Area(NamedTuple):
    """A rectangle; `bottom` is below `top`."""

    x0: float
    top: float
    x1: float
    bottom: float

    @property
    def size(self) -> float:
        """The area in square points."""
        return (self.x1 - self.x0) * (self.bottom - self.top)

    def holds(self, x: float, y: float) -> bool:
        """Return whether a point lies in it."""
        return self.x0 <= x <= self.x1 and self.top <= y <= self.bottom

    def contains(self, other: "Area") -> bool:
        """Return whether another area lies in it, give or take the width of a line."""
        return (
            self.x0 - SNAP <= other.x0
            and self.top - SNAP <= other.top
            and other.x1 <= self.x1 + SNAP
            and other.bottom <= self.bottom + SNAP
        )


class Stroke(NamedTuple):
    """A level or plumb line: where it is on the other axis, and from where to where it goes."""

    at: float
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Ruled:
    """The cells of one table with the area they fill."""

    area: Area
    cells: tuple[Area, ...]


def tables(level: Sequence[Stroke], plumb: Sequence[Stroke]) -> list[Ruled]:
    """Return the tables between lines, a table inside another's cell after that one."""
    rows, columns = _joined(level), _joined(plumb)
    if not rows or not columns:
        return []
    rows = _closed(rows, columns)
    columns = _closed(columns, rows)
    if len(rows) > MAX_LINES or len(columns) > MAX_LINES:
        return []
    return sorted(_grouped(_cells(rows, columns)), key=lambda table: -table.area.size)


# Lines on one axis: where each is -> the stretches it covers.
_Lines = dict[float, list[tuple[float, float]]]


def _joined(strokes: Iterable[Stroke]) -> _Lines:
    """Join the strokes of each line; drop what is too short to bound anything."""
    groups: list[list[Stroke]] = []
    for stroke in sorted(strokes):
        if groups and stroke.at - groups[-1][-1].at <= SNAP and stroke.at - groups[-1][0].at <= 2 * SNAP:
            groups[-1].append(stroke)
        else:
            groups.append([stroke])
    out: _Lines = {}
    for group in groups:
        stretches: list[tuple[float, float]] = []
        for start, end in sorted((stroke.start, stroke.end) for stroke in group):
            if stretches and start <= stretches[-1][1] + REACH:
                stretches[-1] = (stretches[-1][0], max(stretches[-1][1], end))
            else:
                stretches.append((start, end))
        stretches = [(start, end) for start, end in stretches if end - start >= MIN_LINE]
        if stretches:
            out[sum(stroke.at for stroke in group) / len(group)] = stretches
    return out


def _closed(lines: _Lines, across: _Lines) -> _Lines:
    """Add the lines a table lacks where a page ends, or where its style leaves the sides open.

    Where a line of the grid goes on beyond the last one that crosses it, one is missing there.
    """
    out = {at: list(stretches) for at, stretches in lines.items()}
    for at, stretches in across.items():
        for start, end in stretches:
            crossed = {
                line: cover
                for line, covers in lines.items()
                for cover in covers
                if start - REACH <= line <= end + REACH and _covers([cover], at, at)
            }
            # A line that crosses nothing else is underlining, or stands beside the text.
            if not crossed or (len(crossed) == 1 and not _is_grid(next(iter(crossed.items())), across)):
                continue
            sides = min(first for first, _ in crossed.values()), max(last for _, last in crossed.values())
            for tip, last in ((start, min(crossed)), (end, max(crossed))):
                if abs(tip - last) > MIN_SIDE:
                    near = next((line for line in out if abs(line - tip) <= SNAP), tip)
                    out.setdefault(near, []).append(sides)
    return out


def _is_grid(line: tuple[float, tuple[float, float]], across: _Lines) -> bool:
    at, (start, end) = line
    return (
        sum(
            start - REACH <= other <= end + REACH and _covers(covers, at, at)
            for other, covers in across.items()
        )
        > 1
    )


def _covers(stretches: Sequence[tuple[float, float]], start: float, end: float) -> bool:
    return any(first - REACH <= start and end <= last + REACH for first, last in stretches)


def _cells(rows: _Lines, columns: _Lines) -> list[Area]:
    """Return the smallest drawn rectangles."""
    down: dict[float, list[float]] = {
        x: sorted(y for y, covers in rows.items() if _covers(covers, x, x) and _covers(stretches, y, y))
        for x, stretches in columns.items()
    }
    right: dict[float, list[float]] = {}
    for x, crossings in sorted(down.items()):
        for y in crossings:
            right.setdefault(y, []).append(x)
    if sum(map(len, down.values())) > MAX_CROSSINGS:
        return []
    cells = []
    for x0, crossings in down.items():
        for at, top in enumerate(crossings):
            cell = _cell((x0, top), crossings[at + 1 :], right[top], rows, columns)
            if cell is not None:
                cells.append(cell)
    return cells


def _cell(
    corner: tuple[float, float],
    below: Sequence[float],
    beside: Sequence[float],
    rows: _Lines,
    columns: _Lines,
) -> Area | None:
    """Return the smallest rectangle with this upper left corner."""
    x0, top = corner
    for bottom in below:
        if not _covers(columns[x0], top, bottom):
            return None
        if bottom - top < MIN_SIDE:
            continue
        for x1 in beside:
            if x1 - x0 < MIN_SIDE:
                continue
            if not _covers(rows[top], x0, x1):
                break
            if _covers(rows[bottom], x0, x1) and _covers(columns[x1], top, bottom):
                return Area(x0, top, x1, bottom)
    return None


def _without_wrappers(cells: list[Area]) -> list[Area]:
    """Leave out cells that only wrap others of the same table: a frame whose side is the table's too."""
    by_size = sorted(cells, key=lambda cell: cell.size)
    return [
        cell
        for at, cell in enumerate(by_size)
        if not any(cell.contains(other) and other.size < 0.98 * cell.size for other in by_size[:at])
    ]


def _grouped(cells: Sequence[Area]) -> list[Ruled]:
    """Put cells that touch at a corner together."""
    group = list(range(len(cells)))

    def root(index: int) -> int:
        while group[index] != index:
            group[index] = group[group[index]]
            index = group[index]
        return index

    corners: dict[tuple[float, float], int] = {}
    for index, cell in enumerate(cells):
        for corner in (
            (cell.x0, cell.top),
            (cell.x1, cell.top),
            (cell.x0, cell.bottom),
            (cell.x1, cell.bottom),
        ):
            group[root(index)] = root(corners.setdefault(corner, index))
    together: dict[int, list[Area]] = {}
    for index, cell in enumerate(cells):
        together.setdefault(root(index), []).append(cell)
    kept = [_without_wrappers(found) for found in together.values()]
    return [
        Ruled(
            Area(
                min(cell.x0 for cell in found),
                min(cell.top for cell in found),
                max(cell.x1 for cell in found),
                max(cell.bottom for cell in found),
            ),
            tuple(sorted(found, key=lambda cell: (cell.top, cell.x0))),
        )
        for found in kept
    ]

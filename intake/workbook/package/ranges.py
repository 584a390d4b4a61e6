"""References to cells and what becomes of them when rows move. Pure."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass

from intake.workbook.package.cells import column_letters, column_number
from intake.workbook.package.worksheet import LAST_ROW

# Where a row goes: old number → new number.
Move = Callable[[int], int]

_AREA = re.compile(r"^\$?([A-Z]{1,3})\$?([0-9]{1,7})(?::\$?([A-Z]{1,3})\$?([0-9]{1,7}))?$")


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle of cells, all four numbers from 1 and included."""

    left: int
    top: int
    right: int
    bottom: int

    def __str__(self) -> str:
        """Return it as a spreadsheet names it."""
        start = f"{column_letters(self.left)}{self.top}"
        one = (self.left, self.top) == (self.right, self.bottom)
        return start if one else f"{start}:{column_letters(self.right)}{self.bottom}"


def area_of(reference: str) -> Area | None:
    """Return the area that a reference names, None for one of whole rows or columns, or of none at all."""
    found = _AREA.match(reference)
    if found is None:
        return None
    left, top = column_number(found[1]), int(found[2])
    right = column_number(found[3]) if found[3] else left
    bottom = int(found[4]) if found[4] else top
    return Area(min(left, right), min(top, bottom), max(left, right), max(top, bottom))


@dataclass(frozen=True, slots=True)
class Shift:
    """How rows move: where an area's first row goes, and its last. `removed` are rows that are taken out."""

    start: Move
    end: Move
    removed: frozenset[int] = frozenset()

    def area(self, area: Area) -> Area | None:
        """Return where an area goes, None when all of it is taken out."""
        rows = range(area.top, area.bottom + 1)
        if len(self.removed) >= len(rows) and all(row in self.removed for row in rows):
            return None
        top = self.start(area.top)
        bottom = area.bottom if area.bottom >= LAST_ROW else self.end(area.bottom)
        return Area(area.left, top, area.right, max(top, bottom))

    def references(self, text: str, *, lasting: bool = False) -> str:
        """Return a list of references, separated by spaces, as it reads afterwards; "" when nothing is left of it.

        `lasting`: an area of which nothing is left keeps its first row.
        """
        moved = []
        for one in text.split():
            area = area_of(one)
            if area is None:
                moved.append(one)
                continue
            left = self.area(area)
            if left is None and lasting:
                top = self.start(area.top)
                left = Area(area.left, top, area.right, top)
            if left is not None:
                moved.append(str(left))
        return " ".join(moved)


def shift_of(removed: frozenset[int], last: int, extra: int, *, reach: bool) -> Shift:
    """Return how rows move when some are taken out and `extra` ones put in after row `last`, all as numbered before.

    `reach`: what ends at row `last` will end at the last row put in, as formulas should that sum a table.
    """
    gone = sorted(removed)

    def start(row: int) -> int:
        return row - bisect_left(gone, row) + (extra if row > last else 0)

    def end(row: int) -> int:
        # The row itself counts: an area that ended at it ends one row above.
        return row - bisect_right(gone, row) + (extra if row > last or (reach and row == last) else 0)

    return Shift(start, end, removed)

"""What a page of the workbook is: a sheet that is the robot's own, with numbers that are formulas, and charts. Values only.

Unlike the sheets of rows nothing in a page is anybody's to type: what stands in its columns is written anew whenever the
file is. People's notes have their place to the right of them.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from intake.workbook.sheet import Tone
from intake.workbook.values import Value

Look = Literal[
    "title",
    "head",
    "heading",
    "text",
    "label",
    "quiet",
    "number",
    "total",
    "percent",
    "moment",
    "when",
    "day",
    "hour",
]
# (sheet id, name of a header as in the words) → the whole column in the file as a reference, "" when it is not there.
Reference = Callable[[str, str], str]


@dataclass(frozen=True, slots=True)
class PageCell:
    """One cell: a value, or a formula of ours (never made from anybody's text). `moving`: no reason to write the file."""

    value: Value = None
    look: Look = "text"
    formula: str = ""
    moving: bool = False
    tone: Tone | None = None


@dataclass(frozen=True, slots=True)
class Chart:
    """A native chart. `names` and `series` are (column, first row, last row); the row above a series holds its name.

    `place` is the cell of its upper left corner, `size` in centimetres.
    """

    kind: Literal["columns", "bars", "pie"]
    title: str
    names: tuple[int, int, int]
    series: tuple[tuple[int, int, int], ...]
    place: str
    size: tuple[float, float] = (16.0, 7.5)
    tones: tuple[Tone, ...] = ()
    stacked: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """One page: (row, column) → cell, the widths of the columns that are the robot's, and charts beside them.

    `first` asks for the place before all other sheets when the page is made.
    """

    id: str
    name: str
    cells: Mapping[tuple[int, int], PageCell]
    widths: tuple[float, ...]
    charts: tuple[Chart, ...] = ()
    first: bool = False
    portrait: bool = False


@dataclass(frozen=True, slots=True)
class LastRun:
    """When the mail was last looked at with success (aware), and how many letters there were not taken in yet."""

    at: datetime
    waiting: int


# The pages depend on where people have put the columns, and on which rows they deleted: keys, and whether not all rows of
# applications were looked at.
Pages = Callable[[Reference, Collection[str], bool], tuple[Page, ...]]


@dataclass(slots=True)
class Sheaf:
    """A page being filled from top to bottom."""

    cells: dict[tuple[int, int], PageCell] = field(default_factory=dict)
    row: int = 1

    def line(self, *cells: PageCell | None) -> int:
        """Add a line, each cell in its column, None leaving one empty; return its row."""
        for column, cell in enumerate(cells, start=1):
            if cell is not None:
                self.cells[self.row, column] = cell
        self.row += 1
        return self.row - 1

    def gap(self) -> None:
        """Leave a line empty."""
        self.row += 1

    def table(self, headings: Sequence[str]) -> int:
        """Add the headings of a table; return the row beneath, where its data begin."""
        self.line(*(PageCell(text, "heading") for text in headings))
        return self.row


def no_pages(_at: Reference, _deleted: Collection[str], _partly: bool) -> tuple[Page, ...]:  # noqa: FBT001 as `Pages`
    """Return no page at all."""
    return ()

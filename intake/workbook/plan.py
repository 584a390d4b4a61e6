"""What a merge comes to: what is to be done with a sheet, what is to be remembered, what people did. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from intake.ledger.cells import Remembered
from intake.workbook.grid import Grid
from intake.workbook.values import Kept

# The header under which the ledger remembers that a row stands in the file, or was deleted by a person.
ROW = ""
DELETED = "deleted"
# Rows that people added by hand are remembered under keys that begin so: "+1", "+2" …
LOOSE = "+"


# (row key, header) → what is known.
SheetMemory = Mapping[tuple[str, str], Remembered]


@dataclass(frozen=True, slots=True)
class Typed:
    """Something a person typed since the last look, in place of their own text or of the robot's: kept texts, None for nothing."""

    sheet: str
    row: str
    header: str
    before: Kept | None
    after: Kept | None


@dataclass(frozen=True, slots=True)
class Conflict:
    """A cell that a person corrected and whose robot value has changed since."""

    sheet: str
    row: str
    header: str
    person: Kept
    before: Kept
    now: Kept


@dataclass(frozen=True, slots=True)
class Mark:
    """What to say at a cell that a person corrected: the robot's value, and the one the person saw if it differs.

    `advice` is what the column has to say about the person's text.
    """

    robot: Kept
    before: Kept | None = None
    advice: str = ""


@dataclass(slots=True)
class Plan:
    """What to do with one sheet.

    `cells`: the full wished content of rows in the file, cell by cell, only where it differs. `marks`: every corrected
    cell. `append`, `remove`: row keys. `loose`: rows of people to put back. `first` is to be remembered before the file
    is replaced, `last` after.
    """

    cells: dict[tuple[str, str], Kept] = field(default_factory=dict)
    marks: dict[tuple[str, str], Mark] = field(default_factory=dict)
    append: dict[str, dict[str, Kept]] = field(default_factory=dict)
    remove: list[str] = field(default_factory=list)
    loose: list[dict[str, Kept]] = field(default_factory=list)
    first: dict[tuple[str, str], Remembered] = field(default_factory=dict)
    last: dict[tuple[str, str], Remembered] = field(default_factory=dict)
    typed: list[Typed] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)

    @property
    def changes(self) -> bool:
        """Whether the file needs to be written for the rows' sake."""
        return bool(self.cells or self.append or self.remove or self.loose)


@dataclass(frozen=True, slots=True)
class Base:
    """What the person's copy was made from, when that is older than the robot's last writing.

    `grids`: as we wrote that version, and as people had left it when we wrote the next. Without any, an absent row or an
    emptied cell is no one's deed.
    """

    grids: tuple[Grid, ...]


Fresh = Literal["fresh"]
FRESH: Fresh = "fresh"

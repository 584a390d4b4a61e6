"""A table while it is read: where its cells stand, and what the rows above say about those below."""

import re
from dataclasses import dataclass

from rules.found import Found
from rules.labels import Hit
from rules.table import Cell


@dataclass(frozen=True, slots=True)
class Placed:
    """A cell with its columns (end exclusive), its cleaned text and, when it is a label, what it names.

    `rest` is what stands in the label's own cell after it.
    """

    start: int
    end: int
    cell: Cell
    text: str
    hit: Hit | None = None
    rest: str = ""

    @property
    def empty(self) -> bool:
        """Whether nothing is written in it."""
        return not self.text.strip(" \n\t_")


@dataclass(frozen=True, slots=True)
class Column:
    """Columns (end exclusive) that belong to a label (`hit`) or to a person."""

    start: int
    end: int
    hit: Hit | None = None
    person: str = ""

    def holds(self, placed: Placed) -> bool:
        """Return whether a cell stands in these columns, in part at least."""
        return placed.start < self.end and self.start < placed.end


@dataclass(slots=True)
class Layout:
    """What the rows above say about the rows below: a header of labels, people's columns, the answer that may go on."""

    where: str
    header: tuple[Column, ...] = ()
    next_person: int = 0
    owners: tuple[Column, ...] = ()
    last: Found | None = None
    last_start: int = -1
    # A label alone in its row waits for the row below.
    above: Hit | None = None
    # How many labels so far had their answer in their own cell, and how many beside them.
    inside: int = 0
    beside: int = 0


def numbered(text: str) -> list[str]:
    """Return the items of a list numbered from 1, each on one line however it was broken; [] when it is no such list."""
    starts = list(re.finditer(r"(?m)^\s*\(?(\d)[.)]\s", text))
    if (
        len(starts) < 2
        or starts[0].start()
        or [int(at.group(1)) for at in starts] != list(range(1, len(starts) + 1))
    ):
        return []
    ends = [*(at.start() for at in starts[1:]), len(text)]
    return [" ".join(text[at.start() : end].split()) for at, end in zip(starts, ends, strict=True)]

"""What is known of the workbook file between runs, and what comes of one attempt to bring it up to date. Values only."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

from intake.ledger.cells import Memory, Remembered
from intake.workbook.plan import DELETED, ROW, Conflict, Typed

Status = Literal["written", "unchanged", "locked", "blocked"]


class WorkbookTrouble(Exception):
    """The workbook cannot be read or written, by no fault of its own: a full disk, a folder that is gone."""


@dataclass(frozen=True, slots=True)
class State:
    """What is known of the file itself, kept between runs.

    `writing` counts our writings; `ours` is the SHA-256 of the last one. `sha256` and `stat` (size, mtime in ns, inode) are of the file when last looked at;
    `ledger` is the ledger's fingerprint then. `locked_since` is when we first had to wait. `copy` tells of the last
    dated copy: path, SHA-256, what it was made from. `layout`: sheet → canonical header and header text in the order
    last seen; `placed`: sheet → every header of ours that ever stood there. `beside`: names of copies that others made.
    """

    writing: int = 0
    ours: str = ""
    sha256: str = ""
    stat: tuple[int, int, int] | None = None
    ledger: str = ""
    status: Status = "unchanged"
    note: str = ""
    locked_since: datetime | None = None
    copy: tuple[str, str, str] | None = None
    copied_at: datetime | None = None
    layout: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    placed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    beside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Published:
    """What came of one attempt.

    `typed`: what people changed since the last look. `conflicts`: corrected cells whose robot value changed since.
    `deleted`: (sheet, row key) of every row that people deleted; they are not brought back. `copy`: a dated copy that
    was written beside the file because the file itself could not be. `beside`: names of copies that a synchronising program
    made, which nobody reads.
    """

    status: Status
    path: Path
    typed: tuple[Typed, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    deleted: tuple[tuple[str, str], ...] = ()
    copy: Path | None = None
    note: str = ""
    beside: tuple[str, ...] = ()


# (sheet, row, header) → to remember, with the new state when there is one; durable when it returns.
Keep = Callable[[Mapping[tuple[str, str, str], Remembered], State | None], None]


def stat_of(path: Path) -> tuple[int, int, int] | None:
    """Return size, modification time and inode of a file, None when there is none."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_size, found.st_mtime_ns, found.st_ino


def deleted_rows(memory: Memory) -> tuple[tuple[str, str], ...]:
    """Return (sheet, row key) of every row that people deleted."""
    return tuple(
        (sheet, row)
        for sheet, known in memory.items()
        for (row, header), one in known.items()
        if header == ROW and one.person == DELETED
    )

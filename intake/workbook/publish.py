"""Bringing a workbook file up to date without ever harming it, or what people typed in it.

Read, merge, remember what people typed, save beside, verify, compare, replace, remember what was written: killed between
any two of these steps, the next run finds its way. The file is never written in place.
"""

import errno
import hashlib
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from intake.ledger.cells import Memory, Remembered
from intake.workbook import book as books
from intake.workbook.book import Book, Damaged
from intake.workbook.grid import Expected, Grid
from intake.workbook.locks import Lock, lock_of
from intake.workbook.losses import losses
from intake.workbook.merge import DELETED, FRESH, LOOSE, ROW, Base, Conflict, Fresh, Plan, Typed, merge
from intake.workbook.sheets import Sheet
from intake.workbook.values import Kept
from intake.workbook.versions import keep_versions, set_aside, version_of
from intake.workbook.words import WORDS
from rules.call import Call

Status = Literal["written", "unchanged", "locked", "blocked"]


class WorkbookTrouble(Exception):  # noqa: N818 - "trouble" is the word of the design for this kind
    """The workbook cannot be read or written, by no fault of its own: a full disk, a folder that is gone."""


@dataclass(frozen=True, slots=True)
class State:
    """What is known of the file itself, kept between runs.

    `writing` counts our writings. `sha256` and `stat` (size, mtime in ns, inode) are of the file when last looked at;
    `ledger` is the ledger's fingerprint then. `locked_since` is when we first had to wait. `copy` tells of the last
    dated copy: path, SHA-256, what it was made from. `layout`: sheet → canonical header and header text in the order
    last seen; `placed`: sheet → every header of ours that ever stood there.
    """

    writing: int = 0
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


@dataclass(frozen=True, slots=True)
class Published:
    """What came of one attempt.

    `typed`: what people changed since the last look. `conflicts`: corrected cells whose robot value changed since.
    `deleted`: (sheet, row key) of every row that people deleted; they are not brought back. `copy`: a dated copy that
    was written beside the file because the file itself could not be.
    """

    status: Status
    path: Path
    typed: tuple[Typed, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    deleted: tuple[tuple[str, str], ...] = ()
    copy: Path | None = None
    note: str = ""


# (sheet, row, header) → to remember, with the new state when there is one; durable when it returns.
Keep = Callable[[Mapping[tuple[str, str, str], Remembered], State | None], None]


@dataclass(slots=True)
class Prepared:
    """A workbook read and merged, nothing written yet."""

    path: Path
    call: Call
    wanted: Sequence[Sheet]
    book: Book
    plans: dict[str, Plan]
    add: dict[str, tuple[str, ...]]
    missing: dict[str, tuple[str, ...]]
    state: State
    damaged: bool = False

    @property
    def changes(self) -> bool:
        """Whether the file must be written."""
        words = WORDS[self.call.language]
        return (
            bool(self.missing)
            or any(self.add.values())
            or any(plan.changes for plan in self.plans.values())
            or any(grid.unnamed for grid in self.book.grids.values())
            or any(
                books.marks_differ(self.book, sheet, self.plans[sheet.id], words)
                for sheet in self.wanted
                if sheet.id in self.book.grids
            )
        )

    def first(self) -> dict[tuple[str, str, str], Remembered]:
        """Return what must be durable before the file is replaced: what people typed, and what we are about to say."""
        return {
            (sheet, *cell): known for sheet, plan in self.plans.items() for cell, known in plan.first.items()
        }

    def last(self) -> dict[tuple[str, str, str], Remembered]:
        """Return what may be remembered only when the file says so."""
        return {
            (sheet, *cell): known for sheet, plan in self.plans.items() for cell, known in plan.last.items()
        }

    def result(self, status: Status, *, copy: Path | None = None, note: str = "") -> Published:
        """Return the outcome."""
        plans = self.plans.values()
        return Published(
            status,
            self.path,
            tuple(typed for plan in plans for typed in plan.typed),
            tuple(conflict for plan in plans for conflict in plan.conflicts),
            tuple((sheet, key) for sheet, plan in self.plans.items() for key in plan.deleted),
            copy,
            note,
        )


def prepare(path: Path, call: Call, wanted: Sequence[Sheet], memory: Memory, state: State) -> Prepared:
    """Read the file, if there is one, and merge. Raises `OSError` when it cannot be read."""
    damaged = False
    try:
        book = books.open_book(path)
    except FileNotFoundError:
        book = books.new_book()
    except Damaged:
        book, damaged = books.new_book(), True
    expected = {sheet.id: (sheet.name, _expected(sheet, memory, state)) for sheet in wanted}
    books.look(book, expected)
    base = _base(path, book, expected, state)
    elsewhere = frozenset(key.partition("/")[0] for sheet in wanted for key in sheet.rows)
    prepared = Prepared(path, call, wanted, book, {}, {}, {}, state, damaged)
    for sheet in wanted:
        grid = book.grids.get(sheet.id)
        headers = _headers(sheet, grid, state)
        if grid is None:
            prepared.missing[sheet.id] = headers
        else:
            prepared.add[sheet.id] = headers
        prepared.plans[sheet.id] = merge(
            sheet,
            grid,
            memory.get(sheet.id, {}),
            base=base if base == FRESH else Base(base.get(sheet.id) if base is not None else None),
            add=headers,
            elsewhere=elsewhere,
            carried=_carried(sheet, wanted, memory, book.grids),
        )
    return prepared


def _expected(sheet: Sheet, memory: Memory, state: State) -> Expected:
    known = memory.get(sheet.id, {})
    rows = {row for row, header in known if header == ROW and not row.startswith(LOOSE)}
    says: dict[tuple[str, str], tuple[Kept, ...]] = {}
    for cell, one in known.items():
        told = tuple(value for value in (one.person, one.written, one.intended) if value)
        if told:
            says[cell] = told
    return Expected(
        sheet.key,
        tuple(column.header for column in sheet.columns),
        tuple(state.layout.get(sheet.id, ())),
        frozenset({*sheet.rows, *rows}),
        says,
    )


def _headers(sheet: Sheet, grid: Grid | None, state: State) -> tuple[str, ...]:
    """Return the headers of columns to make: all of them in a new sheet, else those that never stood there."""
    ours = [column.header for column in sheet.columns]
    if grid is None:
        last_seen = [name for name, _ in state.layout.get(sheet.id, ())]
        return tuple(dict.fromkeys((*last_seen, *ours)))
    placed = set(state.placed.get(sheet.id, ()))
    return tuple(header for header in ours if header not in grid.at and header not in placed)


def _base(
    path: Path, book: Book, expected: Mapping[str, tuple[str, Expected]], state: State
) -> Fresh | dict[str, Grid] | None:
    """Return what the file was made from when that is not our last writing; None when that version is gone."""
    if book.stamp is None or book.stamp >= state.writing:
        return FRESH
    version = version_of(path, book.stamp)
    if version is None:
        return None
    try:
        older = books.open_book(version)
    except (Damaged, OSError):
        return None
    books.look(older, expected)
    return older.grids


def _carried(
    sheet: Sheet, wanted: Sequence[Sheet], memory: Memory, grids: Mapping[str, Grid]
) -> dict[tuple[str, str], Kept]:
    """Return what people typed in rows that leave another sheet for this one, in the columns that go along."""
    headers = {column.header for column in sheet.columns if column.carried}
    carried: dict[tuple[str, str], Kept] = {}
    for other in wanted:
        if other.id == sheet.id or other.key != sheet.key:
            continue
        shared = headers & {column.header for column in other.columns if column.carried}
        grid = grids.get(other.id)
        for key in sheet.rows.keys() - other.rows.keys():
            row = grid.rows.get(key) if grid is not None else None
            for header in shared:
                known = memory.get(other.id, {}).get((key, header))
                typed = (
                    row.cells.get(header) if row is not None else known.person if known is not None else None
                )
                if typed:
                    carried[key, header] = typed
    return carried


def publish(
    path: Path,
    call: Call,
    wanted: Sequence[Sheet],
    memory: Memory,
    state: State,
    *,
    ledger: str,
    keep: Keep,
    now: datetime,
    copy_after: timedelta,
) -> Published:
    """Bring the file up to date, and hand to `keep` what is to be remembered, when it is to be.

    `ledger` is the fingerprint of what `wanted` was made from; `now` is aware. Raises `WorkbookTrouble`.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        prepared = prepare(path, call, wanted, memory, state)
        if not prepared.changes and not prepared.damaged:
            current = seen(path, replace(state, sha256=prepared.book.sha256), prepared)
            keep(
                prepared.first() | prepared.last(),
                replace(current, ledger=ledger, status="unchanged", locked_since=None),
            )
            return prepared.result("unchanged")
        lock = lock_of(path, now)
        if lock is not None and not lock.stale:
            return _wait(prepared, _who(lock), ledger=ledger, keep=keep, now=now, copy_after=copy_after)
        lost = () if prepared.damaged or not prepared.book.octets else losses(prepared.book.octets)
        if lost:
            return _block(prepared, lost, ledger=ledger, keep=keep, now=now, copy_after=copy_after)
        stale = (
            f"a lock file of {lock.since:%d.%m.%Y %H:%M} is ignored: {lock.path.name}"
            if lock is not None
            else ""
        )
        return _write(prepared, ledger=ledger, keep=keep, now=now, copy_after=copy_after, note=stale)
    except PermissionError as error:
        since = state.locked_since or now
        keep({}, replace(state, status="locked", note=str(error), locked_since=since))
        return Published("locked", path, note=str(error))
    except (OSError, Damaged) as error:
        raise WorkbookTrouble(f"{path.name}: {error}") from error


def _who(lock: Lock) -> str:
    return f"open since {lock.since:%d.%m.%Y %H:%M} UTC" + (f" by {lock.owner}" if lock.owner else "")


def change(prepared: Prepared, writing: int) -> None:
    """Carry the plans out in memory."""
    words = WORDS[prepared.call.language]
    for sheet in prepared.wanted:
        fresh = sheet.id in prepared.missing
        if fresh:
            shown = dict(prepared.state.layout.get(sheet.id, ()))
            books.add_sheet(prepared.book, sheet, prepared.missing[sheet.id], shown, kept_as=words.kept)
        add = prepared.add.get(sheet.id, ())
        books.apply(prepared.book, sheet, prepared.plans[sheet.id], add, prepared.call, fresh=fresh)
    books.stamp(prepared.book, writing)


def _write(
    prepared: Prepared, *, ledger: str, keep: Keep, now: datetime, copy_after: timedelta, note: str
) -> Published:
    path, state = prepared.path, prepared.state
    writing = max(state.writing, prepared.book.stamp or 0) + 1
    change(prepared, writing)
    temporary = save_beside(prepared)
    try:
        # Now, and not before, is it certain that the new file can be made; what people typed must be safe first.
        keep(prepared.first(), None)
        lock = lock_of(path, now)
        if (lock is not None and not lock.stale) or not _still(path, prepared):
            return _wait(
                prepared, "changed just now", ledger=ledger, keep=keep, now=now, copy_after=copy_after
            )
        if prepared.damaged:
            aside = set_aside(path, WORDS[prepared.call.language].damaged)
            note = f"the damaged file was set aside: {aside.name}"
        keep_versions(
            path, writing, temporary, prepared.book.octets if prepared.book.sha256 != state.sha256 else b""
        )
        try:
            put_in_place(temporary, path)
        except OSError as error:
            if error.errno not in {errno.EACCES, errno.EPERM, errno.EBUSY, errno.ETXTBSY}:
                raise
            return _wait(prepared, str(error), ledger=ledger, keep=keep, now=now, copy_after=copy_after)
    finally:
        temporary.unlink(missing_ok=True)
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    current = seen(path, replace(state, writing=writing, sha256=sha256), prepared)
    keep(
        prepared.last(),
        replace(
            current, ledger=ledger, status="written", note=note, locked_since=None, copy=None, copied_at=None
        ),
    )
    return prepared.result("written", note=note)


def save_beside(prepared: Prepared) -> Path:
    """Save to a temporary file in the same folder, verified and on the disk; return it."""
    path = prepared.path
    for leftover in path.parent.glob(f".{path.stem}.*.tmp"):
        leftover.unlink(missing_ok=True)
    temporary = path.with_name(f".{path.stem}.{os.getpid()}.tmp")
    books.save(prepared.book, temporary)
    if path.exists():
        temporary.chmod(path.stat().st_mode & 0o777)
    _sync(temporary)
    return temporary


def put_in_place(temporary: Path, path: Path) -> None:
    """Let the new file take the old one's place, durably."""
    temporary.replace(path)
    _sync(path.parent)


def _still(path: Path, prepared: Prepared) -> bool:
    """Return whether the file is what was read."""
    if prepared.damaged:
        return path.exists()
    if not path.exists():
        return not prepared.book.sha256
    return hashlib.sha256(path.read_bytes()).hexdigest() == prepared.book.sha256


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def seen(path: Path, state: State, prepared: Prepared) -> State:
    """Return the state with what the file looks like now: size and times, columns in their order."""
    layout = dict(state.layout)
    placed = dict(state.placed)
    for sheet in prepared.wanted:
        grid = prepared.book.grids.get(sheet.id)
        if grid is None:
            continue
        added = tuple((header, header) for header in prepared.add.get(sheet.id, ()))
        layout[sheet.id] = (*((header, grid.shown[header]) for header in grid.headers), *added)
        ours = [column.header for column in sheet.columns]
        placed[sheet.id] = tuple(dict.fromkeys((*placed.get(sheet.id, ()), *ours)))
    return replace(state, stat=stat_of(path), layout=layout, placed=placed)


def stat_of(path: Path) -> tuple[int, int, int] | None:
    """Return size, modification time and inode of a file, None when there is none."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_size, found.st_mtime_ns, found.st_ino


def _wait(
    prepared: Prepared, why: str, *, ledger: str, keep: Keep, now: datetime, copy_after: timedelta
) -> Published:
    since = prepared.state.locked_since or now
    due = now - since >= copy_after
    return _aside(
        prepared,
        "locked",
        why,
        since=since,
        due=due,
        ledger=ledger,
        keep=keep,
        now=now,
        copy_after=copy_after,
    )


def _block(
    prepared: Prepared,
    lost: tuple[str, ...],
    *,
    ledger: str,
    keep: Keep,
    now: datetime,
    copy_after: timedelta,
) -> Published:
    note = "the file has what would be lost by writing it: " + ", ".join(lost)
    return _aside(
        prepared,
        "blocked",
        note,
        since=None,
        due=True,
        ledger=ledger,
        keep=keep,
        now=now,
        copy_after=copy_after,
    )


def _aside(
    prepared: Prepared,
    status: Status,
    note: str,
    *,
    since: datetime | None,
    due: bool,
    ledger: str,
    keep: Keep,
    now: datetime,
    copy_after: timedelta,
) -> Published:
    """Leave the file alone, remember what people typed in it, and from time to time write a dated copy beside it."""
    state = replace(prepared.state, status=status, note=note, locked_since=since, ledger=ledger)
    state = replace(state, stat=stat_of(prepared.path))
    made_from = f"{ledger} {prepared.book.sha256}"
    old = state.copy
    copy = None
    rested = state.copied_at is None or now - state.copied_at >= copy_after
    if due and rested and (old is None or old[2] != made_from):
        copy = _dated_copy(prepared, now)
        digest = hashlib.sha256(copy.read_bytes()).hexdigest()
        if old is not None and old[0] != str(copy):
            _remove_copy(Path(old[0]), old[1])
        state = replace(state, copy=(str(copy), digest, made_from), copied_at=now)
    keep(prepared.first(), state)
    return prepared.result(status, copy=copy, note=note)


def _dated_copy(prepared: Prepared, now: datetime) -> Path:
    """Write what the file would have become beside it, read-only: nobody's typing there would be seen."""
    local = now.astimezone(prepared.call.zone)
    path = prepared.path
    words = WORDS[prepared.call.language]
    if prepared.changes:
        change(prepared, max(prepared.state.writing, prepared.book.stamp or 0))
    copy = path.with_name(f"{path.stem} ({words.copy.format(time=f'{local:%H-%M}')}).xlsx")
    if copy.exists():
        copy = path.with_name(f"{path.stem} ({words.copy.format(time=f'{local:%d.%m.%Y %H-%M-%S}')}).xlsx")
    temporary = path.with_name(f".{path.stem}.copy.tmp")
    books.save(prepared.book, temporary)
    temporary.chmod(0o444)
    _sync(temporary)
    put_in_place(temporary, copy)
    return copy


def _remove_copy(path: Path, sha256: str) -> None:
    """Remove an outdated copy of ours, unless somebody changed it or has it open."""
    try:
        if hashlib.sha256(path.read_bytes()).hexdigest() == sha256:
            path.unlink()
    except OSError:
        return


def deleted_rows(memory: Memory) -> tuple[tuple[str, str], ...]:
    """Return (sheet, row key) of every row that people deleted."""
    return tuple(
        (sheet, row)
        for sheet, known in memory.items()
        for (row, header), one in known.items()
        if header == ROW and one.person == DELETED
    )

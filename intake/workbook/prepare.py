"""Reading the workbook and merging it with the ledger, before anything is written anywhere."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from intake.ledger.cells import Memory, Remembered
from intake.workbook import book as books
from intake.workbook.book import Book, Damaged, Foreign
from intake.workbook.grid import Expected, Grid
from intake.workbook.merge import merge
from intake.workbook.package.opened import Unread
from intake.workbook.page import Page, Pages, no_pages
from intake.workbook.plan import FRESH, LOOSE, ROW, Base, Fresh, Plan
from intake.workbook.sheet import Sheet
from intake.workbook.state import Published, State, Status, stat_of
from intake.workbook.values import Kept
from intake.workbook.versions import versions_of
from intake.workbook.words import WORDS
from rules.call import Call


class LookAtAll(Exception):
    """Not only some rows need to be looked at: somebody touched the file, or rows move that others refer to."""


@dataclass(slots=True)
class Prepared:
    """A workbook read and merged, nothing written yet. `changed`: the plans were carried out in memory.

    `foreign` tells of a file that is whole but cannot be written here, "" for all others. `partly`: only some rows were
    looked at.
    """

    path: Path
    call: Call
    wanted: Sequence[Sheet]
    book: Book
    plans: dict[str, Plan]
    add: dict[str, tuple[str, ...]]
    missing: dict[str, tuple[str, ...]]
    state: State
    damaged: bool = False
    changed: bool = False
    pages: Pages = no_pages
    foreign: str = ""
    partly: bool = False

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
            or books.pages_differ(self.book, self.own_pages)
        )

    @property
    def own_pages(self) -> tuple[Page, ...]:
        """The robot's own pages as this file needs them."""
        plans = (self.plans[one] for one in ("applications", "late", "attention") if one in self.plans)
        return self.pages(self.at, {key for plan in plans for key in plan.deleted}, self.partly)

    def at(self, sheet_id: str, name: str) -> str:
        """Return where a column stands in the file; `name` is its header's as in the words."""
        return books.reference(self.book, sheet_id, WORDS[self.call.language].headers[name])

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
            self.state.beside,
        )


def prepare(
    path: Path,
    call: Call,
    wanted: Sequence[Sheet],
    memory: Memory,
    state: State,
    *,
    pages: Pages = no_pages,
    only: Mapping[str, frozenset[str]] | None = None,
) -> Prepared:
    """Read the file, if there is one, and merge. Raises `OSError` when it cannot be read.

    `only`: sheet id → the rows that `wanted` and `memory` are about, of a file that nobody touched. Raises `LookAtAll` when
    more must be read.
    """
    expected = {sheet.id: (sheet.name, _expected(sheet, memory, state)) for sheet in wanted}
    damaged, foreign = False, ""
    try:
        book = books.open_book(path)
        if only is not None and book.sha256 != state.ours:
            raise LookAtAll
        books.look(book, expected, only or {})
    except Unread as error:
        raise LookAtAll from error
    except FileNotFoundError:
        book = books.new_book()
    except Foreign as error:
        book, foreign = books.new_book(), str(error)
    except Damaged:
        book, damaged = books.new_book(), True
    if book.file is None:
        books.look(book, expected)
    base = _base(path, book, expected, state)
    if only is not None and (book.file is None or base != FRESH or len(book.grids) < len(wanted)):
        raise LookAtAll
    elsewhere = frozenset(key.partition("/")[0] for sheet in wanted for key in sheet.rows)
    prepared = Prepared(
        path,
        call,
        wanted,
        book,
        {},
        {},
        {},
        state,
        damaged,
        foreign=foreign,
        pages=pages,
        partly=only is not None,
    )
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
            base=base
            if base == FRESH
            else Base(tuple(grids[sheet.id] for grids in base if sheet.id in grids)),
            add=headers,
            elsewhere=elsewhere,
            homes=_homes(sheet, wanted),
            carried=_carried(sheet, wanted, memory, book.grids),
            only=only is not None and sheet.id in only,
        )
    if only is not None:
        _see_whether_enough(prepared, memory, only)
    return prepared


def _see_whether_enough(prepared: Prepared, memory: Memory, only: Mapping[str, frozenset[str]]) -> None:
    """Raise `LookAtAll` when what is to be done concerns rows that were not read."""
    for sheet_id in only:
        grid, plan = prepared.book.grids[sheet_id], prepared.plans[sheet_id]
        # A row that stands in the file for certain was not found: only a look at all of them tells why.
        lost = any(
            known.written is not None and known.person is None and row not in grid.rows
            for (row, header), known in memory.get(sheet_id, {}).items()
            if header == ROW
        )
        moved = plan.remove or plan.loose or (plan.append and grid.below)
        if lost or moved or prepared.add.get(sheet_id) or grid.unnamed:
            raise LookAtAll
    for sheet_id, plan in prepared.plans.items():
        moves = plan.remove or ((plan.append or plan.loose) and prepared.book.grids[sheet_id].below)
        if moves and books.is_referred_to(prepared.book, sheet_id):
            raise LookAtAll
    if prepared.changes and books.keeps_results(prepared.book):
        raise LookAtAll


def _homes(sheet: Sheet, wanted: Sequence[Sheet]) -> frozenset[str]:
    """Return the keys of rows that stand on another sheet to which what people typed here goes along."""
    headers = {column.header for column in sheet.columns if column.carried}
    return frozenset(
        key
        for other in wanted
        if other.id != sheet.id and other.key == sheet.key
        if headers & {column.header for column in other.columns if column.carried}
        for key in other.rows
    )


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
        frozenset({*sheet.rows, *sheet.leaving, *rows}),
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
) -> Fresh | tuple[dict[str, Grid], ...]:
    """Return what the file was made from when that is not our last writing; nothing when those versions are gone."""
    if book.stamp is None or book.stamp >= state.writing:
        return FRESH
    found = []
    for version in versions_of(path, book.stamp):
        try:
            older = books.open_book(version)
            books.look(older, expected)
        except (Damaged, OSError):
            continue
        found.append(older.grids)
    return tuple(found)


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


def change(prepared: Prepared, writing: int) -> None:
    """Carry the plans out in memory, once."""
    if prepared.changed:
        return
    prepared.changed = True
    words = WORDS[prepared.call.language]
    for sheet in prepared.wanted:
        fresh = sheet.id in prepared.missing
        if fresh:
            shown = dict(prepared.state.layout.get(sheet.id, ()))
            books.add_sheet(prepared.book, sheet, prepared.missing[sheet.id], shown, kept_as=words.kept)
        add = prepared.add.get(sheet.id, ())
        books.apply(prepared.book, sheet, prepared.plans[sheet.id], add, prepared.call, fresh_sheet=fresh)
    books.write_pages(prepared.book, prepared.own_pages, prepared.call)
    books.stamp(prepared.book, writing)


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

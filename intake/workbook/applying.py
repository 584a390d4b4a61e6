"""Carrying a plan out on a sheet that is in the file: what shall stand in which cell, and what hangs on it. Pure.

Nothing is written here; the wishes are gathered in a `SheetChange`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from intake.workbook.columns import Column
from intake.workbook.dress import column_dress, dressed, fitting, header_dress, linked, marked
from intake.workbook.fresh import Source, lookups, number_format
from intake.workbook.grid import Grid
from intake.workbook.package.cells import Place, address
from intake.workbook.package.change import SheetChange
from intake.workbook.package.ranges import Shift, shift_of
from intake.workbook.package.styles import StyleBook
from intake.workbook.plan import Plan
from intake.workbook.sheet import Sheet
from intake.workbook.style import height, note_of
from intake.workbook.values import Kept, is_formula, text_of
from intake.workbook.words import Words


@dataclass(frozen=True, slots=True)
class Target:
    """A sheet of the file and what is wished of it. `source` refers to columns of the sheet of applications."""

    styles: StyleBook
    change: SheetChange
    grid: Grid
    wanted: Sheet
    plan: Plan
    words: Words
    source: Source


def apply_plan(target: Target, add: tuple[str, ...]) -> Grid:
    """Gather what a plan does to a sheet; `add` are headers of new columns. Return the table as it will stand, rows apart."""
    grid, plan, change = target.grid, target.plan, target.change
    row_of = _move_rows(target)
    last = grid.last_row - len(plan.remove)
    before = last
    for header, number in grid.unnamed.items():
        _put(target, (grid.header_row, number), f"s:{header}")
    at = dict(grid.at)
    _add_columns(target, at, add, last)
    for (key, header), value in plan.cells.items():
        column = target.wanted.by_header.get(header)
        _put(target, (row_of[key], at[header]), value, column)
        if not value and (grid.rows[key].row, at[header]) in change.sheet.links:
            # A link over an empty cell would show its address.
            change.links[row_of[key], at[header]] = ""
        if column is not None and column.grows and value:
            change.edit.heights[row_of[key]] = height({**grid.rows[key].cells, header: value}, target.wanted)
    old_rows = frozenset(row_of)
    for key, cells in (*plan.append.items(), *(("", cells) for cells in plan.loose)):
        last += 1
        _new_row(target, last, cells, at)
        if key:
            row_of[key] = last
    _link(target, row_of, at, old_rows)
    _look_up(target, row_of, at, old_rows)
    _mark(target, row_of, at)
    change.fit_table(grid.header_row, at.values(), at[target.wanted.key], last)
    old = max(before, grid.header_row + 1)
    if last > old:
        change.grown = (old, last)
    return replace(grid, at=at)


def _move_rows(target: Target) -> dict[str, int]:
    """Tell the sheet which rows go and where others move; return where those of ours will stand."""
    grid, plan, change = target.grid, target.plan, target.change
    removed = frozenset(grid.rows[key].row for key in plan.remove)
    extra = len(plan.append) + len(plan.loose)
    below = any(row > grid.last_row for row, _ in change.sheet.cells)
    room = extra if below else 0
    if removed or room:
        change.edit.shift = shift_of(removed, grid.last_row, room, reach=True)
        change.ranges = shift_of(removed, grid.last_row, room, reach=False)
    shift: Shift | None = change.edit.shift
    return {
        key: shift.start(row.row) if shift is not None else row.row
        for key, row in grid.rows.items()
        if row.row not in removed
    }


def _put(target: Target, place: Place, value: Kept, column: Column | None = None) -> None:
    target.change.set(place, value)
    target.change.edit.restyle(place, fitting(target.styles, value, number_format(column, value)))


def _new_row(target: Target, row: int, cells: Mapping[str, Kept], at: Mapping[str, int]) -> None:
    change, wanted = target.change, target.wanted
    for header, number in at.items():
        change.set((row, number), "")
        change.edit.restyle((row, number), dressed(target.styles, column_dress(wanted.by_header.get(header))))
    for header, value in cells.items():
        if header in at:
            _put(target, (row, at[header]), value, wanted.by_header.get(header))
    change.edit.heights[row] = height(cells, wanted)


def _add_columns(target: Target, at: dict[str, int], add: tuple[str, ...], last: int) -> None:
    grid, change = target.grid, target.change
    for header in add:
        column = target.wanted.by_header.get(header)
        if header in at or column is None:
            continue
        number = at[header] = max(at.values()) + 1
        _put(target, (grid.header_row, number), f"s:{header}")
        change.edit.restyle((grid.header_row, number), dressed(target.styles, header_dress(column.people)))
        change.widths[number] = (column.width, column.folded)
        for row in range(grid.header_row + 1, last + 1):
            change.edit.restyle((row, number), dressed(target.styles, column_dress(column)))


def _link(target: Target, row_of: Mapping[str, int], at: Mapping[str, int], old: frozenset[str]) -> None:
    change, grid = target.change, target.grid
    for (key, header), leads_to in target.wanted.links.items():
        if key not in row_of or header not in at:
            continue
        known = change.sheet.links.get((grid.rows[key].row, at[header]), "") if key in old else ""
        # Some spreadsheets make a relative address an absolute one.
        if known == leads_to or known.endswith(f"/{leads_to}"):
            continue
        place = (row_of[key], at[header])
        change.links[place] = leads_to
        change.edit.restyle(place, linked(target.styles))


def _look_up(target: Target, row_of: Mapping[str, int], at: Mapping[str, int], old: frozenset[str]) -> None:
    """Fill the columns that show what stands on the sheet of applications."""
    change, grid = target.change, target.grid
    for header, key, formula in lookups(target.wanted, row_of, at, target.source):
        said = change.sheet.cells.get((grid.rows[key].row, at[header]), "") if key in old else ""
        if is_formula(said) and _plain(text_of(said)) == _plain(formula):
            continue
        place = (row_of[key], at[header])
        change.set(place, f"f:{address(*place)} {formula}")


def _plain(formula: str) -> str:
    """Return a formula without what spreadsheets write differently: quotes of sheets, spaces, signs of fixed places."""
    return "".join(char for char in formula if char not in "'$ ")


def _mark(target: Target, row_of: Mapping[str, int], at: Mapping[str, int]) -> None:
    change, robot = target.change, target.words.robot
    shift = change.edit.shift
    present: dict[Place, str] = {}
    others: set[Place] = set()
    for (row, column), found in change.sheet.notes.items():
        if shift is not None and row in shift.removed:
            continue
        place = (shift.start(row) if shift is not None else row, column)
        if found.author == robot:
            present[place] = found.text
        else:
            others.add(place)
    wished = {
        (row_of[key], at[header]): note_of(one, target.words)
        for (key, header), one in target.plan.marks.items()
        if key in row_of and header in at
    }
    change.author = robot
    for place in present.keys() - wished.keys():
        change.unnoted.add(place)
        change.edit.restyle(place, marked(target.styles, corrected=False))
    for place, note in wished.items():
        # A comment that a person wrote there is not touched.
        if place not in others and present.get(place) != note and not change.is_covered(place):
            change.notes[place] = note
            change.edit.restyle(place, marked(target.styles, corrected=True))

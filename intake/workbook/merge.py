"""Three ways into one: what the robot wants to say, what it last said, and what stands in the file. Pure.

A cell that equals what the robot last wrote, or was about to write when it was killed, is the robot's; anything else was
typed by a person and wins. Nothing a person typed is ever dropped without that person having taken it back.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from intake.ledger.cells import NOTHING, Remembered
from intake.workbook.columns import Column
from intake.workbook.grid import Grid, KeyedRow
from intake.workbook.plan import (
    DELETED,
    FRESH,
    LOOSE,
    ROW,
    Base,
    Conflict,
    Fresh,
    Mark,
    Plan,
    SheetMemory,
    Typed,
)
from intake.workbook.sheet import Sheet
from intake.workbook.values import EMPTY, Kept, is_formula, kept, same, text_of


@dataclass(slots=True)
class _Merging:
    """One sheet being merged: the inputs, and the plan as it grows."""

    sheet: Sheet
    grid: Grid
    memory: SheetMemory
    base: Base | Fresh
    headers: tuple[str, ...]
    plan: Plan = field(default_factory=Plan)

    def known(self, key: str, header: str) -> Remembered:
        return self.memory.get((key, header), NOTHING)

    def remember(self, key: str, header: str, first: Remembered, last: Remembered) -> None:
        known = self.known(key, header)
        if first != known:
            self.plan.first[key, header] = first
        if last != first:
            self.plan.last[key, header] = last

    def robots(self, key: str, header: str) -> Kept:
        """Return what the robot wants in a cell; in a column of people, nothing."""
        column = self.sheet.by_header.get(header)
        if column is None or column.people:
            return EMPTY
        return kept(self.sheet.rows[key].get(header))

    def mark(self, key: str, column: Column | None, person: Kept, robot: Kept, before: Kept | None) -> Mark:
        """Return what to say at a cell that a person corrected."""
        if column is None or column.advise is None:
            return Mark(robot, before)
        return Mark(robot, before, column.advise(text_of(person), self.sheet.rows[key]))

    def untouched(self, key: str, header: str, found: Kept) -> bool:
        """Return whether a cell says what it said in the older version that the person's copy was made from."""
        if self.base == FRESH:
            return False
        rows = (grid.rows[key] for grid in self.base.grids if key in grid.rows)
        return any(same(found, row.cells.get(header, EMPTY)) for row in rows)

    @property
    def lost(self) -> bool:
        """Whether the person's copy is an old one, of which nothing more is known."""
        return self.base != FRESH and not self.base.grids

    def note_person(self, key: str, header: str, before: Kept | None, after: Kept | None) -> None:
        if before != after:
            self.plan.typed.append(Typed(self.sheet.name, key, header, before, after))


def merge(
    sheet: Sheet,
    grid: Grid | None,
    memory: SheetMemory,
    *,
    base: Base | Fresh = FRESH,
    add: tuple[str, ...] = (),
    elsewhere: frozenset[str] = frozenset(),
    homes: frozenset[str] = frozenset(),
    carried: Mapping[tuple[str, str], Kept] | None = None,
    only: bool = False,
) -> Plan:
    """Return what to do with a sheet.

    `grid` is what stands in the file, None when the sheet must be made. `add` are headers of columns that will be
    added. `elsewhere` has the keys of rows that the projection has on other sheets: a row may only be removed when it
    went there. `homes` are those of them that stand on a sheet which takes people's text along. `carried`: what people
    typed in rows that come from another sheet. `only`: the sheet, the grid and the memory have some rows only, and nothing
    is said of those that people added.
    """
    present = grid if grid is not None else Grid((), {}, ())
    sheet = _with_those_that_stay(sheet, present, memory, rebuilding=grid is None)
    # What a formula shows is never anybody's text.
    headers = tuple(header for header in (*present.headers, *add) if header not in sheet.lookups)
    merging = _Merging(sheet, present, memory, base, headers)
    for key in sheet.rows:
        row = present.rows.get(key)
        if row is not None:
            _merge_row(merging, key, row)
        elif _was_deleted(merging, key, rebuilding=grid is None):
            merging.plan.deleted.append(key)
        else:
            _append_row(merging, key, carried or {})
    for key, row in present.rows.items():
        if key not in sheet.rows:
            _left_over(merging, key, row, elsewhere, homes)
    _forget_what_went(merging, homes)
    _forget_rows_that_are_nowhere(merging)
    if not only:
        _loose_rows(merging, rebuilding=grid is None)
    return merging.plan


def _with_those_that_stay(sheet: Sheet, grid: Grid, memory: SheetMemory, *, rebuilding: bool) -> Sheet:
    """Return the sheet with those of its leaving rows in which people's text stands."""
    if not sheet.leaving:
        return sheet
    ours = {column.header for column in sheet.columns if not column.people}
    used = {
        key
        for key, row in grid.rows.items()
        if any(value for header, value in row.cells.items() if header not in ours)
    }
    if rebuilding:
        used |= {
            key for (key, header), known in memory.items() if header and known.person and header not in ours
        }
    stay = {key: row for key, row in sheet.leaving.items() if key in used}
    return replace(sheet, rows={**sheet.rows, **stay}) if stay else sheet


def _was_deleted(merging: _Merging, key: str, *, rebuilding: bool) -> bool:
    """Return whether a person deleted the row: it stood in the file for certain and is gone, and not by a rollback."""
    known = merging.known(key, ROW)
    if known.person == DELETED:
        return True
    if rebuilding or known.written is None:
        return False
    if merging.base != FRESH and not any(key in grid.rows for grid in merging.base.grids):
        return False
    gone = Remembered(known.written, known.intended, DELETED)
    merging.remember(key, ROW, gone, gone)
    merging.note_person(key, ROW, None, DELETED)
    return True


def _merge_row(merging: _Merging, key: str, row: KeyedRow) -> None:
    known = merging.known(key, ROW)
    here = Remembered("row", "row")
    if known.person == DELETED:
        merging.note_person(key, ROW, DELETED, None)
    # Until the file has been written, which may take as long as it is open elsewhere, its empty cells say nothing.
    merging.remember(key, ROW, Remembered("row", "row", known.person), here)
    for header in merging.headers:
        _merge_cell(merging, key, header, row.cells.get(header, EMPTY))


def _merge_cell(merging: _Merging, key: str, header: str, found: Kept) -> None:
    known = merging.known(key, header)
    robot = merging.robots(key, header)
    # Most cells say what they said, and nobody touched them.
    if known.person is None and found == robot == known.written == known.intended:
        return
    column = merging.sheet.by_header.get(header)
    ours = column is not None and not column.people
    person = None if header == merging.sheet.key else _person(merging, key, header, found, robot=robot)
    if ours and same(person, robot):
        person = None
    shown = robot if person is None else person
    # A column of people that says nothing needs no row in the ledger.
    if not ours and person is None and known == NOTHING:
        return
    if found != shown and not same(found, shown):
        merging.plan.cells[key, header] = shown
    if person is None:
        # A value is forgotten only when the file no longer says it, for certain.
        # What was found is ours, so it is written for certain: the run that wrote it may have died before it said so.
        ours_for_certain = any(same(found, said) for said in (known.written, known.intended))
        written = found if ours_for_certain else known.written
        merging.remember(key, header, Remembered(written, robot, known.person), Remembered(robot, robot))
        merging.note_person(key, header, known.person, None)
        return
    before = known.intended if known.person is not None else known.written
    before = robot if before is None else before
    merging.remember(
        key, header, Remembered(known.written, before, person), Remembered(robot, before, person)
    )
    said = known.written if ours and known.person is None else known.person
    merging.note_person(key, header, said, person)
    if ours:
        conflict = not same(before, robot)
        merging.plan.marks[key, header] = merging.mark(
            key, column, person, robot, before if conflict else None
        )
        if conflict:
            merging.plan.conflicts.append(Conflict(merging.sheet.name, key, header, person, before, robot))


def _person(merging: _Merging, key: str, header: str, found: Kept, *, robot: Kept) -> Kept | None:
    """Return what a person says in a cell, None when it is the robot's."""
    known = merging.known(key, header)
    if merging.untouched(key, header, found) or (not found and _comes_back(merging, key)):
        return known.person
    if known.person is not None and same(found, known.person):
        return known.person
    # Pressing F2 and Enter may turn an applicant's text that begins with = into a formula. Nobody meant that.
    if is_formula(found) and any(
        said and not is_formula(said) and text_of(said) == text_of(found) for said in (known.written, robot)
    ):
        return known.person
    # Beside a person's value `intended` is an old value of the robot, which a person may well type again.
    robots = (known.written,) if known.person is not None else (known.written, known.intended)
    lost = merging.lost
    if any(same(found, said) for said in robots):
        return known.person if lost and not found else None
    if not found and (known.person or (known.written is None and known.intended is None) or lost):
        # Clearing a correction hands the cell back to the robot.
        return known.person if lost else None
    return found


def _comes_back(merging: _Merging, key: str) -> bool:
    """Return whether a person wrote the number of a row again that had been deleted."""
    return merging.known(key, ROW).person == DELETED


def _append_row(merging: _Merging, key: str, carried: Mapping[tuple[str, str], Kept]) -> None:
    cells: dict[str, Kept] = {}
    row = merging.known(key, ROW)
    merging.remember(key, ROW, Remembered(row.written, "row"), Remembered("row", "row"))
    for header in merging.headers:
        known = merging.known(key, header)
        column = merging.sheet.by_header.get(header)
        ours = column is not None and not column.people
        robot = merging.robots(key, header)
        person = carried.get((key, header), known.person)
        if ours and same(person, robot):
            person = None
        shown = robot if person is None else person
        if shown:
            cells[header] = shown
        if person is None:
            if ours:
                merging.remember(key, header, Remembered(known.written, robot), Remembered(robot, robot))
            continue
        before = known.intended if known.person is not None and known.intended is not None else robot
        merging.remember(
            key, header, Remembered(known.written, before, person), Remembered(robot, before, person)
        )
        if ours:
            conflict = not same(before, robot)
            merging.plan.marks[key, header] = merging.mark(
                key, column, person, robot, before if conflict else None
            )
    merging.plan.append[key] = cells


def _left_over(
    merging: _Merging, key: str, row: KeyedRow, elsewhere: frozenset[str], homes: frozenset[str]
) -> None:
    """Deal with a row of ours that the projection has no more on this sheet: it moved, or it is none of our business.

    What people typed in it is remembered either way.
    """
    for header in merging.headers:
        column = merging.sheet.by_header.get(header)
        known = merging.known(key, header)
        found = row.cells.get(header, EMPTY)
        if column is not None and not column.people:
            _left_over_of_ours(merging, key, header, found)
            continue
        person = found or None
        keep = Remembered(known.written, known.intended, person)
        # What goes along with the row is remembered there; when no sheet takes it, it is remembered here.
        goes = column is not None and column.carried and key in homes
        merging.remember(key, header, keep, NOTHING if goes else keep)
        merging.note_person(key, header, known.person, person)
    if key in merging.sheet.leaving or key.partition("/")[0] in elsewhere:
        merging.plan.remove.append(key)
        merging.remember(key, ROW, merging.known(key, ROW), NOTHING)


def _left_over_of_ours(merging: _Merging, key: str, header: str, found: Kept) -> None:
    """Remember what a person typed over a value of ours in a row that goes, or that they cleared it."""
    known = merging.known(key, header)
    if header == merging.sheet.key or (known.written is None and known.intended is None):
        return
    person = _person(merging, key, header, found, robot=EMPTY)
    if person != known.person:
        before = known.intended if known.person is not None else known.written
        now = Remembered(known.written, known.written if before is None else before, person)
        merging.remember(key, header, now, now)
        merging.note_person(key, header, known.person, person)


def _forget_what_went(merging: _Merging, homes: frozenset[str]) -> None:
    """Forget here what people typed in rows that stand on another sheet by now: there it may be changed or emptied."""
    headers = [column.header for column in merging.sheet.columns if column.carried]
    for key in homes if headers else ():
        if key in merging.sheet.rows or key in merging.grid.rows:
            continue
        for header in headers:
            known = merging.memory.get((key, header))
            if known is not None:
                merging.remember(key, header, known, NOTHING)


def _forget_rows_that_are_nowhere(merging: _Merging) -> None:
    """Forget that a row stood here which is neither wanted nor there: a file that was lost took it along when it moved.

    If it ever belongs here again, its absence must not look like somebody's deleting it.
    """
    here = merging.sheet.rows.keys() | merging.grid.rows.keys()
    for (key, header), known in merging.memory.items():
        if header == ROW and key not in here and known.person != DELETED:
            merging.remember(key, ROW, known, NOTHING)


def _loose_rows(merging: _Merging, *, rebuilding: bool) -> None:
    """Mirror the rows that people added by hand, and put them back when the file was lost or rolled back."""
    remembered: dict[str, dict[str, Kept]] = {}
    for (key, header), known in merging.memory.items():
        if key.startswith(LOOSE) and known.person is not None:
            remembered.setdefault(key, {})[header] = known.person
    lookups = merging.sheet.lookups
    rows = [
        {header: value for header, value in row.items() if header not in lookups}
        for row in merging.grid.loose
    ]
    if rebuilding:
        merging.plan.loose = [remembered[key] for key in sorted(remembered, key=lambda key: int(key[1:]))]
        return
    if merging.base != FRESH:
        before = [row for grid in merging.base.grids for row in grid.loose]
        back = [row for row in remembered.values() if row not in rows and row not in before]
        merging.plan.loose = back
        rows += back
    now = {f"{LOOSE}{count}": row for count, row in enumerate(rows, start=1)}
    for key in sorted(now.keys() | remembered.keys()):
        for header in sorted(now.get(key, {}).keys() | remembered.get(key, {}).keys()):
            person = now.get(key, {}).get(header)
            merging.remember(key, header, Remembered(person=person), Remembered(person=person))
            merging.note_person(key, header, merging.known(key, header).person, person)

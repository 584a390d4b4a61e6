"""What is to be changed on one sheet, and the sheet written anew with it. What the sheet will say can be told beforehand."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from intake.workbook.package import around, drawings, notes, table_parts
from intake.workbook.package.cells import Place, address
from intake.workbook.package.edit import SheetEdit, rewritten_rows
from intake.workbook.package.links import Listed
from intake.workbook.package.markup import Element, first
from intake.workbook.package.opened import Opened, OpenedSheet
from intake.workbook.package.ranges import Area, Shift, area_of
from intake.workbook.package.table_parts import TableObject
from intake.workbook.package.worksheet import Worksheet
from intake.workbook.values import Kept, is_formula, moved_formula, text_of


@dataclass(slots=True)
class SheetChange:
    """What to do with one sheet, in rows as they will be numbered.

    `widths`: column → characters and whether it is folded. `grown`: what lists and colours reached to, and shall reach
    to. `ranges`: how ranges move, where formulas move otherwise. `notes` of `author`, `unnoted` are places of old ones.
    """

    sheet: OpenedSheet
    edit: SheetEdit = field(default_factory=SheetEdit)
    widths: dict[int, tuple[float, bool]] = field(default_factory=dict)
    grown: tuple[int, int] | None = None
    filtered_to: int = 0
    ranges: Shift | None = None
    links: dict[Place, str] = field(default_factory=dict)
    notes: dict[Place, str] = field(default_factory=dict)
    unnoted: set[Place] = field(default_factory=set)
    author: str = ""
    fits: list[tuple[TableObject, Area, tuple[str, ...]]] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether nothing happens to the sheet's own part."""
        around_rows = (
            self.widths,
            self.grown,
            self.filtered_to,
            self.links,
            self.notes,
            self.unnoted,
            self.ranges,
        )
        return self.edit.is_empty and not any(around_rows)

    def set(self, place: Place, value: Kept) -> None:
        """Let a cell say something; one that was merged into its neighbour cannot."""
        if self.is_covered(place):
            return
        self.edit.change(place).value = value

    def is_covered(self, place: Place) -> bool:
        """Return whether a cell, numbered as it will be, is part of a merged one."""
        return place in self._covered()

    def _covered(self) -> frozenset[Place]:
        shift, covered = self.ranges, self.sheet.covered
        if shift is None or not covered:
            return covered
        return frozenset((shift.start(row), column) for row, column in covered if row not in shift.removed)

    def says(self, place: Place) -> Kept:
        """Return what a cell will say, when no rows move."""
        change = self.edit.cells.get(place)
        if change is not None and change.value is not None:
            return change.value
        return self.sheet.cells.get(place, "")

    def fit_table(self, header_row: int, columns: Collection[int], key_column: int, last: int) -> None:
        """Let the table object, or else the filter, cover header and data; its column names must equal the header cells.

        `columns` are ours, `last` is the last row of data.
        """
        end = max(last, header_row + 1)
        table = next(
            (
                one
                for one in self.sheet.tables
                if one.area.top == header_row and one.area.left <= key_column <= one.area.right
            ),
            None,
        )
        if table is None:
            self.filtered_to = end
            return
        left, right = min(*columns, table.area.left), max(*columns, table.area.right)
        names = self._header_names(header_row, left, right)
        self.fits.append((table, Area(left, header_row, right, end + table.totals), names))

    def _header_names(self, row: int, left: int, right: int) -> tuple[str, ...]:
        """Return the header cells' texts, each of its own: Excel repairs a file in which two are alike or one is empty."""
        names: list[str] = []
        for column in range(left, right + 1):
            said = text_of(self.says((row, column)))
            text = said or f"Column {column}"
            name, count = text, 1
            while name.casefold() in {one.casefold() for one in names}:
                count += 1
                name = f"{text} ({count})"
            if name != said:
                self.set((row, column), f"s:{name}")
            names.append(name)
        return tuple(names)

    def expected(self) -> dict[Place, Kept]:
        """Return what the sheet will say."""
        edit = self.edit
        told: dict[Place, Kept] = {}
        for (row, column), value in self.sheet.cells.items():
            if edit.shift is not None and row in edit.shift.removed:
                continue
            place = (edit.shift.start(row) if edit.shift is not None else row, column)
            told[place] = self._moved(value, place) if is_formula(value) else value
        for place, change in edit.cells.items():
            if change.value is None:
                continue
            told.pop(place, None)
            if change.value:
                told[place] = _landed(change.value, place)
        return told

    def _moved(self, formula: Kept, place: Place) -> Kept:
        text = text_of(formula)
        if self.edit.reformulate is not None:
            text = self.edit.reformulate(text)
        return f"f:{address(*place)} {text}"


def _landed(value: Kept, place: Place) -> Kept:
    """Return kept text as it will be read from its new place."""
    if not is_formula(value):
        return value
    at = address(*place)
    return f"f:{at} {moved_formula(text_of(value), origin=value[2:].partition(' ')[0], target=at)}"


def carry_out(opened: Opened, change: SheetChange) -> None:
    """Write a sheet anew, with what hangs on it. Raises `Damaged`."""
    package, part = opened.package, change.sheet.entry.part
    if change.ranges is not None:
        notes.move_notes(package, part, change.ranges)
        drawings.move_anchors(package, part, change.ranges)
        for table in change.sheet.tables:
            table_parts.move(package, table, change.ranges)
    for table, area, names in change.fits:
        table_parts.fit(package, table, area, names)
    if change.is_empty:
        return
    sheet = package.worksheet(part)
    package.put(part, _written(opened, sheet, change))
    opened.forget(change.sheet.entry.name)


def _written(opened: Opened, sheet: Worksheet, change: SheetChange) -> Iterator[bytes]:
    frame = sheet.frame
    yield sheet.declaration + frame.opening
    head = frame.parse([sheet.head])
    yield frame.content(head) if _in_head(head, change) else sheet.head
    yield b"<" + frame.prefix + b"sheetData>"
    yield from rewritten_rows(sheet, change.edit, epoch_1904=opened.formats.epoch_1904)
    yield b"</" + frame.prefix + b"sheetData>"
    yield from _tail(opened, sheet, change)
    yield b"</" + frame.name + b">"


def _in_head(head: Element, change: SheetChange) -> bool:
    """Change what stands before the rows; return whether anything did."""
    edit = change.edit
    for number, (width, folded) in change.widths.items():
        around.set_width(head, number, width, folded=folded)
    rows, columns = [row for row, _ in edit.cells], [column for _, column in edit.cells]
    area = Area(min(columns), min(rows), max(columns), max(rows)) if rows else None
    told = first(head, "dimension")
    before = told.get("ref") if told is not None else None
    around.grow_dimension(head, edit.shift, area)
    return bool(change.widths) or (told is not None and told.get("ref") != before)


def _tail(opened: Opened, sheet: Worksheet, change: SheetChange) -> Iterator[bytes]:
    """Yield what stands after the rows, as it stood when nothing of it changes."""
    package, part = opened.package, change.sheet.entry.part
    listed = Listed(sheet.frame, sheet.tail)
    tree = listed.tree()
    changed = False
    if change.ranges is not None or change.edit.reformulate is not None:
        around.move_ranges(tree, change.ranges, change.edit.reformulate)
        changed = True
    if change.grown is not None:
        changed |= around.extend_ranges(tree, *change.grown)
    filtered = first(tree, "autoFilter")
    if change.filtered_to and filtered is not None:
        area = area_of(filtered.get("ref", ""))
        if area is not None and area.bottom != change.filtered_to:
            filtered.set("ref", str(Area(area.left, area.top, area.right, change.filtered_to)))
            changed = True
    notes.set_notes(package, part, tree, change.author, wanted=change.notes, gone=change.unnoted)
    if not changed and not (change.links or change.notes or change.unnoted):
        yield sheet.tail
        return
    yield from listed.changed(tree, package.relations(part), change.links, change.ranges, around.ORDER)

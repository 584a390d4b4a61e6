"""Changing a worksheet part: rows that nothing happens to pass through as they are written, all others are taken apart."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from intake.workbook.package.cells import Place, address, cell_octets, cells_in
from intake.workbook.package.markup import Element, Frame, first
from intake.workbook.package.ranges import Shift
from intake.workbook.package.worksheet import Worksheet
from intake.workbook.values import Kept, moved_formula

# The style of a cell: old one → new one; 0 for a cell that was not there.
Restyle = Callable[[int], int]


@dataclass(slots=True)
class CellChange:
    """What to do with one cell: `value` None leaves what it says; `restyle` None how it looks."""

    value: Kept | None = None
    restyle: Restyle | None = None


@dataclass(slots=True)
class SheetEdit:
    """What to do with a worksheet. Places and heights are in rows as they will be numbered.

    `shift`: how rows move. `reformulate`: a formula with its equals sign → as it reads afterwards. `shared`: formulas to
    be written out in every cell, because the one that holds their text moves or goes; as in `Contents`. `stale`: the
    places of formulas whose kept result may be wrong.
    """

    cells: dict[Place, CellChange] = field(default_factory=dict)
    heights: dict[int, float] = field(default_factory=dict)
    shift: Shift | None = None
    reformulate: Callable[[str], str] | None = None
    shared: Mapping[str, tuple[str, str]] | None = None
    stale: frozenset[Place] = frozenset()

    def change(self, place: Place) -> CellChange:
        """Return the change at a place, to be filled."""
        return self.cells.setdefault(place, CellChange())

    def restyle(self, place: Place, restyle: Restyle) -> None:
        """Let a cell look otherwise, after whatever else changes its look."""
        change = self.change(place)
        before = change.restyle
        change.restyle = restyle if before is None else lambda style: restyle(before(style))

    @property
    def is_empty(self) -> bool:
        """Whether nothing happens to the rows."""
        return not (self.cells or self.heights or self.shift or self.reformulate or self.shared or self.stale)


@dataclass(slots=True)
class _Rewriting:
    sheet: Worksheet
    edit: SheetEdit
    epoch_1904: bool
    by_row: dict[int, dict[int, CellChange]] = field(default_factory=dict)
    stale_rows: frozenset[int] = frozenset()
    formula: bytes = b""


def rewritten_rows(sheet: Worksheet, edit: SheetEdit, *, epoch_1904: bool) -> Iterator[bytes]:
    """Yield the rows of a worksheet with its changes, in order. Raises `Damaged`."""
    work = _Rewriting(sheet, edit, epoch_1904)
    for (row, column), change in edit.cells.items():
        work.by_row.setdefault(row, {})[column] = change
    work.stale_rows = frozenset(row for row, _ in edit.stale)
    work.formula = b"<" + sheet.frame.prefix + b"f"
    fresh = sorted({*work.by_row, *edit.heights})
    at = 0
    for number, octets in sheet.rows():
        if edit.shift is not None and number in edit.shift.removed:
            continue
        new = edit.shift.start(number) if edit.shift is not None else number
        while at < len(fresh) and fresh[at] < new:
            yield _new_row(work, fresh[at])
            at += 1
        changed = at < len(fresh) and fresh[at] == new
        at += changed
        if changed or new != number or _has_formulas(work, new, octets):
            octets = _rewritten_row(work, number, new, octets)  # noqa: PLW2901 the row as it leaves
        yield octets
    for row in fresh[at:]:
        yield _new_row(work, row)


def _has_formulas(work: _Rewriting, row: int, octets: bytes) -> bool:
    """Return whether there are formulas in the row that read otherwise afterwards, or whose results must go."""
    concerned = work.edit.reformulate is not None or work.edit.shared or row in work.stale_rows
    return bool(concerned) and work.formula in octets


def _new_row(work: _Rewriting, row: int) -> bytes:
    prefix = work.sheet.frame.prefix
    height = work.edit.heights.get(row)
    cells = [
        cell_octets(
            prefix,
            (row, column),
            change.restyle(0) if change.restyle is not None else 0,
            change.value or "",
            epoch_1904=work.epoch_1904,
        )
        for column, change in sorted(work.by_row.get(row, {}).items())
    ]
    tall = f' ht="{height:g}" customHeight="1"' if height is not None else ""
    return b"<" + prefix + f'row r="{row}"{tall}>'.encode() + b"".join(cells) + b"</" + prefix + b"row>"


def _rewritten_row(work: _Rewriting, number: int, new: int, octets: bytes) -> bytes:
    frame = work.sheet.frame
    root = frame.parse([octets])
    row = root[0]
    if new != number or row.get("r") is None:
        row.set("r", str(new))
    height = work.edit.heights.get(new)
    if height is not None:
        row.set("ht", f"{height:g}")
        row.set("customHeight", "1")
    changes = dict(work.by_row.get(new, {}))
    for column, cell in list(cells_in(row, number)):
        if new != number or cell.get("r") is None:
            cell.set("r", address(new, column))
        change = changes.pop(column, None)
        _formula(work, cell, number, (new, column))
        if change is not None:
            _change(work, cell, (new, column), change, frame)
    for column, change in sorted(changes.items()):
        if change.value is None and change.restyle is None:
            continue
        style = change.restyle(0) if change.restyle is not None else 0
        made = _element(
            frame,
            cell_octets(frame.prefix, (new, column), style, change.value or "", epoch_1904=work.epoch_1904),
        )
        _insert(row, made, column, new)
        # It only helps to reserve room, and would be wrong now.
        row.attrib.pop("spans", "")
    return frame.content(root)


def _element(frame: Frame, octets: bytes) -> Element:
    return frame.parse([octets])[0]


def _insert(row: Element, made: Element, column: int, number: int) -> None:
    for other, cell in cells_in(row, number):
        if other > column:
            cell.addprevious(made)
            return
    cells = [cell for _, cell in cells_in(row, number)]
    # After the cells an extension list may stand.
    if cells:
        cells[-1].addnext(made)
    else:
        row.insert(0, made)


def _change(work: _Rewriting, cell: Element, place: Place, change: CellChange, frame: Frame) -> None:
    style = int(cell.get("s", "0"))
    if change.restyle is not None:
        style = change.restyle(style)
        if style:
            cell.set("s", str(style))
        else:
            cell.attrib.pop("s", "")
    if change.value is None:
        return
    # What hung on the old value goes with it: its type, a picture or an array that it stood for.
    for name in ("t", "cm", "vm", "ph"):
        cell.attrib.pop(name, "")
    for child in list(cell):
        cell.remove(child)
    made = _element(frame, cell_octets(frame.prefix, place, style, change.value, epoch_1904=work.epoch_1904))
    if made.get("t") is not None:
        cell.set("t", made.get("t", ""))
    cell.text = None
    cell.extend(list(made))


def _formula(work: _Rewriting, cell: Element, number: int, place: Place) -> None:
    formula = first(cell, "f")
    if formula is None:
        return
    edit = work.edit
    if edit.shared and formula.get("t") == "shared":
        origin, text = edit.shared.get(formula.get("si", ""), ("", ""))
        if origin:
            formula.text = moved_formula(text, origin=origin, target=address(number, place[1])).removeprefix(
                "="
            )
            for name in ("t", "si", "ref"):
                formula.attrib.pop(name, "")
    before = formula.text
    if edit.reformulate is not None and formula.text:
        formula.text = edit.reformulate(f"={formula.text}").removeprefix("=")
    if edit.shift is not None and formula.get("ref"):
        formula.set("ref", edit.shift.references(formula.get("ref", "")) or address(*place))
    if place in edit.stale or formula.text != before:
        for value in [one for one in cell if etree.QName(one).localname in {"v", "is"}]:
            cell.remove(value)
        # Of a cell without a result there is no type to tell.
        cell.attrib.pop("t", "")

"""What stands around the rows of a worksheet part: size, widths, ranges. Changed as little as what is asked for."""

from collections.abc import Callable
from copy import deepcopy

from lxml import etree

from intake.workbook.package.cells import Place
from intake.workbook.package.markup import MAIN, OFFICE, Element, every, first, local, named, place_in_order
from intake.workbook.package.ranges import Area, Shift, area_of

# CT_Worksheet (ECMA-376, 18.3.1.99).
ORDER = (
    "sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr", "sheetProtection",
    "protectedRanges", "scenarios", "autoFilter", "sortState", "dataConsolidate", "customSheetViews", "mergeCells",
    "phoneticPr", "conditionalFormatting", "dataValidations", "hyperlinks", "printOptions", "pageMargins", "pageSetup",
    "headerFooter", "rowBreaks", "colBreaks", "customProperties", "cellWatches", "ignoredErrors", "smartTags", "drawing",
    "legacyDrawing", "legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts",
    "extLst",
)  # fmt: skip
ID = f"{{{OFFICE}}}id"
# Merged cells of more rows than this are not looked into.
_TALLEST = 1000
_FORMULAS = frozenset({"formula", "formula1", "formula2", "f"})
# What shows words in colour or offers them, old and new kind: it grows with the table.
_GROWING = ("conditionalFormatting", "dataValidation")


def grow_dimension(head: Element, shift: Shift | None, area: Area | None) -> None:
    """Let the size of a sheet, where it is told, hold what moved and what was added."""
    told = first(head, "dimension")
    old = area_of(told.get("ref", "")) if told is not None else None
    if told is None or old is None:
        return
    moved = shift.area(old) if shift is not None else old
    areas = [one for one in (moved, area) if one is not None]
    if areas:
        lefts, tops = min(one.left for one in areas), min(one.top for one in areas)
        told.set(
            "ref", str(Area(lefts, tops, max(one.right for one in areas), max(one.bottom for one in areas)))
        )


def set_width(head: Element, number: int, width: float, *, folded: bool) -> None:
    """Give one column a width, in characters; `folded` puts it into a closed group."""
    columns = first(head, "cols")
    if columns is None:
        columns = etree.Element(f"{{{MAIN}}}cols")
        place_in_order(head, columns, ORDER)
    made = etree.Element(f"{{{MAIN}}}col")
    for one in named(columns, "col"):
        low, high = int(one.get("min", "1")), int(one.get("max", "1"))
        if not low <= number <= high:
            continue
        # What one line says of several columns stays so for the others.
        made = deepcopy(one)
        for start, end in ((low, number - 1), (number + 1, high)):
            if start <= end:
                part = deepcopy(one)
                part.set("min", str(start))
                part.set("max", str(end))
                one.addprevious(part)
        columns.remove(one)
    for name, value in (("min", number), ("max", number)):
        made.set(name, str(value))
    made.set("width", f"{width:g}")
    made.set("customWidth", "1")
    if folded:
        made.set("outlineLevel", "1")
        made.set("hidden", "1")
    columns.append(made)
    columns[:] = sorted(named(columns, "col"), key=lambda one: int(one.get("min", "1")))


def move_ranges(tail: Element, shift: Shift | None, reformulate: Callable[[str], str] | None) -> None:
    """Move everything after the rows that names cells: merged ones, lists, colours, breaks, objects' anchors.

    Links are moved by `Listed`.
    """
    for element in list(tail.iter()):
        name = local(element)
        if name in _FORMULAS and element.text and reformulate is not None:
            element.text = reformulate(f"={element.text}").removeprefix("=")
        if name and shift is not None:
            _move(element, name, shift)
    for name in ("mergeCells", "dataValidations"):
        _count(tail, name)


def _move(element: Element, name: str, shift: Shift) -> None:
    for attribute in ("ref", "sqref"):
        told = element.get(attribute)
        if told is not None:
            _set_or_remove(element, attribute, shift.references(told, lasting=name in _GROWING))
    parent = element.getparent()
    if name == "sqref" and element.text and parent is not None:
        element.text = shift.references(element.text, lasting=local(parent) in _GROWING)
        around = parent.getparent()
        if not element.text and around is not None:
            around.remove(parent)
    elif name == "brk" and parent is not None and local(parent) == "rowBreaks":
        element.set("id", str(shift.start(int(element.get("id", "0")))))
    elif name == "row" and "drawing" in str(element.tag) and (element.text or "").strip().isdigit():
        # Anchors of controls and embedded objects count rows from 0.
        element.text = str(shift.start(int(element.text or "0") + 1) - 1)


def _set_or_remove(element: Element, attribute: str, references: str) -> None:
    if references:
        element.set(attribute, references)
        return
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _count(tail: Element, name: str) -> None:
    """Put the count of a list right, and remove an empty one: spreadsheets want none."""
    listed = first(tail, name)
    if listed is None:
        return
    if not len(listed):
        tail.remove(listed)
    elif listed.get("count") is not None:
        listed.set("count", str(len(listed)))


def extend_ranges(tail: Element, last: int, new_last: int) -> bool:
    """Let drop-downs and conditional colours that reach to row `last` reach to row `new_last`; return whether any did."""
    changed = False
    if new_last <= last:
        return False
    for element in every(tail, *_GROWING):
        told = element.get("sqref")
        if told is not None:
            longer = _longer(told, last, new_last)
            element.set("sqref", longer)
            changed |= longer != told
        for listed in named(element, "sqref"):
            longer = _longer(listed.text or "", last, new_last)
            changed |= longer != listed.text
            listed.text = longer
    return changed


def _longer(references: str, last: int, new_last: int) -> str:
    longer = []
    for one in references.split():
        area = area_of(one)
        if area is not None and area.bottom == last:
            longer.append(str(Area(area.left, area.top, area.right, new_last)))
        else:
            longer.append(one)
    return " ".join(longer)


def covered_by_merging(tail: Element) -> frozenset[Place]:
    """Return the cells that are part of a merged one, but for its first."""
    listed = first(tail, "mergeCells")
    areas = [area_of(one.get("ref", "")) for one in ([] if listed is None else named(listed, "mergeCell"))]
    covered = {
        (row, column)
        for area in areas
        # Whole columns may be merged; no table of ours is below.
        if area is not None and area.bottom - area.top < _TALLEST
        for row in range(area.top, area.bottom + 1)
        for column in range(area.left, area.right + 1)
    }
    return frozenset(covered - {(area.top, area.left) for area in areas if area is not None})


def refer(tail: Element, name: str, relation_id: str) -> None:
    """Add an element that refers to a part, such as `legacyDrawing`."""
    made = etree.Element(f"{{{MAIN}}}{name}")
    made.set(ID, relation_id)
    place_in_order(tail, made, ORDER)

"""What floats over a sheet: objects move with their rows, charts refer to where their numbers stand."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from intake.workbook.package.markup import OFFICE, Element, every, first, local, parse, written
from intake.workbook.package.parts import Package
from intake.workbook.package.ranges import Shift


def move_anchors(package: Package, sheet_part: str, shift: Shift) -> None:
    """Move the objects of a sheet with the rows they are anchored at."""
    for relation in package.relations(sheet_part).of_kind("drawing"):
        if not package.exists(relation.target):
            continue
        root = parse(package.read(relation.target))
        changed = False
        for anchor in every(root, "from", "to"):
            row = first(anchor, "row")
            if row is None or not (row.text or "").strip().isdigit():
                continue
            at = int(row.text or "0") + 1
            moved = shift.start(at)
            changed |= moved != at
            row.text = str(moved - 1)
        if changed:
            package.put(relation.target, written(root))


def reformulate_charts(package: Package, reformulate: Callable[[str], str]) -> None:
    """Let every chart refer to where the numbers stand now. `reformulate` takes and gives formulas with equals signs."""
    for part in package.names():
        if not part.startswith("xl/charts/") or not part.endswith(".xml") or "/_rels/" in part:
            continue
        octets = package.read(part)
        if b"!" not in octets:
            continue
        root = parse(octets)
        changed = False
        for one in every(root, "f"):
            if one.text:
                after = reformulate(f"={one.text}").removeprefix("=")
                changed |= after != one.text
                one.text = after
        if changed:
            package.put(part, written(root))


@dataclass(frozen=True, slots=True)
class Drawn:
    """A chart of a sheet: its part, that part's root, its anchor in the part of the drawing."""

    part: str
    root: Element
    anchor: Element
    drawing: str


def charts_of(package: Package, sheet_part: str) -> dict[str, Drawn]:
    """Return title → chart for every chart of a sheet that has a title."""
    found: dict[str, Drawn] = {}
    for drawing in package.relations(sheet_part).of_kind("drawing"):
        if not package.exists(drawing.target):
            continue
        anchors = parse(package.read(drawing.target))
        relations = package.relations(drawing.target)
        for reference in every(anchors, "chart"):
            part = relations.target(reference.get(f"{{{OFFICE}}}id"))
            if not part or not package.exists(part):
                continue
            root = parse(package.read(part))
            title = _title(root)
            if title:
                found.setdefault(title, Drawn(part, root, _anchor(reference), drawing.target))
    return found


def _anchor(reference: Element) -> Element:
    element = reference
    while not local(element).endswith("Anchor"):
        parent = element.getparent()
        if parent is None:
            break
        element = parent
    return element


def _title(chart: Element) -> str:
    outer = first(chart, "chart")
    title = first(outer, "title") if outer is not None else None
    return "".join(one.text or "" for one in every(title, "t")) if title is not None else ""


def series_references(chart: Element) -> list[str]:
    """Return what the series of a chart refer to, in order."""
    return [one.text or "" for one in every(chart, "f")]


def refer_anew(package: Package, part: str, chart: Element, references: Mapping[int, str]) -> None:
    """Let the references of a chart, counted from 0, say something else; the numbers kept with them are dropped."""
    elements = every(chart, "f")
    for at, reference in references.items():
        element = elements[at]
        element.text = reference
        for kept in [one for one in element.itersiblings() if local(one) in {"numCache", "strCache"}]:
            around = kept.getparent()
            if around is not None:
                around.remove(kept)
    package.put(part, written(chart))


def corner(anchor: Element) -> tuple[int, int] | None:
    """Return row and column, from 1, of an object's upper left corner."""
    start = first(anchor, "from")
    if start is None:
        return None
    row, column = first(start, "row"), first(start, "col")
    if row is None or column is None:
        return None
    return int(row.text or "0") + 1, int(column.text or "0") + 1


def resize(package: Package, drawing: str, anchor: Element, width: int, height: int) -> None:
    """Give an object that is anchored by one corner another size, in English Metric Units."""
    size = first(anchor, "ext")
    if size is None or (size.get("cx"), size.get("cy")) == (str(width), str(height)):
        return
    size.set("cx", str(width))
    size.set("cy", str(height))
    package.put(drawing, written(anchor.getroottree().getroot()))

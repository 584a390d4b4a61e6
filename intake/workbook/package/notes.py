"""Comments at cells: their text in one part, the boxes that show it in another, which is a kind of XML older than the format.

Boxes are put in and taken out of the octets: what else stands in that part (buttons, pictures of headers) is not parsed.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from intake.workbook.package import around
from intake.workbook.package.cells import Place, address, place_of, string_of
from intake.workbook.package.markup import MAIN, Element, child, first, named, parse, written
from intake.workbook.package.parts import Package
from intake.workbook.package.ranges import Shift, area_of
from intake.workbook.package.zipped import Damaged

_COMMENTS_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
_VML_TYPE = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_SHAPE = re.compile(rb"<v:shape\b(?:[^>]*/>|.*?</v:shape\s*>)", re.DOTALL)
_ROW = re.compile(rb"(<x:Row>\s*)(\d+)(\s*</x:Row>)")
_COLUMN = re.compile(rb"<x:Column>\s*(\d+)\s*</x:Column>")
_ANCHOR = re.compile(rb"(<x:Anchor>)([^<]*)(</x:Anchor>)")
_NOTE = re.compile(rb"""ObjectType\s*=\s*["']Note["']""")
_SHAPE_ID = re.compile(rb"_x0000_s(\d+)")
_EMPTY = (
    b'<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    b'xmlns:x="urn:schemas-microsoft-com:office:excel"></xml>'
)
_NO_COMMENTS = f'<comments xmlns="{MAIN}"><authors/><commentList/></comments>'.encode()
_BOX_TYPE = (
    b'<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    b'<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
# The box of a comment: three columns wide, six rows high, beside its cell.
_BOX = (
    '<v:shape id="_x0000_s{id}" type="#_x0000_t202" style="position:absolute;margin-left:60pt;margin-top:2pt;'
    'width:240pt;height:68pt;z-index:{id};visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto">'
    '<v:fill color2="#ffffe1"/><v:shadow color="black" obscured="t"/><v:path o:connecttype="none"/>'
    '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>'
    '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/>'
    "<x:Anchor>{left}, 15, {row}, 2, {right}, 31, {bottom}, 1</x:Anchor>"
    "<x:AutoFill>False</x:AutoFill><x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
)


@dataclass(frozen=True, slots=True)
class Note:
    """A comment at a cell: who wrote it, and its text."""

    author: str
    text: str


def notes_of(package: Package, sheet_part: str) -> dict[Place, Note]:
    """Return the comments of a sheet. Raises `Damaged`."""
    part = _comments_part(package, sheet_part)
    if not part:
        return {}
    root = parse(package.read(part))
    authors = _authors(root)
    listed = first(root, "commentList")
    found: dict[Place, Note] = {}
    for one in [] if listed is None else named(listed, "comment"):
        text = first(one, "text")
        index = int(one.get("authorId", "0"))
        author = authors[index] if index < len(authors) else ""
        found[place_of(one.get("ref", ""))] = Note(author, string_of(text) if text is not None else "")
    return found


def _comments_part(package: Package, sheet_part: str) -> str:
    found = package.relations(sheet_part).of_kind("comments")
    return found[0].target if found and package.exists(found[0].target) else ""


def _authors(root: Element) -> list[str]:
    listed = first(root, "authors")
    return [] if listed is None else [one.text or "" for one in named(listed, "author")]


def move_notes(package: Package, sheet_part: str, shift: Shift) -> None:
    """Move the comments of a sheet with their rows, old and new kind, and the boxes of all that hangs on its cells."""
    for relation in list(package.relations(sheet_part)):
        if relation.external or not package.exists(relation.target):
            continue
        if relation.kind == "comments":
            _move_list(package, relation.target, "commentList", shift)
        elif relation.kind == "threadedComment":
            _move_list(package, relation.target, "", shift)
        elif relation.kind == "vmlDrawing":
            package.put(relation.target, _moved_boxes(package.read(relation.target), shift))


def _move_list(package: Package, part: str, listed: str, shift: Shift) -> None:
    root = parse(package.read(part))
    parent = first(root, listed) if listed else root
    if parent is None:
        return
    for one in list(parent):
        area = area_of(one.get("ref", "") or "")
        moved = shift.area(area) if area is not None else None
        if moved is not None:
            one.set("ref", str(moved))
        elif area is not None:
            parent.remove(one)
    package.put(part, written(root))


def _moved_boxes(octets: bytes, shift: Shift) -> bytes:
    def moved(found: re.Match[bytes]) -> bytes:
        shape = found[0]
        row = _ROW.search(shape)
        if row is None or not _NOTE.search(shape):
            return shape
        at = int(row[2]) + 1
        if at in shift.removed:
            return b""
        by = shift.start(at) - at
        shape = _ROW.sub(lambda one: one[1] + str(int(one[2]) + by).encode() + one[3], shape)
        return _ANCHOR.sub(lambda one: one[1] + _lowered(one[2], by) + one[3], shape)

    return _SHAPE.sub(moved, octets)


def _lowered(anchor: bytes, by: int) -> bytes:
    """Return an anchor (left, offset, top, offset, right, offset, bottom, offset) that many rows lower."""
    numbers = [one.strip() for one in anchor.split(b",")]
    if len(numbers) == 8 and all(one.lstrip(b"-").isdigit() for one in numbers):
        for at in (2, 6):
            numbers[at] = str(max(0, int(numbers[at]) + by)).encode()
    return b", ".join(numbers)


def set_notes(
    package: Package,
    sheet_part: str,
    tail: Element,
    author: str,
    *,
    wanted: Mapping[Place, str],
    gone: Iterable[Place],
) -> None:
    """Write comments of an author, and take out those at the places in `gone`. Raises `Damaged`."""
    out = {*gone, *wanted}
    if not out:
        return
    part = _comments_part(package, sheet_part)
    root = parse(package.read(part) if part else _NO_COMMENTS)
    authors, listed = first(root, "authors"), first(root, "commentList")
    if authors is None or listed is None:
        raise Damaged(f"{part} has no comments")
    known = _authors(root)
    if author not in known:
        child(authors, "author").text = author
        known.append(author)
    for one in named(listed, "comment"):
        if place_of(one.get("ref", "")) in out:
            listed.remove(one)
    for place, text in wanted.items():
        made = child(listed, "comment", [("ref", address(*place)), ("authorId", str(known.index(author)))])
        run = child(child(child(made, "text"), "r"), "t")
        run.text = text
        run.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    if not part:
        part = package.free_name("xl/comments1.xml")
        package.relations(sheet_part).add("comments", part)
        package.put(part, written(root), _COMMENTS_TYPE)
    else:
        package.put(part, written(root))
    _set_boxes(package, sheet_part, tail, wanted, out)


def _set_boxes(
    package: Package, sheet_part: str, tail: Element, wanted: Iterable[Place], out: set[Place]
) -> None:
    reference = first(tail, "legacyDrawing")
    relations = package.relations(sheet_part)
    part = relations.target(reference.get(around.ID)) if reference is not None else ""
    octets = package.read(part) if part and package.exists(part) else _EMPTY

    def without(found: re.Match[bytes]) -> bytes:
        row, column = _ROW.search(found[0]), _COLUMN.search(found[0])
        ours = row is not None and column is not None and (int(row[2]) + 1, int(column[1]) + 1) in out
        return b"" if ours and _NOTE.search(found[0]) else found[0]

    octets = _SHAPE.sub(without, octets)
    number = max([1024, *(int(one) for one in _SHAPE_ID.findall(octets))])
    boxes = b"" if b'id="_x0000_t202"' in octets or b"id='_x0000_t202'" in octets else _BOX_TYPE
    for row, column in wanted:
        number += 1
        boxes += _BOX.format(
            id=number, left=column, row=row - 1, right=column + 3, bottom=row + 5, column=column - 1
        ).encode()
    end = octets.rfind(b"</")
    if end < 0:
        raise Damaged(f"{part} cannot be added to")
    octets = octets[:end] + boxes + octets[end:]
    if part:
        package.put(part, octets)
        return
    part = package.free_name("xl/drawings/vmlDrawing1.vml")
    package.default_type("vml", _VML_TYPE)
    package.put(part, octets)
    around.refer(tail, "legacyDrawing", relations.add("vmlDrawing", part))

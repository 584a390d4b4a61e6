"""The links of a sheet's cells: one may stand in every row, so they stay octets and are never a tree."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from html import unescape
from itertools import chain

from intake.workbook.package.cells import Place, address
from intake.workbook.package.markup import OFFICE, Element, Frame, first, place_in_order
from intake.workbook.package.parts import Package
from intake.workbook.package.ranges import Shift, area_of
from intake.workbook.package.relations import Relations
from intake.workbook.package.worksheet import Worksheet
from intake.workbook.package.zipped import Foreign

_NAME = "hyperlinks"
_DECLARED = f' xmlns:r="{OFFICE}"'.encode()
_REFERENCE = re.compile(rb"""(\sref\s*=\s*)(["'])(.*?)\2""")
_ID = re.compile(rb"""\s(?:[\w.-]+:)?id\s*=\s*(["'])(.*?)\1""")


class Listed:
    """What follows the rows of a sheet, taken apart: `others` has an empty list of links where the links stood.

    Raises `Foreign` when they are written in a way that is not understood.
    """

    def __init__(self, frame: Frame, tail: bytes) -> None:
        self._frame = frame
        self._empty = b"<" + frame.prefix + _NAME.encode() + b"/>"
        start = re.search(rb"<" + re.escape(frame.prefix) + rb"hyperlinks(?:\s[^>]*)?(/?)>", tail)
        self.others, self._tail = tail, tail
        self._start = self._stop = 0
        if start is not None:
            end = tail.find(b"</" + frame.prefix + b"hyperlinks", start.end())
            if not start[1] and end < 0:
                raise Foreign("the links of a sheet have no end")
            self._start, self._stop = (0, 0) if start[1] else (start.end(), end)
            after = start.end() if start[1] else tail.index(b">", end) + 1
            self.others = tail[: start.start()] + self._empty + tail[after:]
        name = re.escape(frame.prefix) + rb"hyperlink"
        self._one = re.compile(
            rb"\s*(<"
            + name
            + rb"(?=[\s/>])(?:[^>\"']|\"[^\"]*\"|'[^']*')*?(?:/>|>\s*</"
            + name
            + rb"\s*>))\s*",
            re.DOTALL,
        )

    def tree(self) -> Element:
        """Return what follows the rows but for the links, in a copy of the root. Raises `Damaged`."""
        return self._frame.parse([self.others])

    def targets(self, relations: Relations, rows: Collection[int] | None = None) -> dict[Place, str]:
        """Return place → target of the links that begin in some rows (None: in any)."""
        ids: dict[Place, str] = {}
        for one in self._each():
            area = area_of(_reference(one))
            if area is not None and (rows is None or area.top in rows):
                found = _ID.search(one)
                ids[area.top, area.left] = unescape(found[2].decode()) if found is not None else ""
        wanted = frozenset(ids.values())
        known = {one.id: one.target for one in relations.links() if one.id in wanted} if ids else {}
        return {place: known.get(relation_id, "") for place, relation_id in ids.items()}

    def ids(self) -> frozenset[str]:
        """Return the ids of the relationships that links have."""
        return frozenset(unescape(found[2].decode()) for one in self._each() if (found := _ID.search(one)))

    def only(self, rows: Collection[int]) -> Iterator[bytes]:
        """Yield what follows the rows with the links of some rows alone."""

        def stays(reference: str) -> str:
            area = area_of(reference)
            out = area is not None and all(row not in rows for row in range(area.top, area.bottom + 1))
            return "" if out else reference

        return self._joined(self.others, self._moved(stays))

    def changed(
        self,
        tree: Element,
        relations: Relations,
        wanted: Mapping[Place, str],
        shift: Shift | None,
        order: tuple[str, ...],
    ) -> Iterator[bytes]:
        """Yield what follows the rows as it will be: `tree`, with the links moved and those `wanted` in place of others.

        `wanted`: place → address, "" for none any more.
        """
        replaced = {address(*place) for place in wanted}

        def goes(reference: str) -> str:
            moved = shift.references(reference) if shift is not None else reference
            return "" if moved in replaced else moved

        if first(tree, _NAME) is None and any(wanted.values()):
            made = tree.makeelement(f"{{{tree.nsmap[self._frame.prefix[:-1].decode() or None]}}}{_NAME}")
            place_in_order(tree, made, order)
        return self._joined(
            self._frame.content(tree), chain(self._moved(goes), self._made(relations, wanted))
        )

    def _joined(self, others: bytes, links: Iterator[bytes]) -> Iterator[bytes]:
        before, empty, after = others.partition(self._empty)
        yield before
        # The schema wants at least one link, or no list.
        one = next(links, b"")
        if one:
            if not empty:
                raise Foreign("the links of a sheet are written unusually")
            yield self._empty[:-2] + b">" + one
            yield from links
            yield b"</" + self._empty[1:-2] + b">"
        yield after

    def _each(self) -> Iterator[bytes]:
        at = self._start
        while at < self._stop:
            found = self._one.match(self._tail, at, self._stop)
            if found is None:
                raise Foreign("a link of a sheet is written unusually")
            yield found[1]
            at = found.end()

    def _moved(self, goes: Callable[[str], str]) -> Iterator[bytes]:
        """Yield the links where each of them goes, as they stand where they stay; "" takes one out."""
        for one in self._each():
            reference = _reference(one)
            to = goes(reference)
            if to == reference:
                yield one
            elif to:
                at, moved = _REFERENCE.search(one), to.encode()
                assert at is not None
                yield one[: at.start(3)] + moved + one[at.end(3) :]

    def _made(self, relations: Relations, wanted: Mapping[Place, str]) -> Iterator[bytes]:
        targets = frozenset(wanted.values())
        ids = {one.target: one.id for one in relations.links() if one.external and one.target in targets}
        named = next((prefix for prefix, uri in self._frame.parse(()).nsmap.items() if uri == OFFICE), None)
        prefix = named or "r"
        declared = "" if named else f' xmlns:r="{OFFICE}"'
        for place, target in wanted.items():
            if not target:
                continue
            if target not in ids:
                ids[target] = relations.add("hyperlink", target, external=True)
            tag = self._frame.prefix.decode() + "hyperlink"
            yield f'<{tag}{declared} ref="{address(*place)}" {prefix}:id="{ids[target]}"/>'.encode()


def declare_once(package: Package, part: str) -> None:
    """Let a sheet that openpyxl made, with a declaration of the namespace on each link, have it on its root alone."""
    sheet = package.worksheet(part)
    if _DECLARED in sheet.frame.opening:
        return
    package.put(part, _declared_once(sheet))


def _declared_once(sheet: Worksheet) -> Iterator[bytes]:
    prefix = sheet.frame.prefix
    yield sheet.declaration + sheet.frame.opening[:-1] + _DECLARED + b">" + sheet.head
    yield b"<" + prefix + b"sheetData>"
    yield from (row for _, row in sheet.rows())
    yield (
        b"</" + prefix + b"sheetData>" + sheet.tail.replace(_DECLARED, b"") + b"</" + sheet.frame.name + b">"
    )


def _reference(link: bytes) -> str:
    found = _REFERENCE.search(link)
    return unescape(found[3].decode()) if found is not None else ""

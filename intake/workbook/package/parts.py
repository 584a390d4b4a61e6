"""The parts of a package: found by their relationships, added with a content type, written back when they changed.

Parts that nobody asked to change are copied as they are stored.
"""

import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import IO, BinaryIO

from lxml import etree

from intake.workbook.package.markup import (
    MAIN,
    OFFICE,
    Element,
    child,
    first,
    local,
    named,
    namespace,
    parse,
    written,
)
from intake.workbook.package.relations import Relations
from intake.workbook.package.worksheet import Worksheet, usual_form
from intake.workbook.package.zipped import Damaged, Deflated, Foreign, Zipped, deflated, write_zip

_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_TYPES_PART = "[Content_Types].xml"
_ID = f"{{{OFFICE}}}id"
# CT_Workbook (ECMA-376, 18.2.27), as far as anything is inserted.
WORKBOOK_ORDER = (
    "fileVersion", "fileSharing", "workbookPr", "AlternateContent", "revisionPtr", "absPath", "workbookProtection", "bookViews",
    "sheets", "functionGroups", "externalReferences", "definedNames", "calcPr", "oleSize", "customWorkbookViews", "pivotCaches",
    "smartTagPr", "smartTagTypes", "webPublishing", "fileRecoveryPr", "webPublishObjects", "extLst",
)  # fmt: skip


@dataclass(slots=True)
class SheetEntry:
    """A sheet as the workbook lists it. `part` is "" for one whose part is missing; `element` is its line in the list."""

    name: str
    part: str
    kind: str
    element: Element


@dataclass(slots=True)
class Package:
    """An opened package. Raises `Damaged` when it is none, or has no workbook of the kind that is understood."""

    zipped: Zipped
    book_part: str = field(init=False)
    book: Element = field(init=False)
    sheets: list[SheetEntry] = field(init=False)
    changed: dict[str, Deflated] = field(default_factory=dict)
    removed: set[str] = field(default_factory=set)
    book_changed: bool = False
    _relations: dict[str, Relations] = field(default_factory=dict)
    _types: Element = field(init=False)
    _types_changed: bool = False
    _known_types: dict[str, str] | None = None
    _folded: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        """Find the workbook and its sheets."""
        # Part names are equal without regard to case (ECMA-376, part 2, 6.2.2.3), and some producers write a slash first.
        self._folded = {name.lstrip("/").casefold(): name for name in self.zipped.members}
        if not self.exists(_TYPES_PART):
            raise Damaged("it has no content types")
        self._types = parse(self.read(_TYPES_PART))
        main = [one.target for one in self.relations("") if one.kind == "officeDocument"]
        if not main or not self.exists(main[0]):
            raise Damaged("it has no workbook")
        self.book_part = main[0]
        self.book = parse(self.read(self.book_part))
        if namespace(self.book) != MAIN or local(self.book) != "workbook":
            raise Foreign("it is no workbook, or one in the strict form")
        self._list_sheets()

    def _list_sheets(self) -> None:
        relations = {one.id: one for one in self.relations(self.book_part)}
        listed = first(self.book, "sheets")
        self.sheets = []
        for element in [] if listed is None else named(listed, "sheet"):
            relation = relations.get(element.get(_ID, ""))
            part = relation.target if relation is not None and self.exists(relation.target) else ""
            kind = relation.kind if relation is not None else ""
            self.sheets.append(SheetEntry(element.get("name", ""), part, kind, element))

    def worksheets(self) -> list[SheetEntry]:
        """Return the sheets that have cells."""
        return [one for one in self.sheets if one.kind == "worksheet" and one.part]

    def sheet(self, name: str) -> SheetEntry | None:
        """Return the sheet of a name."""
        return next((one for one in self.sheets if one.name == name), None)

    # ------------------------------------------------------------------------------------------------ parts

    def _stored(self, part: str) -> str | None:
        return self._folded.get(part.casefold())

    def exists(self, part: str) -> bool:
        """Return whether there is a part of that name."""
        return part not in self.removed and (part in self.changed or self._stored(part) is not None)

    def names(self) -> list[str]:
        """Return the names of all parts."""
        stored = [name.lstrip("/") for name in self.zipped.members]
        return [name for name in dict.fromkeys((*stored, *self.changed)) if name not in self.removed]

    def read(self, part: str) -> bytes:
        """Return the content of a part as it will be. Raises `Damaged` when there is none."""
        return b"".join(self.chunks(part))

    def chunks(self, part: str) -> Iterator[bytes]:
        """Yield the content of a part piece by piece. Raises as `read`."""
        if part in self.changed:
            yield from self.changed[part].chunks()
            return
        stored = self._stored(part)
        if stored is None or part in self.removed:
            raise Damaged(f"{part} is missing")
        yield from self.zipped.chunks(stored)

    def worksheet(self, part: str) -> Worksheet:
        """Return a worksheet part to be read as a stream. Raises `Damaged`."""
        stored = self._stored(part)
        if part not in self.changed and stored is not None and self.zipped.is_odd(stored):
            return Worksheet(iter([usual_form(self.read(part))]))
        return Worksheet(self.chunks(part))

    def put(self, part: str, content: bytes | Iterable[bytes], content_type: str = "") -> None:
        """Give a part new content; a part that is new needs its content type."""
        if content_type and not self.exists(part):
            entry = child(self._types, "Override")
            entry.set("PartName", f"/{part}")
            entry.set("ContentType", content_type)
            self._types_change()
        self.removed.discard(part)
        self.changed[part] = deflated([content] if isinstance(content, bytes) else content)

    def remove(self, part: str) -> None:
        """Remove a part with its content type. Relationships to it are the caller's business."""
        self.changed.pop(part, None)
        self.removed.add(part)
        for entry in named(self._types, "Override"):
            if entry.get("PartName", "").casefold() == f"/{part}".casefold():
                self._types.remove(entry)
                self._types_change()

    def content_type(self, part: str) -> str:
        """Return the content type of a part, "" when nothing tells it."""
        if self._known_types is None:
            self._known_types = {
                (one.get("PartName") or f".{one.get('Extension', '')}").casefold(): one.get("ContentType", "")
                for one in self._types
                if local(one) in {"Override", "Default"}
            }
        found = self._known_types.get(f"/{part}".casefold())
        return found or self._known_types.get(f".{part.rpartition('.')[2]}".casefold(), "")

    def _types_change(self) -> None:
        self._types_changed = True
        self._known_types = None

    def default_type(self, ending: str, content_type: str) -> None:
        """See to it that parts of an ending have a content type."""
        if not self.content_type(f"any.{ending}"):
            entry = etree.Element(f"{{{_TYPES}}}Default")
            entry.set("Extension", ending)
            entry.set("ContentType", content_type)
            self._types.insert(0, entry)
            self._types_change()

    def free_name(self, like: str) -> str:
        """Return a name that no part has, made from one with a number before its ending: `xl/tables/table1.xml`."""
        stem, _, ending = like.rpartition(".")
        stem = re.sub(r"\d+$", "", stem)
        count = 1
        while (
            self._stored(f"{stem}{count}.{ending}") is not None or f"{stem}{count}.{ending}" in self.changed
        ):
            count += 1
        return f"{stem}{count}.{ending}"

    def relations(self, part: str) -> Relations:
        """Return the relationships of a part; they are written back when changed."""
        if part not in self._relations:
            name = relations_part(part)
            chunks = partial(self.chunks, name) if self.exists(name) else tuple
            self._relations[part] = Relations(part, chunks)
        return self._relations[part]

    def set_relations(self, relations: Relations) -> None:
        """Give a part its relationships."""
        self._relations[relations.source] = relations

    # --------------------------------------------------------------------------------------------- the workbook

    @property
    def epoch_1904(self) -> bool:
        """Whether dates are counted from 1904."""
        settings = first(self.book, "workbookPr")
        return settings is not None and settings.get("date1904", "0") in {"1", "true", "on"}

    def related(self, kind: str) -> str:
        """Return the part of a kind that the workbook refers to, "" when there is none."""
        found = self.relations(self.book_part).of_kind(kind)
        return found[0].target if found and self.exists(found[0].target) else ""

    def forget_chain(self) -> None:
        """Remove the chain of calculation: it names cells with formulas, and spreadsheets make it anew."""
        for relation in self.relations(self.book_part).of_kind("calcChain"):
            self.relations(self.book_part).remove(relation.id)
            self.remove(relation.target)

    def recalculate(self) -> None:
        """Ask the spreadsheet to reckon every formula when it opens the file."""
        settings = first(self.book, "calcPr")
        if settings is None:
            settings = etree.Element(f"{{{MAIN}}}calcPr")
            # What comes after it in the schema may stand there already.
            later = {"oleSize", "customWorkbookViews", "pivotCaches", *WORKBOOK_ORDER[16:]}
            at = next((at for at, one in enumerate(self.book) if local(one) in later), len(self.book))
            self.book.insert(at, settings)
        if settings.get("fullCalcOnLoad") not in {"1", "true"}:
            settings.set("fullCalcOnLoad", "1")
            self.book_changed = True

    # ------------------------------------------------------------------------------------------------- writing

    def finish(self) -> None:
        """Put what changed of relationships, types and workbook among the changed parts."""
        for source, relations in self._relations.items():
            if relations.changed:
                name = relations_part(source)
                self.changed[self._stored(name) or name] = deflated(relations.pieces())
                relations.settle(partial(self.chunks, self._stored(name) or name))
                self.default_type("rels", "application/vnd.openxmlformats-package.relationships+xml")
                relations.changed = False
        if self.book_changed:
            self.put(self.book_part, written(self.book))
            self.book_changed = False
        if self._types_changed:
            self.put(_TYPES_PART, written(self._types))
            self._types_changed = False

    def stored_name(self, part: str) -> str:
        """Return the name of the member that a part is, or will be, kept in."""
        return self._stored(part) or part

    def stored_changes(self) -> dict[str, Deflated]:
        """Return the members that changed."""
        return {self.stored_name(part): content for part, content in self.changed.items()}

    def stored_removals(self) -> frozenset[str]:
        """Return the members that are gone."""
        return frozenset(stored for part in self.removed if (stored := self._stored(part)) is not None)

    def write(self, target: BinaryIO | IO[bytes]) -> None:
        """Write the package."""
        self.finish()
        write_zip(target, self.zipped, self.stored_changes(), self.stored_removals())


def relations_part(part: str) -> str:
    """Return the name of the part in which the relationships of another are kept."""
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")

"""A workbook file: opened, looked at, changed, saved and verified. No decisions are made here.

Sheets that are in the file are changed in its package, part by part; new ones are made by openpyxl (`fresh`) and taken over.
"""

import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from intake.workbook import applying, fresh
from intake.workbook.columns import Column
from intake.workbook.finish import finished
from intake.workbook.fresh import column_reference
from intake.workbook.grid import Expected, Grid, find
from intake.workbook.package.cells import Place
from intake.workbook.package.change import SheetChange
from intake.workbook.package.graft import rename
from intake.workbook.package.opened import Opened, OpenedSheet, opened
from intake.workbook.package.properties import number_property
from intake.workbook.package.ranges import Shift
from intake.workbook.package.zipped import Damaged, Foreign
from intake.workbook.page import Page
from intake.workbook.page_file import page_differs, page_sheet, rewrite_page
from intake.workbook.plan import Plan
from intake.workbook.sheet import Sheet
from intake.workbook.style import note_of
from intake.workbook.values import Kept
from intake.workbook.words import WORDS, Words
from rules.call import Call

# A custom property of the document: which writing of ours the file, or the copy a person works on, was made from.
STAMP = "SkrynkaWriting"
ORDER = ("applications", "people", "attention", "decided", "late", "missing", "attendance", "letters")


@dataclass(slots=True)
class Book:
    """An opened workbook: its octets' SHA-256 ("" for a new one), the writing it stems from; names, grids, keys by sheet id.

    `changes` and `shifts` are what is to be done, by the name of the sheet; `new` holds the sheets that are not in the
    file yet, `in_front` the names of those that want to stand first. `writing` is the number of the writing under way.
    """

    file: Opened | None
    sha256: str = ""
    stamp: int | None = None
    octets: bytes = b""
    names: dict[str, str] = field(default_factory=dict)
    grids: dict[str, Grid] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    changes: dict[str, SheetChange] = field(default_factory=dict)
    shifts: dict[str, Shift] = field(default_factory=dict)
    new: Workbook = field(default_factory=fresh.empty)
    in_front: set[str] = field(default_factory=set)
    writing: int = 0
    result: bytes = b""

    def sheetnames(self) -> list[str]:
        """Return the names of all sheets, those to be made included."""
        old = [one.name for one in self.file.package.sheets] if self.file is not None else []
        return [*old, *self.new.sheetnames]

    def sheet(self, name: str) -> OpenedSheet:
        """Return a sheet that is in the file."""
        assert self.file is not None
        return self.file.sheet(name)

    def change(self, name: str) -> SheetChange:
        """Return what is to be done with a sheet that is in the file."""
        if name not in self.changes:
            self.changes[name] = SheetChange(self.sheet(name))
        return self.changes[name]


def new_book() -> Book:
    """Return an empty workbook."""
    return Book(None)


def open_book(path: Path) -> Book:
    """Read a file whole and open it. Raises `Damaged`, `Foreign`, and `OSError` when it cannot be read."""
    octets = path.read_bytes()
    try:
        file = opened(octets)
        stamp = number_property(file.package, STAMP)
    except Foreign:
        raise
    except Damaged as error:
        raise Damaged(f"{path.name}: {error}") from error
    return Book(file, hashlib.sha256(octets).hexdigest(), stamp, octets)


def look(
    book: Book,
    expected: Mapping[str, tuple[str, Expected]],
    only: Mapping[str, frozenset[str]] = MappingProxyType({}),
) -> None:
    """Find our tables: sheet id → (name, what is expected). A sheet that a person renamed is known by its headers.

    `only`: sheet id → keys, where rows without one of them need not be read. Raises `Damaged` when a sheet cannot be read,
    `Unread` when it must be read whole.
    """
    taken: set[str] = set()
    book.keys = {sheet_id: what.key for sheet_id, (_, what) in expected.items()}
    if book.file is None:
        return
    for sheet_id, (name, what) in expected.items():
        if name in book.file.names():
            if sheet_id in only:
                book.file.read_some(name, only[sheet_id])
            _look_at(book, sheet_id, name, what, taken)
    for sheet_id, (_, what) in expected.items():
        if sheet_id in book.grids:
            continue
        for name in book.file.names():
            if name in taken:
                continue
            sheet = book.sheet(name)
            grid = find(sheet.cells, what, tables=sheet.table_ends(), unread=sheet.contents.unread)
            if grid is not None and len(set(what.headers) & set(grid.headers)) * 5 >= len(what.headers) * 4:
                book.names[sheet_id], book.grids[sheet_id] = name, grid
                taken.add(name)
                break


def _look_at(book: Book, sheet_id: str, name: str, what: Expected, taken: set[str]) -> None:
    sheet = book.sheet(name)
    grid = find(sheet.cells, what, tables=sheet.table_ends(), unread=sheet.contents.unread)
    if grid is not None:
        book.names[sheet_id], book.grids[sheet_id] = name, grid
        taken.add(name)


def is_referred_to(book: Book, sheet_id: str) -> bool:
    """Return whether rows that were not read have formulas that refer to a sheet, whose rows therefore must not move."""
    assert book.file is not None
    return any(book.file.sheet(name).contents.mentions(book.names[sheet_id]) for name in book.file.names())


def keeps_results(book: Book) -> bool:
    """Return whether the result of any formula is kept: a change may make it wrong, whatever it hangs on."""
    assert book.file is not None
    return any(book.file.sheet(name).contents.valued for name in book.file.names())


def add_sheet(
    book: Book, wanted: Sheet, headers: tuple[str, ...], shown: Mapping[str, str], *, kept_as: str
) -> None:
    """Make a sheet with its header row. A sheet of that name in which our table is lost stays, under another name."""
    _make_way(book, wanted.name, kept_as)
    at = {header: number for number, header in enumerate(headers, start=1)}
    columns = {
        header: wanted.by_header.get(header) or Column(header, "text", 20, people=True) for header in headers
    }
    texts = {header: shown.get(header, header) for header in headers}
    fresh.make_sheet(book.new, wanted.name, at, columns, texts)
    book.names[wanted.id] = wanted.name
    book.grids[wanted.id] = Grid(headers, {}, (), at, texts)


def _make_way(book: Book, name: str, kept_as: str) -> None:
    """Rename a sheet whose name is needed."""
    old = book.file.package.sheet(name) if book.file is not None else None
    if old is None or book.file is None:
        return
    # The longest name that a sheet may have, less the brackets around the word.
    longest = 31 - len(kept_as) - 3
    other, count = f"{name[:longest]} ({kept_as})", 1
    while book.file.package.sheet(other) is not None:
        count += 1
        other = f"{name[: longest - 2]} ({kept_as} {count})"
    book.file.forget(name)
    rename(book.file.package, old, other)


def apply(
    book: Book, wanted: Sheet, plan: Plan, add: tuple[str, ...], call: Call, *, fresh_sheet: bool
) -> None:
    """Carry a plan out on one sheet."""
    grid = book.grids[wanted.id]
    name = book.names[wanted.id]

    def place(header: str) -> str:
        return reference(book, "applications", header or book.keys.get("applications", ""))

    if fresh_sheet:
        sheet = book.new[name]
        assert isinstance(sheet, Worksheet)
        fresh.fill_sheet(sheet, wanted, plan, grid, call=call, source=place)
        return
    assert book.file is not None
    book.grids[wanted.id] = applying.apply_plan(
        applying.Target(book.file.styles, book.change(name), grid, wanted, plan, WORDS[call.language], place),
        add,
    )
    shift = book.changes[name].edit.shift
    if shift is not None:
        book.shifts[name] = shift


def reference(book: Book, sheet_id: str, header: str) -> str:
    """Return a column of ours in the file as a reference to the whole of it, "" when it is not there."""
    grid = book.grids.get(sheet_id)
    if grid is None or header not in grid.at:
        return ""
    return column_reference(book.names[sheet_id], grid.at[header])


def marks_differ(book: Book, wanted: Sheet, plan: Plan, words: Words) -> bool:
    """Return whether the comments at corrected cells are not what they should be."""
    grid = book.grids[wanted.id]
    sheet = book.sheet(book.names[wanted.id])
    notes = sheet.notes
    present = {place: note.text for place, note in notes.items() if note.author == words.robot}
    wished: dict[Place, Kept] = {}
    for (key, header), one in plan.marks.items():
        if key in grid.rows and header in grid.at:
            place = (grid.rows[key].row, grid.at[header])
            # A comment that a person wrote there is not touched.
            if (place not in notes or place in present) and place not in sheet.covered:
                wished[place] = note_of(one, words)
    return present != wished


def write_pages(book: Book, pages: Sequence[Page], call: Call) -> None:
    """Write the robot's own pages; in a file that is wholly ours, put the sheets in order."""
    words = WORDS[call.language]
    for page in pages:
        name = page_sheet(book.file, page) if book.file is not None else ""
        if book.file is not None and name:
            rewrite_page(book.file, book.change(name), page)
            continue
        _make_way(book, page.name, words.kept)
        fresh.make_page(book.new, page, call, words)
        if page.first:
            book.in_front.add(page.name)
    if book.file is None:
        order = {name: ORDER.index(sheet_id) for sheet_id, name in book.names.items() if sheet_id in ORDER}
        fresh.sort_sheets(book.new, order, book.in_front)


def pages_differ(book: Book, pages: Sequence[Page]) -> bool:
    """Return whether any page does not say what it should."""
    return any(book.file is None or page_differs(book.file, page) for page in pages)


def stamp(book: Book, writing: int) -> None:
    """Note which writing of ours this is."""
    book.writing = writing


def save(book: Book, path: Path) -> None:
    """Save to a new file, on the disk when this returns.

    What was written is read back and compared before. Raises `Damaged` when it does not say what it should, `OSError`.
    """
    if not book.result:
        book.result = finished(book, STAMP)
    with path.open("wb") as target:
        target.write(book.result)
        target.flush()
        os.fsync(target.fileno())


__all__ = ["Book", "Damaged", "Foreign"]

"""A workbook file as openpyxl has it: opened, looked at, changed in place, saved and verified. No decisions are made here.

Only what differs is written; all else that people did to the file stays. `losses` must be asked before saving.
"""

import hashlib
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from openpyxl import Workbook, load_workbook
from openpyxl.packaging.custom import IntProperty
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet

from intake.workbook import shift, style
from intake.workbook.columns import Column
from intake.workbook.grid import Expected, Grid, find
from intake.workbook.merge import Plan
from intake.workbook.page import Page
from intake.workbook.pages import page_differs, write_page
from intake.workbook.sheet import Sheet
from intake.workbook.tables import fit_table, make_table, table_ends
from intake.workbook.values import EMPTY, Kept, XlsxCell, kept_of, put
from intake.workbook.words import WORDS, Words
from rules.call import Call

# A custom property of the document: which writing of ours the file, or the copy a person works on, was made from.
STAMP = "SkrynkaWriting"
_PROPERTIES = "custom_doc_props"
# What a workbook may unpack to; a table of a few thousand rows is a twentieth of it.
LARGEST = 400 * 1024 * 1024
# What opening a damaged package raises: zip, XML, and openpyxl's own assumptions about the parts.
_DAMAGE = (zipfile.BadZipFile, KeyError, ValueError, TypeError, AttributeError, IndexError, ParseError, InvalidFileException, EOFError)  # fmt: skip


class Damaged(Exception):
    """The file is no workbook that can be opened."""


@dataclass(slots=True)
class Book:
    """An opened workbook: its octets' SHA-256 ("" for a new one), the writing it stems from; names, grids, keys by sheet id."""

    workbook: Workbook
    sha256: str = ""
    stamp: int | None = None
    octets: bytes = b""
    names: dict[str, str] = field(default_factory=dict)
    grids: dict[str, Grid] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)


def new_book() -> Book:
    """Return an empty workbook."""
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    return Book(workbook)


def open_book(path: Path) -> Book:
    """Read a file whole and open it. Raises `Damaged`, and `OSError` when it cannot be read."""
    octets = path.read_bytes()
    try:
        with zipfile.ZipFile(BytesIO(octets)) as package:
            if sum(entry.file_size for entry in package.infolist()) > LARGEST:
                raise Damaged(f"{path.name} unpacks to more than {LARGEST} octets")
            broken = package.testzip()
        if broken is not None:
            raise Damaged(f"{path.name}: {broken} is damaged")
        workbook = load_workbook(BytesIO(octets), rich_text=True)
    except _DAMAGE as error:
        raise Damaged(f"{path.name}: {error}") from error
    return Book(workbook, hashlib.sha256(octets).hexdigest(), _stamp(workbook), octets)


def look(book: Book, expected: Mapping[str, tuple[str, Expected]]) -> None:
    """Find our tables: sheet id → (name, what is expected). A sheet that a person renamed is known by its headers."""
    taken: set[str] = set()
    book.keys = {sheet_id: what.key for sheet_id, (_, what) in expected.items()}
    for sheet_id, (name, what) in expected.items():
        if name in book.workbook.sheetnames:
            _look_at(book, sheet_id, name, what, taken)
    for sheet_id, (_, what) in expected.items():
        if sheet_id in book.grids:
            continue
        for worksheet in book.workbook.worksheets:
            if worksheet.title in taken:
                continue
            grid = find(cells_of(worksheet), what, tables=table_ends(worksheet))
            if grid is not None and len(set(what.headers) & set(grid.headers)) * 5 >= len(what.headers) * 4:
                book.names[sheet_id], book.grids[sheet_id] = worksheet.title, grid
                taken.add(worksheet.title)
                break


def _look_at(book: Book, sheet_id: str, name: str, what: Expected, taken: set[str]) -> None:
    worksheet = book.workbook[name]
    grid = (
        find(cells_of(worksheet), what, tables=table_ends(worksheet))
        if isinstance(worksheet, Worksheet)
        else None
    )
    if grid is not None:
        book.names[sheet_id], book.grids[sheet_id] = name, grid
        taken.add(name)


def cells_of(sheet: Worksheet) -> dict[tuple[int, int], Kept]:
    """Return what the non-empty cells of a sheet say."""
    # Iterating over the sheet would create every cell up to the last one, which may be row 1,048,576.
    told = ((place, kept_of(cell)) for place, cell in sheet._cells.items())
    return {place: value for place, value in told if value}


def add_sheet(
    book: Book, wanted: Sheet, headers: tuple[str, ...], shown: Mapping[str, str], *, kept_as: str
) -> None:
    """Make a sheet with its header row. A sheet of that name in which our table is lost stays, under another name."""
    if wanted.name in book.workbook.sheetnames:
        old = book.workbook[wanted.name]
        old.title = f"{wanted.name[: 31 - len(kept_as) - 3]} ({kept_as})"
    sheet = book.workbook.create_sheet(wanted.name)
    at = {header: number for number, header in enumerate(headers, start=1)}
    for header, number in at.items():
        put(sheet.cell(1, number), f"s:{shown.get(header, header)}")
    columns = {
        header: wanted.by_header.get(header) or Column(header, "text", 20, people=True) for header in headers
    }
    style.dress_header(sheet, 1, at, columns, fresh=True)
    book.names[wanted.id] = wanted.name
    book.grids[wanted.id] = Grid(
        headers, {}, (), at, {header: shown.get(header, header) for header in headers}
    )


def apply(book: Book, wanted: Sheet, plan: Plan, add: tuple[str, ...], call: Call, *, fresh: bool) -> None:
    """Carry a plan out on one sheet."""
    words = WORDS[call.language]
    grid = book.grids[wanted.id]
    sheet = book.workbook[book.names[wanted.id]]
    assert isinstance(sheet, Worksheet)
    at = dict(grid.at)
    row_of = {key: row.row for key, row in grid.rows.items()}
    last = grid.last_row
    for key in sorted(plan.remove, key=lambda key: -row_of[key]):
        gone = row_of.pop(key)
        shift.delete_row(sheet, gone)
        last -= 1
        row_of = {other: row - 1 if row > gone else row for other, row in row_of.items()}
    for header, number in grid.unnamed.items():
        put(sheet.cell(grid.header_row, number), f"s:{header}")
    _add_columns(sheet, wanted, grid, at, add)
    old_last = last
    styles: style.Styles = {}
    extra = len(plan.append) + len(plan.loose)
    if extra and any(row > last for row, _ in sheet._cells):
        shift.make_room(sheet, last, extra)
    for (key, header), value in plan.cells.items():
        _write(sheet, row_of[key], at[header], wanted.by_header.get(header), value)
    for cells, key in [
        *((cells, key) for key, cells in plan.append.items()),
        *((cells, "") for cells in plan.loose),
    ]:
        last += 1
        style.dress_row(sheet, last, at, wanted, styles)
        for header, value in cells.items():
            if header in at:
                _write(sheet, last, at[header], wanted.by_header.get(header), value)
        sheet.row_dimensions[last].height = style.height(cells, wanted)
        if key:
            row_of[key] = last
    _link(sheet, wanted, row_of, at)
    _look_up(book, sheet, wanted, row_of, at)
    _mark(sheet, plan, row_of, at, words)
    book.grids[wanted.id] = replace(grid, at=at)
    if fresh:
        style.validate(sheet, (grid.header_row + 1, last), at, wanted, words)
        style.prepare_page(sheet, grid.header_row, wanted, call, words)
        make_table(sheet, f"Skrynka_{wanted.id}", grid.header_row, at, last)
    else:
        shift.extend_ranges(sheet, max(old_last, grid.header_row + 1), last)
        fit_table(sheet, grid.header_row, at, at[wanted.key], last)


def _add_columns(
    sheet: Worksheet, wanted: Sheet, grid: Grid, at: dict[str, int], add: tuple[str, ...]
) -> None:
    for header in add:
        if header in at:
            continue
        column = wanted.by_header.get(header)
        assert column is not None
        at[header] = max(at.values()) + 1
        put(sheet.cell(grid.header_row, at[header]), f"s:{header}")
        style.dress_header(sheet, grid.header_row, at, {header: column}, fresh=False)
        for row in range(grid.header_row + 1, grid.last_row + 1):
            style.dress_cell(sheet.cell(row, at[header]), column)


def _write(sheet: Worksheet, row: int, number: int, column: Column | None, value: Kept) -> None:
    number_format = style.FORMATS.get(column.kind) if column is not None and value.startswith("d:") else None
    put(sheet.cell(row, number), value, number_format)


def _link(sheet: Worksheet, wanted: Sheet, row_of: Mapping[str, int], at: Mapping[str, int]) -> None:
    for (key, header), target in wanted.links.items():
        if key in row_of and header in at:
            style.link(sheet.cell(row_of[key], at[header]), target)


def reference(book: Book, sheet_id: str, header: str) -> str:
    """Return a column of ours in the file as a reference to the whole of it, "" when it is not there."""
    grid = book.grids.get(sheet_id)
    if grid is None or header not in grid.at:
        return ""
    letter = get_column_letter(grid.at[header])
    return f"{quote_sheetname(book.names[sheet_id])}!${letter}:${letter}"


def _look_up(
    book: Book, sheet: Worksheet, wanted: Sheet, row_of: Mapping[str, int], at: Mapping[str, int]
) -> None:
    """Fill the columns that show what stands on the sheet of applications."""
    for header, source in wanted.lookups.items():
        shown = reference(book, "applications", source)
        numbers = reference(book, "applications", book.keys.get("applications", ""))
        if header not in at or not shown or not numbers:
            continue
        for key, row in row_of.items():
            # Numbers are made by us, of letters, digits and hyphens.
            number = key.partition("/")[0].replace('"', "")
            sheet.cell(
                row, at[header]
            ).value = f'=IFERROR(INDEX({shown},MATCH("{number}",{numbers},0))&"","")'


def marks_differ(book: Book, wanted: Sheet, plan: Plan, words: Words) -> bool:
    """Return whether the comments at corrected cells are not what they should be."""
    grid = book.grids[wanted.id]
    sheet = book.workbook[book.names[wanted.id]]
    present = {
        place: note for place, cell in sheet._cells.items() if (note := _note(cell, words)) is not None
    }
    wished = {}
    for (key, header), one in plan.marks.items():
        if key not in grid.rows or header not in grid.at:
            continue
        place = (grid.rows[key].row, grid.at[header])
        cell = sheet._cells.get(place)
        if cell is None or cell.comment is None or _note(cell, words) is not None:
            wished[place] = style.note_of(one, words)
    return present != wished


def _note(cell: XlsxCell, words: Words) -> str | None:
    """Return the comment at a cell if it is ours."""
    comment = cell.comment
    return comment.text if comment is not None and comment.author == words.robot else None


def _mark(
    sheet: Worksheet, plan: Plan, row_of: Mapping[str, int], at: Mapping[str, int], words: Words
) -> None:
    wished = {
        (row_of[key], at[header]): style.note_of(one, words)
        for (key, header), one in plan.marks.items()
        if key in row_of and header in at
    }
    for place, cell in list(sheet._cells.items()):
        if place not in wished and _note(cell, words) is not None:
            style.unmark(cell)
    for place, note in wished.items():
        cell = sheet.cell(*place)
        if _note(cell, words) != note:
            style.mark(cell, note, words.robot)


ORDER = ("applications", "people", "attention", "late", "missing", "attendance", "letters")


def write_pages(book: Book, pages: Sequence[Page], call: Call) -> None:
    """Write the robot's own pages; in a file that is wholly ours, put the sheets in order."""
    words = WORDS[call.language]
    for page in pages:
        write_page(book.workbook, page, call, words)
    if not book.sha256:
        order = {
            book.names[sheet_id]: place for place, sheet_id in enumerate(ORDER) if sheet_id in book.names
        }
        first = {page.name for page in pages if page.first}
        # The stubs do not know the list of sheets itself.
        sheets: Any = book.workbook._sheets  # type: ignore[attr-defined]
        sheets.sort(key=lambda sheet: -1 if sheet.title in first else order.get(sheet.title, len(order)))
        book.workbook.active = 0
    # Formulas of ours carry no values until a spreadsheet reckons them.
    if book.workbook.calculation is not None:
        book.workbook.calculation.fullCalcOnLoad = True


def pages_differ(book: Book, pages: Sequence[Page]) -> bool:
    """Return whether any page does not say what it should."""
    return any(page_differs(book.workbook, page) for page in pages)


def stamp(book: Book, writing: int) -> None:
    """Note in the file which writing of ours this is."""
    # The stubs do not know it yet.
    properties: Any = getattr(book.workbook, _PROPERTIES)
    if STAMP in properties.names:
        del properties[STAMP]
    properties.append(IntProperty(name=STAMP, value=writing))


def _stamp(workbook: Workbook) -> int | None:
    properties: Any = getattr(workbook, _PROPERTIES)
    if STAMP not in properties.names:
        return None
    value = properties[STAMP].value
    try:
        return int(value)
    except (TypeError, ValueError):
        return None


def save(book: Book, path: Path) -> None:
    """Save to a new file, and read it back: every cell must say what it says here. Raises `Damaged` when not."""
    told = {sheet.title: cells_of(sheet) for sheet in book.workbook.worksheets}
    book.workbook.save(path)
    try:
        saved = _read_back(path)
    except _DAMAGE as error:
        raise Damaged(f"the file just written cannot be read: {error}") from error
    if saved != told:
        raise Damaged("the file just written does not say what it should")


def _read_back(path: Path) -> dict[str, dict[tuple[int, int], Kept]]:
    with zipfile.ZipFile(path) as package:
        if package.testzip() is not None:
            raise zipfile.BadZipFile
    workbook = load_workbook(BytesIO(path.read_bytes()), read_only=True, rich_text=True)
    try:
        return {
            sheet.title: {
                (cell.row, cell.column): value
                for row in sheet.iter_rows()
                for cell in row
                if cell.value is not None and (value := kept_of(cell)) != EMPTY
            }
            for sheet in workbook.worksheets
        }
    finally:
        workbook.close()

"""Excel workbooks (ECMA-376), through openpyxl's streaming reader.

A guard before it knows how sheets bomb: a far away cell, a merge of the whole sheet.

Formulas are never computed; what Excel last showed is read.
"""

import io
import re
import warnings
import zipfile
import zlib
from datetime import date, datetime, time

from openpyxl import load_workbook
from openpyxl.utils.cell import column_index_from_string
from openpyxl.utils.exceptions import InvalidFileException

from intake.readers.guard import MAX_UNPACKED, Refused, check_xml, open_zip, read_entry
from rules.table import Cell, Para, Reading, Table

MAX_ROWS = 2000
MAX_COLUMNS = 120
MAX_SHEETS = 30
MAX_MERGES = 2000
_MERGE = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref=[\"']([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})[\"']")
# What openpyxl raises for a sheet that is not what it says: of a broken part, its XML, its compression, its values.
_BROKEN = (
    zipfile.BadZipFile, zlib.error, SyntaxError, KeyError, ValueError, TypeError, IndexError, AttributeError, OSError, EOFError,
)  # fmt: skip
# A merged area by the place of its first cell, from 0: row, column → rows, columns.
Merges = dict[tuple[int, int], tuple[int, int]]


def read(content: bytes, sha256: str) -> Reading:
    """Return what the visible sheets of a workbook say. Raises `Refused` for what is damaged or hostile."""
    with open_zip(content) as archive:
        for entry in archive.infolist():
            _check(archive, entry)
    try:
        with warnings.catch_warnings():
            # openpyxl warns of every feature it does not keep; nothing is written here.
            warnings.simplefilter("ignore")
            book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
            try:
                tables = [
                    Table(rows, f"sheet {sheet.title}")
                    for sheet in book.worksheets[:MAX_SHEETS]
                    if sheet.sheet_state == "visible"
                    and (
                        rows := _rows(
                            sheet.iter_rows(max_row=MAX_ROWS, max_col=MAX_COLUMNS), _merges(content, sheet)
                        )
                    )
                ]
            finally:
                book.close()
    except (*_BROKEN, InvalidFileException) as error:
        raise Refused("damaged") from error
    if not tables:
        raise Refused("empty")
    return Reading(sha256, "read", reader="xlsx", blocks=tuple(tables))


def _check(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """Raise `Refused` for a part that is a bomb. A relationship may name any part a sheet, so all XML is looked at."""
    try:
        data = read_entry(archive, entry, MAX_UNPACKED)
        if data.lstrip()[:1] == b"<":
            check_xml(data)
    except Refused as refusal:
        # A broken part that no sheet uses (a chart, a thumbnail) is no reason to refuse the rest.
        if refusal.reason != "damaged":
            raise


def _merges(content: bytes, sheet: object) -> Merges:
    """Return a sheet's merged areas as far as it is read; openpyxl's streaming reader does not tell them."""
    with open_zip(content) as archive:
        # There is no public way from a streamed sheet to its part, and relationships are openpyxl's matter.
        part = str(getattr(sheet, "_worksheet_path", "")).lstrip("/")
        data = read_entry(archive, archive.getinfo(part), MAX_UNPACKED) if part in archive.namelist() else b""
    found: Merges = {}
    for merge in _MERGE.finditer(data):
        left, top, right, bottom = (part.decode() for part in merge.groups())
        first = int(top) - 1, column_index_from_string(left) - 1
        if first[0] < MAX_ROWS and first[1] < MAX_COLUMNS and len(found) < MAX_MERGES:
            rows, columns = int(bottom) - first[0], column_index_from_string(right) - first[1]
            found[first] = min(rows, MAX_ROWS - first[0]), min(columns, MAX_COLUMNS - first[1])
    return found


def _rows(source: object, merges: Merges) -> tuple[tuple[Cell, ...], ...]:
    """Return the rows that have text, without the columns that are empty throughout."""
    grid = [[_text(cell) for cell in row] for row in source]  # type: ignore[attr-defined]
    used = sorted({at for row in grid for at, text in enumerate(row) if text})
    # Which merged area the cells of a row lie in that have one below its first row.
    hanging: dict[int, dict[int, int]] = {}
    for (top, left), (height, width) in merges.items():
        for lower in range(top + 1, min(top + height, len(grid))):
            hanging.setdefault(lower, {})[left] = width
    rows = []
    for number, row in enumerate(grid):
        texts = {at: row[at] if at < len(row) else "" for at in used}
        if not any(texts.values()):
            continue
        # A sheet is as wide as its widest row; beyond its own last text a row has no cells, but a place for an answer.
        last = max(at for at, text in texts.items() if text)
        cells: list[Cell] = []
        covered = -1
        for at in used:
            if at <= covered:
                continue
            if at > last and len(cells) >= 2:
                break
            above = hanging.get(number, {}).get(at)
            width = merges.get((number, at), (1, above or 1))[1]
            covered = at + width - 1
            blocks = (Para(texts[at], f"row {number + 1}"),) if texts[at] else ()
            span = max(1, sum(at <= column <= covered for column in used))
            cells.append(Cell(blocks, span, continued=above is not None and not blocks))
        rows.append(tuple(cells))
    return tuple(rows)


def _text(cell: object) -> str:
    """Return a cell as its sheet shows it, near enough: dates as dates, whole numbers without a point."""
    value = getattr(cell, "value", None)
    shown = str(getattr(cell, "number_format", "") or "")
    if value is None or value is False:
        return ""
    if value is True:
        return "☒"
    if isinstance(value, datetime):
        return value.strftime("%d.%m.%Y" if value.time() == time() else "%d.%m.%Y %H:%M")
    if isinstance(value, date):
        return value.strftime("%d.%m.%Y")
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value)
    # A telephone kept as a number lost its leading zeros; the format «0000000000» shows them.
    if isinstance(value, int) and re.fullmatch(r"0{2,}", shown):
        text = text.zfill(len(shown))
    return text

"""Excel workbooks (ECMA-376), through openpyxl's streaming reader.

A guard before it knows how sheets bomb: a far away cell, a merge of the whole sheet.

Formulas are never computed; what Excel last showed is read.
"""

import io
import re
import warnings
import zipfile
from datetime import date, datetime, time

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from intake.readers.guard import MAX_UNPACKED, Refused, check_xml, open_zip, read_entry
from rules.table import Cell, Para, Reading, Table

MAX_ROWS = 2000
MAX_COLUMNS = 120
MAX_SHEETS = 30


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
                    and (rows := _rows(sheet.iter_rows(max_row=MAX_ROWS, max_col=MAX_COLUMNS)))
                ]
            finally:
                book.close()
    except (
        InvalidFileException,
        KeyError,
        ValueError,
        TypeError,
        IndexError,
        AttributeError,
        OSError,
    ) as error:
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


def _rows(source: object) -> tuple[tuple[Cell, ...], ...]:
    """Return the rows that have text, without the columns that are empty throughout."""
    grid = [[_text(cell) for cell in row] for row in source]  # type: ignore[attr-defined]
    used = sorted({at for row in grid for at, text in enumerate(row) if text})
    rows = []
    for number, row in enumerate(grid, start=1):
        texts = [row[at] if at < len(row) else "" for at in used]
        if any(texts):
            # A sheet is as wide as its widest row; beyond its own last text a row has no cells, but a place for an answer.
            last = max(at for at, text in enumerate(texts) if text)
            texts = texts[: max(2, last + 1)]
            rows.append(tuple(Cell((Para(text, f"row {number}"),) if text else ()) for text in texts))
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

"""What a person does to a sheet and openpyxl does not do as a spreadsheet does: rows and columns with all that hangs on them."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

from lxml import etree
from openpyxl.formatting.formatting import ConditionalFormattingList
from openpyxl.formula.tokenizer import Token, Tokenizer, TokenizerError
from openpyxl.workbook.workbook import Workbook
from openpyxl.worksheet.cell_range import CellRange, MultiCellRange
from openpyxl.worksheet.worksheet import Worksheet

from tests.require import require
from tests.workbook.rich import edit_part, sheet_part

_REFERENCE = re.compile(
    r"^(?P<sheet>(?:'(?:[^']|'')+'|[^'!]+)!)?(?P<cells>\$?[A-Z]{1,3}\$?\d+(?::\$?[A-Z]{1,3}\$?\d+)?)$"
)
_ROW = re.compile(r"(\$?[A-Z]{1,3}\$?)(\d+)")

# Where a row goes: old number → new number.
Move = Callable[[int], int]


def insert_column(sheet: Worksheet, number: int) -> None:
    """Insert a column; links go along with their cells."""
    sheet.insert_cols(number)
    for cell in sheet._cells.values():
        if cell.hyperlink is not None:
            cell.hyperlink.ref = cell.coordinate


def delete_row(sheet: Worksheet, row: int) -> None:
    """Take out one row and close the gap."""
    for key in [key for key in sheet._cells if key[0] == row]:
        del sheet._cells[key]
    sheet.row_dimensions.pop(row, None)
    gone = [area for area in sheet.merged_cells.ranges if area.min_row == area.max_row == row]
    for area in gone:
        sheet.merged_cells.remove(area)

    def start(at: int) -> int:
        return at - 1 if at > row else at

    def end(at: int) -> int:
        return at - 1 if at >= row else at

    _move_cells(sheet, start, first=row + 1)
    _move_ranges(sheet, start, end)
    _move_formulas(sheet, start, end)


def _move_cells(sheet: Worksheet, move: Move, *, first: int) -> None:
    rows = sorted({row for row, _ in sheet._cells if row >= first and move(row) != row})
    if rows and move(rows[0]) > rows[0]:
        rows.reverse()
    columns: dict[int, list[int]] = {}
    for row, column in sheet._cells:
        columns.setdefault(row, []).append(column)
    for row in rows:
        for column in columns[row]:
            cell = sheet._cells.pop((row, column))
            cell.row = move(row)
            sheet._cells[cell.row, column] = cell
            if cell.hyperlink is not None:
                cell.hyperlink.ref = cell.coordinate
    heights = sorted(row for row in sheet.row_dimensions if row >= first and move(row) != row)
    if heights and move(heights[0]) > heights[0]:
        heights.reverse()
    for row in heights:
        dimension = sheet.row_dimensions.pop(row)
        dimension.index = move(row)
        sheet.row_dimensions[dimension.index] = dimension


def _move_ranges(sheet: Worksheet, start: Move, end: Move) -> None:
    sheet.merged_cells = MultiCellRange([_moved(area, start, end) for area in sheet.merged_cells.ranges])
    for table in sheet.tables.values():
        area = CellRange(table.ref)
        if start(area.min_row) != area.min_row:
            table.ref = _moved(area, start, end).coord
            if table.autoFilter is not None:
                table.autoFilter.ref = _moved(CellRange(table.autoFilter.ref), start, end).coord
    _move_validations(sheet, start, end)


def _move_validations(sheet: Worksheet, start: Move, end: Move) -> None:
    for validation in sheet.data_validations.dataValidation:
        validation.sqref = MultiCellRange([_moved(area, start, end) for area in validation.sqref.ranges])
    formats = ConditionalFormattingList()
    for group in sheet.conditional_formatting:
        ranges = MultiCellRange([_moved(area, start, end) for area in group.sqref.ranges])
        for rule in group.rules:
            formats.add(str(ranges), rule)
    sheet.conditional_formatting = formats


def _moved(area: CellRange, start: Move, end: Move) -> CellRange:
    top = start(area.min_row)
    return CellRange(
        min_col=area.min_col, max_col=area.max_col, min_row=top, max_row=max(top, end(area.max_row))
    )


def _move_formulas(sheet: Worksheet, start: Move, end: Move) -> None:
    workbook = sheet.parent
    assert isinstance(workbook, Workbook)
    for other in workbook.worksheets:
        for cell in other._cells.values():
            if cell.data_type == "f" and isinstance(cell.value, str):
                cell.value = _rewritten(cell.value, sheet.title, start, end, own=other is sheet)


def _rewritten(formula: str, title: str, start: Move, end: Move, *, own: bool) -> str:
    try:
        tokenizer = Tokenizer(formula)
    except TokenizerError:
        return formula
    for token in tokenizer.items:
        if token.type != Token.OPERAND or token.subtype != Token.RANGE:
            continue
        found = _REFERENCE.match(token.value)
        if found is None:
            continue
        sheet = found["sheet"]
        if (sheet is None and own) or (
            sheet is not None and sheet[:-1].strip("'").replace("''", "'") == title
        ):
            token.value = (sheet or "") + _reference(found["cells"], start, end)
    return "=" + "".join(token.value for token in tokenizer.items)


def _reference(cells: str, start: Move, end: Move) -> str:
    first, colon, last = cells.partition(":")

    def moved(cell: str, move: Move) -> str:
        return _ROW.sub(lambda found: f"{found[1]}{move(int(found[2]))}", cell)

    if not colon:
        return moved(first, start)
    return f"{moved(first, start)}:{moved(last, end)}"


def type_into(path: Path, name: str, reference: str, text: str) -> None:
    """Type a text into a cell as a spreadsheet would that keeps everything else of the file as it is."""
    main = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"

    def typed(octets: bytes) -> bytes:
        root = etree.fromstring(octets)
        number = "".join(char for char in reference if char.isdigit())
        row = next(one for one in root.iter(f"{main}row") if one.get("r") == number)
        cell = next((one for one in row if one.get("r") == reference), None)
        if cell is None:
            cell = etree.SubElement(row, f"{main}c")
            cell.set("r", reference)
            row[:] = sorted(row, key=lambda one: (len(str(one.get("r"))), str(one.get("r"))))
        for child in list(cell):
            cell.remove(child)
        cell.set("t", "inlineStr")
        etree.SubElement(etree.SubElement(cell, f"{main}is"), f"{main}t").text = text
        return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)

    edit_part(path, sheet_part(path, name), typed)


def save_with_libreoffice(path: Path, profile: Path, target: str = "xlsx:Calc MS Excel 2007 XML") -> Path:
    """Open a file and save it anew, in a folder beside; return the result."""
    program = require("soffice", "libreoffice-calc-nogui")
    folder = path.parent / "saved"
    subprocess.run(
        [
            program,
            f"-env:UserInstallation={profile.as_uri()}",
            "--headless",
            "--convert-to",
            target,
            "--outdir",
            str(folder),
            str(path),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    return folder / f"{path.stem}.{target.partition(':')[0]}"

"""Moving rows of a sheet up or down with all that hangs on them: styles, heights, links, merged cells, formulas, ranges.

openpyxl's own insert and delete leave formulas, links, heights, validations and tables where they were.
"""

import re
from collections.abc import Callable

from openpyxl.formatting.formatting import ConditionalFormattingList
from openpyxl.formula.tokenizer import Token, Tokenizer, TokenizerError
from openpyxl.workbook.workbook import Workbook
from openpyxl.worksheet.cell_range import CellRange, MultiCellRange
from openpyxl.worksheet.worksheet import Worksheet

_REFERENCE = re.compile(
    r"^(?P<sheet>(?:'(?:[^']|'')+'|[^'!]+)!)?(?P<cells>\$?[A-Z]{1,3}\$?\d+(?::\$?[A-Z]{1,3}\$?\d+)?)$"
)
_ROW = re.compile(r"(\$?[A-Z]{1,3}\$?)(\d+)")

# Where a row goes: old number → new number.
Move = Callable[[int], int]


def make_room(sheet: Worksheet, after: int, count: int) -> None:
    """Move everything below row `after` down by `count` rows. A total that ends at `after` will reach to the new end."""

    def start(row: int) -> int:
        return row + count if row > after else row

    def end(row: int) -> int:
        return row + count if row >= after else row

    _move_cells(sheet, start, first=after + 1)
    _move_ranges(sheet, start, start)
    _move_formulas(sheet, start, end)


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


def extend_ranges(sheet: Worksheet, last: int, new_last: int) -> None:
    """Let drop-downs and conditional colours that reach to row `last` reach to row `new_last`."""
    if new_last <= last:
        return

    def end(row: int) -> int:
        return new_last if row == last else row

    _move_validations(sheet, lambda row: row, end)


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

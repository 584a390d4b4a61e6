"""Table objects of a sheet: Excel's own notion of where a table begins and ends, kept in step with header and rows."""

from collections.abc import Mapping
from itertools import count

from openpyxl.worksheet.cell_range import CellRange
from openpyxl.worksheet.filters import AutoFilter
from openpyxl.worksheet.table import Table, TableColumn, TableStyleInfo
from openpyxl.worksheet.worksheet import Worksheet

from intake.workbook.values import put


def table_ends(sheet: Worksheet) -> dict[int, tuple[int, bool]]:
    """Return header row → last data row and whether a row of totals follows, of every table object."""
    areas = [(CellRange(table.ref), table.totalsRowCount or 0) for table in sheet.tables.values()]
    return {area.min_row: (area.max_row - totals, totals > 0) for area, totals in areas}


def make_table(sheet: Worksheet, name: str, header_row: int, at: Mapping[str, int], last: int) -> None:
    """Make header and data a table object with a filter. A table has at least one row, even when there is no data."""
    assert sheet.parent is not None
    taken = {one for other in sheet.parent.worksheets for one in other.tables}
    free = name if name not in taken else next(one for n in count(2) if (one := f"{name}_{n}") not in taken)
    area = CellRange(
        min_col=min(at.values()),
        max_col=max(at.values()),
        min_row=header_row,
        max_row=max(last, header_row + 1),
    )
    table = Table(displayName=free, ref=area.coord)
    table.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=False)
    table.tableColumns = [
        TableColumn(id=number, name=name)
        for number, name in enumerate(_header_names(sheet, header_row, area), start=1)
    ]
    table.autoFilter = AutoFilter(ref=area.coord)
    sheet.add_table(table)


def fit_table(sheet: Worksheet, header_row: int, at: Mapping[str, int], key_column: int, last: int) -> None:
    """Let the table object, or else the filter, cover header and data; its column names must equal the header cells."""
    table = _table(sheet, header_row, key_column)
    end = max(last, header_row + 1)
    if table is None:
        if sheet.auto_filter.ref:
            area = CellRange(sheet.auto_filter.ref)
            sheet.auto_filter.ref = _area(area, min_row=area.min_row, max_row=end).coord
        return
    old = CellRange(table.ref)
    area = CellRange(
        min_col=min(*at.values(), old.min_col),
        max_col=max(*at.values(), old.max_col),
        min_row=header_row,
        max_row=end,
    )
    by_name = {column.name: column for column in table.tableColumns}
    free = count(max((column.id for column in table.tableColumns), default=0) + 1)
    table.tableColumns = [
        by_name.get(name) or TableColumn(id=next(free), name=name)
        for name in _header_names(sheet, header_row, area)
    ]
    if table.autoFilter is not None:
        table.autoFilter.ref = area.coord
    table.ref = _area(area, min_row=header_row, max_row=end + (table.totalsRowCount or 0)).coord


def _area(like: CellRange, *, min_row: int, max_row: int) -> CellRange:
    return CellRange(min_col=like.min_col, max_col=like.max_col, min_row=min_row, max_row=max_row)


def _table(sheet: Worksheet, header_row: int, column: int) -> Table | None:
    for table in sheet.tables.values():
        area = CellRange(table.ref)
        if area.min_row == header_row and area.min_col <= column <= area.max_col:
            assert isinstance(table, Table)
            return table
    return None


def _header_names(sheet: Worksheet, header_row: int, area: CellRange) -> list[str]:
    """Return the header cells' texts, each of its own: Excel repairs a file in which two are alike or one is empty."""
    names: list[str] = []
    for number in range(area.min_col, area.max_col + 1):
        cell = sheet.cell(header_row, number)
        text = str(cell.value) if cell.value is not None else f"Column {number}"
        name, count = text, 1
        while name in names:
            count += 1
            name = f"{text} ({count})"
        if name != cell.value:
            put(cell, f"s:{name}")
        names.append(name)
    return names

"""Table objects of new sheets: Excel's own notion of where a table begins and ends."""

from collections.abc import Mapping
from itertools import count

from openpyxl.worksheet.cell_range import CellRange
from openpyxl.worksheet.filters import AutoFilter
from openpyxl.worksheet.table import Table, TableColumn, TableStyleInfo
from openpyxl.worksheet.worksheet import Worksheet

from intake.workbook.values import put


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

"""Sheets that are not in the file yet, made by openpyxl: nothing of anybody's is in them that could be lost."""

from collections.abc import Callable, Mapping
from typing import Any

from openpyxl import Workbook
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.worksheet import Worksheet

from intake.workbook import style
from intake.workbook.columns import Column
from intake.workbook.grid import Grid
from intake.workbook.page import Page
from intake.workbook.pages import write_page
from intake.workbook.plan import Plan
from intake.workbook.sheet import Sheet
from intake.workbook.tables import make_table
from intake.workbook.values import Kept, put
from intake.workbook.words import WORDS, Words
from rules.call import Call

# The header of a column on the sheet of applications, "" for its key → a reference to the whole column, "" without one.
Source = Callable[[str], str]


def empty() -> Workbook:
    """Return a workbook without any sheet."""
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    return workbook


def make_sheet(
    workbook: Workbook,
    name: str,
    at: Mapping[str, int],
    columns: Mapping[str, Column],
    texts: Mapping[str, str],
) -> None:
    """Make a sheet with its header row: header → column number, what it is, and what its header cell says."""
    sheet = workbook.create_sheet(name)
    for header, number in at.items():
        put(sheet.cell(1, number), f"s:{texts[header]}")
    style.dress_header(sheet, 1, dict(at), dict(columns))


def fill_sheet(
    sheet: Worksheet, wanted: Sheet, plan: Plan, grid: Grid, *, call: Call, source: Source
) -> None:
    """Fill a sheet that `make_sheet` made."""
    words = WORDS[call.language]
    at = dict(grid.at)
    last = grid.header_row
    styles: style.Styles = {}
    row_of: dict[str, int] = {}
    for key, cells in (*plan.append.items(), *(("", cells) for cells in plan.loose)):
        last += 1
        style.dress_row(sheet, last, at, wanted, styles)
        for header, value in cells.items():
            if header in at:
                put(sheet.cell(last, at[header]), value, number_format(wanted.by_header.get(header), value))
        sheet.row_dimensions[last].height = style.height(cells, wanted)
        if key:
            row_of[key] = last
    for (key, header), target in wanted.links.items():
        if key in row_of and header in at:
            style.link(sheet.cell(row_of[key], at[header]), target)
    for header, key, formula in lookups(wanted, row_of, at, source):
        sheet.cell(row_of[key], at[header]).value = formula
    for (key, header), one in plan.marks.items():
        if key in row_of and header in at:
            style.mark(sheet.cell(row_of[key], at[header]), style.note_of(one, words), words.robot)
    style.validate(sheet, (grid.header_row + 1, last), at, wanted, words)
    style.prepare_page(sheet, grid.header_row, wanted, call, words)
    make_table(sheet, f"Skrynka_{wanted.id}", grid.header_row, at, last)


def number_format(column: Column | None, value: Kept) -> str | None:
    """Return the format that a moment gets in a column of ours."""
    return style.FORMATS.get(column.kind) if column is not None and value.startswith("d:") else None


def lookups(
    wanted: Sheet, row_of: Mapping[str, int], at: Mapping[str, int], source: Source
) -> list[tuple[str, str, str]]:
    """Return (header, row key, formula) of the cells that show what stands on the sheet of applications."""
    found = []
    for header, shown in wanted.lookups.items():
        column, numbers = source(shown), source("")
        if header not in at or not column or not numbers:
            continue
        for key in row_of:
            # Numbers are made by us, of letters, digits and hyphens.
            number = key.partition("/")[0].replace('"', "")
            found.append((header, key, f'=IFERROR(INDEX({column},MATCH("{number}",{numbers},0))&"","")'))
    return found


def column_reference(sheet: str, number: int) -> str:
    """Return a whole column as formulas refer to it."""
    letter = get_column_letter(number)
    return f"{quote_sheetname(sheet)}!${letter}:${letter}"


def make_page(workbook: Workbook, page: Page, call: Call, words: Words) -> None:
    """Make one of the robot's own pages."""
    write_page(workbook, page, call, words)


def sort_sheets(workbook: Workbook, order: Mapping[str, int], in_front: set[str]) -> None:
    """Put the sheets of a new file in order: the one to be seen first, ours by their rank, all others."""
    # The stubs do not know the list of sheets itself.
    sheets: Any = workbook._sheets  # type: ignore[attr-defined]
    sheets.sort(key=lambda sheet: -1 if sheet.title in in_front else order.get(sheet.title, len(order)))
    workbook.active = 0

"""How new sheets of the workbook look: widths, colours, drop-downs, print. In a file that people have only new cells get it."""

from collections.abc import Mapping
from copy import copy
from functools import lru_cache
from math import ceil
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule, FormulaRule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.styles.cell_style import StyleArray
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from intake.workbook.columns import Column
from intake.workbook.plan import Mark
from intake.workbook.sheet import Sheet
from intake.workbook.values import Kept, XlsxCell, clean, text_of
from intake.workbook.words import Words
from rules.call import Call

FORMATS = {
    "key": "@",
    "ref": "@",
    "code": "@",
    "date": "dd.mm.yyyy hh:mm",
    "day": "dd.mm.yyyy",
    "whole": "0",
    "percent": "0%",
}
_CENTRED = frozenset({"key", "ref", "date", "day", "whole", "number", "percent", "choice"})

_OURS = PatternFill("solid", fgColor="1F4E78")
_PEOPLES = PatternFill("solid", fgColor="FFD966")
_TO_FILL = PatternFill("solid", fgColor="FFF9E5")
_LINE = Side("thin", color="D0D7DE")
BORDER = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
# fill and letters; dark letters on a light fill stay legible in print and for the colour-blind
TONES = {
    "good": ("C6EFCE", "00612E"),
    "wait": ("FFEB9C", "7F4F00"),
    "doubt": ("FCE4D6", "974706"),
    "bad": ("FFC7CE", "9C0006"),
    "quiet": ("E7E6E6", "595959"),
}
FONT = "Calibri"
# header → the style of its cells, as openpyxl numbers it in this workbook
Styles = dict[str, StyleArray]
_LINE_HEIGHT = 13.5
_MOST_LINES = 7


def dress_header(sheet: Worksheet, row: int, at: dict[str, int], columns: dict[str, Column]) -> None:
    """Style the header cells of a new sheet and set widths."""
    for header, column in columns.items():
        dress_header_cell(sheet.cell(row, at[header]), people=column.people)
        dimension = sheet.column_dimensions[get_column_letter(at[header])]
        dimension.width = column.width
        if column.folded:
            dimension.outlineLevel = 1
            dimension.hidden = True
    # The button that opens a closed group stands on the column after it.
    ordered = sorted(at.values())
    folded = {at[header] for header, column in columns.items() if column.folded}
    for number in ordered:
        if number - 1 in folded and number not in folded:
            sheet.column_dimensions[get_column_letter(number)].collapsed = True
    sheet.row_dimensions[row].height = 42


@lru_cache(maxsize=1)
def _scratch_sheet() -> Any:
    return Workbook().active


def scratch() -> Any:
    """Return a cell of a workbook that is never saved, to be dressed and looked at."""
    return Cell(_scratch_sheet(), row=1, column=1)


def dress_header_cell(cell: XlsxCell, *, people: bool) -> None:
    """Style one header cell."""
    cell.fill = _PEOPLES if people else _OURS
    cell.font = Font(name=FONT, bold=True, size=10, color="000000" if people else "FFFFFF")
    cell.alignment = Alignment(wrap_text=True, vertical="center", horizontal="center")
    cell.border = BORDER


def dress_row(sheet: Worksheet, row: int, at: Mapping[str, int], wanted: Sheet, styles: Styles) -> None:
    """Style the cells of a row to be added. `styles` keeps what one row looks like for the next ones."""
    for header, number in at.items():
        # The stubs do not know the style's own attribute.
        cell: Any = sheet.cell(row, number)
        if header in styles:
            # Ten times as fast as setting font, fill, border and alignment again.
            cell._style = copy(styles[header])
        else:
            dress_cell(cell, wanted.by_header.get(header))
            styles[header] = copy(cell._style)


def height(cells: Mapping[str, Kept], wanted: Sheet) -> float:
    """Return the height of a new row in points. A very long text does not make the row endless."""
    lines = 1
    for header, value in cells.items():
        column = wanted.by_header.get(header)
        # Columns nobody sees have no say.
        if column is not None and not column.folded and value.startswith("s:"):
            wrapped = sum(
                max(1, ceil(len(line) * 1.05 / column.width)) for line in text_of(value).split("\n")
            )
            lines = max(lines, wrapped)
    return _LINE_HEIGHT * min(lines, _MOST_LINES) + 3


def dress_cell(cell: XlsxCell, column: Column | None) -> None:
    """Style one cell; one in a column that people added only gets lines and wrapping."""
    cell.border = BORDER
    kind = column.kind if column is not None else "text"
    cell.font = Font(name=FONT, size=10)
    cell.alignment = Alignment(
        wrap_text=kind != "key", vertical="top", horizontal="center" if kind in _CENTRED else None
    )
    if column is None:
        return
    if kind in FORMATS:
        cell.number_format = FORMATS[kind]
    if column.people:
        cell.fill = _TO_FILL
    if kind == "key":
        cell.font = Font(name=FONT, size=10, bold=True)
    if kind == "ref":
        cell.font = Font(name=FONT, size=8, color="808080")


def link_font() -> Font:
    """Return the font of a cell that leads somewhere."""
    return Font(name=FONT, size=10, underline="single", color="0563C1")


def link(cell: XlsxCell, target: str) -> None:
    """Let a cell lead to a file. The target is a relative ASCII path."""
    if not isinstance(cell, MergedCell):
        cell.hyperlink = target
        cell.font = link_font()


def mark(cell: XlsxCell, note: str, author: str) -> None:
    """Say at a corrected cell what the robot has."""
    if not isinstance(cell, MergedCell):
        cell.comment = Comment(note, author, height=90, width=320)
        font = copy(cell.font)
        cell.font = Font(name=font.name, size=font.sz, bold=font.b, italic=True, color="C00000")


def note_of(one: Mark, words: Words) -> str:
    """Return the comment at a corrected cell."""

    def shown(value: Kept) -> str:
        text = clean(text_of(value).replace("T", " ") if value.startswith("d:") else text_of(value))
        return (text if len(text) <= 300 else text[:299] + "…") or "—"

    if one.before is None:
        said = words.corrected.format(robot=shown(one.robot))
    else:
        said = words.conflict.format(robot=shown(one.robot), before=shown(one.before))
    return f"{said}\n{clean(one.advice)}" if one.advice else said


def validate(
    sheet: Worksheet, rows: tuple[int, int], at: dict[str, int], wanted: Sheet, words: Words
) -> None:
    """Give columns with options their drop-down list, and words their colours, from the first to the last of `rows`."""
    first, last = rows
    for header, number in at.items():
        column = wanted.by_header.get(header)
        letter = get_column_letter(number)
        area = f"{letter}{first}:{letter}{max(first, last)}"
        options = ",".join(column.options) if column is not None else ""
        # A list in the cell itself may have 255 characters, and its separator is the comma.
        if (
            column is not None
            and options
            and len(options) <= 255
            and not any("," in one for one in column.options)
        ):
            listed = DataValidation("list", formula1=f'"{options}"', allow_blank=True, errorStyle="warning")
            listed.showErrorMessage = True
            listed.error = words.only_these.format(options=", ".join(column.options))[:255]
            listed.add(area)
            sheet.add_data_validation(listed)
        for word, tone in wanted.tones.get(header, {}).items():
            fill, ink = TONES[tone]
            quoted = word.replace('"', '""')
            look = {"fill": PatternFill(bgColor=fill, fill_type="solid"), "font": Font(color=ink)}
            # The stubs leave both rules untyped. A word with an asterisk is how the cell's text begins.
            rule = (
                FormulaRule(formula=[f'LEFT({letter}{first},{len(word) - 1})="{quoted[:-1]}"'], **look)  # type: ignore[no-untyped-call]
                if word.endswith("*")
                else CellIsRule(operator="equal", formula=[f'"{quoted}"'], **look)  # type: ignore[no-untyped-call]
            )
            sheet.conditional_formatting.add(area, rule)


def prepare_page(sheet: Worksheet, header_row: int, wanted: Sheet, call: Call, words: Words) -> None:
    """Freeze, and set up the paper: the header on every page, and as `paper` does."""
    sheet.freeze_panes = sheet.cell(header_row + 1, wanted.frozen + 1).coordinate
    sheet.sheet_view.zoomScale = 90
    sheet.print_title_rows = f"{header_row}:{header_row}"
    paper(sheet, wanted.name, call, words)


def paper(sheet: Worksheet, name: str, call: Call, words: Words) -> None:
    """Set up the paper: A4 landscape, one page wide, narrow margins, pages counted."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    margins = sheet.page_margins
    margins.left = margins.right = 0.25
    margins.top = 0.4
    margins.bottom = 0.6
    margins.header = margins.footer = 0.3
    _foot(sheet, name, call, words)


def _foot(sheet: Worksheet, name: str, call: Call, words: Words) -> None:
    """Set the page footer: call, sheet, number of the page."""
    footer = sheet.oddFooter
    assert footer is not None
    assert footer.left is not None
    assert footer.center is not None
    assert footer.right is not None
    # An ampersand begins a code in a footer.
    footer.left.text = clean(call.title).replace("&", "&&")[:120]
    footer.center.text = name
    footer.right.text = words.page
    footer.left.size = footer.center.size = footer.right.size = 8

"""The robot's own pages in a workbook file: found again wherever people moved them, written anew, their charts with them.

A page is known by a hidden defined name, which spreadsheets keep when a sheet is renamed. Only the page's own columns are
touched; what people put beside them stays.
"""

from collections.abc import Mapping
from copy import copy
from typing import Any

from openpyxl.chart import BarChart, PieChart
from openpyxl.chart import Reference as ChartReference
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.marker import DataPoint
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.drawing.line import LineProperties
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.worksheet import Worksheet

from intake.workbook import style
from intake.workbook.page import Chart, Page, PageCell
from intake.workbook.sheet import Tone
from intake.workbook.style import Styles
from intake.workbook.values import kept, put
from intake.workbook.words import Words
from rules.call import Call

# Fills of the charts: as the words' colours, but strong enough for a bar.
_BARS: Mapping[Tone, str] = {
    "good": "70AD47",
    "wait": "FFC000",
    "doubt": "ED7D31",
    "bad": "C00000",
    "quiet": "A5A5A5",
}
HEIGHTS = {"title": 24.0, "head": 20.0, "heading": 30.0}
_FORMATS = {
    "number": "0",
    "total": "0",
    "percent": "0%",
    "moment": "dd.mm.yyyy hh:mm",
    "when": "dd.mm.yyyy hh:mm",
    "day": "dd.mm",
    "hour": "hh:mm",
}


def page_name(page: Page) -> str:
    """Return the defined name by which a page is found again."""
    return f"_Skrynka_page_{page.id}"


def write_page(workbook: Any, page: Page, call: Call, words: Words) -> None:
    """Make a page in a workbook that has no sheet of its name."""
    sheet = workbook.create_sheet(page.name, 0 if page.first else None)
    key = page_name(page)
    workbook.defined_names[key] = DefinedName(
        key, attr_text=f"{quote_sheetname(sheet.title)}!$A$1", hidden=True
    )
    _prepare(sheet, page, call, words)
    styles: Styles = {}
    for (row, column), cell in sorted(page.cells.items()):
        _write(sheet, row, column, cell, styles)
        if column == 1:
            sheet.row_dimensions[row].height = HEIGHTS.get(cell.look)
    for wanted in page.charts:
        sheet.add_chart(_chart(sheet, wanted), wanted.place)


def scratch_cell(wanted: PageCell, *, first: bool) -> Any:
    """Return a cell of a workbook that is thrown away, dressed as one of a page. `first`: it stands in the first column."""
    cell = style.scratch()
    _dress(cell, wanted, first=first)
    return cell


def _write(sheet: Worksheet, row: int, column: int, wanted: PageCell, styles: Styles) -> None:
    # The stubs do not know the style's own attribute.
    cell: Any = sheet.cell(row, column)
    if wanted.formula:
        cell.value = wanted.formula
    else:
        put(cell, kept(wanted.value))
    look = f"{wanted.look} {wanted.tone or ''} {column == 1}"
    if look not in styles:
        _dress(cell, wanted, first=column == 1)
        styles[look] = copy(cell._style)
    cell._style = copy(styles[look])


def _dress(cell: Any, wanted: PageCell, *, first: bool) -> None:
    look = wanted.look
    heading, strong = look == "heading", look in {"title", "head", "label", "total"}
    size = {"title": 15, "head": 12}.get(look, 10)
    colour = "FFFFFF" if heading else "1F4E78" if look in {"title", "head"} else "000000"
    cell.font = Font(name=style.FONT, size=size, bold=heading or strong, color=colour)
    wrap = look in {"text", "heading"} and (heading or not first)
    across = (
        None
        if look in {"title", "head", "label", "text", "quiet"} or (first and not heading)
        else "left" if look in {"moment", "when"} else "center"
    )  # fmt: skip
    cell.alignment = Alignment(
        horizontal="left" if first and look in {"day", "hour"} else across,
        vertical="center" if heading else "top",
        wrap_text=wrap,
    )
    cell.number_format = _FORMATS.get(look, "General")
    cell.fill = PatternFill("solid", fgColor="1F4E78") if heading else PatternFill()
    if look not in {"title", "head", "label", "moment", "quiet"}:
        cell.border = style.BORDER
    if wanted.tone is not None:
        fill, ink = style.TONES[wanted.tone]
        cell.fill = PatternFill("solid", fgColor=fill)
        cell.font = Font(name=style.FONT, size=size, color=ink)


def _prepare(sheet: Worksheet, page: Page, call: Call, words: Words) -> None:
    for number, width in enumerate(page.widths, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.sheet_view.showGridLines = False
    sheet.sheet_properties.tabColor = "1F4E78"
    style.paper(sheet, page.name, call, words)


def _chart(sheet: Worksheet, wanted: Chart) -> Any:
    chart: Any = PieChart() if wanted.kind == "pie" else BarChart()
    chart.title = wanted.title
    chart.width, chart.height = wanted.size
    for column, first, last in wanted.series:
        data = ChartReference(sheet, min_col=column, min_row=first - 1, max_row=last)
        chart.add_data(data, titles_from_data=True)
    column, first, last = wanted.names
    chart.set_categories(ChartReference(sheet, min_col=column, min_row=first, max_row=last))
    chart.legend.position = "b"
    if wanted.kind == "pie":
        series = chart.series[0]
        for number, tone in enumerate(wanted.tones):
            point = DataPoint(idx=number)
            point.graphicalProperties = GraphicalProperties(solidFill=_BARS[tone])
            series.dPt.append(point)
        chart.dataLabels = DataLabelList()
        chart.dataLabels.showPercent = True
        chart.dataLabels.showVal = chart.dataLabels.showCatName = chart.dataLabels.showSerName = False
        chart.dataLabels.showLeaderLines = chart.dataLabels.showLegendKey = False
        return chart
    chart.type = "bar" if wanted.kind == "bars" else "col"
    chart.gapWidth = 40
    if wanted.stacked:
        chart.grouping, chart.overlap = "stacked", 100
    if len(wanted.series) == 1:
        chart.legend = None
    for series, tone in zip(chart.series, wanted.tones, strict=False):
        series.graphicalProperties = GraphicalProperties(solidFill=_BARS[tone])
    # Without these, newer spreadsheets hide the axes of charts made by openpyxl.
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.y_axis.number_format = "0"
    chart.y_axis.majorGridlines.spPr = GraphicalProperties(ln=LineProperties(solidFill="D9D9D9"))
    if wanted.kind == "bars":
        # The first name at the top.
        chart.x_axis.scaling.orientation = "maxMin"
    else:
        chart.x_axis.number_format = sheet.cell(first, column).number_format
    return chart

"""The robot's own pages in a file that exists: found again wherever people moved them, and changed where they say otherwise.

A page is known by a hidden defined name, which spreadsheets keep when a sheet is renamed. Only the page's own columns are
touched; what people put beside them, how they dressed its cells and charts, stays.
"""

from functools import lru_cache

from intake.workbook.dress import dress_of, dressed, fitting
from intake.workbook.package import drawings
from intake.workbook.package.cells import Place, address, column_letters, place_of
from intake.workbook.package.change import SheetChange
from intake.workbook.package.graft import defined, quoted_sheet, sheet_named_in
from intake.workbook.package.opened import Opened
from intake.workbook.package.styles import Dress
from intake.workbook.page import Chart, Page, PageCell
from intake.workbook.pages import HEIGHTS, page_name, scratch_cell
from intake.workbook.values import EMPTY, Kept, is_formula, kept, same, text_of

# English Metric Units in a centimetre.
_EMU = 360_000


def page_sheet(file: Opened, page: Page) -> str:
    """Return the name of the sheet of a page, "" when the file has none."""
    name = sheet_named_in(defined(file.package, page_name(page)))
    return name if name in file.names() else ""


def page_differs(file: Opened, page: Page) -> bool:
    """Return whether a page is missing or says something else; formulas are compared by being there at all."""
    name = page_sheet(file, page)
    if not name:
        return True
    width = len(page.widths)
    said = {
        place: told
        for place, told in file.sheet(name).cells.items()
        if place[1] <= width and not _moving(page, place)
    }
    wanted = {place: cell for place, cell in page.cells.items() if not cell.moving and _says(cell)}
    return said.keys() != wanted.keys() or any(
        not is_formula(said[place]) if cell.formula else not same(said[place], kept(cell.value))
        for place, cell in wanted.items()
    )


def _moving(page: Page, place: Place) -> bool:
    return place in page.cells and page.cells[place].moving


def _says(cell: PageCell) -> bool:
    return bool(cell.formula or kept(cell.value))


def rewrite_page(file: Opened, change: SheetChange, page: Page) -> None:
    """Gather what makes a page say what it should."""
    width = len(page.widths)
    for place in change.sheet.cells:
        if place[1] <= width and place not in page.cells:
            change.set(place, EMPTY)
            change.edit.restyle(place, lambda _: 0)
    for place, cell in page.cells.items():
        said = change.sheet.cells.get(place, EMPTY)
        wished = f"f:{address(*place)} {cell.formula}" if cell.formula else kept(cell.value)
        if _equal(said, wished):
            continue
        change.set(place, wished)
        change.edit.restyle(place, dressed(file.styles, _dress(cell, first=place[1] == 1)))
        if not cell.formula:
            change.edit.restyle(place, fitting(file.styles, wished, _dress(cell, first=False).number_format))
        if place[1] == 1:
            change.edit.heights[place[0]] = HEIGHTS.get(cell.look, 15.0)
    _refer(file, change, page)


def _equal(said: Kept, wished: Kept) -> bool:
    """Return whether a cell says what it should; quotes and signs of fixed places make no difference to a formula."""
    if is_formula(said) and is_formula(wished):
        return _plain(text_of(said)) == _plain(text_of(wished))
    return said == wished or same(said, wished)


def _plain(formula: str) -> str:
    return "".join(char for char in formula if char not in "'$ ")


def _dress(cell: PageCell, *, first: bool) -> Dress:
    return _dress_of_look(PageCell(look=cell.look, tone=cell.tone), first)


@lru_cache(maxsize=256)
def _dress_of_look(cell: PageCell, first: bool) -> Dress:  # noqa: FBT001 the cache asks for plain arguments
    return dress_of(scratch_cell(cell, first=first))


def _refer(file: Opened, change: SheetChange, page: Page) -> None:
    """Let the charts refer to where their numbers stand. One that a person threw away is not forced upon them."""
    package, part = file.package, change.sheet.entry.part
    if not page.charts:
        return
    drawn = drawings.charts_of(package, part)
    title = quoted_sheet(change.sheet.entry.name)
    for chart in page.charts:
        if chart.title not in drawn:
            continue
        found = drawn[chart.title]
        wanted = _references(chart, title)
        told = drawings.series_references(found.root)
        # A chart that a person made another one of is theirs.
        if len(told) == len(wanted):
            others = {at: one for at, one in enumerate(wanted) if _plain(told[at]) != _plain(one)}
            if others:
                drawings.refer_anew(package, found.part, found.root, others)
        if drawings.corner(found.anchor) == place_of(chart.place):
            width, height = (round(side * _EMU) for side in chart.size)
            drawings.resize(package, found.drawing, found.anchor, width, height)


def _references(chart: Chart, sheet: str) -> list[str]:
    """Return what the series of a chart refer to: each one's name, the names of its points, their values."""
    names = _column(sheet, *chart.names)
    found: list[str] = []
    for column, first, last in chart.series:
        found += [
            f"{sheet}!${column_letters(column)}${first - 1}",
            names,
            _column(sheet, column, first, last),
        ]
    return found


def _column(sheet: str, column: int, first: int, last: int) -> str:
    letters = column_letters(column)
    return f"{sheet}!${letters}${first}:${letters}${last}"

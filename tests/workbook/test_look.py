"""How the workbook looks and prints, as far as a program can see; and that this survives growing."""

from openpyxl.worksheet.cell_range import CellRange

from tests.workbook.desk import FULL, Desk, at

ONE = "КЗ-2023-001"


def test_header_filter_frozen_panes_and_print_setup(desk: Desk) -> None:
    desk.stocked(1)
    sheets = [sheet for sheet in desk.open() if sheet.title not in {"Зведення", "Довідник"}]
    assert len(sheets) == 8
    for sheet in sheets:
        (table,) = sheet.tables.values()
        assert table.ref == table.autoFilter.ref
        assert [column.name for column in table.tableColumns] == [cell.value for cell in sheet[1]]
        assert sheet.freeze_panes is not None
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage is True
        assert sheet.print_title_rows == "$1:$1"
        assert sheet.oddFooter.right.text == "Сторінка &P з &N"
        assert sheet.oddFooter.left.text == FULL.title
    assert desk.open()["Заявки"].freeze_panes == "D2"


def test_formats_colours_and_drop_downs(desk: Desk) -> None:
    desk.stocked(1)
    sheet = desk.open()["Заявки"]
    assert at(sheet, ONE, "Надійшла").number_format == "dd.mm.yyyy hh:mm"
    assert at(sheet, ONE, "Телефон контактної особи").number_format == "@"
    assert at(sheet, ONE, "КАТОТТГ").number_format == "@"
    assert at(sheet, ONE, "Повнота %").number_format == "0%"
    colours = {cell.value: cell.fill.fgColor.rgb for cell in sheet[1]}
    assert (colours["Рішення"], colours["Статус"]) == ("00FFD966", "001F4E78")
    (rule,) = sheet.data_validations.dataValidation
    assert (rule.type, str(rule.sqref), rule.showErrorMessage) == ("list", "C2", True)
    words = {rule.formula[0] for group in sheet.conditional_formatting for rule in group.rules}
    assert {'"Повна"', '"Потрібні уточнення"', '"На перевірці"', '"Немає форми"', '"відібрано"'} <= words


def test_a_workbook_without_a_single_application_grows(desk: Desk) -> None:
    assert desk.update().status == "written"
    assert desk.rows() == []
    desk.application(1)
    desk.application(2)
    desk.update()
    sheet = desk.open()["Заявки"]
    (table,) = sheet.tables.values()
    assert CellRange(table.ref).max_row == 3
    assert list(desk.column("Статус")) == [ONE, "КЗ-2023-002"]
    (rule,) = sheet.data_validations.dataValidation
    assert str(rule.sqref) == "C2:C3"
    assert {str(group.sqref) for group in sheet.conditional_formatting} >= {"B2:B3", "C2:C3"}
    # Rows that are added later look like the first ones.
    assert at(sheet, "КЗ-2023-002", "Рішення").fill.fgColor.rgb == at(sheet, ONE, "Рішення").fill.fgColor.rgb


def test_totals_of_the_table_stay_its_last_row(desk: Desk) -> None:
    desk.stocked(2)
    with desk.edit() as sheet:
        (table,) = sheet.tables.values()
        area = CellRange(table.ref)
        table.totalsRowCount = 1
        table.ref = CellRange(min_col=area.min_col, max_col=area.max_col, min_row=1, max_row=4).coord
        sheet["A4"] = "Разом"
        sheet["D4"] = "=SUBTOTAL(109,D2:D3)"
    desk.application(3)
    desk.update()
    sheet = desk.open()["Заявки"]
    (table,) = sheet.tables.values()
    assert (CellRange(table.ref).max_row, CellRange(table.autoFilter.ref).max_row) == (5, 4)
    assert [sheet.cell(row, 1).value for row in range(2, 6)] == [ONE, "КЗ-2023-002", "КЗ-2023-003", "Разом"]
    assert sheet["D5"].value == "=SUBTOTAL(109,D2:D4)"


def test_folded_columns_are_closed_groups(desk: Desk) -> None:
    desk.stocked(1)
    sheet = desk.open()["Заявки"]
    subject = sheet.column_dimensions[at(sheet, ONE, "Тема як є").column_letter]
    # openpyxl keeps one record for neighbouring columns that are alike.
    folded = {
        letter
        for letter, dimension in sheet.column_dimensions.items()
        if dimension.hidden and dimension.outlineLevel == 1
    }
    assert subject.index in folded or folded
    assert not sheet.column_dimensions[at(sheet, ONE, "Громада").column_letter].hidden


def test_a_long_text_does_not_make_an_endless_row(desk: Desk) -> None:
    desk.application(1, values={"change": "довгий текст про зміну " * 200})
    desk.update()
    assert desk.open()["Заявки"].row_dimensions[2].height == 97.5

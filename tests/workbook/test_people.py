"""What people do to the file between two cycles, and what becomes of it. Files are edited as openpyxl saves them."""

from datetime import datetime

from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.utils import get_column_letter

from intake import workbook
from tests.workbook.desk import Desk, at, rows
from tests.workbook.spreadsheet import delete_row, insert_column

ONE, TWO, THREE = "КЗ-2023-001", "КЗ-2023-002", "КЗ-2023-003"


def test_what_people_type_in_their_columns_stays_and_is_mirrored_in_the_ledger(desk: Desk) -> None:
    desk.stocked(3)
    with desk.edit() as sheet:
        at(sheet, TWO, "Рішення").value = "відібрано"
        at(sheet, TWO, "Бали").value = 17.5
        at(sheet, THREE, "Примітка").value = "зателефонувати"
    desk.restate(TWO, "incomplete")
    result = desk.update()
    assert result.status == "written"
    assert [(typed.row, typed.header, typed.after) for typed in result.typed] == [
        (TWO, "Рішення", "s:відібрано"),
        (TWO, "Бали", "n:17.5"),
        (THREE, "Примітка", "s:зателефонувати"),
    ]
    assert desk.column("Рішення") == {ONE: None, TWO: "відібрано", THREE: None}
    assert desk.column("Бали")[TWO] == 17.5
    assert desk.column("Статус")[TWO] == "Потрібні уточнення"
    assert desk.person("applications", TWO, "Рішення") == "s:відібрано"
    assert desk.person("applications", THREE, "Примітка") == "s:зателефонувати"


def test_people_are_mirrored_even_when_nothing_is_to_be_written(desk: Desk) -> None:
    desk.stocked(3)
    with desk.edit() as sheet:
        at(sheet, ONE, "Примітка").value = "нотатка"
    before = desk.path.read_bytes()
    assert desk.update().status == "unchanged"
    assert desk.path.read_bytes() == before
    assert desk.person("applications", ONE, "Примітка") == "s:нотатка"


def test_a_note_that_its_writer_clears_is_forgotten(desk: Desk) -> None:
    desk.stocked(3)
    with desk.edit() as sheet:
        at(sheet, ONE, "Примітка").value = "нотатка"
    desk.update()
    with desk.edit() as sheet:
        at(sheet, ONE, "Примітка").value = None
    desk.update()
    assert desk.person("applications", ONE, "Примітка") is None
    assert desk.column("Примітка")[ONE] is None


def test_a_deleted_workbook_is_rebuilt_with_what_people_typed_and_the_columns_they_added(desk: Desk) -> None:
    desk.stocked(3)
    with desk.edit() as sheet:
        insert_column(sheet, 4)
        sheet["D1"] = "Дзвінок"
        sheet["D3"] = "дзвонили 9.03"
        sheet["D4"] = datetime(2023, 3, 9, 11, 30)  # noqa: DTZ001 a spreadsheet knows no zones
        at(sheet, ONE, "Бали").value = 12
        at(sheet, THREE, "Бали").value = "=6*2"
        at(sheet, THREE, "Громада").value = "Малинська (виправлено)"
    desk.update()
    before = desk.rows()
    desk.path.unlink()
    assert desk.update().status == "written"
    assert desk.rows() == before
    sheet = desk.open()["Заявки"]
    assert sheet["D1"].value == "Дзвінок"
    assert at(sheet, THREE, "Дзвінок").value == datetime(2023, 3, 9, 11, 30)  # noqa: DTZ001 as above
    assert at(sheet, THREE, "Бали").value == "=6*2"
    assert at(sheet, THREE, "Громада").value == "Малинська (виправлено)"


def test_rows_that_were_re_sorted_keep_their_order_and_get_their_own_values(desk: Desk) -> None:
    desk.stocked(3)
    with desk.edit() as sheet:
        at(sheet, ONE, "Примітка").value = "перша"
        width = sheet.max_column
        content = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2, max_row=4)]
        for row, values in enumerate(reversed(content), start=2):
            for column in range(1, width + 1):
                sheet.cell(row, column).value = values[column - 1]
    desk.restate(ONE, "incomplete")
    desk.application(4)
    assert desk.update().typed[0].row == ONE
    assert [(row["№ заявки"], row["Статус"], row["Примітка"]) for row in desk.rows()] == [
        (THREE, "Повна", None),
        (TWO, "Повна", None),
        (ONE, "Потрібні уточнення", "перша"),
        ("КЗ-2023-004", "Повна", None),
    ]


def test_an_inserted_column_stays_where_it_is_and_new_rows_keep_clear_of_it(desk: Desk) -> None:
    desk.stocked(3)
    with desk.edit() as sheet:
        insert_column(sheet, 3)
        sheet["C1"] = "Пріоритет"
        sheet["C2"] = "високий"
    desk.application(4)
    desk.update()
    assert desk.column("Пріоритет") == {ONE: "високий", TWO: None, THREE: None, "КЗ-2023-004": None}
    assert desk.column("Статус")["КЗ-2023-004"] == "Повна"
    assert desk.person("applications", ONE, "Пріоритет") == "s:високий"


def test_a_column_without_a_header_gets_one_and_its_content_is_mirrored(desk: Desk) -> None:
    desk.stocked(3)
    with desk.edit() as sheet:
        insert_column(sheet, 3)
        sheet["C2"] = "без назви"
    desk.update()
    sheet = desk.open()["Заявки"]
    assert (sheet["C1"].value, sheet["C2"].value) == ("Column 3", "без назви")
    assert desk.person("applications", ONE, "Column 3") == "s:без назви"


def test_re_ordered_and_hidden_columns_are_followed(desk: Desk) -> None:
    desk.stocked(3)
    with desk.edit() as sheet:
        status, place = at(sheet, ONE, "Статус").column, at(sheet, ONE, "Громада").column
        for row in range(1, 5):
            one, other = sheet.cell(row, status), sheet.cell(row, place)
            one.value, other.value = other.value, one.value
        sheet.column_dimensions[get_column_letter(place)].hidden = True
    desk.restate(ONE, "held")
    desk.update()
    sheet = desk.open()["Заявки"]
    assert (sheet.cell(1, place).value, sheet.cell(2, place).value) == ("Статус", "На перевірці")
    assert sheet.column_dimensions[get_column_letter(place)].hidden is True


def test_a_renamed_column_is_recognised_by_what_it_holds(desk: Desk) -> None:
    desk.stocked(3)
    with desk.edit() as sheet:
        at(sheet, ONE, "Примітка").value = "нотатка"
    desk.update()
    with desk.edit() as sheet:
        for cell in sheet[1]:
            cell.value = {"Статус": "Стан", "Примітка": "Нотатки", "№ заявки": "Номер"}.get(
                cell.value, cell.value
            )
    desk.restate(TWO, "held")
    desk.application(4)
    desk.update()
    found = [(row["Номер"], row["Стан"], row["Нотатки"]) for row in desk.rows()]
    assert found == [
        (ONE, "Повна", "нотатка"),
        (TWO, "На перевірці", None),
        (THREE, "Повна", None),
        ("КЗ-2023-004", "Повна", None),
    ]
    assert "Статус" not in desk.rows()[0]
    assert desk.person("applications", ONE, "Примітка") == "s:нотатка"


def test_a_renamed_empty_column_is_recognised_by_its_neighbours(desk: Desk) -> None:
    desk.stocked(3)
    with desk.edit() as sheet:
        next(cell for cell in sheet[1] if cell.value == "Бали").value = "Оцінка"
    with desk.edit() as sheet:
        at(sheet, ONE, "Оцінка").value = 9
    desk.update()
    assert desk.person("applications", ONE, "Бали") == "n:9"
    desk.path.unlink()
    desk.update()
    assert desk.column("Оцінка")[ONE] == 9


def test_a_column_of_ours_that_a_person_deleted_is_not_brought_back(desk: Desk) -> None:
    desk.stocked(3)
    with desk.edit() as sheet:
        sheet.delete_cols(at(sheet, ONE, "Район").column)
    for count in (4, 5):
        desk.application(count)
        desk.update()
    assert "Район" not in desk.rows()[0]
    assert desk.column("Громада")["КЗ-2023-005"] == "Бердичівська"


def test_a_corrected_cell_wins_and_is_marked(desk: Desk) -> None:
    desk.stocked(3)
    with desk.edit() as sheet:
        at(sheet, ONE, "Громада").value = "Звягельська міська"
    assert desk.update().status == "written"
    cell = at(desk.open()["Заявки"], ONE, "Громада")
    assert cell.value == "Звягельська міська"
    assert cell.comment is not None
    assert cell.comment.text == "Виправлено вручну. За даними листа: «Звягельська»."
    assert cell.font.color.rgb == "00C00000"
    assert desk.update().status == "unchanged"
    assert desk.person("applications", ONE, "Громада") == "s:Звягельська міська"


def test_a_cell_changed_by_both_sides_keeps_the_persons_value_and_shows_the_conflict(desk: Desk) -> None:
    desk.stocked(3)
    with desk.edit() as sheet:
        at(sheet, ONE, "Статус").value = "Повна (перевірено)"
    assert desk.update().conflicts == ()
    desk.restate(ONE, "incomplete")
    result = desk.update()
    assert [(one.row, one.header, one.person, one.before, one.now) for one in result.conflicts] == [
        (ONE, "Статус", "s:Повна (перевірено)", "s:Повна", "s:Потрібні уточнення")
    ]
    cell = at(desk.open()["Заявки"], ONE, "Статус")
    assert cell.value == "Повна (перевірено)"
    assert cell.comment is not None
    assert cell.comment.text == (
        "Виправлено вручну, а дані листа відтоді змінилися: було «Повна», тепер «Потрібні уточнення»."
    )
    with desk.edit() as sheet:
        at(sheet, ONE, "Примітка").value = "далі"
    # A conflict stays one until a person settles it.
    assert [one.row for one in desk.update().conflicts] == [ONE]


def test_an_older_value_of_the_robot_typed_over_a_correction_is_a_persons_too(desk: Desk) -> None:
    desk.stocked(3)
    with desk.edit() as sheet:
        at(sheet, ONE, "Статус").value = "моє"
    desk.update()
    desk.restate(ONE, "incomplete")
    desk.update()
    with desk.edit() as sheet:
        at(sheet, ONE, "Статус").value = "Повна"
    desk.update()
    assert desk.column("Статус")[ONE] == "Повна"
    assert desk.person("applications", ONE, "Статус") == "s:Повна"


def test_a_correction_that_is_taken_back_hands_the_cell_to_the_robot_again(desk: Desk) -> None:
    desk.stocked(3)
    with desk.edit() as sheet:
        at(sheet, ONE, "Статус").value = "моє"
        at(sheet, TWO, "Статус").value = "теж моє"
    desk.update()
    with desk.edit() as sheet:
        # One is typed back, the other one cleared.
        at(sheet, ONE, "Статус").value = "Повна"
        at(sheet, TWO, "Статус").value = None
    desk.update()
    desk.restate(ONE, "held")
    desk.restate(TWO, "incomplete")
    desk.update()
    assert desk.column("Статус") == {ONE: "На перевірці", TWO: "Потрібні уточнення", THREE: "Повна"}
    assert at(desk.open()["Заявки"], ONE, "Статус").comment is None
    assert desk.person("applications", TWO, "Статус") is None


def test_a_cell_of_ours_that_a_person_emptied_stays_empty(desk: Desk) -> None:
    desk.stocked(3)
    with desk.edit() as sheet:
        at(sheet, ONE, "Район").value = None
    desk.update()
    desk.application(4)
    desk.update()
    assert desk.column("Район")[ONE] is None
    assert desk.person("applications", ONE, "Район") == ""


def test_a_comment_that_a_person_wrote_is_left_alone(desk: Desk) -> None:
    desk.stocked(3)
    with desk.edit() as sheet:
        at(sheet, ONE, "Громада").value = "інша"
        at(sheet, ONE, "Громада").comment = Comment("питали голову", "Олена")
    desk.update()
    comment = at(desk.open()["Заявки"], ONE, "Громада").comment
    assert comment is not None
    assert comment.text == "питали голову"


def test_a_row_that_a_person_deleted_does_not_come_back_and_is_listed(desk: Desk) -> None:
    desk.stocked(3)
    with desk.edit() as sheet:
        at(sheet, TWO, "Примітка").value = "зайва"
    desk.update()
    with desk.edit() as sheet:
        delete_row(sheet, 3)
    assert desk.update().deleted == (("applications", TWO),)
    desk.application(4)
    desk.restate(TWO, "incomplete")
    assert desk.update().deleted == (("applications", TWO),)
    assert list(desk.column("Статус")) == [ONE, THREE, "КЗ-2023-004"]
    assert workbook.deleted_rows(desk.memory()) == (("applications", TWO),)
    desk.path.unlink()
    desk.update()
    assert list(desk.column("Статус")) == [ONE, THREE, "КЗ-2023-004"]


def test_a_deleted_row_comes_back_whole_when_its_number_is_written_again(desk: Desk) -> None:
    desk.stocked(3)
    with desk.edit() as sheet:
        at(sheet, TWO, "Примітка").value = "зайва"
    desk.update()
    with desk.edit() as sheet:
        delete_row(sheet, 3)
    desk.update()
    with desk.edit() as sheet:
        sheet.cell(4, 1).value = TWO
    assert desk.update().deleted == ()
    assert desk.column("Громада")[TWO] == "Овруцька"


def test_rows_added_by_hand_are_left_alone_mirrored_and_rebuilt(desk: Desk) -> None:
    desk.stocked(3)
    with desk.edit() as sheet:
        sheet.cell(5, 3).value = "на розгляді"
        sheet.cell(5, 9).value = "Усна заявка"
        sheet.cell(6, 1).value = "б/н"
        sheet.cell(6, 9).value = "Паперова"
    desk.application(4)
    desk.update()
    found = [(row["№ заявки"], row["Громада"]) for row in desk.rows()]
    assert found[3:] == [(None, "Усна заявка"), ("б/н", "Паперова"), ("КЗ-2023-004", "Радомишльська")]
    assert desk.person("applications", "+1", "Громада") == "s:Усна заявка"
    desk.path.unlink()
    desk.update()
    again = [(row["№ заявки"], row["Громада"]) for row in desk.rows()]
    assert sorted(again, key=str) == sorted(found, key=str)
    assert desk.update().status == "unchanged"


def test_a_second_row_with_the_same_number_is_a_persons(desk: Desk) -> None:
    desk.stocked(3)
    with desk.edit() as sheet:
        sheet.cell(5, 1).value = ONE
        sheet.cell(5, 5).value = "копія рядка"
    desk.restate(ONE, "held")
    desk.update()
    assert [(row["№ заявки"], row["Статус"], row["Примітка"]) for row in desk.rows()][3] == (
        ONE,
        None,
        "копія рядка",
    )
    assert desk.rows()[0]["Статус"] == "На перевірці"


def test_a_total_beneath_the_table_moves_down_and_reaches_to_the_new_end(desk: Desk) -> None:
    desk.stocked(3)
    with desk.edit() as sheet:
        score = at(sheet, ONE, "Бали").column
        sheet.cell(5, score).value = f"=SUM({get_column_letter(score)}2:{get_column_letter(score)}4)"
        sheet.cell(7, 1).value = "Склала: Ірина"
        sheet.row_dimensions[7].height = 33
    desk.application(4)
    desk.application(5)
    desk.update()
    sheet = desk.open()["Заявки"]
    letter = get_column_letter(score)
    assert sheet.cell(6, 1).value == "КЗ-2023-005"
    assert sheet.cell(7, score).value == f"=SUM({letter}2:{letter}6)"
    assert sheet.cell(9, 1).value == "Склала: Ірина"
    assert sheet.row_dimensions[9].height == 33


def test_lines_above_the_header_are_respected(desk: Desk) -> None:
    desk.stocked(3)
    with desk.edit() as sheet:
        for table in list(sheet.tables):
            del sheet.tables[table]
        sheet.insert_rows(1, 2)
        sheet["A1"] = "Реєстр для комісії"
    desk.application(4)
    desk.update()
    sheet = desk.open()["Заявки"]
    assert sheet["A1"].value == "Реєстр для комісії"
    assert [row["№ заявки"] for row in rows(sheet, header_row=3)] == [ONE, TWO, THREE, "КЗ-2023-004"]


def test_colours_widths_heights_and_filters_that_people_set_stay(desk: Desk) -> None:
    desk.stocked(3)
    with desk.edit() as sheet:
        at(sheet, TWO, "Громада").fill = PatternFill("solid", fgColor="00FF00")
        sheet.column_dimensions["I"].width = 44
        sheet.row_dimensions[3].height = 77
        sheet.freeze_panes = "J2"
        sheet.tables["Skrynka_applications"].autoFilter.add_filter_column(1, ["Повна"])
        sheet.conditional_formatting  # noqa: B018 read, so that it is loaded as people's programs do
    desk.restate(TWO, "held")
    desk.application(4)
    desk.update()
    sheet = desk.open()["Заявки"]
    assert at(sheet, TWO, "Громада").fill.fgColor.rgb == "0000FF00"
    assert sheet.column_dimensions["I"].width == 44
    assert sheet.row_dimensions[3].height == 77
    assert sheet.freeze_panes == "J2"
    filters = sheet.tables["Skrynka_applications"].autoFilter
    assert filters.ref == sheet.tables["Skrynka_applications"].ref
    assert [column.filters.filter for column in filters.filterColumn] == [["Повна"]]


def test_a_renamed_sheet_and_sheets_of_people_stay(desk: Desk) -> None:
    desk.stocked(3)
    book = desk.open()
    book["Заявки"].title = "Заявки 2023"
    book.create_sheet("Мої розрахунки")["A1"] = "=COUNTA('Заявки 2023'!A2:A4)"
    book.save(desk.path)
    desk.application(4)
    desk.update()
    book = desk.open()
    assert "Заявки" not in book.sheetnames
    assert [row["№ заявки"] for row in rows(book["Заявки 2023"])] == [ONE, TWO, THREE, "КЗ-2023-004"]
    assert book["Мої розрахунки"]["A1"].value == "=COUNTA('Заявки 2023'!A2:A4)"


def test_a_deleted_sheet_is_made_anew_with_what_people_typed(desk: Desk) -> None:
    desk.stocked(3)
    with desk.edit() as sheet:
        at(sheet, ONE, "Примітка").value = "нотатка"
    desk.update()
    book = desk.open()
    del book["Заявки"]
    book.save(desk.path)
    desk.update()
    assert desk.column("Примітка") == {ONE: "нотатка", TWO: None, THREE: None}


def test_a_sheet_whose_header_is_gone_is_kept_under_another_name(desk: Desk) -> None:
    desk.stocked(3)
    with desk.edit() as sheet:
        at(sheet, ONE, "Примітка").value = "нотатка"
    desk.update()
    with desk.edit() as sheet:
        sheet.delete_rows(1)
    desk.update()
    book = desk.open()
    assert book["Заявки (збережено)"]["A1"].value == ONE
    assert desk.column("Примітка") == {ONE: "нотатка", TWO: None, THREE: None}


def test_merged_cells_in_the_table_stop_nothing(desk: Desk) -> None:
    desk.stocked(3)
    with desk.edit() as sheet:
        sheet.merge_cells("G2:H2")
    desk.restate(ONE, "held")
    desk.application(4)
    assert desk.update().status == "written"
    assert desk.column("Статус")[ONE] == "На перевірці"


def test_a_row_that_moves_to_another_sheet_takes_its_note_along(desk: Desk) -> None:
    desk.stocked(3)
    desk.restate(TWO, "late")
    desk.update()
    assert list(desk.column("Рішення", "Запізнілі")) == [TWO]
    with desk.edit("Запізнілі") as sheet:
        at(sheet, TWO, "Примітка").value = "була буря"
        at(sheet, TWO, "Рішення").value = "прийняти як виняток"
    desk.update()
    desk.restate(TWO, "complete")
    desk.update()
    assert desk.column("Рішення", "Запізнілі") == {}
    assert desk.column("Примітка")[TWO] == "була буря"
    assert desk.column("Рішення")[TWO] is None
    # What was typed there is not lost, though it stands on no sheet.
    assert desk.person("late", TWO, "Рішення") == "s:прийняти як виняток"


def test_a_row_that_moves_while_the_file_is_lost_is_not_taken_for_deleted_when_it_is_back(desk: Desk) -> None:
    desk.stocked(2)
    desk.path.unlink()
    desk.restate(TWO, "late")
    desk.update()
    assert (list(desk.column("Статус")), list(desk.column("Рішення", "Запізнілі"))) == ([ONE], [TWO])
    desk.restate(TWO, "complete")
    assert desk.update().deleted == ()
    assert list(desk.column("Статус")) == [ONE, TWO]


def test_a_correction_typed_just_before_its_row_moves_is_there_when_it_is_back(desk: Desk) -> None:
    desk.stocked(2)
    with desk.edit() as sheet:
        at(sheet, TWO, "Громада").value = "Звягельська міська"
        at(sheet, ONE, "Громада").value = "Малинська"
    desk.restate(TWO, "late")
    assert {(one.row, one.after) for one in desk.update().typed} == {
        (ONE, "s:Малинська"),
        (TWO, "s:Звягельська міська"),
    }
    assert desk.person("applications", TWO, "Громада") == "s:Звягельська міська"
    # Cleared in the moment in which it moves, it is taken back.
    with desk.edit() as sheet:
        at(sheet, ONE, "Громада").value = None
    desk.restate(ONE, "late")
    desk.update()
    assert desk.person("applications", ONE, "Громада") is None
    for number in (ONE, TWO):
        desk.restate(number, "complete")
    desk.update()
    assert desk.column("Громада") == {ONE: "Звягельська", TWO: "Звягельська міська"}


def test_removing_a_row_moves_links_heights_and_formulas_up(desk: Desk) -> None:
    desk.stocked(3)
    desk.reply(ONE)
    with desk.edit() as sheet:
        sheet.row_dimensions[4].height = 66
        at(sheet, THREE, "Бали").value = "=LEN(I4)"
    desk.restate(TWO, "late")
    desk.update()
    sheet = desk.open()["Заявки"]
    link = at(sheet, THREE, "Файли").hyperlink
    assert link is not None
    assert link.ref == at(sheet, THREE, "Файли").coordinate
    assert sheet.row_dimensions[3].height == 66
    assert at(sheet, THREE, "Бали").value == "=LEN(I3)"
    assert sheet.tables["Skrynka_applications"].ref.endswith("3")


def test_an_application_that_the_ledger_lost_is_not_removed(desk: Desk) -> None:
    desk.stocked(3)
    with desk.engine.begin() as tx:
        tx.exec_driver_sql("DELETE FROM revisions WHERE number = 'КЗ-2023-002'")
        tx.exec_driver_sql("DELETE FROM applications WHERE number = 'КЗ-2023-002'")
    desk.update()
    assert list(desk.column("Статус")) == [ONE, TWO, THREE]


def test_a_copy_kept_open_and_saved_over_the_robots_rows_loses_neither_side(desk: Desk) -> None:
    desk.stocked(3)
    with desk.edit() as sheet:
        at(sheet, ONE, "Примітка").value = "перша"
    desk.update()
    open_elsewhere = desk.open()
    desk.application(4)
    desk.restate(TWO, "held")
    desk.update()
    with desk.edit() as sheet:
        at(sheet, THREE, "Примітка").value = "від Ірини"
        at(sheet, ONE, "Примітка").value = "перша, доповнена"
    desk.update()
    # The robot has written, Iryna has typed; now the old copy is saved over both.
    at(open_elsewhere["Заявки"], TWO, "Примітка").value = "від Олени"
    open_elsewhere.save(desk.path)
    desk.update()
    found = {row["№ заявки"]: (row["Статус"], row["Примітка"]) for row in desk.rows()}
    assert found == {
        ONE: ("Повна", "перша, доповнена"),
        TWO: ("На перевірці", "від Олени"),
        THREE: ("Повна", "від Ірини"),
        "КЗ-2023-004": ("Повна", None),
    }


def test_people_on_the_sheet_of_participants_are_kept_too(desk: Desk) -> None:
    desk.stocked(3)
    key = "Код учасника"
    with desk.edit("Учасники") as sheet:
        at(sheet, f"{ONE}/2", "Примітка", key).value = "замінить колега"
        at(sheet, f"{ONE}/1", "Телефон", key).value = "+380500000000"
    desk.restate(ONE, "incomplete")
    desk.update()
    assert desk.column("Примітка", "Учасники")[f"{ONE}/2"] == "замінить колега"
    assert desk.column("Телефон", "Учасники")[f"{ONE}/1"] == "+380500000000"

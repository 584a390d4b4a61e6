"""Ways of laying out and wording a form that no museum piece shows: each answer goes to its own question, or nowhere."""

import pytest

from rules.application import Application, match
from rules.kinds import value_of
from rules.suggest import with_suggestions
from rules.table import LOST_BOX, Cell, Para, Reading, Table
from tests.forms.call import CALL
from tests.rules.test_application import applied, lines, reading

HEAD = [("Назва громади", "Лугова громада"), ("Область", "Житомирська"), ("Район", "Житомирський")]


def table(*rows: tuple[str, ...]) -> Application:
    return applied(reading([*HEAD, *rows]))


def test_two_pairs_side_by_side_each_with_its_answer_in_its_own_cell() -> None:
    application = applied(
        reading(
            [("Назва громади: Лугова", "Область: Житомирська"), ("Район:", "Поштова адреса: м. Лугове, 1")]
        )
    )
    assert application.fields == {"hromada": "Лугова", "oblast": "Житомирська", "address": "м. Лугове, 1"}


@pytest.mark.parametrize(
    "line",
    [
        "Яку зміну плануєте впровадити у громаді? (до 1000 знаків): Новий ЦНАП — старий закрито",
        "Яку зміну плануєте впровадити у громаді? *: Новий ЦНАП — старий закрито",
        "Яку зміну плануєте впровадити у громаді? – Новий ЦНАП — старий закрито",
        "Яку зміну плануєте впровадити у громаді? / Field: Новий ЦНАП — старий закрито",
        "Яку зміну плануєте впровадити у громаді? Новий ЦНАП — старий закрито",
        "Яку зміну плануєте впровадити у громаді / Which change – Новий ЦНАП — старий закрито",
    ],
)
def test_what_explains_a_question_is_no_part_of_its_answer(line: str) -> None:
    application = applied(lines("Назва громади: Лугова", "Область: Сумська", "Район: Сумський", line))
    assert application.values["change"].raw == "Новий ЦНАП — старий закрито"


def test_a_bilingual_label_does_not_swallow_what_follows_it() -> None:
    application = applied(
        lines("Назва громади / Name: Лугова", "Область / Oblast: Сумська", "Район / Raion: Сумський", "Поштова адреса / Address:")
    )  # fmt: skip
    assert application.fields == {"hromada": "Лугова", "oblast": "Сумська", "raion": "Сумський"}
    cells = table(("Поштова адреса / Address\nм. Лугове, 1",))
    assert cells.get("address") == "м. Лугове, 1"


@pytest.mark.parametrize(
    "row",
    [
        ("Згода на обробку персональних даних: +",), ("Згода на обробку персональних даних *: +",),
        ("Згода на обробку персональних даних\n+",), ("Згода на обробку персональних даних: ___+___",),
        ("Згода на обробку персональних даних (так чи ні): +",), ("Згода на обробку персональних даних", "V"),
    ],
)  # fmt: skip
def test_a_plus_is_an_answer_though_it_has_no_letters(row: tuple[str, ...]) -> None:
    assert table(row).flag("consent") is True


def test_a_box_whose_state_was_lost_is_asked_for() -> None:
    field = CALL.field("consent")
    assert field is not None
    assert value_of(f"{LOST_BOX} Так, надаю згоду", field, CALL) == ("", None)
    assert value_of("☐ Так, надаю згоду", field, CALL) == ("ні", "no_consent")


def test_whose_label_it_is_may_stand_in_parentheses() -> None:
    application = table(
        ("ПІБ (учасник 1)", "Коваль Іван"),
        ("ПІБ (учасник 2)", "Мороз Ганна"),
        ("Посада (учасник 2)", "діловод"),
    )
    assert {key: application.get(key) for key in ("p1_name", "p2_name", "p2_position")} == {
        "p1_name": "Коваль Іван", "p2_name": "Мороз Ганна", "p2_position": "діловод",
    }  # fmt: skip


def test_a_name_that_did_not_fit_goes_on_and_a_position_under_it_does_not() -> None:
    application = applied(
        lines("Назва громади: Лугова", "Учасник 1", "ПІБ: Шевчук-Барна Надія", "Василівна", "Учасник 2", "ПІБ: Мороз Ганна", "Секретар")
    )  # fmt: skip
    assert (application.get("p1_name"), application.get("p2_name")) == (
        "Шевчук-Барна Надія Василівна",
        "Мороз Ганна",
    )


def test_a_numbered_list_of_people_may_be_broken_anywhere() -> None:
    people = "1. Коваль Іван, в.о. старости, 067 222\n33 44, koval@test.gov.ua\n2. Мороз Ганна, діловод, 0501112233, moroz@test.gov.ua"
    application = table(("Учасники (ПІБ, посада, телефон, e-mail)", people))
    assert [application.get(f"p{at}_{key}") for at in (1, 2) for key in ("name", "phone", "email")] == [
        "Коваль Іван", "+380672223344", "koval@test.gov.ua", "Мороз Ганна", "+380501112233", "moroz@test.gov.ua",
    ]  # fmt: skip


def test_a_table_goes_on_in_the_next_one_after_a_page_number() -> None:
    first = reading([*HEAD, ("Мотивація участі у мережі", "перше")]).blocks
    second = reading([("", "друге"), ("Дата заповнення", "07.03.2023")]).blocks
    application = match([Reading("form", "read", blocks=(*first, Para("2"), *second))], CALL)
    assert application is not None
    assert (application.get("motivation"), application.get("date")) == ("перше\nдруге", "2023-03-07")
    parted = match([Reading("form", "read", blocks=(*first, Para("Додаток"), *second))], CALL)
    assert parted is not None
    assert parted.get("motivation") == "перше"


def test_a_sheet_of_one_column_gives_answers_of_several_rows() -> None:
    rows = [
        ("Назва громади: Лугова",),
        ("Область: Сумська",),
        ("Мотивація участі у мережі",),
        ("перше",),
        ("друге",),
        ("Район: Сумський",),
    ]
    assert applied(reading(rows)).get("motivation") == "перше\nдруге"


def test_columns_that_are_only_blanks_apart_fill_nothing_from_the_wrong_label() -> None:
    application = applied(
        lines("Назва громади: Лугова", "Область: Сумська", "Район: Сумський", "Поштова адреса\tКерівник громади (ПІБ)", "м. Лугове\tКоваль Іван")
    )  # fmt: skip
    assert (application.get("address"), application.get("head")) == ("", "")


def test_hints_in_parentheses_are_no_answers() -> None:
    assert table(("Поштова адреса\n(індекс, вулиця, дім)", "")).get("address") == ""
    assert table(("Контактний телефон учасника 1", "(050) 333-44-55")).get("p1_phone") == "+380503334455"


def test_the_introduction_is_no_unknown_label_wherever_it_is_repeated() -> None:
    blocks = (
        Para("Телефон для довідок: 044 000 00 00"),
        *reading([*HEAD, ("Улюблений колір", "синій")]).blocks,
    )
    again = (*blocks, Para("Телефон для довідок: 044 000 00 00"))
    application = match([Reading("form", "read", blocks=again)], CALL)
    assert application is not None
    assert application.unknown_labels == ("Улюблений колір",)


def test_the_place_of_an_unknown_label_suggests_what_it_means_and_fills_nothing() -> None:
    rows = [HEAD[0], HEAD[1], ("Повіт", "Житомирський"), ("Поштова адреса", "м. Лугове"), ("Очільник", "Коваль Іван"),
            ("Учасник 1",), ("ПІБ", "Мороз Ганна"), ("Чим займається", "діловод"), ("Контактний телефон", "0501112233")]  # fmt: skip
    application = applied(reading(rows))
    assert application.suggestions == {
        "Повіт": "Район",
        "Очільник": "Керівник громади (ПІБ)",
        "Чим займається": "Посада",
    }
    assert with_suggestions(("Повіт", "Колір"), dict(application.suggestions)) == ("Повіт → Район?", "Колір")
    assert {"raion", "head", "p1_position"}.isdisjoint(application.fields)
    # Two unknown labels for one free field leave a choice.
    twice = applied(reading([*rows[:3], ("Повіт колишній", "Х"), *rows[3:]]))
    assert "Повіт" not in twice.suggestions


def test_merged_cells_of_a_sheet_keep_people_to_their_rows() -> None:
    def cell(text: str, span: int = 1, *, continued: bool = False) -> Cell:
        return Cell((Para(text),) if text else (), span, continued)

    rows = (
        (cell("Назва громади", 2), cell("Лугова")), (cell("Область", 2), cell("Сумська")),
        (cell("Учасник 1"), cell("ПІБ"), cell("Коваль Іван")), (cell("", continued=True), cell("Посада"), cell("діловод")),
    )  # fmt: skip
    application = match([Reading("form", "read", blocks=(Table(rows, "sheet 1"),))], CALL)
    assert application is not None
    assert application.fields == {"hromada": "Лугова", "oblast": "Сумська", "p1_name": "Коваль Іван", "p1_position": "діловод"}  # fmt: skip


def test_an_address_of_the_web_on_the_line_under_its_label_is_no_label() -> None:
    application = applied(
        lines("Назва громади: Лугова", "Область: Сумська", "Район: Сумський", "Яку зміну плануєте впровадити у громаді?", "https://luhova.example")
    )  # fmt: skip
    assert (application.get("change"), application.unknown_labels) == ("https://luhova.example", ())


def test_an_explanation_under_a_label_is_not_the_answer_that_stands_below_it() -> None:
    application = applied(
        lines(
            "Назва громади", "(повна назва)", "Лугова громада", "Область", "оберіть зі списку", "Сумська", "Район", "наприклад: Київський", "Сумський",
            "Поштова адреса", "Наприклад, м. Лугове"
        )
    )  # fmt: skip
    assert application.fields == {
        "hromada": "Лугова громада",
        "oblast": "Сумська",
        "raion": "Сумський",
        "address": "Наприклад, м. Лугове",
    }


def test_control_characters_that_a_word_processor_left_in_a_page_are_no_part_of_an_answer() -> None:
    application = table(("Поштова адреса", "\x04м. Лугове, 1\x05"))
    assert application.values["address"].raw == "м. Лугове, 1"

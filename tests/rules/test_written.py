"""Answers in the text of a letter: whose they are is never guessed."""

import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.application import vocabulary_of
from rules.quotation import turns
from rules.written import Written, written
from tests.rules.cases import CALL

NAMES = {"p1": "Петренко Олена Іванівна", "p2": "Бондар Петро Іванович"}
PHONE, MAIL, WORK = "+380671112233", "b@x.ua", "головний спеціаліст"


def read(text: str, *asked: str) -> Written:
    return written(turns(text), CALL, vocabulary_of(CALL), asked, NAMES)


def values(text: str, *asked: str) -> dict[str, str]:
    found = read(text, *asked)
    assert (found.doubts, found.wrong) == ((), {})
    return {key: value.value for key, value in found.values.items()}


@pytest.mark.parametrize(
    "text",
    [
        "телефон: 067 111 22 33",
        "Тел. 0671112233",
        "моб.: +38 (067) 111-22-33",
        "067 111 22 33",
        "067 111 22 33, вибачте, забули",
        "наш номер 067 111 22 33",
        "3.9 — 067 111 22 33",
        "п. 3.9 Мобільний телефон 067 111 22 33",
        "пункт 3.9: 067 111 22 33",
        "- 3.9 067 111 22 33",
        "Телефон другого учасника 067 111 22 33",
        "Телефон Бондаря: 067 111 22 33",
        "тел. Бондаря Петра 067 111 22 33",
        "моб. учасника 2 067 111 22 33",
        "номер на участник 2: 067 111 22 33",
        "Телефон учасника № 2 - 067 111 22 33",
        "Бондар: тел. 067 111 22 33",
        "Учасник 2: телефон 067 111 22 33",
        "Виправляю помилку в номері телефону другого учасника: 067 111 22 33",
        "Прошу виправити телефон другого учасника на 067 111 22 33",
        "Уточнюємо: телефон — 067 111 22 33",
        "> Не вказано: телефон\n067 111 22 33",
        "> - пункт 3.9 «Мобільний телефон» — не\n>   заповнено\n067 111 22 33",
        "phone of participant 2: 067 111 22 33",
        "Телефон участника 2: 067 111 22 33",
    ],
)
def test_a_telephone_that_was_asked_for_is_found(text: str) -> None:
    assert values(text, "p2_phone") == {"p2_phone": PHONE}


@pytest.mark.parametrize("under", ["Оксана Мельник, 0671112200", "О. П. Мельник, тел. 050 111 22 00"])
def test_a_number_above_a_signature_with_another_one_is_the_answer(under: str) -> None:
    assert values(f"067 111 22 33\n\n{under}", "p2_phone") == {"p2_phone": PHONE}
    assert read(f"067 111 22 33\n\n{under}", "p2_phone", "p2_name").values == {}


@pytest.mark.parametrize("text", ["067 111 22 33\n\nБондар Петро, 0671112200", "Оксана Мельник, 0671112200"])
def test_a_number_beside_a_name_may_be_the_answer_and_a_person_says_which(text: str) -> None:
    found = read(text, "p2_phone")
    assert (found.values, bool(found.rest)) == ({}, True)


@pytest.mark.parametrize(
    "text",
    [
        "3.9 067 111 22 33; 3.10 b@x.ua; 3.8 головний спеціаліст",
        "Учасник 2:\nпосада: головний спеціаліст\nтел. 067 111 22 33\nпошта: b@x.ua",
        "Другий учасник: Бондар Петро Іванович, головний спеціаліст, 067 111 22 33, b@x.ua",
        "Посада Бондаря - головний спеціаліст\nтел. 067 111 22 33, пошта b@x.ua",
        "> - пункт 3.8 «Посада»\nголовний спеціаліст\n> - пункт 3.9\n067 111 22 33\n> - пункт 3.10\nb@x.ua",
    ],
)
def test_several_answers_are_told_apart(text: str) -> None:
    found = values(text, "p2_phone", "p2_email", "p2_position")
    assert {key: found[key] for key in found if key != "p2_name"} == {
        "p2_phone": PHONE,
        "p2_email": MAIL,
        "p2_position": WORK,
    }


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("телефон: 067 111 22 33", ("p1_phone", "p2_phone")),
        ("067 111 22 33", ("p1_phone", "p2_phone")),
        ("Телефон Коваля: 067 111 22 33", ("p2_phone",)),
        ("Телефон учасника 3: 067 111 22 33", ("p2_phone",)),
        ("Це номер Петренко 067 111 22 33 і Бондаря", ("p2_phone",)),
        ("тел. 067 111 22 33 або 050 111 22 33, ще подумаємо", ("p2_phone",)),
        (
            "> - пункт 3.8 «Посада»\n> - пункт 1.5 «Назва ради»\nОлевська міська рада",
            ("p2_position", "council"),
        ),
        ("Дякуємо.\n\nОлена Петренко\nначальниця відділу\nтел. 067 111 22 33", ("p2_phone",)),
        ("Дякуємо.\nЗ повагою, Олена\nтел. 067 111 22 33", ("p2_phone",)),
        ("Дякуємо.\n-- \nтел. 067 111 22 33", ("p2_phone",)),
        ("головний спеціаліст", ("p2_position",)),
        ("Телефонуйте 067 111 22 33, якщо щось не так", ("p2_phone",)),
        ("Телефон другого учасника: 067-12", ("p2_phone",)),
    ],
)
def test_what_is_not_sure_is_no_answer(text: str, asked: tuple[str, ...]) -> None:
    assert read(text, *asked).values.keys() & set(asked) == set()


def test_a_label_of_another_field_is_not_the_one_that_was_asked_for() -> None:
    assert values("Телефон першого учасника: 067 111 22 33", "p2_phone") == {"p1_phone": PHONE}
    assert values("Телефон контактної особи 067 111 22 33", "p2_phone") == {"contact_phone": PHONE}


def test_a_long_answer_goes_on_and_a_short_one_ends_with_its_line() -> None:
    long = read("4.4. Новий порядок сортування.\nПочнемо з центру.\nДякуємо!", "change")
    assert long.values["change"].value == "Новий порядок сортування.\nПочнемо з центру."
    short = read("Посада: головний спеціаліст\nПросимо врахувати", "p2_position")
    assert (short.values["p2_position"].value, short.rest) == (WORK, "Просимо врахувати")


def test_a_line_that_a_mail_program_has_broken_goes_on() -> None:
    text = (
        "Посада другого учасника: головний спеціаліст відділу цифрового розвитку та\nцифрової трансформації"
    )
    assert values(text, "p2_position")["p2_position"].endswith("розвитку та цифрової трансформації")


@pytest.mark.parametrize(
    "text", ["3.2: petrenko.luhyny@ukr.net", "посада учасника 1: 067 111 22 33", "1.5 — rada@x.ua"]
)
def test_an_address_is_no_position_and_no_name_of_a_council(text: str) -> None:
    found = read(text, "p1_position", "council")
    assert (found.values, len(found.doubts)) == ({}, 1)


@pytest.mark.parametrize(
    "line",
    [
        "3.8: головний спеціаліст. Дякую!",
        "3.8: головний спеціаліст, дякую",
        "3.8: головний спеціаліст. Щиро дякую, Оксана",
    ],
)
def test_thanks_after_an_answer_are_no_part_of_it(line: str) -> None:
    assert values(line, "p2_position") == {"p2_position": WORK}


def test_two_different_answers_to_one_question_are_a_doubt() -> None:
    assert read("3.9: 067 111 22 33\n3.9: 050 111 22 33", "p2_phone").doubts == ("Мобільний телефон",)


@settings(max_examples=200 if "CI" in os.environ else 25, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "телефон",
                "067 111 22 33",
                "3.9",
                ":",
                "\n",
                "> ",
                "Учасник 2",
                "пошта",
                "b@x.ua",
                "—",
                ", ",
                "З повагою",
                "я",
            ]
        ),
        max_size=20,
    )
)
def test_any_letter_is_read_and_only_fields_of_the_form_are_answered(pieces: list[str]) -> None:
    found = read(" ".join(pieces), "p2_phone", "p2_email")
    assert {key for key in found.values if CALL.field(key) is None} == set()

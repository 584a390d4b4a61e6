"""Every decision of every drop-down, typed in the real file: the right letter in the outbox, the right row moved, nothing twice."""

import pytest

from intake.workbook.words import WORDS
from tests.decisions.day import LATE_TYPED, TYPED, Day
from tests.decisions.room import ALL, ATTENTION, DECIDED, LATE

POST = "Листування"


def test_every_word_of_the_drop_downs_is_tried_here() -> None:
    words = WORDS["uk"]
    typed = {decision for decision, _, _ in TYPED.values()}
    assert set(words.attention_decisions) <= typed
    assert set(words.late_decisions) == set(LATE_TYPED.values())


@pytest.mark.parametrize(
    ("name", "letters", "place"),
    [
        ("lost", ["accepted"], "Олевська"),
        ("copied", ["accepted"], "Миколаївська"),
        ("gaps", ["accepted_incomplete"], "Баранівська"),
        ("only a place", ["accepted"], "Чуднівська"),
        ("without a form", ["no_form"], "Любарська"),
        ("second sender", ["replaced", "replaced_first"], "Коростенська"),
        ("by number", ["replaced", "replaced_first"], "Овруцька"),
    ],
)
def test_a_registered_letter_moves_to_the_applications_and_is_answered(
    day: Day, name: str, letters: list[str], place: str
) -> None:
    assert sorted(day.new(name)) == letters
    assert day.where(name) == [DECIDED, ALL, POST]
    assert day.row(name)["Громада"] == place
    assert day.said(name).startswith("✓ 11.03 12:00. ")


def test_what_was_registered_by_hand_says_so(day: Day) -> None:
    row = day.row("lost")
    assert row["Спосіб визначення громади"] == "вручну"
    assert row["Статус"] == "Повна"
    assert row["Відповідальний"] == "Оксана"
    assert day.row("gaps")["Статус"] == "Потрібні уточнення"
    assert day.row("without a form")["Статус"] == "Немає форми"
    assert day.sheets[POST][day.codes["lost"]]["Доля"] == "зараховано"
    assert "зареєстровано рішенням людини" in day.sheets[POST][day.codes["lost"]]["Зауваги"]


def test_a_late_letter_whose_place_is_told_is_late_all_the_same(day: Day) -> None:
    """Of two hromadas called «Малинська» the one in the form's own oblast is meant."""
    number = day.number("lost and late")
    assert day.where("lost and late") == [DECIDED, LATE, POST]
    assert day.sheets[LATE][str(number)]["Громада"] == "Малинська"
    assert day.new("lost and late") == []
    assert day.said("lost and late").endswith(
        "Заявка запізнілася: вирішіть на аркуші «Запізнілі». Такий самий лист уже складено раніше."
    )


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (
            "unknown place",
            "✗ 11.03 12:00. Громади «Тридев’ята» немає в довіднику. Впишіть її назву й область.",
        ),
        ("no place", "✗ 11.03 12:00. Впишіть громаду в сусідню клітинку."),
        (
            "no such word",
            "✗ 11.03 12:00. «здається, наша» немає у списку. Оберіть: зареєструвати; відповіли вручну; інший конкурс; не стосується; відкликати заявку.",
        ),
        (
            "nothing to withdraw",
            "✗ 11.03 12:00. Лист не належить до жодної заявки: відкликати нічого. Якщо заявка є, відповідайте самі, оберіть «відповіли вручну», а в «Заявках» поставте «відкликано громадою».",
        ),
        (
            "other sender, not told",
            "✗ 11.03 12:00. Від цієї громади вже є заявка КЗ-2023-002. Якщо цей лист має її замінити, впишіть замість громади номер КЗ-2023-002.",
        ),
        (
            "question",
            "✗ 11.03 12:00. Форми в листі немає, а заявка КЗ-2023-001 вже є: реєструвати нічого. Якщо відповіли самі, оберіть «відповіли вручну».",
        ),
    ],
)
def test_what_cannot_be_done_is_told_in_the_row_and_nothing_happens(day: Day, name: str, said: str) -> None:
    assert day.said(name) == said
    assert ATTENTION in day.where(name)
    assert day.new(name) == []


def test_namesakes_are_listed_so_that_one_can_be_copied(day: Day) -> None:
    said = day.said("namesakes")
    assert said.startswith("✗ 11.03 12:00. Громад із назвою «Миколаївська» кілька. Скопіюйте потрібну: ")
    assert TYPED["copied"][1] in said
    assert day.new("namesakes") == []


@pytest.mark.parametrize(
    ("name", "fate"),
    [
        ("answered", "відповіли вручну"),
        ("other call", "інший конкурс"),
        ("not ours", "не стосується"),
        ("registered, not ours", "не стосується"),
    ],
)
def test_a_closed_letter_leaves_the_desk_and_nothing_is_sent(day: Day, name: str, fate: str) -> None:
    assert day.new(name) == []
    assert day.where(name) == [DECIDED, POST]
    assert day.sheets[POST][day.codes[name]]["Доля"] == fate


def test_a_withdrawal_is_recorded_and_confirmed_and_the_application_stays_in_sight(day: Day) -> None:
    assert day.new("withdrawal") == ["withdrawn"]
    assert day.where("withdrawal") == [DECIDED, ALL, POST]
    assert (day.number("withdrawal"), day.row("withdrawal")["Статус"]) == ("КЗ-2023-004", "Відкликано")
    assert day.said("withdrawal") == (
        "✓ 11.03 12:00. Заявку КЗ-2023-004 відкликано. Лист заявникові: «відкликано»."
    )
    row = day.sheets[POST][day.codes["withdrawal"]]
    assert row["Доля"] == "заявку відкликано"
    assert row["Зауваги"].startswith("заявку КЗ-2023-004 відкликано рішенням людини; ")


def test_an_application_that_was_none_leaves_the_sheet_and_its_number_is_not_given_again(day: Day) -> None:
    standing = day.room.standing().applications
    assert [
        (one["status"], one["place"]["name"]) for one in standing.values() if one["status"] == "void"
    ] == [("void", "Лугинська")]
    assert len({one["Громада"] for one in day.sheets[ALL].values()}) == len(day.sheets[ALL])


@pytest.mark.parametrize(("name", "letters"), [("late", ["accepted"]), ("sent in time", ["accepted"])])
def test_an_exception_moves_to_the_applications_with_the_notes_and_is_answered(
    day: Day, name: str, letters: list[str]
) -> None:
    assert sorted(day.new(name)) == letters
    row = day.sheets[ALL][day.codes[name]]
    assert (row["Статус"], row["Примітка"], row["Відповідальний"]) == ("Повна", f"нотатка: {name}", "Петро")
    assert day.codes[name] not in day.sheets[LATE]


def test_a_refusal_stays_where_it_is_and_says_what_was_sent(day: Day) -> None:
    assert day.new("late, refused") == []
    assert (
        day.said("late, refused")
        == "✓ 11.03 12:00. Відмову залишено в силі. Такий самий лист уже складено раніше."
    )
    assert day.new("sent in time, refused") == ["late"]
    (told,) = (text for text in day.room.texts("late") if "остаточне" in text)
    assert "дайте відповідь на цей лист" not in told
    assert day.said("sent in time, refused").endswith("Лист заявникові: «запізніла».")
    assert {day.codes["late, refused"], day.codes["sent in time, refused"]} <= day.sheets[LATE].keys()


def test_nothing_happens_twice(day: Day) -> None:
    assert day.again == day.after
    assert day.statuses == ("written", "unchanged")


def test_who_decided_is_kept_with_the_decision(day: Day) -> None:
    made = [by for by, _ in day.room.decisions() if by != "rules"]
    assert made.count("Оксана") == 2
    assert made.count("Ігор") == 1
    assert made.count("Петро") == 4
    assert set(made) == {"Оксана", "Ігор", "Петро", "workbook"}


def test_judging_the_archive_again_leaves_what_people_decided(day: Day) -> None:
    code, said = day.room.replay()
    assert (code, said.splitlines()[-2:]) == (
        0,
        ["17 letters stay as a person decided.", "Nothing would change."],
    )


def test_a_workbook_that_is_deleted_comes_back_as_it_was_and_nothing_is_done_again(day: Day) -> None:
    sheets = (ATTENTION, DECIDED, LATE, ALL)
    before = {sheet: day.room.keyed(sheet) for sheet in sheets}
    outbox = day.room.outbox()
    day.room.path.unlink()
    day.room.cycle()
    assert {sheet: day.room.keyed(sheet) for sheet in sheets} == before
    assert day.room.outbox() == outbox

"""What counts as a label and, above all, what does not."""

import pytest

from rules.labels import BEYOND, Section, Vocabulary, item_numbers, normalise
from rules.lines import Lines
from tests.forms.applicants import EVERYONE
from tests.forms.call import CALL, LABELS
from tests.rules.cases import CALL as SHIPPED

VOCABULARY = Vocabulary(CALL)


def keys(text: str) -> tuple[str, ...]:
    hit = VOCABULARY.label(text)
    return hit.keys if hit else ()


@pytest.mark.parametrize(
    "text",
    ["Назва громади", "НАЗВА ГРОМАДИ:", "1.1. Назва громади", "Haзвa гpoмaди", "Назва  громади *", "Назва громадди",
     "Назва громади / Name of the community", "Назва громади (повністю)", "На\u00adзва гро\u200bмади"],
)  # fmt: skip
def test_a_label_is_known_however_it_is_typed(text: str) -> None:
    assert keys(text) == ("hromada",)


@pytest.mark.parametrize(
    "text",
    ["Підпис керівника", "Назва проєкту", "Область нашого інтересу", "Посада спеціаліста з комунікацій", "Громада",
     "Дата старту нашої реформи", "Керівник проєкту (ПІБ)", "Район розселення мешканців", "ПІ", "Адреса сайту",
     "Досвід роботи з молоддю", "Мотивація колективу", "Згода мешканців на реформу"],
)  # fmt: skip
def test_labels_of_other_questions_are_not_taken(text: str) -> None:
    assert keys(text) == ()


SHIPPED_VOCABULARY = Vocabulary(SHIPPED)


@pytest.mark.parametrize(
    "text",
    ["Фото учасника 1", "Вік першого учасника", "Освіта першого учасника", "Підпис першого учасника", "Місто першого учасника",
     "Підпис контактної особи", "Вік голови громади", "Мова громади", "Адреса відповідальної особи", "Дата першого учасника"],
)  # fmt: skip
def test_a_label_whose_first_word_is_another_is_another_question(text: str) -> None:
    assert SHIPPED_VOCABULARY.label(text) is None


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Пошта учасника 1", "p1_email"), ("Пошта першого учасника", "p1_email"), ("почта участника 2", "p2_email"),
        ("поща участник 2", "p2_email"), ("Посада учасника 2", "p2_position"), ("Пошта контактної особи", "contact_email"),
        ("Пасада контактної особи", "contact_position"), ("Телфон контактної особи", "contact_phone"),
    ],
)  # fmt: skip
def test_a_persons_address_is_not_their_position(text: str, key: str) -> None:
    hit = SHIPPED_VOCABULARY.label(text)
    assert hit is not None
    assert hit.keys == (key,)


@pytest.mark.parametrize("who", EVERYONE)
def test_no_answer_is_taken_for_a_label(who: str) -> None:
    for answer in EVERYONE[who].values():
        for line in answer.split("\n"):
            assert keys(line) == ()


@pytest.mark.parametrize(
    ("line", "key", "value"),
    [
        ("Досвід участі у навчальних програмах з комунікацій: немає", "experience", "немає"),
        ("Досвід участі у навчальних програмах з комунікацій – ні", "experience", "ні"),
        ("Район: ні", "raion", "ні"),
        ("Назва громади: Лугова: стара назва Ліски", "hromada", "Лугова: стара назва Ліски"),
        ("Яку зміну плануєте впровадити у громаді? ЦНАП", "change", "ЦНАП"),
        ("☒ Надаю згоду на обробку персональних даних", "consent", "☒"),
    ],
)
def test_a_separator_with_text_behind_it_wins_over_the_whole_line(line: str, key: str, value: str) -> None:
    fields = [
        field.model_copy(update={"aliases": ("Надаю згоду на обробку персональних даних",)})
        if field.key == "consent"
        else field
        for field in CALL.fields
    ]
    split = Lines(Vocabulary(CALL.model_copy(update={"fields": tuple(fields)}))).split(line)
    assert split is not None
    assert (split[0].keys, split[1]) == ((key,), value)


def test_slashes_in_a_telephone_do_not_make_a_label_of_it() -> None:
    split = Lines(VOCABULARY).split("Контактний телефон – 067/123/44/55")
    assert split is not None
    assert (set(split[0].keys), split[1]) == ({"p1_phone", "p2_phone"}, "067/123/44/55")


def test_labels_that_differ_in_a_number_are_different_labels() -> None:
    assert VOCABULARY.section("Учасник 1") != VOCABULARY.section("Учасник 2")
    assert VOCABULARY.section("Учасник 3") == Section(person=BEYOND)


@pytest.mark.parametrize(
    ("line", "person"),
    [
        ("Учасник 1", "p1"), ("УЧАСНИК №2:", "p2"), ("3.2. Учасник 2", "p2"), ("Відомості про учасника 1", "p1"),
        ("Перший учасник", "p1"), ("Другий учасник (спеціаліст)", "p2"), ("Учасниця 1 — керівниця відділу", "p1"),
        ("Учасник ІІ", "p2"), ("Participant 1", "p1"),
    ],
)  # fmt: skip
def test_a_heading_names_a_person(line: str, person: str) -> None:
    section = VOCABULARY.section(line)
    assert section is not None
    assert section.person == person


@pytest.mark.parametrize(
    "line",
    ["Учасник 1 координуватиме, учасник 2 писатиме тексти", "учасники від громади", "Учасників 12 осіб", ""],
)
def test_a_sentence_about_people_is_no_heading(line: str) -> None:
    assert VOCABULARY.section(line) is None


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("1.3 Назва", ("1.3",)), ("1.10. Прізвище", ("1.10",)), ("п. 3.4 пошта", ("3.4",)),
        ("3.1 / 3.7", ("3.1", "3.7")), ("07.03.2023", ()), ("5 років", ()), ("1.3", ("1.3",)), ("12,5 тис.", ()),
    ],
)  # fmt: skip
def test_item_numbers(text: str, numbers: tuple[str, ...]) -> None:
    assert item_numbers(text) == numbers


def test_labels_are_compared_without_case_accents_apostrophes_and_latin_letters() -> None:
    assert normalise("1. Ім’я, E-MAIL") == normalise("імя е маіl")
    assert {normalise(label) for label in LABELS.values()} == {
        normalise(label.upper()) for label in LABELS.values()
    }


def test_the_end_of_a_label_on_the_next_line_is_no_answer() -> None:
    lines = Lines(VOCABULARY)
    for text in ("Яку зміну плануєте впровадити у", "громаді?", "Реорганізація мережі закладів освіти"):
        lines.line(text, "page 1")
    assert {key: found.raw for key, found in lines.pairs.found.items()} == {
        "change": "Реорганізація мережі закладів освіти"
    }


def _vocabulary_of(**labels: str) -> Vocabulary:
    fields = [field for field in CALL.fields if field.key in labels]
    return Vocabulary(
        CALL.model_copy(
            update={
                "fields": tuple(
                    field.model_copy(update={"label": labels[field.key], "aliases": ()}) for field in fields
                )
            }
        )
    )


def test_a_usual_wording_names_the_field_that_asks_the_same() -> None:
    vocabulary = _vocabulary_of(p1_phone="Контактний телефон", p2_phone="Контактний телефон")
    hit = vocabulary.label("Моб. тел.")
    assert hit is not None
    assert hit.keys == ("p1_phone", "p2_phone")
    assert vocabulary.label("E-mail") is None


def test_a_usual_wording_belongs_to_the_field_that_claims_it() -> None:
    vocabulary = _vocabulary_of(p1_phone="Телефон", p2_phone="Мобільний телефон")
    found = {text: vocabulary.label(text) for text in ("Телефон", "Мобільний телефон", "Тел.")}
    assert {text: hit.keys for text, hit in found.items() if hit is not None} == {
        "Телефон": ("p1_phone",),
        "Мобільний телефон": ("p2_phone",),
        "Тел.": ("p1_phone", "p2_phone"),
    }

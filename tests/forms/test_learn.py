"""An organiser's own blank form becomes fields that read what comes back of it."""

import hashlib
import os
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.blank import form_docx
from intake.config import load
from intake.learn import Proposal, learn
from intake.learn.asked import Asked, Heading, People
from intake.learn.guess import guess
from intake.learn.lists import offered
from intake.learn.names import key_of, language_of
from intake.learn.places import places
from intake.learn.proposal import call_of
from intake.learn.toml import written
from intake.readers import opening
from rules.application import match
from rules.call import Call
from rules.table import Block, Cell, Para, Reading, Table
from tests.config.shipped import SHIPPED, changed
from tests.forms import layouts, word
from tests.forms.applicants import LUHOVA, STEPOVA, Answers
from tests.forms.filling import filled
from tests.forms.test_blank import found, typed
from tests.forms.test_museum import plain

CI = os.environ.get("CI", "").lower() == "true"
EMPTY: Answers = dict.fromkeys(LUHOVA, "") | {"consent": "☐ Так, надаю згоду"}
# One place for all people's data in whatever order: there are no labels to learn.
UNLABELLED = {layouts.people_in_one_cell}
EXAMPLE = SHIPPED.parent / "examples" / "burgas.toml"


def reading_of(content: bytes, name: str = "Бланк.docx") -> Reading:
    return opening.read(content, name, hashlib.sha256(content).hexdigest())


def table(*rows: tuple[str, ...]) -> Table:
    return Table(tuple(tuple(Cell((Para(text),) if text else ()) for text in row) for row in rows))


def learnt(*blocks: Block) -> dict[str, dict[str, object]]:
    return {field["key"]: field for field in learn(blocks).fields}


@pytest.fixture(scope="module")
def calls(tmp_path_factory: pytest.TempPathFactory) -> tuple[Call, ...]:
    """The shipped call and the Bulgarian example."""
    path = changed(tmp_path_factory.mktemp("calls"), ("include = []", f'include = ["{EXAMPLE}"]'))
    return load(path).calls


# --- what is learnt reads what comes back ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "layout", [one for one in layouts.LAYOUTS if one not in UNLABELLED], ids=lambda layout: layout.__name__
)
def test_what_is_written_into_a_learnt_blank_is_read(layout) -> None:
    call = call_of(learn(reading_of(layout(EMPTY)).blocks), "uk")
    for answers in (LUHOVA, STEPOVA):
        application = match([reading_of(layout(answers))], call)
        assert application is not None
        read = sorted(plain(value.raw) for value in application.values.values() if value.raw)
        assert [text for text in map(plain, answers.values()) if text not in read] == []


def test_our_own_blank_teaches_what_it_was_made_of(calls: tuple[Call, ...]) -> None:
    for call in calls:
        blank = form_docx(call)
        proposal = learn(reading_of(blank).blocks)
        assert (proposal.left_out, proposal.answered, proposal.unfound) == ((), (), ())
        made = call_of(proposal, call.language)
        assert made.sections == call.sections
        asked = [field for field in call.fields if field.number or call.language == "bg"]
        assert len(made.fields) == len(asked)
        values = typed(call)
        by_ours = match([reading_of(filled(blank, values))], call)
        by_learnt = match([reading_of(filled(blank, values))], made)
        assert by_ours is not None
        assert by_learnt is not None
        assert sorted(found(by_learnt).values()) == sorted(found(by_ours).values())


def test_a_call_that_is_named_lends_its_keys_kinds_and_options(calls: tuple[Call, ...]) -> None:
    call = calls[0]
    proposal = learn(reading_of(form_docx(call)).blocks, call)
    own = {field.key: field for field in call.fields if field.number}
    assert [field["key"] for field in proposal.fields] == list(own)
    for field in call_of(proposal, "uk").fields:
        before = own[field.key]
        assert (field.kind, field.number, field.options, field.required, field.limit, field.column) == (
            before.kind, before.number, before.options, before.required, before.limit, before.column,
        )  # fmt: skip


CONSENTS = (
    "Погоджуюсь на обробку персональних даних", "Погоджуємося з обробкою наших персональних даних", "Надаю згоду на обробку даних",
    "Согласен на обработку персональных данных", "Съгласна съм с обработването на личните ми данни", "I agree to the processing of my data",
)  # fmt: skip
WHO = (("Назва громади", ""), ("Область", ""), ("Телефон", ""))


@pytest.mark.parametrize("label", CONSENTS)
@pytest.mark.parametrize("named", [False, True])
def test_a_consent_with_its_box_behind_it_is_asked_for_and_its_tick_is_read(
    calls: tuple[Call, ...], label: str, *, named: bool
) -> None:
    def filled_in(box: str) -> Table:
        return table(
            ("Назва громади", "Олевська"),
            ("Область", "Житомирська"),
            ("Телефон", "067 111 22 33"),
            (f"{label} {box}", ""),
        )

    proposal = learn([table(*WHO, (f"{label} ☐", ""))], calls[0] if named else None)
    made = call_of(proposal, "uk")
    (consent,) = made.fields_of_kind("consent")
    assert (consent.label, consent.required) == (label, "yes")
    for box, fault in (("☒", set()), ("☐", {"no_consent"})):
        application = match([Reading("f", "read", blocks=(filled_in(box),))], made)
        assert application is not None
        assert {one.code for one in application.faults if one.key == consent.key} == fault


def test_who_agrees_with_the_rules_consents_to_no_processing() -> None:
    assert guess(Asked("Погоджуюсь з правилами конкурсу", options=("",))).kind == "yesno"


@pytest.mark.parametrize(
    ("label", "beside", "kind", "options"),
    [
        ("Розмір футболки", "S / M / L / XL", "choice", ["S", "M", "L", "XL"]),
        ("Харчування", "звичайне / вегетаріанське", "choice", ["звичайне", "вегетаріанське"]),
        ("Звертання", "пан/пані", "choice", ["пан", "пані"]),
        ("Чи маєте досвід?", "так / ні", "yesno", None),
        ("Поштова адреса", "вулиця / будинок", "text", None),
        ("Відомості про заявника", "ПІБ / посада / телефон", "text", None),
        ("Навчальний рік", "2022/2023", "text", None),
    ],
)
def test_a_list_with_strokes_beside_a_label_is_a_choice(
    label: str, beside: str, kind: str, options: list[str] | None
) -> None:
    (field,) = [one for one in learn([table(*WHO, (label, beside))]).fields if one["label"] == label]
    assert (field["kind"], field.get("options")) == (kind, options)


@pytest.mark.parametrize("which", ["own", "foreign"])
def test_the_text_loads_as_a_calls_fields(which: str, calls: tuple[Call, ...], tmp_path: Path) -> None:
    blank = form_docx(calls[1]) if which == "own" else layouts.right(EMPTY)
    proposal = learn(reading_of(blank).blocks)
    text = EXAMPLE.read_text(encoding="utf-8")
    head = text[: text.index("# Room for twenty people")].replace('policy.one_per = "unit"', "")
    (tmp_path / "other.toml").write_text(head + written(proposal, "Бланк №1\n.docx"), encoding="utf-8")
    config = load(changed(tmp_path, ("include = []", 'include = ["other.toml"]')))
    made = call_of(proposal, "bg")
    assert (config.calls[1].fields, config.calls[1].participants, config.calls[1].sections) == (
        made.fields, made.participants, made.sections,
    )  # fmt: skip


PIECES = (
    "Назва громади", "1.1 Область", "1.2", "ПІБ", "Посада", "Телефон:", "Учасник 1", "Учасник 2 — керівник", "Другий учасник",
    "1. Відомості про громаду", "1. Інше", "IV. Етап", "", "____", "☐ так ☐ ні", "☐ задум\n☐ рішення", "☐", "№", "1", "2", "Поле",
    "Відповідь", "☐ Даю згоду на обробку моїх персональних даних", "до 600 знаків", "наприклад: *", "Дата", "{n}", "\x7f\"\\'",
    "оберіть одне: пан · пані", "Заповніть праву колонку таблиці.", "п. 3.10. Съгласие", "Учасник 77: згоду надаю", "E-mail\nвласна",
)  # fmt: skip
TEXTS = st.one_of(
    st.sampled_from(PIECES), st.lists(st.sampled_from(PIECES), max_size=3).map(" ".join), st.text(max_size=12)
)
CELLS = st.builds(lambda text, span: Cell((Para(text),), span), TEXTS, st.integers(1, 2))
TABLES = st.lists(st.lists(CELLS, min_size=1, max_size=5).map(tuple), max_size=7).map(
    lambda rows: Table(tuple(rows))
)
FORMS = st.lists(st.one_of(TEXTS.map(Para), TABLES), max_size=5)


@settings(max_examples=400 if CI else 50, deadline=None, derandomize=not CI)
@given(FORMS)
def test_whatever_a_blank_says_the_proposal_is_a_call(blocks: list[Block]) -> None:
    for wrapped in (False, True):
        proposal = learn(blocks, wrapped=wrapped)
        if proposal.fields:
            told = tomllib.loads(written(proposal, "Бланк\x00.docx"))
            assert told.get("participants", []) == list(proposal.participants)
            assert (told["fields"], told.get("sections", {})) == (list(proposal.fields), proposal.sections)
            call_of(proposal, "uk")


# --- how layouts are understood ----------------------------------------------------------------------------------------


def test_what_a_form_says_of_itself_is_no_question() -> None:
    blocks = (
        Para("ЗАЯВКА"),
        Para("1. Заповніть праву колонку таблиці на комп’ютері."),
        Para("2. Надішліть файл до 18:00 10 березня 2023 року на адресу merezha@example.org"),
        Para("3. Тема листа — Назва громади"),
        Para("Контактна особа організатора: Левицька Марія, тел. (044) 000-00-00."),
        Para("1. Відомості про громаду"),
        table(
            ("Поле", "Відповідь"),
            ("Назва громади", ""),
            ("Область", "без скорочень"),
            ("Вебсайт", "____"),
        ),
    )
    assert places(blocks) == (
        Heading("Відомості про громаду", "1"),
        Asked("Назва громади"),
        Asked("Область", hint="без скорочень"),
        Asked("Вебсайт"),
    )


def test_lines_with_a_place_to_fill_in_are_questions() -> None:
    blocks = tuple(map(Para, (
        "Назва громади: ____________",
        "Область ..............",
        "Дата заповнення:",
        "На якому етапі зміна",
        "☐ задум",
        "☐ рішення ухвалено",
        "☐ Даю згоду на обробку персональних даних",
        "Дякуємо за участь",
    )))  # fmt: skip
    assert [(place.label, place.options) for place in places(blocks) if isinstance(place, Asked)] == [
        ("Назва громади", ()),
        ("Область", ()),
        ("Дата заповнення", ()),
        ("На якому етапі зміна", ("задум", "рішення ухвалено")),
        ("Даю згоду на обробку персональних даних", ("Даю згоду на обробку персональних даних",)),
    ]


def test_a_form_without_a_table_is_learnt_line_by_line() -> None:
    lines = (
        "Назва організації: ______________",
        "Код ЄДРПОУ |_|_|_|_|_|_|_|_|",
        "Телефон: ____________ E-mail: ______________",
        "Бюджет проєкту, грн _____________",
        "☐ Підтверджую достовірність наданої інформації",
        "☐ Надаю згоду на обробку персональних даних",
        "Дата «___» ________ 2023 р.        Підпис ______________",
        "Голова громади      ____________   ______________",
        "                    (підпис)        (ПІБ)",
    )
    assert [(field["key"], field["kind"]) for field in learn(tuple(map(Para, lines))).fields] == [
        ("organisation", "text"),
        ("edrpou", "edrpou"),
        ("phone", "phone"),
        ("email", "email"),
        ("biudzhet_proiektu_hrn", "text"),
        ("pidtverdzhuiu_dostovirnist", "yesno"),
        ("consent", "consent"),
        ("form_date", "date"),
        ("signature", "signature"),
    ]


def test_a_table_of_people_that_goes_on_over_the_page_is_one() -> None:
    header = ("№", "ПІБ", "Посада", "Телефон")
    one = table(header, *((f"{n}", "", "", "") for n in range(1, 13)))
    two = table(header, *((f"{n}", "", "", "") for n in range(13, 21)))
    (people,) = places((one, two))
    assert people == People((Asked("ПІБ"), Asked("Посада"), Asked("Телефон")), 20)
    assert learn((one, two)).participants == ({"key": "p", "label": "Учасник {n}", "repeat": 20},)


def test_people_in_a_table_whom_other_questions_name_stand_for_themselves() -> None:
    people = table(("№", "ПІБ", "Посада"), ("1", "", ""), ("2", "", ""))
    proposal = learn(
        (people, table(("Учасник 1: згоду надаю", "☐ так"), ("Учасник 2: згоду надаю", "☐ так")))
    )
    assert [person["key"] for person in proposal.participants] == ["p1", "p2"]
    assert [field["key"] for field in proposal.fields] == [
        "p1_name", "p1_position", "p2_name", "p2_position", "p1_consent", "p2_consent",
    ]  # fmt: skip


def test_a_participants_block_ends_where_the_others_do() -> None:
    person = (("ПІБ", ""), ("Посада", ""))
    fields = learnt(
        table(("Учасник 1",), *person, ("Учасник 2 (спеціаліст)",), *person, ("Посада керівника", ""))
    )
    assert {key: field.get("person", "") for key, field in fields.items()} == {
        "p1_name": "p1", "p1_position": "p1", "p2_name": "p2", "p2_position": "p2", "position": "",
    }  # fmt: skip


def test_labels_that_only_their_section_tells_apart_get_numbers() -> None:
    proposal = learn(
        (
            Para("Дані керівника"),
            table(("1. Дані керівника",), ("ПІБ", ""), ("Телефон", "")),
            table(("2. Контактна особа",), ("ПІБ", ""), ("Телефон", "")),
        )
    )
    assert [(field["key"], field["number"]) for field in proposal.fields] == [
        ("name", "1.1"), ("phone", "1.2"), ("contact_name", "2.1"), ("contact_phone", "2.2"),
    ]  # fmt: skip
    assert proposal.sections == {"1": "Дані керівника", "2": "Контактна особа"}


def test_a_question_asked_twice_in_one_section_is_left_out_and_told() -> None:
    proposal = learn((table(("Назва громади", ""), ("Телефон", ""), ("Телефон:", ""), ("Область", "")),))
    assert [field["key"] for field in proposal.fields] == ["hromada", "phone", "oblast"]
    assert proposal.left_out == ("Телефон",)
    assert written(proposal, "x.docx").splitlines()[-1] == (
        "# Left out, for another field of its section is called so too: Телефон"
    )


def test_unnumbered_items_among_numbered_ones_are_numbered_under_them() -> None:
    proposal = learn(
        (Para("1. Громада"), table(("1.1 Назва громади", ""), ("Область", ""), ("1.2 Район", "")))
    )
    assert [field["number"] for field in proposal.fields] == ["1.1", "1.1.1", "1.2"]


def test_a_label_wrapped_in_a_pdf_is_learnt_whole() -> None:
    blocks = (table(("Досвід участі у навчальних\nпрограмах з комунікацій", ""), ("Код ЄДРПОУ\n8 цифр", "")),)
    assert [field["label"] for field in learn(blocks).fields] == ["Досвід участі у навчальних", "Код ЄДРПОУ"]
    one, two = learn(blocks, wrapped=True).fields
    assert (one["label"], one["aliases"]) == (
        "Досвід участі у навчальних програмах з комунікацій", ["Досвід участі у навчальних"],
    )  # fmt: skip
    assert (two["label"], two["hint"]) == ("Код ЄДРПОУ", "8 цифр")


def test_a_text_that_asks_nothing_gives_no_fields() -> None:
    assert learn((Para("План заходів на 2023 рік"), Para("Затверджено рішенням сесії."))) == Proposal(
        (), {}, ()
    )


# --- what labels ask for -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("label", "name", "kind"),
    [
        ("Назва громади", "hromada", "hromada"),
        ("Повна назва територіальної громади", "hromada", "hromada"),
        ("Община", "hromada", "hromada"),
        ("Name of the municipality", "hromada", "hromada"),
        ("Область", "oblast", "oblast"),
        ("Район", "raion", "raion"),
        ("Код громади за КАТОТТГ", "katottg", "katottg"),
        ("Код ЄДРПОУ", "edrpou", "edrpou"),
        ("Назва ради (військової адміністрації)", "council", "text"),
        ("Керівник громади (ПІБ)", "head_name", "name"),
        ("Прізвище, власне ім’я, по батькові (за наявності) голови громади", "head_name", "name"),
        ("ПІБ", "name", "name"),
        ("Име, презиме и фамилия", "name", "name"),
        ("Full name", "name", "name"),
        ("Контактна особа", "contact_name", "name"),
        ("Лице за контакт", "contact_name", "name"),
        ("Посада і структурний підрозділ", "position", "text"),
        ("Длъжност", "position", "text"),
        ("Мобільний телефон", "phone", "phone"),
        ("Контактний телефон, Viber", "phone", "phone"),
        ("GSM", "phone", "phone"),
        ("Електронна адреса", "email", "email"),
        ("Адреса електронної пошти", "email", "email"),
        ("Ел. пошта", "email", "email"),
        ("E-mail", "email", "email"),
        ("Имейл", "email", "email"),
        ("Поштова адреса", "address", "text"),
        ("Вебсайт і сторінки громади в соцмережах", "web", "url"),
        ("Кількість жителів громади", "population", "number"),
        ("Скільки років працюєте з комунікаціями", "years", "number"),
        ("Дирекция / отдел", "unit", "unit"),
        ("Дата заповнення", "form_date", "date"),
        ("Дата народження", "", "date"),
        ("Посада, підпис, Власне ім’я ПРІЗВИЩЕ", "signature", "signature"),
        ("Подпис на кмета", "signature", "signature"),
        ("Згода на обробку персональних даних", "consent", "consent"),
        ("Съгласие за обработване на лични данни", "consent", "consent"),
        ("Учасник 1: фото й відео із занять можна публікувати", "photo", "yesno"),
        ("Яку зміну плануєте впровадити у громаді?", "", "long"),
        ("Мотивація участі у мережі", "", "long"),
        ("Хто у громаді відповідає за комунікацію", "", "text"),
        ("Улюблений колір", "", "text"),
    ],
)
def test_the_words_of_a_label_tell_what_it_asks_for(label: str, name: str, kind: str) -> None:
    told = guess(Asked(label))
    assert (told.name, told.kind) == (name, kind)


@pytest.mark.parametrize(
    ("label", "boxes", "kind", "options"),
    [
        ("Готовність", "☐ так ☐ ні", "yesno", ()),
        ("Опит с кампании", "☐ да ☐ не", "yesno", ()),
        ("Згоду надаю", "☐ так; підпис ____ дата ____", "consent", ()),
        ("Етап", "☐ задум ☐ рішення", "choice", ("задум", "рішення")),
        (
            "Які документи затверджено",
            "☐ стратегія ☐ план ☐ немає",
            "choices",
            ("стратегія", "план", "немає"),
        ),
        ("Документи", "оберіть кілька: ☐ стратегія ☐ план", "choices", ("стратегія", "план")),
        ("Участь у програмах", "☐ так (яких?): ____ ☐ ні", "text", ()),
    ],
)
def test_boxes_tell_a_choice_from_a_yes(label: str, boxes: str, kind: str, options: tuple[str, ...]) -> None:
    (asked,) = places((table((label, boxes)),))
    assert isinstance(asked, Asked)
    told = guess(asked)
    assert (told.kind, told.options) == (kind, options)


def test_lists_of_a_word_form_are_looked_into(calls: tuple[Call, ...]) -> None:
    offered_by_ours = offered(form_docx(calls[0], oblasts=["Сумська область", "Одеська область"]))
    assert offered_by_ours == {
        field.label: field.options or ("Сумська область", "Одеська область")
        for field in calls[0].fields
        if field.kind in {"choice", "oblast"}
    }
    legacy = word.document(
        word.p(word.r("Етап: "), word.legacy_list("Виберіть елемент.", "задум", "рішення", chosen=0))
    )
    assert offered(legacy) == {"Етап": ("задум", "рішення")}
    assert offered(b"no file of Word") == {}


def test_a_list_makes_a_choice_of_a_text_and_leaves_an_oblast_what_it_is() -> None:
    blocks = (table(("Етап", ""), ("Область", ""), ("Готовність", "")),)
    lists = {"Етап": ("задум", "рішення"), "Область": ("Сумська", "Одеська"), "Готовність": ("Так", "Ні")}
    fields = learn(blocks, lists=lists).fields
    assert [(field["kind"], field.get("options", [])) for field in fields] == [
        ("choice", ["задум", "рішення"]), ("oblast", []), ("yesno", []),
    ]  # fmt: skip


def test_hints_tell_limits_options_and_what_is_optional() -> None:
    assert (
        guess(Asked("Опис", hint="до 600 знаків")).kind,
        guess(Asked("Опис", hint="до 600 знаків")).limit,
    ) == ("long", 600)
    listed = guess(Asked("Звертання", hint="оберіть одне: пан · пані"))
    assert (listed.kind, listed.options) == ("choice", ("пан", "пані"))
    assert guess(Asked("Телефон", hint="за бажанням")).required == "no"
    assert guess(Asked("Колір", required=True)).required == "yes"


@pytest.mark.parametrize(
    ("label", "language", "key"),
    [
        ("Яку зміну плануєте впровадити у громаді?", "uk", "zminu_planuiete_vprovadyty"),
        ("Щорічний об’єм (тис. грн)", "uk", "shchorichnyi_obiem"),
        ("Нужда от особени условия", "bg", "nuzhda_osobeni_usloviya"),
        ("Why do you apply?", "en", "why_apply"),
        ("2023: план", "uk", "field_2023_plan"),
        ("№", "uk", "field"),
    ],
)
def test_keys_are_short_latin_names(label: str, language: str, key: str) -> None:
    assert key_of(label, language) == key


def test_the_language_is_told_by_its_letters() -> None:
    forms = {
        "uk": "Назва громади, її область",
        "bg": "Община, съгласие, длъжност",
        "en": "Name of the community",
    }
    assert {language: language_of(text) for language, text in forms.items()} == {one: one for one in forms}

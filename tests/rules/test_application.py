"""Which file of a letter is the application, what its answers are, and what they lack."""

import tomllib

import pytest

from intake.config import load
from rules.application import Application, Fault, likely_form, match
from rules.call import Call
from rules.table import Block, Cell, Para, Reading, Table
from tests.config.shipped import SHIPPED
from tests.forms.applicants import LUHOVA, Answers
from tests.forms.call import CALL, LABELS, PERSON_LABELS, call_with
from tests.replay.desk import filled


def form(answers: Answers, *extra: tuple[str, str], sha256: str = "form") -> Reading:
    """A form as a table of two columns, whatever format it came in."""
    rows: list[tuple[str, ...]] = [(LABELS[key], answers[key]) for key in LABELS if key in answers]
    for number in (1, 2):
        rows.append((f"Учасник {number}",))
        rows += [
            (label, answers[f"p{number}_{suffix}"])
            for suffix, label in PERSON_LABELS.items()
            if f"p{number}_{suffix}" in answers
        ]
    return reading([*rows, *extra], sha256)


def reading(rows: list[tuple[str, ...]], sha256: str = "form") -> Reading:
    def cell(text: str) -> Cell:
        return Cell(tuple(Para(line) for line in text.split("\n")) if text else ())

    return Reading(
        sha256,
        "read",
        reader="docx",
        blocks=(Table(tuple(tuple(map(cell, row)) for row in rows), "table 1"),),
    )


def lines(*texts: str) -> Reading:
    return Reading("form", "read", blocks=tuple(Para(text) for text in texts))


def applied(*readings: Reading, call: Call = CALL) -> Application:
    application = match(readings, call)
    assert application is not None
    return application


def faults(answers: Answers, call: Call = CALL) -> list[tuple[str, str]]:
    return [(fault.key, fault.code) for fault in applied(form(answers), call=call).faults]


def required(*keys: str) -> Call:
    fields = [f.model_copy(update={"required": "yes"}) if f.key in keys else f for f in CALL.fields]
    return CALL.model_copy(update={"fields": tuple(fields)})


def test_values_are_kept_raw_and_normalised_with_where_and_how_surely() -> None:
    value = applied(form(LUHOVA)).values["p1_phone"]
    assert (value.raw, value.value) == ("+38 (067) 123-45-67", "+380671234567")
    assert (value.where, value.confidence) == ("table 1, row 14", 1.0)


def test_a_letter_that_mentions_two_labels_is_no_form() -> None:
    assert (
        match([lines("Назва громади: Лугова", "Область: Житомирська", "Просимо взяти до уваги.")], CALL)
        is None
    )
    assert match([], CALL) is None
    assert (
        match(
            [Reading("x", "unreadable", reason="format"), Reading("y", "not_a_form", reason="picture")], CALL
        )
        is None
    )


def test_the_filled_form_is_chosen_and_not_its_blank_or_the_letter_beside_it() -> None:
    blank = form(dict.fromkeys(LUHOVA, ""), sha256="blank")
    note = lines("Супровідний лист", "Назва громади: Лугова")
    assert applied(blank, note, form(LUHOVA)).form == "form"
    assert applied(form(LUHOVA), blank).rivals == ()


def test_the_form_inside_a_container_counts_by_its_own_digest() -> None:
    outer = Reading(
        "zip", "read", reader="zip", members=(Reading("scan", "not_a_form", reason="picture"), form(LUHOVA))
    )
    assert applied(outer).form == "form"


def test_two_different_forms_are_told_and_two_copies_are_not() -> None:
    other = form(LUHOVA | {"p1_name": "Хтось Інший Геть", "date": ""}, sha256="other")
    copy = form(LUHOVA | {"date": ""}, sha256="copy")
    assert applied(form(LUHOVA), other).rivals == ("other",)
    assert applied(form(LUHOVA), copy).rivals == ()


def test_the_first_answer_stands() -> None:
    application = applied(form(LUHOVA, ("Поштова адреса", "інша адреса")))
    assert application.get("address") == LUHOVA["address"]


def test_labels_of_a_person_outside_any_section_fill_nothing() -> None:
    rows = [("Назва громади", "Лугова"), ("Область", "Житомирська"), ("Район", "Житомирський"),
            ("Контактний телефон", "+380440000000"), ("Електронна адреса", "head@test.gov.ua")]  # fmt: skip
    application = applied(reading(rows))
    assert set(application.fields) == {"hromada", "oblast", "raion"}
    assert set(application.orphans) == {"Контактний телефон", "Електронна адреса"}


def test_labels_nobody_knows_are_listed() -> None:
    application = applied(form(LUHOVA, ("Улюблений колір", "синій")))
    assert application.unknown_labels == ("Улюблений колір",)


def test_a_third_participant_fills_nobodys_fields() -> None:
    header = ("№", *PERSON_LABELS.values())
    people = [(str(n), f"Особа Номер {n}", "посада", f"067123456{n}", f"p{n}@ukr.net") for n in (1, 2, 3)]
    rows = [(LABELS[key], LUHOVA[key]) for key in ("hromada", "oblast", "raion")]
    application = applied(reading([*rows]), call=CALL)
    assert application.get("p1_name") == ""
    both = Reading("form", "read", blocks=(*reading(rows).blocks, *reading([header, *people]).blocks))
    application = applied(both)
    assert (application.get("p1_email"), application.get("p2_email")) == ("p1@ukr.net", "p2@ukr.net")
    assert "Особа Номер 3" not in application.fields.values()


def test_a_register_of_one_row_is_a_form_too() -> None:
    header = [
        *LABELS.values(),
        *(f"{label} учасника {n}" for n in (1, 2) for label in PERSON_LABELS.values()),
    ]
    keys = [*LABELS, *(f"p{n}_{suffix}" for n in (1, 2) for suffix in PERSON_LABELS)]
    application = applied(reading([tuple(header), tuple(LUHOVA[key] for key in keys)]))
    assert {key: value.raw for key, value in application.values.items()} == LUHOVA


def test_what_stands_beside_a_label_answers_it_even_if_it_reads_like_one() -> None:
    assert (
        applied(form(LUHOVA | {"p1_position": "Керівник громади"})).get("p1_position") == "Керівник громади"
    )


def test_pairs_on_one_line_are_told_apart() -> None:
    application = applied(
        lines("Назва громади: Лугова; Область: Житомирська", "Учасник 1",
              "ПІБ: Петренко Олена; посада: секретар; телефон: 0671234567; e-mail: a@ukr.net")
    )  # fmt: skip
    assert application.fields == {
        "hromada": "Лугова", "oblast": "Житомирська", "p1_name": "Петренко Олена", "p1_position": "секретар",
        "p1_phone": "+380671234567", "p1_email": "a@ukr.net",
    }  # fmt: skip


def test_a_person_given_in_one_line_is_taken_apart() -> None:
    application = applied(
        lines("Назва громади: Лугова", "Учасники:",
              "1. Петренко Олена Василівна, начальниця відділу, 067 123 45 67, a@ukr.net",
              "Учасник 2: Ґудзь Мар’яна, спеціаліст, тел. 050 765 43 21, b@ukr.net")
    )  # fmt: skip
    assert application.fields == {
        "hromada": "Лугова", "p1_name": "Петренко Олена Василівна", "p1_position": "начальниця відділу",
        "p1_phone": "+380671234567", "p1_email": "a@ukr.net", "p2_name": "Ґудзь Мар’яна",
        "p2_position": "спеціаліст", "p2_phone": "+380507654321", "p2_email": "b@ukr.net",
    }  # fmt: skip


def test_an_underlined_or_bold_choice_is_a_marked_one() -> None:
    blocks: tuple[Block, ...] = (
        Para("Назва громади: Лугова"), Para("Область: Житомирська"),
        Table(((Cell((Para("Згода на обробку персональних даних"),)), Cell((Para("так / ні", marked=("так",)),))),)),
    )  # fmt: skip
    assert applied(Reading("form", "read", blocks=blocks)).flag("consent") is True
    styled = (*blocks[:2], Table(((Cell((Para("Згода на обробку персональних даних"),)),
                                   Cell((Para("так / ні", marked=("так / ні",)),))),)))  # fmt: skip
    assert applied(Reading("form", "read", blocks=styled)).flag("consent") is None


def test_a_form_of_another_kind_is_told_for_a_persons_eyes() -> None:
    other = reading(
        [("ПІБ заявника", "Іваненко"), ("Організація", "ТОВ"), ("Сума, грн", "1101,50")], sha256="other"
    )
    assert match([other], CALL) is None
    assert likely_form([lines("Доброго дня!", "Надсилаємо заявку."), other]) == "other"
    assert likely_form([lines("Доброго дня!")]) is None


# --- what is missing or wrong ----------------------------------------------------------------------------------


def test_a_complete_form_has_no_faults() -> None:
    assert faults(LUHOVA, required(*LUHOVA)) == []


def test_empty_required_fields_are_missing_whether_they_stand_there_or_not() -> None:
    answers = LUHOVA | {"change": "-"}
    del answers["head"]
    assert faults(answers, required("head", "change", "raion")) == [
        ("head", "missing"),
        ("change", "missing"),
    ]


def test_participants_are_asked_for_addresses_of_their_own_unless_the_call_allows_one() -> None:
    shared = LUHOVA | {"p2_email": "O.Petrenko@Luhova-test.gov.ua"}
    assert faults(shared) == [("p2_email", "shared_email")]
    assert faults(shared, call_with(policy={"shared_email": True})) == []


def test_one_person_twice_is_asked_about() -> None:
    assert faults(LUHOVA | {"p2_name": "ПЕТРЕНКО Олена Василівна"}) == [("p2_name", "same_person")]


def test_initials_matter_for_participants_only() -> None:
    assert faults(LUHOVA | {"p1_name": "Петренко О. В.", "head": "Коваль І.М."}) == [("p1_name", "initials")]


def test_consent_is_asked_for_where_it_is_required() -> None:
    assert faults(LUHOVA | {"consent": "☐ Так, надаю згоду"}, required("consent")) == [
        ("consent", "no_consent")
    ]
    assert faults(LUHOVA | {"consent": ""}, required("consent")) == [("consent", "no_consent")]
    assert faults(LUHOVA | {"consent": "☐ Так, надаю згоду"}) == []


def test_what_was_found_stands_in_the_fault() -> None:
    (fault,) = applied(form(LUHOVA | {"p1_phone": "067 12"})).faults
    assert (fault.key, fault.code, fault.found) == ("p1_phone", "bad_phone", "067 12")


# --- the shipped form, whose items have numbers -----------------------------------------------------------------


OFFICIAL = Call.model_validate(tomllib.loads(SHIPPED.read_text(encoding="utf-8"))["calls"][0])


def official(*rows: tuple[str, ...]) -> Application:
    return applied(
        reading([("1.1", "Область", "Житомирська"), ("1.2", "Район", "Житомирський"), *rows]), call=OFFICIAL
    )


def test_the_number_finds_the_field_when_the_words_were_changed() -> None:
    application = official(
        ("1.3", "Повна назва нашої громади", "Лугова"), ("2.4 E-mail для звʼязку, пошта", "a@ukr.net")
    )
    assert (application.get("hromada"), application.get("contact_email")) == ("Лугова", "a@ukr.net")


def test_a_number_whose_words_are_of_another_matter_finds_nothing() -> None:
    assert "raion" not in official(("1.6", "Улюблений колір ради", "синій")).fields.get("edrpou", "")
    assert official(("1.6", "Улюблений колір", "синій")).get("edrpou") == ""


def test_the_number_tells_apart_fields_of_one_name() -> None:
    name = "Прізвище, власне ім’я, по батькові (за наявності)"
    application = official(
        ("2.1", name, "Перша Особа"), ("3.1", name, "Друга Особа"), ("3.7", name, "Третя Особа")
    )
    assert [application.get(key) for key in ("contact_name", "p1_name", "p2_name")] == [
        "Перша Особа", "Друга Особа", "Третя Особа",
    ]  # fmt: skip


def test_the_contact_person_may_be_said_to_be_a_participant() -> None:
    name = "Прізвище, власне ім’я, по батькові (за наявності)"
    application = official(
        ("2.1", name, "учасник 1"), ("2.3", "Мобільний телефон", ""), ("3.1", name, "Петренко Олена Василівна"),
        ("3.2", "Посада і структурний підрозділ", "секретар"), ("3.3", "Мобільний телефон", "0671234567"),
        ("3.4", "Особиста робоча електронна пошта", "a@ukr.net"), ("6.1", "Учасник 1: згоду надаю", "☒ так"),
    )  # fmt: skip
    keys = ("contact_name", "contact_position", "contact_phone", "contact_email", "contact_consent")
    assert [application.get(key) for key in keys] == [
        "Петренко Олена Василівна", "секретар", "+380671234567", "a@ukr.net", "так",
    ]  # fmt: skip
    assert application.values["contact_name"].raw == "учасник 1"


def test_the_same_as_above_means_the_one_above() -> None:
    name = "Прізвище, власне ім’я, по батькові (за наявності)"
    head = "Прізвище, власне ім’я, по батькові (за наявності) голови громади (начальника військової адміністрації)"
    application = official(("1.10", head, "Коваль Іван Петрович"), ("2.1", name, "він же"))
    assert application.get("contact_name") == "Коваль Іван Петрович"


def test_an_unclear_answer_is_asked_about_only_where_one_is_wanted() -> None:
    fields = [
        *(field.model_dump() for field in CALL.fields),
        {"key": "plan", "label": "Підготуєте план", "kind": "yesno", "required": "yes"},
        {"key": "news", "label": "Хочете новин", "kind": "yesno"},
    ]
    filled = form(LUHOVA, ("Підготуєте план", "Підготуємо"), ("Хочете новин", "Можливо"))
    found = applied(filled, call=call_with(fields=fields)).faults
    assert found == (Fault("plan", "unclear", "Підготуємо"),)


def test_not_being_ready_is_asked_about() -> None:
    label = "Обидва учасники готові брати участь в усіх онлайн-заняттях упродовж дев’яти тижнів, починаючи з 29 березня 2023 року"
    codes = {fault.key: fault.code for fault in official(("5.1", label, "☐ так ☒ ні")).faults}
    assert (codes["ready_9weeks"], codes["ready_plan"]) == ("not_ready", "missing")


@pytest.mark.parametrize("said", ["учасник 1", "Учасник 1", "«учасник 1»", "перший учасник"])
@pytest.mark.parametrize("between", [": ", " — ", "\t", "\n"])
def test_a_contact_who_is_a_participant_is_understood_in_plain_text(said: str, between: str) -> None:
    """The hint of our own form asks for these words."""
    call = load(SHIPPED).calls[0]
    given = filled(call, "Олевська міська територіальна громада", "Житомирська область")
    given |= {"contact_name": said, "contact_phone": "", "contact_email": ""}
    texts = []
    for one in (field for field in call.fields if field.key in given):
        if one.key in {"p1_name", "p2_name"}:
            texts.append(f"Учасник {one.key[1]}")
        texts += f"{one.number} {one.label}{between}{given[one.key]}".split("\n")
    application = match([Reading("form", "read", blocks=tuple(map(Para, texts)))], call)
    assert application is not None
    assert application.get("contact_name") == given["p1_name"] == application.get("p1_name")
    assert application.get("p2_name") == given["p2_name"]
    assert application.get("contact_email") == given["p1_email"]
    assert not application.faults

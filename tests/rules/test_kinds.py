"""How raw answers become values, and which of them need a question."""

import pytest

from rules.call import FormField
from rules.kinds import flag, is_empty, value_of
from tests.forms.call import CALL, call_with


def of_kind(kind: str, raw: str, **keys: object) -> tuple[str, str | None]:
    field = FormField.model_validate({"key": "x", "label": "Поле", "kind": kind} | keys)
    return value_of(raw, field, CALL)


@pytest.mark.parametrize(
    "raw",
    ["", " ", "-", "—", "–", "немає", "Немає.", "н/д", "Н.Д.", "не визначено", "____", "........", "_ _ _",
     "Клацніть або торкніться тут, щоб ввести текст.", "Click or tap here to enter text.", "n/a", "відсутня",
     "(вкажіть повністю, без скорочень)", "(наприклад: Коростенська громада)"],
)  # fmt: skip
def test_what_says_nothing_is_empty(raw: str) -> None:
    assert is_empty(raw)


def test_the_hint_left_in_is_empty() -> None:
    assert of_kind("text", "наприклад: Коростенський", hint="Наприклад: Коростенський") == ("", None)


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("067-123-45-67", "+380671234567"),
        ("(067)1234567", "+380671234567"),
        ("+38(067) 123 45 67", "+380671234567"),
        ("380671234567", "+380671234567"),
        ("38(097)4445566", "+380974445566"),
        ("8 067 123 45 67", "+380671234567"),
        ("067/123/44/55", "+380671234455"),
        ("+380 (66) 777-88-99 (Viber той самий)", "+380667778899"),
        ("0671234567 Viber, Telegram", "+380671234567"),
        ("(04142) 5-22-33", "+380414252233"),
        ("0412 49-50-51", "+380412495051"),
        ("0 800 50 60 70", "+380800506070"),
        ("0635556677, 0995556677", "+380635556677, +380995556677"),
        ("067 123 45 67; 050 765 43 21", "+380671234567, +380507654321"),
        ("067 123 45 67 / 050 765 43 21", "+380671234567, +380507654321"),
        ("067 123 45 67\n+38 050 765 43 21", "+380671234567, +380507654321"),
        ("роб. (04142) 5-22-33, моб. 067 123 45 67", "+380414252233, +380671234567"),
        ("(04142) 5-22-33 вн. 105", "+380414252233"),
        ("+359 2 987 65 43", "+35929876543"),
    ],
)
def test_a_telephone_however_written_is_one_in_international_form(raw: str, value: str) -> None:
    assert of_kind("phone", raw) == (value, None)


@pytest.mark.parametrize("raw", ["123", "067 123 45", "такий самий номер", "06712345678901234"])
def test_what_is_no_whole_number_is_asked_about(raw: str) -> None:
    assert of_kind("phone", raw) == ("", "bad_phone")


def test_one_readable_number_of_two_is_kept_and_asked_about() -> None:
    assert of_kind("phone", "067 123 45 67, 050 765 43") == ("+380671234567", "bad_phone")


def test_bulgarian_numbers_are_read_in_a_bulgarian_call() -> None:
    call = call_with(country="bg", time_zone="Europe/Sofia")
    field = FormField(key="x", label="Телефон", kind="phone")
    assert value_of("0888 123 456", field, call) == ("+359888123456", None)


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("rada@luhova.gov.ua", "rada@luhova.gov.ua"),
        ("rada @ luhova.gov.ua", "rada@luhova.gov.ua"),
        ("mailto:rada@luhova.gov.ua", "rada@luhova.gov.ua"),
        ("<rada@luhova.gov.ua>.", "rada@luhova.gov.ua"),
        ("e-mail: rada@luhova.gov.ua,", "rada@luhova.gov.ua"),
        ("rada@ukr. net", "rada@ukr.net"),
        ("IRYNA.K@Luhova.Gov.UA", "IRYNA.K@luhova.gov.ua"),
        ("y.poli+smm@luhova.gov.ua", "y.poli+smm@luhova.gov.ua"),
        ("a@b.com.ua / A@b.com.ua", "a@b.com.ua"),
    ],
)
def test_only_the_safe_is_mended_in_an_address(raw: str, value: str) -> None:
    assert of_kind("email", raw) == (value, None)


@pytest.mark.parametrize(
    "raw", ["rada@luhova.gov.сom", "оlena@ukr.net", "rada.luhova.gov.ua", "rada@", "rada@luhova"]
)
def test_a_doubtful_address_is_asked_about_and_not_guessed(raw: str) -> None:
    assert of_kind("email", raw) == ("", "bad_email")


def test_of_two_addresses_the_first_is_kept_and_asked_about() -> None:
    assert of_kind("email", "a@ukr.net, b@ukr.net") == ("a@ukr.net", "several_emails")
    assert of_kind("email", "a@ukr.net, b@ukr") == ("a@ukr.net", "bad_email")


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        ("Петренко Олена Василівна", None),
        ("ПЕТРЕНКО ОЛЕНА ВАСИЛІВНА", None),
        ("Олена ПЕТРЕНКО", None),
        ("Мельник-Заяць Анна-Марія", None),
        ("Щербак Денис О.", None),
        ("Д’яченко Світлана", None),
        ("Петренко О. В.", "initials"),
        ("О.В. Петренко", "initials"),
        ("Петренко", "initials"),
    ],
)
def test_a_name_keeps_its_letters_and_initials_are_asked_about(raw: str, fault: str | None) -> None:
    assert of_kind("name", raw) == (raw, fault)


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("11562", "11562"), ("11 562 осіб", "11562"), ("11\u00a0562 осіб", "11562"), ("11,5 тис.", "11500"),
        ("≈12000", "12000"), ("12.000", "12000"), ("12,5", "12.5"), ("5 років", "5"), ("менше року", "0"),
        ("11562 (станом на 01.01.2022)", "11562"), ("1,2 млн", "1200000"), ("з 2015 по 2020", "з 2015 по 2020"),
        ("п’ять років", "5"), ("два роки", "2"), ("двадцять п’ять", "25"), ("пет години", "5"), ("понад десять", "10"),
        ("немає досвіду", "0"),
    ],
)  # fmt: skip
def test_a_count_is_read_when_it_is_surely_one(raw: str, value: str) -> None:
    assert of_kind("number", raw) == (value, None)


@pytest.mark.parametrize("raw", ["багато", "достатньо", "кілька років", "з дитинства"])
def test_a_count_without_a_figure_is_asked_about(raw: str) -> None:
    assert of_kind("number", raw) == (raw, "bad_number")


@pytest.mark.parametrize("raw", ["Учасник 3", "третя учасниця", "rada@luhova.example", "067 111 22 33", "15"])
def test_what_is_nobodys_name_is_asked_about(raw: str) -> None:
    assert of_kind("name", raw) == ("", "bad_name")


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        ("Підготуємо", "unclear"), ("залежить від рішення ради", "unclear"), ("☒ так ☒ ні", "unclear"), ("так + ні", "unclear"),
        ("так   ні", None), ("☐ так ☐ ні", None), ("", None), ("—", None),
    ],
)  # fmt: skip
def test_an_answer_that_is_neither_yes_nor_no_is_told_from_an_empty_place(
    raw: str, fault: str | None
) -> None:
    assert of_kind("yesno", raw) == ("", fault)


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("07.03.2023", "2023-03-07"), ("7.3.23", "2023-03-07"), ("10/03/2023", "2023-03-10"), ("2023-03-01", "2023-03-01"),
        ("9 березня 2023 р.", "2023-03-09"), ("«03» березня 2023 року", "2023-03-03"), ("5 март 2023 г.", "2023-03-05"),
        ("32.13.2023", "32.13.2023"), ("учора", "учора"),
    ],
)  # fmt: skip
def test_a_date_becomes_iso_or_stays(raw: str, value: str) -> None:
    assert of_kind("date", raw) == (value, None)


@pytest.mark.parametrize(
    ("raw", "value", "fault"),
    [
        ("UA18060170000096214", "UA18060170000096214", None),
        ("ua 1806 0170 0000 96214", "UA18060170000096214", None),
        ("UА18060170000096214", "UA18060170000096214", None),
        ("18060170000096214", "UA18060170000096214", None),
        ("UA1806", "UA1806", "bad_code"),
    ],
)
def test_a_katottg_is_seventeen_digits(raw: str, value: str, fault: str | None) -> None:
    assert of_kind("katottg", raw) == (value, fault)


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        ("00032129", None),
        ("14360570", None),
        ("40075815", None),
        ("14360571", "bad_code"),
        ("0405360", "bad_code"),
    ],
)
def test_an_edrpou_has_a_check_digit(raw: str, fault: str | None) -> None:
    assert of_kind("edrpou", raw)[1] == fault


UNIT = ("окремий підрозділ", "окрема посада", "ніхто")


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("☐ окремий підрозділ ☒ окрема посада ☐ ніхто", "окрема посада"),
        ("☐ окремий підрозділ\n☑ окрема посада\n☐ ніхто", "окрема посада"),
        ("[ ] окремий підрозділ [x] окрема посада [ ] ніхто", "окрема посада"),
        ("( ) окремий підрозділ (v) окрема посада ( ) ніхто", "окрема посада"),
        ("☐ окремий підрозділ ☐V окрема посада ☐ ніхто", "окрема посада"),
        ("☐ окремий підрозділ + ☐ окрема посада ☐ ніхто", "окремий підрозділ"),
        ("окремий підрозділ ☐ окрема посада ☒ ніхто ☐", "окрема посада"),
        ("окрема посада", "окрема посада"),
        ("Окрема посада.", "окрема посада"),
        ("V окрема посада", "окрема посада"),
        ("☐ окремий підрозділ ☐ окрема посада ☐ ніхто", ""),
        ("окремий підрозділ / окрема посада / ніхто", ""),
        ("радник голови", "радник голови"),
        ("окремий підрозділ   окрема посада   ніхто", ""),
        ("окремий підрозділ окрема посада ніхто", ""),
        ("окремий підрозділ _+_ окрема посада ніхто", ""),
        ("окремий підрозділ, окрема посада, ніхто (потрібне підкреслити)", ""),
        ("окремий підрозділ   + окрема посада   ніхто", "окрема посада"),
    ],
)
def test_the_marked_choice_is_the_answer(raw: str, value: str) -> None:
    assert of_kind("choice", raw, options=UNIT) == (value, None)


def test_two_marks_where_one_is_wanted_are_asked_about() -> None:
    raw = "☒ окремий підрозділ ☒ окрема посада ☐ ніхто"
    assert of_kind("choice", raw, options=UNIT) == ("окремий підрозділ; окрема посада", "bad_choice")


CHANNELS = ("вебсайт", "Facebook", "Telegram", "старости", "інше")


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("☒ вебсайт ☒ Facebook ☐ Telegram ☐ старости ☐ інше: ____", "вебсайт; Facebook"),
        ("☐ вебсайт ☐ Facebook ☐ Telegram ☐ старости ☒ інше: радіо", "інше: радіо"),
        ("Facebook, Telegram", "Facebook; Telegram"),
        ("☐ вебсайт ☐ Facebook ☐ Telegram ☐ старости ☐ інше: ____", ""),
    ],
)
def test_several_choices_are_listed(raw: str, value: str) -> None:
    assert of_kind("choices", raw, options=CHANNELS) == (value, None)


def test_none_as_an_option_is_an_answer() -> None:
    assert of_kind("choices", "немає", options=("план", "немає")) == ("немає", None)


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("☒ так ☐ ні", True), ("☐ так ☒ ні", False), ("так ☑ ні ☐", True), ("☐ так ☐ ні", None), ("так / ні", None),
        ("так", True), ("Так, готові", True), ("ні", False), ("Ні, не зможемо", False), ("+", True), ("V", True),
        ("х", True), ("так + / ні", True), ("☒", True), ("☒ так ☒ ні", None), ("", None), ("–", None),
    ],
)  # fmt: skip
def test_yes_or_no(raw: str, said: bool | None) -> None:
    assert flag(of_kind("yesno", raw)[0]) is said


@pytest.mark.parametrize("kind", ["yesno", "consent"])
@pytest.mark.parametrize(
    "raw",
    [
        "так      ні", "так ні", "так, ні", "так\nні", "так _+_ ні", "так + ні", "так V ні", "так ☒ ні", "так або ні", "(так/ні)",
        "так (потрібне підкреслити) ні", "Так  Ні (непотрібне закреслити)", "так, готові / ні, не готові", "є   немає",
        "надаю / не надаю", "надаю не надаю", "згоден   не згоден", "да нет", "Да / Нет (нужное подчеркнуть)", "да   не", "да не",
        "да, съгласен / не съм съгласен", "yes no", "Yes   No", "yes or no (delete as appropriate)",
    ],
)  # fmt: skip
def test_both_words_and_no_mark_at_either_are_no_answer(raw: str, kind: str) -> None:
    assert of_kind(kind, raw)[0] == ""


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("Так, не заперечуємо", True), ("Так; не заперечуємо", True), ("да, не против", True), ("Yes, no objections", True),
        ("Так, беремо участь; ні в чому не відмовимо", True), ("Ні, так як немає часу", False), ("Ні, не готові", False),
        ("(так/ні) так", True), ("(так/ні) ні", False), ("+ так   ні", True), ("так   ні +", False), ("так   + ні", False),
    ],
)  # fmt: skip
def test_a_sentence_with_both_words_is_read_by_the_first_and_a_mark_by_its_word(raw: str, said: bool) -> None:
    assert flag(of_kind("yesno", raw)[0]) is said


@pytest.mark.parametrize(
    ("raw", "said", "fault"),
    [
        ("☒ Так, надаю згоду", True, None),
        ("☐ Так, надаю згоду", False, "no_consent"),
        ("Так", True, None),
        ("надаю", True, None),
        ("Не надаю", False, "no_consent"),
        ("згодна", True, None),
        ("+", True, None),
        ("☒ так; підпис ________ дата 07.03.2023", True, None),
        ("☐ так ☐ ні", None, None),
        ("підпис", None, None),
    ],
)
def test_consent(raw: str, said: bool | None, fault: str | None) -> None:
    value, found = of_kind("consent", raw)
    assert (flag(value), found) == (said, fault)


def test_the_text_of_a_consent_is_not_anybodys_consent() -> None:
    words = (
        "Добровільно надаю Володільцю згоду на обробку моїх персональних даних: прізвища, імені, посади. " * 5
    )
    assert of_kind("consent", words) == ("", None)
    assert flag(of_kind("consent", words + "\n☒ Згоду надаю. Підпис ____")[0]) is True


def test_a_text_too_long_is_kept_and_asked_about() -> None:
    assert of_kind("long", "а" * 700, limit=600) == ("а" * 700, "too_long")


def test_ticks_in_a_field_of_text_show_what_was_chosen() -> None:
    hint = "☐ так (яких?): ____ ☐ ні"
    assert of_kind("text", "☒ так (яких?): U-LEAD, 2021 ☐ ні", hint=hint) == (
        "так (яких?): U-LEAD, 2021",
        None,
    )
    assert of_kind("text", hint, hint=hint) == ("", None)

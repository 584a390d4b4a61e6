"""What a person types in place of an answer is of the field's kind, or the code says why it is not taken."""

import pytest

from intake.config import load
from rules.answer import Fault, Value
from rules.application import Application, mended
from rules.typed import typed_value
from tests.config.shipped import SHIPPED

CALL = load(SHIPPED).calls[0]


@pytest.mark.parametrize(
    ("key", "text", "told"),
    [
        ("p1_phone", "067 123-45-67", ("+380671234567", "", "")),
        ("p1_phone", "671234567", ("+380671234567", "", "")),
        ("p1_phone", "0671234", ("", "", "bad_phone")),
        ("p1_email", "A@Example.com", ("A@example.com", "", "")),
        ("p1_email", "a@one.ua, b@two.ua", ("", "", "bad_email")),
        # A name with initials is a name: it goes on being asked about.
        ("p1_name", "Петренко О. І.", ("Петренко О. І.", "initials", "")),
        ("edrpou", "123", ("", "", "bad_code")),
        ("population", "11 562 особи", ("11562", "", "")),
        ("population", "=1+1", ("", "", "bad_number")),
        ("form_date", "9 березня 2023 р.", ("2023-03-09", "", "")),
        ("form_date", "учора", ("", "", "bad_date")),
        ("ready_plan", "Так", ("так", "", "")),
        ("p1_consent", "ні", ("ні", "no_consent", "")),
        ("ready_plan", "можливо", ("", "", "bad_answer")),
        ("comm_unit", "окрема посада", ("окрема посада", "", "")),
        ("comm_unit", "сусід", ("", "", "bad_choice")),
        ("change", "—", ("", "", "bad_text")),
    ],
)
def test_a_text_is_taken_by_the_kind_of_its_field(key: str, text: str, told: tuple[str, str, str]) -> None:
    field = CALL.field(key)
    assert field is not None
    assert typed_value(text, field, CALL) == told


def test_a_correction_replaces_an_answer_with_its_fault_and_gives_both_back() -> None:
    before = Application("f", {"p1_phone": Value("12", "", "row 3")}, (Fault("p1_phone", "bad_phone", "12"),))
    after = mended(before, {"p1_phone": ("+380671234567", "")}, CALL)
    assert after.values["p1_phone"] == Value("12", "+380671234567", "row 3", 1.0, "", "bad_phone")
    assert "p1_phone" not in {fault.key for fault in after.faults}
    back = mended(after, {}, CALL)
    assert back.values == before.values
    assert Fault("p1_phone", "bad_phone", "12") in back.faults


def test_a_correction_that_says_what_the_applicant_says_is_none() -> None:
    before = Application("f", {"p1_phone": Value("067 123 45 67", "+380671234567")})
    assert mended(before, {"p1_phone": ("+380671234567", "")}, CALL) is before

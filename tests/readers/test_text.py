"""A form copied into a text editor reads like one typed into a letter."""

import hashlib

import pytest

from intake.readers import opening
from rules.application import match
from tests.forms.call import CALL

FORM = (
    "Назва громади: Лугова громада\nОбласть: Житомирська\n\nУчасник 1\nПІБ:\tПетренко Олена Василівна\n"
    "Телефон: 067 123 45 67\n"
)


def read(content: bytes, name: str = "Заявка.txt"):
    return opening.read(content, name, hashlib.sha256(content).hexdigest())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1251"])
def test_a_form_in_a_text_file_in_the_encodings_editors_save(encoding: str) -> None:
    reading = read(FORM.encode(encoding))
    application = match([reading], CALL)
    assert application is not None
    assert {key: value.raw for key, value in application.values.items() if value.raw} == {
        "hromada": "Лугова громада",
        "oblast": "Житомирська",
        "p1_name": "Петренко Олена Василівна",
        "p1_phone": "067 123 45 67",
    }


def test_a_text_file_without_text_is_empty() -> None:
    reading = read(b" \r\n\t\n")
    assert (reading.status, reading.reason) == ("unreadable", "empty")

"""What is written into the call's own form is what the reader and the mapper find in it."""

import hashlib
from collections.abc import Iterator

import pytest

from intake.blank import form_docx
from intake.blank.layout import printed
from intake.config import Limits
from intake.demo.applicants import answers
from intake.demo.people import CHUDNIV, RADOMYSHL
from intake.readers.pool import ReaderPool
from rules.application import Application, match
from rules.call import Call
from rules.kinds import value_of


@pytest.fixture(scope="module")
def readers() -> Iterator[ReaderPool]:
    with ReaderPool(Limits()) as pool:
        yield pool


def read(readers: ReaderPool, call: Call, values: dict[str, str]) -> Application | None:
    octets = form_docx(call, values)
    return match([readers.read(octets, "Заявка.docx", hashlib.sha256(octets).hexdigest())], call)


def test_a_complete_form_reads_back_complete(readers: ReaderPool, call: Call) -> None:
    values = answers(call, RADOMYSHL)
    application = read(readers, call, values)
    assert application is not None
    assert application.faults == ()
    assert application.fields == {
        field.key: value_of(values[field.key], field, call)[0] for field in printed(call)
    }


def test_what_is_missing_is_found_missing_though_a_hint_stands_beside_it(
    readers: ReaderPool, call: Call
) -> None:
    values = answers(call, CHUDNIV) | {
        "p1_email": "komunikacii.chudniv.example",
        "p2_phone": "",
        "p2_consent": "",
    }
    application = read(readers, call, values)
    assert application is not None
    assert [(fault.key, fault.code) for fault in application.faults] == [
        ("p1_email", "bad_email"),
        ("p2_phone", "missing"),
        ("p2_consent", "no_consent"),
    ]

"""Letters saved by Outlook, attached to a letter: the form in them is found."""

import base64
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.parsing import parse
from intake.parsing.msg import read_msg
from rules.letter import Letter
from tests.parsing.compound import Storage, compound, saved_letter

FORM = b"%PDF-1.7\n" + bytes(range(256)) * 40
NOTE = b"%PDF-1.4\nsmall"


def carrying(octets: bytes, name: str = "letter.msg") -> bytes:
    return (
        b"From: oda@oda.example\r\nSubject: Form\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
        b"--b\r\nContent-Type: text/plain\r\n\r\nPlease see.\r\n--b\r\nContent-Type: application/vnd.ms-outlook\r\n"
        b"Content-Disposition: attachment; filename=" + name.encode() + b"\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + base64.encodebytes(octets) + b"\r\n--b--\r\n"
    )  # fmt: skip


def found(letter: Letter) -> list[tuple[str | None, str, int]]:
    return [(item.name, item.via, item.size) for item in letter.attachments]


@pytest.mark.parametrize("wide", [True, False])
def test_the_files_of_a_saved_letter_are_attachments_of_the_letter_that_carries_it(wide: bool) -> None:
    saved = compound(saved_letter([("Заявка.pdf", FORM), ("Лист.pdf", NOTE)], body="Надсилаю", wide=wide))
    letter = parse(carrying(saved))
    assert found(letter) == [("Заявка.pdf", "msg", len(FORM)), ("Лист.pdf", "msg", len(NOTE))]
    assert letter.attachments[0].content == FORM
    assert letter.text == "Please see."


def test_a_letter_saved_inside_a_saved_letter_is_opened_too() -> None:
    inner: Storage = saved_letter([("Заявка.pdf", FORM)])
    assert found(parse(carrying(compound(saved_letter([("Fw", inner)]))))) == [
        ("Заявка.pdf", "msg", len(FORM))
    ]


def test_a_saved_letter_that_is_the_whole_file_is_opened() -> None:
    # A colleague drops a .msg into the folder that is imported.
    assert found(parse(compound(saved_letter([("Заявка.pdf", FORM)])))) == [("Заявка.pdf", "msg", len(FORM))]


def test_a_saved_letter_without_files_stays_a_file() -> None:
    assert [name for name, via, _ in found(parse(carrying(compound(saved_letter([])))))] == ["letter.msg"]


def test_a_damaged_one_stays_a_file_and_is_told() -> None:
    whole = compound(saved_letter([("Заявка.pdf", FORM)]))
    letter = parse(carrying(whole[:-512] + b"\xff" * 512))
    assert [via for _, via, _ in found(letter)] == ["mime"]
    assert "bad_msg:2" in letter.defects


def test_no_more_is_read_out_of_it_than_a_letter_may_hold() -> None:
    opened = read_msg(compound(saved_letter([("a.pdf", FORM), ("b.pdf", FORM)])), budget=len(FORM) + 2000)
    assert opened is not None
    assert ([file.name for file in opened.files], opened.complete) == ([b"a.pdf"], False)


@settings(max_examples=300 if "CI" in os.environ else 40, deadline=None)
@given(st.data())
def test_any_damage_is_survived(data: st.DataObject) -> None:
    octets = bytearray(compound(saved_letter([("Заявка.pdf", NOTE)])))
    for _ in range(data.draw(st.integers(1, 30))):
        octets[data.draw(st.integers(8, len(octets) - 1))] = data.draw(st.integers(0, 255))
    opened = read_msg(bytes(octets), budget=1 << 20)
    assert opened is None or len(opened.files) <= 1

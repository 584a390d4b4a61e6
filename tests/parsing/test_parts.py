"""Leaves become attachments: labels, types, inline marks, positions and provenance of nested envelopes."""

import base64
import random

import pytest

from intake.parsing import parse
from intake.parsing.transfer import decode_base64, uu_files

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"\0" * 20).decode()


def mixed(*parts: str, subtype: str = "mixed", boundary: str = "b") -> str:
    body = "".join(f"--{boundary}\r\n{part}\r\n" for part in parts)
    return f"Content-Type: multipart/{subtype}; boundary={boundary}\r\n\r\n{body}--{boundary}--\r\n"


def test_label_is_the_same_each_time_and_tells_the_sniffed_type() -> None:
    part = f"Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n{PNG}"
    letter = parse(mixed("Content-Type: text/plain\r\n\r\nx", mixed(part, boundary="c")).encode())
    assert [(item.position, item.name, item.label, item.type) for item in letter.attachments] == [
        ("2.1", None, "part-2.1.png", "png")
    ]


def test_a_picture_shown_in_the_text_is_inline_and_an_attached_one_is_not() -> None:
    head = f"Content-Type: image/png; name=a.png\r\nContent-Transfer-Encoding: base64\r\n%s\r\n{PNG}"
    letter = parse(mixed(head % "Content-ID: <1>\r\n", head % "Content-Disposition: attachment\r\n").encode())
    assert [item.inline for item in letter.attachments] == [True, False]


@pytest.mark.parametrize("outer", ["mixed", "report; report-type=delivery-status"])
def test_whatever_lies_in_a_bounce_is_a_bounce(outer: str) -> None:
    file = f"Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n{PNG}"
    inner = "Content-Type: message/rfc822\r\n\r\nSubject: x\r\n" + mixed(file, boundary="c")
    status = "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x"
    letter = parse(mixed("Content-Type: text/plain\r\n\r\nx", status, inner, subtype=outer).encode())
    assert [item.via for item in letter.attachments] == ["bounce"]


def test_a_letter_attached_as_a_file_inside_a_forward_is_opened() -> None:
    file = f"Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n{PNG}"
    saved = base64.encodebytes(
        (
            "From: a@b.example\r\nSubject: x\r\nDate: x\r\nMIME-Version: 1.0\r\n" + mixed(file, boundary="d")
        ).encode()
    )
    eml = f"Content-Type: application/octet-stream; name=a.eml\r\nContent-Transfer-Encoding: base64\r\n\r\n{saved.decode()}"
    forward = "Content-Type: message/rfc822\r\n\r\nSubject: y\r\n" + mixed(eml, boundary="c")
    assert [item.via for item in parse(mixed(forward).encode()).attachments] == ["eml-file"]


def test_a_body_with_a_name_is_both_a_file_and_the_text_when_there_is_no_other() -> None:
    letter = parse(b"Content-Type: text/plain; name=body.txt\r\n\r\nhello")
    assert (letter.text, [item.name for item in letter.attachments]) == ("hello", ["body.txt"])


@pytest.mark.parametrize("length", [300, 301, 302, 570, 571, 572])
@pytest.mark.parametrize(
    "footer",
    [
        b"_______________\r\nZayavky mailing list\r\nZayavky@lists.example.org\r\nhttps://lists.example.org/listinfo\r\n",
        b"---\r\nThis message was checked\r\n",
        b"-- \r\nsent from phone\r\n",
        b"\r\n\r\nVirusfree. www.example.com\r\n",
        "Перевірено\r\n".encode("cp1251"),
    ],
)
@pytest.mark.parametrize("padded", [True, False])
def test_a_footer_is_no_part_of_the_base64_above_it(length: int, footer: bytes, padded: bool) -> None:
    content = random.Random(length).randbytes(length)
    encoded = base64.encodebytes(content).replace(b"\n", b"\r\n")
    if not padded:
        encoded = encoded.rstrip(b"\r\n=") + b"\r\n"
    assert decode_base64(encoded + footer).octets == content


def test_a_word_that_begins_a_line_is_no_uuencoded_file() -> None:
    assert uu_files(b"begin 644 notes\r\nthis is prose\r\nend of it\r\n") == []

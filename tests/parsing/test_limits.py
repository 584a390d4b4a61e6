"""Letters made to exhaust a parser come back, with what could be read and a defect that says which limit was met."""

import base64
import struct
from pathlib import Path

import pytest

from intake.config import Limits
from intake.parsing import parse, parse_file
from rules.letter import Letter

HEAD = (
    b"From: =?utf-8?B?0J/QtdGC0YDQvg==?= <petro@example.com.ua>\r\nTo: zayavky@fond.example.org\r\nSubject: Form\r\n"
    b"Date: Fri, 10 Mar 2023 14:05:11 +0200\r\nMessage-ID: <1@example.com.ua>\r\n"
)
MIXED = HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
FILE = b"--b\r\nContent-Type: application/octet-stream; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERi0=\r\n"


def nested(depth: int) -> bytes:
    opening = b"".join(
        b"Content-Type: multipart/mixed; boundary=n%d\r\n\r\n--n%d\r\n" % (level, level)
        for level in range(depth)
    )
    closing = b"".join(b"--n%d--\r\n" % level for level in reversed(range(depth)))
    leaf = FILE.partition(b"\r\n")[2]
    return HEAD + opening + leaf + closing


def limits_met(letter: Letter) -> set[str]:
    return {code.partition(":")[0] for code in letter.defects if code.startswith("limit_")}


def test_deep_nesting_within_the_limit_is_no_defect() -> None:
    letter = parse(nested(40))
    assert ([item.name for item in letter.attachments], limits_met(letter)) == (["a.pdf"], set())


def test_nesting_beyond_the_limit_is_read_but_told() -> None:
    letter = parse(nested(200))
    assert ([item.name for item in letter.attachments], limits_met(letter)) == (["a.pdf"], {"limit_depth"})


@pytest.mark.parametrize("depth", [1000, 3000])
def test_nesting_that_breaks_recursive_parsers_gives_the_header(depth: int) -> None:
    letter = parse(nested(depth))
    assert (letter.subject, letter.attachments) == ("Form", ())
    assert "limit_depth" in limits_met(letter)


def test_parts_beyond_the_limit_are_left_out() -> None:
    letter = parse(MIXED + FILE * 300 + b"--b--\r\n", limits=Limits(parts=100))
    assert (len(letter.attachments), limits_met(letter)) == (100, {"limit_parts"})


def test_a_million_empty_parts() -> None:
    assert limits_met(parse(MIXED + b"--b\n\n" * 1_000_000)) == {"limit_parts", "limit_text"}


def test_sixteen_thousand_headers_are_kept() -> None:
    letter = parse(HEAD + b"".join(b"X-H%d: v\r\n" % number for number in range(16_000)) + b"\r\ntext")
    assert (len(letter.headers), letter.text, limits_met(letter)) == (16_005, "text", set())


def test_a_header_block_over_the_limit_keeps_what_matters() -> None:
    filler = b"".join(b"X-H%d: v\r\n" % number for number in range(2_000))
    letter = parse(filler + HEAD + b"\r\ntext", limits=Limits(header_kb=16))
    assert (letter.subject, letter.from_ is not None, letter.text) == ("Form", True, "text")
    assert limits_met(letter) == {"limit_header"}


def test_a_hundred_thousand_authors() -> None:
    authors = b", ".join(b"a%d@example.com.ua" % number for number in range(100_000))
    letter = parse(b"From: " + authors + b"\r\nSubject: Form\r\n\r\ntext")
    assert letter.from_ is not None
    assert (letter.from_.address, letter.subject) == ("a0@example.com.ua", "Form")
    assert "limit_header" in limits_met(letter)


def test_addresses_beyond_the_limit_are_left_out() -> None:
    receivers = b",".join(b"a%d@example.com.ua" % number for number in range(50))
    letter = parse(b"To: " + receivers + b"\r\n\r\n", limits=Limits(addresses=10))
    assert (len(letter.to), limits_met(letter)) == (10, {"limit_addresses"})


def test_a_letter_over_the_size_limit_has_its_header_only() -> None:
    letter = parse(MIXED + FILE + b"x" * (1024 * 1024), limits=Limits(letter_mb=1))
    assert (letter.subject, letter.attachments, limits_met(letter)) == ("Form", (), {"limit_size"})


def test_a_file_over_the_size_limit_keeps_its_true_size(tmp_path: Path) -> None:
    path = tmp_path / "large.eml"
    path.write_bytes(MIXED + FILE + b"x" * (3 * 1024 * 1024))
    letter = parse_file(path, digest="d", limits=Limits(letter_mb=1))
    assert (letter.size, letter.digest, letter.subject) == (path.stat().st_size, "d", "Form")


def test_a_file_is_read_as_its_octets_are(tmp_path: Path) -> None:
    path = tmp_path / "letter.eml"
    path.write_bytes(MIXED + FILE + b"--b--\r\n")
    assert parse_file(path, digest="d") == parse(path.read_bytes(), digest="d")


@pytest.mark.parametrize(
    "piece",
    [
        b"<",
        b"(",
        b'"',
        b",",
        b"@",
        b"<a@b",
        b"=?utf-8?Q?",
        b"\\",
        b"a:",
        b";",
        b"[",
        b"(\\",
        b"=?utf-8?B?0J8=?= ",
    ],
)
def test_a_header_of_one_piece_repeated(piece: bytes) -> None:
    long, field = piece * (200_000 // len(piece)), piece * (20_000 // len(piece))
    fields = (b"To", b"Cc", b"Reply-To", b"Subject", b"Date", b"Received", b"References", b"Message-ID")
    letter = parse(
        b"From: " + long + b"\r\n" + b"".join(name + b": " + field + b"\r\n" for name in fields)
        + b"Content-Type: application/x; " + long + b"\r\nContent-Disposition: attachment; " + long + b"\r\n\r\nx"
    )  # fmt: skip
    assert "limit_header" in limits_met(letter)


def test_composing_marks_without_end() -> None:
    marks = ("a" + "\u0316\u0301" * 100_000).encode()
    letter = parse(b"Subject: " + marks + b"\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + marks)
    assert letter.text[0] == "a"


def tnef(*attributes: tuple[int, int, bytes]) -> bytes:
    stream = struct.pack("<IH", 0x223E9F78, 1) + b"".join(
        struct.pack("<BHHI", level, name, 6, len(data)) + data + b"\0\0" for level, name, data in attributes
    )
    return (
        MIXED + b"--b\r\nContent-Type: application/ms-tnef\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + base64.encodebytes(stream) + b"--b--\r\n"
    )  # fmt: skip


def test_a_winmail_that_claims_four_thousand_million_properties() -> None:
    letter = parse(tnef((1, 0x9003, struct.pack("<I", 0xFFFFFFFF) + b"\0" * 8)))
    assert [item.type for item in letter.attachments] == ["tnef"]


def test_a_winmail_of_three_million_values() -> None:
    values = struct.pack("<I", 1) + struct.pack("<HHI", 0x1003, 5, 3_000_000) + b"\0" * 4_000_000
    assert [item.type for item in parse(tnef((2, 0x9002, b""), (2, 0x9005, values))).attachments] == ["tnef"]


def test_html_nested_without_end() -> None:
    letter = parse(HEAD + b"Content-Type: text/html\r\n\r\n" + b"<div>" * 100_000 + b"text")
    assert letter.subject == "Form"


def test_letters_in_letters_without_end() -> None:
    octets = HEAD + b"\r\ninnermost"
    for _ in range(600):
        octets = HEAD + b"Content-Type: message/rfc822\r\n\r\n" + octets
    assert "limit_depth" in limits_met(parse(octets))


def test_base64_of_broken_lines_only() -> None:
    letter = parse(
        MIXED + b"--b\r\nContent-Type: application/x\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + b"A!=\n" * 500_000 + b"--b--"
    )  # fmt: skip
    assert len(letter.attachments) == 1

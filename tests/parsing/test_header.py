"""The header as values: the trace, return path, ids, and what a duplicate or a guess leaves in the defects."""

from datetime import UTC, datetime

import pytest

from intake.parsing import parse
from rules.letter import Address, Received


def test_trace_is_topmost_first_with_aware_times() -> None:
    letter = parse(
        b"Received: from gw.example.org (gw [192.0.2.1]) by MAIL.fond.example.org (Postfix) with ESMTPS id 1;\r\n"
        b"\tFri, 10 Mar 2023 18:00:01 +0200 (EET)\r\n"
        b"Received: by gw.example.org; Fri, 10 Mar 2023 17:59:00 EET\r\n"
        b"Received: rubbish ( without end; Fri, 10 Mar 2023 15:58:00 GMT\r\n\r\n"
    )
    assert letter.received == (
        Received(
            "mail.fond.example.org",
            "gw.example.org (gw [192.0.2.1])",
            datetime(2023, 3, 10, 16, 0, 1, tzinfo=UTC),
        ),
        Received("gw.example.org", "", datetime(2023, 3, 10, 15, 59, tzinfo=UTC)),
        Received("", "", datetime(2023, 3, 10, 15, 58, tzinfo=UTC)),
    )


@pytest.mark.parametrize(
    ("field", "path"),
    [
        (b"Return-Path: <>\r\n", ""),
        (b"Return-Path: < >\r\n", ""),
        (b"Return-Path: <a@b.example>\r\n", "a@b.example"),
        (b"Return-Path: a@b.example\r\n", "a@b.example"),
        (b"", None),
    ],
)
def test_return_path_tells_null_from_absent(field: bytes, path: str | None) -> None:
    assert parse(field + b"Subject: x\r\n\r\n").return_path == path


def test_references_keep_their_brackets_and_order() -> None:
    letter = parse(b"In-Reply-To: <a@x> (a comment)\r\nReferences: <a@x>\r\n\t<b@y><c@z>\r\n\r\n")
    assert (letter.in_reply_to, letter.references) == (("<a@x>",), ("<a@x>", "<b@y>", "<c@z>"))


def test_receivers_survive_one_that_breaks_the_grammar() -> None:
    letter = parse("Cc: Іваненко, Петро <p@x.example>, <r@t.example\r\n\r\n".encode())
    assert letter.cc == (Address("Іваненко, Петро", "p@x.example"), Address("", "r@t.example"))


def test_duplicate_names_no_value() -> None:
    letter = parse(
        b"Subject: first\r\nSubject: second\r\nFrom: a@b.example\r\nDate: x\r\nMessage-ID: <1@b>\r\n\r\n"
    )
    assert (letter.subject, letter.defects) == ("first", ("duplicate_header:subject", "date_unreadable"))


def test_every_header_is_kept_decoded_in_order() -> None:
    letter = parse("X-B: =?utf-8?B?0ZY=?=\r\nX-A: ї\r\nX-B: 2\r\n\r\n".encode())
    assert letter.headers == (("x-b", "і"), ("x-a", "ї"), ("x-b", "2"))
    assert (letter.header("X-B"), letter.header_all("x-b"), letter.header("x-c")) == ("і", ("і", "2"), None)


def test_digest_is_of_the_octets_as_they_came() -> None:
    assert parse(b"").digest == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_mail_parser_says_nothing_of_what_it_reads(caplog: pytest.LogCaptureFixture) -> None:
    parse("Message-ID: <=?utf-8?B?0J/RgNC4=Ln?= Іваненко>\r\nFrom: \x00<,\r\n\r\n".encode())
    assert caplog.records == []

import base64
import email
import email.policy
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outbox.compose import compose
from outbox.message import deliverable, message, references
from outbox.plain import clean
from outbox.reply import Reply, derive_message_id
from tests.outbox.samples import CASES, NOW, call, letter


def reply(name: str = "accepted", **changes: Any) -> Reply:
    template, facts, policy = CASES[name]
    settings: dict[str, Any] = {
        "letter": letter(), "recipient": "iryna@ukr.net", "now": NOW, "domain": "merezha.org.ua", **changes
    }  # fmt: skip
    return compose(template, facts, call(policy=policy), **settings)


def parsed(octets: bytes) -> EmailMessage:
    found = email.message_from_bytes(octets, policy=email.policy.default)
    assert isinstance(found, EmailMessage)
    assert found.defects == []
    return found


def test_the_headers_are_those_of_an_automatic_answer() -> None:
    octets = reply().octets
    head = parsed(octets)
    assert head.keys() == [
        "Date", "Message-ID", "From", "To", "Subject", "In-Reply-To", "References", "Auto-Submitted",
        "X-Auto-Response-Suppress", "X-Skrynka", "MIME-Version", "Content-Type", "Content-Transfer-Encoding",
    ]  # fmt: skip
    assert head["Date"] == "Thu, 09 Mar 2023 12:42:00 +0200"
    assert head["To"] == "iryna@ukr.net"
    assert head["Subject"] == "[КЗ-2023-014] Заявку отримано — Коростенська міська територіальна громада"
    assert head["In-Reply-To"] == head["References"] == "<first@ukr.net>"
    assert (head["Auto-Submitted"], head["X-Auto-Response-Suppress"], head["X-Skrynka"]) == (
        "auto-replied", "All", "kz-2023",
    )  # fmt: skip
    assert head.get_content_type() == "text/plain"


def test_the_octets_are_ascii_with_crlf_and_short_lines() -> None:
    octets = reply().octets
    assert octets.isascii()
    assert octets.count(b"\n") == octets.count(b"\r\n") == octets.count(b"\r")
    assert max(map(len, octets.split(b"\r\n"))) <= 78
    assert parsed(octets).get_content().startswith("Доброго дня, шановні колеги!\r\n")


def test_a_long_name_is_split_where_a_blank_stood() -> None:
    words = str(email.message_from_bytes(reply().octets)["From"]).split()
    decoded = [str(email.header.make_header(email.header.decode_header(word))) for word in words[:-1]]
    assert "".join(decoded) == "Мережа «Створення плану комунікації змін у громаді»"
    assert [word[-1] for word in decoded[:-1]] == [" "] * (len(decoded) - 1)
    assert words[-1] == "<intake@merezha.org.ua>"


def test_the_same_decision_has_the_same_message_id_and_octets() -> None:
    first = reply()
    assert first == reply()
    assert first.octets == reply().octets
    assert first.message_id == derive_message_id("d" * 64, "accepted", "iryna@ukr.net", "merezha.org.ua")
    assert parsed(first.octets)["Message-ID"] == first.message_id
    assert reply("late").message_id != first.message_id


def test_a_message_id_may_be_given() -> None:
    assert parsed(reply(message_id="<x@y>").octets)["Message-ID"] == "<x@y>"


def test_who_did_not_write_the_letter_is_not_put_into_its_thread() -> None:
    head = parsed(reply("duplicate_first", recipient="olena@ukr.net").octets)
    assert (head["In-Reply-To"], head["References"], head["Auto-Submitted"]) == (None, None, "auto-generated")


@pytest.mark.parametrize("name", ["deadline_extended", "reminder", "selected", "waiting", "not_selected"])
def test_what_no_letter_asked_for_is_generated_and_stays_in_the_thread(name: str) -> None:
    head = parsed(reply(name).octets)
    assert (head["Auto-Submitted"], head["In-Reply-To"]) == ("auto-generated", "<first@ukr.net>")


@pytest.mark.parametrize("name", ["corrected", "confirmed", "withdrawn", "question_ack"])
def test_what_answers_a_letter_is_a_reply(name: str) -> None:
    head = parsed(reply(name).octets)
    assert (head["Auto-Submitted"], head["References"]) == ("auto-replied", "<first@ukr.net>")


def ids(*numbers: int) -> tuple[str, ...]:
    return tuple(f"<{number}@x>" for number in numbers)


def test_references_follow_rfc_5322() -> None:
    assert references(letter(references=ids(1, 2), in_reply_to=ids(2))) == (*ids(1, 2), "<first@ukr.net>")
    assert references(letter(in_reply_to=ids(7))) == (*ids(7), "<first@ukr.net>")
    # Two parents tell nothing about the thread.
    assert references(letter(in_reply_to=ids(7, 8))) == ("<first@ukr.net>",)
    assert references(letter(message_id=None, references=ids(1))) == ids(1)
    assert references(letter(message_id=None)) == ()


def test_a_long_chain_keeps_its_first_and_its_newest() -> None:
    chain = references(letter(references=ids(*range(50))))
    assert len(chain) == 20
    assert chain == (*ids(0), *ids(*range(32, 50)), "<first@ukr.net>")


def test_what_is_no_message_id_never_reaches_a_header() -> None:
    bad = ("<a b@c>", "no brackets", "<x\r\nBcc: y>", "<ї@x>", "<>", f"<{'x' * 500}@y>")
    assert references(letter(references=bad, message_id="<\x00>")) == ()
    head = parsed(reply(letter=letter(references=bad, message_id="<a\r\nBcc: evil@x>")).octets)
    assert (head["In-Reply-To"], head["References"], head["Bcc"]) == (None, None, None)


@pytest.mark.parametrize(
    ("given_", "taken"),
    [
        ("Rada.1+x@Korosten.gov.ua", "Rada.1+x@korosten.gov.ua"),
        ("rada@громада.укр", "rada@xn--80aahf2bln.xn--j1amh"),
        ("рада@громада.укр", "рада@xn--80aahf2bln.xn--j1amh"),
        ("a..b@docomo.ne.jp", "a..b@docomo.ne.jp"),
        ("rada@stara_rada.gov.ua", "rada@stara_rada.gov.ua"),
        ("demo@localhost", "demo@localhost"),
        ("", None), ("a", None), ("a@", None), ("@b", None), ("a@b.c>\r\nRCPT TO:<x@y.z", None), ("a@b.c,d@e.f", None),
        ("a b@c.net", None), ("a@b c.net", None), ("a\x00@b.net", None), ("<a@b.net>", None), ("a@[127.0.0.1]", None),
        ("a@b.net " + "x" * 300, None),
    ],
)  # fmt: skip
def test_only_an_address_that_can_end_no_command_is_deliverable(given_: str, taken: str | None) -> None:
    assert deliverable(given_) == taken


def test_an_address_nobody_can_reach_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot be used"):
        reply(recipient="a@b.c,d@e.f")


def test_a_local_part_outside_ascii_stands_in_the_header_as_utf8() -> None:
    answer = reply(recipient="рада@громада.укр")
    assert "\r\nTo: рада@xn--80aahf2bln.xn--j1amh\r\n".encode() in answer.octets
    assert answer.recipient == "рада@xn--80aahf2bln.xn--j1amh"


def raw(subject: str = "s", name: str = "n", text: str = "t\n") -> bytes:
    return message(
        date=datetime(2023, 3, 9, tzinfo=UTC), message_id="<a@b>", from_=(name, "a@b.net"), to="c@d.net", subject=subject,
        thread=None, extra=(), text=text,
    )  # fmt: skip


@given(subject=st.text(max_size=240), name=st.text(max_size=90))
def test_subject_and_name_come_back_as_they_were(subject: str, name: str) -> None:
    octets = raw(subject, name)
    head = octets.partition(b"\r\n\r\n")[0]
    # One header a line, folded lines begin with a blank, none is long.
    names = [line.split(b":")[0] for line in head.split(b"\r\n") if not line.startswith(b" ")]
    assert names == [
        b"Date", b"Message-ID", b"From", b"To", b"Subject", b"MIME-Version", b"Content-Type", b"Content-Transfer-Encoding",
    ]  # fmt: skip
    assert max(map(len, head.split(b"\r\n"))) <= 78
    # The old parser is the one that loses no blank between words.
    old = email.message_from_bytes(octets)
    decoded = str(email.header.make_header(email.header.decode_header(str(old["Subject"]))))
    assert decoded == clean(subject, 250)
    shown, address = email.utils.parseaddr(str(old["From"]))
    assert address == "a@b.net"
    assert str(email.header.make_header(email.header.decode_header(shown))) == clean(name)


def test_a_text_with_dots_and_from_at_line_starts_is_safe_in_transit() -> None:
    octets = raw(text=".\n..\nFrom me\n")
    assert base64.b64decode(octets.partition(b"\r\n\r\n")[2]) == b".\r\n..\r\nFrom me\r\n"

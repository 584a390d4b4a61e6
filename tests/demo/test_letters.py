import io
import zipfile
import zlib
from datetime import timedelta
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parsedate_to_datetime
from typing import cast

import olefile
import pytest

from intake.demo.letters import OUR_SERVER, DemoLetter, demo_letters, many_letters
from intake.demo.octets import DOCX
from rules.call import Call
from rules.verdict import Disposition


@pytest.fixture(scope="module")
def letters(call: Call) -> tuple[DemoLetter, ...]:
    return demo_letters(call)


def titled(letters: tuple[DemoLetter, ...], title: str) -> DemoLetter:
    (found,) = [letter for letter in letters if letter.title == title]
    return found


def parsed(letter: DemoLetter) -> Message:
    return message_from_bytes(letter.octets)


def subject_of(letter: DemoLetter) -> str:
    return str(make_header(decode_header(parsed(letter)["Subject"])))


def forms(letter: DemoLetter) -> list[bytes]:
    parts = [part for part in parsed(letter).walk() if part.get_content_type() == DOCX]
    return [cast("bytes", part.get_payload(decode=True)) for part in parts]


def test_there_is_a_letter_for_each_kind_of_trouble(letters: tuple[DemoLetter, ...]) -> None:
    assert len(letters) == 23
    assert len({letter.title for letter in letters}) == 23
    assert {letter.disposition for letter in letters} == set(Disposition)


def test_letters_come_in_the_order_they_were_received(letters: tuple[DemoLetter, ...], call: Call) -> None:
    times = [letter.received_at for letter in letters]
    assert times == sorted(times)
    assert {str(time.tzinfo) for time in times} == {call.time_zone}
    assert {(time.year, time.month) for time in times} == {(2023, 3)}


def test_the_same_call_gives_the_same_octets(letters: tuple[DemoLetter, ...], call: Call) -> None:
    assert [letter.octets for letter in demo_letters(call)] == [letter.octets for letter in letters]


def test_every_letter_is_parsed_by_the_standard_library(letters: tuple[DemoLetter, ...]) -> None:
    for letter in letters:
        message = parsed(letter)
        assert [defect for part in message.walk() for defect in part.defects] == [], letter.title
        assert parsedate_to_datetime(message["Date"]) <= letter.received_at
        assert message["Message-ID"].startswith("<")


def test_our_server_stamped_each_letter_at_its_receipt(letters: tuple[DemoLetter, ...]) -> None:
    for letter in letters:
        where, _, when = parsed(letter)["Received"].rpartition(";")
        assert f"by {OUR_SERVER} " in where
        assert parsedate_to_datetime(when.strip()) == letter.received_at


def test_lines_end_in_crlf_and_are_short_enough_for_smtp(letters: tuple[DemoLetter, ...]) -> None:
    for letter in letters:
        lines = letter.octets.split(b"\r\n")
        assert max(map(len, lines)) <= 998, letter.title
        assert not any(b"\r" in line or b"\n" in line for line in lines), letter.title


def test_every_address_is_in_a_domain_for_examples(letters: tuple[DemoLetter, ...]) -> None:
    for letter in letters:
        sender = parsed(letter)["From"]
        domain = str(sender).rpartition("@")[2].rstrip(">")
        assert domain.endswith((".example", "example.com", "example.net", "example.org")), letter.title


def test_the_copy_differs_from_the_first_in_its_trace_only(letters: tuple[DemoLetter, ...]) -> None:
    first = titled(letters, "Exact subject, complete form")
    copy = titled(letters, "The same letter by another route")
    assert copy.octets.endswith(first.octets)
    assert len(parsed(copy).get_all("Received") or []) == 2


def test_the_deadline_lies_between_the_last_letters(letters: tuple[DemoLetter, ...], call: Call) -> None:
    def clocks(title: str) -> tuple[timedelta, bool]:
        letter = titled(letters, title)
        sent = parsedate_to_datetime(parsed(letter)["Date"])
        return letter.received_at - call.deadline_at, sent < call.deadline_at + timedelta(minutes=1)

    assert clocks("Exactly on time") == (timedelta(seconds=30), True)
    assert clocks("Late by one minute") == (timedelta(seconds=60), False)
    assert clocks("Sent in time, arrived late") == (timedelta(minutes=17, seconds=9), True)


def test_subjects_are_those_people_write(letters: tuple[DemoLetter, ...]) -> None:
    assert subject_of(letters[0]) == "Комунікація змін/Олевська громада, Житомирська область"
    assert (
        subject_of(titled(letters, "Sloppy subject"))
        == "комунікація змін\\ Овруцька громада  Житомирської обл."
    )
    assert (
        subject_of(titled(letters, "Subject copied from the sample"))
        == "Комунікація змін/Назва громади та область"
    )
    assert subject_of(titled(letters, "Out of office")).startswith("Автоматична відповідь: Комунікація змін/")


def test_bare_windows_1251_stands_in_headers_and_file_name(letters: tuple[DemoLetter, ...]) -> None:
    octets = titled(letters, "Bare windows-1251 headers").octets
    assert (
        b"\r\nSubject: " + "Комунікація змін/Радомишльська громада, Житомирська обл.".encode("cp1251")
        in octets
    )
    assert b'filename="' + "Заявка Радомишльська громада.docx".encode("cp1251") + b'"' in octets


def test_a_report_and_a_forwarded_letter_hold_a_form_inside_a_message(
    letters: tuple[DemoLetter, ...],
) -> None:
    for title in ("Delivery report with a form inside", "Forwarded by the raion council"):
        letter = titled(letters, title)
        (inner,) = [part for part in parsed(letter).walk() if part.get_content_type() == "message/rfc822"]
        assert DOCX in {part.get_content_type() for part in inner.walk()}
    report = parsed(titled(letters, "Delivery report with a form inside"))
    assert (report.get_content_type(), report.get_param("report-type")) == (
        "multipart/report",
        "delivery-status",
    )


def test_the_bomb_is_small_and_unpacks_to_much(letters: tuple[DemoLetter, ...]) -> None:
    (bomb,) = forms(titled(letters, "Attachment that unpacks to 256 MiB"))
    assert len(bomb) < 500_000
    with zipfile.ZipFile(io.BytesIO(bomb)) as package:
        assert package.getinfo("word/document.xml").file_size > 256 * 2**20


def test_the_hostile_dtd_stands_before_the_document(letters: tuple[DemoLetter, ...]) -> None:
    (form,) = forms(titled(letters, "Attachment with a hostile DTD"))
    with zipfile.ZipFile(io.BytesIO(form)) as package:
        document = package.read("word/document.xml").decode()
    assert document.index("<!DOCTYPE") < document.index("<w:document ")
    assert "&a10;&local;" in document


def test_the_locked_form_is_a_compound_file_with_an_encrypted_package(
    letters: tuple[DemoLetter, ...],
) -> None:
    (form,) = forms(titled(letters, "Form under a password"))
    with olefile.OleFileIO(form) as compound:
        assert compound.parsing_issues == []
        assert sorted(compound.listdir()) == [["EncryptedPackage"], ["EncryptionInfo"]]
        noise = compound.openstream("EncryptedPackage").read()
    # Noise does not shrink: there is nothing readable in it.
    assert len(zlib.compress(noise)) > 0.99 * len(noise)


def test_many_letters_are_for_as_many_hromadas(call: Call) -> None:
    letters = list(many_letters(call, 200, seed=7))
    assert len(letters) == 200
    assert len({subject_of(letter).removeprefix("Автоматична відповідь: ") for letter in letters}) == 200
    assert len({parsed(letter)["Message-ID"] for letter in letters}) == 200
    assert len({parsed(letter)["From"] for letter in letters}) == 200
    assert [letter.disposition for letter in letters].count(Disposition.DISCARD) == 10
    assert all(letter.received_at < call.deadline_at for letter in letters)
    assert sum(len(letter.octets) for letter in letters) < 200 * 16_000


def test_the_same_seed_gives_the_same_letters_and_another_seed_others(call: Call) -> None:
    def octets(seed: int) -> list[bytes]:
        return [letter.octets for letter in many_letters(call, 12, seed)]

    assert octets(1) == octets(1)
    assert set(octets(1)) & set(octets(2)) == set()


def test_more_letters_than_hromadas_are_refused(call: Call) -> None:
    with pytest.raises(ValueError, match="hromadas with a name of their own, not 5000"):
        next(many_letters(call, 5000, seed=1))

"""Machines that write to machines: two of our own stop at one letter, a storm of bounces or letters stays a breeze."""

from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from intake.config import Limits
from intake.filing import file
from intake.readers.pool import ReaderPool
from rules.case import History
from rules.judge import judge
from tests.end_to_end.conversation import Correspondent, correspondent
from tests.end_to_end.place import shipped_call
from tests.rules.cases import case

OURS, THEIRS = "intake@example.org", "zayavky@another.example"


@pytest.fixture(scope="module")
def readers() -> Iterator[ReaderPool]:
    with ReaderPool(Limits()) as pool:
        yield pool


@pytest.fixture
def two(tmp_path: Path, readers: ReaderPool) -> Iterator[tuple[Correspondent, Correspondent]]:
    call = shipped_call()
    other = call.model_copy(update={"replies": call.replies.model_copy(update={"address": THEIRS})})
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    with (
        correspondent(tmp_path / "a", readers) as one,
        correspondent(tmp_path / "b", readers, call=other) as two,
    ):
        yield one, two


def exchanged(two: tuple[Correspondent, Correspondent], *stripped: str) -> int:
    """Let two installations write to each other, through a gateway that strips headers, until one says nothing; count the letters."""
    first, second = two
    first.write("Надсилаємо заявку.", sender=THEIRS, form=first.form())
    letters = 0
    writer, reader, to = first, second, THEIRS
    heard = {OURS: 0, THEIRS: 0}
    while len(said := writer.answers(to)) > heard[to] and letters < 40:
        message = said[heard[to]][1]
        heard[to] += 1
        letters += 1
        for name in stripped:
            del message[name]
        reader.now = writer.now
        reader.receive(message.as_bytes())
        writer, reader, to = reader, writer, OURS if to == THEIRS else THEIRS
    return letters


def test_two_of_our_own_stop_at_one_letter(two: tuple[Correspondent, Correspondent]) -> None:
    assert exchanged(two) == 1


@pytest.mark.parametrize("stripped", [("X-Skrynka",), ("Auto-Submitted",)])
def test_either_mark_alone_stops_them(
    two: tuple[Correspondent, Correspondent], stripped: tuple[str, ...]
) -> None:
    assert exchanged(two, *stripped) == 1


def test_without_any_mark_the_daily_cap_stops_them(two: tuple[Correspondent, Correspondent]) -> None:
    assert (
        exchanged(two, "X-Skrynka", "Auto-Submitted", "X-Auto-Response-Suppress", "References", "In-Reply-To")
        <= 6
    )


def test_ten_thousand_letters_of_one_address_have_so_many_answers_as_the_call_allows() -> None:
    answered = 0
    for _ in range(400):
        of = case(history=History(answers_today=answered))
        answered += len(file(of, judge(of)).answers)
    assert answered == case().call.replies.max_per_day == 3  # type: ignore[union-attr]


def test_a_flood_from_one_address_through_the_whole_way(tmp_path: Path, readers: ReaderPool) -> None:
    with correspondent(tmp_path, readers) as desk:
        for number in range(25):
            desk.write(f"Надсилаємо заявку {number}.", sender="flood@example.org")
        assert len(desk.answers("flood@example.org")) == 3


def bounce(number: int, to: str) -> bytes:
    message = EmailMessage()
    message["Return-Path"] = "<>"
    message["From"] = "Mail Delivery System <MAILER-DAEMON@mx.example.net>"
    message["To"] = to
    message["Message-ID"] = f"<bounce-{number}@mx.example.net>"
    message["Subject"] = "Undelivered Mail Returned to Sender"
    message["Auto-Submitted"] = "auto-replied"
    message.set_content(f"Message {number} could not be delivered.")
    return message.as_bytes()


def test_a_storm_of_bounces_is_answered_by_nobody(tmp_path: Path, readers: ReaderPool) -> None:
    with correspondent(tmp_path, readers) as desk:
        for number in range(15):
            settled = desk.receive(bounce(number, OURS))
            assert settled.verdict is not None
            assert str(settled.verdict.disposition) == "discard"
        assert desk.answers("MAILER-DAEMON@mx.example.net") == []

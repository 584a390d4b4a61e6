"""The reminder before the deadline: to whom something is missing, once, and to nobody else."""

from datetime import datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from intake.config import Secrets
from intake.reminders import remind
from intake.station import open_station
from tests.replay.desk import Desk, at, letter
from tests.warm import readers

DUE = at("08.03 17:00")
EARLY = at("07.03 10:00")
OLEVSK, KOROSTEN = "rada@olevsk.example", "rada@korosten.example"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Desk(tmp_path, now=at("07.03 12:00"))
    made.configure()
    return made


def sent(
    desk: Desk, place: str, sender: str, *, when: datetime = EARLY, **values: str
) -> tuple[bytes, datetime]:
    form = desk.form(f"{place} міська територіальна громада", "Житомирська область", **values)
    return letter(f"Комунікація змін/{place} громада, Житомирська область", when, sender=sender, form=form)


def reminded(desk: Desk, now: datetime) -> int:
    with open_station(
        desk.config, Secrets(imap=SecretStr("x")), now=lambda: now, readers=readers()
    ) as station:
        return remind(station)


def reminders(desk: Desk) -> list[tuple[str, str, str | None]]:
    return [one for one in desk.replies() if one[0] == "reminder"]


def test_the_incomplete_are_reminded_once_and_the_complete_not(desk: Desk) -> None:
    desk.take_in(sent(desk, "Олевська", OLEVSK, p2_phone=""), sent(desk, "Коростенська", KOROSTEN))
    assert [
        reminded(desk, at("08.03 16:59")),
        reminded(desk, DUE),
        reminded(desk, DUE),
        reminded(desk, at("09.03 12:00")),
    ] == [0, 1, 0, 0]
    assert reminders(desk) == [("reminder", OLEVSK, "КЗ-2023-001")]


def test_whoever_forgot_the_form_is_reminded_too(desk: Desk) -> None:
    desk.take_in(letter("Комунікація змін/Олевська громада, Житомирська область", at("07.03 10:00")))
    assert reminded(desk, DUE) == 1


def test_who_wrote_after_the_moment_is_not_reminded_of_what_they_have_just_heard(desk: Desk) -> None:
    desk.take_in(sent(desk, "Олевська", OLEVSK, when=at("09.03 10:00"), p2_phone=""))
    assert reminded(desk, at("09.03 12:00")) == 0


def test_a_list_is_not_answered_and_not_reminded(desk: Desk) -> None:
    octets, when = sent(desk, "Олевська", OLEVSK, p2_phone="")
    desk.take_in((b"List-Id: <all.example.org>\r\n" + octets, when))
    assert reminded(desk, DUE) == 0


def test_an_address_that_had_its_fill_today_is_reminded_tomorrow(desk: Desk) -> None:
    late = Desk(desk.folder, now=at("08.03 16:00"))
    late.take_in(
        *(
            sent(
                late,
                "Олевська",
                OLEVSK,
                when=at(f"08.03 15:0{number}"),
                p2_phone="",
                p2_position=f"посада {number}",
            )
            for number in range(4)
        )
    )
    assert len(desk.replies()) == 3
    assert [reminded(desk, DUE), reminded(desk, at("09.03 16:30"))] == [0, 1]


def test_when_the_deadline_moves_there_is_a_new_reminder(desk: Desk) -> None:
    desk.take_in(sent(desk, "Олевська", OLEVSK, p2_phone=""))
    assert reminded(desk, DUE) == 1
    desk.configure(
        ("deadline = 2023-03-10T18:00:00", "deadline = 2023-03-17T18:00:00"),
        ("replies.cure_until = 2023-03-14", "replies.cure_until = 2023-03-21"),
    )
    assert [
        reminded(desk, at("10.03 12:00")),
        reminded(desk, at("15.03 17:00")),
        reminded(desk, at("16.03 10:00")),
    ] == [0, 1, 0]


def test_a_reply_that_is_switched_off_reminds_nobody(desk: Desk) -> None:
    desk.configure(('replies.off = ["question_ack"]', 'replies.off = ["reminder"]'))
    desk.take_in(sent(desk, "Олевська", OLEVSK, p2_phone=""))
    assert reminded(desk, DUE) == 0

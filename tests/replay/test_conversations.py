"""Conversations judged again: with the rules as they were, nothing changes and nobody is written to."""

from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from pathlib import Path

from intake.database import connect, reading
from outbox.store import listed
from tests.replay.desk import Desk, at, dispositions, letter

RADA = "rada@olevsk.example"


def answer(desk: Desk, text: str, when: datetime) -> tuple[bytes, datetime]:
    """A reply to the newest letter of ours."""
    engine = connect(desk.config.database_url)
    with reading(engine) as tx:
        ours = listed(tx)[0]
    engine.dispose()
    message = EmailMessage()
    message["From"] = RADA
    message["To"] = "intake@example.org"
    message["Date"] = format_datetime(when)
    message["Message-ID"] = make_msgid(domain="olevsk.example")
    message["In-Reply-To"] = message["References"] = ours.message_id
    message["Subject"] = f"Re: {ours.subject}"
    message.set_content(text)
    return message.as_bytes(), when


def test_what_was_said_in_letters_stays_as_it_was_understood(tmp_path: Path) -> None:
    desk = Desk(tmp_path, now=at("07.03 10:30"))
    desk.configure()
    form = desk.form("Миколаївська", "", p2_phone="")
    desk.take_in(letter("Комунікація змін/Миколаївська громада", at("07.03 10:00"), sender=RADA, form=form))
    for hour, text in (
        (11, "Миколаївська міська громада, Миколаївська область"),
        (12, "3.9 — 067 111 22 33"),
        (13, "Чи все гаразд?"),
        (14, "Чи ви нас чуєте?"),
        (15, "Дякуємо!"),
        (16, "Просимо відкликати заявку"),
    ):
        later = Desk(tmp_path, now=at(f"07.03 {hour}:30"), _uids=iter(range(hour * 10, hour * 10 + 9)))
        later.take_in(answer(desk, text, at(f"07.03 {hour}:00")))
    before = desk.standing()
    number = "КЗ-2023-001"
    assert dispositions(before) == [
        (number, one) for one in ("accept", "accept", "accept", "hold", "hold", "accept", "hold")
    ]
    assert [template for template, *_ in desk.replies()][:3] == [
        "subject_unrecognised",
        "accepted_incomplete",
        "corrected",
    ]
    code, printed = desk.replay()
    assert code == 0, printed
    assert desk.replay(apply=True)[0] == 0
    assert desk.standing().letters == before.letters

"""Under the same rules nothing changes, whatever people decided and corrected in between, and nobody is written to anew."""

from email.message import EmailMessage
from email.utils import format_datetime

import pytest
from sqlalchemy import select

from intake.database import connect, reading
from outbox.store import replies
from tests.decisions.day import Day
from tests.decisions.mended import Mended
from tests.decisions.minds import Minds
from tests.decisions.room import ATTENTION, DECIDED, Room
from tests.replay.desk import at, dispositions, letter, statuses

SENDER = "rada@luhyny.example"


@pytest.fixture(params=["day", "minds", "mended"])
def replayed(request: pytest.FixtureRequest) -> str:
    story: Day | Minds | Mended = request.getfixturevalue(request.param)
    return story.replayed


def test_a_story_of_decisions_comes_out_as_it_did(replayed: str) -> None:
    assert replayed.splitlines()[-1] == "Nothing would change."


def question(in_reply_to: str, when: str) -> tuple[bytes, object]:
    message = EmailMessage()
    message["From"] = f"Рада <{SENDER}>"
    message["To"] = "intake@example.org"
    message["Date"] = format_datetime(at(when))
    message["Message-ID"] = f"<question-{when[-5:-3]}@luhyny.example>"
    message["In-Reply-To"] = in_reply_to
    message["Subject"] = "Re: Заявка"
    message.set_content("А коли будуть результати?")
    return message.as_bytes(), at(when)


def sent(room: Room) -> str:
    """The Message-ID of the newest reply."""
    engine = connect(room.config.database_url)
    with reading(engine) as tx:
        found = (
            tx.execute(select(replies.c.message_id).order_by(replies.c.created_at.desc())).scalars().first()
        )
    engine.dispose()
    assert found is not None
    return found


def test_who_asks_about_an_application_that_became_void_is_not_answered_anew(room: Room) -> None:
    lost = letter(
        "Комунікація змін/Щось, Житомирська область", at("09.03 10:00"),
        form=room.form("Щось", "Житомирська"), sender=SENDER,
    )  # fmt: skip
    (settled,) = room.receive(lost)
    code = settled.digest[:12]
    room.decide(ATTENTION, code, decision="зареєструвати", place="Лугинська")
    room.deliver()
    room.decide(DECIDED, code, decision="не стосується")
    room.receive(question(sent(room), "09.03 11:00"))
    before = room.standing()
    assert statuses(before) == {"КЗ-2023-001": "void"}
    assert dispositions(before)[-1] == ("КЗ-2023-001", "hold")
    assert room.replay()[1].splitlines()[-1] == "Nothing would change."
    room.replay(apply=True)
    assert room.standing() == before

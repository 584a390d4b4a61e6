"""Two senders, one place: whose application it is, who may speak for it, who hears what becomes of it."""

from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

import pytest
from sqlalchemy import select

from intake.database import connect, reading
from outbox.store import replies
from tests.decisions.room import ALL, ATTENTION, DECIDED, Room
from tests.decisions.test_results import run
from tests.replay.desk import at, letter

FIRST, SECOND, NUMBER = "rada@korosten.example", "two@other.example", "КЗ-2023-001"


def form(
    room: Room, sender: str, when: str = "09.03 10:00", place: str = "Коростенська", **values: str
) -> Any:
    subject = f"Комунікація змін/{place} громада, Житомирська область"
    return letter(subject, at(when), form=room.form(place, "Житомирська", **values), sender=sender)


def told(room: Room) -> list[tuple[str, str]]:
    """Template and recipient of what is in the outbox and was not taken back, in order."""
    return [(one.template, one.recipient) for one in _outbox(room)]


def text(room: Room, template: str, recipient: str) -> str:
    octets = next(
        one.octets for one in _outbox(room) if (one.template, one.recipient) == (template, recipient)
    )
    body = message_from_bytes(octets, policy=policy.default).get_body(("plain",))
    assert body is not None
    return " ".join(str(body.get_content()).split()).replace("\N{NO-BREAK SPACE}", " ")


def _outbox(room: Room) -> list[Any]:
    engine = connect(room.config.database_url)
    try:
        with reading(engine) as tx:
            query = select(replies).where(replies.c.state != "cancelled")
            return list(tx.execute(query.order_by(replies.c.created_at, replies.c.message_id)))
    finally:
        engine.dispose()


def answer(room: Room, template: str, sender: str, words: str, when: str = "09.03 11:00") -> Any:
    """An answer to one of our letters."""
    to = next(one for one in _outbox(room) if one.template == template)
    message = EmailMessage()
    message["From"] = f"Рада <{sender}>"
    message["To"] = "intake@example.org"
    message["Date"] = format_datetime(at(when))
    message["Message-ID"] = f"<{len(words)}@answer.example>"
    message["In-Reply-To"] = to.message_id
    message["Subject"] = f"Re: {to.subject}"
    message.set_content(words)
    return message.as_bytes(), at(when)


def test_a_rival_does_not_withdraw_the_first_application_and_a_persons_word_is_told_to_its_owner(
    room: Room,
) -> None:
    room.receive(form(room, FIRST), form(room, SECOND, change="Інша"))
    room.deliver()
    asks = answer(room, "duplicate_new", SECOND, "Відкликаємо заявку, яку подали першою.")
    (one,) = room.receive(asks)
    code = one.digest[:12]
    row = room.keyed(ATTENTION)[code]
    assert row["Що не так"].startswith(f"заявка {NUMBER} не їхня, її подали з {FIRST}")
    assert "відкликати заявку" not in row["Пропозиція"]
    room.decide(ATTENTION, code, decision="відкликати заявку")
    assert room.row(ALL)["Статус"] == "Відкликано"
    assert told(room)[-1] == ("withdrawn", FIRST)
    said = text(room, "withdrawn", FIRST)
    assert "з іншої адреси (t…@other.example)" in said
    assert "На ваше прохання" not in said
    assert room.replay()[1].endswith("Nothing would change.\n")


def test_who_completes_the_form_by_an_answer_does_not_become_the_applicant_and_hears_of_the_result_too(
    room: Room,
) -> None:
    colleague = "colleague@gmail.example"
    room.receive(
        form(room, FIRST, p1_phone="", p1_email="p1@korosten.example", p2_email="p2@korosten.example")
    )
    room.deliver()
    room.receive(answer(room, "accepted_incomplete", colleague, "3.3: 067 123 45 67"))
    row = room.row(ALL)
    assert (row["Статус"], row["E-mail"]) == ("Повна", FIRST)
    room.type(ALL, decision="відібрано")
    _, told_of = run(room)
    letters = [one["to"] for one in told_of if "to" in one]
    assert letters == [FIRST, "p1@korosten.example", "p2@korosten.example", colleague]


def test_who_was_first_hears_that_a_person_took_another_form_in_place_of_theirs(room: Room) -> None:
    room.receive(form(room, FIRST), form(room, SECOND, p1_name="Ткач Іван Петрович"))
    room.deliver()
    code = room.row(ATTENTION)["Код листа"]
    room.decide(ATTENTION, code, decision="зареєструвати", place=NUMBER)
    assert sorted(told(room)[-2:]) == [("replaced", SECOND), ("replaced_first", FIRST)]
    assert "Координатор прийняв її замість вашої" in text(room, "replaced_first", FIRST)
    assert "З адреси: t…@other.example" in text(room, "replaced_first", FIRST)
    assert "«замінено іншою»" in str(room.row(DECIDED)["Що зроблено"])
    room.decide(DECIDED, code, decision=None)
    assert "replaced_first" not in room.templates()


def test_a_decision_typed_for_people_who_were_replaced_since_is_a_conflict(room: Room) -> None:
    room.receive(form(room, FIRST), form(room, SECOND, p1_name="Ткач Іван Петрович"))
    room.deliver()
    room.decide(ALL, NUMBER, decision="відібрано")
    assert not run(room)[1][-1]["conflicts"]
    later = Room(room.folder, now=room.now + timedelta(minutes=5))
    later.decide(ATTENTION, decision="зареєструвати", place=NUMBER)
    (conflict,) = run(later)[1][-1]["conflicts"]
    assert (conflict["application"], conflict["code"]) == (NUMBER, "people_changed")
    assert run(later, again=(NUMBER,))[1][-1]["conflicts"] == []
    later.decide(ALL, NUMBER, decision=None)
    Room(room.folder, now=room.now + timedelta(minutes=9)).decide(ALL, NUMBER, decision="відібрано")
    assert run(later)[1][-1]["conflicts"] == []


def _elsewhere(room: Room) -> str:
    """A form of the second sender's, registered and told for one place, then for another, of which there is an application."""
    lost = letter(
        "Комунікація змін/Щось, Житомирська область",
        at("09.03 10:00"),
        form=room.form("Щось", "Житомирська"),
        sender=SECOND,
    )
    nothing = letter(
        "Комунікація змін/Ємільчинська громада, Житомирська область", at("09.03 10:00"), sender=SECOND
    )
    room.receive(lost, nothing)
    code = next(key for key, row in room.keyed(ATTENTION).items() if row["№ заявки"] is None)
    room.decide(ATTENTION, code, decision="зареєструвати", place="Баранівська")
    room.deliver()
    room.decide(DECIDED, code, decision="зареєструвати", place="Ємільчинська")
    return code


def test_a_number_that_somebody_was_told_is_never_another_applicants_and_its_answers_go_on(
    room: Room,
) -> None:
    code = _elsewhere(room)
    moved, void = "КЗ-2023-001", "КЗ-2023-002"
    assert room.keyed(DECIDED)[code]["№ заявки"] == moved
    assert "Такий самий лист" not in room.keyed(DECIDED)[code]["Що зроблено"]
    other = "third@baranivka.example"
    (third,) = room.receive(form(room, other, place="Баранівська"))
    assert third.number == "КЗ-2023-003"
    (back,) = room.receive(answer(room, "accepted", SECOND, "Дякуємо!"))
    assert back.number == moved
    assert {one.number for one in _outbox(room) if one.recipient == other} == {third.number}
    assert void not in {one.number for one in _outbox(room) if one.recipient == other}
    assert room.replay()[1].endswith("Nothing would change.\n")


def test_who_was_told_a_number_gets_it_again_when_its_place_is_theirs_after_all(room: Room) -> None:
    code = _elsewhere(room)
    room.decide(DECIDED, code, decision="зареєструвати", place="Баранівська")
    assert room.keyed(DECIDED)[code]["№ заявки"] == "КЗ-2023-002"


@pytest.mark.parametrize("left", [True, False])
def test_the_place_that_was_told_wrongly_is_told_anew(room: Room, left: bool) -> None:
    lost = letter(
        "Комунікація змін/Щось, Житомирська область",
        at("09.03 10:00"),
        form=room.form("Щось", "Житомирська"),
        sender=SECOND,
    )
    room.receive(lost)
    code = room.row(ATTENTION)["Код листа"]
    room.decide(ATTENTION, code, decision="зареєструвати", place="Баранівська")
    if left:
        room.deliver()
    for place in ("Ємільчинська", "Баранівська"):
        room.decide(DECIDED, code, decision="зареєструвати", place=place)
        said = str(room.row(DECIDED)["Що зроблено"])
        assert "Лист заявникові: «прийнято»." in said
        assert "Такий самий лист" not in said
        assert place in _outbox(room)[-1].subject
        if left:
            room.deliver()
    assert len(told(room)) == (3 if left else 1)

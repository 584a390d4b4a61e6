"""An application that is withdrawn by a coordinator's word: confirmed once, taken back without a trace, never by itself."""

from email import message_from_bytes
from email.message import EmailMessage, Message
from email.utils import format_datetime

import pytest
from sqlalchemy import select

from intake.database import connect, reading
from intake.ledger import applications
from outbox.store import replies
from tests.decisions.room import ALL, ATTENTION, DECIDED, Room
from tests.replay.desk import at, letter

NUMBER = "КЗ-2023-001"
OWN = "rada@korosten.example"
WORD = "відкликати заявку"


def asked(*, when: str = "09.03 10:00", **headers: str) -> tuple[bytes, object]:
    """The letter that withdraws the application."""
    message = EmailMessage()
    message["From"] = f"Рада <{OWN}>"
    message["To"] = "intake@example.org"
    message["Date"] = format_datetime(at(when))
    message["Message-ID"] = headers.pop("Message_ID", "<asks@korosten.example>")
    message["Subject"] = f"Re: [{NUMBER}] заявка"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content("На жаль, відкликаємо нашу заявку.")
    return message.as_bytes(), at(when)


def application(room: Room, **values: str) -> tuple[bytes, object]:
    subject = "Комунікація змін/Коростенська громада, Житомирська область"
    form = room.form("Коростенська", "Житомирська", **values)
    return letter(subject, at("08.03 10:00"), form=form, sender=OWN)


@pytest.fixture
def waiting(room: Room) -> Room:
    """A room with one application, already answered, and the letter that withdraws it."""
    room.receive(application(room), asked())
    room.deliver()
    return room


def status(room: Room) -> str:
    engine = connect(room.config.database_url)
    try:
        with reading(engine) as tx:
            known = applications.by_number(tx, NUMBER)
    finally:
        engine.dispose()
    assert known is not None
    return known.status


def answered(room: Room) -> Message:
    """The confirmation as it stands in the outbox."""
    engine = connect(room.config.database_url)
    try:
        with reading(engine) as tx:
            query = select(replies.c.octets).where(replies.c.template == "withdrawn")
            return message_from_bytes(tx.execute(query).scalar_one())
    finally:
        engine.dispose()


def test_the_confirmation_stands_in_the_thread_of_the_letter_that_asked(waiting: Room) -> None:
    waiting.decide(ATTENTION, decision=WORD, taken="Оксана")
    assert (status(waiting), waiting.templates()) == ("withdrawn", ["accepted", "withdrawn"])
    waiting.cycle()
    assert waiting.templates() == ["accepted", "withdrawn"]
    assert answered(waiting)["In-Reply-To"] == "<asks@korosten.example>"
    assert waiting.row(ALL)["Статус"] == "Відкликано"
    assert waiting.replay() == (0, "1 letter stays as a person decided.\nNothing would change.\n")


def test_a_withdrawal_that_is_emptied_leaves_the_application_as_it_was(waiting: Room) -> None:
    waiting.decide(ATTENTION, decision=WORD)
    waiting.decide(DECIDED, decision=None)
    assert (status(waiting), waiting.templates()) == ("complete", ["accepted"])
    assert waiting.where()[ATTENTION] == 1
    assert str(waiting.row(ATTENTION)["Що зроблено"]).endswith(
        "Ваше рішення скасовано: лист знову чекає. Не встиг піти й відкликаний лист: «відкликано»."
    )
    waiting.decide(ATTENTION, decision=WORD)
    assert (status(waiting), waiting.templates()) == ("withdrawn", ["accepted", "withdrawn"])


def test_another_word_takes_the_withdrawal_back_and_names_the_letter_that_has_left(waiting: Room) -> None:
    waiting.decide(ATTENTION, decision=WORD)
    waiting.deliver()
    waiting.decide(DECIDED, decision="відповіли вручну")
    assert (status(waiting), waiting.templates()) == ("complete", ["accepted", "withdrawn"])
    assert str(waiting.row(DECIDED)["Що зроблено"]).partition(". ")[2] == (
        "Закрито: відповіли вручну. Програма мовчить. Заявник уже отримав: «відкликано» (09.03 12:00). "
        "Надісланого не повернути: за потреби напишіть йому самі."
    )


def test_of_two_letters_that_withdraw_each_is_enough(room: Room) -> None:
    _, first, second = room.receive(
        application(room, p1_email=""), asked(), asked(Message_ID="<asks.too@korosten.example>")
    )
    codes = [one.digest[:12] for one in (first, second)]
    for code in codes:
        room.decide(ATTENTION, code, decision=WORD)
    room.decide(DECIDED, codes[0], decision=None)
    assert status(room) == "withdrawn"
    room.decide(DECIDED, codes[1], decision=None)
    assert status(room) == "incomplete"


def test_an_application_that_came_again_since_is_not_touched_by_taking_back(waiting: Room) -> None:
    waiting.decide(ATTENTION, decision=WORD)
    waiting.receive(application(waiting, change="Інша зміна"))
    assert status(waiting) == "complete"
    waiting.decide(DECIDED, decision=None)
    assert status(waiting) == "complete"


def test_a_letter_without_a_form_does_not_bring_a_withdrawn_application_back(waiting: Room) -> None:
    waiting.decide(ATTENTION, decision=WORD)
    later = letter(f"Re: [{NUMBER}] заявка", at("09.03 11:00"), form=b"%PDF-1.4 broken", sender=OWN)
    waiting.receive(later)
    assert status(waiting) == "withdrawn"


def test_a_confirmation_that_is_switched_off_is_not_sent(room: Room) -> None:
    text = (room.folder / "config.toml").read_text(encoding="utf-8")
    off = next(line for line in text.splitlines() if line.startswith("replies.off"))
    room.configure((off, 'replies.off = ["withdrawn"]'))
    room.receive(application(room), asked())
    room.decide(ATTENTION, decision=WORD)
    assert (status(room), "withdrawn" in room.templates()) == ("withdrawn", False)
    assert "Листа не надсилаємо: цю відповідь вимкнено в налаштуваннях." in str(
        room.row(DECIDED)["Що зроблено"]
    )


def test_a_confirmation_waits_for_a_person_where_all_letters_do(room: Room) -> None:
    room.configure(('replies.mode = "send"', 'replies.mode = "review"'))
    room.receive(application(room), asked())
    room.decide(ATTENTION, decision=WORD)
    assert ("withdrawn", "held") in room.outbox()


def test_a_machine_is_not_answered_even_when_a_person_records_what_it_says(room: Room) -> None:
    room.receive(application(room), asked(Return_Path="<>", Precedence="bulk"))
    room.decide(ATTENTION, decision=WORD)
    assert (status(room), "withdrawn" in room.templates()) == ("withdrawn", False)
    assert "Листа не надсилаємо: " in str(room.row(DECIDED)["Що зроблено"])


def test_a_word_that_is_not_in_the_list_does_not_hide_what_was_done_before(waiting: Room) -> None:
    waiting.decide(ATTENTION, decision=WORD)
    assert status(waiting) == "withdrawn"
    waiting.decide(DECIDED, decision="подумаємо")
    assert status(waiting) == "withdrawn"
    waiting.decide(DECIDED, decision=None)
    assert status(waiting) == "complete"


@pytest.mark.parametrize("first", ["form", "word"])
def test_of_two_decisions_about_one_application_the_later_letter_has_the_last_word(
    room: Room, first: str
) -> None:
    """Whatever the codes of the rows are: who withdraws after the form came is withdrawn, who sends a form after that is not."""
    hours = ("10:00", "11:00") if first == "form" else ("11:00", "10:00")
    room.receive(application(room))
    room.deliver()
    waiting = letter(
        "Комунікація змін/Щось, Житомирська область",
        at(f"09.03 {hours[0]}"),
        form=room.form("Щось", "Житомирська", p1_name="Ткач Іван Петрович"),
        sender="hto@lost.example",
    )
    form, word = room.receive(waiting, asked(when=f"09.03 {hours[1]}"))
    with room.edit(ATTENTION) as page:
        room.put(page, form.digest[:12], decision="зареєструвати", place=NUMBER)
        room.put(page, word.digest[:12], decision=WORD)
    room.cycle()
    assert status(room) == ("withdrawn" if first == "form" else "complete")

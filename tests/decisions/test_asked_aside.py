"""A question beside a good form: the application stands and is answered, and the question waits until a person has answered it."""

from email import message_from_bytes, policy

from tests.decisions.room import ALL, ATTENTION, DECIDED, Room
from tests.replay.desk import at, letter

QUESTION = "Чи можна замінити другого учасника пізніше?"


def test_a_question_beside_a_form_waits_for_a_person_and_its_application_does_not(room: Room) -> None:
    octets, when = letter("Комунікація змін/Олевська громада, Житомирська область", at("09.03 10:00"), form=room.form("Олевська", "Житомирська"))  # fmt: skip
    message = message_from_bytes(octets, policy=policy.default)
    message.get_body().set_content(f"Надсилаємо заявку. {QUESTION}")  # type: ignore[attr-defined]
    (settled,) = room.receive((message.as_bytes(), when))
    number, code = "КЗ-2023-001", settled.digest[:12]
    row = room.row(ATTENTION)
    assert (row["№ заявки"], row["Що не так"]) == (number, f"у листі є запитання: «{QUESTION}»")
    assert row["Пропозиція"] == "дайте відповідь самі, тоді «відповіли вручну»"
    assert room.row(ALL)["Статус"] == "Повна"
    assert room.outbox() == [("accepted", "pending")]

    room.decide(ATTENTION, decision="відповіли вручну")
    assert room.where() == {ATTENTION: 0, DECIDED: 1, "Запізнілі": 0, ALL: 1}
    assert room.row(ALL)["Статус"] == "Повна"
    # The answer to the form was no answer to the question, and leaves all the same.
    assert room.outbox() == [("accepted", "pending")]
    assert room.keyed("Листування")[code]["Доля"] == "зараховано"

    room.decide(DECIDED, decision=None)
    assert room.where() == {ATTENTION: 1, DECIDED: 0, "Запізнілі": 0, ALL: 1}
    assert (room.row(ALL)["Статус"], room.outbox()) == ("Повна", [("accepted", "pending")])

    # Whatever else comes, the question is still there.
    other = letter("Комунікація змін/Коростенська громада, Житомирська область", at("09.03 11:00"), form=room.form("Коростенська", "Житомирська"), sender="rada@korosten.example")  # fmt: skip
    room.receive(other)
    assert room.where() == {ATTENTION: 1, DECIDED: 0, "Запізнілі": 0, ALL: 2}

"""A form that nobody could read waits for a person no more when the same application has come readable."""

from tests.decisions.room import ALL, ATTENTION, Room
from tests.readers.hostile import encrypted_office
from tests.replay.desk import at, letter

SUBJECT = "Комунікація змін/Олевська громада, Житомирська область"


def locked(when: str = "09.03 10:00", sender: str = "rada@olevsk.example") -> tuple[bytes, object]:
    return letter(SUBJECT, at(when), form=encrypted_office(), sender=sender)


def whole(room: Room, when: str = "09.03 11:00", **values: str) -> tuple[bytes, object]:
    return letter(SUBJECT, at(when), form=room.form("Олевська", "Житомирська", **values))


def test_a_later_form_that_is_complete_settles_what_could_not_be_read(room: Room) -> None:
    first, second = room.receive(locked(), whole(room))
    assert first.number == second.number == "КЗ-2023-001"
    assert room.rows(ATTENTION) == []
    assert room.row(ALL)["Статус"] == "Повна"
    post = room.keyed("Листування")[first.digest[:12]]
    assert f"форму, яку можна прочитати, принесено пізнішим листом {second.digest[:12]}" in post["Зауваги"]
    assert room.decisions() == [("rules", "hold"), ("rules", "accept"), ("rules", "accept")]
    assert room.replay()[1].splitlines()[-1] == "Nothing would change."


def test_a_letter_without_a_form_waits_no_more_when_the_form_has_come(room: Room) -> None:
    room.receive(letter(SUBJECT, at("09.03 10:00")))
    assert len(room.rows(ATTENTION)) == 1
    room.receive(whole(room))
    assert (room.rows(ATTENTION), room.row(ALL)["Статус"]) == ([], "Повна")
    assert room.replay()[1].splitlines()[-1] == "Nothing would change."


def test_what_may_say_more_than_the_later_form_still_waits(room: Room) -> None:
    room.receive(locked(), whole(room, hromada_email=""))
    assert len(room.rows(ATTENTION)) == 1


def test_what_comes_after_the_form_waits(room: Room) -> None:
    _, late = room.receive(whole(room, "09.03 10:00"), locked("09.03 11:00"))
    assert [row["Код листа"] for row in room.rows(ATTENTION)] == [late.digest[:12]]

"""A form that nobody could read waits for a person no more when the same application has come readable."""

from pathlib import Path

import pytest

from tests.decisions.room import ALL, ATTENTION, LATE, Room
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


@pytest.mark.parametrize("note", [None, "моя нотатка"])
def test_a_late_application_that_turned_out_to_be_none_leaves_its_sheet_or_says_so(
    tmp_path: Path, note: str | None
) -> None:
    room = Room(tmp_path, now=at("11.03 12:00"))
    room.configure()
    room.receive(letter(SUBJECT, at("10.03 18:20"), form=b"PK\x03\x04 this is no document " + b"x" * 500))
    if note:
        room.type(LATE, note=note)
    room.decide(ATTENTION, decision="не стосується")
    assert [row["Що зроблено"] for row in room.rows(LATE)] == (["Знято"] if note else [])


def test_a_refused_place_is_taken_when_the_application_that_had_it_is_none_any_more(room: Room) -> None:
    other = "Комунікація змін/Малинська громада, Житомирська область"
    first = letter(SUBJECT, at("09.03 10:00"), form=b"PK\x03\x04 this is no document " + b"x" * 500)
    mine = letter(
        other, at("09.03 10:00"), form=room.form("Малинська", "Житомирська"), sender="rada@malyn.example"
    )
    _, one = room.receive(first, mine)
    with room.edit(ALL) as page:
        header = {cell.value: cell.column for cell in page[1]}
        row = next(cell.row for cell in page["A"] if cell.value == one.number)
        page.cell(row, header["Громада"]).value = "Олевська"
    room.cycle()
    assert "✗" in str(room.cell(ALL, str(one.number), "Громада").comment.text)
    room.decide(ATTENTION, decision="не стосується")
    room.cycle()
    assert "✓" in str(room.cell(ALL, str(one.number), "Громада").comment.text)
    assert room.replay()[1].splitlines()[-1] == "Nothing would change."

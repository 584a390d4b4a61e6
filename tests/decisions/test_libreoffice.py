"""Decisions typed in a file that LibreOffice saved: they are carried out like any other, and the lists are still there."""

from pathlib import Path

import pytest

from tests.decisions.room import ALL, ATTENTION, DECIDED, LATE, Room
from tests.replay.desk import at, letter
from tests.workbook.test_libreoffice import profile, save_with_libreoffice

pytestmark = pytest.mark.libreoffice

__all__ = ["profile"]


def test_a_decision_saved_by_libreoffice_is_carried_out_once(room: Room, profile: Path) -> None:
    form = room.form("Щось", "Житомирська")
    late = room.form("Романівська", "Житомирська")
    room.receive(
        letter("Комунікація змін/Щось, Житомирська область", at("09.03 10:00"), form=form),
        letter(
            "Комунікація змін/Романівська громада, Житомирська область",
            at("10.03 18:30"),
            form=late,
            sender="a@b.example",
        ),
    )
    room.type(ATTENTION, decision="зареєструвати", place="Олевська")
    room.type(LATE, decision="прийняти як виняток", note="сніг")
    save_with_libreoffice(room.path, profile).replace(room.path)
    room.cycle()
    assert room.where() == {ATTENTION: 0, DECIDED: 1, LATE: 0, ALL: 2}
    assert sorted(row["Громада"] for row in room.rows(ALL)) == ["Олевська", "Романівська"]
    assert [row["Примітка"] for row in room.rows(ALL)].count("сніг") == 1
    told = room.outbox()
    save_with_libreoffice(room.path, profile).replace(room.path)
    room.cycle()
    assert room.outbox() == told
    assert room.where() == {ATTENTION: 0, DECIDED: 1, LATE: 0, ALL: 2}

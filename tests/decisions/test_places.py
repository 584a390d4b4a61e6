"""A place that a person corrects in the row of an application that counts: what else hangs on that place follows."""

from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from sqlalchemy import select

from intake.database import connect, reading
from outbox.store import replies
from tests.decisions.room import ALL, ATTENTION, LATE, Room
from tests.replay.desk import at, letter

FIRST, SECOND, THIRD, LAST = (f"КЗ-2023-{count:03d}" for count in range(1, 5))


def form(
    room: Room, place: str, sender: str, when: str = "09.03 10:00", headers: Any = None, **values: str
) -> Any:
    subject = f"Комунікація змін/{place} громада, Житомирська область"
    made = room.form(place, "Житомирська", **values)
    return letter(subject, at(when), form=made, sender=sender, **(headers or {}))


def put(room: Room, sheet: str, number: str, **cells: str | None) -> None:
    with room.edit(sheet) as page:
        column = {cell.value: cell.column for cell in page[1]}
        row = next(cell.row for cell in page["A"] if cell.value == number)
        for header, text in cells.items():
            page.cell(row, column[header]).value = text


def places(room: Room) -> dict[str, tuple[str, str]]:
    return {number: (row["Громада"], row["Статус"]) for number, row in room.keyed(ALL).items()}


def told(room: Room, sheet: str, number: str) -> list[str]:
    """What the note at the corrected place says."""
    return str(room.cell(sheet, number, "Громада").comment.text).split("\n")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Room:
    """Four corrected places: one kept another's letter waiting, one leads out of the admitted oblasts, one came late."""
    room = Room(tmp_path_factory.mktemp("places"), now=at("11.03 12:00"))
    room.configure(("policy.oblasts = []", 'policy.oblasts = ["Житомирська"]'))
    room.receive(
        form(room, "Олевська", "rada@ovruch.example"),
        form(room, "Олевська", "rada@olevsk.example", change="Наша зміна"),
        form(room, "Чуднівська", "rada@chudniv.example"),
        form(room, "Любарська", "rada@liubar.example"),
        form(room, "Романівська", "rada@ruzhyn.example", "10.03 18:30"),
    )
    room.deliver()
    assert room.where()[ATTENTION] == 1
    put(room, ALL, FIRST, Громада="Овруцька")
    put(room, ALL, SECOND, Громада="Баштанська", Область="Миколаївська")
    put(room, LATE, LAST, Громада="Ружинська")
    room.cycle()
    return room


def test_a_letter_that_waited_behind_the_wrong_place_becomes_an_application_and_is_answered(
    desk: Room,
) -> None:
    fifth = "КЗ-2023-005"
    assert places(desk)[FIRST] == ("Овруцька", "Повна")
    assert places(desk)[fifth] == ("Олевська", "Повна")
    assert desk.keyed(ALL)[fifth]["E-mail"] == "rada@olevsk.example"
    assert desk.where()[ATTENTION] == 0
    assert [template for template, state in desk.outbox() if state == "pending"] == ["accepted"]
    assert desk.decisions().count(("rules", "accept")) == 4
    assert desk.replay() == (0, "3 letters stay as a person decided.\nNothing would change.\n")


def test_a_place_that_may_not_apply_is_taken_over_and_the_person_is_told(desk: Room) -> None:
    assert places(desk)[SECOND] == ("Баштанська", "Повна")
    assert told(desk, ALL, SECOND)[1] == (
        "✓ 11.03 12:00. Громаду враховано: Баштанська міська територіальна громада. Увага: Миколаївська область не серед "
        "областей, з яких приймаємо заявки. Якщо це не помилка, вирішіть у стовпці «Рішення»."
    )


def test_a_place_corrected_on_the_sheet_of_the_late_goes_along_when_it_is_accepted(
    desk: Room, tmp_path: Path
) -> None:
    assert told(desk, LATE, LAST)[1] == (
        "✓ 11.03 12:00. Громаду враховано: Ружинська селищна територіальна громада."
    )
    room = copied(desk, tmp_path)
    room.decide(LATE, LAST, decision="прийняти як виняток")
    assert places(room)[LAST] == ("Ружинська", "Повна")
    assert room.keyed(ALL)[LAST]["Спосіб визначення громади"] == "вручну"


def test_whoever_goes_on_naming_the_wrong_place_writes_for_the_same_application(
    desk: Room, tmp_path: Path
) -> None:
    """The first one once more as a new letter, the second one in answer to ours."""
    room = copied(desk, tmp_path)
    put(room, ALL, THIRD, Громада="Лугинська")
    room.cycle()
    engine = connect(room.config.database_url)
    with reading(engine) as tx:
        ours = tx.execute(select(replies.c.message_id).where(replies.c.number == THIRD)).scalar()
    engine.dispose()
    before = places(room)
    sender = "rada@liubar.example"
    again = form(room, "Любарська", sender, "10.03 11:00", change="Інша зміна")
    answer = form(room, "Любарська", sender, "10.03 12:00", {"In_Reply_To": ours}, change="Ще інша")
    settled = room.receive(again, answer)
    assert [one.number for one in settled] == [THIRD, THIRD]
    assert (places(room), room.where()[ATTENTION]) == (before, 0)
    assert room.keyed(ALL)[THIRD]["Редакція"] == 3
    assert room.templates()[-2:] == ["replaced", "replaced"]
    # Somebody else who names that place is another matter.
    (other,) = room.receive(form(room, "Любарська", "selo@liubar.example", "10.03 13:00"))
    assert other.number == "КЗ-2023-006"


def copied(room: Room, folder: Path) -> Room:
    copytree(room.folder, folder, dirs_exist_ok=True)
    return Room(folder, now=at("11.03 12:30"), _uids=iter(range(100, 200)))

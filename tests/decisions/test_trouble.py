"""What goes wrong while a decision is carried out: killed at any step, the file open, the letter gone, our own bug."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from sqlalchemy import update

from intake import decisions, jobs
from intake.database import connect, letters
from intake.ledger import orders, persons
from tests.decisions.room import ALL, ATTENTION, DECIDED, LATE, Room
from tests.replay.desk import NOON, at, letter

DONE = {ATTENTION: 0, DECIDED: 1, LATE: 0, ALL: 1}


class Killed(BaseException):
    """The worker is gone in the middle of what it did."""


@pytest.fixture(scope="module")
def waiting(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a room with one letter whose place nobody knows."""
    room = Room(tmp_path_factory.mktemp("waiting"))
    room.configure()
    form = room.form("Щось", "Житомирська")
    room.receive(letter("Комунікація змін/Щось, Житомирська область", at("09.03 10:00"), form=form))
    room.deliver()
    return room.folder


@pytest.fixture
def lost(waiting: Path, tmp_path: Path) -> Room:
    """A copy of that room."""
    copytree(waiting, tmp_path, dirs_exist_ok=True)
    return Room(tmp_path, now=NOON + timedelta(minutes=1))


def after(function: Callable[..., Any]) -> Callable[..., Any]:
    def dies(*arguments: Any, **named: Any) -> None:
        function(*arguments, **named)
        raise Killed

    return dies


STEPS = {
    "written": (persons, "rejudged"),
    "noted": (orders, "append"),
    "committed": (decisions.health, "note"),
}


@pytest.mark.parametrize("step", STEPS)
def test_killed_after_any_step_the_next_cycle_finishes_it_once(
    lost: Room, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    module, name = STEPS[step]
    lost.type(ATTENTION, decision="зареєструвати", place="Олевська")
    with monkeypatch.context() as patch:
        patch.setattr(module, name, after(getattr(module, name)))
        if step == "committed":
            # The workbook notes its state by the same door: let that pass, and die at the decisions' own.
            note = decisions.health.note

            def dies_at_decisions(tx: Any, fact: str, *rest: Any) -> None:
                if fact.startswith("decisions"):
                    raise Killed

            patch.setattr(
                decisions.health,
                "note",
                lambda tx, fact, *rest: (dies_at_decisions(tx, fact), _call(note, tx, fact, *rest)),
            )
        with pytest.raises(Killed):
            lost.cycle()
    lost.cycle()
    assert lost.where() == DONE
    assert lost.templates() == ["subject_unrecognised", "accepted"]
    assert [by for by, _ in lost.decisions()] == ["rules", "workbook"]
    assert lost.cycle()[0].status == "unchanged"


def _call(function: Callable[..., Any], *arguments: Any) -> Any:
    return function(*arguments)


def test_a_file_that_is_open_elsewhere_keeps_nothing_from_being_done(lost: Room) -> None:
    lost.type(ATTENTION, decision="зареєструвати", place="Олевська")
    lock = lost.path.with_name(f".~lock.{lost.path.name}#")
    lock.write_text(",oksana,desk,09.03.2023 12:00,;")
    (locked,) = lost.cycle()
    assert locked.status == "locked"
    assert lost.templates() == ["subject_unrecognised", "accepted"]
    assert lost.where() == {ATTENTION: 1, DECIDED: 0, LATE: 0, ALL: 0}
    # She goes on typing in the row that is still before her.
    lost.type(ATTENTION, place="Чуднівська")
    lost.cycle()
    lock.unlink()
    lost.cycle()
    assert lost.where() == DONE
    assert (lost.row(ALL)["Громада"], lost.row(DECIDED)["Громада (вписати)"]) == ("Чуднівська", "Чуднівська")
    assert lost.templates() == ["subject_unrecognised", "accepted"]


def test_a_letter_we_fail_on_can_still_be_closed(lost: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    from intake.examine import Examiner

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Examiner, "parse", broken)
    lost.decide(ATTENTION, decision="зареєструвати", place="Олевська")
    assert "покличте розробника" in lost.row(ATTENTION)["Що зроблено"]
    lost.decide(ATTENTION, decision="відповіли вручну", place=None)
    assert lost.where() == {ATTENTION: 0, DECIDED: 1, LATE: 0, ALL: 0}


def test_a_letter_that_is_not_in_the_archive_is_told(lost: Room) -> None:
    for path in lost.config.archive_path.rglob("*"):
        if path.is_file():
            path.unlink()
    lost.decide(ATTENTION, decision="зареєструвати", place="Олевська")
    assert str(lost.row(ATTENTION)["Що зроблено"]).endswith("Листа немає в архіві: покличте адміністратора.")


def test_a_cycle_in_which_nothing_was_typed_looks_and_does_nothing(lost: Room) -> None:
    call = lost.config.calls[0]
    with lost.station() as station:
        jobs.publish(station)
        assert decisions.act(station, call) == 0
        assert decisions.act(station, call) == 0
    assert lost.orders() == {}


def test_a_decision_about_a_letter_that_left_the_sheet_meanwhile_is_not_lost(lost: Room) -> None:
    """Somebody typed, and before the next cycle the letter was settled: their word counts all the same."""
    lost.type(ATTENTION, decision="не стосується", taken="Оксана")
    engine = connect(lost.config.database_url)
    with engine.begin() as tx:
        tx.execute(update(letters).values(disposition="accept"))
    engine.dispose()
    lost.cycle()
    row = lost.row(DECIDED)
    assert (row["Рішення"], row["Хто взяв"]) == ("не стосується", "Оксана")
    assert [by for by, _ in lost.decisions()] == ["rules", "Оксана"]
    # Emptied where it stands now, it is undone, and does not come back from where it stood.
    lost.decide(DECIDED, decision=None)
    lost.cycle()
    assert lost.where() == {ATTENTION: 1, DECIDED: 0, LATE: 0, ALL: 0}
    assert lost.row(ATTENTION)["Рішення"] is None
    assert [by for by, _ in lost.decisions()] == ["rules", "Оксана", "rules"]

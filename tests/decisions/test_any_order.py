"""Decisions in any order, changed and emptied at will: the ledger stays whole, and a second look does nothing.

What stands in the workbook is said by its mirror in the ledger, so that many orders can be tried.
"""

import os
from collections import Counter
from pathlib import Path
from shutil import copytree
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from intake import decisions
from intake.database import reading, writing
from intake.ledger.again import standing
from intake.ledger.cells import Remembered, remember
from intake.station import Station
from intake.workbook.plan import ROW
from outbox.store import replies
from tests.decisions.room import Room
from tests.replay.desk import NOON, at, letter

SENDERS = ("a@one.example", "b@two.example", "c@three.example", "late@four.example", "d@korosten.example")
WORDS = (
    "",
    "зареєструвати",
    "відповіли вручну",
    "інший конкурс",
    "не стосується",
    "відкликати заявку",
    "може бути",
    "=1+1",
    "x" * 40_000,
)
PLACES = (
    "",
    "Олевська",
    "Коростенська",
    "Чуднівська",
    "Тридев’ята",
    "КЗ-2023-001",
    "UA99999999999999999",
    "😀\n" * 900,
)
ROUND = st.tuples(st.sampled_from(SENDERS), st.sampled_from(WORDS), st.sampled_from(PLACES))


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a room with one application and letters whose place nobody knows, one of them late."""
    room = Room(tmp_path_factory.mktemp("start"), now=NOON)
    room.configure()
    form = room.form("Щось", "Житомирська")
    own = room.form("Коростенська", "Житомирська")
    subject = "Комунікація змін/Щось, Житомирська область"
    with room.station() as station:
        for count, (octets, when) in enumerate(
            (
                letter(
                    "Комунікація змін/Коростенська громада, Житомирська область",
                    at("08.03 09:00"),
                    form=own,
                    sender="k@korosten.example",
                ),
                *(
                    letter(
                        subject,
                        at("09.03 10:00" if "late" not in one else "10.03 18:20"),
                        form=form,
                        sender=one,
                    )
                    for one in SENDERS[:4]
                ),
                letter(
                    "Комунікація змін/Коростенська громада, Житомирська область",
                    at("09.03 11:00"),
                    form=own,
                    sender=SENDERS[4],
                ),
            ),
            start=1,
        ):
            from rules.letter import Location, RawLetter

            where = Location("test", "INBOX", 1, count)
            station.pipeline.settle(RawLetter(where, when, len(octets), (octets,)))
    return room.folder


@settings(
    max_examples=60 if "CI" in os.environ else 8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(rounds=st.lists(st.lists(ROUND, min_size=1, max_size=3), min_size=1, max_size=5))
def test_whatever_people_type_and_retype_the_ledger_stays_whole(
    start: Path, rounds: list[list[tuple[str, str, str]]]
) -> None:
    with TemporaryDirectory() as folder:
        copytree(start, folder, dirs_exist_ok=True)
        room = Room(Path(folder), now=at("12.03 12:00"))
        with room.station() as station:
            call = station.config.calls[0]
            with reading(station.engine) as tx:
                codes = {one["from_address"]: one["digest"][:12] for one in standing(tx).letters}
            for typed in rounds:
                cells = {}
                for sender, word, place in typed:
                    key = codes[sender]
                    cells["attention", key, ROW] = Remembered("row", "row")
                    cells["attention", key, "Рішення"] = Remembered(person=f"s:{word}" if word else None)
                    cells["attention", key, "Громада (вписати)"] = Remembered(
                        person=f"s:{place}" if place else None
                    )
                with writing(station.engine) as tx:
                    remember(tx, call.id, cells, room.clock())
                decisions.act(station, call)
                assert decisions.act(station, call) == 0
                whole(station)


def whole(station: Station) -> None:
    """Every letter and application fits the others."""
    with reading(station.engine) as tx:
        seen = standing(tx)
        told = tx.execute(
            select(replies.c.letter, replies.c.template, replies.c.recipient, replies.c.state)
        ).all()
    speaking = Counter(one["number"] for one in seen.letters if one["speaks"])
    number_of = {one["digest"]: one["number"] for one in seen.letters}
    for one in seen.letters:
        assert one["number"] is None or one["number"] in seen.applications
        if one["disposition"] == "accept" and "registered_by_hand" in {f["code"] for f in one["findings"]}:
            assert one["number"] is not None
    for number, application in seen.applications.items():
        assert (application["status"] == "void") == (speaking[number] == 0)
        newest = seen.newest(number)
        if application["status"] in {"complete", "incomplete"}:
            assert newest is not None
            assert number_of[newest["digest"]] == number
    waiting = Counter(
        (letter, to)
        for letter, template, to, state in told
        if state == "pending" and template != "duplicate_first"
    )
    assert max(waiting.values(), default=0) <= 1

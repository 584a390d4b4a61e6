"""`intake demo --serve` says what comes, what became of it and what leaves, and keeps what leaves."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from intake.commands.output import Console
from intake.config import Secrets, load
from intake.demo.letters import demo_letters
from intake.demo.servers import Envelope
from intake.demo.serving import Told
from intake.pipeline import Settled
from intake.station import open_station
from rules.call import Call
from rules.letter import Location, RawLetter
from tests.config.shipped import changed


def test_a_letter_its_verdict_and_the_answer_are_told(
    call: Call, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    octets = demo_letters(call)[0].octets
    told = Told(Console(), call, tmp_path / "answers")
    told.passed(Envelope("rada@olevsk.example", (call.replies.address,), octets))
    with open_station(load(changed(tmp_path)), Secrets()) as station:
        told.look(station.engine)
        at = datetime(2023, 3, 1, tzinfo=UTC)
        settled = station.pipeline.settle(
            RawLetter(Location("demo", "INBOX", 1, 1), at, len(octets), (octets,))
        )
        assert isinstance(settled, Settled)
        told.look(station.engine)
        told.look(station.engine)
    told.passed(
        Envelope(call.replies.address, ("rada@olevsk.example",), b"Subject: =?utf-8?q?=D0=A2?=\r\n\r\n")
    )
    (answer,) = (tmp_path / "answers").glob("rada@olevsk.example-*.eml")
    lines = [line.split(maxsplit=1)[1] for line in capsys.readouterr().out.splitlines()]
    assert lines == [
        "letter   from rada@olevsk.example: «Комунікація змін/Олевська громада, Житомирська область»",
        "verdict  accept, КЗ-2023-001; answer: accepted",
        f"answer   to rada@olevsk.example: «Т»: {answer}",
    ]

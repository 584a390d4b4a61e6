"""`intake workbook --check` lists what was typed and not acted on yet, with what each would cause, and changes nothing."""

import json

import pytest
from openpyxl import load_workbook

from intake.commands import exporting
from tests.decisions.room import ALL, ATTENTION, Room
from tests.replay.desk import at, letter

PLACE = "Чуднівська міська територіальна громада"


@pytest.fixture
def typed(room: Room) -> Room:
    """A room in which two letters wait, one application lacks something, and somebody has typed."""
    form = room.form("Щось", "Житомирська")
    lost = [
        letter("Комунікація змін/Щось", at("09.03 10:00"), form=form, sender=f"{name}@lost.example")
        for name in "ab"
    ]
    own = room.form("Олевська", "Житомирська", p1_phone="")
    subject = "Комунікація змін/Олевська громада, Житомирська область"
    settled = room.receive(*lost, letter(subject, at("09.03 10:00"), form=own))
    codes = [one.digest[:12] for one in settled[:2]]
    book = load_workbook(room.path)
    room.put(book[ATTENTION], codes[0], decision="зареєструвати", place="Чуднівська")
    room.put(book[ATTENTION], codes[1], decision="зареєструвати", place="Тридев’ята")
    header = {cell.value: cell.column for cell in book[ALL][1]}
    for name, text in (
        ("Учасник 1: телефон", "0671112233"),
        ("Учасник 1: e-mail", "немає"),
        ("Громада", "Малинська"),
    ):
        book[ALL].cell(2, header[name]).value = text
    book.save(room.path)
    return room


def test_what_waits_is_listed_with_what_it_would_cause_and_nothing_is_changed(
    typed: Room, capsys: pytest.CaptureFixture[str]
) -> None:
    file, orders = typed.path.read_bytes(), typed.orders()
    capsys.readouterr()
    assert exporting.check(typed.config, as_json=True) == 0
    told = json.loads(capsys.readouterr().out.splitlines()[-1])["pending"]
    assert sorted((one["field"], one["typed"], one["causes"], one["refused"]) for one in told) == [
        ("", "зареєструвати / Тридев’ята", "nothing: place unknown", True),
        (
            "",
            "зареєструвати / Чуднівська",
            f"the letter is judged again as an application of {PLACE}, its row moves, the applicant is answered",
            False,
        ),
        ("@place", "Малинська", "the application is for Малинська міська територіальна громада", False),
        ("p1_email", "немає", "nothing: bad text", True),
        (
            "p1_phone",
            "0671112233",
            "counts as '+380671112233'; the application becomes complete, and whoever was asked is told",
            False,
        ),
    ]  # fmt: skip
    assert (typed.path.read_bytes(), typed.orders()) == (file, orders)
    exporting.check(typed.config, as_json=False)
    assert capsys.readouterr().out.count("to be done: ") == 5


def test_what_was_acted_on_waits_no_more(typed: Room, capsys: pytest.CaptureFixture[str]) -> None:
    typed.cycle()
    capsys.readouterr()
    exporting.check(typed.config, as_json=True)
    told = json.loads(capsys.readouterr().out.splitlines()[-1])["pending"]
    # What was refused may become possible: it is tried again whenever something changes.
    assert [(one["typed"], one["causes"]) for one in told] == [
        ("зареєструвати / Тридев’ята", "nothing: place unknown"),
        ("немає", "nothing: bad text"),
    ]

"""`intake results`: nothing leaves by a cell edit; a preview, a confirmation, a while to take it back, and nothing twice."""

import io
import json
from contextlib import redirect_stderr, redirect_stdout
from datetime import timedelta
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from sqlalchemy import select, update

from intake.commands import results
from intake.database import connect, reading
from intake.workbook.words import WORDS
from outbox import store
from outbox.store import replies
from tests.decisions.room import ALL, Room
from tests.replay.desk import at, letter

PLACES = (
    "Коростенська",
    "Овруцька",
    "Олевська",
    "Малинська",
    "Народицька",
    "Лугинська",
    "Баранівська",
    "Романівська",
)
NUMBERS = tuple(f"КЗ-2023-{count:03d}" for count in range(1, len(PLACES) + 1))
ONE, TWO, THREE, FOUR, FIVE, SIX, SEVEN, EIGHT = NUMBERS
# One of each word of the drop-down list, and one row that nobody has decided.
TYPED = dict(zip(NUMBERS, (*WORDS["uk"].decisions, None), strict=True))


@pytest.fixture(scope="module")
def decided(tmp_path_factory: pytest.TempPathFactory) -> Room:
    """A room with eight applications, each with another decision, of which the worker has seen nothing yet."""
    room = Room(tmp_path_factory.mktemp("decided"), now=at("11.03 12:00"))
    room.configure(("replies.places = 0", "replies.places = 2"))
    forms = [
        letter(
            f"Комунікація змін/{place} громада, Житомирська область",
            at("09.03 10:00") + timedelta(minutes=count),
            form=room.form(
                place, "Житомирська", p1_email=f"p1@{count}.example", p2_email=f"p2@{count}.example"
            ),
            sender=f"rada@{count}.example",
        )
        for count, place in enumerate(PLACES, start=1)
    ]
    room.receive(*forms)
    room.deliver()
    with room.edit(ALL) as page:
        for number, word in TYPED.items():
            if word is not None:
                room.put(page, number, decision=word, score=20)
    return room


@pytest.fixture
def room(decided: Room, tmp_path: Path) -> Room:
    copytree(decided.folder, tmp_path, dirs_exist_ok=True)
    return Room(tmp_path, now=decided.now + timedelta(minutes=2))


def run(room: Room, *, as_json: bool = True, **options: Any) -> tuple[int, list[dict[str, Any]]]:
    """`intake results` of the only call: its exit code, and what it told as JSON."""
    out = io.StringIO()
    chosen = {"sending": False, "confirmed": True, "hold_minutes": 30, "again": ()} | options
    with redirect_stdout(out), redirect_stderr(io.StringIO()):
        code = results.run(room.config, "", as_json=as_json, **chosen)
    return code, [json.loads(line) for line in out.getvalue().splitlines() if as_json]


def sent(room: Room) -> list[tuple[str, str, str]]:
    """Number, template and recipient of every result in the outbox that was not taken back."""
    engine = connect(room.config.database_url)
    with reading(engine) as tx:
        query = select(replies.c.number, replies.c.template, replies.c.recipient, replies.c.state)
        found = [tuple(row) for row in tx.execute(query.order_by(replies.c.number, replies.c.recipient))]
    engine.dispose()
    of_results = {"selected", "waiting", "not_selected"}
    return [row[:3] for row in found if row[1] in of_results and row[3] != "cancelled"]


def result(number: str, template: str) -> list[tuple[str, str, str]]:
    count = int(number[-3:])
    return [(number, template, f"{who}@{count}.example") for who in ("p1", "p2", "rada")]


ALL_LETTERS = [*result(TWO, "selected"), *result(THREE, "waiting"), *result(FOUR, "not_selected"), *result(FIVE, "not_selected")]  # fmt: skip


def leave(room: Room) -> None:
    """Let every letter in the outbox have left."""
    room.deliver()


def test_a_cell_edit_sends_nothing(room: Room) -> None:
    before = room.outbox()
    room.cycle()
    assert room.outbox() == before
    assert [row["Рішення"] for row in room.rows(ALL)] == list(TYPED.values())


def test_a_preview_tells_each_letter_and_every_decision_and_writes_nothing(room: Room) -> None:
    before = room.outbox()
    code, told = run(room)
    *letters, summary = told
    assert [(one["application"], one["decision"], one["score"]) for one in letters] == [
        (number, decision, "20")
        for number, decision in (
            (TWO, "selected"),
            (THREE, "waiting"),
            (FOUR, "not_selected"),
            (FIVE, "ineligible"),
        )
        for _ in range(3)
    ]
    assert summary["decisions"] == {
        "open": 2, "selected": 1, "waiting": 1, "not_selected": 1, "ineligible": 1, "duplicate": 1, "withdrawn": 1,
    }  # fmt: skip
    assert (summary["letters"], summary["undecided"], summary["silent"]) == (12, [ONE, EIGHT], [SIX, SEVEN])
    assert (code, summary["conflicts"], room.outbox()) == (1, [], before)


def test_confirmed_they_wait_in_the_outbox_until_the_time_to_take_them_back_is_over(room: Room) -> None:
    run(room, sending=True)
    assert sent(room) == ALL_LETTERS
    engine = connect(room.config.database_url)
    now = results.utc_now()
    assert store.claim(engine, "worker", now) == ()
    later = store.claim(engine, "worker", now + timedelta(minutes=31))
    engine.dispose()
    assert later != ()
    run(room, sending=True)
    assert sent(room) == ALL_LETTERS


def test_they_say_what_the_commission_decided_and_nothing_that_was_noted(room: Room) -> None:
    room.type(ALL, FIVE, note="слабка заявка")
    run(room, sending=True)
    engine = connect(room.config.database_url)
    with reading(engine) as tx:
        texts = {
            number: store.whole(tx, message_id)
            for number, message_id in tx.execute(select(replies.c.number, replies.c.message_id).where(replies.c.template.in_(("selected", "not_selected"))))
        }  # fmt: skip
    engine.dispose()
    bodies = {number: _text(whole.octets) for number, whole in texts.items() if whole is not None}
    assert "Вашу громаду відібрано" in bodies[TWO]
    assert "заявок на 2 місця" in bodies[FOUR]
    assert "Коментар комісії: заявка не відповідає умовам відбору." in bodies[FIVE]
    assert "місця" not in bodies[FIVE]
    assert "слабка" not in bodies[FIVE]


def _text(octets: bytes) -> str:
    from email import message_from_bytes, policy

    message = message_from_bytes(octets, policy=policy.default)
    body = message.get_body(("plain",))
    assert body is not None
    return " ".join(str(body.get_content()).split()).replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize("answer", ["", "11", "так"])
def test_without_the_right_number_typed_nothing_is_sent(
    room: Room, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    monkeypatch.setattr("builtins.input", lambda *_: answer)
    run(room, sending=True, confirmed=False)
    assert sent(room) == []


def test_the_number_of_letters_typed_confirms(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("builtins.input", lambda *_: "12")
    run(room, sending=True, confirmed=False)
    assert sent(room) == ALL_LETTERS


def test_taken_back_in_time_they_can_be_sent_again(room: Room) -> None:
    run(room, sending=True)
    assert results.take_back(room.config, "") == 0
    assert sent(room) == []
    run(room, sending=True)
    assert sent(room) == ALL_LETTERS
    leave(room)
    assert results.take_back(room.config, "") == 1
    assert sent(room) == ALL_LETTERS


def test_a_decision_that_changed_after_it_was_told_is_a_conflict_until_somebody_says_so(room: Room) -> None:
    run(room, sending=True)
    leave(room)
    room.type(ALL, THREE, decision="відібрано")
    room.type(ALL, FOUR, decision="дублікат")
    _, told = run(room, sending=True)
    assert sent(room) == ALL_LETTERS
    conflicts = [(one["application"], one["code"], one["told"], one["now"]) for one in told[-1]["conflicts"]]
    assert conflicts == [
        (THREE, "changed", "waiting", "selected"),
        (FOUR, "changed", "not_selected", "duplicate"),
    ]
    run(room, sending=True, again=(THREE,))
    assert sorted(sent(room)) == sorted([*ALL_LETTERS, *result(THREE, "selected")])


def test_a_result_that_still_waits_is_taken_back_when_another_is_told(room: Room) -> None:
    run(room, sending=True)
    room.type(ALL, THREE, decision="відібрано")
    run(room, sending=True, again=(THREE,))
    assert [row for row in sent(room) if row[0] == THREE] == result(THREE, "selected")


def test_two_decisions_and_words_that_are_none_are_conflicts(room: Room) -> None:
    room.type(ALL, TWO, decision="відібрано, перелік очікування")
    room.type(ALL, THREE, decision="мабуть")
    with room.edit(ALL) as page:
        header = {cell.value: cell.column for cell in page[1]}
        last = page.max_row + 1
        page.cell(last, header["№ заявки"]).value = FOUR
        page.cell(last, header["Рішення"]).value = "відібрано"
    _, told = run(room, sending=True)
    assert [(one["application"], one["code"]) for one in told[-1]["conflicts"]] == [
        (TWO, "two_decisions"),
        (THREE, "unknown_decision"),
        (FOUR, "two_decisions"),
    ]
    assert sent(room) == result(FIVE, "not_selected")


def test_what_people_corrected_counts_for_the_letters(room: Room) -> None:
    with room.edit(ALL) as page:
        header = {cell.value: cell.column for cell in page[1]}
        row = next(at for at in range(2, page.max_row + 1) if page.cell(at, header["№ заявки"]).value == TWO)
        page.cell(row, header["E-mail"]).value = "golova@ovruch.example"
        page.cell(row, header["Громада"]).value = "Звягельська"
        page.cell(row, header["Учасник 1: ПІБ"]).value = "КОВАЛЬ Ганна Іванівна"
        page.cell(row, header["Учасник 2: e-mail"]).value = "не має"
    _, told = run(room)
    mine = [one for one in told if one.get("application") == TWO]
    assert {one["to"] for one in mine} == {"golova@ovruch.example", "p1@2.example"}
    assert {one["place"] for one in mine} == {"Звягельська міська територіальна громада, Житомирська область"}
    assert ("КЗ-2023-002", "address_undeliverable") in {
        (one["application"], one["code"]) for one in told[-1]["warnings"]
    }


def test_a_corrected_place_that_is_none_holds_the_letter_up(room: Room) -> None:
    with room.edit(ALL) as page:
        header = {cell.value: cell.column for cell in page[1]}
        row = next(at for at in range(2, page.max_row + 1) if page.cell(at, header["№ заявки"]).value == TWO)
        page.cell(row, header["Громада"]).value = "Тридев’ята"
    _, told = run(room)
    assert [(one["application"], one["code"]) for one in told[-1]["conflicts"]] == [(TWO, "place_unknown")]
    # The cell says so too, once the worker has seen it.
    room.cycle()
    with room.edit(ALL) as page:
        comment = page.cell(row, header["Громада"]).comment
        assert comment is not None
        assert comment.text.split("\n") == [
            "Виправлено вручну. За даними листа: «Овруцька».",
            "✗ 11.03 12:02. Громади «Тридев’ята» немає в довіднику. Впишіть її назву й область.",
        ]
        page.cell(row, header["Громада"]).value = "Звягельська"
    room.cycle()
    with room.edit(ALL) as page:
        comment = page.cell(row, header["Громада"]).comment
        assert comment is not None
        assert comment.text.split("\n") == [
            "Виправлено вручну. За даними листа: «Овруцька».",
            "✓ 11.03 12:02. Громаду враховано: Звягельська міська територіальна громада.",
        ]


def test_a_place_the_program_has_refused_is_a_conflict_before_and_after_its_cycle(room: Room) -> None:
    with room.edit(ALL) as page:
        header = {cell.value: cell.column for cell in page[1]}
        rows = {page.cell(at, header["№ заявки"]).value: at for at in range(2, page.max_row + 1)}
        page.cell(rows[TWO], header["Громада"]).value = "Олевська"
        page.cell(rows[THREE], header["Громада"]).value = "Овруцька"
        page.cell(rows[FIVE], header["Громада"]).value = "Звягельська"
    for cycles in range(2):
        if cycles:
            room.cycle()
        _, told = run(room)
        conflicts = [(one["application"], one["code"], one["number"]) for one in told[-1]["conflicts"]]
        assert conflicts == [(TWO, "place_refused", THREE), (THREE, "place_refused", TWO)]
        (place,) = {one["place"] for one in told if one.get("application") == FIVE}
        assert place.startswith("Звягельська")


def test_who_has_withdrawn_is_not_waited_for(room: Room) -> None:
    engine = connect(room.config.database_url)
    with engine.begin() as tx:
        from intake.database import applications

        tx.execute(update(applications).where(applications.c.number == EIGHT).values(status="withdrawn"))
    engine.dispose()
    _, told = run(room)
    assert (told[-1]["undecided"], told[-1]["silent"]) == ([ONE], [SIX, SEVEN, EIGHT])
    assert told[-1]["decisions"]["withdrawn"] == 2


def test_an_incomplete_application_that_is_selected_is_pointed_out_and_told(room: Room) -> None:
    engine = connect(room.config.database_url)
    with engine.begin() as tx:
        from intake.database import applications

        tx.execute(update(applications).where(applications.c.number == TWO).values(status="incomplete"))
    engine.dispose()
    _, told = run(room, sending=True)
    assert [(one["application"], one["code"]) for one in told[-1]["warnings"]] == [(TWO, "not_complete")]
    assert result(TWO, "selected") == [row for row in sent(room) if row[0] == TWO]


def test_a_lost_workbook_does_not_lose_the_decisions(room: Room) -> None:
    room.cycle()
    room.path.unlink()
    run(room, sending=True)
    assert sent(room) == ALL_LETTERS


def test_in_draft_mode_they_are_prepared_and_not_sent(room: Room) -> None:
    text = (room.folder / "config.toml").read_text(encoding="utf-8")
    (room.folder / "config.toml").write_text(
        text.replace('replies.mode = "send"', 'replies.mode = "draft"'), encoding="utf-8"
    )
    run(room, sending=True)
    assert {state for template, state in room.outbox() if template == "selected"} == {"draft"}


def test_a_person_reads_what_would_happen(room: Room, capsys: pytest.CaptureFixture[str]) -> None:
    code = results.run(
        room.config, "", sending=False, confirmed=False, hold_minutes=30, again=(), as_json=False
    )
    told = capsys.readouterr().out
    assert code == 1
    assert (
        "decisions: open 2, selected 1, waiting 1, not_selected 1, ineligible 1, duplicate 1, withdrawn 1"
        in told
    )
    assert (
        "12 letters for 4 applications would be sent. To send them: intake results --call kz-2023 --send"
        in told
    )
    assert f"not decided yet (2): {ONE}, {EIGHT}" in told
    assert (
        results.run(
            room.config, "no-such", sending=False, confirmed=False, hold_minutes=30, again=(), as_json=False
        )
        == 2
    )

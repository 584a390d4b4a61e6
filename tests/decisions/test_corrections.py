"""What people type in place of what an applicant said: it counts everywhere, is judged, kept and shown, and can be taken back."""

from collections.abc import Callable
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from intake.database import connect, reading
from intake.ledger import corrections, orders, read
from intake.workbook.card_names import card_name
from tests.decisions.mended import MAIL, OF, PEOPLE, PHONE, PLACES, Mended
from tests.decisions.room import ALL, ATTENTION, DECIDED, LATE, Room
from tests.replay.desk import at, letter, statuses

SAID = "Виправлено вручну. За даними листа: «{}»."
DONE, REFUSED = "✓ 09.03 12:00. ", "✗ 09.03 12:00. "


def stands(mended: Mended, place: str, stage: int) -> tuple[Any, ...]:
    row = mended.row(place, stage)
    return row["Статус"], row["Повнота %"], row["Чого бракує"]


def test_a_correction_is_shown_counts_on_the_other_sheet_and_completes_the_application(
    mended: Mended,
) -> None:
    assert mended.row("Олевська", 0)[PHONE] == "067 123-45-67"
    assert mended.row("Олевська", 0, PEOPLE)["Телефон"] == "+380671234567"
    assert stands(mended, "Олевська", 0) == ("Повна", 0.62, None)
    assert mended.row("Олевська", 0, PEOPLE)["Статус"] == "Повна"
    assert mended.row("Овруцька", 0)[PHONE] == "+380509998877"
    assert stands(mended, "Овруцька", 0) == ("Повна", 0.62, None)


def test_who_was_asked_hears_that_nothing_is_missing_and_a_typo_is_mended_in_silence(mended: Mended) -> None:
    assert mended.letters[0] == {
        "Олевська": [("accepted_incomplete", "sent"), ("corrected", "pending")],
        # The question had not left: it never does.
        "Баранівська": [("accepted_incomplete", "cancelled"), ("accepted", "pending")],
        "Чуднівська": [("accepted", "sent")],
        "Любарська": [("accepted", "sent")],
        "Коростенська": [("accepted", "sent")],
        # Something is missing still.
        "Малинська": [("accepted_incomplete", "sent")],
        "Народицька": [("accepted", "sent")],
        "Овруцька": [("accepted_incomplete", "sent"), ("corrected", "pending")],
    }
    assert mended.letters[1] == mended.letters[0]
    assert mended.statuses == ["written", "unchanged", "written", "unchanged"]


def test_the_letter_names_what_was_added(mended: Mended) -> None:
    engine = connect(mended.room.config.database_url)
    try:
        with reading(engine) as tx:
            (told,) = (
                one
                for one in read.reply_views(tx)
                if one.template == "corrected" and one.number == OF["Олевська"]
            )
    finally:
        engine.dispose()
    assert told.recipient == "rada@0.example"
    assert told.subject == "[КЗ-2023-001] Дякуємо, уточнення отримано — Олевська міська територіальна громада"


def test_the_row_says_what_became_of_it(mended: Mended) -> None:
    assert mended.note("Олевська", PHONE) == [
        SAID.format("—"),
        DONE + "Виправлення враховано: тепер заявка повна. Лист заявникові: «дякуємо за уточнення».",
    ]
    assert mended.note("Баранівська", PHONE) == [
        SAID.format("—"),
        DONE + "Виправлення враховано: тепер заявка повна. Лист заявникові: «прийнято». "
        "Не встиг піти й відкликаний лист: «прийнято, є питання».",
    ]
    assert mended.note("Чуднівська", "Учасник 1: ПІБ") == [
        SAID.format("Петренкож Олена Іванівна"),
        DONE + "Виправлення враховано.",
    ]


@pytest.mark.parametrize(
    ("header", "said", "told"),
    [
        (PHONE, "+380671234520", "«дзвонити Оксані» не схоже на номер телефону. Напишіть, наприклад, 067 123 45 67."),
        (MAIL, "a21@example.com", "«оксана(а)gmail.com» не схоже на адресу. Напишіть одну адресу латиницею."),
        ("Готові до плану", "так", "«подумаємо». Напишіть «так» або «ні»."),
        ("Жителів", "—", "«багато» не число."),
        ("E-mail", "rada@3.example", "«a@b» не схоже на адресу. Напишіть одну адресу латиницею."),
        (
            "Хто відповідає за комунікацію",
            "окремий підрозділ",
            "«сусід» немає серед варіантів. Можна: окремий підрозділ; окрема посада; обов’язки покладено на іншого працівника; ніхто.",
        ),
    ],
)  # fmt: skip
def test_what_is_not_of_its_kind_is_refused_in_place(
    mended: Mended, header: str, said: str, told: str
) -> None:
    assert mended.note("Любарська", header) == [SAID.format(said), f"{REFUSED}Не враховано: {told}"]
    assert stands(mended, "Любарська", 0) == ("Повна", 0.62, None)
    assert mended.row("Любарська", 0, PEOPLE)["Телефон"] == "+380671234520"


def test_another_place_moves_the_row_there_unless_it_is_taken_or_none(mended: Mended) -> None:
    row = mended.row("Коростенська", 0)
    assert (row["Громада"], row["КАТОТТГ"], row["Спосіб визначення громади"]) == (
        "Лугинська",
        "UA18060110000061631",
        "вручну",
    )
    assert mended.row("Коростенська", 0, PEOPLE)["Громада"] == "Лугинська"
    assert mended.note("Коростенська", "Громада") == [
        SAID.format("Коростенська"),
        DONE + "Громаду враховано: Лугинська селищна територіальна громада.",
    ]
    assert mended.note("Чуднівська", "Громада") == [
        SAID.format("Чуднівська"),
        REFUSED + "Не враховано: від цієї громади вже є заявка КЗ-2023-001.",
    ]
    assert mended.row("Чуднівська", 0, PEOPLE)["Громада"] == "Чуднівська"
    assert mended.note("Народицька", "Громада") == [
        SAID.format("Народицька"),
        REFUSED + "Громади «Тридев’ята» немає в довіднику. Впишіть її назву й область.",
    ]


def test_of_two_sheets_that_say_different_things_one_counts_and_the_other_says_so(mended: Mended) -> None:
    assert mended.note("Народицька", "E-mail", sheet=PEOPLE) == [
        "Виправлено вручну, а дані листа відтоді змінилися: було «a21@example.com», тепер «new@narod.example».",
        REFUSED + "Не враховано: це поле вже виправлено на аркуші «Заявки»: «new@narod.example». "
        "Змініть його там або зітріть одне з двох.",
    ]
    # The first one was cleared.
    assert mended.note("Народицька", "E-mail", 2, PEOPLE) == [
        SAID.format("a21@example.com"),
        DONE + "Виправлення враховано.",
    ]
    assert mended.row("Народицька", 2)[MAIL] == "other@narod.example"


def test_a_correction_that_is_cleared_leaves_everything_as_it_was(mended: Mended) -> None:
    assert stands(mended, "Баранівська", 2) == ("Потрібні уточнення", 0.59, "3.3 Учасник 1: телефон: «12»")
    # What was taken back waits again, and what overtook it does not.
    assert mended.letters[2]["Баранівська"] == [("accepted_incomplete", "pending"), ("accepted", "cancelled")]
    assert mended.note("Баранівська", PHONE, 2) == [""]
    row = mended.row("Коростенська", 2)
    assert (row["Громада"], row["Спосіб визначення громади"]) == ("Коростенська", "форма")


def test_a_refused_correction_that_is_mended_counts(mended: Mended) -> None:
    assert mended.note("Любарська", PHONE, 2) == [
        SAID.format("+380671234520"),
        DONE + "Виправлення враховано.",
    ]
    assert mended.row("Любарська", 2, PEOPLE)["Телефон"] == "+380671234500"


def test_a_new_form_does_not_push_a_correction_out_and_the_conflict_is_shown(mended: Mended) -> None:
    row = mended.row("Олевська", 3)
    assert (row[PHONE], row["Учасник 1: посада"], row["Редакція"]) == ("067 123-45-67", "голова", 2)
    assert mended.row("Олевська", 3, PEOPLE)["Телефон"] == "+380671234567"
    assert mended.note("Олевська", PHONE, 3)[0] == (
        "Виправлено вручну, а дані листа відтоді змінилися: було «—», тепер «+380631111111»."
    )
    assert mended.letters[3]["new form"] == [("replaced", "pending")]


def test_decisions_are_added_with_who_and_when_and_never_changed(mended: Mended) -> None:
    assert mended.room.decisions()[len(PLACES) :] == [
        ("workbook", "accept"),
        ("workbook", "accept"),
        ("workbook", "accept"),
        ("workbook", "accept"),
        ("Ігор", "accept"),
        ("workbook", "accept"),
        ("workbook", "accept"),
        # Taken back: the rules' judgement stands again.
        ("rules", "accept"),
        ("workbook", "accept"),
        ("rules", "accept"),
        ("workbook", "accept"),
        ("rules", "accept"),
    ]


def test_the_card_shows_who_corrected_what(mended: Mended) -> None:
    page = (mended.room.path.parent / "cards" / card_name(OF["Олевська"])).read_text(encoding="utf-8")
    assert "<td>+380671234567</td>" in page
    assert "виправлено в робочій книзі" in page
    assert "Учасник 1: телефон: «» → «+380671234567»" in page


def test_judging_the_archive_again_leaves_corrected_applications_as_they_are(
    mended: Mended, tmp_path: Path
) -> None:
    copytree(mended.room.folder, tmp_path, dirs_exist_ok=True)
    room = Room(tmp_path, now=at("09.03 12:30"))
    before = room.standing()
    assert room.replay(apply=True)[0] == 0
    assert (statuses(room.standing()), room.standing().revisions) == (statuses(before), before.revisions)


def test_a_workbook_that_is_deleted_comes_back_with_its_corrections(mended: Mended, tmp_path: Path) -> None:
    copytree(mended.room.folder, tmp_path, dirs_exist_ok=True)
    room = Room(tmp_path, now=at("09.03 12:30"))
    before, decided = room.keyed(ALL), room.decisions()
    room.path.unlink()
    room.cycle()
    assert room.keyed(ALL) == before
    assert room.decisions() == decided


class Killed(BaseException):
    """The worker is gone in the middle of what it did."""


@pytest.mark.parametrize("step", ["restate", "decide", "append"])
def test_killed_after_any_step_the_next_cycle_finishes_it_once(
    mended: Mended, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    copytree(mended.room.folder, tmp_path, dirs_exist_ok=True)
    room = Room(tmp_path, now=at("09.03 12:30"))
    with room.edit(ALL) as page:
        column = {cell.value: cell.column for cell in page[1]}
        row = next(cell.row for cell in page["A"] if cell.value == OF["Малинська"])
        page.cell(row, column[MAIL]).value = "m@malyn.example"
    module = orders if step == "append" else corrections

    def dies(function: Callable[..., Any]) -> Callable[..., Any]:
        def done(*arguments: Any, **named: Any) -> Any:
            function(*arguments, **named)
            raise Killed

        return done

    count = len(room.outbox())
    with monkeypatch.context() as patch:
        patch.setattr(module, step, dies(getattr(module, step)))
        with pytest.raises(Killed):
            room.cycle()
    room.cycle()
    assert room.keyed(ALL)[OF["Малинська"]]["Статус"] == "Повна"
    assert room.outbox()[count:] == [("corrected", "pending")]
    assert room.decisions()[-1] == ("Ігор", "accept")
    assert room.cycle()[0].status == "unchanged"


def test_a_letter_that_waits_because_of_its_place_alone_is_judged_again_and_answered(room: Room) -> None:
    form = room.form("Олевська", "Житомирська")
    room.receive(
        letter("Комунікація змін/Чуднівська громада, Житомирська область", at("09.03 10:00"), form=form)
    )
    assert room.where() == {ATTENTION: 1, DECIDED: 0, LATE: 0, ALL: 1}
    with room.edit(ALL) as page:
        column = {cell.value: cell.column for cell in page[1]}
        page.cell(2, column["Громада"]).value = "Чуднівська"
    room.cycle()
    row = room.row(ALL)
    assert (row["Статус"], row["Громада"], row["Район"]) == ("Повна", "Чуднівська", "Житомирський")
    assert room.where() == {ATTENTION: 0, DECIDED: 0, LATE: 0, ALL: 1}
    assert room.templates() == ["accepted"]
    assert str(room.cell(ALL, row["№ заявки"], "Громада").comment.text).split("\n") == [
        SAID.format("Олевська"),
        DONE
        + "Громаду враховано: КЗ-2023-001, Чуднівська міська територіальна громада. Лист заявникові: «прийнято». "
        "Не встиг піти й відкликаний лист: «прийнято, є питання».",
    ]
    with room.edit(ALL) as page:
        page.cell(2, column["Громада"]).value = None
    room.cycle()
    assert (room.row(ALL)["Статус"], room.row(ALL)["Громада"]) == ("На перевірці", "Олевська")
    assert room.where() == {ATTENTION: 1, DECIDED: 0, LATE: 0, ALL: 1}
    assert room.cycle()[0].status == "unchanged"

"""The file itself: locks, damage, what must not be lost, crashes between any two steps, and the cost of doing nothing."""

import os
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from intake import workbook
from intake.workbook import prepare, publishing
from intake.workbook.versions import FOLDER
from tests.workbook.desk import Desk, at
from tests.workbook.spreadsheet import delete_row, type_into

ONE, TWO = "КЗ-2023-001", "КЗ-2023-002"


def lock(desk: Desk, hours_old: float = 0, *, excel: bool = False) -> Path:
    name = f"~${desk.path.name}" if excel else f".~lock.{desk.path.name}#"
    path = desk.path.with_name(name)
    path.write_text(",iryna,office,10.03.2023 09:00,file:///home/iryna;", encoding="utf-8")
    at_time = desk.now.timestamp() - hours_old * 3600
    os.utime(path, (at_time, at_time))
    return path


# ------------------------------------------------------------------------------------------------- nothing to do


def test_an_idle_cycle_does_not_touch_the_file(desk: Desk) -> None:
    desk.stocked(2)
    # The file that is there is a copy, and so new to the worker.
    assert desk.update().status == "unchanged"
    before = desk.path.stat()
    assert desk.update().status == "unchanged"
    assert desk.path.stat() == before


def test_a_file_saved_again_without_a_change_is_not_written(desk: Desk) -> None:
    desk.stocked(2)
    desk.open().save(desk.path)
    before = desk.path.read_bytes()
    assert desk.update().status == "unchanged"
    assert desk.path.read_bytes() == before


def test_news_that_the_workbook_does_not_show_do_not_touch_the_file(desk: Desk) -> None:
    desk.stocked(2)
    before = desk.path.read_bytes()
    desk.letter("for another call", call_id="other")
    assert desk.update().status == "unchanged"
    assert desk.path.read_bytes() == before


def test_two_projections_of_the_same_ledger_are_the_same_file_content(desk: Desk, tmp_path: Path) -> None:
    desk.stocked(2)
    first = desk.rows()
    desk.path.unlink()
    shutil.rmtree(desk.path.parent / FOLDER)
    desk.update()
    assert desk.rows() == first


# --------------------------------------------------------------------------------------------------------- locks


@pytest.mark.parametrize("excel", [False, True])
def test_a_file_that_is_open_is_left_alone_until_it_is_closed(desk: Desk, excel: bool) -> None:
    desk.stocked(2)
    with desk.edit() as sheet:
        at(sheet, ONE, "Примітка").value = "збережено, але ще відкрито"
    before = desk.path.read_bytes()
    held = lock(desk, excel=excel)
    desk.restate(TWO, "held")
    result = desk.update()
    assert (result.status, result.copy) == ("locked", None)
    assert "open since 10.03.2023" in result.note
    assert desk.path.read_bytes() == before
    # What stands in the saved file is mirrored all the same.
    assert desk.person("applications", ONE, "Примітка") == "s:збережено, але ще відкрито"
    held.unlink()
    assert desk.update().status == "written"
    assert desk.column("Статус")[TWO] == "На перевірці"
    assert desk.column("Примітка")[ONE] == "збережено, але ще відкрито"


def test_a_row_that_comes_back_while_the_file_is_open_comes_back_whole_when_it_is_closed(desk: Desk) -> None:
    desk.stocked(3)
    with desk.edit() as sheet:
        at(sheet, TWO, "Примітка").value = "зайва"
    desk.update()
    with desk.edit() as sheet:
        delete_row(sheet, 3)
    desk.update()
    with desk.edit() as sheet:
        sheet.cell(4, 1).value = TWO
    held = lock(desk)
    assert [desk.update().status for _ in range(2)] == ["locked", "locked"]
    held.unlink()
    assert desk.update().status == "written"
    assert desk.column("Громада")[TWO] == "Овруцька"
    assert desk.column("Примітка")[TWO] == "зайва"
    assert desk.person("applications", TWO, "Громада") is None


@pytest.mark.parametrize(
    "ending",
    [
        "-DESKTOP-AB12",
        " (1)",
        " (conflicted copy 2023-03-09 101010)",
        ".sync-conflict-20230309-101010-ABCDEFG",
        " (конфліктна копія Ірини 2023-03-09)",
    ],
)
def test_a_copy_that_a_synchronising_program_made_is_told_though_nothing_else_is_new(
    desk: Desk, ending: str
) -> None:
    desk.stocked(2)
    assert desk.update().beside == ()
    copy = desk.path.with_name(f"{desk.path.stem}{ending}.xlsx")
    shutil.copy(desk.path, copy)
    told = desk.update()
    assert (told.status, told.beside) == ("unchanged", (copy.name,))
    copy.unlink()
    assert desk.update().beside == ()


def test_a_dated_copy_of_ours_is_none_of_those(desk: Desk) -> None:
    desk.stocked(2)
    shutil.copy(desk.path, desk.path.with_name(f"{desk.path.stem} (оновлено 16-40).xlsx"))
    assert desk.update().beside == ()


def test_a_stale_lock_is_ignored_and_said_so(desk: Desk) -> None:
    desk.stocked(2)
    lock(desk, hours_old=13)
    desk.restate(TWO, "held")
    result = desk.update()
    assert result.status == "written"
    assert "is ignored" in result.note


def test_after_half_an_hour_a_read_only_copy_is_written_beside_the_open_file(desk: Desk) -> None:
    desk.stocked(2)
    lock(desk)
    desk.restate(TWO, "held")
    assert desk.update().copy is None
    desk.now += timedelta(minutes=20)
    assert desk.update().copy is None
    desk.now += timedelta(minutes=20)
    result = desk.update()
    assert result.copy == desk.path.with_name("Заявки_КЗ-2023 (оновлено 10-40).xlsx")
    assert result.copy.stat().st_mode & 0o222 == 0
    copy = Desk.__new__(Desk)
    copy.path = result.copy
    assert copy.column("Статус")[TWO] == "На перевірці"
    # Nothing new: no second copy. Something new: the outdated one goes.
    desk.now += timedelta(minutes=60)
    assert desk.update().copy is None
    desk.restate(ONE, "incomplete")
    newer = desk.update().copy
    assert newer == desk.path.with_name("Заявки_КЗ-2023 (оновлено 11-40).xlsx")
    assert not result.copy.exists()


def test_a_file_that_may_not_be_replaced_is_tried_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.stocked(2)
    desk.restate(TWO, "held")

    def refuse(_self: Path, _target: Path) -> Path:
        raise PermissionError(13, "the process cannot access the file")

    with monkeypatch.context() as patch:
        # What Windows and SMB servers do while Excel has the file open.
        patch.setattr(Path, "replace", refuse)
        assert desk.update().status == "locked"
    assert not list(desk.path.parent.glob(".*.tmp"))
    assert desk.update().status == "written"


def test_a_full_disk_is_a_trouble_and_harms_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.stocked(2)
    before = desk.path.read_bytes()
    desk.restate(TWO, "held")

    def refuse(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", refuse)
        with pytest.raises(workbook.WorkbookTrouble):
            desk.update()
    assert desk.path.read_bytes() == before
    assert desk.update().status == "written"


def test_a_save_that_falls_between_reading_and_replacing_is_not_overwritten(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.stocked(2)
    desk.restate(TWO, "held")
    save = publishing.save_beside

    def meanwhile(prepared: prepare.Prepared) -> Path:
        path = save(prepared)
        with desk.edit() as sheet:
            at(sheet, ONE, "Примітка").value = "щойно"
        return path

    with monkeypatch.context() as patch:
        patch.setattr(publishing, "save_beside", meanwhile)
        assert desk.update().status == "locked"
    assert desk.update().status == "written"
    assert desk.column("Примітка")[ONE] == "щойно"
    assert desk.column("Статус")[TWO] == "На перевірці"


# -------------------------------------------------------------------------------------------------------- damage


@pytest.mark.parametrize("octets", [b"", b"not a workbook", b"PK\x03\x04 cut off"])
def test_a_damaged_file_is_set_aside_and_rebuilt_with_what_people_typed(desk: Desk, octets: bytes) -> None:
    desk.stocked(2)
    with desk.edit() as sheet:
        at(sheet, ONE, "Примітка").value = "нотатка"
    desk.update()
    desk.path.write_bytes(octets)
    result = desk.update()
    assert result.status == "written"
    assert desk.path.with_name("Заявки_КЗ-2023 (пошкоджений).xlsx").read_bytes() == octets
    assert desk.column("Примітка") == {ONE: "нотатка", TWO: None}


def test_a_truncated_workbook_is_set_aside_too(desk: Desk) -> None:
    desk.stocked(2)
    whole = desk.path.read_bytes()
    desk.path.write_bytes(whole[: len(whole) // 2])
    assert desk.update().status == "written"
    assert list(desk.column("Статус")) == [ONE, TWO]


# ------------------------------------------------------------------------------------------------------- crashes


class Killed(BaseException):
    """Stands for SIGKILL: nothing of ours catches it."""


def kill_in(monkeypatch: pytest.MonkeyPatch, step: str, *, after: bool, nth: int = 1) -> None:
    """Let the process die before or after the nth call of a step."""
    module, name = {"replace": (publishing, "put_in_place"), "save": (publishing, "save_beside")}.get(
        step, (workbook, "remember")
    )
    real = getattr(module, name)
    calls = []

    def dying(*arguments: object, **settings: object) -> object:
        calls.append(1)
        if len(calls) == nth and not after:
            raise Killed
        result = real(*arguments, **settings)
        if len(calls) == nth and after:
            raise Killed
        return result

    monkeypatch.setattr(module, name, dying)


CRASHES = [
    ("save", False, 1),
    ("save", True, 1),
    ("remember", False, 1),
    ("remember", True, 1),
    ("replace", False, 1),
    ("replace", True, 1),
    ("remember", False, 2),
    ("remember", True, 2),
]
# Every one of them in CI; here those between which most is in the balance.
FEWER = CRASHES if os.environ.get("CI") else [CRASHES[3], CRASHES[5]]
SOME = CRASHES if os.environ.get("CI") else [CRASHES[3], CRASHES[5], CRASHES[6]]


@pytest.mark.parametrize(("step", "after", "nth"), SOME)
def test_killed_anywhere_the_next_run_neither_loses_a_persons_value_nor_takes_its_own_for_one(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, step: str, after: bool, nth: int
) -> None:
    desk.stocked(2)
    with desk.edit() as sheet:
        at(sheet, ONE, "Примітка").value = "нотатка"
        at(sheet, ONE, "Громада").value = "виправлена"
    desk.restate(TWO, "held")
    desk.application(3)
    with monkeypatch.context() as patch:
        kill_in(patch, step, after=after, nth=nth)
        with pytest.raises(Killed):
            desk.update()
    # A person saves in between, and the robot has news again.
    with desk.edit() as sheet:
        at(sheet, TWO, "Примітка").value = "після збою"
    desk.restate(TWO, "incomplete")
    assert desk.update().status == "written"
    assert desk.column("Примітка") == {ONE: "нотатка", TWO: "після збою", "КЗ-2023-003": None}
    assert desk.column("Статус") == {ONE: "Повна", TWO: "Потрібні уточнення", "КЗ-2023-003": "Повна"}
    assert desk.column("Громада")[ONE] == "виправлена"
    people = {
        (sheet, *cell): known.person
        for sheet, of_sheet in desk.memory().items()
        for cell, known in of_sheet.items()
        if known.person is not None
    }
    assert people == {
        ("applications", ONE, "Примітка"): "s:нотатка",
        ("applications", ONE, "Громада"): "s:виправлена",
        ("applications", TWO, "Примітка"): "s:після збою",
    }
    assert not list(desk.path.parent.glob(".*.tmp"))
    desk.path.unlink()
    desk.update()
    assert desk.column("Примітка") == {ONE: "нотатка", TWO: "після збою", "КЗ-2023-003": None}


@pytest.mark.parametrize(("step", "after", "nth"), FEWER)
def test_killed_while_making_the_first_workbook_the_next_run_makes_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, step: str, after: bool, nth: int
) -> None:
    desk.application(1)
    with monkeypatch.context() as patch:
        kill_in(patch, step, after=after, nth=nth)
        with pytest.raises(Killed):
            desk.update()
    assert desk.update().status in {"written", "unchanged"}
    assert list(desk.column("Статус")) == [ONE]
    assert desk.update().deleted == ()
    assert all(known.person is None for of in desk.memory().values() for known in of.values())


@pytest.mark.parametrize(("step", "after", "nth"), FEWER)
def test_a_note_cleared_just_before_a_crash_stays_cleared(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, step: str, after: bool, nth: int
) -> None:
    desk.stocked(2)
    with desk.edit() as sheet:
        at(sheet, ONE, "Примітка").value = "зайва"
        at(sheet, ONE, "Статус").value = "моє"
    desk.update()
    with desk.edit() as sheet:
        at(sheet, ONE, "Примітка").value = None
        at(sheet, ONE, "Статус").value = None
    desk.restate(TWO, "held")
    with monkeypatch.context() as patch:
        kill_in(patch, step, after=after, nth=nth)
        with pytest.raises(Killed):
            desk.update()
    desk.update()
    assert desk.column("Примітка")[ONE] is None
    assert desk.column("Статус") == {ONE: "Повна", TWO: "На перевірці"}
    assert desk.person("applications", ONE, "Примітка") is None


# ------------------------------------------------------------------------------------------------------ versions


def test_the_last_five_versions_are_kept_beside(desk: Desk) -> None:
    desk.stocked(2)
    column = at(desk.open()["Заявки"], ONE, "Примітка").coordinate
    for count in range(3, 10):
        desk.application(count)
        type_into(desk.path, "Заявки", column, f"нотатка {count}")
        desk.update()
    names = sorted(path.name for path in (desk.path.parent / FOLDER).iterdir())
    assert names == [
        f"Заявки_КЗ-2023.{count:06d}{ending}" for count in range(4, 9) for ending in ("-before.xlsx", ".xlsx")
    ]


def test_file_permissions_stay(desk: Desk) -> None:
    desk.stocked(2)
    desk.path.chmod(0o660)
    desk.application(3)
    desk.update()
    assert desk.path.stat().st_mode & 0o777 == 0o660

"""Random histories of a whole desk: people edit the file, the robot has news, files are locked, lost or kept open, and the
process dies between durable steps. Whatever happens, nothing typed is lost and ledger and file agree in the end."""

import contextlib
import os
import shutil
import tempfile
from datetime import timedelta
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from intake import workbook
from intake.workbook import publishing
from tests.require import require
from tests.workbook.desk import Desk, at
from tests.workbook.spreadsheet import save_with_libreoffice, type_into

IN_CI = bool(os.environ.get("CI"))
MOST = 4
NOTE, OURS = "Примітка", "Громада"


class Killed(BaseException):
    """Stands for SIGKILL: nothing of ours catches it."""


class History(RuleBasedStateMachine):
    """A desk, and beside it the plain truth of what people typed and what the robot knows."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.desk = Desk(self.folder)
        self.applications: dict[str, str] = {}
        self.typed: dict[tuple[str, str], str] = {}
        # Typed since the robot last read the file: gone with it when somebody throws the file away.
        self.unread: set[tuple[str, str]] = set()
        self.count = 0

    def teardown(self) -> None:
        self.agree()
        self.desk.engine.dispose()
        shutil.rmtree(self.folder)

    # ------------------------------------------------------------------------------------------------- the robot

    @initialize()
    def begin(self) -> None:
        self.news()
        self.cycle()

    @precondition(lambda self: len(self.applications) < MOST)
    @rule()
    def news(self) -> None:
        number = self.desk.application(len(self.applications) + 1)
        self.applications[number] = "Повна"

    @rule(pick=st.integers(0, MOST - 1), status=st.sampled_from(["held", "incomplete", "complete"]))
    def another_status(self, pick: int, status: str) -> None:
        number = sorted(self.applications)[pick % len(self.applications)]
        self.desk.restate(number, status)
        words = {"held": "На перевірці", "incomplete": "Потрібні уточнення", "complete": "Повна"}
        self.applications[number] = words[status]

    @rule()
    def cycle(self) -> None:
        result = self.desk.update()
        assert result.status in {"written", "unchanged"}
        assert result.deleted == ()
        self.unread.clear()

    @rule(
        step=st.sampled_from(["save_beside", "put_in_place", "remember"]),
        after=st.booleans(),
        nth=st.integers(1, 2),
    )
    def cycle_that_dies(self, step: str, after: bool, nth: int) -> None:
        module = workbook if step == "remember" else publishing
        real = getattr(module, step)
        calls: list[int] = []

        def dying(*arguments: object, **more: object) -> object:
            calls.append(1)
            if len(calls) == nth and not after:
                raise Killed
            result = real(*arguments, **more)
            if len(calls) == nth:
                raise Killed
            return result

        with pytest.MonkeyPatch.context() as patch, contextlib.suppress(Killed):
            patch.setattr(module, step, dying)
            self.desk.update()

    # -------------------------------------------------------------------------------------------------- people

    def numbers_in_file(self) -> list[str]:
        return [str(row["№ заявки"]) for row in self.desk.rows() if row["№ заявки"]]

    @precondition(lambda self: self.desk.path.exists())
    @rule(pick=st.integers(0, MOST - 1), header=st.sampled_from([NOTE, OURS]), raw=st.booleans())
    def somebody_types(self, pick: int, header: str, raw: bool) -> None:
        numbers = self.numbers_in_file()
        number = numbers[pick % len(numbers)]
        self.count += 1
        text = f"людина {self.count}"
        if raw:
            # As a spreadsheet saves that keeps the rest of the file.
            type_into(
                self.desk.path, "Заявки", at(self.desk.open()["Заявки"], number, header).coordinate, text
            )
        else:
            with self.desk.edit() as sheet:
                at(sheet, number, header).value = text
        self.typed[number, header] = text
        self.unread.add((number, header))

    @precondition(lambda self: self.desk.path.exists())
    @rule()
    def somebody_sorts_the_rows(self) -> None:
        with self.desk.edit() as sheet:
            rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
            for row, values in zip(sheet.iter_rows(min_row=2), reversed(rows), strict=True):
                for cell, value in zip(row, values, strict=True):
                    cell.value = value
                    cell.comment = None
                    cell.hyperlink = None

    @precondition(lambda self: self.desk.path.exists() and not self.unread)
    @rule(how=st.sampled_from(["unlink", "truncate"]))
    def the_file_is_lost(self, how: str) -> None:
        if how == "unlink":
            self.desk.path.unlink()
        else:
            self.desk.path.write_bytes(self.desk.path.read_bytes()[:1000])
            self.desk.update()

    @precondition(lambda self: self.desk.path.exists())
    @rule()
    def somebody_keeps_it_open(self) -> None:
        lock = self.desk.path.with_name(f".~lock.{self.desk.path.name}#")
        lock.write_text(",iryna,office,10.03.2023 09:00,file:///home/iryna;", encoding="utf-8")
        os.utime(lock, (self.desk.now.timestamp(),) * 2)
        before = self.desk.path.read_bytes()
        assert self.desk.update().status in {"locked", "unchanged"}
        assert self.desk.path.read_bytes() == before
        lock.unlink()
        self.desk.now += timedelta(minutes=1)
        self.unread.clear()

    # --------------------------------------------------------------------------------------------------- the law

    def agree(self) -> None:
        for _ in range(2):
            self.desk.update()
        assert self.desk.update().status == "unchanged"
        rows = {str(row["№ заявки"]): row for row in self.desk.rows()}
        assert len(self.desk.rows()) == len(rows)
        assert {number: row["Статус"] for number, row in rows.items()} == self.applications
        for (number, header), text in self.typed.items():
            assert (number, header, rows[number][header]) == (number, header, text)
            assert self.desk.person("applications", number, header) == f"s:{text}"
        people = {
            (row, header)
            for (row, header), known in self.desk.memory().get("applications", {}).items()
            if known.person is not None
        }
        assert people == set(self.typed)


TestHistory = History.TestCase
TestHistory.settings = settings(
    max_examples=60 if IN_CI else 2,
    stateful_step_count=20 if IN_CI else 8,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.libreoffice
@pytest.mark.skipif(not IN_CI, reason="a history with LibreOffice takes a minute")
def test_a_history_in_which_libreoffice_saves(tmp_path: Path) -> None:
    require("soffice", "libreoffice-calc-nogui")
    history = History()
    history.begin()
    for step in range(3):
        history.news()
        history.cycle()
        history.somebody_types(step, NOTE, raw=False)
        save_with_libreoffice(history.desk.path, tmp_path / "profile").replace(history.desk.path)
        history.cycle_that_dies("put_in_place", after=step % 2 == 0, nth=1)
        history.another_status(step, "held")
        history.somebody_types(step + 1, OURS, raw=True)
        save_with_libreoffice(history.desk.path, tmp_path / "profile").replace(history.desk.path)
    history.teardown()

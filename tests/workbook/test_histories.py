"""Random histories of a whole desk: people edit the file, the robot has news, files are locked, lost or kept open, and the
process dies between durable steps. Whatever happens, nothing typed is lost, no application is missing or stands twice, and
ledger and file agree in the end. Files are saved as openpyxl, LibreOffice, and a program that keeps the rest would."""

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
from tests.workbook.spreadsheet import delete_row, insert_column, save_with_libreoffice, type_into

IN_CI = bool(os.environ.get("CI"))
MOST = 4
NOTE, OURS, OWN = "Примітка", "Громада", "Дзвінок"
ALL, LATE = "Заявки", "Запізнілі"
WORDS = {
    "held": "На перевірці",
    "incomplete": "Потрібні уточнення",
    "complete": "Повна",
    "late": None,
}


class Killed(BaseException):
    """Stands for SIGKILL: nothing of ours catches it."""


class History(RuleBasedStateMachine):
    """A desk, and beside it the plain truth of what people typed and what the robot knows."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.desk = Desk(self.folder)
        # What «Статус» says; None of those that are late and stand on a sheet of their own.
        self.applications: dict[str, str | None] = {}
        self.typed: dict[tuple[str, str], str] = {}
        # Rows that people added by hand, and those of ours that they deleted.
        self.by_hand: list[str] = []
        self.deleted: set[str] = set()
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

    @rule(pick=st.integers(0, MOST - 1), status=st.sampled_from(sorted(WORDS)))
    def another_status(self, pick: int, status: str) -> None:
        number = sorted(self.applications)[pick % len(self.applications)]
        self.desk.restate(number, status)
        self.applications[number] = WORDS[status]

    @rule()
    def cycle(self) -> None:
        result = self.desk.update()
        assert result.status in {"written", "unchanged"}
        assert {row for sheet, row in result.deleted if sheet == "applications"} <= self.deleted
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

    def on(self, sheet: str = ALL) -> list[str]:
        """The numbers that stand on a sheet of the file, in its order."""
        return [str(row["№ заявки"]) for row in self.desk.rows(sheet) if row["№ заявки"]]

    @precondition(lambda self: self.desk.path.exists())
    @rule(
        pick=st.integers(0, MOST - 1),
        header=st.sampled_from([NOTE, OURS, OWN]),
        how=st.sampled_from(["openpyxl", "raw"]),
    )
    def somebody_types(self, pick: int, header: str, how: str) -> None:
        places = [(ALL, number) for number in self.on()]
        if header == NOTE:
            places += [(LATE, number) for number in self.on(LATE)]
        if not places or (header == OWN and OWN not in self.desk.rows()[0]):
            return
        name, number = places[pick % len(places)]
        self.count += 1
        text = f"людина {self.count}"
        if how == "raw":
            # As a spreadsheet saves that keeps the rest of the file.
            type_into(self.desk.path, name, at(self.desk.open()[name], number, header).coordinate, text)
        else:
            with self.desk.edit(name) as sheet:
                at(sheet, number, header).value = text
        self.typed[number, header] = text
        self.unread.add((number, header))

    @precondition(lambda self: self.desk.path.exists())
    @rule(pick=st.integers(0, 5))
    def somebody_empties_a_cell(self, pick: int) -> None:
        read = sorted(key for key in self.typed if key not in self.unread and key[0] in self.on())
        if not read:
            return
        number, header = read[pick % len(read)]
        with self.desk.edit() as sheet:
            at(sheet, number, header).value = None
        del self.typed[number, header]
        self.unread.add((number, header))

    @precondition(
        lambda self: self.desk.path.exists() and self.desk.rows() and OWN not in self.desk.rows()[0]
    )
    @rule(column=st.integers(2, 7))
    def somebody_inserts_a_column(self, column: int) -> None:
        with self.desk.edit() as sheet:
            insert_column(sheet, column)
            sheet.cell(1, column).value = OWN
        self.unread.add((OWN, OWN))

    @precondition(lambda self: self.desk.path.exists() and self.desk.rows() and len(self.by_hand) < 2)
    @rule()
    def somebody_adds_a_row(self) -> None:
        self.count += 1
        text = f"усна заявка {self.count}"
        with self.desk.edit() as sheet:
            column = next(cell.column for cell in sheet[1] if cell.value == OURS)
            sheet.cell(2 + len(self.desk.rows()), column).value = text
        self.by_hand.append(text)
        self.unread.add((text, OURS))

    @precondition(lambda self: self.desk.path.exists() and len(self.on()) > 1)
    @rule(pick=st.integers(0, MOST - 1))
    def somebody_deletes_a_row(self, pick: int) -> None:
        numbers = [one for one in self.on() if not any(one == number for number, _ in self.unread)]
        # Where nobody has seen the row yet, nobody can have deleted it.
        numbers = [one for one in numbers if self.desk.memory()["applications"].get((one, "")) is not None]
        numbers = [one for one in numbers if self.applications[one] is not None]
        if not numbers:
            return
        number = numbers[pick % len(numbers)]
        with self.desk.edit() as sheet:
            delete_row(sheet, at(sheet, number, "№ заявки").row)
        self.deleted.add(number)
        self.unread.add((number, ""))

    @precondition(lambda self: self.desk.path.exists())
    @rule(header=st.sampled_from([NOTE, "Район", "Тип"]))
    def somebody_hides_a_column(self, header: str) -> None:
        with self.desk.edit() as sheet:
            letter = next(cell.column_letter for cell in sheet[1] if cell.value == header)
            sheet.column_dimensions[letter].hidden = True

    @precondition(lambda self: self.desk.path.exists())
    @rule()
    def somebody_sorts_the_rows(self) -> None:
        with self.desk.edit() as sheet:
            last = 1 + len(self.desk.rows())
            rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2, max_row=last)]
            for row, values in zip(sheet.iter_rows(min_row=2, max_row=last), reversed(rows), strict=True):
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
    @rule(excel=st.booleans(), minutes=st.sampled_from([1, 40]))
    def somebody_keeps_it_open(self, excel: bool, minutes: int) -> None:
        name = self.desk.path.name
        lock = self.desk.path.with_name(f"~${name}" if excel else f".~lock.{name}#")
        lock.write_text(",iryna,office,10.03.2023 09:00,file:///home/iryna;", encoding="utf-8")
        os.utime(lock, (self.desk.now.timestamp(),) * 2)
        before = self.desk.path.read_bytes()
        for _ in range(2):
            assert self.desk.update().status in {"locked", "unchanged"}
            assert self.desk.path.read_bytes() == before
            self.desk.now += timedelta(minutes=minutes)
        lock.unlink()
        self.unread.clear()

    # --------------------------------------------------------------------------------------------------- the law

    def agree(self) -> None:
        for _ in range(2):
            self.desk.update()
        assert self.desk.update().status == "unchanged"
        rows = {sheet: [row for row in self.desk.rows(sheet) if row["№ заявки"]] for sheet in (ALL, LATE)}
        stands = [(row["№ заявки"], row.get("Статус")) for sheet in (ALL, LATE) for row in rows[sheet]]
        wanted = self.applications
        # A row that somebody deleted stays away; one that has moved to another sheet since may stand there.
        gone = {number for number in self.deleted if wanted[number] is not None}
        assert sorted(one for one in stands if one[0] not in self.deleted) == sorted(
            one for one in wanted.items() if one[0] not in self.deleted
        )
        assert not gone & {row["№ заявки"] for row in rows[ALL]}
        assert len(stands) == len({number for number, _ in stands})
        loose = [row[OURS] for row in self.desk.rows() if not row["№ заявки"]]
        assert sorted(loose) == sorted(self.by_hand)
        self.agree_about_what_people_typed(rows)

    def agree_about_what_people_typed(self, rows: dict[str, list[dict[str, object]]]) -> None:
        places = {(sheet, str(row["№ заявки"])): row for sheet in (ALL, LATE) for row in rows[sheet]}
        for (number, header), text in self.typed.items():
            sheet = LATE if (LATE, number) in places and header == NOTE else ALL
            row = places.get((sheet, number))
            if row is not None:
                assert (number, header, row[header]) == (number, header, text)
            known = "late" if sheet == LATE else "applications"
            assert (number, header, self.desk.person(known, number, header)) == (
                number,
                header,
                f"s:{text}",
            )
        people = {
            (row, header)
            for sheet in ("applications", "late")
            for (row, header), known in self.desk.memory().get(sheet, {}).items()
            if known.person is not None and header and not row.startswith("+")
        }
        assert people == set(self.typed)


TestHistory = History.TestCase
TestHistory.settings = settings(
    max_examples=40 if IN_CI else 2,
    stateful_step_count=20 if IN_CI else 8,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


class HistoryWithLibreOffice(History):
    """The same desk, whose people use LibreOffice: now and then one of them opens the file there and saves it."""

    @precondition(lambda self: self.desk.path.exists())
    @rule()
    def somebody_saves_in_libreoffice(self) -> None:
        require("soffice", "libreoffice-calc-nogui")
        profile = Path(tempfile.gettempdir()) / f"libreoffice-of-histories-{os.getpid()}"
        save_with_libreoffice(self.desk.path, profile).replace(self.desk.path)


TestHistoryWithLibreOffice = HistoryWithLibreOffice.TestCase
TestHistoryWithLibreOffice.settings = settings(
    max_examples=4,
    stateful_step_count=12,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
TestHistoryWithLibreOffice = pytest.mark.skipif(not IN_CI, reason="histories with LibreOffice take a minute")(
    pytest.mark.libreoffice(TestHistoryWithLibreOffice)
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
        history.somebody_types(step, NOTE, "openpyxl")
        save_with_libreoffice(history.desk.path, tmp_path / "profile").replace(history.desk.path)
        history.cycle_that_dies("put_in_place", after=step % 2 == 0, nth=1)
        history.another_status(step, "held")
        history.somebody_types(step + 1, OURS, "raw")
        save_with_libreoffice(history.desk.path, tmp_path / "profile").replace(history.desk.path)
    history.teardown()

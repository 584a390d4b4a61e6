"""What ten new rows cost in a workbook of many rows, beside openpyxl loading, appending and saving; each in its own process.

`python -m bench workbook` measures 100 to 50,000 rows, in a quarter of an hour. Ours includes finding the table, checking every part
of the old file, reading the new one back cell by cell, and putting it on the disk; openpyxl's is its own work alone. A whole
cycle is the worker's: ledger, merge and file; of so many applications, of whom the file has six rows each on its sheets.
"""

import json
import os
import random
import shutil
import subprocess
import sys
import time
import zipfile
from pathlib import Path

from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.table import Table as XlsxTable
from rich.console import Console
from rich.table import Table

from intake.places import gazetteers
from intake.workbook.calls import admitted_oblasts
from intake.workbook.columns import Column
from intake.workbook.dress import column_dress, dressed, fitting
from intake.workbook.package.cells import Contents, Place, column_letters, each_cell, parsed_rows
from intake.workbook.package.change import SheetChange, carry_out
from intake.workbook.package.check import problems
from intake.workbook.package.compare import rewritten_only
from intake.workbook.package.opened import OpenedSheet, opened
from intake.workbook.package.parts import Package
from intake.workbook.package.ranges import Area
from intake.workbook.package.table_parts import tables_of
from intake.workbook.package.zipped import Zipped
from intake.workbook.values import Kept
from tests.workbook.desk import CALL, Desk

SIZES = (100, 1_000, 10_000, 50_000)
COLUMNS, LONG, NEW = 25, 3, 10
WORDS = [
    "громада",
    "рада",
    "заявка",
    "проєкт",
    "зміна",
    "населення",
    "послуга",
    "мешканці",
    "відходи",
    "вулиця",
    "школа",
    "лікарня",
    "звіт",
    "кошти",
]


def values(row: int, dice: random.Random) -> list[str]:
    """One row: a number, short texts, and some long ones."""
    short = [f"{dice.choice(WORDS)} {row} {column}" for column in range(COLUMNS - LONG - 1)]
    long = [" ".join(dice.choice(WORDS) for _ in range(30)) for _ in range(LONG)]
    return [f"КЗ-2023-{row:05d}", *short, *long]


def make(path: Path, rows: int) -> None:
    """A workbook with one table of so many rows, written row by row."""
    book = Workbook(write_only=False)
    sheet = book.active
    assert sheet is not None
    sheet.title = "Заявки"
    headers = ["№ заявки", *(f"Стовпець {number}" for number in range(2, COLUMNS + 1))]
    sheet.append(headers)
    sheet.append(values(1, random.Random(1)))
    sheet.add_table(XlsxTable(displayName="T", ref=f"A1:{column_letters(COLUMNS)}{rows + 1}"))
    small = path.with_suffix(".small.xlsx")
    book.save(small)
    dice = random.Random(rows)
    with zipfile.ZipFile(small) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            octets = old.read(name)
            if name != "xl/worksheets/sheet1.xml":
                new.writestr(name, octets)
                continue
            end = octets.index(b"</sheetData>")
            with new.open(name, "w") as part:
                part.write(octets[:end])
                for row in range(2, rows + 1):
                    cells = "".join(
                        f'<c r="{column_letters(at)}{row + 1}" t="inlineStr"><is><t>{text}</t></is></c>'
                        for at, text in enumerate(values(row, dice), start=1)
                    )
                    part.write(f'<row r="{row + 1}">{cells}</row>'.encode())
                part.write(octets[end:])
    small.unlink()


def with_openpyxl(path: Path, rows: int) -> None:
    """Load, append, save."""
    book = load_workbook(path)
    sheet = book["Заявки"]
    dice = random.Random(0)
    for count in range(NEW):
        sheet.append(values(rows + count + 1, dice))
    sheet.tables["T"].ref = f"A1:{column_letters(COLUMNS)}{rows + NEW + 1}"
    target = path.with_suffix(".theirs.xlsx")
    book.save(target)


def with_ours(path: Path, rows: int) -> None:
    """Open and check, read every cell, add the rows, write, read back and compare what is new, put it on the disk."""
    octets = path.read_bytes()
    file = opened(octets)
    wrong = problems(file.package)
    entry = file.package.worksheets()[0]
    sheet = file.package.worksheet(entry.part)
    last = 1
    for place, _ in each_cell(parsed_rows(sheet.frame, sheet.rows()), file.strings, file.formats, Contents()):
        last = place[0]
    change = SheetChange(
        OpenedSheet(entry, Contents(), tables_of(file.package, entry.part), {}, {}, frozenset())
    )
    dice = random.Random(0)
    dress = dressed(file.styles, column_dress(Column("", "text", 20)))
    new: dict[Place, Kept] = {}
    for count in range(NEW):
        for column, text in enumerate(values(rows + count + 1, dice), start=1):
            place = (last + count + 1, column)
            new[place] = f"s:{text}"
            change.set(place, new[place])
            change.edit.restyle(place, dress)
            change.edit.restyle(place, fitting(file.styles, new[place]))
    table = change.sheet.tables[0]
    change.fits.append((table, Area(1, 1, COLUMNS, last + NEW), table.names))
    carry_out(file, change)
    file.package.recalculate()
    file.keep_styles()
    temporary = path.with_suffix(".ours.xlsx")
    with temporary.open("w+b") as target:
        file.package.write(target)
        target.flush()
        os.fsync(target.fileno())
    after = opened(temporary.read_bytes())
    assert not problems(after.package) - wrong
    before, now = Package(Zipped(octets)).worksheet(entry.part), after.package.worksheet(entry.part)
    changed = parsed_rows(now.frame, rewritten_only(before, now, (), set()))
    assert dict(each_cell(changed, after.strings, after.formats, Contents())) == new


def whole_cycle(_path: Path, _rows: int) -> None:
    """The worker's whole cycle for ten new applications, ledger and all, in a worker that has been running for a while."""
    desk = prepared[0]
    assert desk.update().status == "written"


def idle_cycle(_path: Path, _rows: int) -> None:
    """A cycle in which nothing is new."""
    desk = prepared[0]
    assert desk.update().status == "unchanged"


# What is done before the clock starts.
prepared: list[Desk] = []


def prepare(path: Path, rows: int, *, new: int = NEW) -> None:
    """Register the applications in a copy of the ledger, and let the worker have read the list of places before."""
    folder = path.parent / f"desk{rows}"
    copy = folder.with_name(f"{folder.name}.copy")
    if new:
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(folder, copy)
    desk = Desk(copy if new else folder, CALL)
    for count in range(rows, rows + new):
        desk.application(count)
    admitted_oblasts(CALL, (), gazetteers()[CALL.country].places())
    prepared.append(desk)


def theirs_of_cycle(path: Path, rows: int) -> None:
    """openpyxl loading, appending to and saving the file that `whole_cycle` changes."""
    book = load_workbook(Desk(path.parent / f"desk{rows}", CALL).path)
    for _ in range(NEW):
        book["Заявки"].append(["КЗ", "Повна"])
    book.save(path.parent / f"desk{rows}.theirs.xlsx")


def _make_desk(folder: Path, rows: int) -> None:
    """A ledger of so many applications, and their workbook."""
    (folder / f"desk{rows}").mkdir()
    desk = Desk(folder / f"desk{rows}", CALL)
    desk.many_applications(rows)
    desk.update()
    desk.engine.dispose()


HOW = {
    "ours": with_ours,
    "openpyxl": with_openpyxl,
    "cycle": whole_cycle,
    "idle": idle_cycle,
    "openpyxl-cycle": theirs_of_cycle,
}


def _here(how: str, path: Path, rows: int) -> None:
    """Do one in this process, and tell the seconds and the megabytes it held at most."""
    if how == "cycle":
        prepare(path, rows)
    if how == "idle":
        prepare(path, rows, new=0)
    start = time.perf_counter()
    HOW[how](path, rows)
    seconds = time.perf_counter() - start
    for desk in prepared:
        desk.engine.dispose()
    status = Path("/proc/self/status").read_text(encoding="ascii")
    print(json.dumps([seconds, int(status.partition("VmHWM:")[2].split()[0]) / 1024]))


def _measured(how: str, path: Path, rows: int) -> tuple[float, float]:
    """The quickest of some rounds, fewer of the long ones, and its memory; each in a process of its own."""
    best = (float("inf"), 0.0)
    for _ in range(5 if rows <= 1000 else 1):
        command = [sys.executable, "-m", "bench.workbook", how, str(path), str(rows)]
        done = subprocess.run(
            command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[1]
        )
        best = min(best, tuple(json.loads(done.stdout.splitlines()[-1])))
    return best


def run(console: Console, folder: Path, sizes: tuple[int, ...] = SIZES) -> None:
    """Measure and print."""
    table = Table(title=f"{NEW} new rows of {COLUMNS} columns into a workbook")
    for heading in ("rows", "file", "ours", "openpyxl", "ratio", "ours, peak", "openpyxl, peak"):
        table.add_column(heading, justify="right")
    for rows in sizes:
        path = folder / f"{rows}.xlsx"
        make(path, rows)
        table.add_row(
            f"{rows:,}", f"{path.stat().st_size / 2**20:.1f} MB", *_compared("ours", "openpyxl", path, rows)
        )
    for rows in sizes:
        with console.status(f"a ledger of {rows:,} applications and their workbook"):
            _make_desk(folder, rows)
        desk = folder / "desk.xlsx"
        size = next((folder / f"desk{rows}").glob("*.xlsx")).stat().st_size / 2**20
        seconds, peak = _measured("idle", desk, rows)
        table.add_row(
            f"{rows:,}, idle cycle", f"{size:.1f} MB", f"{seconds:.3f} s", "", "", f"{peak:.0f} MB", ""
        )
        table.add_row(
            f"{rows:,}, whole cycle", f"{size:.1f} MB", *_compared("cycle", "openpyxl-cycle", desk, rows)
        )
        shutil.rmtree(folder / f"desk{rows}")
    console.print(table)


def _compared(ours: str, theirs: str, path: Path, rows: int) -> tuple[str, ...]:
    theirs_first = _measured(theirs, path, rows)
    seconds, peak = _measured(ours, path, rows)
    return (
        f"{seconds:.2f} s", f"{theirs_first[0]:.2f} s", f"{seconds / theirs_first[0]:.2f}",
        f"{peak:.0f} MB", f"{theirs_first[1]:.0f} MB",
    )  # fmt: skip


if __name__ == "__main__":
    _here(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))

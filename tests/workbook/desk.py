"""A coordinators' desk for the tests: a real ledger with invented applications, and a workbook that people edit."""

import atexit
import hashlib
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path
from shutil import copytree, rmtree
from tempfile import mkdtemp
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet
from sqlalchemy import insert, update

from intake import config, workbook
from intake.database import applications, connect, letters, revisions
from intake.ledger.cells import Memory, remembered
from intake.workbook import Published
from outbox.store import metadata, replies
from rules.call import Call
from rules.place import Place

FULL = config.load(Path(__file__).parents[2] / "config.toml").calls[0]
# The same call with a short form, for tests that write many files.
_SOME = {
    "population",
    "contact_name",
    "contact_phone",
    "p1_name",
    "p1_phone",
    "p2_name",
    "p2_phone",
    "change",
    "form_date",
}
SHORT = FULL.model_copy(update={"fields": tuple(field for field in FULL.fields if field.key in _SOME)})
# And without places that could have applied: their sheet would have more rows than all others.
CALL = SHORT.model_copy(update={"policy": SHORT.policy.model_copy(update={"oblasts": ("Немає",)})})
START = datetime(2023, 3, 6, 7, 30, tzinfo=UTC)

NAMES = (
    "Коростенська", "Звягельська", "Овруцька", "Малинська", "Радомишльська", "Бердичівська", "Чуднівська",
    "Олевська", "Ємільчинська", "Пулинська", "Хорошівська", "Черняхівська", "Любарська", "Романівська", "Ружинська",
    "Лугинська", "Народицька", "Попільнянська", "Андрушівська", "Баранівська",
)  # fmt: skip


def place(count: int) -> Place:
    name = NAMES[count % len(NAMES)]
    return Place(
        code=f"UA18{count:015d}",
        name=name,
        full=f"{name} міська територіальна громада",
        type="міська" if count % 3 else "селищна",
        raion=("Коростенський", "Звягельський", "Житомирський")[count % 3],
        oblast="Житомирська область",
        centre="",
    )


def answers(count: int, call: Call = CALL) -> dict[str, str]:
    """Return a whole form, every field with something of its kind."""
    values: dict[str, str] = {}
    for at, field in enumerate(call.fields):
        match field.kind:
            case "phone":
                values[field.key] = f"+38067{count:03d}{at:04d}"
            case "email":
                values[field.key] = f"{field.key.replace('_', '.')}{count}@hromada.example"
            case "name":
                names = ("ПЕТРЕНКО Олена Іванівна", "Їжакевич Юрій Єгорович", "Ґалаґан Зіновія Щасливна")
                values[field.key] = names[(at + count) % 3]
            case "number":
                values[field.key] = str(1000 * count + at)
            case "date":
                values[field.key] = "2023-03-09"
            case "choice" | "choices":
                values[field.key] = field.options[0] if field.options else "так"
            case "long":
                values[field.key] = f"Зміна {count}: " + "новий порядок збирання відходів; " * 6
            case "yesno" | "consent":
                values[field.key] = "так"
            case "edrpou":
                values[field.key] = f"0{count:07d}"
            case _:
                values[field.key] = f"{field.label[:30]} {count}"
    return values


class Desk:
    """A ledger and a workbook. The clock stands still until a test moves it."""

    def __init__(self, folder: Path, call: Call = CALL, url: str = "") -> None:
        self.call = call
        self.path = folder / workbook.file_name(call)
        self.engine = connect(url or f"sqlite:///{folder}/ledger.db")
        metadata.create_all(self.engine)
        self.now = datetime(2023, 3, 10, 8, 0, tzinfo=UTC)
        self.settled = START

    def stocked(self, count: int) -> None:
        """Register as many applications and publish them: done once in a run for the usual call, and copied since."""
        assert self.memory() == {}
        if self.call is not CALL:
            self._stock(count)
            return
        self.engine.dispose()
        copytree(_stocked(count), self.path.parent, dirs_exist_ok=True)
        self.settled += timedelta(seconds=count)

    def _stock(self, count: int) -> None:
        for number in range(1, count + 1):
            self.application(number)
        assert self.update().status == "written"

    def letter(self, name: str, **columns: Any) -> str:
        """Put a letter into the ledger and return its digest."""
        row = self._letter(name, **columns)
        with self.engine.begin() as tx:
            tx.execute(insert(letters).values(row))
        digest: str = row["digest"]
        return digest

    def _letter(self, name: str, **columns: Any) -> dict[str, Any]:
        digest = hashlib.sha256(name.encode()).hexdigest()
        self.settled += timedelta(seconds=1)
        row: dict[str, Any] = {
            "digest": digest,
            "state": "settled",
            "size": 60_000,
            "message_id": f"<{digest[:10]}@hromada.example>",
            "date": START,
            "received_at": START,
            "receipt_clock": "INTERNALDATE",
            "clocks": [],
            "subject": "Комунікація змін/Коростенська громада, Житомирська область",
            "from_name": "Олена ПЕТРЕНКО",
            "from_address": "rada@korosten.example",
            "files": [
                {
                    "name": "Заявка.docx",
                    "sha256": digest,
                    "size": 40_000,
                    "type": "application/vnd",
                    "status": "read",
                }
            ],
            "files_digest": digest,
            "defects": [],
            "call_id": self.call.id,
            "number": None,
            "disposition": "accept",
            "template": "accepted",
            "answerable": True,
            "speaks": True,
            "findings": [],
            "evidence": {},
            "traceback": None,
            "settled_at": self.settled,
        }
        return row | columns

    def application(
        self,
        count: int,
        *,
        status: str = "complete",
        values: dict[str, str] | None = None,
        faults: list[dict[str, str]] | None = None,
        received: datetime | None = None,
        **columns: Any,
    ) -> str:
        """Register an application with its letter and form, and return its number."""
        at = received or START + timedelta(hours=5 * count, minutes=7 * count)
        number = f"{self.call.prefix}-{count:03d}"
        digest = self.letter(f"application {count}", number=number, received_at=at, **columns)
        form = answers(count, self.call) if values is None else values
        with self.engine.begin() as tx:
            tx.execute(insert(applications).values(**self._registered(count, at), status=status))
            if status != "no_form":
                tx.execute(insert(revisions).values(**self._form(number, digest, at, form, faults or [])))
        return number

    def many_applications(self, count: int) -> None:
        """Register applications 0 to `count`, all complete, at once."""
        with self.engine.begin() as tx:
            for start in range(0, count, 1000):
                some = range(start, min(start + 1000, count))
                when = {one: START + timedelta(minutes=one) for one in some}
                numbers = {one: f"{self.call.prefix}-{one:03d}" for one in some}
                mail = [
                    self._letter(f"application {one}", number=numbers[one], received_at=when[one])
                    for one in some
                ]
                forms = [
                    self._form(numbers[one], row["digest"], when[one], answers(one, self.call), [])
                    for one, row in zip(some, mail, strict=True)
                ]
                tx.execute(insert(letters), mail)
                tx.execute(
                    insert(applications),
                    [self._registered(one, when[one]) | {"status": "complete"} for one in some],
                )
                tx.execute(insert(revisions), forms)

    def _registered(self, count: int, at: datetime) -> dict[str, Any]:
        where = place(count)
        return {
            "number": f"{self.call.prefix}-{count:03d}",
            "call_id": self.call.id,
            "place_code": where.code,
            "unit": "",
            "place": asdict(where),
            "place_by": "form",
            "first_received_at": at,
            "created_at": at,
        }

    @staticmethod
    def _form(
        number: str, digest: str, at: datetime, form: dict[str, str], faults: list[dict[str, str]]
    ) -> dict[str, Any]:
        return {
            "number": number,
            "revision": 1,
            "digest": digest,
            "form": digest,
            "received_at": at,
            "sender": "rada@korosten.example",
            "values": {key: {"value": value} for key, value in form.items()},
            "faults": faults,
            "unknown_labels": [],
        }

    def reply(
        self,
        number: str | None,
        *,
        template: str = "accepted",
        state: str = "sent",
        minutes: int = 0,
        letter: str = "0" * 64,
        octets: bytes = b"",
        response: str = "",
    ) -> str:
        at = START + timedelta(minutes=minutes + 1)
        message_id = f"<{number}.{template}.{minutes}@example.org>"
        with self.engine.begin() as tx:
            tx.execute(
                insert(replies).values(
                    message_id=message_id,
                    letter=letter,
                    call_id=self.call.id,
                    template=template,
                    number=number,
                    recipient="rada@korosten.example",
                    subject=f"Re: Комунікація змін [{number}]",
                    octets=octets,
                    state=state,
                    created_at=at,
                    due_at=at,
                    sent_at=at if state == "sent" else None,
                    last_response=response,
                )
            )
        return message_id

    def restate(self, number: str, status: str) -> None:
        """Change how an application stands, as a new letter would."""
        self.letter(f"{number} {status} {self.settled}", number=number, disposition="discard", files=[])
        with self.engine.begin() as tx:
            tx.execute(update(applications).where(applications.c.number == number).values(status=status))

    def update(self, **settings: Any) -> Published:
        """Run one cycle of the worker's job."""
        return workbook.update(self.engine, self.call, self.path, now=self.now, **settings)

    def memory(self) -> Memory:
        with self.engine.connect() as tx:
            return remembered(tx, self.call.id)

    def person(self, sheet: str, row: str, header: str) -> str | None:
        """Return what the ledger mirrors of a person's cell."""
        known = self.memory().get(sheet, {}).get((row, header))
        return known.person if known is not None else None

    @contextmanager
    def edit(self, sheet: str = "Заявки") -> Iterator[Worksheet]:
        """Open the file as a person would, and save it."""
        book = self.open()
        yield book[sheet]
        book.save(self.path)

    def open(self) -> Workbook:
        with warnings.catch_warnings():
            # openpyxl warns of what it would drop when saving.
            warnings.simplefilter("ignore")
            return load_workbook(self.path, rich_text=True)

    def rows(self, sheet: str = "Заявки") -> list[dict[str, Any]]:
        return rows(_looked_at(self.path.read_bytes())[sheet])

    def column(self, header: str, sheet: str = "Заявки") -> dict[Any, Any]:
        """Return key → value of one column."""
        key = {"Учасники": "Код учасника", "Потребують уваги": "Код листа", "Листування": "Код листа"}.get(
            sheet, "№ заявки"
        )
        return {row[key]: row[header] for row in self.rows(sheet)}


@cache
def _stocked(count: int) -> Path:
    """Return the folder of a desk with so many applications, to be copied."""
    folder = Path(mkdtemp(prefix="desk-"))
    atexit.register(rmtree, folder)
    desk = Desk(folder)
    desk._stock(count)
    desk.engine.dispose()
    return folder


@lru_cache(maxsize=4)
def _looked_at(octets: bytes) -> Workbook:
    """Open a file to be looked at and not to be changed; several looks at one file open it once."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return load_workbook(BytesIO(octets), rich_text=True)


def rows(sheet: Worksheet, header_row: int = 1) -> list[dict[str, Any]]:
    """Return the rows beneath the header, by header, empty rows left out."""
    values = list(sheet.iter_rows(min_row=header_row, values_only=True))
    headers = values[0]
    return [
        dict(zip(headers, row, strict=True))
        for row in values[1:]
        if any(value not in {None, ""} for value in row)
    ]


def at(sheet: Worksheet, row: str, header: str, key: str = "№ заявки") -> Cell:
    """Return the cell of a row and a column, wherever they stand."""
    top = next(cell for cell in sheet[1] if cell.value == header)
    first = next(cell for cell in sheet[1] if cell.value == key)
    for cells in sheet.iter_rows(min_row=2):
        if cells[first.column - 1].value == row:
            found = cells[top.column - 1]
            assert isinstance(found, Cell)
            return found
    raise KeyError(row)

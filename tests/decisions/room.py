"""A coordinators' room: an installation without servers, whose workbook people edit between two cycles."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from itertools import count
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from pydantic import SecretStr
from sqlalchemy import select, update

from intake import jobs
from intake.config import Secrets
from intake.database import connect, reading
from intake.ledger import orders, outgoing
from intake.ledger.orders import Order
from intake.pipeline import Settled
from intake.station import Station, open_station
from intake.workbook import Published
from outbox.store import replies
from rules.letter import Location, RawLetter
from tests.replay.desk import Desk
from tests.warm import readers

ATTENTION, DECIDED, LATE, ALL = "Потребують уваги", "Вирішені листи", "Запізнілі", "Заявки"
KEYS = {
    ATTENTION: "Код листа",
    DECIDED: "Код листа",
    "Листування": "Код листа",
    "Учасники": "Код учасника",
}


@dataclass(frozen=True)
class Room(Desk):
    """An installation in `folder` whose workbook is on the desk."""

    # Whose workbook is meant.
    call: int = 0
    _ticks: Any = field(default_factory=lambda: count(1))

    @property
    def path(self) -> Path:
        return self.config.workbook_path(self.config.calls[self.call])

    @contextmanager
    def station(self) -> Iterator[Station]:
        with open_station(
            self.config, Secrets(imap=SecretStr("x")), now=self.clock, readers=readers()
        ) as station:
            yield station

    def clock(self) -> datetime:
        """The present instant: no two are alike, and the minute lasts as long as a test."""
        return self.now + timedelta(milliseconds=next(self._ticks))

    def receive(self, *letters: tuple[bytes, Any]) -> list[Settled]:
        """Let letters come, and the workbook be written."""
        settled = []
        with self.station() as station:
            for octets, when in letters:
                where = Location("test", "INBOX", 1, next(self._uids))
                settled.append(station.pipeline.settle(RawLetter(where, when, len(octets), (octets,))))
            jobs.publish(station)
        return settled

    def cycle(self) -> tuple[Published, ...]:
        """Let the worker publish once, which is when it sees what people typed."""
        with self.station() as station:
            return jobs.publish(station)

    @contextmanager
    def edit(self, sheet: str) -> Iterator[Worksheet]:
        book = load_workbook(self.path)
        yield book[sheet]
        book.save(self.path)

    def type(self, sheet: str, row: str | None = None, **cells: Any) -> None:
        """Type into the cells of a row, of the only one there is when none is named; None empties a cell."""
        with self.edit(sheet) as page:
            self.put(page, row, **cells)

    def put(self, page: Worksheet, row: str | None = None, **cells: Any) -> None:
        """Type into the cells of a row of an open sheet."""
        header = {cell.value: cell.column for cell in page[1]}
        key = header[KEYS.get(page.title, "№ заявки")]
        rows = {
            page.cell(at, key).value: at
            for at in range(2, page.max_row + 1)
            if page.cell(at, key).value is not None
        }
        if row is None:
            (row,) = rows
        for name, value in cells.items():
            page.cell(rows[row], header[_HEADERS[name]]).value = value

    def decide(self, sheet: str, row: str | None = None, **cells: Any) -> None:
        """Type, and let the next cycle act on it."""
        self.type(sheet, row, **cells)
        self.cycle()

    def cell(self, sheet: str, row: str, header: str) -> Any:
        """A cell of the workbook as it lies on the disk."""
        page = load_workbook(self.path)[sheet]
        column = next(cell.column for cell in page[1] if cell.value == header)
        key = next(cell.column for cell in page[1] if cell.value == KEYS.get(sheet, "№ заявки"))
        at = next(at for at in range(2, page.max_row + 1) if page.cell(at, key).value == row)
        return page.cell(at, column)

    def rows(self, sheet: str) -> list[dict[str, Any]]:
        page = load_workbook(self.path)[sheet].iter_rows(values_only=True)
        header = next(page)
        return [dict(zip(header, row, strict=True)) for row in page if any(cell is not None for cell in row)]

    def row(self, sheet: str) -> dict[str, Any]:
        (only,) = self.rows(sheet)
        return only

    def keyed(self, sheet: str) -> dict[str, dict[str, Any]]:
        """The rows of a sheet by their keys."""
        return {row[KEYS.get(sheet, "№ заявки")]: row for row in self.rows(sheet)}

    def where(self) -> dict[str, int]:
        """How many rows each of the sheets has on which letters and applications stand."""
        book = load_workbook(self.path, read_only=True)
        found = {}
        for sheet in (ATTENTION, DECIDED, LATE, ALL):
            rows = list(book[sheet].iter_rows(min_row=2, values_only=True))
            found[sheet] = sum(any(cell is not None for cell in row) for row in rows)
        book.close()
        return found

    def templates(self) -> list[str]:
        """What the outbox holds that was not taken back."""
        return [template for template, state in self.outbox() if state != "cancelled"]

    def outbox(self) -> list[tuple[str, str]]:
        engine = connect(self.config.database_url)
        try:
            with reading(engine) as tx:
                query = select(replies.c.template, replies.c.state)
                return [
                    tuple(row)
                    for row in tx.execute(query.order_by(replies.c.created_at, replies.c.message_id))
                ]
        finally:
            engine.dispose()

    def texts(self, template: str) -> list[str]:
        """The text of each reply of a kind, on one line."""
        engine = connect(self.config.database_url)
        try:
            with reading(engine) as tx:
                query = select(replies.c.octets).where(replies.c.template == template)
                octets = (
                    tx.execute(query.order_by(replies.c.created_at, replies.c.message_id)).scalars().all()
                )
        finally:
            engine.dispose()
        bodies = (message_from_bytes(one, policy=policy.default).get_body(("plain",)) for one in octets)
        return [" ".join(body.get_content().split()) for body in bodies if body is not None]

    def replies_by(self, digests: Mapping[str, str]) -> dict[str, list[tuple[str, str]]]:
        """Name of a letter → template and state of the replies it caused."""
        engine = connect(self.config.database_url)
        try:
            with reading(engine) as tx:
                return {
                    name: [(one.template, one.state) for one in outgoing.to_letter(tx, digest)]
                    for name, digest in digests.items()
                }
        finally:
            engine.dispose()

    def deliver(self, *digests: str) -> None:
        """Let everything in the outbox have left, or what some letters were answered."""
        engine = connect(self.config.database_url)
        try:
            with engine.begin() as tx:
                waiting = update(replies).where(replies.c.state == "pending")
                if digests:
                    waiting = waiting.where(replies.c.letter.in_(digests))
                tx.execute(waiting.values(state="sent", sent_at=self.now))
        finally:
            engine.dispose()

    def orders(self) -> dict[str, Order]:
        engine = connect(self.config.database_url)
        try:
            with reading(engine) as tx:
                return orders.newest(tx, self.config.calls[self.call].id)
        finally:
            engine.dispose()

    def decisions(self) -> list[tuple[str, str]]:
        """Who made each decision, and what it was, in the order they were made."""
        from intake.database import decisions

        engine = connect(self.config.database_url)
        try:
            with reading(engine) as tx:
                query = select(decisions.c.made_by, decisions.c.disposition).order_by(decisions.c.id)
                return [tuple(row) for row in tx.execute(query)]
        finally:
            engine.dispose()


_HEADERS = {
    "decision": "Рішення",
    "place": "Громада (вписати)",
    "taken": "Хто взяв",
    "owner": "Відповідальний",
    "note": "Примітка",
    "score": "Бали",
}

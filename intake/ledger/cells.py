"""What the ledger remembers of the workbook, cell by cell, and whether anything changed that the workbook shows.

`written` and `intended` tell the robot's own values from people's after a crash at any point; `person` is the mirror of
what people typed, from which a lost workbook is rebuilt. Values are kept texts (`intake.workbook.values`).
"""

import hashlib
import json
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, delete, func, insert, select

from intake.database import applications, cells, decisions, letters, orders, revisions
from outbox.store import replies


class Remembered(NamedTuple):
    """What the ledger knows of one cell. There are very many of them, and a tuple is made quickest.

    `written`: what the robot said, for certain. `intended`: what it was about to say when it last replaced the file;
    beside a person's value, what the robot said when the person corrected it. `person`: what a person typed.
    """

    written: str | None = None
    intended: str | None = None
    person: str | None = None


NOTHING = Remembered()
# So many rows are asked for at once: databases know limits.
_PIECE = 500

# (row key, header) → what is known
Cells = dict[tuple[str, str], Remembered]
# sheet → its cells
Memory = dict[str, Cells]
# (sheet, row key, header) → what is to be known; NOTHING: to be forgotten
Changes = Mapping[tuple[str, str, str], Remembered]


def remembered(tx: Connection, call_id: str, sheets: Collection[str] = ()) -> Memory:
    """Return everything known of a call's workbook, or of some of its sheets."""
    query = select(
        cells.c.sheet, cells.c.row_key, cells.c.header, cells.c.written, cells.c.intended, cells.c.person
    )
    if sheets:
        query = query.where(cells.c.sheet.in_(sorted(sheets)))
    memory: Memory = {}
    for sheet, row, header, *known in tx.execute(query.where(cells.c.call_id == call_id)):
        memory.setdefault(sheet, {})[row, header] = Remembered._make(known)
    return memory


def remembered_of(tx: Connection, call_id: str, rows: Mapping[str, Collection[str]]) -> Memory:
    """Return everything known of some rows: sheet → row keys."""
    memory: Memory = {}
    columns = (cells.c.row_key, cells.c.header, cells.c.written, cells.c.intended, cells.c.person)
    for sheet, keys in rows.items():
        ordered, found = sorted(keys), memory.setdefault(sheet, {})
        for start in range(0, len(ordered), _PIECE):
            piece = cells.c.row_key.in_(ordered[start : start + _PIECE])
            query = select(*columns).where(cells.c.call_id == call_id, cells.c.sheet == sheet, piece)
            for row, header, *known in tx.execute(query):
                found[row, header] = Remembered._make(known)
    return memory


def corrected_rows(
    tx: Connection, call_id: str, headers: Mapping[str, Collection[str]]
) -> set[tuple[str, str]]:
    """Return (sheet, row key) of the rows where people typed into some columns: sheet → their headers."""
    found = set()
    for sheet, names in headers.items():
        typed = (cells.c.sheet == sheet) & cells.c.person.is_not(None) & cells.c.header.in_(sorted(names))
        query = select(cells.c.row_key).where(cells.c.call_id == call_id, typed).distinct()
        found |= {(sheet, row) for row in tx.execute(query).scalars()}
    return found


def rows_where(tx: Connection, call_id: str, header: str, person: str) -> set[tuple[str, str]]:
    """Return (sheet, row key) of the rows of which people's text in a column is just this."""
    said = (cells.c.call_id == call_id) & (cells.c.header == header) & (cells.c.person == person)
    return {
        (row.sheet, row.row_key) for row in tx.execute(select(cells.c.sheet, cells.c.row_key).where(said))
    }


def typed_by_people(tx: Connection, call_id: str, sheets: Collection[str]) -> Memory:
    """Return what people typed on some sheets, and nothing of the cells that nobody touched."""
    query = select(cells.c.sheet, cells.c.row_key, cells.c.header, cells.c.person).where(
        cells.c.call_id == call_id, cells.c.sheet.in_(sorted(sheets)), cells.c.person.is_not(None)
    )
    memory: Memory = {}
    for sheet, row, header, person in tx.execute(query):
        memory.setdefault(sheet, {})[row, header] = Remembered(person=person)
    return memory


def remember(tx: Connection, call_id: str, changes: Changes, now: datetime) -> None:
    """Replace what is known of some cells. `now` is aware."""
    if not changes:
        return
    tx.execute(
        delete(cells).where(
            cells.c.call_id == call_id,
            cells.c.sheet == bindparam("of_sheet"),
            cells.c.row_key == bindparam("of_row"),
            cells.c.header == bindparam("of_header"),
        ),
        [{"of_sheet": sheet, "of_row": row, "of_header": header} for sheet, row, header in changes],
    )
    kept = [
        {
            "call_id": call_id,
            "sheet": sheet,
            "row_key": row,
            "header": header,
            "written": known.written,
            "intended": known.intended,
            "person": known.person,
            "changed_at": now,
        }
        for (sheet, row, header), known in changes.items()
        if known != NOTHING
    ]
    if kept:
        tx.execute(insert(cells), kept)


def fingerprint(tx: Connection) -> str:
    """Return a digest that changes whenever the ledger changed in anything a workbook shows. Cheap: counts and maxima."""
    counted = (
        select(letters.c.state, letters.c.disposition, func.count(), func.max(letters.c.settled_at)).group_by(
            letters.c.state, letters.c.disposition
        ),
        select(applications.c.status, func.count(), func.max(applications.c.first_received_at)).group_by(
            applications.c.status
        ),
        select(func.count(), func.max(revisions.c.received_at)).select_from(revisions),
        select(func.count(), func.max(decisions.c.id)).select_from(decisions),
        select(func.count(), func.max(orders.c.id)).select_from(orders),
        select(
            replies.c.state,
            func.count(),
            func.sum(replies.c.attempts),
            func.max(replies.c.created_at),
            func.max(replies.c.sent_at),
        ).group_by(replies.c.state),
    )
    told = [sorted([str(value) for value in row] for row in tx.execute(query)) for query in counted]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:32]

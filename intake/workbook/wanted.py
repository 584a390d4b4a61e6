"""What the ledger wants a call's workbook to say, all of it or what is new; and what is known of the file itself."""

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from intake.database import Connection
from intake.ledger import corrections, health, orders, read
from intake.ledger.cells import Memory, remembered, remembered_of, rows_where
from intake.ledger.stamps import Stamps
from intake.places import gazetteers
from intake.workbook.news import LONG, SHORT, news
from intake.workbook.page import LastRun, Pages
from intake.workbook.plan import DELETED, ROW
from intake.workbook.sheet import Sheet
from intake.workbook.sheets import pages, sheets
from intake.workbook.state import State
from rules.call import Call

# To be counted up when the sheets change: every workbook is then looked at again.
LAYOUT = "11"
# The folder of the cards, beside the workbook.
CARDS = "cards"


@dataclass(frozen=True, slots=True)
class Told:
    """What the ledger wants the workbook to say, and what it remembers of it.

    `only`: long sheet → the rows that all this is about; None when it is about all of them.
    """

    sheets: tuple[Sheet, ...]
    pages: Pages
    memory: Memory
    only: Mapping[str, frozenset[str]] | None = None


def wanted(
    tx: Connection,
    call: Call,
    path: Path,
    attachments: Path | None,
    now: datetime,
    *,
    stamped: Stamps | None = None,
) -> Told:
    """Return what the ledger wants the workbook to say; with the stamps of the present, as far as anything is new."""
    typed = orders.newest(tx, call.id)
    outlines = read.application_outlines(tx, call.id)
    known = health.noted(tx, rows_fact(call)) if stamped is not None else None
    new = None
    if stamped is not None and known is not None and known[0]["of"] == f"{LAYOUT} {call.digest}":
        new = news(tx, call, known[0], stamped, outlines=outlines, orders=typed)
    places = gazetteers()[call.country].places()
    made = sheets(
        call,
        read.application_views(tx, call.id, new.numbers if new else None),
        read.letter_views(tx, call.id, new.digests if new else None),
        read.reply_views(tx, call.id, new.replies if new else None),
        files=_relative(attachments if attachments is not None else path.parent / "files", path.parent),
        cards=CARDS,
        places=places,
        orders=typed,
        corrections=corrections.standing(tx, call.id),
        outlines=outlines,
    )
    gone = rows_where(tx, call.id, ROW, DELETED)
    own = pages(
        call, outlines, read.newest_receipt(tx, call.id), places=places, now=now, run=_last_run(tx),
        deleted={one.number for one in outlines if one.status != "late" and ("applications", one.number) in gone},
    )  # fmt: skip
    if new is None:
        return Told(made, own, remembered(tx, call.id))
    only = {sheet.id: new.rows[sheet.id] | sheet.rows.keys() for sheet in made if sheet.id in LONG}
    memory = remembered(tx, call.id, SHORT) | remembered_of(tx, call.id, only)
    return Told(made, own, memory, only)


def _last_run(tx: Connection) -> LastRun | None:
    """Return when the mail was last looked at with success, and what was left."""
    noted = health.noted(tx, "last_poll")
    if noted is None:
        return None
    counts, at = noted
    return LastRun(at, int(counts.get("unaccounted", 0)))


def _relative(target: Path, start: Path) -> str:
    """Return the path from one folder to another as a link: ASCII, slashes."""
    return quote(Path(os.path.relpath(target.absolute(), start.absolute())).as_posix(), safe="/.-_~")


def fact(call: Call) -> str:
    """Return the name under which the state of a call's workbook is kept."""
    return f"workbook {call.id}"


def rows_fact(call: Call) -> str:
    """Return the name under which it is kept what each row was made from."""
    return f"workbook rows {call.id}"


def state_of(tx: Connection, call: Call) -> State:
    """Return what is known of a call's workbook file."""
    known = health.noted(tx, fact(call))
    if known is None:
        return State()
    value: dict[str, Any] = dict(known[0])
    for name in ("locked_since", "copied_at"):
        value[name] = datetime.fromisoformat(value[name]) if value[name] else None
    for name in ("stat", "copy"):
        value[name] = tuple(value[name]) if value[name] else None
    value["layout"] = {
        sheet: tuple((one, shown) for one, shown in order) for sheet, order in value["layout"].items()
    }
    value["beside"] = tuple(value.get("beside", ()))
    value["placed"] = {sheet: tuple(headers) for sheet, headers in value["placed"].items()}
    return State(**value)


def dumped_state(state: State) -> Mapping[str, Any]:
    """Return it as plain values."""
    value = asdict(state)
    for name in ("locked_since", "copied_at"):
        value[name] = value[name].isoformat() if value[name] else None
    return value

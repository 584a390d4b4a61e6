"""The workbook: the coordinators' desk. A projection of the ledger that also keeps what people typed.

`update` is all that others call. It may be killed at any point and run again; it never takes the robot's own value for a
person's, and never loses a person's.
"""

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

from intake.database import Connection, Engine, reading, writing
from intake.ledger import corrections, health, orders, read
from intake.ledger.cells import Changes, Memory, fingerprint, remember, remembered, remembered_of
from intake.ledger.stamps import Stamps, stamps
from intake.places import gazetteers
from intake.workbook.answers import answer_columns, participants_columns
from intake.workbook.export import Table, private_headers, table
from intake.workbook.locks import copies_beside, lock_of
from intake.workbook.merge import Conflict, Typed
from intake.workbook.news import LONG, SHORT, dumped, news
from intake.workbook.page import LastRun, Pages
from intake.workbook.prepare import LookAtAll, Prepared
from intake.workbook.prepare import prepare as read_and_merge
from intake.workbook.publishing import publish
from intake.workbook.selection import Typed as SelectionTyped
from intake.workbook.selection import selection
from intake.workbook.sheet import Sheet
from intake.workbook.sheets import pages, sheets
from intake.workbook.state import Published, State, WorkbookTrouble, deleted_rows, stat_of
from intake.workbook.words import WORDS
from rules.call import Call

# To be counted up when the sheets change: every workbook is then looked at again.
LAYOUT = "8"
# The folder of the cards, beside the workbook.
CARDS = "cards"
COPY_AFTER = timedelta(minutes=30)


def file_name(call: Call) -> str:
    """Return the name of a call's workbook: the one in the settings, else `Заявки_<call>.xlsx`."""
    return call.workbook or f"{WORDS[call.language].file}_{call.id}.xlsx"


def update(
    engine: Engine,
    call: Call,
    path: Path,
    *,
    now: datetime,
    attachments: Path | None = None,
    copy_after: timedelta = COPY_AFTER,
) -> Published:
    """Bring a call's workbook up to date, and the ledger with what people typed in it.

    `attachments` is the folder of attached files, `files` beside the workbook when not given; `now` is aware. When
    neither ledger nor file changed, this costs a few counts and one stat. A file that is open elsewhere is left alone:
    `locked`, to be tried again; after `copy_after` a dated copy is written beside it. Raises `WorkbookTrouble` and
    `LedgerTrouble`.
    """
    whole = False
    while True:
        with reading(engine) as tx:
            ledger = f"{LAYOUT} {call.digest} {fingerprint(tx)}"
            state = _state(tx, call)
            if state.ledger == ledger and state.stat == stat_of(path) and state.stat is not None:
                resting = _resting(state, path, now, copy_after)
                if resting is not None:
                    return resting
            stamped = stamps(tx, call.id)
            told = _wanted(tx, call, path, attachments, now, stamped=None if whole else stamped)

        def keep(changes: Changes, new: State | None, stamped: Stamps = stamped) -> None:
            with writing(engine) as tx:
                remember(tx, call.id, changes, now)
                if new is not None:
                    health.note(tx, _fact(call), _dumped(new), now)
                if new is not None and new.status in {"written", "unchanged"}:
                    known = {"of": f"{LAYOUT} {call.digest}", **dumped(stamped)}
                    health.note(tx, _rows_fact(call), known, now)

        try:
            return publish(
                path, call, told.sheets, told.memory, state,
                ledger=ledger, keep=keep, now=now, copy_after=copy_after, pages=told.pages, only=told.only,
            )  # fmt: skip
        except LookAtAll:
            whole = True


@dataclass(frozen=True, slots=True)
class _Told:
    """What the ledger wants the workbook to say, and what it remembers of it.

    `only`: long sheet → the rows that all this is about; None when it is about all of them.
    """

    sheets: tuple[Sheet, ...]
    pages: Pages
    memory: Memory
    only: Mapping[str, frozenset[str]] | None = None


def _wanted(
    tx: Connection,
    call: Call,
    path: Path,
    attachments: Path | None,
    now: datetime,
    *,
    stamped: Stamps | None = None,
) -> _Told:
    """Return what the ledger wants the workbook to say; with the stamps of the present, as far as anything is new."""
    typed = orders.newest(tx, call.id)
    outlines = read.application_outlines(tx, call.id)
    known = health.noted(tx, _rows_fact(call)) if stamped is not None else None
    new = None
    if stamped is not None and known is not None and known[0]["of"] == f"{LAYOUT} {call.digest}":
        new = news(tx, call, known[0], stamped, outlines=outlines, orders=typed)
    places = gazetteers()[call.country].places()
    wanted = sheets(
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
    own = pages(
        call, outlines, read.newest_receipt(tx, call.id), places=places, now=now, run=_last_run(tx)
    )  # fmt: skip
    if new is None:
        return _Told(wanted, own, remembered(tx, call.id))
    only = {sheet.id: new.rows[sheet.id] | sheet.rows.keys() for sheet in wanted if sheet.id in LONG}
    memory = remembered(tx, call.id, SHORT) | remembered_of(tx, call.id, only)
    return _Told(wanted, own, memory, only)


def _last_run(tx: Connection) -> LastRun | None:
    """Return when the mail was last looked at with success, and what was left."""
    noted = health.noted(tx, "last_poll")
    if noted is None:
        return None
    counts, at = noted
    return LastRun(at, int(counts.get("unaccounted", 0)))


@dataclass(frozen=True, slots=True)
class Examined:
    """What a look at the workbook showed, nothing written anywhere.

    `would_write`: sheet → what the next cycle would do with it; `in_the_way`: why it could not be written now. `memory`:
    the cells as the ledger would mirror them.
    """

    path: Path
    typed: tuple[Typed, ...]
    conflicts: tuple[Conflict, ...]
    deleted: tuple[tuple[str, str], ...]
    would_write: Mapping[str, str]
    in_the_way: tuple[str, ...]
    memory: Memory = field(default_factory=dict, repr=False)


def examined(
    engine: Engine, call: Call, path: Path, *, now: datetime, attachments: Path | None = None
) -> Examined:
    """Return what people changed since the last cycle and what the next one would write. `now` is aware.

    Raises `WorkbookTrouble` and `LedgerTrouble`.
    """
    with reading(engine) as tx:
        state, told = _state(tx, call), _wanted(tx, call, path, attachments, now)
    memory = told.memory
    try:
        prepared = read_and_merge(path, call, told.sheets, memory, state, pages=told.pages)
    except OSError as error:
        raise WorkbookTrouble(f"{path.name}: {error}") from error
    lock = lock_of(path, now)
    in_the_way = [f"it cannot be written: {prepared.foreign}"] if prepared.foreign else []
    if lock is not None and not lock.stale:
        in_the_way.append(f"open elsewhere{' by ' + lock.owner if lock.owner else ''}: {lock.path.name}")
    if prepared.damaged:
        in_the_way.append("the file cannot be opened; it would be set aside and made anew")
    in_the_way += [f"a copy that nobody reads lies beside it: {name}" for name in copies_beside(path)]
    result = prepared.result("unchanged")
    return Examined(
        path,
        result.typed,
        result.conflicts,
        tuple(dict.fromkeys((*deleted_rows(memory), *result.deleted))),
        _would_write(prepared),
        tuple(in_the_way),
        _mirrored(memory, prepared),
    )


def _mirrored(memory: Memory, prepared: Prepared) -> Memory:
    """Return the memory with what was found in the file."""
    for (sheet, row, header), known in prepared.first().items():
        memory.setdefault(sheet, {})[row, header] = known
    return memory


def selected(
    engine: Engine, call: Call, path: Path, *, now: datetime, attachments: Path | None = None
) -> dict[str, SelectionTyped]:
    """Return number → what people say of an application in the file as it is now; nothing is written anywhere.

    Without a file it is what they had typed when it was last read. Raises `WorkbookTrouble` and `LedgerTrouble`.
    """
    with reading(engine) as tx:
        state, told = _state(tx, call), _wanted(tx, call, path, attachments, now)
    memory = told.memory
    try:
        prepared = read_and_merge(path, call, told.sheets, memory, state, pages=told.pages)
    except OSError as error:
        raise WorkbookTrouble(f"{path.name}: {error}") from error
    memory = _mirrored(memory, prepared)
    grid = prepared.book.grids.get("applications")
    return selection(memory, grid.loose if grid is not None else (), call)


def _would_write(prepared: Prepared) -> dict[str, str]:
    told: dict[str, str] = {}
    for sheet in prepared.wanted:
        plan = prepared.plans[sheet.id]
        counts = {
            "rows added": len(plan.append),
            "rows put back": len(plan.loose),
            "rows moved away": len(plan.remove),
            "cells changed": len(plan.cells),
            "columns added": len(prepared.add.get(sheet.id, ())),
        }
        words = [f"{name} {count}" for name, count in counts.items() if count]
        if sheet.id in prepared.missing:
            words.insert(0, "a new sheet")
        if words:
            told[sheet.name] = ", ".join(words)
    if prepared.changes and not told:
        told["*"] = "the robot's own pages and marks"
    return told


def as_facts(seen: Examined) -> dict[str, Any]:
    """Return a look at the workbook as plain values, for machines."""
    return {
        "path": str(seen.path),
        "typed": [asdict(one) for one in seen.typed],
        "conflicts": [asdict(one) for one in seen.conflicts],
        "deleted": [list(one) for one in seen.deleted],
        "would_write": dict(seen.would_write),
        "in_the_way": list(seen.in_the_way),
    }


def exported(engine: Engine, call: Call) -> dict[str, Table]:
    """Return sheet id → its rows as the ledger knows them, with what people had typed when the workbook was last read."""
    with reading(engine) as tx:
        told = _wanted(tx, call, Path(), None, call.deadline_at)
    return {sheet.id: table(sheet, told.memory) for sheet in told.sheets}


def private(call: Call) -> frozenset[str]:
    """Return the headers that a copy without contacts must not have."""
    headers = {key: column.header for key, column in answer_columns(call, taken=set()).items()}
    people = participants_columns(call, taken=set())
    return private_headers(call, headers) | {
        column.header
        for column, keys in people
        if any((field := call.field(key)) and field.kind in {"phone", "email"} for key in keys.values())
    }


def _resting(state: State, path: Path, now: datetime, copy_after: timedelta) -> Published | None:
    """Return the outcome when there is nothing to do since the last look, None when there is."""
    if state.beside and copies_beside(path) != state.beside:
        return None
    if state.status in {"written", "unchanged"}:
        return Published("unchanged", path, beside=state.beside)
    if state.status == "blocked":
        return Published("blocked", path, note=state.note, beside=state.beside)
    lock = lock_of(path, now)
    waiting = state.locked_since is not None and (
        now - state.locked_since < copy_after or state.copy is not None
    )
    if lock is not None and not lock.stale and waiting:
        return Published("locked", path, note=state.note, beside=state.beside)
    return None


def _relative(target: Path, start: Path) -> str:
    """Return the path from one folder to another as a link: ASCII, slashes."""
    return quote(Path(os.path.relpath(target.absolute(), start.absolute())).as_posix(), safe="/.-_~")


def _fact(call: Call) -> str:
    return f"workbook {call.id}"


def _rows_fact(call: Call) -> str:
    return f"workbook rows {call.id}"


def _state(tx: Connection, call: Call) -> State:
    known = health.noted(tx, _fact(call))
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


def _dumped(state: State) -> Mapping[str, Any]:
    value = asdict(state)
    for name in ("locked_since", "copied_at"):
        value[name] = value[name].isoformat() if value[name] else None
    return value


__all__ = [
    "Conflict",
    "Examined",
    "Published",
    "Sheet",
    "State",
    "Typed",
    "WorkbookTrouble",
    "as_facts",
    "deleted_rows",
    "examined",
    "exported",
    "file_name",
    "private",
    "publish",
    "selected",
    "sheets",
    "update",
]

"""Looks at a call's workbook that write nothing anywhere: before it is written, for the selection, for others."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from intake.database import Engine, reading
from intake.ledger.cells import Memory
from intake.workbook.answers import answer_columns, participants_columns
from intake.workbook.export import Table, private_headers, table
from intake.workbook.locks import copies_beside, lock_of
from intake.workbook.plan import Conflict, Typed
from intake.workbook.prepare import Prepared
from intake.workbook.prepare import prepare as read_and_merge
from intake.workbook.selection import Typed as SelectionTyped
from intake.workbook.selection import selection
from intake.workbook.state import WorkbookTrouble, deleted_rows
from intake.workbook.wanted import state_of, wanted
from rules.call import Call


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
        state, told = state_of(tx, call), wanted(tx, call, path, attachments, now)
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
        state, told = state_of(tx, call), wanted(tx, call, path, attachments, now)
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
        told = wanted(tx, call, Path(), None, call.deadline_at)
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

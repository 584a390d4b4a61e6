"""The workbook: the coordinators' desk. A projection of the ledger that also keeps what people typed.

`update` is all that others call. It may be killed at any point and run again; it never takes the robot's own value for a
person's, and never loses a person's.
"""

from datetime import datetime, timedelta
from pathlib import Path

from intake.database import Engine, reading, writing
from intake.ledger import health
from intake.ledger.cells import Changes, fingerprint, remember
from intake.ledger.stamps import Stamps, stamps
from intake.workbook.locks import copies_beside, lock_of
from intake.workbook.looks import Examined, as_facts, examined, exported, private, selected
from intake.workbook.news import dumped
from intake.workbook.plan import Conflict, Typed
from intake.workbook.prepare import LookAtAll
from intake.workbook.publishing import publish
from intake.workbook.sheet import Sheet
from intake.workbook.sheets import sheets
from intake.workbook.state import Published, State, WorkbookTrouble, deleted_rows, stat_of
from intake.workbook.wanted import CARDS, LAYOUT, dumped_state, fact, rows_fact, state_of, wanted
from intake.workbook.words import WORDS
from rules.call import Call

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
            state = state_of(tx, call)
            if state.ledger == ledger and state.stat == stat_of(path) and state.stat is not None:
                resting = _resting(state, path, now, copy_after)
                if resting is not None:
                    return resting
            stamped = stamps(tx, call.id)
            told = wanted(tx, call, path, attachments, now, stamped=None if whole else stamped)

        def keep(changes: Changes, new: State | None, stamped: Stamps = stamped) -> None:
            with writing(engine) as tx:
                remember(tx, call.id, changes, now)
                if new is not None:
                    health.note(tx, fact(call), dumped_state(new), now)
                if new is not None and new.status in {"written", "unchanged"}:
                    known = {"of": f"{LAYOUT} {call.digest}", **dumped(stamped)}
                    health.note(tx, rows_fact(call), known, now)

        try:
            return publish(
                path, call, told.sheets, told.memory, state,
                ledger=ledger, keep=keep, now=now, copy_after=copy_after, pages=told.pages, only=told.only,
            )  # fmt: skip
        except LookAtAll:
            whole = True


def _resting(state: State, path: Path, now: datetime, copy_after: timedelta) -> Published | None:
    """Return the outcome when there is nothing to do since the last look, None when there is."""
    if copies_beside(path) != state.beside:
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


__all__ = [
    "CARDS",
    "LAYOUT",
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

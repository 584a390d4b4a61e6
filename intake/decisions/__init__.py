"""What people decide in the workbook is carried out here, one decision in one transaction.

`act` compares what is typed now with what was done before: a decision is carried out once, killed at any point it is
carried out by the next run, and a changed or emptied cell is a new decision. Nothing sent is ever unsent; the row says so.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import replace

import structlog

from intake.database import reading, writing
from intake.decisions.asked import asked, in_order, letter_of
from intake.decisions.carried_out import (
    Desk,
    close,
    decide_late,
    rejudge,
    take_back,
    take_back_late,
    withdraw,
)
from intake.decisions.corrections import correct
from intake.decisions.freed import free
from intake.decisions.refusal import Refused
from intake.decisions.whose import whose
from intake.ledger import health, orders
from intake.ledger.cells import Memory, fingerprint, remembered, typed_by_people
from intake.ledger.orders import Order
from intake.pipeline import Stopped
from intake.station import Station
from intake.workbook.corrected import SHEETS as CORRECTED
from intake.workbook.decided import SHEETS, TypedDecision, typed_decisions
from rules.call import Call
from rules.person import CLOSING, Action, Correction

log = structlog.get_logger()

# What the letter had to be read for is not tried again before somebody types anew: reading a scan takes its time.
_FINAL = frozenset({"failed", "place_missing", "already_applied", "nothing_to_register", "not_late"})


def act(station: Station, call: Call) -> int:
    """Carry out what people decided in a call's workbook since the last time; return how many rows have news.

    Where nothing changed this costs a few counts. Raises `LedgerTrouble`, `ArchiveTrouble` and `Stopped`.
    """
    with reading(station.engine) as tx:
        typed = typed_decisions(remembered(tx, call.id, SHEETS), call)
        memory = typed_by_people(tx, call.id, CORRECTED)
        before = orders.newest(tx, call.id)
        looked = _looked(typed.values(), memory, fingerprint(tx), call)
        if (health.noted(tx, _fact(call)) or ("",))[0] == looked:
            return 0
        waiting = in_order(tx, (one for key, one in typed.items() if due(one, before.get(key))))
    news = 0
    for one in waiting:
        if station.stopping.is_set():
            raise Stopped
        news += _carry_out(station, call, one, before.get(one.row))
        station.prolong()
    news += correct(station, call, memory)
    news += free(station, call)
    with writing(station.engine) as tx:
        looked = _looked(typed.values(), memory, fingerprint(tx), call)
        health.note(tx, _fact(call), looked, station.now())
    return news


def _fact(call: Call) -> str:
    return f"decisions {call.id}"


def _looked(typed: Iterable[TypedDecision], memory: Memory, ledger: str, call: Call) -> str:
    told = sorted((one.row, one.decision, one.place, one.certain) for one in typed)
    cells = sorted(
        (sheet, *cell, known.person) for sheet, rows in memory.items() for cell, known in rows.items()
    )
    seen = json.dumps([told, cells, ledger, call.digest], ensure_ascii=False)
    return hashlib.sha256(seen.encode("utf-8", "replace")).hexdigest()[:32]


def due(one: TypedDecision, before: Order | None) -> bool:
    """Return whether something is to be done about a row. What was refused may have become possible."""
    if one.empty:
        return before is not None and before.outcome != "taken_back" and one.certain
    same = before is not None and before.typed == one.typed
    return not (same and before is not None and (before.outcome == "done" or before.note in _FINAL))


def _carry_out(station: Station, call: Call, one: TypedDecision, before: Order | None) -> bool:
    """Do what one row says; return whether that is news. What was refused before for the same reason is none."""
    desk = Desk(station, call, one, before, by=whose(one.who), now=station.now())
    done = _taken_back(desk, one) if one.empty else _decided(desk, one)
    if isinstance(done, Order):
        log.info("decision", call=call.id, row=one.row, outcome=done.outcome, note=done.note)
        return True
    order = Order(one.row, one.typed, "refused", done.note, done.facts)
    if before is not None and (before.typed, before.note, before.facts) == (
        order.typed,
        order.note,
        order.facts,
    ):
        return False
    with writing(station.engine) as tx:
        orders.append(tx, call.id, order, by=desk.by, now=desk.now)
    log.info("decision", call=call.id, row=one.row, outcome="refused", note=done.note)
    return True


def _decided(desk: Desk, one: TypedDecision) -> Order | Refused:
    call = desk.call
    with reading(desk.engine) as tx:
        told = asked(tx, call, desk.examiner.gazetteers[call.country], one)
    if isinstance(told, Refused):
        return told
    if told.letter is None:
        return decide_late(desk, Correction(told.action, by=desk.by))
    if told.action is Action.WITHDRAW:
        return withdraw(desk, told.letter)
    if told.action in CLOSING:
        return close(desk, told.letter, told.action)
    return rejudge(desk, told.letter, Correction(told.action, told.place, desk.by))


def _taken_back(desk: Desk, one: TypedDecision) -> Order | Refused:
    """Undo a decision that somebody cleared, as far as it can be undone."""
    with reading(desk.engine) as tx:
        stands = orders.standing(tx, desk.call.id, one.row)
    if stands is None or stands.outcome == "taken_back":
        order = Order(one.row, one.typed, "taken_back", "")
        with writing(desk.engine) as tx:
            orders.append(tx, desk.call.id, order, by=desk.by, now=desk.now)
        return order
    desk = replace(desk, before=stands)
    if one.late:
        return take_back_late(desk)
    with reading(desk.engine) as tx:
        row = letter_of(tx, desk.call, one.row)
    return row if isinstance(row, Refused) else take_back(desk, row)

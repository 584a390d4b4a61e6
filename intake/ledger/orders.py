"""What people told us to do by typing into the workbook, and what came of it. Only ever added; the newest of a row counts.

A row that says "done" to what is typed now is finished: that is how a decision is carried out once, whatever died on the
way.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, insert, select

from intake.database import orders

Outcome = Literal["done", "refused", "taken_back"]


@dataclass(frozen=True, slots=True)
class Order:
    """One thing people told us: the row's key, what was typed there, what came of it, who and when (aware UTC).

    `note` and `facts` tell people about it: a code of `intake.workbook.notes`, and what fills its words.
    """

    row_key: str
    typed: Mapping[str, str]
    outcome: Outcome
    note: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    made_by: str = ""
    made_at: datetime | None = None


def newest(tx: Connection, call_id: str) -> dict[str, Order]:
    """Return row key → the newest order of every row of a call's workbook that ever had one."""
    query = select(orders).where(orders.c.call_id == call_id).order_by(orders.c.id)
    return {row.row_key: order_of(row) for row in tx.execute(query)}


def standing(tx: Connection, call_id: str, row_key: str) -> Order | None:
    """Return the newest order of a row that was carried out or taken back: what was refused since changed nothing."""
    of_row = (orders.c.call_id == call_id) & (orders.c.row_key == row_key) & (orders.c.outcome != "refused")
    row = tx.execute(select(orders).where(of_row).order_by(orders.c.id.desc()).limit(1)).first()
    return order_of(row) if row is not None else None


def order_of(row: Any) -> Order:
    """Return a row of the ledger as an order."""
    return Order(row.row_key, row.typed, row.outcome, row.note, row.facts, row.made_by, row.made_at)


def append(tx: Connection, call_id: str, order: Order, *, by: str, now: datetime) -> None:
    """Add an order with its outcome. `now` is aware."""
    tx.execute(
        insert(orders).values(
            call_id=call_id,
            row_key=order.row_key,
            typed=dict(order.typed),
            outcome=order.outcome,
            note=order.note,
            facts=dict(order.facts),
            made_by=by,
            made_at=now,
        )
    )

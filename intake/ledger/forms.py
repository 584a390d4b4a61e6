"""The forms of an application as they came one after another: whose each is, and when one took the place of another.

Runs in the transaction it is given.
"""

from datetime import datetime

from sqlalchemy import Connection, func, select

from intake.database import cells, letters, orders, revisions
from intake.ledger.persons import Row

# So much of a letter's digest is the key of its row.
CODE = 12


def form_of(tx: Connection, number: str) -> Row | None:
    """Return the newest revision of an application that a form is, not an answer to it or a person's correction; or None."""
    return next(iter(_forms(tx, number)), None)


def completer(tx: Connection, number: str) -> str:
    """Return who completed an application's form by an answer, in lower case; "" when the form stands as it came."""
    of_number = select(revisions).where(revisions.c.number == number)
    row = tx.execute(of_number.order_by(revisions.c.revision.desc()).limit(1)).mappings().first()
    return str(row["sender"]) if row is not None and not row["form"] else ""


def replaced(tx: Connection, number: str, names: frozenset[str]) -> datetime | None:
    """Return when an application's form took the place of one that named other people (aware), None when none did.

    `names` are the keys of the fields that name them. That instant is when it was judged or a person decided so.
    """
    forms = _forms(tx, number)
    if len(forms) < 2 or _said(forms[0], names) == _said(forms[1], names):
        return None
    digest = forms[0]["digest"]
    settled: datetime | None = tx.execute(
        select(letters.c.settled_at).where(letters.c.digest == digest, letters.c.number == number)
    ).scalar()
    by_hand = (orders.c.row_key == digest[:CODE]) & (orders.c.outcome == "done")
    decided: datetime | None = tx.execute(select(func.max(orders.c.made_at)).where(by_hand)).scalar()
    return decided or settled


def typed_at(tx: Connection, call_id: str, sheet: str, row: str, header: str) -> datetime | None:
    """Return when what a person typed into a cell was first seen (aware), None when it was not seen yet."""
    cell = (cells.c.sheet == sheet) & (cells.c.row_key == row) & (cells.c.header == header)
    seen: datetime | None = tx.execute(
        select(cells.c.changed_at).where(cells.c.call_id == call_id, cell, cells.c.person.is_not(None))
    ).scalar()
    return seen


def _forms(tx: Connection, number: str) -> list[Row]:
    query = select(revisions).where(
        revisions.c.number == number, revisions.c.made_by == "", revisions.c.form != ""
    )
    rows = tx.execute(query.order_by(revisions.c.revision.desc())).mappings()
    return [dict(row) for row in rows]


def _said(form: Row, names: frozenset[str]) -> dict[str, str]:
    return {
        key: " ".join(one["value"].casefold().split()) for key, one in form["values"].items() if key in names
    }

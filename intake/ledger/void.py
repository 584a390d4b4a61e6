"""Void applications: all their letters turned out to belong elsewhere. A number keeps its first owner, its place is free.

Runs in the transaction it is given.
"""

from collections.abc import Collection

from sqlalchemy import Connection, func, select, update

from intake.database import applications
from outbox.store import replies

VOID = "void"
# The unit of a void application whose place another one has: nothing is for it, and it keeps its number for good.
ASIDE = "✗ "
# So long a unit may be.
_UNIT = 120


def set_aside(tx: Connection, call_id: str, place_code: str, unit: str) -> None:
    """Let a void application give up its place and unit."""
    same = (applications.c.place_code == place_code) & (applications.c.unit == unit)
    void = (applications.c.call_id == call_id) & (applications.c.status == VOID)
    aside = ASIDE + applications.c.number + " " + applications.c.unit
    tx.execute(update(applications).where(same, void).values(unit=func.substr(aside, 1, _UNIT)))


def unit_before(unit: str) -> str:
    """Return the unit that an application had before it was set aside."""
    return unit.removeprefix(ASIDE).partition(" ")[2] if unit.startswith(ASIDE) else unit


def told_to_others(tx: Connection, number: str, own: Collection[str]) -> bool:
    """Return whether a letter that was not taken back tells an application's number to another address than `own` ones."""
    query = select(replies.c.recipient).where(replies.c.number == number, replies.c.state != "cancelled")
    return any(address.lower() not in own for address in tx.execute(query).scalars())

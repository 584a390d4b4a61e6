"""Letters that waited as a second application for a place, when the first one turned out to be for another place.

The rules have their say again about each: it may be the only application of its place now. What people decided about such
a letter stays. Nothing is remembered for this: a letter that waits says which place it is for, and its application where
it stands.
"""

from sqlalchemy import Connection, select

from intake.database import applications, letters, reading
from intake.decisions.carried_out import Desk, again
from intake.decisions.whose import UNKNOWN
from intake.ledger import orders
from intake.ledger.persons import Row
from intake.pipeline import Stopped
from intake.station import Station
from intake.workbook.decided import TypedDecision
from intake.workbook.post import letter_code
from rules.call import Call
from rules.duplicates import DUPLICATE


def free(station: Station, call: Call) -> int:
    """Judge the letters of a call that need not wait as second applications any more; return how many."""
    with reading(station.engine) as tx:
        waiting = _waiting(tx, call)
    news = 0
    for row, note in waiting:
        if station.stopping.is_set():
            raise Stopped
        one = TypedDecision(letter_code(row["digest"]), late=False, place=note)
        news += again(Desk(station, call, one, None, by=UNKNOWN, now=station.now()), row)
        station.prolong()
    return news


def _waiting(tx: Connection, call: Call) -> list[tuple[Row, str]]:
    """Return the rows of such letters, the oldest first, each with where the application it waited behind stands now."""
    joined = letters.join(applications, applications.c.number == letters.c.number)
    query = (
        select(letters, applications.c.place_code, applications.c.place)
        .select_from(joined)
        .where(letters.c.call_id == call.id, letters.c.disposition == "hold")
        .order_by(letters.c.received_at, letters.c.digest)
    )
    found: list[tuple[Row, str]] = []
    for told in tx.execute(query).mappings():
        row = dict(told)
        code, place = row.pop("place_code"), row.pop("place")
        held = {one["code"] for one in row["findings"] if one["disposition"] != "accept"}
        if DUPLICATE.code not in held or row["evidence"].get("place") in {None, code}:
            continue
        order = orders.standing(tx, call.id, letter_code(row["digest"]))
        if order is None or order.outcome == "taken_back":
            found.append((row, f"{row['number']} → «{place['full']}»"))
    return found

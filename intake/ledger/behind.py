"""Letters that wait as a second application for a place, while the first one stands for another place by now."""

from sqlalchemy import Connection, select

from intake.database import applications, letters
from intake.ledger import orders
from intake.ledger.persons import Row
from rules.duplicates import DUPLICATE


def waiting_behind(tx: Connection, call_id: str) -> tuple[tuple[Row, str], ...]:
    """Return the rows of such letters of a call, the oldest first, each with what the first one is for now.

    Those that people decided about are none: their word stands.
    """
    joined = letters.join(applications, applications.c.number == letters.c.number)
    query = (
        select(letters, applications.c.place_code, applications.c.place)
        .select_from(joined)
        .where(letters.c.call_id == call_id, letters.c.disposition == "hold")
        .order_by(letters.c.received_at, letters.c.digest)
    )
    found: list[tuple[Row, str]] = []
    for told in tx.execute(query).mappings():
        row = dict(told)
        code, place = row.pop("place_code"), row.pop("place")
        held = {one["code"] for one in row["findings"] if one["disposition"] != "accept"}
        if DUPLICATE.code not in held or row["evidence"].get("place") in {None, code}:
            continue
        order = orders.standing(tx, call_id, row["digest"][:12])
        if order is None or order.outcome == "taken_back":
            found.append((row, f"{row['number']} → «{place['full']}»"))
    return tuple(found)

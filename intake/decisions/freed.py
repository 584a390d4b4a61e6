"""Letters that waited as a second application for a place, when the first one turned out to be for another place.

The rules have their say again about each: it may be the only application of its place now. Nothing is remembered for this:
a letter that waits says which place it is for, and the application it waits behind where it stands.
"""

from intake.database import reading
from intake.decisions.carried_out import Desk, again
from intake.decisions.whose import UNKNOWN
from intake.ledger.behind import waiting_behind
from intake.pipeline import Stopped
from intake.station import Station
from intake.workbook.decided import TypedDecision
from intake.workbook.post import letter_code
from rules.call import Call


def free(station: Station, call: Call) -> int:
    """Judge the letters of a call that need not wait as second applications any more; return how many."""
    with reading(station.engine) as tx:
        waiting = waiting_behind(tx, call.id)
    news = 0
    for row, note in waiting:
        if station.stopping.is_set():
            raise Stopped
        one = TypedDecision(letter_code(row["digest"]), late=False, place=note)
        news += again(Desk(station, call, one, None, by=UNKNOWN, now=station.now()), row)
        station.prolong()
    return news

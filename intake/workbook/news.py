"""Which rows are to be looked at in a file that nobody touched since we did: those of which the ledger says something new.

All other rows stand as the ledger remembers them, so nothing of them is read. The sheets on which people decide, and that of
the places, are few rows and always looked at whole.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from intake.database import Connection
from intake.ledger import read
from intake.ledger.cells import corrected_rows
from intake.ledger.orders import Order
from intake.ledger.stamps import Stamps
from intake.ledger.views import ApplicationView
from intake.workbook.card_names import reply_code
from intake.workbook.post import letter_code
from intake.workbook.sheets import sheets
from rules.call import Call

# Those with a row for each application, participant or letter there ever was, and the others.
LONG: Final = ("applications", "people", "attendance", "letters")
SHORT: Final = ("attention", "decided", "late", "missing")
# Where more than so much is new, everything is looked at.
MOST = 400


@dataclass(frozen=True, slots=True)
class News:
    """What is new: numbers of applications, digests of letters, Message-IDs of replies; with all that hangs on them.

    `rows`: long sheet → the keys of the rows that may say something else now.
    """

    numbers: frozenset[str]
    digests: frozenset[str]
    replies: frozenset[str]
    rows: Mapping[str, frozenset[str]]


def dumped(stamps: Stamps) -> dict[str, dict[str, str]]:
    """Return stamps as plain values."""
    return {
        "applications": dict(stamps.applications),
        "letters": dict(stamps.letters),
        "replies": dict(stamps.replies),
    }


def news(
    tx: Connection,
    call: Call,
    before: Mapping[str, Mapping[str, str]],
    now: Stamps,
    *,
    outlines: tuple[ApplicationView, ...],
    orders: Mapping[str, Order],
) -> News | None:
    """Return what is new since the stamps `before` were taken; None when it is so much that all may be looked at."""

    def new(name: str, stamps: Mapping[str, str]) -> set[str]:
        known = before[name]
        return {one for one, stamp in stamps.items() if known.get(one) != stamp}

    numbers = new("applications", now.applications)
    digests, replies = new("letters", now.letters), new("replies", now.replies)
    if len(numbers) + len(digests) + len(replies) > MOST:
        return None
    codes: set[str] = set()
    for sheet, row in corrected_rows(tx, call.id, _ours(call)):
        # What people corrected is compared with the letter at every look.
        if sheet == "letters":
            codes.add(row)
        else:
            numbers.add(row.partition("/")[0])
    codes |= {key for key in orders if " " not in key and key not in now.applications}
    if codes:
        digests |= {digest for digest in now.letters if letter_code(digest) in codes}
        replies |= {one for one in now.replies if reply_code(one) in codes}
    late = {one.number for one in outlines if one.status == "late"}
    digests |= read.waiting(tx, call.id) | read.digests_about(tx, numbers | late)
    people = [f"/{count}" for count in range(1, len(call.participants) + 1)]
    of_people = frozenset(number + one for number in numbers for one in people)
    return News(
        frozenset(numbers | late),
        frozenset(digests),
        frozenset(replies),
        {
            "applications": frozenset(numbers),
            "people": of_people,
            "attendance": of_people,
            "letters": frozenset({*map(letter_code, digests), *map(reply_code, replies)}),
        },
    )


def _ours(call: Call) -> dict[str, tuple[str, ...]]:
    """Return long sheet → the headers of the robot's own columns."""
    empty: tuple[Any, ...] = ()
    return {
        sheet.id: tuple(column.header for column in sheet.columns if not column.people)
        for sheet in sheets(call, empty, empty, empty)
        if sheet.id in LONG
    }

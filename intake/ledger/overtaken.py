"""Letters without a form, or whose form nobody could read: a later one of the same application, in which everything stands, settles them.

Runs in the transaction it is given. Nobody need look at a photo any more when the same form has come typed.
"""

from datetime import datetime

from sqlalchemy import Connection, select, update

from intake.database import letters
from intake.ledger.letters import decide
from rules.form import NO_FORM, OVERTAKEN, UNREAD

# A letter that waits for nothing else has what it waits for once a form is there that can be read.
_FOR_A_FORM = UNREAD | {NO_FORM.code}


def overtake(tx: Connection, number: str, digest: str, *, by: str, now: datetime) -> None:
    """Let the letters of an application that wait for nothing but a readable form wait no more: `digest` has brought it."""
    before = select(letters.c.received_at).where(letters.c.digest == digest).scalar_subquery()
    waiting = select(letters).where(
        letters.c.number == number,
        letters.c.disposition.in_(("hold", "reject")),
        letters.c.received_at <= before,
    )
    for row in tx.execute(waiting.order_by(letters.c.received_at, letters.c.digest)).all():
        held = {one["code"] for one in row.findings if one["disposition"] != "accept"}
        if row.digest == digest or not held <= _FOR_A_FORM:
            continue
        found = {
            "code": OVERTAKEN.code,
            "disposition": str(OVERTAKEN.disposition),
            "facts": {"letter": digest[:12]},
        }
        told = [found, *({**one, "disposition": "accept"} for one in row.findings)]
        values = {"disposition": "accept", "findings": told}
        tx.execute(update(letters).where(letters.c.digest == row.digest).values(**values))
        decide(tx, digest=row.digest, made_by=by, made_at=now, rules_digest="", note="", **values)

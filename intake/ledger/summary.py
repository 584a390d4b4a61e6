"""What a day brought, as counts and numbers of applications: for the daily summary. No names, no addresses."""

from datetime import datetime

from sqlalchemy import Connection, func, or_, select

from intake.database import applications, letters
from outbox.notice_words import Summary
from outbox.store import SERVICE, replies


def summary(tx: Connection, call_id: str, since: datetime) -> Summary:
    """Return how a call stands; `new` are its applications registered after an instant (aware)."""
    mine = select(applications.c.number).where(applications.c.call_id == call_id)
    ordered = mine.order_by(applications.c.number)
    waiting = select(func.count()).where(
        or_(letters.c.call_id == call_id, letters.c.call_id.is_(None)),
        or_(letters.c.disposition == "hold", letters.c.state == "shunted"),
    )
    answers = select(replies.c.state, replies.c.number).where(
        replies.c.call_id == call_id,
        replies.c.state.in_(("failed", "held", "draft")),
        replies.c.template.not_in(SERVICE),
    )
    of_state: dict[str, list[str | None]] = {"failed": [], "held": [], "draft": []}
    for state, number in tx.execute(answers):
        of_state[state].append(number)
    return Summary(
        total=tx.execute(select(func.count()).select_from(mine.subquery())).scalar_one(),
        new=tuple(tx.scalars(ordered.where(applications.c.created_at > since))),
        incomplete=tuple(tx.scalars(ordered.where(applications.c.status.in_(("incomplete", "no_form"))))),
        waiting=tx.execute(waiting).scalar_one(),
        undelivered=len(of_state["failed"]),
        undelivered_numbers=tuple(sorted({number for number in of_state["failed"] if number})),
        to_approve=len(of_state["held"]),
        drafts=len(of_state["draft"]),
    )


def shunted(tx: Connection) -> int:
    """Return how many letters our own bugs failed on."""
    return tx.execute(select(func.count()).where(letters.c.state == "shunted")).scalar_one()

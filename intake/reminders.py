"""Reminds, before the deadline, those whose application lacks something: once for each application and reminder.

The Message-ID is derived from both, so that the job may run as often as it likes. Who must not be answered, has been
decided about, or wrote only after the moment of the reminder is not written to.
"""

from datetime import datetime

import structlog

from intake.database import reading, writing
from intake.ledger.cells import remembered
from intake.ledger.lacking import Lacking, lacking, was_put
from intake.pipeline import DAY
from intake.station import Station
from intake.trouble import trouble, unless_stopped
from intake.trust import trust
from intake.workbook.selection import selection
from outbox import store
from outbox.compose import compose
from outbox.context import ReplyFacts
from outbox.message import deliverable
from outbox.reply import derive_message_id
from rules.call import Call
from rules.reminders import reminder_due
from rules.responder import recipient

log = structlog.get_logger()

REMINDER = "reminder"


def remind(station: Station) -> int:
    """Put the reminders that are due into the outbox; return how many were put now."""
    put = 0
    for call in station.config.calls:
        moment = reminder_due(call, station.now())
        if moment is None or REMINDER in call.replies.off:
            continue
        with station.lock, trouble(station, "reminders", call.id):
            unless_stopped(station)
            told = _remind(station, call, moment)
            if told:
                log.info("reminders", call=call.id, put=told)
            put += told
    return put


def _remind(station: Station, call: Call, moment: datetime) -> int:
    with reading(station.engine) as tx:
        typed = selection(remembered(tx, call.id), (), call)
        decided = {
            number for number, one in typed.items() if one.deleted or one.choices not in {(), ("open",)}
        }
        waiting = [
            one
            for one in lacking(tx, call.id)
            if one.answerable
            and one.received_at <= moment
            and one.number not in decided
            and not was_put(tx, _message_id(one, call, moment))
        ]
    return sum(_put(station, call, one, moment) for one in waiting)


def _put(station: Station, call: Call, one: Lacking, moment: datetime) -> bool:
    """Put one reminder; nothing when the letter it goes back to is not in the archive, or the address has had its fill."""
    pipeline, now = station.pipeline, station.now()
    path = pipeline.archive.path(one.letter)
    if not path.is_file():
        return False
    letter = pipeline.examiner.parse(path, one.letter)
    to = recipient(letter, trust(letter, pipeline.examiner.authserv_id))
    if to is None or deliverable(to.address) is None:
        return False
    days = (call.deadline_at.date() - now.astimezone(call.zone).date()).days
    facts = ReplyFacts(now, number=one.number, place=one.place, missing=one.faults, days_left=days)
    reply = compose(
        REMINDER,
        facts,
        call,
        letter=letter,
        recipient=to.address,
        now=now,
        domain=_domain(call),
        message_id=_message_id(one, call, moment),
    )
    with writing(station.engine) as tx:
        if store.answers_since(tx, to.address, now - DAY) >= call.replies.max_per_day:
            return False
        return store.put(tx, reply, now, mode=call.replies.mode)


def _message_id(one: Lacking, call: Call, moment: datetime) -> str:
    """Return the Message-ID of a reminder: the same whoever of its senders gets it."""
    seed = f"{one.number} {moment.isoformat()}"
    return derive_message_id(seed, REMINDER, "", _domain(call))


def _domain(call: Call) -> str:
    own = deliverable(call.replies.address) or call.replies.address
    return own.rpartition("@")[2]

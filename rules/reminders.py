"""When those whose application lacks something are reminded before the deadline: in office hours of working days only."""

from datetime import datetime, time, timedelta

from rules.call import Call
from rules.deadline import closes_at

# A reminder is put between these hours; one that falls later moves back to the last of them.
OPENS, LATEST, CLOSES = time(9), time(17), time(18)


def reminders_at(call: Call) -> tuple[datetime, ...]:
    """Return the moments at which a call reminds, aware, in order: so many hours before the deadline, or a little earlier.

    What would fall outside office hours, on a Saturday, Sunday or holiday moves back to 17:00 of the last working day.
    """
    return tuple(sorted({_moment(call, hours) for hours in call.replies.remind_hours_before}))


def reminder_due(call: Call, now: datetime) -> datetime | None:
    """Return the reminder that is to be put now (aware), or None: the last one that is over, while the call is open.

    Nobody is written to at night: what was missed waits for the next office hours.
    """
    local = now.astimezone(call.zone)
    if now >= closes_at(call) or not _working(call, local) or not OPENS <= local.time() < CLOSES:
        return None
    return max((moment for moment in reminders_at(call) if moment <= now), default=None)


def _moment(call: Call, hours: int) -> datetime:
    moment = (call.deadline_at - timedelta(hours=hours)).astimezone(call.zone)
    if _working(call, moment) and OPENS <= moment.time() <= LATEST:
        return moment
    day = moment.date()
    if moment.time() < OPENS or not _working(call, moment):
        day -= timedelta(days=1)
        while not _working(call, datetime.combine(day, LATEST)):
            day -= timedelta(days=1)
    return datetime.combine(day, LATEST, tzinfo=call.zone)


def _working(call: Call, moment: datetime) -> bool:
    return moment.isoweekday() < 6 and moment.date() not in call.holidays

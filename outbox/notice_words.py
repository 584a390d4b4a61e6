"""What a letter to the people who run the intake has to say, as the variables of its template. Pure.

Of applications it knows their numbers only: no name and no address of an applicant can get into such a letter.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from outbox.words import date_words, days_left_words, zone_words
from rules.call import Call
from rules.deadline import closes_at

# So many numbers of applications are named on a line; the rest stands in the workbook.
_NAMED = 12


@dataclass(frozen=True, slots=True)
class Trouble:
    """A trouble as a letter tells it: its code, where it is, since when (aware), what is known of it on one line.

    `until` (aware) is set once it is over.
    """

    code: str
    since: datetime
    where: str = ""
    details: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """How a call stands. Applications are named by their numbers; `waiting` counts letters a person must look at."""

    total: int
    new: tuple[str, ...]
    incomplete: tuple[str, ...]
    waiting: int
    undelivered: int
    undelivered_numbers: tuple[str, ...]
    to_approve: int
    drafts: int


def alarm_words(trouble: Trouble, call: Call) -> dict[str, object]:
    """Return the words of an alarm, and of its end."""
    return {
        "code": trouble.code,
        "subject": trouble.where,
        "since": date_words(trouble.since, call.zone, call.language),
        "until": date_words(trouble.until, call.zone, call.language) if trouble.until is not None else "",
        "zone": zone_words(call.time_zone, call.language),
        "details": trouble.details,
    }


def digest_words(
    facts: Summary, troubles: tuple[str, ...], call: Call, workbook: str, now: datetime
) -> dict[str, object]:
    """Return the words of the daily summary; `troubles` are the codes of the open alarms, `now` is aware."""
    local, closing = now.astimezone(call.zone), closes_at(call)
    left = (call.deadline.date() - local.date()).days
    return {
        "title": call.title,
        "prefix": call.prefix,
        "date": f"{local:%d.%m.%Y}",
        "open": now < closing,
        "days_left": days_left_words(left, call.language) if now < closing and left > 0 else "",
        "deadline": date_words(call.deadline_at, call.zone, call.language),
        "zone": zone_words(call.time_zone, call.language),
        "total": facts.total,
        "new": facts.new,
        "incomplete": facts.incomplete,
        "waiting": facts.waiting,
        "undelivered": facts.undelivered,
        "undelivered_numbers": facts.undelivered_numbers,
        "to_approve": facts.to_approve,
        "drafts": facts.drafts,
        "troubles": troubles,
        "workbook": workbook,
        "listed": _listed,
    }


def sample_alarm(code: str, call: Call) -> dict[str, object]:
    """Return the words of an alarm and of its end, for looking at their texts."""
    begin = call.deadline_at - timedelta(days=2, hours=9, minutes=48)
    details = "535 5.7.8 Error: authentication failed"
    return alarm_words(Trouble(code, begin, call.id, details, begin + timedelta(minutes=49)), call)


def sample_digests(call: Call, troubles: tuple[str, ...]) -> tuple[dict[str, object], ...]:
    """Return the words of a busy day, of the last day, and of a quiet one after it."""
    numbers = tuple(f"{call.prefix}-{number:03}" for number in range(1, 15))
    busy = Summary(14, numbers[-2:], numbers, 2, 3, numbers[8:9], 3, 1)
    quiet = Summary(0, (), (), 0, 0, (), 0, 0)
    workbook = call.workbook or f"{call.id}.xlsx"
    early = call.deadline_at - timedelta(days=2, hours=10)
    return (
        digest_words(busy, troubles, call, workbook, early),
        digest_words(busy, (), call, workbook, call.deadline_at - timedelta(hours=1)),
        digest_words(quiet, (), call, workbook, call.deadline_at + timedelta(days=1)),
    )


def _listed(numbers: tuple[str, ...]) -> str:
    """Return numbers of applications as they follow a count: « (КЗ-2023-001, КЗ-2023-002, …)»; "" for none."""
    if not numbers:
        return ""
    return f" ({', '.join(numbers[:_NAMED])}{', …' if len(numbers) > _NAMED else ''})"

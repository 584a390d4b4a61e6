"""The daily summary of each call to the people who run it: put into the outbox once a day, at the configured hour.

Which day was told last is a fact in the ledger; a worker that slept through the hour tells when it wakes, one day once.
"""

from datetime import datetime, timedelta

from intake.config import Config
from intake.database import Connection
from intake.ledger import health
from intake.ledger.summary import Summary, summary
from outbox import store
from outbox.notice import notice
from outbox.words import date_words, days_left_words, zone_words
from rules.call import Call
from rules.deadline import closes_at

# So many numbers of applications are named on a line; the rest stands in the workbook.
_NAMED = 12
_DAY = timedelta(days=1)


def put_digests(tx: Connection, config: Config, now: datetime) -> int:
    """Put the summaries that are due into the outbox, in the caller's transaction; return how many letters."""
    alarms = config.alarms
    if not alarms.to or alarms.digest_hour < 0:
        return 0
    put = 0
    for call in config.calls:
        local = now.astimezone(call.zone)
        fact = f"digest {call.id}"
        before = health.noted(tx, fact)
        if local.hour < alarms.digest_hour or (before is not None and before[0] == local.date().isoformat()):
            continue
        facts = summary(tx, call.id, before[1] if before is not None else now - _DAY)
        health.note(tx, fact, local.date().isoformat(), now)
        if closes_at(call) < now and not (
            facts.new or facts.waiting or facts.undelivered or facts.to_approve
        ):
            # After the end a day without anything to tell is not told.
            continue
        troubles = tuple(dict.fromkeys(alarm.code for alarm in health.open_alarms(tx)))
        words = words_of(facts, troubles, call, config.workbook_path(call).name, now)
        key = f"{call.id} {local.date().isoformat()}"
        for address in alarms.to:
            letter = notice("digest", words, call, recipient=address, key=key, now=now)
            put += store.put(tx, letter, now)
    return put


def words_of(
    facts: Summary, troubles: tuple[str, ...], call: Call, workbook: str, now: datetime
) -> dict[str, object]:
    """Return the words of the summary's text. `now` is aware."""
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
        "listed": listed,
    }


def listed(numbers: tuple[str, ...]) -> str:
    """Return numbers of applications as they follow a count: « (КЗ-2023-001, КЗ-2023-002, …)»; "" for none."""
    if not numbers:
        return ""
    return f" ({', '.join(numbers[:_NAMED])}{', …' if len(numbers) > _NAMED else ''})"

"""The daily summary of each call to the people who run it: put into the outbox once a day, at the configured hour.

Which day was told last is a fact in the ledger; a worker that slept through the hour tells when it wakes, one day once.
"""

from datetime import datetime, timedelta

from intake.config import Config
from intake.database import Connection
from intake.ledger import health
from intake.ledger.summary import summary
from outbox import store
from outbox.notice import notice
from outbox.notice_words import digest_words
from rules.deadline import closes_at

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
        words = digest_words(facts, troubles, call, config.workbook_path(call).name, now)
        key = f"{call.id} {local.date().isoformat()}"
        for address in alarms.to:
            letter = notice("digest", words, call, recipient=address, key=key, now=now)
            put += store.put(tx, letter, now)
    return put

"""Telling the people who run the intake: alarms when they begin and when they are over, the daily summary.

Everything goes through the outbox, in the transaction that keeps that it was told: one letter for a trouble, one for its
end, however often we start anew. Troubles that may pass by themselves are told when they have lasted a while.
"""

from datetime import datetime, timedelta

import structlog

from intake.config import Config
from intake.database import Connection, writing
from intake.digest import put_digests
from intake.ledger import health
from intake.ledger.summary import shunted
from intake.station import Station
from intake.trouble import trouble, unless_stopped
from outbox import store
from outbox.notice import notice
from outbox.notice_words import Trouble, alarm_words
from outbox.reply import Reply

log = structlog.get_logger()

# Troubles that do not pass by themselves, or that somebody must know of at once.
_AT_ONCE = frozenset(
    {
        "unaccounted",
        "outbox_held",
        "letters_shunted",
        "workbook_blocked",
        "job_failed",
        "config_mistake",
        "silent",
    }
)
_LONGEST_DETAILS = 300


def notify(station: Station) -> int:
    """Put the letters that are due into the outbox; return how many. Nothing is sent here."""
    put = 0
    with station.lock, trouble(station, "notices"):
        unless_stopped(station)
        with writing(station.engine) as tx:
            now = station.now()
            _watch_shunted(tx, now)
            # Whoever comes here is at work.
            health.end_alarm(tx, "silent", "", now)
            put = put_alarms(tx, station.config, now) + put_digests(tx, station.config, now)
        if put:
            log.info("notices", put=put)
    return put


def put_alarms(tx: Connection, config: Config, now: datetime) -> int:
    """Put a letter about each alarm that is to be told into the outbox, in the caller's transaction; return how many."""
    if not config.alarms.to:
        return 0
    wait = timedelta(minutes=config.alarms.after_minutes)
    put = 0
    for one in health.untold(tx, now, lambda alarm: timedelta() if at_once(alarm) else wait):
        for address in config.alarms.to:
            put += store.put(tx, _letter(one, config, address, now), now)
        health.told(tx, one, now)
    return put


def at_once(alarm: health.Alarm) -> bool:
    """Return whether an alarm is told without waiting whether it passes."""
    return alarm.code in _AT_ONCE or alarm.facts.get("kind") == "login"


def _letter(one: health.Untold, config: Config, address: str, now: datetime) -> Reply:
    call, alarm = config.calls[0], one.alarm
    trouble = Trouble(alarm.code, alarm.opened_at, alarm.subject, _details(alarm), one.closed_at)
    words = alarm_words(trouble, call)
    if one.closed_at is None:
        return notice("alarm", words, call, recipient=address, key=str(one.id), now=now)
    return notice("alarm_over", words, call, recipient=address, key=str(one.id), now=now, about=str(one.id))


def _details(alarm: health.Alarm) -> str:
    """Return what is known of a trouble on one line."""
    facts = [
        str(value) if key in {"error", "note", "mistakes"} else f"{key} {value}"
        for key, value in alarm.facts.items()
        if key != "kind" and value not in ("", None)
    ]
    line = " ".join("; ".join(facts).split())
    return line if len(line) <= _LONGEST_DETAILS else line[: _LONGEST_DETAILS - 1] + "…"


def _watch_shunted(tx: Connection, now: datetime) -> None:
    """Open an alarm while there are letters our own bugs failed on; a replay that settles them ends it."""
    count = shunted(tx)
    if count:
        health.raise_alarm(tx, "letters_shunted", "", {"letters": count}, now)
    else:
        health.end_alarm(tx, "letters_shunted", "", now)

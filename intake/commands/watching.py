"""`intake watch`: is anybody at work? For cron, beside the worker: it says nothing while all is well.

A worker that is dead cannot say so. This command does: by its exit code, by what it prints (cron mails that), and by a
letter to the addresses of `[alarms]`, which it sends itself when no worker holds the ledger.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from intake.commands import ATTENTION, DONE
from intake.commands.output import Console, json_line, local
from intake.config import Config, ConfigMistake, secrets
from intake.database import Connection, connect, migrate, reading, writing
from intake.ledger import health
from intake.notices import at_once, put_alarms
from intake.sending import deliver
from intake.station import LeaseHeld, open_station, utc_now

# What shows that somebody is at work: the worker's own sign, and every look at the mailbox, also of `intake once`.
SIGNS = ("heartbeat", "last_poll")


def run(config: Config, environ: Mapping[str, str], *, as_json: bool, mistakes: Sequence[str] = ()) -> int:
    """Return 0 when somebody is at work and nothing is wrong, else 1; open or end the alarm `silent`.

    `environ` names the passwords, wanted only when there is a letter to send. `mistakes` are those of config.toml, told
    already: then `config` is what could be read of it, and no letter is written.
    """
    now = utc_now()
    wait = timedelta(minutes=config.alarms.after_minutes)
    engine = connect(config.database_url)
    try:
        migrate(engine)
        with writing(engine) as tx:
            seen = last_sign(tx)
            silent = seen is None or now - seen > wait
            if silent:
                facts = {"last_sign": seen.isoformat() if seen else "never"}
                new = health.raise_alarm(tx, "silent", "", facts, now)
            else:
                new = health.end_alarm(tx, "silent", "", now)
            put = put_alarms(tx, config, now) if new and not mistakes else 0
        with reading(engine) as tx:
            lasting = [
                alarm for alarm in health.open_alarms(tx) if at_once(alarm) or now - alarm.opened_at >= wait
            ]
    finally:
        engine.dispose()
    if put:
        _send(config, environ)
    _tell(config, seen, lasting, mistakes, as_json=as_json)
    return ATTENTION if lasting or mistakes else DONE


def last_sign(tx: Connection) -> datetime | None:
    """Return when somebody was last known to be at work (aware UTC), or None."""
    return max(
        (fact[1] for fact in (health.noted(tx, name) for name in SIGNS) if fact is not None), default=None
    )


def _send(config: Config, environ: Mapping[str, str]) -> None:
    """Send what waits, unless a worker holds the ledger: then it does."""
    try:
        found = secrets(config, environ)
    except ConfigMistake as mistake:
        Console(stderr=True, soft_wrap=True).print(f"the letter about it waits: {mistake}", markup=False)
        return
    try:
        with open_station(config, found) as station:
            deliver(station)
    except LeaseHeld:
        return


def _tell(
    config: Config,
    seen: datetime | None,
    alarms: list[health.Alarm],
    mistakes: Sequence[str],
    *,
    as_json: bool,
) -> None:
    zone = config.calls[0].zone
    if as_json:
        told: list[dict[str, Any]] = [
            {"code": alarm.code, "subject": alarm.subject, "since": alarm.opened_at, **alarm.facts}
            for alarm in alarms
        ]
        json_line(
            {
                "last_sign": seen,
                "alarms": told,
                "mistakes": list(mistakes),
                "attention": bool(alarms or mistakes),
            }
        )
        return
    console = Console(soft_wrap=True)
    for alarm in alarms:
        facts = ", ".join(f"{key} {value}" for key, value in alarm.facts.items() if value)
        console.print(
            f"{alarm.code} {alarm.subject} since {local(alarm.opened_at, zone)}: {facts}".rstrip(": "),
            markup=False,
        )

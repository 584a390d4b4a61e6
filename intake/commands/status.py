"""`intake status`: how the intake is doing, from the ledger alone. Works beside a running worker."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from rich.table import Table

from intake.commands import ATTENTION, DONE, MISTAKE
from intake.commands.output import Console, json_line, local
from intake.config import Config
from intake.database import connect, migrate, reading
from intake.ledger import applications, health, letters
from intake.sending import limits_of
from intake.station import utc_now
from outbox import store

# Worth somebody's attention before the next cycle repairs it by itself.
UNEASY_REPLIES = ("failed", "uncertain")
# A worker that is at work and has not seen the mailbox for so many polls is alive in name only.
SILENT_POLLS = 10


def run(config: Config, *, as_json: bool, mistakes: Sequence[str] = ()) -> int:
    """Print counts by state, last successful poll, queue, open alarms.

    `mistakes` are those of config.toml, told already; `config` is then what could be read of it. Return 0, 1 when
    something needs attention, 2 with mistakes.
    """
    engine = connect(config.database_url)
    now = utc_now()
    try:
        migrate(engine)
        with reading(engine) as tx:
            limits = limits_of(tx, config)
            flow = store.flow(tx, now, limits)
            facts: dict[str, Any] = {
                "letters": letters.counts(tx),
                "applications": applications.counts(tx),
                "replies": store.counts(tx),
                "queue": {
                    "due": flow.due,
                    "left_in_hour": flow.left,
                    "per_hour": limits.per_hour,
                    "held": flow.held,
                },
                "last_poll": _noted(health.noted(tx, "last_poll")),
                "heartbeat": _noted(health.noted(tx, "heartbeat")),
                "worker": health.lease_holder(tx, now),
                "alarms": [
                    {"code": alarm.code, "subject": alarm.subject, "since": alarm.opened_at, **alarm.facts}
                    for alarm in health.open_alarms(tx)
                ],
            }
    finally:
        engine.dispose()
    facts["silent"] = facts["worker"] is not None and _silent(config, facts["last_poll"], now)
    needs = (
        bool(facts["alarms"])
        or facts["silent"]
        or "shunted" in facts["letters"]
        or any(s in facts["replies"] for s in UNEASY_REPLIES)
    )
    if as_json:
        json_line(facts | {"mistakes": list(mistakes), "attention": needs or bool(mistakes)})
    else:
        _show(config, facts)
    return MISTAKE if mistakes else ATTENTION if needs else DONE


def _silent(config: Config, poll: dict[str, Any] | None, now: datetime) -> bool:
    longest = timedelta(seconds=SILENT_POLLS * config.mailbox.poll_seconds)
    return poll is not None and now - poll["at"] > longest


def _noted(fact: tuple[Any, Any] | None) -> dict[str, Any] | None:
    return {"at": fact[1], "value": fact[0]} if fact else None


def _show(config: Config, facts: dict[str, Any]) -> None:
    console = Console()
    zone = config.calls[0].zone
    table = Table(title="Skrynka", title_justify="left")
    table.add_column("what")
    table.add_column("state")
    table.add_column("count", justify="right")
    for what in ("letters", "applications", "replies"):
        for state, count in sorted(facts[what].items()):
            table.add_row(what, str(state), str(count))
        if not facts[what]:
            table.add_row(what, "-", "0")
    console.print(table)
    queue = facts["queue"]
    cap = f" of at most {queue['per_hour']}" if queue["per_hour"] else ""
    console.print(f"queue: {queue['due']} due; {queue['left_in_hour']} left in the past hour{cap}")
    if queue["held"]:
        console.print(
            "THE OUTBOX IS HELD: «intake outbox» shows what waits, «intake outbox release» lets it go",
            style="red",
        )
    poll, beat = facts["last_poll"], facts["heartbeat"]
    console.print(f"last successful poll: {local(poll['at'], zone) if poll else 'never'}")
    if poll:
        counted = poll["value"]
        console.print(
            f"  on the server {counted['on_server']}, in the ledger {counted['accounted']}, "
            f"unaccounted {counted['unaccounted']}"
        )
    console.print(f"worker: {facts['worker'] or 'not running'}", markup=False)
    if facts["silent"]:
        console.print("THE WORKER RUNS, BUT HAS NOT SEEN THE MAILBOX FOR A LONG TIME", style="red")
    console.print(f"last sign of life of the worker: {local(beat['at'], zone) if beat else 'never'}")
    for alarm in facts["alarms"]:
        detail = {key: value for key, value in alarm.items() if key not in {"code", "subject", "since"}}
        console.print(
            f"ALARM {alarm['code']} {alarm['subject']} since {local(alarm['since'], zone)}: {detail}",
            style="red",
        )

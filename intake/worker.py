"""The worker: runs the jobs on their clocks until it is told to stop.

Polling is the truth; IDLE only wakes it earlier (RFC 2177). A deadline has a job of its own, but is decided by the
receipt time of each letter, never by when a job ran.
"""

import contextlib
import os
import select
import signal
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from types import FrameType

import structlog
from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MISSED, JobExecutionEvent
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.date import DateTrigger

from intake import jobs
from intake.config import Config, Secrets
from intake.database import LedgerTrouble, writing
from intake.ledger import health
from intake.mailbox import Backoff, MailboxTrouble
from intake.reload import ConfigWatch
from intake.station import LEASE_SECONDS, LeaseHeld, Station, open_station
from intake.trouble import trouble
from rules.deadline import closes_at

log = structlog.get_logger()

# IDLE is renewed well before servers give it up after 30 minutes, and before routers forget the connection.
IDLE_SECONDS = 240
# How long jobs may take to notice the stop sign by themselves before their connections are broken off.
PATIENCE_SECONDS = 0.5


class _Sign:
    """The stop sign as a pipe. A signal handler may write to a pipe; taking a lock there could stop us for good."""

    def __init__(self) -> None:
        self.read, self._write = os.pipe()

    def show(self) -> None:
        """Tell everybody who waits in poll(2) or select(2) on `read`; it stays readable."""
        os.write(self._write, b"!")

    def wait(self) -> None:
        """Wait until the sign is shown."""
        select.select([self.read], [], [])


def run(config: Config, secrets: Secrets, *, watch: ConfigWatch | None = None) -> int:
    """Work until SIGTERM or SIGINT; return the exit code: 0 after a clean stop, 3 when the lease was lost.

    `watch` looks after the file the configuration came from: a changed one is taken over between two cycles.
    Raises `LeaseHeld` when another worker is at work, `LedgerTrouble` when the ledger cannot be opened.
    """
    with _stop_sign() as sign, open_station(config, secrets) as station:
        scheduler = _scheduler(station, sign, watch)
        watcher = threading.Thread(
            target=_watch, args=(station, scheduler, sign.read), name="idle", daemon=True
        )
        scheduler.start()
        if config.mailbox.idle:
            watcher.start()
        log.info("worker started", holder=station.holder, poll_seconds=config.mailbox.poll_seconds)
        sign.wait()
        station.stop()
        log.info("worker stopping")
        scheduler.shutdown(wait=False)
        at_rest = _rest(station)
    log.info("worker stopped", at_rest=at_rest)
    code = 3 if station.lease_lost else 0
    if not at_rest:
        # A job still waits for a connection to be made. It holds no transaction, and all it would do is done at the
        # next start; Python itself would wait for its thread.
        os._exit(code)
    return code


def _rest(station: Station) -> bool:
    """Wait a little for the job at hand, then break its connections off; return whether it has ended.

    The lock is given back at once: a job that begins only now takes it, sees the stop sign, and ends.
    """
    for attempt in (1, 2):
        if station.lock.acquire(timeout=PATIENCE_SECONDS):
            station.lock.release()
            return True
        if attempt == 1:
            station.break_off()
    return False


def _scheduler(station: Station, sign: _Sign, watch: ConfigWatch | None) -> BackgroundScheduler:
    # misfire_grace_time None: a late job runs late; with the default of one second it would silently not run at all.
    # The deadline has its own thread, so that it never queues behind a long poll.
    scheduler = BackgroundScheduler(
        timezone=UTC,
        executors={
            "default": ThreadPoolExecutor(1),
            "deadline": ThreadPoolExecutor(1),
            "beat": ThreadPoolExecutor(1),
        },
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    scheduler.add_listener(_failed(station), EVENT_JOB_ERROR | EVENT_JOB_MISSED)
    seconds = station.config.mailbox.poll_seconds
    scheduler.add_job(
        _cycle,
        "interval",
        args=[station, scheduler, watch],
        seconds=seconds,
        id="cycle",
        next_run_time=datetime.now(UTC),
        # A letter that arrives during a cycle wakes one more, which waits for the only thread; with one instance the
        # wake-up would be dropped, and the letter would lie until the next poll.
        max_instances=2,
    )
    scheduler.add_job(
        _beat, "interval", args=[station, sign], seconds=LEASE_SECONDS / 6, id="beat", executor="beat"
    )
    _set_deadlines(station, scheduler)
    return scheduler


def _cycle(station: Station, scheduler: BackgroundScheduler, watch: ConfigWatch | None) -> None:
    """Take over a changed configuration, then do one cycle: never in the middle of one."""
    if watch is not None:
        with station.lock, trouble(station, "configuration"):
            if watch.look(station):
                _set_deadlines(station, scheduler)
    jobs.cycle(station, patient=True)


def _set_deadlines(station: Station, scheduler: BackgroundScheduler) -> None:
    """Give every deadline still to come its job, and take away those of deadlines that were moved."""
    for job in scheduler.get_jobs():
        if job.id.startswith("deadline "):
            job.remove()
    for call in station.config.calls:
        closing = closes_at(call)
        if closing > station.now():
            scheduler.add_job(
                _close,
                DateTrigger(run_date=closing),
                args=[station, call.id],
                id=f"deadline {call.id}",
                executor="deadline",
            )


def _close(station: Station, call_id: str) -> None:
    """Show the state at the deadline at once: what is in the mailbox now is taken in and published."""
    log.info("deadline", call=call_id)
    jobs.cycle(station)


def _beat(station: Station, sign: _Sign) -> None:
    """Prolong the lease and leave a sign of life. A worker that lost its lease must not write any more."""
    try:
        station.prolong()
        with writing(station.engine) as tx:
            health.note(tx, "heartbeat", station.holder, station.now())
    except LeaseHeld as error:
        log.error("lease lost", error=str(error))
        station.lease_lost = True
        sign.show()
    except LedgerTrouble as error:
        log.error("trouble", job="heartbeat", error=str(error))


def _failed(station: Station) -> Callable[[JobExecutionEvent], None]:
    """Return the listener that makes failed and missed jobs visible: both are our bugs or an overloaded machine."""

    def listen(event: JobExecutionEvent) -> None:
        error = type(event.exception).__name__ if event.exception else "missed"
        log.error("job failed", job=event.job_id, error=error, traceback=event.traceback)
        with contextlib.suppress(LedgerTrouble), writing(station.engine) as tx:
            health.raise_alarm(tx, "job_failed", event.job_id, {"error": error}, station.now())

    return listen


def _watch(station: Station, scheduler: BackgroundScheduler, wake: int) -> None:
    """Let the server wake the poll. Whatever goes wrong here, polling goes on without it."""
    failures = 0
    while not station.stopping.is_set():
        try:
            with station.mailbox() as mailbox:
                mailbox.open(station.config.mailbox.folders[0])
                # The server is back: whatever it was left alone for is over.
                station.pauses.pop("mailbox", None)
                # What came between the last poll and this moment is old news to the server: it must be looked for.
                scheduler.modify_job("cycle", next_run_time=datetime.now(UTC))
                while not station.stopping.is_set():
                    if mailbox.wait(IDLE_SECONDS, wake) and not station.stopping.is_set():
                        scheduler.modify_job("cycle", next_run_time=datetime.now(UTC))
                    failures = 0
        except (MailboxTrouble, OSError) as error:
            if not station.stopping.is_set():
                failures += 1
                log.info("idle interrupted", error=str(error))
                select.select([wake], [], [], Backoff().delay(failures))


@contextlib.contextmanager
def _stop_sign() -> Iterator[_Sign]:
    """Turn SIGTERM and SIGINT into the stop sign, before anything is opened that must be closed."""
    sign = _Sign()

    def stop(_number: int, _frame: FrameType | None) -> None:
        sign.show()

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield sign
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

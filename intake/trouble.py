"""The world's troubles at a job's boundary: logged once, kept as an alarm until over, and longer waits between tries.

Our own bugs are not caught here, nor anything that a letter is.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from intake.archive import ArchiveTrouble
from intake.database import LedgerTrouble, writing
from intake.ledger import health
from intake.mailbox import Backoff, MailboxTrouble
from intake.pipeline import Stopped
from intake.station import Station
from intake.workbook import WorkbookTrouble
from outbox.store import OutboxTrouble
from outbox.transport import SmtpTrouble

log = structlog.get_logger()

# A server in trouble is not helped by being asked once a minute, and an account that is refused may be locked for it.
_LONGEST_PAUSE = 900.0


@dataclass(slots=True)
class Pause:
    """How often a job has failed in a row, and until when (aware) it is better left alone."""

    failures: int
    until: datetime


def paused(station: Station, job: str) -> bool:
    """Return whether a job that failed is better left alone for now."""
    pause = station.pauses.get(job)
    return pause is not None and station.now() < pause.until


def unless_stopped(station: Station) -> None:
    """End a job that begins after the stop sign: what it would work with is being closed."""
    if station.stopping.is_set():
        raise Stopped


@contextmanager
def trouble(station: Station, job: str, subject: str = "") -> Iterator[None]:
    """Catch the world's troubles at a job's boundary: one alarm when one begins, one notice when it is over."""
    code = f"{job}_trouble"
    try:
        yield
    except Stopped:
        return
    except (LedgerTrouble, OutboxTrouble) as error:
        # The ledger itself is in trouble: nothing can be written there, so the log is all there is.
        log.error("trouble", job=job, subject=subject, error=str(error))
        return
    except (MailboxTrouble, ArchiveTrouble, WorkbookTrouble, OSError) as error:
        if station.stopping.is_set():
            return
        pause = _longer(station, job)
        log.warning("trouble", job=job, subject=subject, error=str(error), failures=pause.failures)
        facts = {"error": str(error), "kind": _kind(error)}
        with writing(station.engine) as tx:
            health.raise_alarm(tx, code, subject, facts, station.now())
        return
    station.pauses.pop(job, None)
    with writing(station.engine) as tx:
        if health.end_alarm(tx, code, subject, station.now()):
            log.info("trouble over", job=job, subject=subject)


def _longer(station: Station, job: str) -> Pause:
    """Let the next pause of a job be twice the one before it, a poll's interval at first, a quarter of an hour at most."""
    before = station.pauses.get(job)
    failures = before.failures + 1 if before is not None else 1
    backoff = Backoff(first=float(station.config.mailbox.poll_seconds), longest=_LONGEST_PAUSE)
    # A moment less than a poll, so that the poll after the pause is not missed by a hair.
    wait = timedelta(seconds=backoff.delay(failures) - 1)
    pause = Pause(failures, station.now() + wait)
    station.pauses[job] = pause
    return pause


def _kind(error: Exception) -> str:
    """Return what kind of trouble it is, where its door tells kinds apart: "login" will not pass by itself."""
    return error.kind if isinstance(error, MailboxTrouble | SmtpTrouble) else ""

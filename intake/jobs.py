"""The jobs of the worker, each repeatable at any time: collect letters, bring the mailbox up to date, publish, deliver.

Every trouble of the world is caught here, at the job's boundary, logged once, kept as an alarm until it is over, and
tried again at the next tick.
"""

from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import structlog

from intake import cards, workbook
from intake.archive import ArchiveTrouble
from intake.database import LedgerTrouble, reading, writing
from intake.ledger import health, letters
from intake.mailbox import Mailbox, MailboxTrouble
from intake.pipeline import Settled, Stopped
from intake.station import Station
from outbox import delivery, store

if TYPE_CHECKING:
    from collections.abc import Iterator

log = structlog.get_logger()

Progress = Callable[[int, int], None]


@dataclass(slots=True)
class Polled:
    """What one look at the mailbox gave. The counts of all folders are added up.

    `on_server` = `accounted` + `unaccounted`; `gone` were expunged while we looked; `settled` are this cycle's.
    """

    on_server: int = 0
    accounted: int = 0
    unaccounted: int = 0
    gone: int = 0
    marked: int = 0
    settled: list[Settled] = field(default_factory=list)
    ok: bool = False


def poll(station: Station, *, progress: Progress | None = None) -> Polled:
    """Take in every letter the ledger does not know, and reconcile; return what was seen.

    `progress(done, total)` is told after every letter of a folder.
    """
    result = Polled()
    with station.lock, trouble(station, "mailbox"):
        _unless_stopped(station)
        with station.mailbox() as mailbox:
            for folder in station.config.mailbox.folders:
                _collect(station, mailbox, folder, result, progress)
                if station.stopping.is_set():
                    return result
        result.ok = True
        with writing(station.engine) as tx:
            counts = {
                "on_server": result.on_server,
                "accounted": result.accounted,
                "unaccounted": result.unaccounted,
            }
            health.note(tx, "last_poll", counts, station.now())
    return result


@dataclass(frozen=True, slots=True)
class _Folder:
    """One folder as it was seen: its name and UIDVALIDITY, every UID there was, those that vanished meanwhile."""

    name: str
    uidvalidity: int
    on_server: frozenset[int]
    gone: frozenset[int] = frozenset()


def _collect(
    station: Station, mailbox: Mailbox, folder: str, result: Polled, progress: Progress | None
) -> None:
    account = station.config.mailbox.account
    status = mailbox.open(folder)
    on_server = frozenset(mailbox.uids())
    with reading(station.engine) as tx:
        known = letters.known_uids(tx, account, folder, status.uidvalidity)
    new = sorted(on_server - known)
    expunged: set[int] = set()
    for count, raw in enumerate(mailbox.fetch(new), start=1):
        try:
            settled = station.pipeline.settle(raw)
        except MailboxTrouble as lost:
            # A large letter that somebody deleted while it was read: the others go on.
            if lost.kind != "expunged":
                raise
            expunged.add(raw.location.uid)
            continue
        result.settled.append(settled)
        log.info("letter", fate=settled.fate, digest=settled.digest, folder=folder, uid=raw.location.uid)
        if progress is not None:
            progress(count, len(new))
        if station.stopping.is_set():
            return
        station.prolong()
    seen = _Folder(folder, status.uidvalidity, on_server, frozenset(expunged.union(mailbox.gone)))
    _reconcile(station, seen, result)
    if not station.config.mailbox.read_only:
        result.marked += _mark(station, mailbox, seen, keywords=status.keywords)


def _reconcile(station: Station, seen: _Folder, result: Polled) -> None:
    """Compare the server's UIDs with the ledger's, and say so. A difference is an alarm (law 5)."""
    with reading(station.engine) as tx:
        known = letters.known_uids(tx, station.config.mailbox.account, seen.name, seen.uidvalidity)
    there = seen.on_server - seen.gone
    unaccounted = sorted(there - known)
    result.on_server += len(there)
    result.accounted += len(there & known)
    result.unaccounted += len(unaccounted)
    result.gone += len(seen.gone)
    log.info(
        "reconciled",
        folder=seen.name,
        on_server=len(there),
        accounted=len(there & known),
        unaccounted=len(unaccounted),
        gone=len(seen.gone),
    )
    with writing(station.engine) as tx:
        if unaccounted:
            health.raise_alarm(tx, "unaccounted", seen.name, {"uids": unaccounted[:100]}, station.now())
        else:
            health.end_alarm(tx, "unaccounted", seen.name, station.now())


def _mark(station: Station, mailbox: Mailbox, seen: _Folder, *, keywords: bool) -> int:
    """Show in the mailbox which letters are settled: a keyword, and moves in one batch for each target folder."""
    settings = station.config.mailbox
    with reading(station.engine) as tx:
        waiting = letters.unmarked(tx, settings.account, seen.name, seen.uidvalidity)
    here = [letter for letter in waiting if letter.uid in seen.on_server]
    if settings.mark and keywords and here:
        mailbox.mark([letter.uid for letter in here], settings.mark)
    for disposition, target in settings.move_to.items():
        uids = [letter.uid for letter in here if letter.disposition == disposition]
        if uids and target and target != seen.name:
            mailbox.move(uids, target)
    if waiting:
        # Those that are no longer there need no mark either.
        uids = [letter.uid for letter in waiting]
        with writing(station.engine) as tx:
            letters.marked(tx, settings.account, seen.name, seen.uidvalidity, uids=uids, now=station.now())
    return len(here)


def publish(station: Station) -> tuple[workbook.Published, ...]:
    """Bring every call's workbook up to date, and the ledger with what people typed."""
    published = []
    for call in station.config.calls:
        with station.lock, trouble(station, "workbook", call.id):
            _unless_stopped(station)
            done = workbook.update(
                station.engine,
                call,
                station.config.workbook_path(call),
                now=station.now(),
                attachments=station.config.attachments_path,
            )
            published.append(done)
            log.info("workbook", call=call.id, status=done.status)
            with writing(station.engine) as tx:
                if done.status in {"locked", "blocked"}:
                    health.raise_alarm(
                        tx, f"workbook_{done.status}", call.id, {"note": done.note}, station.now()
                    )
                else:
                    for code in ("workbook_locked", "workbook_blocked"):
                        health.end_alarm(tx, code, call.id, station.now())
        with station.lock, trouble(station, "cards", call.id):
            made = cards.update(
                station.engine,
                call,
                station.config.workbook_path(call).parent / workbook.CARDS,
                archive=station.pipeline.archive,
                attachments=station.config.attachments_path,
                now=station.now(),
                limits=station.config.limits,
            )
            log.info("cards", call=call.id, there=made.there, written=made.written)
    return tuple(published)


def deliver(station: Station) -> delivery.Delivered:
    """Send the replies that are due, and write those of calls in draft mode as files."""
    result = delivery.Delivered()
    with station.lock, trouble(station, "smtp"):
        _unless_stopped(station)
        delivery.write_drafts(station.engine, station.config.drafts_path)
        store.recover(station.engine, station.holder, station.now())
        with station.transport() as transport:
            result = delivery.deliver(
                station.engine,
                transport,
                worker=station.holder,
                now=station.now,
                stop=station.stopping.is_set,
                attempts=station.config.smtp.attempts,
                found_in_sent=_sent_folder(station),
            )
        with writing(station.engine) as tx:
            health.note(tx, "last_delivery", result.counts(), station.now())
    return result


def _sent_folder(station: Station) -> Callable[[str], bool | None] | None:
    """Return how to look up a sent letter by its Message-ID, or None when no Sent folder is configured."""
    folder = station.config.smtp.sent_folder
    if not folder:
        return None

    def found(message_id: str) -> bool | None:
        try:
            with station.mailbox() as mailbox:
                return mailbox.find_message_id(folder, message_id)
        except MailboxTrouble:
            return None

    return found


def cycle(
    station: Station, *, progress: Progress | None = None
) -> tuple[Polled, tuple[workbook.Published, ...], delivery.Delivered]:
    """Collect, publish, deliver, publish. Each stands on its own: trouble in one does not keep the next from running.

    The workbook is written before the answers go out, because a slow mail server must not keep rows from people, and
    once more after it, so that it shows what was sent; where nothing changed that costs next to nothing.
    """
    polled = poll(station, progress=progress)
    published = publish(station)
    delivered = deliver(station)
    later = publish(station)
    return polled, later if any(one.status == "written" for one in later) else published, delivered


def _unless_stopped(station: Station) -> None:
    """End a job that begins after the stop sign: what it would work with is being closed."""
    if station.stopping.is_set():
        raise Stopped


@contextmanager
def trouble(station: Station, job: str, subject: str = "") -> "Iterator[None]":
    """Catch the world's troubles at a job's boundary: one alarm when one begins, one notice when it is over."""
    code = f"{job}_trouble"
    try:
        yield
    except Stopped:
        return
    except (LedgerTrouble, store.OutboxTrouble) as error:
        # The ledger itself is in trouble: nothing can be written there, so the log is all there is.
        log.error("trouble", job=job, subject=subject, error=str(error))
        return
    except (MailboxTrouble, ArchiveTrouble, workbook.WorkbookTrouble, OSError) as error:
        if station.stopping.is_set():
            return
        log.warning("trouble", job=job, subject=subject, error=str(error))
        with writing(station.engine) as tx:
            health.raise_alarm(tx, code, subject, {"error": str(error)}, station.now())
        return
    with writing(station.engine) as tx:
        if health.end_alarm(tx, code, subject, station.now()):
            log.info("trouble over", job=job, subject=subject)

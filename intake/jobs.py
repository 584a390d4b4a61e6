"""The jobs of the worker, each repeatable at any time: collect letters, bring the mailbox up to date, publish.

Sending has a page of its own (`intake.sending`). Every trouble of the world is caught at the job's boundary
(`intake.trouble`), kept as an alarm until it is over, and tried again at a later tick.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import structlog

from intake import cards, decisions, workbook
from intake.database import reading, writing
from intake.ledger import health, letters
from intake.mailbox import Mailbox, MailboxTrouble
from intake.notices import notify
from intake.pipeline import Settled
from intake.reminders import remind
from intake.sending import deliver
from intake.station import Station
from intake.trouble import paused, trouble, unless_stopped
from outbox import delivery
from rules.call import Call

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
        unless_stopped(station)
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
    """Bring every call's workbook up to date, and the ledger with what people typed; do what they decided."""
    published = []
    for call in station.config.calls:
        with station.lock, trouble(station, "workbook", call.id):
            unless_stopped(station)
            done = _update(station, call)
            if decisions.act(station, call):
                # What people decided is carried out, and the rows go where they belong now.
                done = replace(_update(station, call), typed=done.typed, conflicts=done.conflicts)
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
                if done.beside:
                    names = {"note": "; ".join(done.beside)}
                    health.raise_alarm(tx, "workbook_copies", call.id, names, station.now())
                else:
                    health.end_alarm(tx, "workbook_copies", call.id, station.now())
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


def _update(station: Station, call: Call) -> workbook.Published:
    return workbook.update(
        station.engine,
        call,
        station.config.workbook_path(call),
        now=station.now(),
        attachments=station.config.attachments_path,
    )


def cycle(
    station: Station, *, progress: Progress | None = None, patient: bool = False
) -> tuple[Polled, tuple[workbook.Published, ...], delivery.Delivered]:
    """Collect, publish, tell the coordinators, remind, deliver, publish. Trouble in one does not keep the next from running.

    The workbook is written before the answers go out, because a slow mail server must not keep rows from people, and
    once more after it, so that it shows what was sent; where nothing changed that costs next to nothing. A `patient`
    cycle leaves servers alone that were in trouble a moment ago.
    """
    polled = Polled() if patient and paused(station, "mailbox") else poll(station, progress=progress)
    published = publish(station)
    notify(station)
    remind(station)
    resting = patient and paused(station, "smtp")
    delivered = delivery.Delivered() if resting else deliver(station)
    later = publish(station)
    return polled, later if any(one.status == "written" for one in later) else published, delivered

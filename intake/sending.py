"""The job that sends: replies that are due leave, drafts become files, copies are filed in the mailbox.

What each step means is told in `outbox`; here it gets the mailbox, the clock and the limits of the configuration.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import structlog

from intake.config import Config
from intake.database import Connection, reading, writing
from intake.ledger import health
from intake.mailbox import Mailbox, MailboxTrouble
from intake.station import Station
from intake.trouble import trouble, unless_stopped
from outbox import delivery, drafts, store
from outbox.transport import SmtpTrouble

log = structlog.get_logger()

# Providers that file sent letters by themselves do so within moments; after that a missing copy is ours to file.
COPY_WAIT = timedelta(minutes=1)

# The fact that a person has let a held outbox go, and when.
LET_GO = "outbox_let_go"

# What the configuration writes for the folder the server itself names.
AUTO = "auto"


def deliver(station: Station) -> delivery.Delivered:
    """Send the replies that are due, write those of calls in draft mode as files, and file the copies."""
    result = delivery.Delivered()
    config = station.config
    with station.lock, trouble(station, "smtp"):
        unless_stopped(station)
        writable = not config.mailbox.read_only
        written = drafts.write_drafts(
            station.engine, config.drafts_path, copies=writable and bool(config.mailbox.drafts_folder)
        )
        store.recover(station.engine, station.holder, station.now())
        with reading(station.engine) as tx:
            limits = limits_of(tx, config)
        try:
            with station.transport() as transport:
                result = delivery.deliver(
                    station.engine,
                    transport,
                    worker=station.holder,
                    now=station.now,
                    stop=station.stopping.is_set,
                    attempts=config.smtp.attempts,
                    limits=limits,
                    copies=writable and bool(config.smtp.sent_folder),
                    found_in_sent=_sent_folder(station),
                )
            result = replace(result, drafts=written)
        finally:
            _say_whether_held(station, limits)
        with writing(station.engine) as tx:
            health.note(tx, "last_delivery", result.counts(), station.now())
        if result.refusal:
            # It is refused us, not the letters: they wait until somebody has mended it.
            raise SmtpTrouble(result.refusal, kind="login")
    with station.lock, trouble(station, "copies"):
        unless_stopped(station)
        file_copies(station)
    return result


def limits_of(tx: Connection, config: Config) -> store.Limits:
    """Return how much may leave at once, as the configuration says and a person may have."""
    let_go = health.noted(tx, LET_GO)
    return store.Limits(config.smtp.per_hour, config.smtp.per_minute, let_go[1] if let_go else None)


def file_copies(station: Station) -> int:
    """Put a copy of each letter sent, and each draft, into its folder of the mailbox; return how many are settled.

    Each is looked for by its Message-ID first: a provider may have filed it, or we, before we died. A server that names
    no such folder gets none. Raises `MailboxTrouble`; what is not yet filed is met again.
    """
    due = store.copies_due(station.engine, station.now() - COPY_WAIT)
    if not due:
        return 0
    config = station.config
    done = 0
    with station.mailbox() as mailbox:
        for state, folder in (
            ("sent", _folder(mailbox, config.smtp.sent_folder, "\\Sent")),
            ("draft", _folder(mailbox, config.mailbox.drafts_folder, "\\Drafts")),
        ):
            if folder is None:
                log.info("no copies", state=state)
                store.copy_unwanted(station.engine, drafts=state == "draft")
                continue
            flags = ("\\Seen", "\\Draft") if state == "draft" else ("\\Seen",)
            for copy in due:
                if station.stopping.is_set():
                    return done
                if (copy.state == "draft") == (state == "draft"):
                    if not mailbox.exists(folder) or not mailbox.find_message_id(folder, copy.message_id):
                        mailbox.append(folder, copy.octets, flags, copy.sent_at)
                    store.copy_filed(station.engine, copy.message_id)
                    done += 1
    return done


def _folder(mailbox: Mailbox, written: str, use: str) -> str | None:
    """Return the folder the configuration means, or None: there is none, or none is wanted."""
    return mailbox.special_folder(use) if written == AUTO else written or None


def _sent_folder(station: Station) -> Callable[[str], bool | None] | None:
    """Return how to look up a sent letter by its Message-ID, or None when no Sent folder is wanted.

    Where the server has no such folder nothing is found; while it cannot be asked nobody knows (None).
    """
    written = station.config.smtp.sent_folder
    if not written:
        return None

    def found(message_id: str) -> bool | None:
        try:
            with station.mailbox() as mailbox:
                folder = _folder(mailbox, written, "\\Sent")
                if folder is None or not mailbox.exists(folder):
                    return False
                return mailbox.find_message_id(folder, message_id)
        except MailboxTrouble as trouble:
            log.warning("sent folder not seen", error=str(trouble))
            return None

    return found


def _say_whether_held(station: Station, limits: store.Limits) -> None:
    """Open the alarm of an outbox that is held, or end it."""
    now = station.now()
    with writing(station.engine) as tx:
        flow = store.flow(tx, now, limits)
        if flow.held:
            facts = {"waiting": flow.due, "sent": flow.left, "made": flow.made, "per_hour": limits.per_hour}
            if health.raise_alarm(tx, "outbox_held", "", facts, now):
                log.error("outbox held", **facts)
        elif health.end_alarm(tx, "outbox_held", "", now):
            log.info("outbox no longer held")

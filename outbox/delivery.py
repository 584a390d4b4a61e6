"""Sending what the outbox holds: claim, SMTP, record, one reply after the other.

A reply is never lost: its state is committed before and after every step that could fail. It is never sent twice, but for
one window: between the server's 250 to the final dot and our commit of `sent`. If the power goes in that window, or the
line before the 250 reaches us, the reply is uncertain; it is looked for in the Sent folder and, not found there, repeated
once with the same Message-ID, so that the receiver's mail program can show it as one.
"""

import os
import re
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

import structlog

from outbox import store
from outbox.retry import delay
from outbox.transport import Again, Failed, Outcome, Sent, SmtpTrouble, Uncertain

log = structlog.get_logger()

# How long an uncertain reply waits before it is looked for: servers file a copy in Sent with some delay.
UNCERTAIN_WAIT = timedelta(minutes=1)


class Way(Protocol):
    """A way out for replies, such as `outbox.transport.Transport`."""

    def send(self, octets: bytes, recipient: str, *, on_data: Callable[[], None]) -> Outcome:
        """Send one message; call `on_data` right before its octets go out. Raises `SmtpTrouble`."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """What one run did: how many replies were sent, found in the Sent folder, put off, failed, left uncertain."""

    sent: int = 0
    found: int = 0
    put_off: int = 0
    failed: int = 0
    uncertain: int = 0

    def counts(self) -> dict[str, int]:
        """Return the counts by name."""
        return asdict(self)


def deliver(
    engine: store.Database,
    transport: Way,
    *,
    worker: str,
    now: Callable[[], datetime],
    stop: Callable[[], bool],
    attempts: int = 12,
    found_in_sent: Callable[[str], bool | None] | None = None,
) -> Delivered:
    """Send every reply that is due, until none is left or `stop()` says so; return what was done.

    The caller holds the lease and has called `store.recover`. After `attempts` tries a reply counts as failed.
    `found_in_sent(message_id)` looks into our Sent folder; see `store.resolve`. Raises `SmtpTrouble` when there is no
    usable server (the reply at hand goes back untried) and `OutboxTrouble`.
    """
    settled = store.resolve(engine, now(), found_in_sent)
    done = {
        "sent": 0,
        "found": settled.get("sent", 0),
        "put_off": 0,
        "failed": settled.get("failed", 0),
        "uncertain": 0,
    }
    while not stop():
        claimed = store.claim(engine, worker, now())
        if claimed is None:
            break
        done[_send(engine, transport, claimed, now, attempts)] += 1
    return Delivered(**done)


def _send(
    engine: store.Database, transport: Way, claimed: store.Claimed, now: Callable[[], datetime], attempts: int
) -> str:
    """Send one claimed reply, record what became of it, and return under which count it falls."""
    if claimed.attempts > attempts:
        # Only interruptions use up tries without an answer of the server.
        store.failed(engine, claimed, f"interrupted {attempts} times")
        return "failed"
    try:
        outcome = transport.send(
            claimed.octets, claimed.recipient, on_data=lambda: store.mark_stage(engine, claimed, "data")
        )
    except SmtpTrouble as trouble:
        store.release(engine, claimed, now(), str(trouble))
        raise
    match outcome:
        case Sent(response):
            # First of all: from the server's 250 to this commit lies the one window of repetition.
            store.sent(engine, claimed, now(), response)
            kind = "sent"
        case Again(code, text) if claimed.attempts < attempts:
            store.again(engine, claimed, now() + delay(claimed.attempts), _said(code, text))
            kind = "put_off"
        case Again(code, text) | Failed(code, text):
            store.failed(engine, claimed, _said(code, text))
            kind = "failed"
        case Uncertain(text):
            store.uncertain(engine, claimed, now() + UNCERTAIN_WAIT, text)
            kind = "uncertain"
    log.info(
        "reply", fate=kind, message_id=claimed.message_id, template=claimed.template, attempt=claimed.attempts
    )
    return kind


def _said(code: int, text: str) -> str:
    return f"{code} {text}" if code else text


def write_drafts(engine: store.Database, folder: Path) -> int:
    """Write the replies of calls in draft mode as .eml files, each once; return how many.

    They open in a mail program as letters not yet sent (`X-Unsent`). A file is complete or not there. Raises `OSError`.
    """
    waiting = store.drafts(engine)
    if waiting:
        folder.mkdir(parents=True, exist_ok=True)
    for draft in waiting:
        token = re.sub(r"\W", "", draft.message_id)[:8]
        name = re.sub(r"[^\w.-]", "-", "_".join(filter(None, (draft.number, draft.template, token))))
        path, part = folder / f"{name}.eml", folder / f".{name}.part"
        with part.open("wb") as file:
            file.write(b"X-Unsent: 1\r\n" + draft.octets)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        store.draft_written(engine, draft.message_id)
    return len(waiting)

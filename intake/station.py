"""All that the jobs work with, opened together from the configuration and closed together.

A station reads nothing from the mailbox and sends nothing by itself. It also knows when to stop: a job asks between
letters, and what waits on the network is woken by closing its connection.
"""

import os
import socket
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from intake.archive import Archive
from intake.config import Config, Secrets
from intake.database import Engine, connect, migrate, writing
from intake.examine import Examiner
from intake.ledger import health
from intake.mailbox import Mailbox
from intake.pipeline import Pipeline
from intake.places import gazetteers
from intake.readers.pool import ReaderPool
from outbox.transport import Transport

if TYPE_CHECKING:
    from intake.trouble import Pause

LEASE_SECONDS = 90.0


class LeaseHeld(Exception):
    """Another worker writes. Only one may."""


def utc_now() -> datetime:
    """Return the present instant, aware, in UTC."""
    return datetime.now(UTC)


@dataclass(slots=True)
class Station:
    """Configuration, ledger, archive, readers, and the stop sign. `lock` lets one writing job run at a time."""

    config: Config
    secrets: Secrets
    engine: Engine
    pipeline: Pipeline
    readers: ReaderPool
    now: Callable[[], datetime]
    holder: str
    lock: threading.RLock = field(default_factory=threading.RLock)
    stopping: threading.Event = field(default_factory=threading.Event)
    lease_lost: bool = False
    # Jobs that met trouble, by name: how long each is left alone.
    pauses: "dict[str, Pause]" = field(default_factory=dict)
    _prolonged: datetime | None = None
    _closers: list[Callable[[], None]] = field(default_factory=list)

    @contextmanager
    def mailbox(self) -> Iterator[Mailbox]:
        """Give a logged-in connection that a stop request can break. Raises `MailboxTrouble`."""
        password = self.secrets.imap.get_secret_value()
        with Mailbox(self.config.mailbox, password) as mailbox:
            self._closers.append(mailbox.abort)
            try:
                yield mailbox
            finally:
                self._closers.remove(mailbox.abort)

    @contextmanager
    def transport(self) -> Iterator[Transport]:
        """Give a way out for replies that a stop request can break."""
        with Transport(self.config.smtp, self.secrets.smtp.get_secret_value()) as transport:
            self._closers.append(transport.abort)
            try:
                yield transport
            finally:
                self._closers.remove(transport.abort)

    def adopt(self, config: Config) -> None:
        """Judge by other rules from now on. Servers, folders and limits must be those the station was opened with."""
        self.config = config
        self.pipeline = replace(self.pipeline, examiner=examiner(config, self.readers))

    def stop(self) -> None:
        """Ask every job to end after the letter at hand."""
        self.stopping.set()

    def break_off(self) -> None:
        """Wake whatever waits on the network or on a reader; what it was doing is done again at the next start."""
        for close in tuple(self._closers):
            close()
        self.readers.close()

    def prolong(self) -> None:
        """Take the writer's lease, or prolong it when a sixth of it is over. Raises `LeaseHeld`."""
        now = self.now()
        if self._prolonged is not None and (now - self._prolonged).total_seconds() < LEASE_SECONDS / 6:
            return
        with writing(self.engine) as tx:
            other = health.take_lease(tx, self.holder, now, seconds=LEASE_SECONDS, dead=_died_here)
        if other is not None:
            raise LeaseHeld(f"another worker is at work: {other}")
        self._prolonged = now


@contextmanager
def open_station(
    config: Config,
    secrets: Secrets,
    *,
    now: Callable[[], datetime] = utc_now,
    write: bool = True,
    readers: ReaderPool | None = None,
) -> Iterator[Station]:
    """Open the ledger (migrated), the archive and the readers; with `write`, hold the lease until closed.

    `readers`: a pool that outlives the station and keeps its workers warm. Raises `LedgerTrouble` and `LeaseHeld`.
    """
    with ExitStack() as stack:
        engine = connect(config.database_url)
        stack.callback(engine.dispose)
        migrate(engine)
        readers = readers or stack.enter_context(ReaderPool(config.limits))
        stopping = threading.Event()
        pipeline = _pipeline(config, engine, readers, now, stopping)
        station = Station(config, secrets, engine, pipeline, readers, now, _holder(), stopping=stopping)
        if write:
            station.prolong()
            stack.callback(_give_back, station)
        yield station


def _pipeline(
    config: Config,
    engine: Engine,
    readers: ReaderPool,
    now: Callable[[], datetime],
    stopping: threading.Event,
) -> Pipeline:
    return Pipeline(
        engine=engine,
        archive=Archive(config.archive_path),
        examiner=examiner(config, readers),
        attachments=config.attachments_path,
        now=now,
        stopping=stopping.is_set,
    )


def examiner(config: Config, readers: ReaderPool) -> Examiner:
    """Return the examiner of a configuration; it needs no ledger."""
    return Examiner(
        calls=config.calls,
        gazetteers=gazetteers(config.places),
        readers=readers,
        limits=config.limits,
        trusted_hosts=config.mailbox.trusted_hosts,
        own_addresses=own_addresses(config),
        authserv_id=config.mailbox.trusted_authserv_id,
    )


def own_addresses(config: Config) -> tuple[str, ...]:
    """Return the addresses we receive at and send from: a letter from one of them is never answered."""
    addresses = [config.mailbox.user, config.smtp.user, config.smtp.envelope_from.strip("<>")]
    addresses += [call.replies.address for call in config.calls]
    return tuple(dict.fromkeys(address.lower() for address in addresses if "@" in address))


def _holder() -> str:
    return f"{socket.gethostname()}/{os.getpid()}/{uuid.uuid4().hex[:8]}"


def _died_here(holder: str) -> bool:
    """Return whether a lease's holder was a process of this machine that is no more."""
    host, _, rest = holder.partition("/")
    pid = rest.partition("/")[0]
    if host != socket.gethostname() or not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def _give_back(station: Station) -> None:
    with writing(station.engine) as tx:
        health.give_back_lease(tx, station.holder, station.now())

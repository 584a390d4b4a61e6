"""Replies a second through one connection, each state durable, beside smtplib alone, in turn, in the same run.

Two servers: one that forgets what it takes, which no real one may, and one that has each letter on the disk before it
says 250 (RFC 5321, 4.2.5), as all real ones do. The server runs in a process of its own, so that it does not compete
with the client for Python. A third line says what the disk allows: one commit of the ledger after the other.
"""

import itertools
import multiprocessing
import os
import smtplib
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path

from bench.measure import Measure, rates
from intake import parsing
from intake.config import Config
from intake.database import Engine, connect, migrate, writing
from intake.demo.many import many_letters
from intake.demo.servers import Envelope, SmtpServer
from intake.ledger import health
from outbox import delivery, store
from outbox.compose import compose
from outbox.context import ReplyFacts
from outbox.reply import Reply
from outbox.transport import Transport

NOW = datetime(2023, 3, 9, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
# As many as one session carries.
COUNT = 100
ROUNDS = 5


def reply_rates(config: Config, folder: Path) -> list[Measure]:
    """Measure sending against both servers, and the disk alone."""
    measures = []
    for what, durable in (("a server that keeps nothing", False), ("a server that syncs each letter", True)):
        with _server(folder, durable=durable) as port, _ledger(config, folder) as (engine, replies):
            hours = itertools.count(1)
            ours, bare, disk = rates(
                [
                    partial(_ours, config, engine, hours, port),
                    partial(_bare, replies, port),
                    partial(_commits, engine),
                ],
                ROUNDS,
            )
        measures.append(Measure(f"send a reply, each state durable, to {what}", ours, "bare smtplib", bare))
        if not durable:
            measures.append(Measure("the same", ours, "commits of the ledger alone", disk))
    return measures


def _ours(config: Config, engine: Engine, hours: Iterator[int], port: int) -> int:
    """Send the replies of the next hour."""
    now = NOW + next(hours) * HOUR
    settings = config.smtp.model_copy(
        update={"host": "127.0.0.1", "port": port, "tls": "none", "user": "", "timeout_seconds": 30}
    )
    with Transport(settings, "") as transport:
        done = delivery.deliver(
            engine,
            transport,
            worker="bench",
            now=lambda: now,
            stop=lambda: False,
            copies=True,
            limits=store.Limits(per_hour=100_000, per_minute=100_000),
        )
    assert done.sent == COUNT
    return done.sent


def _bare(replies: list[Reply], port: int) -> int:
    with smtplib.SMTP("127.0.0.1", port) as client:
        for reply in replies:
            client.sendmail("intake@example.org", [reply.recipient], reply.octets)
    return len(replies)


def _commits(engine: Engine) -> int:
    for number in range(COUNT):
        with writing(engine) as tx:
            health.note(tx, "bench", number, NOW)
    return COUNT


@contextmanager
def _ledger(config: Config, folder: Path) -> Iterator[tuple[Engine, list[Reply]]]:
    """Give a ledger with replies for each round, and those of the first."""
    call = config.calls[0]
    letter = parsing.parse(next(iter(many_letters(call, 1))).octets, digest="0" * 64)
    rounds = [
        compose(
            "accepted",
            ReplyFacts(received_at=NOW),
            call,
            letter=replace(letter, digest=f"{number:064}"),
            recipient=f"a{number}@rada.example",
            now=NOW,
            domain="example.org",
        )
        for number in range(ROUNDS * COUNT)
    ]
    with tempfile.TemporaryDirectory(dir=folder) as name:
        engine = connect(f"sqlite:///{name}/bench.db")
        migrate(engine)
        with writing(engine) as tx:
            for number, reply in enumerate(rounds):
                store.put(tx, reply, NOW, not_before=NOW + (1 + number // COUNT) * HOUR)
        yield engine, rounds[:COUNT]
        engine.dispose()


@contextmanager
def _server(folder: Path, *, durable: bool) -> Iterator[int]:
    """Give the port of an SMTP server in a process of its own."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_serve, args=(there, str(folder) if durable else ""), daemon=True)
    process.start()
    try:
        yield int(here.recv())
    finally:
        here.send("stop")
        process.join(10)


def _serve(told: Connection, folder: str) -> None:
    with SmtpServer(_syncing(folder) if folder else _forgetting) as server:
        told.send(server.port)
        told.recv()


def _forgetting(_: Envelope) -> str:
    return "250 2.0.0 forgotten"


def _syncing(folder: str) -> Callable[[Envelope], str]:
    def keep(envelope: Envelope) -> str:
        # As a queue file is written: a file of its own, synced before the answer.
        with tempfile.NamedTemporaryFile(dir=folder, suffix=".queued", delete=False) as file:
            file.write(envelope.octets)
            file.flush()
            os.fsync(file.fileno())
        return "250 2.0.0 kept"

    return keep

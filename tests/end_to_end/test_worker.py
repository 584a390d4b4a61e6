"""The worker as a process: it answers what arrives, is alone, and ends when told."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import select

from intake.database import facts, leases
from intake.demo.servers import ImapServer, SmtpServer
from tests.end_to_end.place import ROOT, Installation, shipped_letters
from tests.servers.account import Account
from tests.servers.scripted import ScriptedServer

LETTER = shipped_letters()[0]


def account(server: ImapServer) -> Account:
    return Account("pymap", server.host, server.port, server.user, server.password, server.deliver)


@contextmanager
def running(installation: Installation) -> Iterator[subprocess.Popen[str]]:
    """`intake run`, killed at the end of the test if it is still there."""
    process = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "from intake.cli import main; main()",
            "run",
            "--config",
            str(installation.config_file),
        ],
        cwd=ROOT,
        env=os.environ | {"SKRYNKA_IMAP_PASSWORD": installation.account.password},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def until(condition: Callable[[], bool]) -> None:
    """Wait for something the worker does; the test's own patience, not a promise of the worker's."""
    for _ in range(600):
        if condition():
            return
        time.sleep(0.1)
    raise AssertionError("it did not happen within a minute")


def test_the_worker_answers_what_arrives_and_ends_when_told(
    tmp_path: Path, imap_server: ImapServer, smtp_server: SmtpServer
) -> None:
    installation = Installation(tmp_path, account(imap_server), smtp_server.port).write(idle=True)
    with running(installation) as worker:
        until(lambda: installation.config_file.with_name("var").joinpath("ledger.db").exists())
        installation.account.deliver(LETTER.octets, LETTER.received_at)
        until(lambda: len(smtp_server.received) == 1)
        worker.send_signal(signal.SIGTERM)
        output, _ = worker.communicate(timeout=30)
        assert worker.returncode == 0, output
    with installation.ledger() as tx:
        assert tx.execute(select(facts.c.name).where(facts.c.name == "last_poll")).scalar() == "last_poll"
    assert '"event": "worker stopped"' in output
    # The lease was given back: the next worker starts at once.
    assert installation.intake("once").returncode == 0


def test_a_second_worker_stands_back(
    tmp_path: Path, imap_server: ImapServer, smtp_server: SmtpServer
) -> None:
    installation = Installation(tmp_path, account(imap_server), smtp_server.port).write()
    with installation.station():
        second = installation.intake("once")
    assert second.returncode == 3
    assert second.stderr.startswith("another worker is at work: ")


def test_the_lease_of_a_killed_worker_is_taken_over_at_once(
    tmp_path: Path, imap_server: ImapServer, smtp_server: SmtpServer
) -> None:
    installation = Installation(tmp_path, account(imap_server), smtp_server.port).write()
    with running(installation) as worker:
        until(lambda: _holders(installation) != [])
        worker.kill()
        worker.wait()
    assert installation.intake("once").returncode == 0


def test_the_worker_ends_when_told_although_the_server_is_silent(
    tmp_path: Path, smtp_server: SmtpServer
) -> None:
    with ScriptedServer(greeting=lambda talk: talk.pause()) as server:
        installation = Installation(tmp_path, server.account(), smtp_server.port).write()
        with running(installation) as worker:
            until(lambda: _holders(installation) != [])
            worker.send_signal(signal.SIGTERM)
            output, _ = worker.communicate(timeout=30)
            assert worker.returncode == 0, output


def _holders(installation: Installation) -> list[str]:
    if not installation.folder.joinpath("var", "ledger.db").exists():
        return []
    try:
        with installation.ledger() as tx:
            return list(tx.execute(select(leases.c.holder)).scalars())
    except Exception:  # noqa: BLE001 - the schema is being made right now
        return []

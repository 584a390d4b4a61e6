"""Servers for all tests. The folders below add what only they need in conftest.py files of their own."""

import gc
from collections.abc import Iterator

import pytest

from intake.demo.servers import ImapServer, SmtpServer
from tests.servers.account import Account
from tests.servers.certificate import Certificate, make_certificate
from tests.servers.dovecot import Dovecot


@pytest.fixture
def imap_server() -> Iterator[ImapServer]:
    """The embedded IMAP server, empty, with one user."""
    with ImapServer("kz@hromada.test", "secret") as server:
        yield server


@pytest.fixture
def smtp_server() -> Iterator[SmtpServer]:
    """The embedded SMTP server; what is sent to it stands in `received`."""
    with SmtpServer() as server:
        yield server


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    """One Dovecot for the whole run; `dovecot.account()` is a fresh mailbox on it."""
    with Dovecot() as server:
        yield server


@pytest.fixture(params=["pymap", pytest.param("dovecot", marks=pytest.mark.dovecot)])
def any_imap(request: pytest.FixtureRequest) -> Account:
    """A fresh mailbox, on each of the two IMAP servers in turn."""
    if request.param == "dovecot":
        dovecot: Dovecot = request.getfixturevalue("dovecot")
        return dovecot.account()
    server: ImapServer = request.getfixturevalue("imap_server")
    return Account("pymap", server.host, server.port, server.user, server.password, server.deliver)


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """A certificate for `localhost` that no system trusts."""
    return make_certificate(tmp_path_factory.mktemp("certificate"))


def pytest_collection_finish() -> None:
    """Thousands of collected tests stay as they are: the garbage collector need not look through them again and again.

    Nor after every thousand objects: opening one workbook makes a hundred times as many.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)

"""Installations for the end-to-end tests: on each IMAP server, with a real SMTP server behind them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from intake.demo.servers import SmtpServer
from tests.end_to_end.place import Installation
from tests.servers.account import Account
from tests.servers.postfix import Postfix


@pytest.fixture
def installation(tmp_path: Path, any_imap: Account, smtp_server: SmtpServer) -> Installation:
    """A fresh installation with an empty mailbox, once on pymap and once on Dovecot."""
    return Installation(tmp_path, any_imap, smtp_server.port).write()


@pytest.fixture(scope="session")
def postfix() -> Iterator[Postfix]:
    """One Postfix for the whole run."""
    with Postfix() as server:
        yield server

"""Installations for the end-to-end tests: on each IMAP server, with a real SMTP server behind them."""

from pathlib import Path

import pytest

from intake.demo.servers import SmtpServer
from tests.end_to_end.place import Installation
from tests.servers.account import Account


@pytest.fixture
def installation(tmp_path: Path, any_imap: Account, smtp_server: SmtpServer) -> Installation:
    """A fresh installation with an empty mailbox, once on pymap and once on Dovecot."""
    return Installation(tmp_path, any_imap, smtp_server.port).write()

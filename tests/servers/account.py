"""A mailbox on a test server, as the tests see it: how to reach it, how mail gets in, and another client's hand in it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from imapclient import IMAPClient

from intake.config import MailboxSettings

# What delivers a message byte for byte: octets, INTERNALDATE (aware) or None, folder (created when missing).
Deliver = Callable[[bytes, datetime | None, str], object]


@dataclass(frozen=True, slots=True)
class Account:
    """One user of one server. `server` is "pymap" or "dovecot"."""

    server: str
    host: str
    port: int
    user: str
    password: str
    _deliver: Deliver | None = None

    def settings(self, **changes: object) -> MailboxSettings:
        """Return the settings to reach it in the clear, with `changes`."""
        values = {
            "host": self.host,
            "port": self.port,
            "tls": "none",
            "user": self.user,
            "timeout_seconds": 10,
        }
        return MailboxSettings.model_validate(values | changes)

    def deliver(self, octets: bytes, internaldate: datetime | None = None, folder: str = "INBOX") -> None:
        """Let a message arrive in `folder`, which is created when missing."""
        if self._deliver is not None:
            self._deliver(octets, internaldate, folder)
            return
        with self.hand() as client:
            if folder != "INBOX" and not client.folder_exists(folder):
                client.create_folder(folder)
            client.append(folder, octets, msg_time=internaldate)

    @contextmanager
    def hand(self) -> Iterator[IMAPClient]:
        """Another mail program on the same mailbox: a plain imapclient, logged in."""
        with IMAPClient(self.host, self.port, ssl=False, timeout=20) as client:
            client.normalise_times = False
            client.login(self.user, self.password)
            yield client

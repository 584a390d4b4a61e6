"""One logged-in IMAP connection: the socket with its deadlines, TLS that is always verified, the login, and IDLE.

It belongs to the door `intake/mailbox.py` and is used by nobody else. Every wait on the network has an end: each read
and write has a time-out, and all of them together have a deadline, so that a server that trickles a byte a second
cannot hold us. It must never talk in the clear to another machine, nor hand out a connection that is not logged in.
"""

import imaplib
import ipaddress
import re
import select
import socket
import ssl
import time
from contextlib import suppress
from typing import Any, Literal

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientError

from intake.config import MailboxSettings
from intake.mailbox_trouble import door

# The longest line taken from a server: SEARCH and LIST answers are single lines; everything longer is a literal.
LONGEST_LINE = 4_000_000

# What a usable line is assumed to carry at least, in octets a second, when a whole exchange is given its deadline.
SLOWEST_LINE = 16_384

# A LOGIN command carries its arguments as they are; anything else than these goes through AUTHENTICATE PLAIN.
_PLAIN_USER = re.compile(r"[A-Za-z0-9@._+=-]+")
_PLAIN_PASSWORD = re.compile(r"[ -~]+")


class _Protocol(imaplib.IMAP4):
    """imaplib with a socket of ours: its documented hooks `open`, `read`, `readline`, `send`, `shutdown` are replaced.

    The buffer is ours too, because IDLE must know whether something has already been read (select cannot tell), and
    because what came in the clear before STARTTLS must not be believed after it (CVE-2011-0411).
    """

    def __init__(self, host: str, port: int, timeout: float, context: ssl.SSLContext | None) -> None:
        self._timeout = timeout
        self._context = context
        self._buffer = bytearray()
        self.until = time.monotonic() + 4 * timeout
        super().__init__(host, port)

    def open(self, host: str = "", port: int = 0, timeout: float | None = None) -> None:  # noqa: ARG002  # imaplib's signature.
        self.host = host
        self.port = port
        raw = socket.create_connection((host, port), self._timeout)
        try:
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.sock = self._context.wrap_socket(raw, server_hostname=host) if self._context else raw
        except BaseException:
            raw.close()
            raise

    def _left(self) -> float:
        left = self.until - time.monotonic()
        if left <= 0:
            raise TimeoutError("the server took too long over the whole exchange")
        return min(left, self._timeout)

    def _receive(self, size: int) -> bytes:
        self.sock.settimeout(self._left())
        return self.sock.recv(size)

    def read(self, size: int) -> bytes:
        parts = [bytes(self._buffer[:size])]
        del self._buffer[:size]
        missing = size - len(parts[0])
        while missing:
            part = self._receive(min(missing, 262_144))
            if not part:
                raise self.abort("socket error: EOF in a literal")
            parts.append(part)
            missing -= len(part)
        return b"".join(parts)

    def readline(self) -> bytes:
        seen = 0
        while (end := self._buffer.find(b"\n", seen)) < 0:
            seen = len(self._buffer)
            if seen > LONGEST_LINE:
                raise self.abort(f"got a line of more than {LONGEST_LINE} octets")
            part = self._receive(65_536)
            if not part:
                raise self.abort("socket error: EOF")
            self._buffer += part
        line = bytes(self._buffer[: end + 1])
        del self._buffer[: end + 1]
        return line

    def send(self, data: Any) -> None:
        view = memoryview(data)
        for start in range(0, len(view), 262_144):
            self.sock.settimeout(self._left())
            self.sock.sendall(view[start : start + 262_144])

    def shutdown(self) -> None:
        self.sock.close()

    def starttls(self, ssl_context: ssl.SSLContext | None = None) -> tuple[Literal["OK"], list[None]]:
        assert ssl_context is not None
        status, _ = self._simple_command("STARTTLS")
        if status != "OK":
            raise self.error("the server refused STARTTLS")
        if self._buffer:
            raise self.abort("the server spoke on in the clear after STARTTLS")
        self.sock.settimeout(self._left())
        self.sock = ssl_context.wrap_socket(self.sock, server_hostname=self.host)
        self._tls_established = True
        self._get_capabilities()
        return "OK", [None]

    def wait_for_data(self, seconds: float, wake_fd: int | None) -> None:
        """Return when the server has said something, when `wake_fd` can be read, or after `seconds`."""
        if self._buffer or (isinstance(self.sock, ssl.SSLSocket) and self.sock.pending()):
            return
        poll = select.poll()
        poll.register(self.sock, select.POLLIN)
        if wake_fd is not None:
            poll.register(wake_fd, select.POLLIN)
        poll.poll(int(seconds * 1000))


class Connection(IMAPClient):  # type: ignore[misc]  # imapclient ships no types.
    """An IMAPClient over the socket above. Times keep their zone."""

    def __init__(self, settings: MailboxSettings, tls: ssl.SSLContext | None) -> None:
        self._settings = settings
        self._tls = tls
        seconds = settings.timeout_seconds
        implicit = settings.tls == "implicit"
        super().__init__(settings.host, settings.port, ssl=implicit, timeout=SocketTimeout(seconds, seconds))
        self.normalise_times = False

    def _create_IMAP4(self) -> _Protocol:  # noqa: N802  # imapclient's name for the one place where it makes its socket.
        settings = self._settings
        context = self._tls if settings.tls == "implicit" else None
        return _Protocol(settings.host, settings.port, settings.timeout_seconds, context)

    def set_deadline(self, octets: int = 0, extra_seconds: float = 0) -> None:
        """Give the next exchange four time-outs, the time `octets` need on a slow line, and `extra_seconds`."""
        self.set_deadline_in(4 * self._settings.timeout_seconds + octets / SLOWEST_LINE + extra_seconds)

    def set_deadline_in(self, seconds: float) -> None:
        """Let the socket give up `seconds` from now, whatever happens."""
        self._imap.until = time.monotonic() + seconds

    def break_off(self) -> None:
        """Shut the socket down, whatever another thread is waiting for on it."""
        # The plain socket's method: that of an SSL socket would take the TLS state away from under the other thread.
        with suppress(OSError):
            socket.socket.shutdown(self.socket(), socket.SHUT_RDWR)

    def secure(self) -> None:
        """Switch to TLS (RFC 3501, 6.2.1)."""
        self.starttls(self._tls)

    def authenticate(self, password: str) -> None:
        """Log in as the configured user, by XOAUTH2 when there is a token file."""
        user = self._settings.user
        if self._settings.token_file is not None:
            # The token lives for an hour or so; whatever renews it writes it into this file.
            self.oauth2_login(user, self._settings.token_file.read_text(encoding="ascii").strip())
        elif _PLAIN_USER.fullmatch(user) and _PLAIN_PASSWORD.fullmatch(password):
            self.login(user, password)
        else:
            # imaplib sends LOGIN's user name unquoted and knows ASCII only; SASL PLAIN takes any text (RFC 4616).
            self.plain_login(user, password)

    def forget_news(self) -> None:
        """Take what the server has announced so far as known."""
        self._imap.untagged_responses.pop("EXISTS", None)

    def wait_for_news(self, seconds: float, wake_fd: int | None) -> bool:
        """Return whether new messages have been announced since `forget_news`, waiting up to `seconds` for that.

        The announcement may have come with the answer to any earlier command; a server does not repeat it in IDLE.
        """
        self.noop()
        if not self._has_news():
            if self.has_capability("IDLE"):
                self._idle(seconds, wake_fd)
            else:
                self._imap.wait_for_data(seconds, wake_fd)
                self.noop()
        news = self._has_news()
        self.forget_news()
        return news

    def _has_news(self) -> bool:
        return "EXISTS" in self._imap.untagged_responses

    def _idle(self, seconds: float, wake_fd: int | None) -> None:
        # imapclient's `idle` and `idle_check` are not used: 4.1.0 takes news that come before the continuation for
        # an error, spins on a dropped connection, loses a line that comes in two pieces, and cannot be woken.
        talk = self._imap
        tag = talk._command("IDLE")
        while (line := talk._get_response()) is not None:
            if talk.tagged_commands[tag]:
                raise IMAPClientError(f"IDLE refused: {line!r}")
        if not self._has_news():
            talk.wait_for_data(seconds, wake_fd)
        talk.send(b"DONE\r\n")
        while not talk.tagged_commands[tag]:
            talk._get_response()
        status, data = talk.tagged_commands.pop(tag)
        self._checkok("IDLE", status, data)


def connect(settings: MailboxSettings, password: str) -> Connection:
    """Return a connection that is logged in, or raise MailboxTrouble."""
    connection: Connection | None = None
    try:
        with door("reading the certificates"):
            tls = None if settings.tls == "none" else _context(settings)
        with door("connecting"):
            connection = Connection(settings, tls)
        connection.set_deadline()
        if settings.tls == "starttls":
            with door("switching to TLS"):
                connection.secure()
        with door("logging in"):
            connection.authenticate(password)
    except BaseException:
        if connection is not None:
            connection.shutdown()
        raise
    return connection


def require_privacy(settings: MailboxSettings) -> None:
    """Raise ValueError when passwords and letters would cross a network in the clear."""
    if settings.tls == "none" and not _is_loopback(settings.host):
        raise ValueError(f'tls = "none" is for a server on this machine only, not for {settings.host}')


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower().rstrip(".") == "localhost"


def _context(settings: MailboxSettings) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if settings.ca_file is not None:
        context.load_verify_locations(settings.ca_file)
    return context

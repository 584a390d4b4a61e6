"""An IMAP and an SMTP server inside this process, for `intake demo` and the tests: loopback only, mail kept in memory.

IMAP is pymap's dictionary backend with keywords (backslash-star), SMTP is aiosmtpd with its own delivery, because theirs is not
byte-faithful. Each server has one thread with one event loop and leaves nothing behind when it stops. This is the one
module that imports pymap and aiosmtpd (the `demo` extra); it must never listen beyond this machine.
"""

import asyncio
import contextlib
import logging
import ssl
from argparse import Namespace
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4
from weakref import WeakSet

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from proxyprotocol.result import ProxyResultLocal
from proxyprotocol.sock import SocketInfo
from pymap.backend.dict import Config, Identity, Login
from pymap.backend.dict.filter import FilterSet
from pymap.backend.dict.mailbox import MailboxData, MailboxSet, Message
from pymap.concurrent import Subsystem
from pymap.context import subsystem
from pymap.imap import IMAPServer
from pymap.parsing.message import AppendMessage
from pymap.parsing.specials import ObjectId
from pymap.parsing.specials.flag import Flag, Wildcard
from pymap.user import UserMetadata
from pysasl import SASLAuth
from pysasl.hashing import Cleartext

from intake.demo.loopback import LOOPBACK, LoopbackServer

# The largest message taken over SMTP; above aiosmtpd's default of 32 MB so that oversized letters can be tried.
LARGEST_MESSAGE = 100 * 1024 * 1024


class _Folder(MailboxData):
    """A pymap folder in which keywords can be made up (RFC 3501, 7.1) and every time of arrival has a zone."""

    @property
    def permanent_flags(self) -> frozenset[Flag]:
        return frozenset({*super().permanent_flags, Wildcard})

    async def append(self, append_msg: AppendMessage, *, recent: bool = False) -> Message:
        when = append_msg.when or datetime.now(UTC)
        return await super().append(replace(append_msg, when=when), recent=recent)


class _Folders(MailboxSet):
    """The folders of one user. pymap names its folder class in two places only; both are replaced here."""

    def __init__(self) -> None:
        super().__init__()
        self._inbox = _Folder(self._content_cache, self._thread_cache)

    async def add_mailbox(self, name: str) -> ObjectId:
        if name in self._set:
            raise ValueError(name)
        self._set[name] = folder = _Folder(self._content_cache, self._thread_cache)
        return folder.mailbox_id


class ImapServer(LoopbackServer):
    """An IMAP server with one user, in memory. UIDVALIDITY is a new one at each start, folders are then empty."""

    def __init__(self, user: str, password: str) -> None:
        super().__init__()
        self.user = user
        self.password = password
        self._folders: _Folders | None = None
        self._writers: set[asyncio.StreamWriter] = set()

    def deliver(self, octets: bytes, internaldate: datetime | None = None, folder: str = "INBOX") -> int:
        """Put a message into `folder`, byte for byte, as a mail transport would; return its UID.

        `internaldate` is aware and becomes the INTERNALDATE; without it the message arrives now. A folder that does
        not exist is created.
        """
        if internaldate is not None and internaldate.tzinfo is None:
            raise ValueError("internaldate must have a zone")
        if self._loop is None:
            raise RuntimeError("the server is not running")
        delivery = self._deliver(octets, internaldate, folder)
        return asyncio.run_coroutine_threadsafe(delivery, self._loop).result(timeout=60)

    async def _deliver(self, octets: bytes, internaldate: datetime | None, folder: str) -> int:
        assert self._folders is not None
        try:
            target = await self._folders.get_mailbox(folder)
        except KeyError:
            await self._folders.add_mailbox(folder)
            target = await self._folders.get_mailbox(folder)
        message = await target.append(AppendMessage(octets, internaldate), recent=True)
        return int(message.uid)

    async def _listen(self) -> asyncio.Server:
        # One user and a loopback socket: the password is compared as it is, without a pool of hashing threads.
        config = _Config(
            Namespace(passlib_cfg=None, proxy_protocol="noop"),
            demo_data=False,
            demo_user=self.user,
            demo_password=self.password,
            host=LOOPBACK,
            port=0,
            tls_enabled=False,
            hash_context=Cleartext(),
            cpu_subsystem=Subsystem.for_asyncio(),
            invalid_user_sleep=0.0,
        )
        subsystem.set(config.subsystem)
        login = Login(config)
        identity = Identity(self.user, login, None, {"admin"})
        await identity.set(UserMetadata(config, self.user, password=self.password))
        self._folders = _Folders()
        config.set_cache[self.user] = (self._folders, FilterSet())
        server = IMAPServer(login, config)

        async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self._writers.add(writer)
            try:
                about = SocketInfo.get(writer, ProxyResultLocal(), unique_id=uuid4().bytes)
                await server(reader, writer, about)
            finally:
                writer.close()
                with contextlib.suppress(OSError, TimeoutError):
                    await asyncio.wait_for(writer.wait_closed(), 1)
                self._writers.discard(writer)

        return await asyncio.start_server(converse, LOOPBACK, 0)

    def _abort(self) -> None:
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()


class _Config(Config):
    """pymap's settings, with the password mechanisms only."""

    @property
    def tls_auth(self) -> SASLAuth:
        return SASLAuth.named([b"PLAIN", b"LOGIN"])


@dataclass(frozen=True, slots=True)
class Envelope:
    """What an SMTP client handed over (RFC 5321, 3.3): reverse path ("" is the null path), recipients, octets."""

    mail_from: str
    rcpt_tos: tuple[str, ...]
    octets: bytes = field(repr=False)


class SmtpServer(LoopbackServer):
    """An SMTP server that keeps every message it takes, in order, in `received`.

    `on_message` is called with each envelope, in the server's thread, before it is answered; a text it returns is the
    answer instead of `250` (for example `451 4.3.0 try later`), and the envelope is then not kept. With `user`, only
    a client that has logged in may send (RFC 4954). With `tls`, STARTTLS is offered (RFC 3207).
    """

    def __init__(
        self,
        on_message: Callable[[Envelope], str | None] | None = None,
        *,
        user: str = "",
        password: str = "",
        tls: ssl.SSLContext | None = None,
    ) -> None:
        super().__init__()
        self.received: list[Envelope] = []
        self._on_message = on_message
        self._user = user
        self._password = password
        self._tls = tls
        self._talks: WeakSet[SMTP] = WeakSet()

    async def _listen(self) -> asyncio.Server:
        # At each login aiosmtpd 1.4.6 warns of an attribute of its own; there is nothing to be done about it here.
        logging.getLogger("mail.log").setLevel(logging.ERROR)
        loop = asyncio.get_running_loop()
        return await loop.create_server(self._talk, LOOPBACK, 0)

    def _talk(self) -> SMTP:
        talk = SMTP(
            _Delivery(self._take, need_login=bool(self._user)),
            hostname="localhost",
            ident="Skrynka demo",
            enable_SMTPUTF8=True,
            data_size_limit=LARGEST_MESSAGE,
            tls_context=self._tls,
            auth_require_tls=False,
            authenticator=self._authenticate if self._user else None,
            auth_exclude_mechanism=() if self._user else ("LOGIN", "PLAIN"),
            loop=self._loop,
        )
        self._talks.add(talk)
        return talk

    def _authenticate(self, *details: object) -> AuthResult:
        known = LoginPassword(self._user.encode(), self._password.encode())
        return AuthResult(success=details[-1] == known, handled=False)

    def _take(self, envelope: Envelope) -> str:
        answer = self._on_message(envelope) if self._on_message else None
        if answer is None:
            self.received.append(envelope)
        return answer or "250 2.0.0 OK"

    def _abort(self) -> None:
        for talk in self._talks:
            if isinstance(talk.transport, asyncio.Transport):
                # Early Python 3.11 stumbles over a TLS transport that has ended already.
                with contextlib.suppress(AttributeError):
                    talk.transport.abort()
        self._talks.clear()


class _Delivery:
    """What aiosmtpd asks while a message comes in; the hooks' names are its own (aiosmtpd, `Handlers`)."""

    def __init__(self, take: Callable[[Envelope], str], *, need_login: bool) -> None:
        self._take = take
        self._need_login = need_login

    async def handle_MAIL(  # noqa: N802  # aiosmtpd's name.
        self, _: SMTP, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if self._need_login and not session.authenticated:
            return "530 5.7.0 Authentication required"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_DATA(self, _: SMTP, __: Any, envelope: Any) -> str:  # noqa: N802  # aiosmtpd's name.
        # aiosmtpd writes the null path as it came over the wire.
        mail_from = "" if envelope.mail_from in {None, "<>"} else envelope.mail_from
        sent = Envelope(mail_from, tuple(envelope.rcpt_tos), bytes(envelope.original_content))
        # A thread, because `on_message` may wait for another server's loop.
        return await asyncio.to_thread(self._take, sent)


def deliver_to(imap: ImapServer, addresses: Iterable[str]) -> Callable[[Envelope], str | None]:
    """Return an `on_message` that also puts mail to one of `addresses` into the INBOX of `imap`, byte for byte."""
    ours = {address.lower() for address in addresses}

    def on_message(envelope: Envelope) -> str | None:
        if any(recipient.lower() in ours for recipient in envelope.rcpt_tos):
            imap.deliver(envelope.octets)
        return None

    return on_message

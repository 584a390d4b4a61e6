"""The way out: one SMTP session for many replies (RFC 5321, 6409), each stage driven by hand. It keeps nothing.

smtplib's own `sendmail` cannot tell a line lost before DATA from one lost after it, nor a refused QUIT from a refused
letter. Here every outcome of a letter is a value; only a server that cannot be used at all raises `SmtpTrouble`.
Nothing is ever sent over an unverified connection.
"""

import smtplib
import socket
import ssl
from collections.abc import Callable, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Self

from outbox.envelope import author_of, needs_8bit, needs_utf8, quoted
from outbox.outcome import Again, Barred, Failed, Outcome, Sent, SmtpTrouble, Uncertain
from outbox.refusal import is_about_us
from outbox.smtp_settings import SmtpSettings, is_loopback

__all__ = [
    "Again",
    "Barred",
    "Failed",
    "Outcome",
    "Sent",
    "SmtpSettings",
    "SmtpTrouble",
    "Transport",
    "Uncertain",
]

# After so many letters a new session: some servers count, and refuse the rest of the session's letters.
_LETTERS_PER_SESSION = 100

# Replies to MAIL that speak of the session and not of the letter: not logged in, wrong secret, TLS wanted.
_SESSION_CODES = frozenset({530, 534, 535, 538})


class Transport:
    """A way out for replies, opened when the first one is sent and closed at the end of `with`.

    Used by one thread; only `abort` may be called from another.
    """

    def __init__(self, settings: SmtpSettings, password: str) -> None:
        """Raise `ValueError` when TLS is switched off for another machine; connect to nothing yet."""
        if settings.tls == "none" and not is_loopback(settings.host):
            raise ValueError(f'smtp.tls = "none" is allowed only on this machine, not for {settings.host}')
        self._settings = settings
        self._password = password
        self._smtp: smtplib.SMTP | None = None
        self._letters = 0
        self._aborted = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def check(self, authors: Sequence[str] = ()) -> str:
        """Connect, secure, log in and say NOOP; return the server's answer. Nothing is sent. Raises `SmtpTrouble`.

        Of each address in `authors` it is asked whether we may send from there: a letter to it is begun and called off.
        """
        step = "NOOP"
        try:
            smtp = self._session()
            code, text = smtp.noop()
            for author in authors:
                step = f"sender {author}"
                self._ask_about(smtp, author)
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            raise error if isinstance(error, SmtpTrouble) else _trouble(step, error) from error
        return f"{code} {_text(text)}"

    def _ask_about(self, smtp: smtplib.SMTP, author: str) -> None:
        """Raise `SmtpTrouble` when the server says that letters of this author are not ours to send."""
        stage = "MAIL"
        code, text = smtp.mail(self._reverse_path(author))
        if code == 250:
            # Many servers answer MAIL with yes and say no only after RCPT.
            stage = "RCPT"
            code, text = smtp.rcpt(author)
        smtp.rset()
        if 500 <= code < 600 and is_about_us(stage, code, _text(text)):
            raise SmtpTrouble(f"{stage}: {code} {_text(text)}", kind="login")

    def send(self, octets: bytes, recipient: str, *, on_data: Callable[[], None]) -> Outcome:
        """Send one message to one recipient and return what became of it.

        `octets` end every line with CRLF. `on_data` is called after the server's 354, right before the message goes
        out: what it records stands when the line breaks. If it raises, the session is dropped without a message.
        Raises `SmtpTrouble` when there is no usable session; then nothing was sent.
        """
        fresh = self._smtp is None
        smtp = self._session()
        refusal = self._not_carried(smtp, octets, recipient)
        if refusal is not None:
            return refusal
        options = self._options(smtp, octets, recipient)
        try:
            code, text = smtp.mail(self._reverse_path(author_of(octets)), options)
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            # A session that lay idle may have been closed by the server: nothing was said yet, so say it again.
            return _lost("MAIL", error) if fresh else self.send(octets, recipient, on_data=on_data)
        if code == 421 and not fresh:
            self._drop()
            return self.send(octets, recipient, on_data=on_data)
        if code in _SESSION_CODES:
            self._drop()
            raise SmtpTrouble(f"MAIL: {code} {_text(text)}", kind="login")
        if code != 250:
            return self._refused("MAIL", code, text)
        return self._recipient_and_data(smtp, octets, recipient, on_data)

    def close(self) -> None:
        """Say QUIT and hang up. Whatever the server answers changes nothing any more (421 is common)."""
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            with suppress(smtplib.SMTPException, OSError):
                smtp.docmd("QUIT")
            smtp.close()

    def abort(self) -> None:
        """Break the connection at once, from any thread; a waiting `send` ends with what it then knows."""
        self._aborted = True
        sock = self._smtp.sock if self._smtp is not None else None
        if sock is not None:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    def _recipient_and_data(
        self, smtp: smtplib.SMTP, octets: bytes, recipient: str, on_data: Callable[[], None]
    ) -> Outcome:
        stage = "RCPT"
        try:
            code, text = smtp.rcpt(recipient)
            if code not in {250, 251, 252}:
                return self._refused(stage, code, text)
            stage = "DATA"
            code, text = smtp.docmd("DATA")
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            return _lost(stage, error)
        if code != 354:
            return self._refused(stage, code, text)
        try:
            on_data()
        except BaseException:
            # Anything but a broken line would be a message now: the server is waiting for one.
            self._drop()
            raise
        return self._content(smtp, octets)

    def _content(self, smtp: smtplib.SMTP, octets: bytes) -> Outcome:
        try:
            smtp.send(quoted(octets))
            code, text = smtp.getreply()
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            return Uncertain(f"the line broke after DATA: {_words(error)}")
        self._letters += 1
        if 200 <= code < 300:
            return Sent(f"{code} {_text(text)}")
        if 400 <= code < 600:
            return self._refused("end of data", code, text)
        self._drop()
        return Uncertain(f"the server answered the message with {code} {_text(text)}")

    def _session(self) -> smtplib.SMTP:
        """Return the open session, or a new one. Raises `SmtpTrouble`."""
        if self._aborted:
            raise SmtpTrouble("stopping")
        if self._smtp is not None and self._letters >= _LETTERS_PER_SESSION:
            self.close()
        if self._smtp is None:
            step = "connect"
            try:
                smtp = self._connected()
                step = "TLS"
                self._secure(smtp)
                step = "login"
                self._log_in(smtp)
            except (smtplib.SMTPException, OSError) as error:
                self._drop()
                raise _trouble(step, error) from error
            self._letters = 0
        assert self._smtp is not None
        return self._smtp

    def _connected(self) -> smtplib.SMTP:
        settings = self._settings
        # The name is given so that smtplib asks no name server for ours, which can take many seconds.
        name, timeout = socket.gethostname(), float(settings.timeout_seconds)
        if settings.tls == "implicit":
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                local_hostname=name, timeout=timeout, context=self._context()
            )
        else:
            smtp = smtplib.SMTP(local_hostname=name, timeout=timeout)
        # smtplib learns the name that must stand in the certificate only from a constructor that connects at once; but
        # the session must be held before the greeting is awaited, so that `abort` can end that wait too.
        smtp._host = settings.host  # type: ignore[attr-defined]  # It is smtplib's own and unknown to typeshed.
        self._smtp = smtp
        code, text = smtp.connect(settings.host, settings.port)
        if code != 220:
            raise smtplib.SMTPConnectError(code, text)
        return smtp

    def _secure(self, smtp: smtplib.SMTP) -> None:
        if self._settings.tls == "starttls":
            smtp.ehlo_or_helo_if_needed()
            code, text = smtp.starttls(context=self._context())
            if code != 220:
                raise smtplib.SMTPResponseException(code, text)
        smtp.ehlo_or_helo_if_needed()

    def _context(self) -> ssl.SSLContext:
        """Return what verifies the server: the system's certificates, and those configured. Raises `OSError`."""
        context = ssl.create_default_context()
        if self._settings.ca_file is not None:
            context.load_verify_locations(self._settings.ca_file)
        return context

    def _log_in(self, smtp: smtplib.SMTP) -> None:
        user, token_file = self._settings.user, self._settings.token_file
        if user and token_file is not None:
            bearer = token_file.read_text(encoding="ascii").strip()
            words = f"user={user}\1auth=Bearer {bearer}\1\1"
            # A server that refuses says why in a challenge, to be answered with nothing; then comes its 535.
            smtp.auth("XOAUTH2", lambda challenge=None: words if challenge is None else "")
        elif user:
            smtp.login(user, self._password)

    def _not_carried(self, smtp: smtplib.SMTP, octets: bytes, recipient: str) -> Failed | None:
        """Return why this server cannot carry the message at all, if so."""
        largest = smtp.esmtp_features.get("size", "")
        if largest.isdigit() and 0 < int(largest) < len(octets):
            return Failed(552, f"the message has {len(octets)} octets, the server takes {largest} (SIZE)")
        if needs_utf8(octets, recipient) and not smtp.has_extn("smtputf8"):
            return Failed(553, "the server knows no addresses outside ASCII (SMTPUTF8)")
        if needs_8bit(octets) and not smtp.has_extn("8bitmime"):
            return Failed(554, "the server takes no 8-bit text (8BITMIME)")
        return None

    def _options(self, smtp: smtplib.SMTP, octets: bytes, recipient: str) -> list[str]:
        options = [f"SIZE={len(octets)}"] if smtp.has_extn("size") else []
        if not octets.isascii() and smtp.has_extn("8bitmime"):
            options.append("BODY=8BITMIME")
        if needs_utf8(octets, recipient):
            options.append("SMTPUTF8")
        # smtplib keeps UTF-8 for the rest of the session once it was asked for.
        smtp.command_encoding = "utf-8" if "SMTPUTF8" in options else "ascii"
        return options

    def _reverse_path(self, author: str) -> str:
        configured = self._settings.envelope_from.strip()
        if configured == "<>":
            return ""
        return configured or author

    def _refused(self, stage: str, code: int, text: bytes) -> Outcome:
        """Return the outcome of a reply that is no success, and make the session ready for the next letter."""
        if code == 421:
            self._drop()
        elif self._smtp is not None:
            try:
                if self._smtp.rset()[0] != 250:
                    self._drop()
            except (smtplib.SMTPException, OSError):
                self._drop()
        words = f"{stage}: {_text(text)}"
        if not 500 <= code < 600:
            return Again(code, words)
        return Barred(code, words) if is_about_us(stage, code, _text(text)) else Failed(code, words)

    def _drop(self) -> None:
        """Hang up without a word."""
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            smtp.close()


def _text(text: bytes | str) -> str:
    decoded = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return " ".join(decoded.split())[:500]


def _words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_text(error.smtp_error)}"
    return _text(str(error)) or type(error).__name__


def _lost(stage: str, error: Exception) -> Again:
    return Again(0, f"{stage}: the line broke: {_words(error)}")


def _trouble(step: str, error: Exception) -> SmtpTrouble:
    return SmtpTrouble(f"SMTP {step}: {_words(error)}", kind=_kind(step, error))


def _kind(step: str, error: Exception) -> str:
    match error:
        case smtplib.SMTPAuthenticationError() if 500 <= error.smtp_code < 600:
            return "login"
        case ssl.SSLCertVerificationError():
            return "certificate"
        case ssl.SSLError() | smtplib.SMTPNotSupportedError() if step in {"connect", "TLS"}:
            return "tls"
        case smtplib.SMTPResponseException():
            return ""
        case OSError() if step == "connect":
            return "unreachable"
    return ""

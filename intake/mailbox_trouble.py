"""What can go wrong between us and the IMAP server, in our words. Part of the door `intake/mailbox.py`.

The only exception that leaves the door is MailboxTrouble; what imapclient, imaplib, ssl and socket raise is turned
into it here, and nowhere is it swallowed. How long to wait before the next attempt is computed here too.
"""

import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, IMAPClientReadOnlyError, LoginError

# Response codes of RFC 5530 by which a server says "not now" where it would otherwise say "never".
_NOT_NOW = ("[UNAVAILABLE]", "[INUSE]", "[SERVERBUG]", "[LIMIT]", "[EXPUNGEISSUED]")

TroubleKind = Literal[
    "unreachable", "tls", "certificate", "login", "folder", "dropped", "refused", "expunged"
]


class MailboxTrouble(Exception):  # "Trouble" is the word of the design for this kind.
    """What went wrong between us and the IMAP server.

    `kind` tells what: `unreachable` (no connection), `tls` (the port does not speak it as configured), `certificate`
    (not trusted), `login` (user or password), `folder` (not there), `dropped` (the line broke or stalled), `refused`
    (the server said NO, or what cannot be understood), `expunged` (a letter went away while it was being read).
    """

    def __init__(self, message: str, *, kind: TroubleKind) -> None:
        super().__init__(message)
        self.kind = kind

    @property
    def permanent(self) -> bool:
        """Whether a person must change something: trying again will not help."""
        return self.kind in {"tls", "certificate", "login", "folder"}


@dataclass(frozen=True, slots=True)
class Backoff:
    """How long to wait before connecting again, in seconds: `first`, then doubled each time, up to `longest`."""

    first: float = 1.0
    longest: float = 300.0

    def delay(self, failures: int, jitter: float = 0.0) -> float:
        """Return the wait after `failures` failures in a row (1 or more); `jitter` in [0, 1] shortens it by up to half."""
        doubled = min(self.first * 2.0 ** min(max(failures, 1) - 1, 60), self.longest)
        return doubled * (1.0 - jitter / 2.0)


@contextmanager
def door(doing: str) -> Iterator[None]:
    """Turn what the library, TLS and the socket raise into MailboxTrouble; `doing` begins its message.

    ValueError, LookupError and TypeError are what imapclient and imaplib raise on answers they cannot understand;
    nothing of ours is called inside, so that our own mistakes are not taken for the server's.
    """
    try:
        yield
    except (IMAPClientError, OSError, ValueError, LookupError, TypeError) as error:
        raise MailboxTrouble(f"{doing}: {_words(error)}", kind=_kind(error, doing)) from error


def _kind(error: Exception, doing: str) -> TroubleKind:
    # imapclient calls everything that fails in its login methods a LoginError, a dropped line too.
    cause = error.__context__ if isinstance(error, LoginError) else error
    text = _words(error).upper()
    match cause:
        case ssl.SSLCertVerificationError():
            return "certificate"
        case OSError() if doing == "reading the certificates":
            return "certificate"
        case ssl.SSLError() if doing in {"connecting", "switching to TLS"}:
            return "tls"
        case OSError() if doing == "connecting":
            return "unreachable"
        case IMAPClientReadOnlyError():
            return "refused"
        case IMAPClientAbortError() | OSError():
            return "dropped"
        case _ if doing == "switching to TLS":
            return "tls"
        case _ if isinstance(error, LoginError) and not any(code in text for code in _NOT_NOW):
            return "login"
    return "refused"


def _words(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return str(error.verify_message)
    text = error.args[0] if error.args and isinstance(error.args[0], bytes) else str(error)
    if isinstance(text, bytes):
        return text.decode("ascii", "replace")
    return re.sub(r"^b'(.*)'$", r"\1", text) or type(error).__name__

"""What SMTP must be told of a message before it goes out, read off its octets (RFC 5321, 6152, 6531). Pure."""

import re
from datetime import datetime
from email.parser import BytesHeaderParser
from email.utils import format_datetime, parseaddr, parsedate_to_datetime
from functools import lru_cache

# The header field From with its continuation lines (RFC 5322, 2.2.3).
_FROM = re.compile(rb"^From:[^\n]*\n(?:[ \t][^\n]*\n)*", re.MULTILINE | re.IGNORECASE)

_DATE = re.compile(rb"\ADate: ([^\r\n]*)")
_DOT = re.compile(rb"^\.", re.MULTILINE)


def quoted(octets: bytes) -> bytes:
    """Return the message as it goes over the line: dots doubled, and the line that ends it (RFC 5321, 4.5.2)."""
    doubled = _DOT.sub(b"..", octets)
    return doubled + (b".\r\n" if doubled.endswith(b"\r\n") else b"\r\n.\r\n")


def author_of(octets: bytes) -> str:
    """Return the address in From, "" when there is none."""
    return _author(found[0] if (found := _FROM.search(octets)) else b"")


def dated(octets: bytes, now: datetime) -> bytes:
    """Return a message of ours with `now` (aware) as its Date, in the zone it was written in (RFC 5322, 3.6.1)."""
    found = _DATE.match(octets)
    if found is None:
        return octets
    zone = parsedate_to_datetime(found[1].decode("ascii")).tzinfo
    return b"Date: " + format_datetime(now.astimezone(zone)).encode("ascii") + octets[found.end() :]


def needs_utf8(octets: bytes, recipient: str) -> bool:
    """Return whether headers or envelope need SMTPUTF8."""
    return not recipient.isascii() or not octets.partition(b"\r\n\r\n")[0].isascii()


def needs_8bit(octets: bytes) -> bool:
    """Return whether the text needs 8BITMIME."""
    return not octets.partition(b"\r\n\r\n")[2].isascii()


# Our letters have but a few different authors.
@lru_cache(maxsize=64)
def _author(field: bytes) -> str:
    """Return the address in a header field From, "" when there is none."""
    return parseaddr(str(BytesHeaderParser().parsebytes(field + b"\r\n")["From"]))[1]

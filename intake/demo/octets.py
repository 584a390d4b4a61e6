"""Messages built by hand, octet by octet: what mail programs really write, their mistakes included.

The standard library's own writer is not used on purpose: it would mend what the demo wants to show broken. Lines end
in CRLF (RFC 5322, 2.3). Nothing here looks at a clock; the same arguments give the same octets.
"""

import base64
import quopri
from collections.abc import Iterable
from datetime import datetime
from email.header import Header
from email.utils import format_datetime
from typing import Literal
from urllib.parse import quote

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

# What programs put for characters that KOI8-U does not have.
_KOI8_SUBSTITUTES = str.maketrans("«»’—–…", '""\'---')

Headers = Iterable[tuple[str, str | bytes]]
Naming = Literal["rfc2231", "rfc2047", "raw-1251"]
Transfer = Literal["base64", "quoted-printable", "8bit", "7bit"]


def typed(content: str, charset: str) -> str:
    """Return text as a mail program of that charset writes it: what the charset lacks becomes its plain cousin."""
    return content.translate(_KOI8_SUBSTITUTES) if charset.startswith("koi8") else content


def words(text: str, charset: str = "utf-8", *, before: str = "") -> str:
    """Return text as encoded words (RFC 2047), folded; `before` is the header's name, which takes room."""
    if text.isascii():
        return text
    return Header(typed(text, charset), charset, header_name=before, maxlinelen=75).encode(linesep="\r\n")


def mailbox(name: str, address: str, charset: str = "utf-8") -> str:
    """Return `name <address>` with the name encoded (RFC 5322, 3.4)."""
    return f"{words(name, charset)} <{address}>" if name else address


def header(name: str, value: str | bytes) -> bytes:
    """Return a header line; octets are written as they are, however wrong."""
    return name.encode() + b": " + (value.encode() if isinstance(value, str) else value) + b"\r\n"


def entity(headers: Headers, body: bytes) -> bytes:
    """Return headers, the empty line and the body."""
    return b"".join(header(name, value) for name, value in headers) + b"\r\n" + body


def text(
    content: str, charset: str = "utf-8", transfer: Transfer = "base64", subtype: str = "plain"
) -> bytes:
    """Return a text part (RFC 2046, 4.1)."""
    octets = typed(content, charset).replace("\n", "\r\n").encode(charset)
    if transfer == "base64":
        octets = _base64(octets)
    elif transfer == "quoted-printable":
        octets = quopri.encodestring(octets.replace(b"\r\n", b"\n")).replace(b"\n", b"\r\n")
    return entity(
        [("Content-Type", f"text/{subtype}; charset={charset}"), ("Content-Transfer-Encoding", transfer)],
        octets,
    )


def attachment(content: bytes, name: str, kind: str = DOCX, naming: Naming = "rfc2231") -> bytes:
    """Return an attached file in base64; `naming` is how its name is written."""
    disposition: str | bytes
    if naming == "rfc2231":
        disposition, kind_line = f"attachment;\r\n filename*=UTF-8''{quote(name)}", kind
    elif naming == "rfc2047":
        encoded = words(name)
        disposition, kind_line = f'attachment;\r\n filename="{encoded}"', f'{kind};\r\n name="{encoded}"'
    else:
        disposition, kind_line = b'attachment; filename="' + name.encode("windows-1251") + b'"', kind
    return entity(
        [
            ("Content-Type", kind_line),
            ("Content-Transfer-Encoding", "base64"),
            ("Content-Disposition", disposition),
        ],
        _base64(content),
    )


def enclosed(message: bytes) -> bytes:
    """Return a whole message as a part (RFC 2046, 5.2.1)."""
    return entity([("Content-Type", "message/rfc822"), ("Content-Disposition", "attachment")], message)


def multipart(boundary: str, *parts: bytes, subtype: str = "mixed", parameter: str = "") -> bytes:
    """Return parts between boundaries (RFC 2046, 5.1)."""
    delimiter = b"--" + boundary.encode()
    body = b"".join(delimiter + b"\r\n" + part.removesuffix(b"\r\n") + b"\r\n" for part in parts)
    extra = f" {parameter};" if parameter else ""
    return entity(
        [("Content-Type", f'multipart/{subtype};{extra}\r\n boundary="{boundary}"')],
        body + delimiter + b"--\r\n",
    )


def message(headers: Headers, content: bytes) -> bytes:
    """Return a message: its headers, then an entity (RFC 2045, 3) whose own headers go on."""
    lines = b"".join(header(name, value) for name, value in headers)
    return lines + header("MIME-Version", "1.0") + content


def received(by: str, host: str, address: str, identifier: str, at: datetime, *, recipient: str = "") -> str:
    """Return the value of a trace line (RFC 5321, 4.4): `by` took the message from `host` at an aware instant."""
    to = f"\r\n\tfor <{recipient}>" if recipient else ""
    zone = f" ({at.tzname()})" if at.tzname() else ""
    return (
        f"from {host} ({host} [{address}])\r\n\tby {by} (Postfix) with ESMTPS id {identifier}{to};\r\n"
        f"\t{format_datetime(at)}{zone}"
    )


def _base64(octets: bytes) -> bytes:
    return base64.encodebytes(octets).replace(b"\n", b"\r\n")

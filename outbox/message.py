"""A message as octets (RFC 5322, 2045, 2047, 6532): headers, a plain text, if wanted the same as HTML. Pure.

The octets are the same on every Python: `email`'s folding of encoded words has lost blanks between versions
(python/cpython#92081), so words are encoded here. The text travels in base64: no line is too long, no server need know 8BITMIME, nothing is altered on the way.
"""

import base64
import hashlib
import re
from collections.abc import Iterable
from datetime import datetime
from email.utils import format_datetime, quote

from email_validator import EmailNotValidError, validate_email

from outbox.plain import clean
from rules.letter import Letter

_CRLF = "\r\n"
# What may stand unquoted before the @, and in a host name, underscores included: people have such addresses although
# the stricter validator refuses them. Nothing here can end a command or a header.
_PLAIN = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[a-z0-9_-]+(?:\.[a-z0-9_-]+)*", re.ASCII | re.IGNORECASE)
_ID = re.compile(r"<[!-;=?-~]{1,400}>")
_ATOMS = re.compile(r"[\w !#$%&'*+/=?^`{|}~-]*", re.ASCII)
_MOST_REFERENCES = 20
_PIECES = re.compile(r"\S+ ?| ")
# Octets in one encoded word: with «Subject: » before it, the line stays below 76 (RFC 2047, 2).
_WORD = 39


def deliverable(address: str) -> str | None:
    """Return an address as SMTP may be given it, or None when nothing can be sent there.

    The domain comes back in ASCII (RFC 5890); a local part outside ASCII stays and needs SMTPUTF8 (RFC 6531).
    No name server is asked.
    """
    bare = address.strip()
    try:
        valid = validate_email(bare, check_deliverability=False, globally_deliverable=False)
    except EmailNotValidError:
        return bare if _PLAIN.fullmatch(bare) and len(bare) <= 254 else None
    return f"{valid.local_part}@{valid.ascii_domain}"


def references(letter: Letter) -> tuple[str, ...]:
    """Return the References of an answer to a letter (RFC 5322, 3.6.4), oldest first.

    They are the letter's own References, or its In-Reply-To when that names one message, then its Message-ID. What is
    no msg-id is left out; of a long chain the first and the newest stay.
    """
    chain = letter.references or (letter.in_reply_to if len(letter.in_reply_to) == 1 else ())
    ids = tuple(dict.fromkeys(filter(_ID.fullmatch, (*chain, letter.message_id or ""))))
    return ids if len(ids) <= _MOST_REFERENCES else (ids[0], *ids[1 - _MOST_REFERENCES :])


def in_reply_to(letter: Letter) -> str | None:
    """Return the letter's Message-ID if it is one, else None."""
    return letter.message_id if letter.message_id and _ID.fullmatch(letter.message_id) else None


def message(
    *,
    date: datetime,
    message_id: str,
    from_: tuple[str, str],
    to: str,
    subject: str,
    thread: Letter | None,
    extra: Iterable[tuple[str, str]],
    text: str,
    html: str = "",
) -> bytes:
    """Return a whole message, CRLF throughout: the text alone, or with `html` both, the plain one first (RFC 2046, 5.1.4).

    `date` is aware; `from_` is display name and address; `thread` is the letter that is answered; `extra` are headers
    in ASCII. Octets above 127 occur only in an address whose local part is not ASCII (RFC 6532).
    """
    chain = references(thread) if thread is not None else ()
    parent = in_reply_to(thread) if thread is not None else None
    headers = [
        ("Date", format_datetime(date)),
        ("Message-ID", message_id),
        ("From", _mailbox(*from_)),
        ("To", to),
        ("Subject", _encoded(clean(subject, 250), "Subject")),
        *((("In-Reply-To", parent),) if parent else ()),
        *((("References", f"{_CRLF} ".join(chain)),) if chain else ()),
        *((name, clean(value)) for name, value in extra),
        ("MIME-Version", "1.0"),
    ]
    head = _CRLF.join(f"{name}: {value}" for name, value in headers)
    plain = _part("plain", text)
    if not html:
        return f"{head}{_CRLF}{plain}".encode()
    # Base64 has no «=_» in it, so that the boundary can stand in no part.
    boundary = f"=_{hashlib.sha256(message_id.encode()).hexdigest()[:24]}"
    parts = "".join(f"--{boundary}{_CRLF}{part}" for part in (plain, _part("html", html)))
    kind = f'Content-Type: multipart/alternative; boundary="{boundary}"'
    return f"{head}{_CRLF}{kind}{_CRLF}{_CRLF}{parts}--{boundary}--{_CRLF}".encode()


def _part(subtype: str, text: str) -> str:
    """Return a part of text with its headers; ends with CRLF."""
    body = base64.encodebytes(text.replace("\n", _CRLF).encode()).decode().replace("\n", _CRLF)
    kind = f"Content-Type: text/{subtype}; charset=utf-8"
    return f"{kind}{_CRLF}Content-Transfer-Encoding: base64{_CRLF}{_CRLF}{body}"


def _encoded(text: str, header: str) -> str:
    """Return a header's text, folded: as it is when short ASCII, else as encoded words (RFC 2047).

    They are split after blanks where possible: clients that put a blank of their own between two encoded words then
    show it where one stood.
    """
    if text.isascii() and "=?" not in text and len(text) + len(header) < 75:
        return text
    words = [""]
    for piece in _PIECES.findall(text):
        for part in _short(piece):
            if len((words[-1] + part).encode()) <= _WORD:
                words[-1] += part
            else:
                words.append(part)
    return f"{_CRLF} ".join(f"=?utf-8?B?{base64.b64encode(word.encode()).decode()}?=" for word in words)


def _short(piece: str) -> Iterable[str]:
    """Return a piece, cut between characters when it would not fit into one encoded word."""
    return (piece,) if len(piece.encode()) <= _WORD else tuple(piece)


def _mailbox(name: str, address: str) -> str:
    shown = clean(name)
    if not shown:
        return address
    if not shown.isascii() or "=?" in shown:
        shown = _encoded(shown, "From")
    elif not _ATOMS.fullmatch(shown):
        shown = f'"{quote(shown)}"'
    gap = " " if len(shown.rpartition("\n")[2]) + len(address) < 65 else f"{_CRLF} "
    return f"{shown}{gap}<{address}>"

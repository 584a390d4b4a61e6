"""The header of a letter as values: addresses, ids, the date and the trace. mail-parser reads what has a grammar, after the octets were mended and put into clean text; where it finds nothing on a broken field, a tolerant reading of our own stands in."""

import logging
import re
from dataclasses import dataclass
from datetime import datetime
from email.message import Message
from typing import Any

import mailparser

from intake.config import Limits
from intake.parsing.dates import read_date
from intake.parsing.octets import HeaderBlock
from intake.parsing.words import Notes, decode_field, decode_raw, decode_words, has_words, one_line
from rules.letter import Address, Received

# mail-parser logs the headers it cannot decode, names and subjects of applicants among them: its log is not ours.
logging.getLogger("mailparser").setLevel(logging.CRITICAL + 1)

ADDRESS_FIELDS = ("from", "reply-to", "to", "cc")
# Fields that occur once by rule (RFC 5322, 3.6; RFC 2045): the first counts.
SINGLE = (
    "from", "sender", "reply-to", "to", "cc", "subject", "date", "message-id", "in-reply-to", "references",
    "content-type", "content-disposition", "return-path",
)  # fmt: skip
# Trace lines read; more than this is a loop or a joke.
HOPS = 100
# Other fields that are decoded and kept; each name is the sender's, so their number is bounded too.
FIELDS = 20_000
_ID = re.compile(r"<([^<>]{1,2000})>")
_ANGLE = re.compile(r"<\s*(?:mailto:)?\s*([^<>]*?)\s*(?:>|$)", re.IGNORECASE)
_BARE = re.compile(r"(?:mailto:)?([^\s<>,;:\"()\[\]\\]{1,120}@[^\s<>,;:\"()\\]{1,255})", re.IGNORECASE)
_GROUP = re.compile(r"[^<>@\",;:]{1,200}:")
_COMMENT = re.compile(r"\(([^()]*)\)")
_KNOWN_ZONE = re.compile(r"[0-9]\s+[+-][0-9]{4}\b|[0-9]\s+(?:GMT|UT)\s*(?:\(|$)", re.IGNORECASE)
_BY = re.compile(r"\bby\s+([^\s;()]+)", re.IGNORECASE)
_FROM = re.compile(r"\bfrom\s+(.*?)(?=\s+by\s|;|$)", re.IGNORECASE | re.DOTALL)
_INVISIBLE = re.compile("[\x00-\x20\x7f-\xa0\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+")


@dataclass(frozen=True, slots=True)
class Header:
    """The header of a letter, understood. The fields are those of `rules.letter.Letter`."""

    message_id: str | None
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    date: datetime | None
    subject: str
    from_: Address | None
    reply_to: tuple[Address, ...]
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    return_path: str | None
    received: tuple[Received, ...]
    fields: tuple[tuple[str, str], ...]


def read_header(block: HeaderBlock, limits: Limits, notes: Notes, hint: str | None) -> Header:
    """Return the header of a letter from its block; what was guessed or is missing goes into `notes`."""
    for name in SINGLE:
        if len(block.all(name)) > 1:
            notes.add(f"duplicate_header:{name}")
    clean = _clean_texts(block, limits, notes, hint)
    mail = _mail_parser(clean)
    addresses = {name: _addresses(name, clean.get(name, ""), mail, notes, hint) for name in ADDRESS_FIELDS}
    sender = addresses["from"]
    if not sender:
        notes.add("from_unreadable" if clean.get("from") else "from_missing")
    ids = _message_ids(clean.get("message-id", ""), whole=True)
    if not ids:
        notes.add("message_id_missing")
    return Header(
        message_id=ids[0] if ids else None,
        in_reply_to=_message_ids(clean.get("in-reply-to", "")),
        references=_message_ids(clean.get("references", "")),
        date=_date(clean.get("date"), mail, notes),
        subject=decode_field(block.first("subject") or b"", "subject", notes, hint),
        from_=sender[0] if sender else None,
        reply_to=addresses["reply-to"],
        to=addresses["to"],
        cc=addresses["cc"],
        return_path=_return_path(block.first("return-path")),
        received=_received(block, mail),
        fields=tuple(
            (field.name, decode_field(field.body, _where(field.name), notes, hint))
            for field in block.fields[:FIELDS]
        ),
    )


def _where(name: str) -> str:
    """Return the name of a field for a defect; a sender's own field name is not repeated."""
    return name if name in SINGLE else "header"


def _clean_texts(block: HeaderBlock, limits: Limits, notes: Notes, hint: str | None) -> dict[str, str]:
    """Return the first of each structured field as clean text, encoded words still in place."""
    texts: dict[str, str] = {}
    for name in (*ADDRESS_FIELDS, "date", "message-id", "in-reply-to", "references"):
        body = block.first(name)
        if body is None:
            continue
        text = one_line(decode_raw(body, name, notes, hint))
        if name in ADDRESS_FIELDS and text.count(",") + text.count(";") >= limits.addresses:
            notes.add(f"limit_addresses:{name}")
            text = "".join(re.split("([,;])", text, maxsplit=limits.addresses)[: 2 * limits.addresses - 1])
        texts[name] = text
    # Only ever the first Received lines: the topmost are those our own servers added.
    for number, body in enumerate(block.all("received")[:HOPS]):
        texts[f"received:{number}"] = body.decode("utf-8", "replace")
    return texts


def _mail_parser(texts: dict[str, str]) -> Any:
    """Return mail-parser's reading of the clean header, or None when it fails on a hostile one."""
    message: Message[str, str] = Message()
    for name, text in texts.items():
        message.set_raw(name.partition(":")[0], text)
    try:
        return mailparser.MailParser(message)
    # Whatever a stranger's header makes a library raise is a fact about that header; ours stands in below.
    except Exception:  # noqa: BLE001 - parse returns for any octets
        return None


def _addresses(name: str, text: str, mail: Any, notes: Notes, hint: str | None) -> tuple[Address, ...]:
    """Return the mailboxes of an address field: mail-parser's, or our tolerant reading where it had to give up."""
    if not text:
        return ()
    doubtful = mail is None or any(
        item["header"] == name and item["reason"] != "encoded-word" for item in mail.address_header_defects
    )
    pairs = [] if mail is None else list(getattr(mail, name.replace("-", "_").replace("from", "from_")))
    pairs = [pair for pair in pairs if _plausible(pair[1])]
    if doubtful or not pairs:
        own = _tolerant(text)
        if own and (len(own) != len(pairs) or not pairs or name == "from"):
            notes.add(f"address_mended:{name}")
            pairs = own
    elif has_words(text):
        # Between encoded words of one name mail-parser may put blanks that are not there.
        own = _tolerant(text)
        pairs = own if [spec for _, spec in own] == [spec for _, spec in pairs] else pairs
    # mail-parser drops a display name that repeats the address; it is kept here as it was written.
    if len(pairs) == 1 and not pairs[0][0]:
        pairs = [
            (display, pairs[0][1]) for display, _ in _tolerant(text)[:1] if _is_address(display)
        ] or pairs
    return tuple(
        Address(_display(display, name, notes, hint), _bare_address(spec)) for display, spec in pairs
    )


def _plausible(spec: str) -> bool:
    return _BARE.fullmatch(spec.strip()) is not None or ("@" in spec and not re.search(r"[\s<>,]", spec))


def _is_address(display: str) -> bool:
    return _BARE.fullmatch(display.strip("\"' ")) is not None


def _bare_address(spec: str) -> str:
    """Return an addr-spec without what can not be in one: controls, blanks, `mailto:`, brackets."""
    spec = _INVISIBLE.sub("", spec).strip("<>;,")
    return spec[7:] if spec.lower().startswith("mailto:") else spec


def _display(name: str, where: str, notes: Notes, hint: str | None) -> str:
    """Return a display name as text: words decoded (inside quotes too, as mailers write them), quotes and pairs undone."""
    if has_words(name):
        name = decode_words(name, where, notes, hint)
    name = re.sub("[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]", "", one_line(name))
    while len(name) > 1 and name[0] == name[-1] and name[0] in "\"'":
        name = name[1:-1].strip()
    if name.count('"') == 1:
        # A quote that was opened and never closed is no part of the name.
        name = name.strip('"').strip()
    return re.sub(r"\\([\"\\])", r"\1", name)


def _tolerant(text: str) -> list[tuple[str, str]]:
    """Return (display, addr-spec) pairs of a field that breaks the grammar of RFC 5322, 3.4.

    The name of a group (`Рада: a@b.example;`) is no part of its first address's.
    """
    whole = text.rstrip()
    if whole.endswith(";") and whole.count(";") == 1 and "@" in whole and (group := _GROUP.match(whole)):
        text = whole[group.end() : -1]
    pairs: list[tuple[str, str]] = []
    waiting: list[str] = []
    for piece in _pieces(text):
        pending = ", ".join([*waiting, piece])
        found = _ANGLE.search(piece)
        if found and "@" in found[1]:
            name = ", ".join([*waiting, piece[: found.start()].strip()]).strip(" ,")
            pairs.append((name, found[1]))
        elif bare := _BARE.search(piece):
            comment = _COMMENT.search(piece)
            rest = f"{piece[: bare.start()]} {piece[bare.end() :]}".strip(" <>\t")
            pairs.append((comment[1] if comment else ", ".join([*waiting, rest]).strip(" ,"), bare[1]))
        else:
            # Part of an unquoted name with a comma in it: it belongs to the next address.
            waiting = [pending] if len(pending) < 500 else []
            continue
        waiting = []
    return pairs


def _pieces(text: str) -> list[str]:
    """Return an address list cut at the commas and semicolons that stand outside quotes and brackets."""
    pieces: list[str] = []
    start, quoted, angle = 0, False, False
    balanced = text.count('"') % 2 == 0
    for at, char in enumerate(text):
        if char == '"' and balanced and text[at - 1 : at] != "\\":
            quoted = not quoted
        elif quoted:
            continue
        elif char in "<>":
            angle = char == "<"
        elif char in ",;" and (not angle or ">" not in text[at:]):
            pieces.append(text[start:at].strip())
            start, angle = at + 1, False
    pieces.append(text[start:].strip())
    return [piece for piece in pieces if piece]


def _message_ids(text: str, *, whole: bool = False) -> tuple[str, ...]:
    """Return the ids of a field with their brackets (RFC 5322, 3.6.4). With `whole`, one without brackets is taken as it stands."""
    ids = tuple("<" + "".join(found.split()) + ">" for found in _ID.findall(text))
    if ids or not whole:
        return ids
    bare = text.strip()
    return (bare,) if bare and bare not in {"<>", "<", ">"} else ()


def _date(text: str | None, mail: Any, notes: Notes) -> datetime | None:
    """Return the Date header as UTC. mail-parser knows no zone names but the American ones: those and the rest are read here."""
    if not text:
        notes.add("date_missing")
        return None
    read: datetime | None = mail.date if mail is not None and _KNOWN_ZONE.search(text) else None
    if read is None:
        words = decode_words(text, "date", notes)
        read = read_date(words)
        notes.add("date_unreadable" if read is None else "date_mended")
    return read


def _return_path(body: bytes | None) -> str | None:
    """Return the Return-Path (RFC 5321, 4.4): "" for the null path, None when there is none."""
    if body is None:
        return None
    text = body.decode("utf-8", "replace")
    found = re.search(r"<([^<>]*)>", text)
    return _bare_address(found[1] if found else text)


def _received(block: HeaderBlock, mail: Any) -> tuple[Received, ...]:
    """Return the trace, topmost first. A line that mail-parser finds ambiguous is read for `by` and its date only."""
    bodies = block.all("received")[:HOPS]
    # mail-parser lists the oldest hop first.
    hops: list[dict[str, Any]] = list(reversed(mail.received)) if mail is not None else []
    if len(hops) != len(bodies):
        hops = [{} for _ in bodies]
    trace: list[Received] = []
    for body, hop in zip(bodies, hops, strict=True):
        text = one_line(body.decode("utf-8", "replace"))
        by = str(hop.get("by") or (found[1] if (found := _BY.search(text)) else ""))
        source = str(hop.get("from") or (found[1] if (found := _FROM.search(text)) else ""))
        stamp = str(hop.get("date") or text.rpartition(";")[2])
        host = re.split(r"[\s(;]", by.strip(), maxsplit=1)[0].lower() if by else ""
        trace.append(Received(host, one_line(source)[:500], read_date(one_line(stamp))))
    return tuple(trace)

"""What a delivery report says (RFC 3464), and what mail systems that never heard of it write in plain words (qmail, Exim). Pure reading: it decides nothing, and a report can be forged like any letter."""

import re
from collections.abc import Sequence

from intake.parsing.octets import HeaderBlock
from intake.parsing.words import one_line
from rules.automatic import OWN_MARK
from rules.letter import Action, DeliveryReport, Fate

STATUS_TYPES = frozenset({"message/delivery-status", "message/global-delivery-status"})
HEADER_TYPES = frozenset({"text/rfc822-headers", "message/global-headers"})
# Read of one report, in octets and recipients: ours go to one recipient each.
OCTETS = 256 * 1024
RECIPIENTS = 100
IDS = 100
WORDS = 500
# Of one field: an honest list of recipients is shorter, and a search for addresses in a longer one takes its time.
FIELD = 16 * 1024
_ACTIONS: dict[str, Action] = {
    "failed": "failed",
    "delayed": "delayed",
    "delivered": "delivered",
    "relayed": "delivered",
    "expanded": "delivered",
}
_BY_CLASS: dict[str, Action] = {"5": "failed", "4": "delayed", "2": "delivered"}
# A header block that has these was not cut down by whoever sent it back.
_WHOLE = frozenset({"from", "subject", "date"})
_NAME = re.compile(r"^([!-9;-~]{1,80})[ \t]*:", re.MULTILINE)
_FIELD = re.compile(r"^([!-9;-~]+)[ \t]*:[ \t]*(.*)$")
_ID = re.compile(r"^[>\s]{0,8}message-id[ \t]*:\s{0,4}(<[^<>\s]{1,990}>)", re.IGNORECASE | re.MULTILINE)
_BRACKETED = re.compile(r"<[^<>\s]{1,990}>")
_ADDRESS = re.compile(r"[^\s\x00-\x1f<>,;:\"()\[\]\\]{1,120}@[^\s\x00-\x1f<>,;:\"()\\]{1,255}")
_QMAIL = re.compile(r"^<([^<>\s\x00-\x1f]{1,320})>:[ \t]*$", re.MULTILINE)
# Where the letter that came back is copied below a report in plain words.
_COPY = re.compile(
    r"^\s*(?:-{3,}|_{5,}|={5,}|received\s*:|message-id\s*:|return-path\s*:|(?:original|returned)\s+message)",
    re.IGNORECASE | re.MULTILINE,
)
_DAEMON = re.compile(r"(?:mailer-daemon|postmaster|abuse|noreply|no-reply)@", re.IGNORECASE)
# Characters of a report in plain words in which the address stands.
TOLD = 3000
_DELAYED = re.compile(r"\b(?:delayed|delay|still\s+being\s+retried|has\s+not\s+yet\s+been)\b", re.IGNORECASE)


def read_report(
    parts: Sequence[tuple[str, bytes]],
    returned: Sequence[HeaderBlock],
    *,
    failed_recipients: str | None,
    bounce: bool,
    subject: str,
    text: str,
    conversation: tuple[str, ...],
) -> DeliveryReport | None:
    """Return the report a letter is, or None when it is none.

    `parts` are type and octets of the machine-readable parts, `returned` the header blocks of letters sent back,
    `failed_recipients` the X-Failed-Recipients field, `bounce` whether a mail system wrote the letter, `conversation`
    the ids the report itself refers to: they count last.
    """
    fates = [fate for kind, octets in parts if kind in STATUS_TYPES for fate in _fates(octets)]
    structured = bool(fates)
    if not fates and (bounce or failed_recipients is not None or text.lstrip().startswith("Hi. This is the")):
        fates = _told(subject, text, failed_recipients)
    elif not fates:
        return None
    heads = [_as_text(octets) for kind, octets in parts if kind in HEADER_TYPES]
    fields = (block.first("message-id") or b"" for block in returned)
    ids = [found[0] for body in fields if (found := _BRACKETED.search(body.decode("utf-8", "replace")))]
    ids += [found for head in heads for found in _ID.findall(head)]
    ids += [*_ID.findall(text), *conversation]
    ids = [id_ for id_ in dict.fromkeys(ids) if id_.isprintable()][:IDS]
    names = [frozenset(item.name for item in block.fields) for block in returned]
    names += [frozenset(name.lower() for name in _NAME.findall(head)) for head in heads]
    return DeliveryReport(tuple(ids), tuple(fates[:RECIPIENTS]), structured, foreign=_foreign(names))


def _foreign(heads: Sequence[frozenset[str]]) -> bool:
    """Return whether what came back is certainly no letter of ours: header blocks, all of them whole, without our mark."""
    return bool(heads) and all(head >= _WHOLE and OWN_MARK not in head for head in heads)


def _as_text(octets: bytes) -> str:
    text = octets[:OCTETS].decode("utf-8", "replace").replace("\x00", "")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _fates(octets: bytes) -> list[Fate]:
    """Return the recipients of a delivery-status part (RFC 3464, 2.3), each group of fields one of them."""
    fates: list[Fate] = []
    for group in re.split(r"\n[ \t]*\n", _as_text(octets).strip("\n")):
        fields: dict[str, str] = {}
        for line in re.sub(r"\n[ \t]+", " ", group).split("\n"):
            if found := _FIELD.match(line):
                name = found[1].lower()
                if name == "final-recipient" and name in fields:
                    # Some leave out the blank line between two recipients.
                    fates += _fate(fields)
                    fields = {}
                fields.setdefault(name, found[2][:1000])
        fates += _fate(fields)
    return fates


def _fate(fields: dict[str, str]) -> list[Fate]:
    recipients = tuple(
        address[0]
        for name in ("original-recipient", "final-recipient")
        if (address := _ADDRESS.search(fields.get(name, "").partition(";")[2] or fields.get(name, "")))
    )
    if not recipients and "action" not in fields:
        return []
    status = fields.get("status", "").strip()[:20]
    word = re.match(r"[a-z]*", fields.get("action", "").strip().lower())
    action = _ACTIONS.get(word[0] if word else "") or _BY_CLASS.get(status[:1], "failed")
    kind, _, said = fields.get("diagnostic-code", "").partition(";")
    words = one_line(said or kind)
    if status and status.partition(" ")[0] not in words:
        words = f"{status} {words}"
    return [Fate(tuple(dict.fromkeys(recipients)), action, words.strip()[:WORDS])]


def _told(subject: str, text: str, failed_recipients: str | None) -> list[Fate]:
    """Return the recipients of a report that is written for people only."""
    named = _ADDRESS.findall((failed_recipients or "")[:FIELD]) or _QMAIL.findall(text)
    named = named or _alone(text)
    late = failed_recipients is None and _DELAYED.search(f"{subject}\n{text[:2000]}") is not None
    action: Action = "delayed" if late else "failed"
    found = [Fate((address,), action, _words(text, address)) for address in named[:RECIPIENTS]]
    return found or [Fate((), action, one_line(text[:WORDS]))]


def _alone(text: str) -> list[str]:
    """Return the one address that a report in plain words names; of several nobody knows which one failed."""
    told = _COPY.split(text[:TOLD], maxsplit=1)[0]
    found = {address.lower(): address for address in _ADDRESS.findall(told) if not _DAEMON.match(address)}
    return list(found.values()) if len(found) == 1 else []


def _words(text: str, address: str) -> str:
    """Return what stands beside and below an address, up to the next empty line: the other server's words."""
    at = text.find(address)
    paragraph = re.split(r"\n[ \t]*\n", text[at + len(address) : at + 4000], maxsplit=1)[0] if at >= 0 else ""
    return one_line(paragraph.lstrip(">: \t\n"))[:WORDS] or one_line(text[:WORDS])

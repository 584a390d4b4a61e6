"""The readable text of a letter: plain text if there is any, else the text of the HTML, and the newest part of it without what was quoted. It renders nothing, loads nothing and keeps no markup."""

import re
from dataclasses import dataclass

from lxml import etree, html

from intake.parsing.words import compose
from rules.quotation import newest

# Longer text is not a letter; the rest is left out and the caller told.
TEXT_LENGTH = 1_000_000
HTML_LENGTH = 1_500_000
_META = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:\-]{2,40})", re.IGNORECASE)
_SKIPPED = frozenset(
    {"script", "style", "head", "title", "template", "noscript", "svg", "math", "object", "iframe"}
)
_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "center",
        "dd",
        "div",
        "dl",
        "dt",
        "fieldset",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "html",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "tbody",
        "tfoot",
        "thead",
        "tr",
        "ul",
    ]
)
_CELLS = frozenset({"td", "th"})
_BLANKS = re.compile(r"[ \t\r\f\v\u00a0]+")
_EMPTY_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*){2,}")
_TAG = re.compile(r"<[^<>]{0,2000}>")
_TABLE = re.compile(r"<t[dh][\s>]", re.IGNORECASE)
# Where Gmail, Apple Mail, Thunderbird, Outlook and ukr.net begin the letter they answer.
_QUOTED_MARKUP = re.compile(
    r"<blockquote|<div[^<>]{0,300}(?:class=[\"']?[^<>\"']{0,100}(?:gmail_quote|moz-cite-prefix|yahoo_quoted)"
    r"|id=[\"']?(?:divRplyFwdMsg|mail-editor-reference-message-container|appendonsend)|border-top\s*:\s*solid\s*#(?:E1E1E1|B5C4DF))",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class TextPart:
    """One text leaf: its subtype, its text, the multipart/alternative it belongs to (or ""), and how deep its letter is nested."""

    position: str
    subtype: str
    text: str
    alternative: str = ""
    level: int = 0


def choose_text(parts: list[TextPart]) -> str:
    """Return the text of a letter out of its text leaves.

    Of alternatives the plain one counts unless it is blank; leaves that stand one after another are joined. A forward without a
    word of its own has the text of the letter inside.
    """
    if not parts:
        return ""
    level = min(part.level for part in parts)
    pieces: list[str] = []
    done: set[str] = set()
    for part in parts:
        if part.level != level or (part.alternative and part.alternative in done):
            continue
        if part.alternative:
            done.add(part.alternative)
            pieces.append(_best([other for other in parts if other.alternative == part.alternative]))
        else:
            pieces.append(readable(part))
    text = "\n\n".join(piece for piece in pieces if piece)
    if not text and any(part.level != level for part in parts):
        return choose_text([part for part in parts if part.level != level])
    return text


def newest_table(parts: list[TextPart], *, passed_on: bool) -> str:
    """Return the markup of the body as far as the sender wrote it now, when there is a table in it, else "".

    What mailers put around a quoted letter ends it, unless that letter is `passed_on`: then it is what the sender sends.
    """
    level = min((part.level for part in parts), default=0)
    for part in parts:
        if part.level == level and part.subtype == "html":
            markup = part.text[:HTML_LENGTH]
            quoted = None if passed_on else _QUOTED_MARKUP.search(markup)
            markup = markup[: quoted.start()] if quoted else markup
            if _TABLE.search(markup):
                return markup
    return ""


def _best(parts: list[TextPart]) -> str:
    """Return the text of the best alternative: plain, else HTML, the first that is not blank."""
    plain = "\n\n".join(filter(None, (readable(part) for part in parts if part.subtype == "plain")))
    if plain:
        return plain
    return next((text for part in parts if part.subtype != "plain" and (text := readable(part))), "")


def readable(part: TextPart) -> str:
    """Return the text of one leaf with uniform line ends, in NFC, controls removed."""
    text = html_text(part.text[:HTML_LENGTH]) if part.subtype == "html" else part.text
    text = text[:TEXT_LENGTH].replace("\r\n", "\n").replace("\r", "\n")
    text = "".join(char for char in text if char >= " " or char in "\n\t") if _has_controls(text) else text
    return compose(text).strip()


def _has_controls(text: str) -> bool:
    return re.search("[\x00-\x08\x0b-\x1f]", text) is not None


def meta_charset(octets: bytes) -> str | None:
    """Return the charset that an HTML file declares in its own head, or None."""
    found = _META.search(octets[:4096])
    return found[1].decode("ascii") if found else None


def html_text(markup: str) -> str:
    """Return the text of HTML: blocks and rows on lines of their own, cells parted by tabs."""
    markup = markup.replace("\x00", "")
    if not markup.strip():
        return ""
    parser = html.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = html.document_fromstring(markup.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError, AssertionError):
        return _TAG.sub(" ", markup)
    pieces: list[str] = []
    _collect(root, pieces)
    text = "".join(pieces)
    lines = (
        _BLANKS.sub(lambda run: "\t" if "\t" in run[0] else " ", line).strip() for line in text.split("\n")
    )
    return _EMPTY_LINES.sub("\n\n", "\n".join(lines)).strip()


def _collect(root: html.HtmlElement, pieces: list[str]) -> None:
    """Append the text under `root`, in order, without recursion."""
    skipped: html.HtmlElement | None = None
    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = element.tag if isinstance(element.tag, str) else ""
        if event == "start":
            if skipped is None and tag in _SKIPPED:
                skipped = element
            if skipped is None:
                if tag in _BLOCKS or tag == "br":
                    pieces.append("\n")
                pieces.append(_inline(element.text))
            continue
        if skipped is element:
            skipped = None
        elif skipped is None and tag in _BLOCKS:
            pieces.append("\n")
        elif skipped is None and tag in _CELLS:
            pieces.append("\t")
        if skipped is None:
            pieces.append(_inline(element.tail))


def _inline(text: str | None) -> str:
    return re.sub(r"[ \t\r\n]+", " ", text) if text else ""


def newest_text(text: str) -> str:
    """Return what the sender wrote now: without the quoted letter, the attribution line above it and the signature below."""
    return newest(text) or text.strip()

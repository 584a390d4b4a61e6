"""Plain text: making applicants' words harmless and filling lines. Pure; it knows nothing of letters or languages.

The no-break space is this module's own sign: text that came from outside loses it in `clean`, our text gains it in
`unbroken`, and `fill` turns it back into a blank after the lines have been broken elsewhere.
"""

import re
import unicodedata

NBSP = "\N{NO-BREAK SPACE}"
WIDTH = 72

_LABEL = re.compile(r"\S.{0,30}?: {2,}")
_ITEM = re.compile(r"(?:\d+\.|-) ")
_INDENT = re.compile(r" +")
_BLANKS = re.compile(r"[ \t]+")


def clean(text: str, limit: int = 200) -> str:
    """Return outside text as one line of at most `limit` characters, shortened with «…».

    Controls, line breaks and lone surrogates (they cannot be encoded) become blanks; invisible formatting characters
    go, direction overrides among them. An EmailMessage header with CR or LF in it would raise ValueError.
    """
    kept = (_harmless(character) for character in unicodedata.normalize("NFC", text))
    line = " ".join("".join(kept).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def _harmless(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Cf":
        return ""
    return " " if category in {"Cc", "Cs", "Zl", "Zp"} else character


def unbroken(text: str) -> str:
    """Return the text so that `fill` breaks no line inside it: a name, a date, a telephone number."""
    return text.replace(" ", NBSP)


def fill(text: str, width: int = WIDTH) -> str:
    """Return the text with every line broken at `width`; a line of it is a paragraph, a row or an item of a list.

    The continuation of «Номер заявки:   …» (a label, then two or more blanks) and of «1. …» or «- …» is indented to
    where the value began. No line starts with a dash. A single word longer than a line stays whole; a longer
    unbroken phrase is broken at its blanks. Runs of empty lines become one, and none is left at either end.
    """
    lines: list[str] = []
    for line in text.splitlines():
        if line.strip():
            lines.extend(_broken(line.rstrip(" "), width))
        elif lines and lines[-1]:
            lines.append("")
    return "\n".join(lines).replace(NBSP, " ").rstrip("\n")


def _broken(line: str, width: int) -> list[str]:
    lead = _LABEL.match(line) or _ITEM.match(line) or _INDENT.match(line)
    first = lead.group() if lead else ""
    indent = " " * len(first)
    rest = _BLANKS.sub(" ", line[len(first) :]).replace(" —", f"{NBSP}—")
    room = width - len(indent)
    words = [part for word in rest.split(" ") for part in (word.split(NBSP) if len(word) > room else (word,))]
    rows = [""]
    for word in words:
        if rows[-1] and len(rows[-1]) + 1 + len(word) > room:
            rows.append(word)
        else:
            rows[-1] = f"{rows[-1]} {word}" if rows[-1] else word
    return [(first if at == 0 else indent) + row for at, row in enumerate(rows)]

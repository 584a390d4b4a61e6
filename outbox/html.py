"""The same text as simple HTML, for those who prefer it: nothing is loaded, nothing runs, every character is escaped. Pure.

Only addresses that stand in `links` can be clicked: what an applicant wrote is shown and leads nowhere.
"""

import re
from collections.abc import Collection, Iterator
from html import escape
from itertools import groupby

_LINK = re.compile(r"https?://[^\s<>\"«»„“”()]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
# What ends a sentence is not part of the address before it.
_TAIL = ".,;:!?"
_ROW = re.compile(r"(\S.{0,30}?:) {2,}(.*)")
_ITEM = re.compile(r"(\d+\.|-) (.*)")
_TAGS = {"numbered": "ol", "item": "ul"}


def links_in(text: str) -> frozenset[str]:
    """Return the addresses of pages and the mail addresses in a text."""
    return frozenset(found.rstrip(_TAIL) for found in _LINK.findall(text))


def html_of(paragraphs: str, *, title: str, language: str, links: Collection[str]) -> str:
    """Return a document of a text whose lines are paragraphs, rows («Номер:   14») or items («1. …», «- …»).

    `links` are the addresses that may be clicked.
    """
    blocks = "\n".join(_blocks(paragraphs, links))
    return (
        f'<!DOCTYPE html>\n<html lang="{language}">\n<head><meta charset="utf-8"><title>{escape(title)}</title></head>\n'
        f'<body style="font-family: sans-serif; max-width: 40em">\n{blocks}\n</body>\n</html>\n'
    )


def _blocks(paragraphs: str, links: Collection[str]) -> Iterator[str]:
    for filled, block in groupby(paragraphs.splitlines(), key=lambda line: bool(line.strip())):
        for kind, lines in groupby(block if filled else (), key=_kind):
            if kind == "row":
                yield "\n".join(("<table>", *(_row(line, links) for line in lines), "</table>"))
            elif tag := _TAGS.get(kind):
                items = ("<li>" + _linked(_ITEM.sub(r"\2", line), links) + "</li>" for line in lines)
                yield "\n".join((f"<{tag}>", *items, f"</{tag}>"))
            else:
                yield "<p>" + "<br>\n".join(_indented(line, links) for line in lines) + "</p>"


def _kind(line: str) -> str:
    if _ROW.fullmatch(line):
        return "row"
    if found := _ITEM.match(line):
        return "item" if found[1] == "-" else "numbered"
    return ""


def _row(line: str, links: Collection[str]) -> str:
    label, value = _ROW.sub(r"\1", line), _ROW.sub(r"\2", line)
    return f"<tr><td>{escape(label)}</td><td>{_linked(value, links)}</td></tr>"


def _indented(line: str, links: Collection[str]) -> str:
    depth = len(line) - len(line.lstrip(" "))
    return "&nbsp;" * depth + _linked(line.strip(), links)


def _linked(text: str, links: Collection[str]) -> str:
    """Return the text escaped, with the addresses of `links` made clickable."""
    out, end = [], 0
    for found in _LINK.finditer(text):
        address = found[0].rstrip(_TAIL)
        if address in links:
            target = escape(address if "://" in address else f"mailto:{address}")
            out += [escape(text[end : found.start()]), f'<a href="{target}">{escape(address)}</a>']
            end = found.start() + len(address)
    return "".join((*out, escape(text[end:])))

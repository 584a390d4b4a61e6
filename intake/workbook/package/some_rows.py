"""Rows of a worksheet that are worth reading, told from their octets; of the others it is noted what must be known of them.

A row that is not read stands as it stands. What refers to other sheets, or keeps a result that may be wrong, is noted.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import unescape

# The header stands among the first rows, wherever people pushed it.
_FIRST = 30
_FORMULA = re.compile(rb"<(?:\w+:)?f\b[^>]*>([^<]*)")
# An empty value is none.
_RESULT = re.compile(rb"(?:</(?:\w+:)?f>|<(?:\w+:)?f\b[^>]*/>)\s*<(?:\w+:)?v[^>/]*>[^<]")
_SAYS = re.compile(rb"<(?:\w+:)?(?:v|is|f)\b")
_NAME = re.compile(rb"('(?:[^']|'')+'|[^\s'!(),;+*/&<>=-]+)!")


class ResultKept(Exception):
    """A row that is not read keeps the result of a formula, or a part of a shared one."""


@dataclass(slots=True)
class WantedRows:
    """Which rows of a table are wanted: those in which one of `texts` stands; and all outside it.

    `unread` is the last row in use that was passed over, 0 for none; `mentioned` gets the names of the sheets their formulas refer to.
    """

    top: int
    bottom: int
    texts: frozenset[str]
    strings: Sequence[str]
    unread: int = 0
    mentioned: set[str] = field(default_factory=set)
    _names: set[bytes] = field(default_factory=set)

    def __call__(self, rows: Iterator[tuple[int, bytes]]) -> Iterator[tuple[int, bytes]]:
        """Yield the wanted ones of rows. Raises `ResultKept`."""
        found = self._pattern()
        for number, octets in rows:
            outside = number <= max(self.top, _FIRST) or number >= self.bottom
            if outside or found.search(octets):
                yield number, octets
            elif _SAYS.search(octets):
                self._pass_over(number, octets)
        for name in self._names:
            bare = unescape(name.decode("utf-8", "replace")).removeprefix("'").removesuffix("'")
            self.mentioned.add(bare.replace("''", "'"))

    def _pass_over(self, number: int, octets: bytes) -> None:
        self.unread = number
        if b"f>" in octets or b"f " in octets:
            if _RESULT.search(octets) or b"shared" in octets:
                raise ResultKept
            for formula in _FORMULA.findall(octets):
                self._names.update(_NAME.findall(formula))

    def _pattern(self) -> re.Pattern[bytes]:
        """Return what stands in the rows that are wanted: a text itself, or its place in the table of strings."""
        texts = sorted({_markup(text) for text in self.texts})
        shared = [str(at) for at, text in enumerate(self.strings) if text.strip() in self.texts]
        parts = [rb">\s*(?:" + b"|".join(re.escape(text) for text in texts) + rb")\s*<"] if texts else []
        if shared:
            parts.append(rb"<(?:\w+:)?v>(?:" + b"|".join(one.encode() for one in shared) + rb")<")
        return re.compile(b"|".join(parts) or rb"(?!)")


def _markup(text: str) -> bytes:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").encode()

"""What a column of the workbook is: its header, the kind of its values, whose it is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "key",
    "ref",
    "text",
    "long",
    "code",
    "date",
    "day",
    "whole",
    "number",
    "percent",
    "link",
    "choice",
    "lookup",
]

# (a person's text, our row) → what to say about it.
Advise = Callable[[str, Mapping[str, object]], str]

# The ledger keeps headers of at most 120 characters, and wider ones help nobody.
LONGEST_HEADER = 60


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `people`: theirs to fill, never written by us. `folded`: in a closed group until someone opens it.

    `width` is in characters, `options` the drop-down list. `carried`: goes along when a row moves to another sheet.
    `grows`: a new text in it makes the row as high as it needs. `advise`: what to say about a text that a person put in
    place of ours, given our row; "" for nothing.
    """

    header: str
    kind: Kind
    width: float
    people: bool = False
    folded: bool = False
    options: tuple[str, ...] = ()
    carried: bool = False
    grows: bool = False
    advise: Advise | None = None


def short(label: str, longest: int = LONGEST_HEADER) -> str:
    """Return a label on one line, cut at a word."""
    line = " ".join(label.split())
    if len(line) <= longest:
        return line
    cut = line[: longest - 1].rpartition(" ")[0] or line[: longest - 1]
    return cut.rstrip(" ,;:(–-") + "…"


def unique(header: str, number: str, taken: set[str]) -> str:
    """Return a header that no other column has, with the form's item number when that helps; note it as taken."""
    candidates = [
        header,
        *([f"{header} ({number})"] if number else []),
        *(f"{header} ({n})" for n in range(2, 100)),
    ]
    found = next(candidate for candidate in candidates if candidate not in taken)
    taken.add(found)
    return found

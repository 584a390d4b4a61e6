"""What a column of the workbook is: its header, the kind of its values, whose it is."""

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

# The ledger keeps headers of at most 120 characters, and wider ones help nobody.
LONGEST_HEADER = 60


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `people`: theirs to fill, never written by us. `folded`: in a closed group until someone opens it.

    `width` is in characters, `options` the drop-down list. `carried`: goes along when a row moves to another sheet.
    """

    header: str
    kind: Kind
    width: float
    people: bool = False
    folded: bool = False
    options: tuple[str, ...] = ()
    carried: bool = False


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

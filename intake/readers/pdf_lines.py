"""From letters on a page to lines and paragraphs. Pure geometry, in points, y down.

A page knows no paragraphs: a line goes on in the next one when the next word would not have fitted on it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from rules.table import Para

# Of the size of the letters: a gap that is a blank, and one that divides columns.
BLANK = 0.22
COLUMN = 2.5
# No font has a wider blank of its own.
NATURAL = 0.35
# In a text that has blanks of its own, a gap without one is a jump to a tab stop, however short.
JUMP = 0.12
# A text of more than so many jumps a letter is spaced out.
SPACED = 0.3
# A new line starts where letters stand so much lower.
NEW_LINE = 0.5
_HYPHENS = ("-", "\u2010", "\u2011")
# What no line begins with of its own accord.
_CLOSING = ")]}»”,;!?"
# After these a line may turn although no blank is there.
_TURNS = (*_HYPHENS, "/", "–", "—")
# A sentence may well end in the middle of a paragraph, but nothing is lost when two are made of one.
_SENTENCE_ENDS = (".", "!", "?", ":", ";")
_ITEM = re.compile(r"(?:\d{1,2}(?:\.\d{1,2})*[.)]|[•●▪–—☐☒☑✓✔✘○-])\s")
_SHORT_WORDS = frozenset(
    [
        "і",
        "й",
        "та",
        "з",
        "зі",
        "із",
        "в",
        "у",
        "на",
        "до",
        "для",
        "про",
        "або",
        "що",
        "як",
        "не",
        "за",
        "при",
        "по",
        "від",
        "об",
        "під",
        "над",
        "чи",
        "без",
        "між",
        "во",
        "же",
        "то",
        "бо",
        "и",
        "с",
        "к",
        "из",
        "от",
        "об",
        "или",
    ]
)
# A question or a name of a place to fill in.
_LABEL = re.compile(r"[^\W\d_a-zа-яіїєґ][^:\n]{1,70}(?<!\d):(?:\s|$)")
# An address the end of a line cut in two.
_CUT_ADDRESS = re.compile(r"(?:^|\s)[\w.+-]+@(?:[\w-]*|[\w.-]+\.)$")


@dataclass(frozen=True, slots=True)
class Glyph:
    """A letter, or a piece of text put in its place, with its box, its size and the line it stands on.

    `bold` and `set_off` (underlined or highlighted) are how people mark a choice. `whole`: its paragraph ends with it.
    """

    text: str
    x0: float
    x1: float
    base: float
    size: float
    bold: bool = False
    italic: bool = False
    set_off: bool = False
    whole: bool = False

    @property
    def middle(self) -> tuple[float, float]:
        """The point that says which cell the glyph is in."""
        return (self.x0 + self.x1) / 2, self.base - self.size * 0.3


@dataclass(slots=True)
class Line:
    """A line of text. `first` is the width of the word it begins with; `page` tells pages apart.

    `style` is how all of it is written: bold, italic. `slack` is by how much its blanks were stretched.
    """

    pieces: list[tuple[str, bool]]
    x0: float
    x1: float
    base: float
    size: float
    first: float
    style: tuple[bool, bool]
    whole: bool
    page: int
    slack: float = 0.0

    @property
    def text(self) -> str:
        """What the line says."""
        return "".join(piece for piece, _ in self.pieces)


def lines(glyphs: Sequence[Glyph], page: int, *, columns: bool = False) -> list[Line]:
    """Return the lines that glyphs make, from the top; `columns`: wide gaps in them become tabs."""
    spaced = any(glyph.text.isspace() for glyph in glyphs)
    rows: list[list[Glyph]] = []
    for glyph in sorted(glyphs, key=lambda glyph: (glyph.base, glyph.x0)):
        row = rows[-1] if rows else None
        if row is not None and glyph.base - row[0].base <= NEW_LINE * max(row[0].size, 1.0):
            row.append(glyph)
        else:
            rows.append([glyph])
    made = (_line(row, page, columns=columns, jumps=spaced) for row in rows)
    return [line for line in made if line is not None]


def _line(row: list[Glyph], page: int, *, columns: bool, jumps: bool) -> Line | None:
    inked, gaps = _inked(row)
    if not inked:
        return None
    jumps = jumps and sum(not blank and gap > JUMP for gap, blank in gaps) < SPACED * len(gaps)
    pieces = [(inked[0].text, inked[0].set_off or inked[0].bold)]
    first = slack = 0.0
    for before, glyph, (gap, blank) in zip(inked, inked[1:], gaps, strict=False):
        if blank or gap > (_least_jump(before, glyph) if jumps else BLANK):
            first = first or before.x1 - inked[0].x0
            wide = (jumps and not blank) or (columns and gap > COLUMN)
            pieces.append(("\t" if wide else " ", before.set_off and glyph.set_off))
            slack += 0.0 if wide else max(0.0, gap - NATURAL) * before.size
        pieces.append((glyph.text, glyph.set_off or glyph.bold))
    x0, x1 = inked[0].x0, max(glyph.x1 for glyph in inked)
    return Line(
        pieces,
        x0,
        x1,
        row[0].base,
        max(glyph.size for glyph in inked),
        first or x1 - x0,
        (all(glyph.bold for glyph in inked), all(glyph.italic for glyph in inked)),
        any(glyph.whole for glyph in inked),
        page,
        slack,
    )


def _least_jump(before: Glyph, after: Glyph) -> float:
    """Return how wide a gap must be to part two letters; no word goes on with a capital or a digit."""
    turns = before.text.islower() and (after.text.isupper() or after.text.isdigit())
    return JUMP / 4 if turns else JUMP


def _inked(row: list[Glyph]) -> tuple[list[Glyph], list[tuple[float, bool]]]:
    """Return what is seen of a row, and the gaps between: how wide, of the letters' size, and whether with a blank."""
    inked: list[Glyph] = []
    gaps: list[tuple[float, bool]] = []
    blank = False
    for glyph in sorted(row, key=lambda glyph: glyph.x0):
        if glyph.text.isspace():
            blank = True
            continue
        if inked:
            before = inked[-1]
            # Some programs make bold letters by printing them twice.
            if glyph.text == before.text and glyph.x0 - before.x0 < 0.2 * (before.x1 - before.x0):
                continue
            gaps.append(((glyph.x0 - before.x1) / before.size, blank))
        inked.append(glyph)
        blank = False
    return inked, gaps


def paragraphs(found: Sequence[Line], edge: float, where: str, *, cell: bool = False) -> list[Para]:
    """Return the paragraphs that lines make when text turns at `edge`.

    In a `cell` a capital begins one: a label may end there, and an answer loses nothing.
    """
    out: list[Para] = []
    group: list[Line] = []
    for line in found:
        if group and line.text in _HYPHENS and len(group[-1].text.split()) == 1:
            # A word was cut before its hyphen, which is alone on its line.
            group[-1].pieces.append((line.text, False))
            group[-1].base = line.base
            continue
        capital = line.text[0].isupper() and (cell or _answered(group))
        if group and (
            not goes_on(group[-1], line, edge) or (capital and not group[-1].text.endswith(_TURNS))
        ):
            out.append(_para(group, edge, where))
            group = []
        group.append(line)
    if group:
        out.append(_para(group, edge, where))
    return out


def _answered(group: Sequence[Line]) -> bool:
    """Return whether a paragraph is a label with its answer, after which another label may come."""
    if not group:
        return False
    text = group[-1].text
    return (
        _LABEL.match(group[0].text) is not None
        or "\t" in group[0].text
        or "@" in text.rsplit(None, 1)[-1]
        or text[-1].isdigit()
    )


def goes_on(line: Line, below: Line, edge: float) -> bool:
    """Return whether the lower line belongs to the paragraph of the upper one."""
    if line.whole or below.whole or line.style != below.style:
        return False
    if _ITEM.match(below.text) or _LABEL.match(below.text) or "\t" in below.text:
        return False
    if line.text.endswith(_SENTENCE_ENDS) and below.text[0].isupper():
        return False
    same_page = line.page == below.page
    if same_page and below.base - line.base > 1.9 * max(line.size, below.size):
        return False
    if same_page and below.x0 - line.x0 > 1.2 * line.size and below.x1 < edge - line.size:
        return False
    if line.text.endswith("\u00ad") or below.text[0] in _CLOSING or _is_cut(line, below, edge):
        return True
    if line.text.endswith(_TURNS) and not _apart(line.text):
        # No paragraph ends with a part of a word.
        return True
    blank = 0.0 if line.text.endswith(_TURNS) and not _apart(line.text) else 0.25 * line.size
    return line.x1 - line.slack + blank + _first_step(below) > edge + 0.5


def _first_step(line: Line) -> float:
    """Return the width of what would have had to fit: the first word, or its part up to a hyphen in it."""
    word = line.text.split(None, 1)[0]
    for at, char in enumerate(word[:-1]):
        if char in _TURNS and at:
            return line.first * (at + 1) / len(word)
    return line.first


def _is_cut(line: Line, below: Line, edge: float) -> bool:
    """Return whether a word too long for the line was cut where the line ended."""
    letter = below.first / max(1, len(below.text.split(None, 1)[0]))
    if len(line.text.split()) != 1 or len(line.text) < 4 or line.x1 + letter <= edge - 0.35 * letter:
        return False
    last, first = line.text[-1], below.text[0]
    if not (last.isalnum() or last in "._@") or not (
        first.isalnum() or (first in "._@-/" and below.text[1:2].strip())
    ):
        return False
    if line.text.isascii() or not all(char.isalpha() or char in "-’'" for char in line.text):
        return True
    # A word would rather turn at its own hyphen, and not before a capital.
    return not any(turn in line.text for turn in _TURNS) and not first.isupper() and _is_remainder(below.text)


def _is_remainder(text: str) -> bool:
    """Return whether a line may begin with the end of a word: with a few letters that are no word by themselves."""
    word, *others = text.split(None, 1)
    return len(word) <= 6 and not (others and word.casefold() in _SHORT_WORDS)


def _apart(text: str) -> bool:
    """Return whether the dash that ends a line is a word of its own."""
    return len(text) < 2 or text[-2].isspace()


def _para(group: Sequence[Line], edge: float, where: str) -> Para:
    pieces = list(group[0].pieces)
    for line, below in pairwise(group):
        if line.text.endswith("\u00ad"):
            pieces[-1] = (pieces[-1][0].removesuffix("\u00ad"), pieces[-1][1])
        elif not _glued(line, below, edge):
            pieces.append((" ", pieces[-1][1] and below.pieces[0][1]))
        pieces += below.pieces
    return Para("".join(piece for piece, _ in pieces).strip(), where, _marked(pieces))


def _glued(line: Line, below: Line, edge: float) -> bool:
    """Return whether no blank belongs between two lines."""
    if line.text.endswith(_TURNS):
        return not _apart(line.text)
    return (
        below.text[0] in _CLOSING
        or _is_cut(line, below, edge)
        or below.text.startswith("@")
        or (_CUT_ADDRESS.search(line.text) is not None and below.text[:1].isascii())
    )


def _marked(pieces: Sequence[tuple[str, bool]]) -> tuple[str, ...]:
    """Return the pieces set off, neighbours joined."""
    runs: list[tuple[str, bool]] = []
    for text, set_off in pieces:
        if runs and (runs[-1][1] == set_off or text.isspace()):
            runs[-1] = (runs[-1][0] + text, runs[-1][1])
        else:
            runs.append((text, set_off))
    return tuple(text.strip() for text, set_off in runs if set_off and text.strip())

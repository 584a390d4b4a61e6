"""From lines to paragraphs, which a page knows nothing of. Pure geometry, and the few rules of where a line may turn.

A line goes on in the next one when the next word would not have fitted on it. In doubt two are made of one: an
answer loses nothing by that, and a label keeps its end.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from intake.readers.pdf_lines import Line
from rules.table import Para

_HYPHENS = ("-", "\u2010", "\u2011")
# Of the letters' size: no font's blank is wider.
_BLANK = 0.35
# Paragraphs stand apart when they are so much farther from each other than the lines of one, in points.
_SPACED = 1.5
# Of the letters' size: where a cell without lines ends is not surer.
_UNSURE = 0.6
# The end of a word that was cut has no more letters; in capitals it may be a name.
_FEW = 6
_FEW_CAPITALS = 3
# What no line begins with of its own accord.
_CLOSING = ")]}»”,;!?"
# After these a line may turn although no blank is there.
_TURNS = (*_HYPHENS, "/", "–", "—")
# A sentence may well end in the middle of a paragraph, but nothing is lost when two are made of one.
_SENTENCE_ENDS = (".", "!", "?", ":", ";")
_ITEM = re.compile(r"(?:\d{1,2}(?:\.\d{1,2})*[.)]|[•●▪–—☐☒☑✓✔✘○-])\s")
# Words so short that they are no end of another.
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
        "или",
    ]
)
# A question or a name of a place to fill in.
_LABEL = re.compile(r"[^\W\d_a-zа-яіїєґ][^:\n]{1,70}(?<!\d):(?:\s|$)")
# The same before a dash, where a whole form is written so: elsewhere a dash is part of a sentence.
_DASHED = re.compile(r"[^\W\d_a-zа-яіїєґ][^:\n]{1,70}?\s[–—-]\s")
_MANY = 4
_ABBREVIATION = 5
_ADDRESS_BEGINS = re.compile(r"(?:^|[\s,;:])[\w.+-]+$")
# An address the end of a line cut in two.
_CUT_ADDRESS = re.compile(r"(?:^|\s)[\w.+-]+@(?:[\w-]*|[\w.-]+\.)$")


def paragraphs(found: Sequence[Line], edge: float, where: str, *, cell: bool = False) -> list[Para]:
    """Return the paragraphs that lines make when text turns at `edge`.

    In a `cell` a capital begins one: a label may end there, and an answer loses nothing.
    """
    out: list[Para] = []
    group: list[Line] = []
    pitch = _pitch(found)
    dashed = sum(_DASHED.match(line.text) is not None for line in found) >= _MANY
    for line in found:
        if group and line.text in _HYPHENS and len(group[-1].text.split()) == 1:
            # A word was cut before its hyphen, which is alone on its line.
            group[-1].pieces.append((line.text, False))
            group[-1].base = line.base
            continue
        if group and (
            not goes_on(group[-1], line, edge, pitch)
            or (dashed and _DASHED.match(line.text))
            # In an address, and in a word all in capitals that was cut, they mean nothing.
            or (_begins(line, group, cell=cell) and not _is_cut(group[-1], line, edge))
        ):
            out.append(_para(group, edge, where))
            group = []
        group.append(line)
    if group:
        out.append(_para(group, edge, where))
    return out


def _begins(line: Line, group: Sequence[Line], *, cell: bool) -> bool:
    """Return whether a line with a capital begins a paragraph although it would fit below the one above."""
    if group[-1].turns:
        return False
    return line.text[0].isupper() and (cell or _answered(group)) and not group[-1].text.endswith(_TURNS)


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


def goes_on(line: Line, below: Line, edge: float, pitch: float | None = None) -> bool:
    """Return whether the lower line belongs to the paragraph of the upper one. `pitch` is that of lines known to."""
    if line.whole or below.whole or line.style != below.style:
        return False
    if line.turns and line.x1 + 0.25 * line.size + _first_step(below) > edge - line.size:
        # The page says so, and what follows would hardly have fitted.
        return _near(line, below)
    if (_shouts(line) != _shouts(below) and not line.text.endswith(_TURNS)) or (
        pitch is not None and _farther(line, below, pitch)
    ):
        return False
    if _ITEM.match(below.text) or _LABEL.match(below.text) or "\t" in below.text:
        return False
    if line.text.endswith(_SENTENCE_ENDS) and below.text[0].isupper():
        return False
    if not _near(line, below):
        return False
    if line.page == below.page and below.x0 - line.x0 > 1.2 * line.size and below.x1 < edge - line.size:
        return False
    if line.text.endswith("\u00ad") or below.text[0] in _CLOSING or _is_cut(line, below, edge):
        return True
    if line.text.endswith(_TURNS) and not _apart(line.text):
        # No paragraph ends with a part of a word.
        return True
    if line.turns is False and line.x1 + _BLANK * line.size < edge:
        # There was room for the blank at which it would have turned.
        return False
    blank = 0.0 if line.text.endswith(_TURNS) and not _apart(line.text) else 0.25 * line.size
    return line.x1 - line.slack + blank + _first_step(below) > edge + 0.5


def _near(line: Line, below: Line) -> bool:
    return line.page != below.page or below.base - line.base <= 1.9 * max(line.size, below.size)


def _farther(line: Line, below: Line, pitch: float) -> bool:
    """Return whether more than the space between lines is above a line that may begin a paragraph."""
    return (
        line.page == below.page and below.base - line.base > pitch + _SPACED and not below.text[0].islower()
    )


def _shouts(line: Line) -> bool:
    """Return whether a line is all in capitals, as some write labels; an abbreviation is none."""
    return (
        line.text.isupper()
        and not line.text.isascii()
        and sum(char.isalpha() for char in line.text) > _ABBREVIATION
    )


def _pitch(found: Sequence[Line]) -> float | None:
    """Return how far lines of one paragraph are from each other, by those that go on with a small letter."""
    return min(
        (
            below.base - line.base
            for line, below in pairwise(found)
            if line.page == below.page and below.text[0].islower() and line.size == below.size
        ),
        default=None,
    )


def _first_step(line: Line) -> float:
    """Return the width of what would have had to fit: the first word, or its part up to a hyphen in it."""
    word = line.text.split(None, 1)[0]
    for at, char in enumerate(word[:-1]):
        if char in _TURNS and at:
            return line.first * (at + 1) / len(word)
    return line.first


def _is_cut(line: Line, below: Line, edge: float) -> bool:
    """Return whether a word too long for the line was cut where the line ended."""
    if line.turns or len(line.text.split()) != 1 or len(line.text) < 4:
        return False
    word = below.text.split(None, 1)[0]
    letter = below.first / len(word)
    last, first = line.text[-1], below.text[0]
    if (line.text + word).isascii() and ("@" in line.text) != ("@" in word):
        # Nothing else than an end cuts an address, but for the sign itself.
        full = line.x1 + letter > edge - _UNSURE * line.size
        return (first == "@" and _ADDRESS_BEGINS.search(line.text) is not None) or (
            full and _in_address(last, below)
        )
    if line.x1 + letter <= edge - 0.35 * letter or not _in_address(last, below):
        return False
    if line.text.isascii() or not all(char.isalpha() or char in "-’'" for char in line.text):
        return True
    if (first.isupper() and not line.text.isupper()) or (line.text.isupper() and first.islower()):
        return False
    if line.turns is False and line.x1 + _BLANK * line.size <= edge:
        # The blank would have fitted at which it would have turned.
        return True
    # A word would rather turn at its own hyphen.
    return not any(turn in line.text for turn in _TURNS) and _is_remainder(below.text)


def _in_address(last: str, below: Line) -> bool:
    """Return whether an address or a word may have been cut between its letters, or at a sign in it."""
    first = below.text[0]
    return (last.isalnum() or last in "._@-") and (
        first.isalnum() or (first in "._@-/" and bool(below.text[1:2].strip()))
    )


def _is_remainder(text: str) -> bool:
    """Return whether a line may begin with the end of a word: with a few letters that are no word by themselves.

    Capitals may be a short name.
    """
    word, *others = text.split(None, 1)
    word = word.strip(",.;:)")
    few = _FEW_CAPITALS if word.isupper() else _FEW
    return len(word) <= few and "-" not in word and not (others and word.casefold() in _SHORT_WORDS)


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
    if line.turns:
        return False
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

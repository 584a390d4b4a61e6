"""From letters on a page to lines. Pure geometry, in points, y down.

Letters that stand on one level are a line; how far apart they are says where words end.
"""

from collections.abc import Sequence
from dataclasses import dataclass

# Of the size of the letters: a gap that is a blank, and one that divides columns.
BLANK = 0.22
COLUMN = 2.5
# No font has a wider blank of its own.
NATURAL = 0.35
# In a text that has blanks of its own, a gap without one is a jump to a tab stop, however short.
JUMP = 0.12
# How far apart tab stops are that nobody set, in points: 1.25 cm and half an inch; a jump ends so near to one.
TAB_STOPS = (35.43, 36.0)
STOP = 0.25
# Letters of a word stand no farther apart, of their size, in nearly all of a page that is set exactly.
EXACT = 0.012
EXACTLY = 0.95
# A text of more than so many jumps a letter is spaced out.
SPACED = 0.3
# Of the size of the letters: blanks of a line stretched by more in all were stretched indeed.
STRETCHED = 0.3
# A new line starts where letters stand so much lower.
NEW_LINE = 0.5


@dataclass(frozen=True, slots=True)
class Glyph:
    """A letter, or a piece of text put in its place, with its box, its size and the line it stands on.

    What is crossed out takes its place and says nothing: its text is "". `at` is its number in the order of writing.
    `bold` and `set_off` (underlined or highlighted) are how people mark a choice. `whole`: its paragraph ends with it.
    `turns`, of the last letter of a line: whether the line went on at a blank, where the page tells.
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
    at: int = -1
    turns: bool | None = None

    @property
    def middle(self) -> tuple[float, float]:
        """The point that says which cell the glyph is in."""
        return (self.x0 + self.x1) / 2, self.base - self.size * 0.3


@dataclass(slots=True)
class Line:
    """A line of text. `first` is the width of the word it begins with; `page` tells pages apart.

    `style` is how all of it is written: bold, italic. `slack` is by how much its blanks were stretched. `turns`: whether it
    went on at a blank, or None when nothing tells.
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
    turns: bool | None = None

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
    stops = _stops(rows) if columns and spaced else None
    made = (_line(row, page, columns=columns, jumps=spaced, stops=stops) for row in rows)
    return [line for line in made if line is not None]


def _stops(rows: Sequence[list[Glyph]]) -> float | None:
    """Return where tab stops are counted from, when letters of one word stand so close that any gap between two is a jump."""
    gaps = sorted(gap for row in rows for gap, blank in _inked(row)[1] if not blank)
    exact = bool(gaps) and gaps[int(EXACTLY * len(gaps))] <= EXACT
    return min(glyph.x0 for row in rows for glyph in row) if exact else None


def _line(
    row: list[Glyph], page: int, *, columns: bool, jumps: bool, stops: float | None = None
) -> Line | None:
    inked, gaps = _inked(row)
    if not any(glyph.text for glyph in inked):
        return None
    jumps = jumps and sum(not blank and gap > JUMP for gap, blank in gaps) < SPACED * len(gaps)
    pieces = [(inked[0].text, inked[0].set_off or inked[0].bold)]
    first = slack = 0.0
    for before, glyph, (gap, blank) in zip(inked, inked[1:], gaps, strict=False):
        if blank or gap > (_least_jump(before, glyph, stops) if jumps else BLANK):
            first = first or before.x1 - inked[0].x0
            wide = (jumps and not blank) or (columns and gap > COLUMN)
            pieces.append(("\t" if wide else " ", before.set_off and glyph.set_off))
            slack += 0.0 if wide else max(0.0, gap - NATURAL) * before.size
        pieces.append((glyph.text, glyph.set_off or glyph.bold))
    x0, x1 = inked[0].x0, max(glyph.x1 for glyph in inked)
    told = [glyph for glyph in inked if glyph.text]
    return Line(
        _without_ends(pieces),
        x0,
        x1,
        row[0].base,
        max(glyph.size for glyph in inked),
        first or x1 - x0,
        (all(glyph.bold for glyph in told), all(glyph.italic for glyph in told)),
        any(glyph.whole for glyph in inked),
        page,
        slack,
        # Of a line that was stretched to the width of its column nobody knows.
        None if slack > STRETCHED * row[0].size else inked[-1].turns,
    )


def _without_ends(pieces: list[tuple[str, bool]]) -> list[tuple[str, bool]]:
    """Return the pieces of a line without the blanks before and after what it says: something may be crossed out there."""
    said = [at for at, (text, _) in enumerate(pieces) if text.strip()]
    return pieces[said[0] : said[-1] + 1]


def _least_jump(before: Glyph, after: Glyph, stops: float | None) -> float:
    """Return how wide a gap must be to part two letters; no word goes on with a capital or a digit."""
    if stops is not None and any(
        abs((after.x0 - stops + step / 2) % step - step / 2) < STOP for step in TAB_STOPS
    ):
        return EXACT * 1.5
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

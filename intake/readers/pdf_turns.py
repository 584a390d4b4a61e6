"""Where a page says itself that a line went on: its program wrote the blank at which the line turned, and none at an end.

LibreOffice does so wherever the blank still fitted, in text set to the left. A page is written so when some of its lines
end with a blank and most do not; programs that end each line with a blank, or none, tell nothing.
"""

from collections.abc import Sequence
from dataclasses import replace

from intake.readers.pdf_lines import NEW_LINE, Glyph

# One line may end with a blank that somebody typed.
LEAST = 2
# Of the letters' size: a blank farther from the last letter is of another cell.
BESIDE = 0.3
# Of the lines after which no small letter comes: most are ends.
MOST = 0.5


def with_turns(glyphs: Sequence[Glyph]) -> list[Glyph]:
    """Return the glyphs with `turns` set on the last one of each line, where the page tells whether its lines turned."""
    ends = _ends(glyphs)
    going = [blank for _, blank, after in ends if after.text[:1].islower()]
    others = [blank for _, blank, after in ends if not after.text[:1].islower()]
    if not any(going) or sum(going) + sum(others) < LEAST or sum(others) > MOST * len(others):
        return list(glyphs)
    told = {last.at: blank for last, blank, _ in ends}
    return [replace(glyph, turns=told[glyph.at]) if glyph.at in told else glyph for glyph in glyphs]


def _ends(glyphs: Sequence[Glyph]) -> list[tuple[Glyph, bool, Glyph]]:
    """Return the last letter of each line in the order of writing, whether a blank follows it, and what comes next."""
    out = []
    last: Glyph | None = None
    blank = False
    for glyph in glyphs:
        if glyph.at < 0:
            continue
        if glyph.text.isspace():
            blank = last is not None and _level(last, glyph) and glyph.x0 - last.x1 < BESIDE * last.size
            continue
        if last is not None and (not _level(last, glyph) or glyph.x0 < last.x0):
            out.append((last, blank, glyph))
        last, blank = glyph, False
    return out


def _level(one: Glyph, other: Glyph) -> bool:
    return abs(one.base - other.base) <= NEW_LINE * one.size

"""Tables without any lines around their cells: columns show by where text begins.

Pure geometry, as in `pdf_tables`. What is not surely a table stays lines of text: three lines at least must have a gap, and
each piece of each line must begin where a column does and end before the next one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, takewhile

from intake.readers.pdf_levels import ALIGNED, Level, Piece, by_cells, levels
from intake.readers.pdf_lines import Glyph, Line
from intake.readers.pdf_rows import PADDING, rows
from intake.readers.pdf_ruling import Area

# Fewer lines with a gap are a signature or an accident; of three columns two lines suffice.
LEAST = 3
# Of the letters' size: lines farther apart are not of one table.
APART = 4.0
MOST_COLUMNS = 8


@dataclass(frozen=True, slots=True)
class Columned:
    """A table: its place, where its columns begin and end, and the lines of each cell, row by row."""

    area: Area
    sides: tuple[float, ...]
    rows: tuple[tuple[tuple[Line, ...], ...], ...]


@dataclass(frozen=True, slots=True)
class Around:
    """What other pages tell of one.

    Where columns begin of the last table on the page before, and of the first line with gaps on the page after; how far lines
    of one paragraph are from each other. `told`: the file was written cell by cell.
    """

    before: tuple[float, ...] = ()
    after: tuple[float, ...] = ()
    pitch: float | None = None
    told: bool = False


@dataclass(slots=True)
class Band:
    """Levels that follow each other and keep to the same columns.

    `told`: the page was written cell by cell, so that a piece over several columns is a cell over them.
    """

    starts: list[float]
    told: bool = False
    levels: list[Level] = field(default_factory=list)

    def column(self, x: float) -> int | None:
        """Return the column that begins at a place."""
        return next((at for at, start in enumerate(self.starts) if abs(start - x) <= ALIGNED), None)

    def crosses(self, piece: Piece, at: int) -> bool:
        """Return whether a piece that begins in a column reaches into the next one."""
        return at + 1 < len(self.starts) and piece.x1 > self.starts[at + 1] - ALIGNED

    def narrow(self, level: Level) -> bool:
        """Return whether a level stands in the first column alone."""
        return (
            len(level.pieces) == 1
            and self.column(level.starts[0]) == 0
            and not self.crosses(level.pieces[0], 0)
        )

    def takes(self, level: Level) -> bool:
        """Add a level, with a new column where nothing stands in its way; return whether it fits."""
        if self.levels and level.base - self.levels[-1].base > APART * max(level.size, self.levels[-1].size):
            return False
        if self.told and self.levels and self.columns(level) is not None:
            self.starts[0] = min(self.starts[0], level.pieces[0].x0)
            self.levels.append(level)
            return True
        new = [x for x in level.starts if self.column(x) is None]
        widened = Band(sorted([*self.starts, *new]), self.told)
        if len(widened.starts) > MOST_COLUMNS or (new and len(level.pieces) == 1):
            return False
        if self.told and new and self.levels and not any(self.column(x) for x in level.starts):
            # Another table: it shares no column with this one but the first.
            return False
        checked = [*self.levels, level] if new else [level]
        if any(widened.columns(one) is None for one in checked):
            return False
        self.starts = widened.starts
        self.levels.append(level)
        return True

    def columns(self, level: Level) -> tuple[int, ...] | None:
        """Return the columns of a level's pieces, or None when it does not keep to them.

        A heading alone on its line may cross them. In a table that was written cell by cell a piece need not begin where
        its column does: headings stand in the middle, lists are indented, labels may be set to the right.
        """
        found = [self.column(x) for x in level.starts]
        if self.told:
            if len(found) > 1 and not any(found[1:]):
                return None
            found = [self._around(x) if at is None else at for x, at in zip(level.starts, found, strict=True)]
        elif len(level.pieces) > 1 or found[0] != 0:
            found = [
                None if at is None or self.crosses(piece, at) else at
                for piece, at in zip(level.pieces, found, strict=True)
            ]
        known = tuple(at for at in found if at is not None)
        return known if len(known) == len(set(known)) == len(found) else None

    def _around(self, x: float) -> int:
        return max((at for at, start in enumerate(self.starts) if start <= x), default=0)


def columned(glyphs: Sequence[Glyph], page: int, around: Around) -> tuple[list[Columned], list[Glyph]]:
    """Return the tables that letters make by their places alone, and the letters that are in none of them."""
    tables: list[Columned] = []
    used: set[int] = set()
    found = levels(glyphs)
    for band in _bands(found, around):
        tables.append(_table(band, page, around.pitch))
        used |= {id(glyph) for level in band.levels for piece in level.pieces for glyph in piece.glyphs}
    if not tables:
        return [], list(glyphs)
    inside = [(table.area.top, table.area.bottom) for table in tables]
    rest = [
        glyph
        for glyph in glyphs
        if id(glyph) not in used
        and not (not glyph.text.strip() and any(top <= glyph.base <= bottom for top, bottom in inside))
    ]
    return tables, rest


def _bands(found: Sequence[Level], around: Around) -> Iterator[Band]:
    """Yield the runs of levels that are tables, each from its first line with a gap to its last."""
    at = start = 0
    while at < len(found):
        if len(found[at].pieces) < 2:
            at += 1
            continue
        band = Band(found[at].starts, around.told)
        end = at
        while end < len(found) and band.takes(found[end]):
            end += 1
        if end < len(found) and len(band.levels) > 1 and _heads(band.levels[-1], found[end]):
            band.levels.pop()
        if end < len(found) or not _goes_over(band, around.after):
            del band.levels[_kept(band) :]
        over = around.after if end == len(found) else ()
        if not _is_table(band, around.before, over):
            at += 1
            continue
        at += len(band.levels)
        above = found[start : at - len(band.levels)]
        if not start and _alike(around.before, band.starts) and all(map(band.narrow, above)):
            # The table began on the page before; labels that were left unanswered stand alone on their lines.
            band.levels[:0] = above
        start = at
        yield band


def _alike(starts: Sequence[float], others: Sequence[float]) -> bool:
    """Return whether columns that begin at these places may be those of another part of a table, or some of them."""
    few, many = sorted((starts, others), key=len)
    return len(few) > 1 and all(any(abs(start - other) <= ALIGNED for other in many) for start in few)


def _goes_over(band: Band, after: Sequence[float]) -> bool:
    """Return whether the table goes on over the page, so that what stands alone in its first column is of it too."""
    kept = _kept(band)
    return bool(kept) and _alike(after, band.starts) and all(map(band.narrow, band.levels[kept:]))


def _is_table(band: Band, before: Sequence[float], after: Sequence[float]) -> bool:
    """Return whether so many levels have gaps at the same places that they are no accident."""
    parted = sum(len(level.pieces) > 1 for level in band.levels)
    if parted and any(
        all(any(abs(start - other) <= ALIGNED for other in known) for start in band.starts)
        for known in (before, after)
    ):
        # A single row may be left of a table that goes on over the page.
        return True
    if band.told:
        return parted >= LEAST - 1 or len(band.starts) > 2 or by_cells(band.levels)
    count = [band.columns(level) or () for level in band.levels]
    return parted >= (LEAST if len(band.starts) == 2 else LEAST - 1) and all(
        sum(column in columns for columns in count) >= 2 for column in range(len(band.starts))
    )


def _heads(level: Level, below: Level) -> bool:
    """Return whether a level is the heading of a table with more columns: «Учасник 1», «Учасник 2» over four."""
    columns = Band(sorted(below.starts))
    return 2 <= len(level.pieces) < len(below.pieces) and columns.columns(level) is not None


def _kept(band: Band) -> int:
    """Return how many levels are of the table: what stands alone below it in its first column may be text again."""
    kept = len(band.levels)
    while kept and not _ends(band, kept):
        kept -= 1
    if band.told:
        # What turns at the side of the first column is in it.
        alone = band.levels[kept:]
        turned = [
            at for at, (line, below) in enumerate(pairwise(alone), start=1) if _turns(band, line, below)
        ]
        kept += turned[-1] + 1 if turned else 0
    return kept


def _turns(band: Band, level: Level, below: Level) -> bool:
    """Return whether a line turned where the first column ends, so that a small letter goes on below it."""
    line, rest = level.pieces[0], below.pieces[0]
    word = list(takewhile(lambda glyph: glyph.text.strip(), rest.glyphs))
    room = band.starts[1] - PADDING - line.x1
    return (
        not band.crosses(line, 0)
        and not band.crosses(rest, 0)
        and rest.glyphs[0].text.islower()
        and word[-1].x1 - word[0].x0 + 0.25 * level.size > room
    )


def _ends(band: Band, count: int) -> bool:
    """Return whether a level may end a table: it has a gap, or is the rest of a label or of an answer."""
    level = band.levels[count - 1]
    columns = band.columns(level) or (0,)
    if columns != (0,):
        return True
    above = band.levels[count - 2] if count > 1 else None
    if band.told and 0 <= level.first < max((one.last for one in band.levels[: count - 1]), default=-1):
        return True
    first = level.pieces[0].glyphs[0].text
    goes = first.islower() or first == "(" or len(band.starts) > 2
    beside = above is not None and len(above.pieces) > 1 and band.column(above.starts[0]) == 0
    return goes and beside and not band.crosses(level.pieces[0], 0)


def _table(band: Band, page: int, usual: float | None) -> Columned:
    right = max(piece.x1 for level in band.levels for piece in level.pieces)
    sides = (*(start - PADDING for start in band.starts), right + PADDING)
    top = band.levels[0].base - band.levels[0].size
    area = Area(sides[0], top, sides[-1], band.levels[-1].base + band.levels[-1].size * 0.3)
    placed = [(level, band.columns(level) or (0,)) for level in band.levels]
    return Columned(area, sides, rows(placed, sides, page, told=band.told, usual=usual))

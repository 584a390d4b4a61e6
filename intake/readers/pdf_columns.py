"""Tables without any lines around their cells: columns show by where text begins, rows by where it does not go on.

Pure geometry, as in `pdf_tables`. What is not surely a table stays lines of text: three lines at least must have a gap, and
each piece of each line must begin where a column does and end before the next one.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from intake.readers.pdf_lines import NEW_LINE, Glyph, Line, lines
from intake.readers.pdf_paragraphs import goes_on
from intake.readers.pdf_ruling import Area

# Of the letters' size: no blank in a text is as wide, not even a stretched one.
GAP = 0.9
# Starts of one column differ by less, in points.
ALIGNED = 2.0
# Half of the usual space between the texts of two columns, in points.
PADDING = 5.4
# A letter begins a little after the place where its line begins, in points.
BEARING = 2.0
# Fewer lines with a gap are a signature or an accident; of three columns two lines suffice.
LEAST = 3
# Of the letters' size: lines farther apart are not of one table.
APART = 4.0
MOST_COLUMNS = 8
# So many columns make a row of a register, not a heading, a label and an answer.
KEYED = 4
_TELEPHONE = re.compile(r"[+(\d][\d\s()/,;+-]{5,}")


@dataclass(frozen=True, slots=True)
class Columned:
    """A table: its place, where its columns begin and end, and the lines of each cell, row by row."""

    area: Area
    sides: tuple[float, ...]
    rows: tuple[tuple[tuple[Line, ...], ...], ...]


@dataclass(slots=True)
class _Level:
    """Letters on one level, in pieces that wide gaps part."""

    pieces: list[list[Glyph]]
    base: float
    size: float

    @property
    def starts(self) -> list[float]:
        return [piece[0].x0 for piece in self.pieces]


@dataclass(slots=True)
class _Band:
    """Levels that follow each other and keep to the same columns."""

    starts: list[float]
    levels: list[_Level] = field(default_factory=list)

    def column(self, x: float) -> int | None:
        return next((at for at, start in enumerate(self.starts) if abs(start - x) <= ALIGNED), None)

    def crosses(self, piece: Sequence[Glyph], at: int) -> bool:
        """Return whether a piece that begins in a column reaches into the next one."""
        return at + 1 < len(self.starts) and max(glyph.x1 for glyph in piece) > self.starts[at + 1] - ALIGNED

    def takes(self, level: _Level) -> bool:
        """Add a level, with a new column where nothing stands in its way; return whether it fits."""
        if self.levels and level.base - self.levels[-1].base > APART * max(level.size, self.levels[-1].size):
            return False
        new = [x for x in level.starts if self.column(x) is None]
        widened = _Band(sorted([*self.starts, *new]))
        if len(widened.starts) > MOST_COLUMNS or (new and len(level.pieces) == 1):
            return False
        checked = [*self.levels, level] if new else [level]
        if any(widened.spoils(one) for one in checked):
            return False
        self.starts = widened.starts
        self.levels.append(level)
        return True

    def spoils(self, level: _Level) -> bool:
        """Return whether a level does not keep to the columns. A heading alone on its line may cross them."""
        if len(level.pieces) == 1 and self.column(level.starts[0]) == 0:
            return False
        columns = [self.column(x) for x in level.starts]
        return any(
            at is None or self.crosses(piece, at) for at, piece in zip(columns, level.pieces, strict=True)
        )


def columned(
    glyphs: Sequence[Glyph], page: int, known: Sequence[float] = ()
) -> tuple[list[Columned], list[Glyph]]:
    """Return the tables that letters make by their places alone, and the letters that are in none of them.

    `known`: where the columns begin of a table on the page before, of which a single row may be left.
    """
    tables: list[Columned] = []
    used: set[int] = set()
    for band in _bands(_levels(glyphs), known):
        tables.append(_table(band, page))
        used |= {id(glyph) for level in band.levels for piece in level.pieces for glyph in piece}
    if not tables:
        return [], list(glyphs)
    inside = [(table.area.top, table.area.bottom) for table in tables]
    rest = [
        glyph
        for glyph in glyphs
        if id(glyph) not in used
        and not (glyph.text.isspace() and any(top <= glyph.base <= bottom for top, bottom in inside))
    ]
    return tables, rest


def _levels(glyphs: Sequence[Glyph]) -> list[_Level]:
    found: list[list[Glyph]] = []
    for glyph in sorted(glyphs, key=lambda glyph: (glyph.base, glyph.x0)):
        if found and glyph.base - found[-1][0].base <= NEW_LINE * max(found[-1][0].size, 1.0):
            found[-1].append(glyph)
        else:
            found.append([glyph])
    rows = (sorted(row, key=lambda glyph: glyph.x0) for row in found)
    return [_level(row) for row in rows if not all(glyph.text.isspace() for glyph in row)]


def _level(row: list[Glyph]) -> _Level:
    """Return the pieces of one level; blanks between two pieces are in neither."""
    pieces: list[list[Glyph]] = []
    blanks: list[Glyph] = []
    for glyph in row:
        if glyph.text.isspace():
            blanks.append(glyph)
        elif not pieces or glyph.x0 - pieces[-1][-1].x1 > GAP * max(pieces[-1][-1].size, glyph.size):
            pieces.append([glyph])
            blanks = []
        else:
            pieces[-1] += [*blanks, glyph]
            blanks = []
    return _Level(pieces, row[0].base, max(glyph.size for glyph in row))


def _bands(levels: Sequence[_Level], known: Sequence[float]) -> Iterator[_Band]:
    """Yield the runs of levels that are tables, each from its first line with a gap to its last."""
    at = 0
    while at < len(levels):
        if len(levels[at].pieces) < 2:
            at += 1
            continue
        band = _Band(levels[at].starts)
        end = at
        while end < len(levels) and band.takes(levels[end]):
            end += 1
        if end < len(levels) and len(band.levels) > 1 and _heads(band.levels[-1], levels[end]):
            band.levels.pop()
        while band.levels and not _ends(band):
            band.levels.pop()
        parted = sum(len(level.pieces) > 1 for level in band.levels)
        if (parted and _alike(band.starts, known)) or (
            parted >= (LEAST if len(band.starts) == 2 else LEAST - 1)
            and all(
                sum(band.column(x) == column for level in band.levels for x in level.starts) >= 2
                for column in range(len(band.starts))
            )
        ):
            yield band
            at += len(band.levels)
        else:
            at += 1


def _alike(starts: Sequence[float], known: Sequence[float]) -> bool:
    return len(starts) == len(known) and all(
        abs(a - b) <= ALIGNED for a, b in zip(starts, known, strict=True)
    )


def _heads(level: _Level, below: _Level) -> bool:
    """Return whether a level is the heading of a table with more columns: «Учасник 1», «Учасник 2» over four."""
    columns = _Band(sorted(below.starts))
    return 2 <= len(level.pieces) < len(below.pieces) and not columns.spoils(level)


def _ends(band: _Band) -> bool:
    """Return whether the last level may end a table: it has a gap, or is the rest of a label or of an answer."""
    level = band.levels[-1]
    if len(level.pieces) > 1 or (band.column(level.starts[0]) or 0) > 0:
        return True
    first = level.pieces[0][0].text
    above = band.levels[-2] if len(band.levels) > 1 else None
    goes = first.islower() or first == "(" or len(band.starts) > 2
    beside = above is not None and len(above.pieces) > 1 and band.column(above.starts[0]) == 0
    return goes and beside and not band.crosses(level.pieces[0], 0)


def _table(band: _Band, page: int) -> Columned:
    right = max(glyph.x1 for level in band.levels for piece in level.pieces for glyph in piece)
    sides = (*(start - PADDING for start in band.starts), right + PADDING)
    rows: list[list[_Level]] = []
    above: dict[int, Line] = {}
    present: set[int] = set()
    for level in band.levels:
        here = {
            band.column(x) or 0: lines(piece, page)[0]
            for piece, x in zip(level.pieces, level.starts, strict=True)
        }
        wide = len(here) == 1 and 0 in here and band.crosses(level.pieces[0], 0)
        if rows and not wide and (_keyed(rows, here, band) or _is_rest(here, above, present, sides)):
            rows[-1].append(level)
        else:
            rows.append([level])
            present = set()
        present |= here.keys()
        # Under a heading over all columns nothing of it goes on.
        above = {} if wide else here
    top = band.levels[0].base - band.levels[0].size
    area = Area(sides[0], top, sides[-1], band.levels[-1].base + band.levels[-1].size * 0.3)
    return Columned(area, sides, tuple(_row(row, band, page) for row in rows))


def _keyed(rows: Sequence[Sequence[_Level]], here: Mapping[int, Line], band: _Band) -> bool:
    """Return whether the row above, one of a register, begins with a number or name, so that what has none is its rest.

    Unless a second address comes: then the rows are of two people, and only one of them has a number.
    """
    first = rows[-1][0]
    if 0 in here or len(rows) < 2 or len(first.pieces) < KEYED or band.column(first.starts[0]) != 0:
        return False
    addresses = {
        band.column(x)
        for level in rows[-1]
        for piece, x in zip(level.pieces, level.starts, strict=True)
        if any(glyph.text == "@" for glyph in piece)
    }
    return not any("@" in line.text and at in addresses for at, line in here.items())


def _is_rest(
    here: Mapping[int, Line], above: Mapping[int, Line], present: set[int], sides: Sequence[float]
) -> bool:
    """Return whether a level is the rest of the row above it, which has text in the columns `present` so far.

    Of two columns the first one tells, since an answer may have paragraphs; of more, each piece must go on.
    """
    last = len(sides) - 2
    if last == 1 or set(here) == {last}:
        others = 1 in here and 1 in above and _another_kind(above[1].text, here[1].text)
        return 0 not in here or (0 in above and not others and _label_goes_on(above[0], here[0], sides[1]))
    if 0 not in here and (1 not in here or _no_beginning(here[1])):
        return True
    ends = {at: sides[min((other for other in present if other > at), default=last + 1)] for at in here}
    return all(
        at in above
        and not _another_kind(above[at].text, line.text)
        # A cell over several columns ends where the next one with text begins.
        and goes_on(above[at], line, ends[at] - PADDING - BEARING)
        for at, line in here.items()
    )


def _another_kind(text: str, below: str) -> bool:
    """Return whether two lines cannot be one answer: a telephone and words, words or an address and an address."""
    letters = [any(char.isalpha() for char in one) for one in (text, below)]
    digits = any(char.isdigit() for char in text)
    if _TELEPHONE.fullmatch(text) and letters[1]:
        return True
    if _TELEPHONE.fullmatch(below) and letters[0] and not digits:
        return True
    return "@" in below or ("@" in text and not below.isascii())


def _label_goes_on(line: Line, below: Line, side: float) -> bool:
    """Return whether a label goes on in the next line; a capital begins another."""
    if _no_beginning(below):
        return True
    shouted = line.text.isupper() and below.text.isupper()
    if below.text[0].isupper() and not shouted and not line.text.endswith(("-", "/", "–")):
        return False
    return goes_on(line, below, side - PADDING - BEARING)


def _no_beginning(line: Line) -> bool:
    """Return whether no question begins so: with a small letter, or with an explanation."""
    return line.text[0].islower() or line.text[0] == "("


def _row(levels: Sequence[_Level], band: _Band, page: int) -> tuple[tuple[Line, ...], ...]:
    cells: list[list[Glyph]] = [[] for _ in band.starts]
    for level in levels:
        for piece, x in zip(level.pieces, level.starts, strict=True):
            cells[band.column(x) or 0] += piece
    return tuple(tuple(lines(cell, page)) for cell in cells)

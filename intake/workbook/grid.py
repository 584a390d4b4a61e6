"""Finding our table in a sheet that people have rearranged: header row, columns, rows. Pure, on plain cells.

Columns are known by their header, wherever they stand; a header that a person renamed is recognised by what its column
holds, or by its neighbours. Rows are known by their key. Everything else in the table is people's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from intake.workbook.values import EMPTY, Kept, is_formula, same, text_of

# (row, column), both from 1, → what the cell says; empty cells are absent.
Cells = Mapping[tuple[int, int], Kept]

# How far down the header may have been pushed by lines that people put above it.
DEEPEST_HEADER = 30
# The ledger keeps headers of at most 120 characters.
LONGEST_HEADER = 110


@dataclass(frozen=True, slots=True)
class KeyedRow:
    """A row of ours: where it stands, and header → content (empty cells absent)."""

    row: int
    cells: Mapping[str, Kept]


@dataclass(frozen=True, slots=True)
class Grid:
    """Our table as it stands in a file.

    `headers` are canonical names in the order of the columns; `at` tells each one's column, `shown` what the header
    cell says; `unnamed` are columns in use whose header is empty. `loose` are the contents of the rows that people
    added. `header_row` and `last_row` bound the table; `below` is the first used row beneath it, 0 when there is none.
    """

    headers: tuple[str, ...]
    rows: Mapping[str, KeyedRow]
    loose: tuple[Mapping[str, Kept], ...]
    at: Mapping[str, int] = field(default_factory=dict)
    shown: Mapping[str, str] = field(default_factory=dict)
    unnamed: Mapping[str, int] = field(default_factory=dict)
    header_row: int = 1
    last_row: int = 1
    below: int = 0


@dataclass(frozen=True, slots=True)
class Expected:
    """What is known of a sheet before looking at it.

    `key` is the header of the key column, `headers` those of all our columns. `layout` is the order in which columns
    were last seen: canonical name and header text. `keys` are the row keys there may be; `says` tells what a cell of
    ours is known to say, most certain first.
    """

    key: str
    headers: tuple[str, ...]
    layout: tuple[tuple[str, str], ...]
    keys: frozenset[str]
    says: Mapping[tuple[str, str], tuple[Kept, ...]]


def find(
    cells: Cells,
    expected: Expected,
    *,
    tables: Mapping[int, tuple[int, bool]] = MappingProxyType({}),
    unread: int = 0,
) -> Grid | None:
    """Return our table, or None when the sheet has no header row that could be ours.

    `tables` are the spreadsheet's own table objects: header row → last data row, and whether totals follow. `unread` is
    the last row in use within the table that was not read, because nothing is to be said of it.
    """
    header_row = _header_row(cells, expected)
    if header_row is None:
        return None
    columns = _columns(cells, expected, header_row)
    if expected.key not in columns:
        return None
    key_column = columns[expected.key]
    used = sorted({row for row, _ in cells if row > header_row})
    keyed = (row for row in used if text_of(cells.get((row, key_column), EMPTY)) in expected.keys)
    end, totals = tables.get(header_row, (0, False))
    last_row = _last_row(
        cells, set(columns.values()), max(header_row, end, *keyed), header_row, closed=totals, unread=unread
    )
    unnamed = _unnamed(cells, columns, header_row, last_row)
    at = dict(sorted({**columns, **unnamed}.items(), key=lambda item: item[1]))
    rows, loose = _rows(cells, expected, at, header_row, last_row)
    shown = {header: text_of(cells.get((header_row, column), EMPTY)) for header, column in at.items()}
    return Grid(
        headers=tuple(at),
        rows=rows,
        loose=loose,
        at=at,
        shown={header: text or header for header, text in shown.items()},
        unnamed=unnamed,
        header_row=header_row,
        last_row=last_row,
        below=next((row for row in used if row > last_row), 0),
    )


def _header_row(cells: Cells, expected: Expected) -> int | None:
    names = {*expected.headers, *(shown for _, shown in expected.layout)}
    score: dict[int, int] = {}
    for (row, _), value in cells.items():
        if row <= DEEPEST_HEADER and text_of(value) in names:
            score[row] = score.get(row, 0) + 1
    if not score:
        return None
    best = max(score, key=lambda row: (score[row], -row))
    return best if score[best] >= min(3, len(expected.headers)) else None


def _columns(cells: Cells, expected: Expected, header_row: int) -> dict[str, int]:
    """Return canonical header → column. Of two columns with one header the left one is ours."""
    found: dict[str, int] = {}
    canonical = {shown: name for name, shown in expected.layout}
    foreign: list[tuple[str, int]] = []
    known = {*expected.headers, *(name for name, _ in expected.layout)}
    header_cells = sorted(
        (column, text_of(value)) for (row, column), value in cells.items() if row == header_row
    )
    for column, text in header_cells:
        name = canonical.get(text, text)
        if name in known and name not in found:
            found[name] = column
        elif text:
            foreign.append((text, column))
    order = [name for name, _ in expected.layout]
    body = {place: value for place, value in cells.items() if place[0] > header_row}
    for name in [header for header in expected.headers if header not in found]:
        if name != expected.key and name not in order:
            continue
        renamed = _renamed(name, foreign, found, body, expected)
        if renamed is not None:
            found[name] = renamed[1]
            foreign.remove(renamed)
    for text, column in foreign:
        found[_unused(text[:LONGEST_HEADER], found)] = column
    return found


def _renamed(
    name: str, foreign: Sequence[tuple[str, int]], found: Mapping[str, int], cells: Cells, expected: Expected
) -> tuple[str, int] | None:
    """Return the column that a person gave another header: it holds what ours held, or stands where ours stood."""
    key_column = found.get(expected.key)
    rows = [(row, text_of(value)) for (row, column), value in cells.items() if column == key_column]
    for candidate in foreign:
        if name == expected.key:
            values = [text_of(v) for (row, column), v in cells.items() if column == candidate[1]]
            if values and sum(value in expected.keys for value in values) * 2 >= len(values):
                return candidate
            continue
        told = [(row, expected.says[key, name]) for row, key in rows if expected.says.get((key, name))]
        agree = sum(
            any(same(cells.get((row, candidate[1]), EMPTY), one) for one in says) for row, says in told
        )
        if told and agree * 5 >= len(told) * 4:
            return candidate
    if any(expected.says.get((key, name)) for _, key in rows) or name == expected.key:
        return None
    return next((one for one in foreign if _same_neighbours(name, one[1], found, expected)), None)


def _same_neighbours(name: str, column: int, found: Mapping[str, int], expected: Expected) -> bool:
    order = [header for header, _ in expected.layout]
    place = order.index(name)
    left = order[place - 1] if place else None
    right = order[place + 1] if place + 1 < len(order) else None
    beside = {at: header for header, at in found.items()}
    return beside.get(column - 1) == left and beside.get(column + 1) == right


def _last_row(
    cells: Cells, columns: set[int], certain: int, header_row: int, *, closed: bool, unread: int
) -> int:
    """Return the last row of the data: of the table object, of our keys, and of what people typed right beneath.

    A row with a formula beneath is a total, not an application; so is whatever follows a table that is `closed`.
    """
    used = {unread, *(row for row, column in cells if column in columns)}
    formulas = {row for (row, _), value in cells.items() if is_formula(value)}
    last = certain
    while not closed and last + 1 in used - formulas:
        last += 1
    # An Excel table keeps at least one row, even an empty one.
    while last > header_row and last not in used:
        last -= 1
    return last


def _unnamed(cells: Cells, columns: Mapping[str, int], header_row: int, last_row: int) -> dict[str, int]:
    """Return invented names for columns in use that have no header, between ours or right beside them."""
    named = set(columns.values())
    first, last = min(named), max(named) + 1
    in_use = {column for row, column in cells if header_row < row <= last_row and column not in named}
    names: dict[str, int] = {}
    for column in sorted(column for column in in_use if first <= column <= last):
        names[_unused(f"Column {column}", {**columns, **names})] = column
    return names


def _rows(
    cells: Cells, expected: Expected, at: Mapping[str, int], header_row: int, last_row: int
) -> tuple[dict[str, KeyedRow], tuple[Mapping[str, Kept], ...]]:
    header_at = {column: header for header, column in at.items()}
    content: dict[int, dict[str, Kept]] = {}
    for (row, column), value in cells.items():
        if header_row < row <= last_row and column in header_at:
            content.setdefault(row, {})[header_at[column]] = value
    rows: dict[str, KeyedRow] = {}
    loose: list[Mapping[str, Kept]] = []
    for row in sorted(content):
        key = text_of(content[row].get(expected.key, EMPTY))
        if key in expected.keys and key not in rows:
            rows[key] = KeyedRow(row, content[row])
        else:
            loose.append(content[row])
    return rows, tuple(loose)


def _unused(text: str, taken: Mapping[str, int]) -> str:
    name, count = text, 1
    while name in taken:
        count += 1
        name = f"{text} ({count})"
    return name

"""What the cells of a worksheet part say, and a cell as it is written. Reads as openpyxl does, many times as fast."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from lxml import etree

from intake.workbook.formats import kept_iso, kept_moment, serial_of
from intake.workbook.package.markup import MAIN, Element, Frame
from intake.workbook.package.some_rows import WantedRows
from intake.workbook.package.worksheet import LAST_COLUMN, LAST_ROW, Worksheet
from intake.workbook.package.zipped import Damaged, Foreign
from intake.workbook.values import EMPTY, Kept, escaped, kept_value, moved_formula, text_of

# How many octets of rows are parsed together.
_BATCH = 1 << 17
_C, _V, _F, _IS, _R, _T, _SI = (f"{{{MAIN}}}{name}" for name in ("c", "v", "f", "is", "r", "t", "si"))
_DIGITS = "0123456789"
_WHOLE = re.compile(r"^\s*[+-]?\d+\s*$")
_EXCESS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Formats:
    """What is needed to read numbers: for each cell style whether it shows a moment, a length of time, or neither."""

    moments: frozenset[int] = frozenset()
    durations: frozenset[int] = frozenset()
    epoch_1904: bool = False


@dataclass(slots=True)
class Contents:
    """What a worksheet says: (row, column) → kept text of the cells that say something.

    `shared`: index of a shared formula → where its text stands, and the text. `valued`: formulas whose result is kept.
    `unread` is the last row in use that was passed over, `elsewhere` the sheets that their formulas refer to.
    """

    cells: dict[Place, Kept] = field(default_factory=dict)
    shared: dict[str, tuple[str, str]] = field(default_factory=dict)
    valued: set[Place] = field(default_factory=set)
    highest_style: int = 0
    unread: int = 0
    elsewhere: frozenset[str] = frozenset()

    def mentions(self, sheet: str) -> bool:
        """Return whether a formula in a row that was not read refers to a sheet."""
        return sheet.casefold() in {name.casefold() for name in self.elsewhere}


@lru_cache(maxsize=LAST_COLUMN)
def column_number(letters: str) -> int:
    """Return the number of a column from its letters. Raises `Damaged`."""
    number = 0
    for letter in letters:
        if not "A" <= letter <= "Z":
            raise Damaged(f"a cell stands in column {letters!r}")
        number = number * 26 + ord(letter) - 64
    if not 0 < number <= LAST_COLUMN:
        raise Damaged(f"a cell stands in column {letters!r}")
    return number


@lru_cache(maxsize=LAST_COLUMN)
def column_letters(number: int) -> str:
    """Return the letters of a column."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def address(row: int, column: int) -> str:
    """Return a place as a spreadsheet names it."""
    return f"{column_letters(column)}{row}"


def place_of(reference: str) -> Place:
    """Return the place that a reference names. Raises `Damaged`."""
    letters = reference.rstrip(_DIGITS)
    digits = reference[len(letters) :]
    if not digits or len(digits) > 7 or not 0 < int(digits) <= LAST_ROW:
        raise Damaged(f"a cell is called {reference!r}")
    return int(digits), column_number(letters)


def shared_strings(octets: bytes) -> list[str]:
    """Return the strings of a workbook's table of strings, formatting and readings left out. Raises `Damaged`."""
    strings: list[str] = []
    try:
        for _, element in etree.iterparse(
            _Source(octets), tag=_SI, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
        ):
            strings.append(string_of(element))
            element.clear()
            # The emptied ones before it are still held by their parent.
            while element.getprevious() is not None:
                del element.getparent()[0]
    except etree.XMLSyntaxError as error:
        raise Damaged(str(error)) from error
    return strings


class _Source:
    """Octets to be read piece by piece."""

    def __init__(self, octets: bytes) -> None:
        self._octets = octets
        self._at = 0

    def read(self, size: int = -1) -> bytes:
        piece = self._octets[self._at : self._at + size] if size >= 0 else self._octets[self._at :]
        self._at += len(piece)
        return piece


def string_of(element: Element) -> str:
    """Return the text of a string item, the pieces of a formatted one put together."""
    only = element[0] if len(element) == 1 else None
    if only is not None and only.tag == _T:
        return only.text or ""
    parts = []
    for child in element:
        if child.tag == _T:
            parts.append(child.text or "")
        elif child.tag == _R:
            parts += [piece.text or "" for piece in child if piece.tag == _T]
    return "".join(parts)


def parsed_rows(frame: Frame, rows: Iterable[tuple[int, bytes]]) -> Iterator[tuple[int, Element]]:
    """Yield (number, element) of rows, from (number, XML). Raises `Damaged`."""
    numbers: list[int] = []
    pieces: list[bytes] = []
    size = 0
    for number, octets in rows:
        numbers.append(number)
        pieces.append(octets)
        size += len(octets)
        if size >= _BATCH:
            yield from zip(numbers, frame.parse(pieces), strict=True)
            numbers, pieces, size = [], [], 0
    if pieces:
        yield from zip(numbers, frame.parse(pieces), strict=True)


def cells_in(row: Element, number: int) -> Iterator[tuple[int, Element]]:
    """Yield (column, element) of every cell of a row. Raises `Foreign` when they are not in order."""
    before, suffix = 0, str(number)
    for cell in row.iterchildren(_C):
        reference = cell.get("r")
        if reference is None:
            column = before + 1
        elif reference.endswith(suffix):
            column = column_number(reference[: -len(suffix)])
        else:
            raise Foreign(f"{reference} stands in row {number}")
        if column <= before:
            raise Foreign(f"{reference or column} stands after column {before} of row {number}")
        before = column
        yield column, cell


def contents(
    sheet: Worksheet, strings: Sequence[str], formats: Formats, wanted: WantedRows | None = None
) -> Contents:
    """Return what a worksheet says, or what its `wanted` rows say. Raises `Damaged`."""
    found = Contents()
    rows = wanted(sheet.rows()) if wanted is not None else sheet.rows()
    found.cells.update(each_cell(parsed_rows(sheet.frame, rows), strings, formats, found))
    if wanted is not None:
        found.unread, found.elsewhere = wanted.unread, frozenset(wanted.mentioned)
    return found


def each_cell(
    rows: Iterable[tuple[int, Element]], strings: Sequence[str], formats: Formats, found: Contents
) -> Iterator[tuple[Place, Kept]]:
    """Yield every cell of rows that says something; `found` gets all else there is to know. Raises `Damaged`."""
    highest = 0
    for number, row in rows:
        for column, cell in cells_in(row, number):
            place = (number, column)
            try:
                if len(cell) and (kept := _kept(cell, place, found, strings, formats)):
                    yield place, kept
                style = cell.get("s")
                if style is not None:
                    highest = max(highest, int(style))
            except (ValueError, IndexError) as error:
                raise Damaged(f"{address(*place)}: {error}") from error
    found.highest_style = highest


def _kept(cell: Element, place: Place, found: Contents, strings: Sequence[str], formats: Formats) -> Kept:
    text, formula, inline = None, None, None
    for child in cell:
        tag = child.tag
        if tag == _V:
            text = child.text
        elif tag == _IS:
            inline = child
        elif tag == _F:
            formula = child
    if formula is not None:
        if text is not None:
            found.valued.add(place)
        return _kept_formula(formula, place, found)
    kind = cell.get("t")
    if kind == "inlineStr":
        return kept_value(string_of(inline)) if inline is not None else EMPTY
    if not text:
        return EMPTY
    if kind == "s":
        return kept_value(strings[int(text)])
    return _kept_text(text, kind) if kind not in {None, "n"} else _kept_number(text, cell.get("s"), formats)


def _kept_text(text: str, kind: str | None) -> Kept:
    match kind:
        case "b":
            return f"b:{int(text.strip() in {'1', 'true'})}"
        case "d":
            return kept_iso(text)
        case "e":
            return f"e:{text}"
        case _:
            return kept_value(text)


def _kept_number(text: str, style: str | None, formats: Formats) -> Kept:
    value: float = int(text) if _WHOLE.match(text) else float(text)
    number = int(style) if style else 0
    if number in formats.moments:
        return kept_moment(value, epoch_1904=formats.epoch_1904, duration=number in formats.durations)
    return kept_value(value)


def _kept_formula(formula: Element, place: Place, found: Contents) -> Kept:
    at = address(*place)
    kind = formula.get("t")
    text = f"={formula.text or ''}"
    if kind == "dataTable":
        return f"f:{at} ="
    if kind == "shared":
        index = formula.get("si", "")
        known = found.shared.get(index)
        if known is None and text != "=":
            found.shared[index] = (at, text)
        elif known is not None:
            text = moved_formula(known[1], origin=known[0], target=at)
    return f"f:{at} {text}"


def cell_octets(prefix: bytes, place: Place, style: int, value: Kept, *, epoch_1904: bool) -> bytes:
    """Return a cell as it is written. A formula is moved along when it stood in another cell."""
    at = address(*place)
    p = prefix.decode()
    start = f'<{p}c r="{at}"' + (f' s="{style}"' if style else "")
    tag, text = value[:2], text_of(value)
    match tag:
        case "":
            return f"{start}/>".encode()
        case "n:" | "b:":
            kind = ' t="b"' if tag == "b:" else ""
            body = f"<{p}v>{_markup(text)}</{p}v>"
        case "d:":
            kind, body = "", f"<{p}v>{serial_of(datetime.fromisoformat(text), epoch_1904=epoch_1904)}</{p}v>"
        case "f:":
            formula = moved_formula(text, origin=value[2:].partition(" ")[0], target=at).removeprefix("=")
            kind, body = "", f"<{p}f>{_markup(formula)}</{p}f>"
        case "e:":
            kind, body = ' t="e"', f"<{p}v>{_markup(text)}</{p}v>"
        case _:
            kind = ' t="inlineStr"'
            body = f'<{p}is><{p}t xml:space="preserve">{_markup(escaped(text))}</{p}t></{p}is>'
    return f"{start}{kind}>{body}</{p}c>".encode()


def _markup(text: str) -> str:
    """Return text as XML has it; what XML cannot have is left out."""
    plain = _EXCESS.sub("", text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return plain.replace("\r", "&#13;")

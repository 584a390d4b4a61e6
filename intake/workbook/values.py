"""What a cell says, as text that can be kept and compared, and how it gets safely into a cell and out of it.

`Kept` text is tagged by type: `s:` text, `n:` number, `d:` local date and time, `b:` yes or no, `f:` a formula that a
person typed (with the cell it stood in), `e:` an error value; an empty cell is "". Text from a letter is only ever
written as a string: never as a formula, an error value, or something that makes saving fail.
"""

import re
from datetime import date, datetime, time, timedelta
from typing import Any

from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.formula.translate import Translator, TranslatorError
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula

Value = str | int | float | datetime | None
Kept = str
# What a sheet has at a place. A merged cell is the part of one that a person merged into its neighbour: it holds nothing.
XlsxCell = Cell | MergedCell

EMPTY: Kept = ""
# Excel's limit is counted in UTF-16 code units.
LONGEST = 32767

# XML 1.0 admits no other control characters, and openpyxl refuses them; U+FFFE and U+FFFF break saving.
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff\ufeff]")
# Overrides of the writing direction can make a text look like another one.
_DIRECTION = re.compile(r"[\u202a-\u202e\u2066-\u2069]")
_BREAKS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
# In a file `_x000D_` stands for the character itself (ECMA-376, 22.9.2.19); literal text must be escaped.
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_TO_CLEAN = re.compile(f"{_BREAKS.pattern}|{_CONTROLS.pattern}|{_DIRECTION.pattern}|\t")
_ODD = re.compile(f"{_ESCAPED.pattern}|{_BREAKS.pattern}|{_CONTROLS.pattern}")
# Text that a spreadsheet would take for something else as soon as a person presses F2 and Enter on it.
NEEDS_QUOTE = re.compile(r"^[=+\-@'#\t]|^[0-9.,/:\s]+$|^(?:TRUE|FALSE)$", re.IGNORECASE)


def clean(text: str) -> str:
    """Return text as a cell can hold it: no control characters, breaks as newlines, trimmed, cut at the limit."""
    if _TO_CLEAN.search(text):
        text = _DIRECTION.sub("", _CONTROLS.sub("", _BREAKS.sub("\n", text).replace("\t", " ")))
    text = text.strip()
    # Most texts are far below the limit; an escape makes one character seven.
    if len(text) * 7 <= LONGEST or _units(escaped(text)) <= LONGEST:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if _units(escaped(text[:middle])) < LONGEST else (low, middle - 1)
    return text[:low].rstrip() + "…"


def kept(value: Value) -> Kept:
    """Return a projected value as kept text. Dates are naive local time, to the second."""
    match value:
        case None:
            return EMPTY
        case str():
            text = clean(value)
            return f"s:{text}" if text else EMPTY
        case datetime():
            return f"d:{_second(value).isoformat()}"
        case _:
            return f"n:{_number(value)}"


def kept_of(cell: Any) -> Kept:
    """Return what a cell of a file says as kept text."""
    value = cell.value
    if value is None:
        return EMPTY
    if isinstance(value, DataTableFormula) or cell.data_type == "f":
        text = value.text if isinstance(value, ArrayFormula) else value
        return f"f:{cell.coordinate} {text}" if isinstance(text, str) else f"f:{cell.coordinate} ="
    if cell.data_type == "e":
        return f"e:{value}"
    return kept_value(value)


def kept_value(value: object) -> Kept:
    """Return a value as openpyxl has it as kept text."""
    if type(value) is str:
        text = _unescape(value).strip()
        return f"s:{text}" if text else EMPTY
    match value:
        case bool():
            return f"b:{int(value)}"
        case int() | float():
            return f"n:{_number(value)}"
        case datetime():
            return f"d:{_second(value).isoformat()}"
        case date():
            return f"d:{value.isoformat()}T00:00:00"
        case time():
            return f"n:{_number((value.hour * 3600 + value.minute * 60 + value.second) / 86400)}"
        case timedelta():
            return f"n:{_number(value.total_seconds() / 86400)}"
        case _:
            # A string, or text formatted in pieces, which openpyxl gives as a list that knows its text.
            text = _unescape(str(value)).strip()
            return f"s:{text}" if text else EMPTY


def text_of(value: Kept) -> str:
    """Return kept text as a person would read it, without its tag."""
    if value.startswith("f:"):
        return value.partition(" ")[2]
    return value[2:]


def is_formula(value: Kept) -> bool:
    """Return whether kept text is a formula."""
    return value.startswith("f:")


def same(one: Kept | None, other: Kept | None) -> bool:
    """Return whether two kept texts say the same. Number or text makes no difference; a formula equals only itself."""
    if one is None or other is None:
        return False
    return is_formula(one) == is_formula(other) and _plain(text_of(one)) == _plain(text_of(other))


def _plain(text: str) -> str:
    """Return text with its escapes undone: LibreOffice undoes those of literal text and does not put them back."""
    return _unescape(text).strip() if "_x" in text else text


def put(cell: XlsxCell, value: Kept, number_format: str | None = None) -> None:
    """Write kept text into a cell, by its type. A formula is moved along when it stood in another cell.

    `number_format` is set when given; else a date gets one only if the cell has none for dates.
    """
    if isinstance(cell, MergedCell):
        return
    tag, text = value[:2], text_of(value)
    cell.quotePrefix = False
    match tag:
        case "":
            cell.value = None
        case "s:":
            cell.value = escaped(text)
            # Assigning text that looks like a formula or an error makes it one; saying "s" afterwards undoes that.
            cell.data_type = "s"
            cell.quotePrefix = bool(NEEDS_QUOTE.search(text))
        case "n:":
            cell.value = float(text) if re.search(r"[.eEn]", text) else int(text)
        case "d:":
            cell.value = datetime.fromisoformat(text)
        case "b:":
            cell.value = text == "1"
        case "f:":
            cell.value = moved_formula(text, origin=value[2:].partition(" ")[0], target=cell.coordinate)
        case _:
            cell.value = text
            cell.data_type = "e"
    if number_format is not None and cell.number_format != number_format:
        cell.number_format = number_format


def moved_formula(formula: str, *, origin: str, target: str) -> str:
    """Return a formula as it reads when its cell is copied to another place."""
    if origin == target:
        return formula
    try:
        return str(Translator(formula, origin=origin).translate_formula(target))
    except (TranslatorError, ValueError):
        return formula


def escaped(text: str) -> str:
    """Return text in which nothing is taken for an escape when a spreadsheet reads it."""
    return _ESCAPE.sub("_x005F_", text)


def _unescape(text: str) -> str:
    # Hardly any text has anything of this.
    if not _ODD.search(text):
        return text
    plain = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    return _CONTROLS.sub("", _BREAKS.sub("\n", plain))


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _second(value: datetime) -> datetime:
    # A date in a file is a fraction of a day: it comes back some microseconds early or late.
    rounded = value.replace(microsecond=0, tzinfo=None)
    return rounded + timedelta(seconds=1) if value.microsecond >= 500_000 else rounded


def _number(value: float) -> str:
    whole = round(float(value), 10)
    return str(int(whole)) if whole == int(whole) and abs(whole) < 1e15 else repr(whole)

"""Formulas as text: what they refer to, and how they read when rows move. Pure; nothing is reckoned here."""

import re
from collections.abc import Mapping
from functools import lru_cache

from openpyxl.formula.tokenizer import Token, Tokenizer, TokenizerError

from intake.workbook.package.ranges import Area, Shift, area_of
from intake.workbook.package.worksheet import LAST_COLUMN, LAST_ROW

_REFERENCE = re.compile(
    r"^(?P<sheet>(?:'(?:[^']|'')+'|[^'!]+)!)?(?P<cells>\$?[A-Z]{1,3}\$?\d+(?::\$?[A-Z]{1,3}\$?\d+)?)$"
)
_ROW = re.compile(r"(\$?[A-Z]{1,3}\$?)(\d+)")
_WHOLE = re.compile(r"^\$?(?P<first>[A-Z]{1,3}|\d{1,7}):\$?(?P<last>[A-Z]{1,3}|\d{1,7})$")
# These say something else whenever they are reckoned, or refer to what their text does not name.
_RESTLESS = frozenset(
    {"NOW(", "TODAY(", "RAND(", "RANDBETWEEN(", "RANDARRAY(", "OFFSET(", "INDIRECT(", "INFO(", "CELL("}
)


def rewritten(formula: str, title: str, shift: Shift, *, own: bool) -> str:
    """Return a formula as it reads when the rows of the sheet `title` move. `own`: it stands on that sheet."""
    try:
        tokenizer = Tokenizer(formula)
    except TokenizerError:
        return formula
    changed = False
    for token in tokenizer.items:
        if token.type != Token.OPERAND or token.subtype != Token.RANGE:
            continue
        found = _REFERENCE.match(token.value)
        if found is None:
            continue
        sheet = found["sheet"]
        if (sheet is None and own) or (sheet is not None and _plain(sheet) == title):
            token.value = (sheet or "") + _moved(found["cells"], shift)
            changed = True
    return "=" + "".join(token.value for token in tokenizer.items) if changed else formula


def _moved(cells: str, shift: Shift) -> str:
    first, colon, last = cells.partition(":")
    if not colon:
        return _ROW.sub(lambda found: f"{found[1]}{shift.start(int(found[2]))}", cells)
    start = _ROW.sub(lambda found: f"{found[1]}{shift.start(int(found[2]))}", first)
    return f"{start}:" + _ROW.sub(lambda found: f"{found[1]}{shift.end(int(found[2]))}", last)


def _plain(sheet: str) -> str:
    """Return the name of a sheet from what stands before a reference."""
    return sheet[:-1].strip("'").replace("''", "'")


@lru_cache(maxsize=4096)
def areas(formula: str, own: str) -> tuple[tuple[str, Area], ...] | None:
    """Return (sheet, area) for everything a formula on the sheet `own` refers to; None when that cannot be told."""
    try:
        tokens = Tokenizer(formula).items
    except TokenizerError:
        return None
    found: list[tuple[str, Area]] = []
    for token in tokens:
        if token.type == Token.FUNC and token.value.upper().removeprefix("_XLFN.") in _RESTLESS:
            return None
        if token.type != Token.OPERAND or token.subtype != Token.RANGE:
            continue
        sheet, mark, cells = token.value.rpartition("!")
        area = area_of(cells) or _whole(cells)
        if area is None or ":" in sheet:
            return None
        found.append((_plain(sheet + mark) if mark else own, area))
    return tuple(found)


def _whole(cells: str) -> Area | None:
    """Return the area of whole columns or rows."""
    found = _WHOLE.match(cells)
    if found is None or found["first"].isdigit() != found["last"].isdigit():
        return None
    if found["first"].isdigit():
        return Area(1, int(found["first"]), LAST_COLUMN, int(found["last"]))
    area = area_of(f"{found['first']}1:{found['last']}1")
    return Area(area.left, 1, area.right, LAST_ROW) if area is not None else None


def outdated(
    formulas: Mapping[tuple[str, tuple[int, int]], str],
    changed: Mapping[str, frozenset[tuple[int, int]] | None],
) -> frozenset[tuple[str, tuple[int, int]]]:
    """Return the formulas whose results may be others than they were.

    `formulas`: (sheet, place) → text. `changed`: sheet → places that say something else, None for any.
    """
    found: set[tuple[str, tuple[int, int]]] = set()
    touched = {sheet: set(places) for sheet, places in changed.items() if places is not None}
    wholly = {sheet for sheet, places in changed.items() if places is None}
    waiting = dict(formulas)
    while True:
        news = [
            (sheet, place)
            for (sheet, place), text in waiting.items()
            if _depends(areas(text, sheet), touched, wholly)
        ]
        for sheet, place in news:
            del waiting[sheet, place]
            touched.setdefault(sheet, set()).add(place)
            found.add((sheet, place))
        if not news:
            return frozenset(found)


def _depends(
    referred: tuple[tuple[str, Area], ...] | None,
    touched: Mapping[str, set[tuple[int, int]]],
    wholly: set[str],
) -> bool:
    if referred is None:
        return True
    return any(
        sheet in wholly
        or any(
            area.top <= row <= area.bottom and area.left <= column <= area.right
            for row, column in touched.get(sheet, ())
        )
        for sheet, area in referred
    )

"""What was typed into a PDF rather than printed: form fields (ISO 32000-1, 12.7) and text put on the page.

Values are taken as they stand; no action, script or calculation of a form is looked at.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from pdfminer.pdftypes import resolve1
from pdfminer.psparser import PSLiteral
from pdfminer.utils import decode_text

from intake.readers.pdf_lines import Glyph

MAX_FIELDS = 500
MAX_TEXT = 20_000
_HIDDEN = 0x02
_PUSH_BUTTON = 1 << 16
_PASSWORD = 1 << 13
# Of the height of its letters, how wide a letter is about.
_LETTER = 0.5
_UTF_8 = b"\xef\xbb\xbf"


def typed(page: Any) -> Iterator[Glyph]:
    """Yield what was typed on a pdfplumber page, each line a glyph in its place."""
    found = resolve1(page.page_obj.annots)
    for reference in found[:MAX_FIELDS] if isinstance(found, list) else ():
        data = resolve1(reference)
        if not isinstance(data, Mapping) or _number(data.get("F")) & _HIDDEN:
            continue
        text, box = _text(data), _box(page, data)
        if text and box is not None:
            yield from _placed(text[:MAX_TEXT], *box)


def _box(page: Any, data: Mapping[str, Any]) -> tuple[float, float, float, float] | None:
    """Return where an annotation is on the page as it is shown."""
    sides = resolve1(data.get("Rect"))
    if not isinstance(sides, list) or len(sides) != 4:
        return None
    sides = [resolve1(side) for side in sides]
    if not all(isinstance(side, int | float) for side in sides):
        return None
    width, height = float(page.width), float(page.height)
    corners = [(float(sides[0]), float(sides[1])), (float(sides[2]), float(sides[3]))]
    for turn in range(int(page.rotation or 0) // 90 % 4):
        # Before the last turn of an odd number the page was as wide as it is high now.
        odd = (int(page.rotation) // 90 - turn) % 2
        across = height if odd else width
        corners = [(y, across - x) for x, y in corners]
    (ax, ay), (bx, by) = corners
    return min(ax, bx), height - max(ay, by), max(ax, bx), height - min(ay, by)


def _text(data: Mapping[str, Any]) -> str:
    kind = _name(data.get("Subtype"))
    if kind == "FreeText":
        return _string(data.get("Contents"))
    if kind != "Widget":
        return ""
    field = _name(_inherited(data, "FT"))
    flags = _number(_inherited(data, "Ff"))
    if field == "Btn":
        if flags & _PUSH_BUTTON:
            return ""
        return "☐" if _name(data.get("AS")) in {"", "Off"} else "☒"
    if field in {"Tx", "Ch"} and not flags & _PASSWORD:
        value = resolve1(_inherited(data, "V"))
        chosen = value if isinstance(value, list) else [value]
        return "\n".join(filter(None, map(_string, chosen)))
    return ""


def _placed(text: str, x0: float, top: float, x1: float, bottom: float) -> Iterator[Glyph]:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    size = max(2.0, min(11.0, (bottom - top) / len(lines)))
    # One line stands in the middle of its place, several from the top.
    start = (top + bottom) / 2 - size / 2 if len(lines) == 1 else top
    for number, line in enumerate(lines):
        if line.strip():
            end = min(x1, x0 + 2 + _LETTER * size * len(line))
            base = start + size * (number + 0.85)
            yield Glyph(line.strip(), x0 + 1, max(end, x0 + 2), base, size, whole=True)


def _inherited(data: Mapping[str, Any], key: str) -> object:
    """Return an entry of a field, or of the fields it belongs to."""
    at: object = data
    for _ in range(8):
        if not isinstance(at, Mapping):
            return None
        if key in at:
            return resolve1(at[key])
        at = resolve1(at.get("Parent"))
    return None


def _name(value: object) -> str:
    value = resolve1(value)
    return str(value.name) if isinstance(value, PSLiteral) else ""


def _number(value: object) -> int:
    value = resolve1(value)
    return value if isinstance(value, int) else 0


def _string(value: object) -> str:
    value = resolve1(value)
    if not isinstance(value, bytes):
        return ""
    # PDF 2.0 allows UTF-8, which pdfminer does not know.
    return value.decode("utf-8-sig", "replace") if value.startswith(_UTF_8) else str(decode_text(value))

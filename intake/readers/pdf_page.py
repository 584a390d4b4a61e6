"""One page of a PDF as it is seen: letters in their places, and the lines drawn on it.

What is crossed out is not there; boxes drawn by hand become the characters they stand for. Colours, pictures and
whatever a page would do when clicked are not looked at.
"""

import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from intake.readers.glyphs import wingdings
from intake.readers.pdf_lines import Glyph
from intake.readers.pdf_ruling import Area, Stroke
from intake.readers.pdf_turns import with_turns

Drawn = Mapping[str, Any]

# A line is no thicker, in points; what is thicker is a surface.
THIN = 3.0
# A box to tick is about as large as a letter.
BOX = (5.0, 16.0)
# Ends of underlining lie so near the ends of its words.
ENDS = 3.0
# More shapes than this are a drawing, not a form.
MAX_SHAPES = 20_000
MAX_SQUARES = 200
_SYMBOL_FONTS = ("wingdings", "opensymbol", "symbol", "webdings")
_BOLD = ("bold", "black", "heavy", "semibold", "demi")
# A page of letters of which so many come from no alphabet is in a font of its own invention.
_ITALIC = ("italic", "oblique")
_MOJIBAKE_FROM = 0.4


@dataclass(slots=True)
class Seen:
    """What a page shows. `turned` holds what is written sideways, as if it stood upright, under its own middle."""

    width: float
    height: float
    glyphs: list[Glyph]
    turned: list[tuple[tuple[float, float], Glyph]]
    level: list[Stroke]
    plumb: list[Stroke]
    # How much of the page pictures cover, 0 to 1; whether anything is drawn; how many letters had no known character.
    pictured: float = 0.0
    drawn: bool = False
    unknown: int = 0


def seen(page: Any, extra: Iterable[Glyph]) -> Seen:
    """Return what a pdfplumber page shows; `extra` are letters from its form fields."""
    width, height = float(page.width), float(page.height)
    out = Seen(width, height, [], [], [], [])
    shapes = [*page.lines, *page.rects, *page.curves]
    boxes, places = _squares(shapes)
    apart = {id(square) for square in (*boxes, *places)}
    rings = _rings(page.rects)
    for shape in shapes:
        if id(shape) not in apart:
            _strokes(shape, out, outlined=bool(shape.get("stroke")) or id(shape) in rings)
    for at, char in enumerate(page.chars):
        _letter(char, out, height, at)
    out.glyphs = with_turns(_readable(out.glyphs))
    out.glyphs += extra
    out.glyphs = _ticked(out.glyphs, boxes, shapes)
    out.glyphs = _struck(out.glyphs, out.level)
    out.glyphs = _highlighted(out.glyphs, page.rects)
    covered = sum(max(0.0, _clipped(picture, width, height)) for picture in page.images)
    out.drawn = bool(shapes or page.images)
    out.pictured = min(1.0, covered / max(1.0, width * height))
    return out


def _clipped(picture: Drawn, width: float, height: float) -> float:
    across = min(width, picture["x1"]) - max(0.0, picture["x0"])
    down = min(height, picture["bottom"]) - max(0.0, picture["top"])
    return float(across * down) if across > 0 and down > 0 else 0.0


def _letter(char: Drawn, out: Seen, height: float, at: int) -> None:
    text, font = str(char["text"]), str(char["fontname"]).casefold()
    size = float(char["size"])
    if text.startswith("(cid:"):
        out.unknown += 1
        return
    if any(name in font for name in _SYMBOL_FONTS) or "\uf000" <= text[:1] <= "\uf0ff":
        text = wingdings(text, "Wingdings" if "opensymbol" in font else font)
    elif "\ufb00" <= text[:1] <= "\ufb06":
        text = unicodedata.normalize("NFKC", text)
    x0, x1, top, bottom = (float(char[name]) for name in ("x0", "x1", "top", "bottom"))
    middle = ((x0 + x1) / 2, (top + bottom) / 2)
    if not text or size < 2 or not (0 <= middle[0] <= out.width and 0 <= middle[1] <= out.height):
        return
    style = any(name in font for name in _BOLD), any(name in font for name in _ITALIC)
    _, b, _, _, _, f = char["matrix"]
    if char["upright"]:
        # Where the line is drawn, if the matrix can be believed; fonts lie about their depth.
        base = height - float(f)
        base = base if top < base <= bottom + 1 else bottom - 0.2 * size
        out.glyphs.append(Glyph(text, x0, x1, base, size, *style, at=at))
    elif b > 0:
        out.turned.append((middle, Glyph(text, -bottom, -top, x1, x1 - x0, *style)))
    else:
        out.turned.append((middle, Glyph(text, top, bottom, -x0, x1 - x0, *style)))


def _readable(glyphs: list[Glyph]) -> list[Glyph]:
    """Return letters of old Cyrillic fonts, which call themselves Western, as what they are."""
    letters = [glyph.text for glyph in glyphs if glyph.text.isalpha()]
    western = sum("\u00c0" <= letter <= "\u00ff" for letter in letters)
    cyrillic = sum("\u0400" <= letter <= "\u04ff" for letter in letters)
    if not letters or western < _MOJIBAKE_FROM * len(letters) or cyrillic > 0.1 * len(letters):
        return glyphs
    return [replace(glyph, text=_cyrillic(glyph.text)) for glyph in glyphs]


def _cyrillic(text: str) -> str:
    try:
        return text.encode("cp1252").decode("cp1251")
    except UnicodeError:
        return text


def _rings(rects: Sequence[Drawn]) -> set[int]:
    """Return the ids of surfaces that are frames: two filled boxes, one just inside the other."""
    found = set()
    for one, other in pairwise(rects):
        if one.get("fill") and one.get("evenodd") and not one.get("stroke"):
            slips = [abs(float(one[side]) - float(other[side])) for side in ("x0", "top", "x1", "bottom")]
            if max(slips) <= THIN and sum(slips) > 0.2:
                found.add(id(one))
    return found


def _strokes(shape: Drawn, out: Seen, *, outlined: bool) -> None:
    """Take the level and plumb lines of a shape: a thin one is a line, a wide one may have an outline."""
    x0, x1, top, bottom = (float(shape[name]) for name in ("x0", "x1", "top", "bottom"))
    if x1 - x0 <= THIN or bottom - top <= THIN:
        if x1 - x0 > bottom - top:
            out.level.append(Stroke((top + bottom) / 2, x0, x1))
        else:
            out.plumb.append(Stroke((x0 + x1) / 2, top, bottom))
        return
    if not outlined or shape["object_type"] == "line":
        return
    if shape["object_type"] == "rect":
        out.level += [Stroke(top, x0, x1), Stroke(bottom, x0, x1)]
        out.plumb += [Stroke(x0, top, bottom), Stroke(x1, top, bottom)]
        return
    points = [(float(x), float(y)) for x, y in shape.get("pts", ())[:200]]
    for (ax, ay), (bx, by) in pairwise(points):
        if abs(ay - by) <= 1:
            out.level.append(Stroke((ay + by) / 2, min(ax, bx), max(ax, bx)))
        elif abs(ax - bx) <= 1:
            out.plumb.append(Stroke((ax + bx) / 2, min(ay, by), max(ay, by)))


def _area(shape: Drawn) -> Area:
    return Area(float(shape["x0"]), float(shape["top"]), float(shape["x1"]), float(shape["bottom"]))


def _squares(shapes: Sequence[Drawn]) -> tuple[list[Drawn], list[Drawn]]:
    """Return the small squares drawn: boxes to tick, and the places for the digits of a number, side by side."""
    low, high = BOX
    squares = [
        shape
        for shape in shapes
        if shape["object_type"] != "line"
        and shape.get("stroke")
        and low <= shape["width"] <= high
        and low <= shape["height"] <= high
        and abs(shape["width"] - shape["height"]) <= 0.25 * shape["width"]
    ][:MAX_SQUARES]
    corners = [(round(square["x0"]), round(square["x1"]), round(square["top"])) for square in squares]
    starts = {(x0 + slip, top) for x0, _, top in corners for slip in (-1, 0, 1)}
    ends = {(x1 + slip, top) for _, x1, top in corners for slip in (-1, 0, 1)}
    boxes: list[Drawn] = []
    places: list[Drawn] = []
    for square, (x0, x1, top) in zip(squares, corners, strict=True):
        alone = (x1, top) not in starts and (x0, top) not in ends
        (boxes if alone else places).append(square)
    return boxes, places


def _ticked(glyphs: list[Glyph], boxes: Sequence[Drawn], shapes: Sequence[Drawn]) -> list[Glyph]:
    """Put a character where a box is drawn: ticked when anything is in it."""
    for box in boxes:
        area = _area(box)
        within = [glyph for glyph in glyphs if area.holds(*glyph.middle) and not glyph.text.isspace()]
        crossed = any(
            shape is not box and area.contains(_area(shape)) and _area(shape).size > 0.1 * area.size
            for shape in shapes
            if not (shape["object_type"] == "rect" and shape.get("stroke"))
        )
        if len(within) > 1:
            continue
        glyphs = [glyph for glyph in glyphs if glyph not in within]
        mark = "☒" if within or crossed else "☐"
        size = area.bottom - area.top
        base = area.bottom - 0.15 * size
        glyphs += [Glyph(mark, area.x0, area.x1, base, size), Glyph(" ", area.x1, area.x1 + 1, base, size)]
    return glyphs


def _struck(glyphs: list[Glyph], level: Sequence[Stroke]) -> list[Glyph]:
    """Leave the place of letters a line goes through empty; set off those it goes under."""
    if len(level) > MAX_SHAPES:
        return glyphs
    order = sorted(range(len(glyphs)), key=lambda at: glyphs[at].base)
    bases = [glyphs[at].base for at in order]
    gone: set[int] = set()
    under: set[int] = set()
    for stroke in level:
        first = bisect_left(bases, stroke.at - 20)
        last = bisect_left(bases, stroke.at + 20)
        for low, high, taken in ((-0.5, -0.14, gone), (-0.04, 0.24, under)):
            found = [
                at
                for at in order[first:last]
                if low * glyphs[at].size <= stroke.at - glyphs[at].base <= high * glyphs[at].size
                and stroke.start - 1 <= (glyphs[at].x0 + glyphs[at].x1) / 2 <= stroke.end + 1
                and not glyphs[at].text.isspace()
            ]
            if (
                found
                and min(glyphs[at].x0 for at in found) - stroke.start < ENDS + 2
                and stroke.end - max(glyphs[at].x1 for at in found) < ENDS + 2
            ):
                taken.update(found)
    return [
        replace(glyph, text="") if at in gone else replace(glyph, set_off=True) if at in under else glyph
        for at, glyph in enumerate(glyphs)
    ]


def _highlighted(glyphs: list[Glyph], rects: Sequence[Drawn]) -> list[Glyph]:
    """Set off letters on a coloured ground no higher than their line."""
    marks = [_area(rect) for rect in rects if rect.get("fill") and _coloured(rect.get("non_stroking_color"))]
    marks = [mark for mark in marks if THIN < mark.bottom - mark.top < 24][:200]
    return (
        [
            replace(glyph, set_off=True) if any(mark.holds(*glyph.middle) for mark in marks) else glyph
            for glyph in glyphs
        ]
        if marks
        else glyphs
    )


def _coloured(colour: object) -> bool:
    return (
        isinstance(colour, tuple | list)
        and len(colour) == 3
        and all(isinstance(part, int | float) for part in colour)
        and max(colour) - min(colour) > 0.3
    )

"""Words of the regions of a page: all regions laid under one another on a strip, read at once, and put back.

A strip has one column whatever the page has, so columns never run into each other, and tesseract is started
once for a page.
"""

import re
from collections.abc import Sequence

import cv2
import numpy as np
from cv2.typing import MatLike as Gray

from intake.readers.ocr_cells import Box
from intake.readers.ocr_tesseract import MAX_SIDE, Word, words

# White between two regions on the strip, and around them.
GAP = 36
# Less ink than this is dirt.
MIN_INK = 60
_LATIN = "ABCEHIKMOPTXYaceiopxy"
_CYRILLIC = "АВСЕНІКМОРТХУасеіорху"
_TO_CYRILLIC = str.maketrans(_LATIN, _CYRILLIC)
_TO_LATIN = str.maketrans(_CYRILLIC, _LATIN)


def lines_of(page: Gray, regions: Sequence[Box], ticks: Sequence[Word], until: float) -> list[list[list[Word]]]:
    """Return for each region its lines of words, with places on the page.

    `ticks` are words known already (boxes, which tesseract does not know) and absent from the picture. `until` is the
    end of the time allowed. Raises `Refused` as `ocr_tesseract` does.
    """
    trimmed = [_trimmed(page, region) for region in regions]
    found: list[list[Word]] = [[] for _ in regions]
    strip: list[tuple[int, Box]] = []
    height = GAP
    for at, box in enumerate(trimmed):
        if box is None:
            continue
        tall = box.bottom - box.top + GAP
        if height + tall > MAX_SIDE:
            _read(page, strip, found, until)
            strip, height = [], GAP
        strip.append((at, box))
        height += tall
    if strip:
        _read(page, strip, found, until)
    out = []
    for region, own in zip(regions, found, strict=True):
        inside = [tick for tick in ticks if region.left <= tick.left < region.right and region.top <= tick.middle < region.bottom]
        out.append(_with(own, inside))
    return out


def _trimmed(page: Gray, region: Box) -> Box | None:
    """Return the part of a region that has ink, with a little white around; None when it is empty."""
    ink = (page[region.top : region.bottom, region.left : region.right] < 150).astype(np.uint8)
    # Specks go; the dot of an «і» stays, for it only matters where ink begins and ends.
    ink = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((2, 2), np.uint8))
    if int(ink.sum()) < MIN_INK:
        return None
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    if rows[-1] - rows[0] < 10 or columns[-1] - columns[0] < 4:
        return None
    return Box(
        max(region.left, region.left + int(columns[0]) - 8),
        max(region.top, region.top + int(rows[0]) - 8),
        min(region.right, region.left + int(columns[-1]) + 9),
        min(region.bottom, region.top + int(rows[-1]) + 9),
    )


def _read(page: Gray, strip: list[tuple[int, Box]], found: list[list[Word]], until: float) -> None:
    """Read regions from one strip and put their words back where they stand on the page."""
    width = max(box.right - box.left for _, box in strip) + 2 * GAP
    height = sum(box.bottom - box.top + GAP for _, box in strip) + GAP
    picture = np.full((height, width), 255, np.uint8)
    tops = []
    at = GAP
    for _, box in strip:
        picture[at : at + box.bottom - box.top, GAP : GAP + box.right - box.left] = page[box.top : box.bottom, box.left : box.right]
        tops.append(at)
        at += box.bottom - box.top + GAP
    edges = [top - GAP // 2 for top in tops[1:]]
    for word in words(picture, until):
        nth = int(np.searchsorted(edges, word.middle))
        region, box = strip[nth]
        found[region].append(
            Word(word.text, word.left - GAP + box.left, word.top - tops[nth] + box.top, word.width, word.height, word.line, word.sure)
        )


def _with(own: list[Word], ticks: list[Word]) -> list[list[Word]]:
    """Return a region's words in lines, its ticks among them."""
    lines: dict[tuple[int, ...], list[Word]] = {}
    for word in own:
        lines.setdefault(word.line, []).append(word)
    out = list(lines.values())
    for tick in ticks:
        near = min(out, key=lambda line: abs(_middle(line) - tick.middle), default=None)
        if near is not None and abs(_middle(near) - tick.middle) < tick.height:
            near.append(tick)
            near.sort(key=lambda word: word.left)
        else:
            out.append([tick])
    return sorted(out, key=_middle)


def _middle(line: list[Word]) -> float:
    return sorted(word.middle for word in line)[len(line) // 2]


# --- lines to text ---------------------------------------------------------------------------------------------------


def joined(lines: Sequence[Sequence[Word]], right: int) -> str:
    """Return lines as text. A line so full that the next word had no room goes on in the next one.

    `right` is the column where text must turn to the next line.
    """
    out = ""
    for at, line in enumerate(lines):
        text = mended(" ".join(word.text for word in line))
        if not at:
            out = text
            continue
        before = lines[at - 1]
        first = line[0]
        full = before[-1].right + first.width + 0.4 * first.height > right
        if not full:
            out += "\n" + text
        elif _cut_word(out, text):
            out += text
        else:
            out += " " + text
    return out


def _cut_word(before: str, after: str) -> bool:
    """Return whether a word goes on in the next line: behind a hyphen of its own, or in an address."""
    last, first = before.rsplit(None, 1)[-1] if before.split() else "", after.split(None, 1)[0] if after.split() else ""
    if re.search(r"[^\W\d_]-$", last) and first[:1].islower():
        return True
    if re.search(r"\d-$", last) and first[:1].isdigit():
        return True
    address = last + first
    return bool(
        re.fullmatch(r"[\w.+-]+@[\w.-]+\.[a-z]{2,6}", address, re.ASCII)
        and ("@" in first or not re.search(r"@[\w-]+(\.[\w-]+)*\.(?:ua|com|net|org|bg|eu|info)$", last, re.ASCII))
    )


def mended(text: str) -> str:
    """Return a line of text without what tesseract is known to mix up: letters of two alphabets in one word."""
    return " ".join(_mended_word(word) for word in text.split())


def _mended_word(word: str) -> str:
    if "@" in word or re.search(r"(?:https?:|www\.)", word):
        return word.translate(_TO_LATIN)
    word = re.sub(r"(?<=[^\W\d_])['`‘ʼ](?=[^\W\d_])", "’", word)
    cyrillic = len(re.findall(r"[\u0400-\u04ff]", word))
    latin = len(re.findall(r"[A-Za-z]", word))
    only_alike = latin and not re.search(r"[A-Za-z]", word.translate(_TO_CYRILLIC))
    if cyrillic and latin and only_alike:
        return word.translate(_TO_CYRILLIC)
    return word

"""Words of the regions of a page: all regions laid under one another on a strip, read at once, and put back.

A strip has one column whatever the page has, so columns never run into each other, and tesseract is started
once for a page.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from intake.readers.ocr_cells import Box
from intake.readers.ocr_tesseract import LANGUAGES, MAX_SIDE, Gray, Word, words

# White between two regions on the strip, and around them.
GAP = 36
# Less ink than this is dirt.
MIN_INK = 60
ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)*[.-]?", re.ASCII)
_LATIN = "ABCEHIKMOPTXYaceiopxy"
_CYRILLIC = "АВСЕНІКМОРТХУасеіорху"
_TO_CYRILLIC = str.maketrans(_LATIN, _CYRILLIC)
_TO_LATIN = str.maketrans(_CYRILLIC, _LATIN)


def lines_of(
    page: Gray, regions: Sequence[Box], ticks: Sequence[Word], until: float
) -> list[list[list[Word]]]:
    """Return for each region its lines of words, with places on the page.

    `ticks` are words known already (boxes, which tesseract does not know) and absent from the picture. `until` is the
    end of the time allowed. Raises `Refused` as `ocr_tesseract` does.
    """
    found = _read(page, [_trimmed(page, region) for region in regions], until)
    lines = [_lines(own) for own in found]
    _read_addresses(page, lines, until)
    return [
        _with(
            own,
            [
                tick
                for tick in ticks
                if region.left <= tick.left < region.right and region.top <= tick.middle < region.bottom
            ],
        )
        for region, own in zip(regions, lines, strict=True)
    ]


def _trimmed(page: Gray, region: Box) -> Box | None:
    """Return the part of a region that has ink, with a little white around; None when it is empty."""
    ink = (page[region.top : region.bottom, region.left : region.right] < 150).astype(np.uint8)
    _clear_fringe(ink, page[region.top : region.bottom, region.left : region.right])
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


def _clear_fringe(ink: Gray, patch: Gray) -> None:
    """Take out what is left of lines along the edges of a region: thin pieces that touch them."""
    height, width = ink.shape[:2]
    count, labels, facts, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    for at in range(1, count):
        left, top, across, down, _ = facts[at].tolist()
        at_side = left <= 2 or left + across >= width - 2
        at_end = top <= 2 or top + down >= height - 2
        if (at_side and across <= 9 and down >= 8) or (at_end and down <= 7 and across >= 24):
            here = labels[top : top + down, left : left + across] == at
            ink[top : top + down, left : left + across][here] = 0
            # The pale rim of the piece goes with it.
            rim = patch[max(0, top - 2) : top + down + 2, max(0, left - 2) : left + across + 2]
            rim[:] = np.where(rim > 100, 255, rim)
            patch[top : top + down, left : left + across][here] = 255


def _read(
    page: Gray, boxes: Sequence[Box | None], until: float, languages: tuple[str, ...] = LANGUAGES
) -> list[list[Word]]:
    """Return the words in each box, with places on the page. All are read from one strip, or few."""
    found: list[list[Word]] = [[] for _ in boxes]
    strip: list[tuple[int, Box]] = []
    height = GAP
    for at, box in enumerate(boxes):
        if box is None:
            continue
        tall = box.bottom - box.top + GAP
        if height + tall > MAX_SIDE:
            _read_strip(page, strip, found, until, languages)
            strip, height = [], GAP
        strip.append((at, box))
        height += tall
    if strip:
        _read_strip(page, strip, found, until, languages)
    return found


def _read_strip(
    page: Gray,
    strip: list[tuple[int, Box]],
    found: list[list[Word]],
    until: float,
    languages: tuple[str, ...],
) -> None:
    width = max(box.right - box.left for _, box in strip) + 2 * GAP
    height = sum(box.bottom - box.top + GAP for _, box in strip) + GAP
    picture: Gray = np.full((height, width), 255, np.uint8)
    tops = []
    at = GAP
    for _, box in strip:
        tall, wide = box.bottom - box.top, box.right - box.left
        picture[at : at + tall, GAP : GAP + wide] = page[box.top : box.bottom, box.left : box.right]
        tops.append(at)
        at += tall + GAP
    edges = [top - GAP // 2 for top in tops[1:]]
    for word in words(picture, until, languages):
        nth = int(np.searchsorted(edges, word.middle))
        region, box = strip[nth]
        found[region].append(
            replace(word, left=word.left - GAP + box.left, top=word.top - tops[nth] + box.top)
        )


def _read_addresses(page: Gray, lines: list[list[list[Word]]], until: float) -> None:
    """Read the lines with an e-mail address once more as Latin text, and put the address in place of what was read."""
    chosen = [
        (own, at) for own in lines for at, line in enumerate(own) if any("@" in word.text for word in line)
    ]
    again = _read(page, [_around(own[at], page) for own, at in chosen], until, ("eng",))
    for (own, at), latin in zip(chosen, again, strict=True):
        for address in latin:
            if ADDRESS.fullmatch(address.text):
                rest = [
                    word
                    for word in own[at]
                    if word.right <= address.left + 5 or word.left >= address.right - 5
                ]
                own[at] = sorted([*rest, address], key=lambda word: word.left)


def _around(line: Sequence[Word], page: Gray) -> Box:
    return Box(
        max(0, min(word.left for word in line) - 8),
        max(0, min(word.top for word in line) - 6),
        min(page.shape[1], max(word.right for word in line) + 8),
        min(page.shape[0], max(word.top + word.height for word in line) + 6),
    )


def _lines(own: list[Word]) -> list[list[Word]]:
    lines: dict[tuple[int, ...], list[Word]] = {}
    for word in own:
        lines.setdefault(word.line, []).append(word)
    return list(lines.values())


def _with(lines: list[list[Word]], ticks: list[Word]) -> list[list[Word]]:
    """Return a region's lines from the top, its ticks among their words."""
    for tick in ticks:
        near = min(lines, key=lambda line: abs(_middle(line) - tick.middle), default=None)
        if near is not None and abs(_middle(near) - tick.middle) < tick.height:
            near.append(tick)
            near.sort(key=lambda word: word.left)
        else:
            lines.append([tick])
    return sorted(lines, key=_middle)


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
        elif not _full(lines[at - 1], line, right):
            out += "\n" + text
        else:
            out += text if _cut_word(out, text) else " " + text
    return out


def _full(line: Sequence[Word], following: Sequence[Word], right: int) -> bool:
    """Return whether a line had no room for the first word of the following one."""
    height = max(word.height for word in line)
    end, left = line[-1].right, min(line[0].left, following[0].left)
    if end + following[0].width + 0.8 * height > right:
        return True
    # Office suites do not part all words where they could: a sentence that goes on is told by its small letter.
    goes_on = following[0].text[:1].islower() and line[-1].text[-1:] not in ".:;!?"
    return goes_on and end - left > 0.7 * (right - left)


def _cut_word(before: str, after: str) -> bool:
    """Return whether a word goes on in the next line: behind a hyphen of its own, or in an address."""
    last, first = (
        before.rsplit(None, 1)[-1] if before.split() else "",
        after.split(None, 1)[0] if after.split() else "",
    )
    if re.search(r"[^\W\d_]-$", last) and first[:1].islower():
        return True
    if re.search(r"\d-$", last) and first[:1].isdigit():
        return True
    address = last + first
    return bool(
        re.fullmatch(r"[\w.+-]+@[\w.-]+\.[a-z]{2,6}", address, re.ASCII)
        and (
            "@" in first
            or not re.search(r"@[\w-]+(\.[\w-]+)*\.(?:ua|com|net|org|bg|eu|info)$", last, re.ASCII)
        )
    )


def mended(text: str) -> str:
    """Return a line of text without what tesseract is known to mix up: letters of two alphabets in one word."""
    others = len(re.findall(r"[\u0400-\u04ff]", text)) > len(re.findall(r"[A-Za-z]", text))
    text = " ".join(_mended_word(word, among_cyrillic=others) for word in text.split())
    # A plus is so thin that it is taken for a dash.
    return re.sub(r"(?<![\w)])[-–—]{1,2} ?(?=38 ?\(?0\d\d)", "+", text)


def _mended_word(word: str, *, among_cyrillic: bool) -> str:
    if "@" in word or re.search(r"(?:https?:|www\.)", word):
        return word.translate(_TO_LATIN)
    word = re.sub(r"(?<=[^\W\d_])['`‘ʼ](?=[^\W\d_])", "’", word)
    cyrillic = len(re.findall(r"[\u0400-\u04ff]", word))
    latin = len(re.findall(r"[A-Za-z]", word))
    only_alike = latin and not re.search(r"[A-Za-z]", word.translate(_TO_CYRILLIC))
    # Alone, «a», «i» or «III» among Cyrillic words is Cyrillic as well; longer words may be truly Latin.
    short = among_cyrillic and (latin <= 2 or re.fullmatch(r"[\W\dI]+", word))
    if only_alike and (cyrillic or short):
        return word.translate(_TO_CYRILLIC)
    return word

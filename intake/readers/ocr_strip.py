"""Many small regions of a page read at once: laid under one another on a strip, and the words put back.

A strip has one column whatever the page has, so columns never run into each other, and tesseract is started
once for all.
"""

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
INK = 150
# Paper is paler than this, once its light is evened out.
PALE = 190


def trimmed(page: Gray, region: Box) -> Box | None:
    """Return the part of a region that has ink, with a little white around; None when it is empty.

    What is left of lines along its edges is painted white.
    """
    patch = page[region.top : region.bottom, region.left : region.right]
    ink = (patch < INK).astype(np.uint8)
    _clear_fringe(ink, patch)
    # Specks go; where ink begins and ends is not theirs to say.
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


def around(line: Sequence[Word], page: Gray) -> Box:
    """Return the box of some words, with a little white around."""
    return Box(
        max(0, min(word.left for word in line) - 8),
        max(0, min(word.top for word in line) - 6),
        min(page.shape[1], max(word.right for word in line) + 8),
        min(page.shape[0], max(word.top + word.height for word in line) + 6),
    )


def _clear_fringe(ink: Gray, patch: Gray) -> None:
    """Take out thin pieces that touch the edges of a patch."""
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


def read(
    page: Gray, boxes: Sequence[Box | None], until: float, languages: tuple[str, ...] = LANGUAGES
) -> list[list[Word]]:
    """Return the words in each box, in order, with places on the page. Raises `Refused` as `ocr_tesseract` does."""
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
    for word in words(_whitened(picture), until, languages):
        nth = int(np.searchsorted(edges, word.middle))
        region, box = strip[nth]
        found[region].append(
            replace(word, left=word.left - GAP + box.left, top=word.top - tops[nth] + box.top)
        )


def _whitened(picture: Gray) -> Gray:
    """Return a strip with its paper as white as what was put between, so that no grey patch has an edge."""
    paper = picture[::5, ::5]
    paper = paper[(paper > PALE) & (paper < 255)]
    if not paper.size:
        return picture
    usual = float(np.median(paper))
    grain = 1.48 * float(np.median(np.abs(paper - usual)))
    levels = np.arange(256) * (255 / max(PALE, usual - 3 * grain - 3))
    return cv2.LUT(picture, np.minimum(levels, 255).astype(np.uint8))

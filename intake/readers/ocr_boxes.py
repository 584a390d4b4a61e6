"""Boxes to tick: small squares among the text, empty or crossed.

Tesseract has no letter for them, so they are found by their four straight sides, painted out of the picture and
told as words of their own.
"""

from collections.abc import Sequence

import cv2
import numpy as np

from intake.readers.ocr_tesseract import Gray, Word

SMALLEST, LARGEST = 20, 64
# So much of each side must be ink, and of all four together; corners are rubbed off on a coarse scan.
SIDE, SIDES = 0.82, 0.88
# So much of what is around it the white in an empty box covers; in a letter O it is less.
HOLE = 0.85
# So much of the inside must be ink for a tick.
TICKED = 0.12


def take_out(page: Gray) -> list[Word]:
    """Return the boxes on a page as words «☐» and «☒», and paint them white in the picture."""
    ink = cv2.adaptiveThreshold(page, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 41, 20)
    level = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((1, SMALLEST - 6), np.uint8))
    plumb = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((SMALLEST - 6, 1), np.uint8))
    frames = cv2.bitwise_or(level, plumb)
    found: list[Word] = []
    outlines, _ = cv2.findContours(
        cv2.dilate(frames, np.ones((2, 2), np.uint8)), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE
    )
    for outline in outlines:
        left, top, width, height = _tight(frames, cv2.boundingRect(outline))
        if not (
            SMALLEST <= width <= LARGEST and SMALLEST <= height <= LARGEST and 0.75 < width / height < 1.33
        ):
            continue
        if not _framed(ink[top : top + height, left : left + width]):
            continue
        if not _alone(ink, left, top, width, height):
            continue
        inside = ink[
            top + height // 4 : top + height - height // 4, left + width // 4 : left + width - width // 4
        ]
        mark = "☒" if float((inside > 0).mean()) > TICKED else "☐"
        if mark == "☐" and _is_round(ink[top : top + height, left : left + width]):
            continue
        found.append(Word(mark, left, top, width, height))
        page[max(0, top - 3) : top + height + 3, max(0, left - 3) : left + width + 3] = 255
    return found


def _alone(ink: Gray, left: int, top: int, width: int, height: int) -> bool:
    """Return whether there is white on both sides: a letter has others next to it."""
    gap = max(4, width // 6)
    before = ink[top : top + height, max(0, left - 1 - gap) : max(0, left - 1)]
    after = ink[top : top + height, left + width + 1 : left + width + 1 + gap]
    return int((before > 0).sum()) <= height // 8 and int((after > 0).sum()) <= height // 8


def _tight(frames: Gray, around: Sequence[int]) -> tuple[int, int, int, int]:
    """Return the place of a frame, as left, top, width and height, without the white around it."""
    left, top, width, height = around
    x, y, wide, tall = cv2.boundingRect(frames[top : top + height, left : left + width])
    return left + x, top + y, wide, tall


def _framed(patch: Gray) -> bool:
    """Return whether ink runs along all four sides of a patch."""
    height, width = patch.shape[:2]
    # Round letters reach their sides in the middle only, and never the corners.
    band = max(3, min(height, width) // 9)
    sides = (
        patch[:band].any(axis=0),
        patch[-band:].any(axis=0),
        patch[:, :band].any(axis=1),
        patch[:, -band:].any(axis=1),
    )
    inked = [float(side.mean()) for side in sides]
    return min(inked) > SIDE and sum(inked) > SIDES * len(inked)


def _is_round(patch: Gray) -> bool:
    """Return whether the hole in a patch is round: it is a capital O, whose outline is square enough when small."""
    count, _, facts, _ = cv2.connectedComponentsWithStats(cv2.bitwise_not(patch), connectivity=4)
    width, height, area = max(facts[1:count, 2:5].tolist(), key=lambda hole: hole[2], default=(1, 1, 0))
    return bool(area < HOLE * width * height)

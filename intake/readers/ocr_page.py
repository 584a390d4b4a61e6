"""A photographed or scanned page made flat: light evened out, perspective and tilt taken away, turned upright.

It works by what forms have in plenty: ruled lines, rows of text and the edges of the sheet. Where they are too
few to be sure, it changes less.
"""

import math
from typing import Any, TypeAlias

import cv2
import numpy as np

from intake.readers.ocr_tesseract import Gray, quarter_turns

# The longer side of a page as it is read: A4 at about 250 dots an inch.
LONG_SIDE = 2900
# Nobody photographs a form at a steeper angle than this, in degrees.
MAX_TILT = 25.0
# Darker is ink, once the light is evened out. So much of it may lie beyond the part that tells which way is up, which
# has some white around and is no larger than this.
INK = 130
EDGES, MARGIN = 0.03, 20
WAY_UP_SIDE = 1500
# A picture is of black and white when of its ink so small a share is in between.
DARK, LIGHT, HARD_EDGES = 60, 200, 0.12
# On a page of `LONG_SIDE`: specks have no more pixels, and stairs are made round within so many.
SPECK, SOFT = 9, 1.4
# With so many more specks than letters, specks are no pieces of letters.
PEPPERED = 1.0
# Of a sheet's outline, its four corners enclose so much.
WHOLE = 0.97
# A segment may differ so much from what its neighbours say, in degrees.
STRAY = 0.8
# Rows of x1, y1, x2, y2.
Segments: TypeAlias = Any


def flat(picture: Gray, until: float) -> Gray:
    """Return the page of a grey picture: white paper, level lines, upright, `LONG_SIDE` pixels long.

    `until` is the end of the time allowed. Raises `Refused` as `ocr_tesseract` does.
    """
    if _bilevel(picture):
        picture = _clean(picture)
    scale = LONG_SIDE / max(picture.shape)
    picture = cv2.resize(
        picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    )
    sheet = _sheet(picture)
    page = even(picture)
    outside = _outside(sheet, page.shape) if sheet is not None else np.zeros(page.shape, np.bool_)
    segments = _segments(picture, page, outside)
    page[outside] = 255
    page = _level(page, segments, sheet)
    turns = quarter_turns(_written(page), until)
    return np.ascontiguousarray(np.rot90(page, -turns)) if turns else page


def _bilevel(picture: Gray) -> bool:
    """Return whether a picture knows hardly more than black and white, as fax machines and many scanners make them."""
    dark, middling = (float(part.mean()) for part in (picture < DARK, (picture >= DARK) & (picture < LIGHT)))
    return middling < HARD_EDGES * dark


def _clean(picture: Gray) -> Gray:
    """Return a black-and-white picture without its specks and pinholes, its stairs made round: letters as eyes see them.

    A pale page has hardly any specks: what is as small there is a piece of a letter.
    """
    ink = (picture < INK).astype(np.uint8)
    count, _, facts, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    least = max(2, round(SPECK * (max(picture.shape) / LONG_SIDE) ** 2))
    marks = facts[1:count, cv2.CC_STAT_AREA] > least
    if (~marks).sum() > PEPPERED * marks.sum():
        # The white within the black is cleaned like the black within the white.
        ink = _without_specks(1 - _without_specks(ink, least), least)
        ink = 1 - ink
    return cv2.GaussianBlur(255 - ink * 255, (0, 0), SOFT * max(picture.shape) / LONG_SIDE)


def _without_specks(ink: Gray, least: int) -> Gray:
    count, labels, facts, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    kept = (facts[:count, cv2.CC_STAT_AREA] > least).astype(np.uint8)
    kept[0] = 0
    return kept[labels]


def even(picture: Gray) -> Gray:
    """Return the picture with its light evened out: paper white, ink dark, shadows gone."""
    small = cv2.resize(picture, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    # Ink is thinner than the kernel: what is left is paper.
    paper = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((15, 15), np.uint8))
    paper = cv2.GaussianBlur(cv2.medianBlur(paper, 21), (0, 0), 8)
    paper = cv2.resize(paper, (picture.shape[1], picture.shape[0]), interpolation=cv2.INTER_LINEAR)
    return cv2.divide(picture, np.maximum(paper, 30), scale=245)


def _sheet(picture: Gray) -> Gray | None:
    """Return the outline of a sheet that lies on something darker, or None when there is none to be sure of."""
    small = cv2.resize(picture, None, fx=0.125, fy=0.125, interpolation=cv2.INTER_AREA)
    paper = cv2.GaussianBlur(cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8)), (0, 0), 3)
    level, bright = cv2.threshold(paper, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    outlines, _ = cv2.findContours(bright, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    if not outlines:
        return None
    hull = cv2.convexHull(max(outlines, key=cv2.contourArea))
    inside = np.zeros(paper.shape, np.uint8)
    cv2.fillConvexPoly(inside, hull, 255)
    share = float((inside > 0).mean())
    solid = cv2.contourArea(max(outlines, key=cv2.contourArea)) / max(cv2.contourArea(hull), 1)
    if not 0.25 < share < 0.985 or solid < 0.93:
        return None
    contrast = cv2.mean(paper, inside)[0] - cv2.mean(paper, cv2.bitwise_not(inside))[0]
    if contrast < 40 or level <= 0:
        return None
    corners = cv2.approxPolyDP(hull, 0.03 * cv2.arcLength(hull, closed=True), closed=True)
    # Where a corner is in shadow, a part of the paper is as dark as what it lies on, and must not be cut off.
    if len(corners) != 4 or cv2.contourArea(corners) < WHOLE * cv2.contourArea(hull):
        return None
    return (hull.reshape(-1, 2) * 8).astype(np.int32)


def _outside(sheet: Gray, shape: tuple[int, ...]) -> Gray:
    inside: Gray = np.zeros(shape[:2], np.uint8)
    cv2.fillConvexPoly(inside, sheet, 255)
    # The very edge is a shadow or a fringe.
    return cv2.erode(inside, np.ones((31, 31), np.uint8), borderValue=(255,)) == 0


def _written(page: Gray) -> Gray:
    """Return the part of a page that its way up is told by: where most of the ink is, not too large."""
    ink = (page < INK).astype(np.uint8)
    parts = []
    for along in (ink.sum(axis=1), ink.sum(axis=0)):
        mass = np.cumsum(along) / max(1, int(along.sum()))
        low, high = (int(np.searchsorted(mass, share)) for share in (EDGES, 1 - EDGES))
        parts.append(slice(max(0, low - MARGIN), high + MARGIN))
    part = page[parts[0], parts[1]]
    scale = min(1.0, WAY_UP_SIDE / max(part.shape))
    return cv2.resize(part, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)


# --- level ---------------------------------------------------------------------------------------------------------


def _level(page: Gray, segments: Segments, sheet: Gray | None) -> Gray:
    """Return the page with its lines level and plumb, cropped to the sheet."""
    height, width = page.shape[:2]
    centre = np.array([width / 2, height / 2, width / 2, height / 2])
    segments = (segments - centre) / LONG_SIDE
    across, down = _vanishing(segments, upright=False), _vanishing(segments, upright=True)
    if across is None and down is None:
        return page
    if across is None:
        across = np.array([down[1], -down[0], 0.0]) if down is not None else np.array([1.0, 0, 0])
    if down is None:
        down = np.array([-across[1], across[0], 0.0])
    across = across / math.hypot(across[0], across[1]) * np.sign(across[0])
    down = down / math.hypot(down[0], down[1]) * np.sign(down[1])
    # Columns: where the level direction, the plumb direction and the middle come from.
    back = np.column_stack([across, down, [0.0, 0.0, 1.0]])
    to_unit = np.array([[1 / LONG_SIDE, 0, -0.5 * width / LONG_SIDE], [0, 1 / LONG_SIDE, -0.5 * height / LONG_SIDE], [0, 0, 1]])  # fmt: skip
    forth = np.linalg.inv(to_unit) @ np.linalg.inv(back) @ to_unit
    outline = sheet if sheet is not None else np.array([[0, 0], [width, 0], [width, height], [0, height]])
    corners = cv2.perspectiveTransform(outline.reshape(-1, 1, 2).astype(np.float64), forth).reshape(-1, 2)
    (left, top), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
    if not (0.4 < (right - left) / width < 2.5 and 0.4 < (bottom - top) / height < 2.5):
        return page
    scale = LONG_SIDE / max(right - left, bottom - top)
    place = np.array([[scale, 0, -left * scale], [0, scale, -top * scale], [0, 0, 1.0]])
    size = (round((right - left) * scale), round((bottom - top) * scale))
    return cv2.warpPerspective(page, place @ forth, size, flags=cv2.INTER_CUBIC, borderValue=(255,))


def _segments(picture: Gray, page: Gray, outside: Gray) -> Segments:
    """Return straight segments, x1, y1, x2, y2 in each row: ruled lines, the sheet's edges, rows of text.

    Lines are sought in the picture as it came, for in `page` the light was evened out, and with it the sheet's edges.
    """
    small = cv2.resize(picture, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    found = cv2.createLineSegmentDetector(cv2.LSD_REFINE_NONE).detect(small)[0]
    lines = np.zeros((0, 4)) if found is None else found.reshape(-1, 4).astype(np.float64) * 2
    # A rule is cut where others cross it, so a piece may be as short as a row is high; strokes of letters are shorter.
    long = np.hypot(lines[:, 2] - lines[:, 0], lines[:, 3] - lines[:, 1]) > LONG_SIDE / 60
    small = cv2.resize(page, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    every = np.vstack([lines[long], _text_rows(small) * 2])
    middle = ((every[:, :2] + every[:, 2:]) / 2).astype(int)
    far = cv2.erode(outside.astype(np.uint8), np.ones((41, 41), np.uint8))
    height, width = far.shape
    return every[far[middle[:, 1].clip(0, height - 1), middle[:, 0].clip(0, width - 1)] == 0]


def _text_rows(small: Gray) -> Segments:
    """Return a segment along each long row of text, whichever way the page lies."""
    ink = cv2.adaptiveThreshold(small, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 31, 20)
    level, plumb = (_runs(ink, shape) for shape in ((1, 13), (13, 1)))
    # Letters also touch across rows, by chance: the direction text really runs in has more and longer runs.
    return max(
        level, plumb, key=lambda runs: float(np.hypot(runs[:, 2] - runs[:, 0], runs[:, 3] - runs[:, 1]).sum())
    )


def _runs(ink: Gray, kernel: tuple[int, int]) -> Segments:
    """Return a segment along each long thin patch that ink makes when its small gaps are closed."""
    closed = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones(kernel, np.uint8))
    out = []
    for outline in cv2.findContours(closed, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)[0]:
        (x, y), (w, h), angle = cv2.minAreaRect(outline)
        if w < h:
            w, h, angle = h, w, angle + 90
        if w > LONG_SIDE / 18 and 4 < h < w / 6:
            # Rows of text are rougher than rules: they weigh a third.
            dx, dy = math.cos(math.radians(angle)) * w / 6, math.sin(math.radians(angle)) * w / 6
            out.append((x - dx, y - dy, x + dx, y + dy))
    return np.array(out, np.float64).reshape(-1, 4)


def _vanishing(segments: Segments, *, upright: bool) -> Segments | None:
    """Return the point (homogeneous) where the level or the upright segments meet; None when too few agree."""
    dx, dy = segments[:, 2] - segments[:, 0], segments[:, 3] - segments[:, 1]
    along, aside = (dy, dx) if upright else (dx, dy)
    # Angles from the axis, in degrees, between -90 and 90.
    angle = np.degrees(np.arctan(aside / np.where(np.abs(along) < 1e-9, 1e-9, along)))
    chosen = np.abs(angle) < MAX_TILT
    segments, angle = segments[chosen], angle[chosen]
    weight = np.hypot(segments[:, 2] - segments[:, 0], segments[:, 3] - segments[:, 1])
    if weight.sum() < 0.3:
        return None
    middle = (segments[:, :2] + segments[:, 2:]) / 2
    where, beside = (middle[:, 0], middle[:, 1]) if upright else (middle[:, 1], middle[:, 0])
    line = _trend(where, angle, weight)
    # A line's own place is where it crosses the middle of the page, not where its piece happens to lie.
    bend = 1 + math.radians(line[1]) * beside
    where = (where - math.tan(math.radians(line[0])) * beside) / np.maximum(bend, 0.5)
    line = _trend(where, angle, weight)
    keep = np.abs(angle - (line[0] + line[1] * where)) < STRAY
    if weight[keep].sum() < 0.25:
        return None
    # The trend says it all: level lines at height y have the slope a + b·y, so they meet where b times x is one.
    tilt, spread = np.radians(line[0]), np.radians(line[1])
    if upright:
        return np.array([math.tan(tilt), 1.0, -spread])
    return np.array([1.0, math.tan(tilt), -spread])


def _trend(where: Segments, angle: Segments, weight: Segments) -> tuple[float, float]:
    """Return a and b of angle = a + b·where, by repeated least squares that forgets what strays; b is 0 when unsure."""
    order = np.argsort(angle)
    total = np.cumsum(weight[order])
    start, slope = float(angle[order][np.searchsorted(total, total[-1] / 2)]), 0.0
    reach = 10.0
    for _ in range(8):
        near = np.abs(angle - (start + slope * where)) < reach
        w, x, y = weight[near], where[near], angle[near]
        if w.sum() <= 0:
            break
        mean_x, mean_y = float(np.average(x, weights=w)), float(np.average(y, weights=w))
        spread = float(np.average((x - mean_x) ** 2, weights=w))
        slope = float(np.average((x - mean_x) * (y - mean_y), weights=w)) / spread if spread > 0.01 else 0.0
        start = mean_y - slope * mean_x
        reach = max(reach * 0.6, STRAY)
    return start, slope

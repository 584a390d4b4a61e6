"""Paper that did not lie flat: ruled lines that bow tell how, and the page is made straight by them.

A page without long ruled lines stays as it is.
"""

import cv2
import numpy as np

from intake.readers.ocr_tesseract import Gray

# A line says something of the bend when it runs across so much of the page.
LONG = 0.3
STEP = 24
# Fewer pixels of bend are no harm; more is no paper.
LEAST, MOST = 3.0, 90.0
MIN_LINES = 4
DEGREE = 4


def straight(page: Gray, level: Gray) -> Gray | None:
    """Return the page with its level lines made straight; None when they are so already or there are too few.

    `level` is the mask of the level lines.
    """
    height, width = page.shape[:2]
    at = _points(level, round(width * LONG))
    if at is None:
        return None
    line, x, y = at
    u, v = x / width * 2 - 1, y / height * 2 - 1
    powers = np.stack([u**n for n in range(1, DEGREE + 1)], axis=1)
    # Every line has its own height; what they have in common is the bend, which may change from top to bottom.
    own = np.eye(int(line.max()) + 1)[line]
    terms = np.hstack([own, powers, powers * v[:, None]])
    found = np.linalg.lstsq(terms, y, rcond=None)[0]
    off = np.abs(y - terms @ found) < 4
    if off.mean() < 0.7:
        return None
    found = np.linalg.lstsq(terms[off], y[off], rcond=None)[0]
    bend, twist = found[-2 * DEGREE : -DEGREE], found[-DEGREE:]
    across = np.linspace(-1, 1, width)
    powers = np.stack([across**n for n in range(1, DEGREE + 1)])
    down = np.linspace(-1, 1, height)[:, None]
    shift = (bend @ powers)[None, :] + down * (twist @ powers)[None, :]
    inside = shift[:, int(x.min()) : int(x.max())]
    if not LEAST < float(np.abs(inside).max()) < MOST:
        return None
    columns: Gray
    rows: Gray
    columns, rows = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    # Beyond the outermost lines the bend is not known: it stays what it was there.
    shift[:, : int(x.min())] = shift[:, [int(x.min())]]
    shift[:, int(x.max()) :] = shift[:, [int(x.max()) - 1]]
    return cv2.remap(page, columns, rows + shift.astype(np.float32), cv2.INTER_CUBIC, borderValue=(255,))


def _points(level: Gray, long: int) -> tuple[Gray, Gray, Gray] | None:
    """Return points on long level lines: which line, x, y. None when there are too few lines."""
    count, labels, facts, _ = cv2.connectedComponentsWithStats(level, connectivity=8)
    lines, xs, ys = [], [], []
    number = 0
    for at in range(1, count):
        left, top, width, height = (int(value) for value in facts[at, :4])
        # Patches where several lines meet are no line.
        if width < long or height > MOST:
            continue
        patch = labels[top : top + height, left : left + width] == at
        columns = np.arange(0, width, STEP)
        ink = patch[:, columns]
        thick = ink.sum(axis=0)
        middle = (ink * np.arange(height)[:, None]).sum(axis=0) / np.maximum(thick, 1)
        good = (thick > 0) & (thick < 14)
        if good.sum() < 8:
            continue
        lines.append(np.full(int(good.sum()), number))
        xs.append((left + columns[good]).astype(float))
        ys.append(top + middle[good])
        number += 1
    if number < MIN_LINES:
        return None
    return np.concatenate(lines), np.concatenate(xs), np.concatenate(ys)

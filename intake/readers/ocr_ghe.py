"""The letter Ґ, which tesseract reads as Г: told by the stroke that rises at the right end of its bar.

Only a capital that begins a word is looked at, for names; a smaller one cannot be told from a smudge.
"""

from dataclasses import replace

import cv2
import numpy as np

from intake.readers import ocr_strip
from intake.readers.ocr_tesseract import Gray, Word

# So tall in pixels a letter must be; of its height, so much is the rising stroke.
SMALLEST = 18
STROKE = 0.11
# Of its width, the stroke begins at least so far to the right.
RIGHT = 0.5


def restored(page: Gray, word: Word) -> Word:
    """Return a word that begins with Г with Ґ instead when that is what is seen."""
    if word.text[:1] != "Г":
        return word
    patch = page[word.top : word.top + word.height, word.left : word.left + word.height]
    ink = (patch < ocr_strip.INK).astype(np.uint8)
    count, labels, facts, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    letters = [at for at in range(1, count) if facts[at, cv2.CC_STAT_HEIGHT] >= SMALLEST]
    first = min(letters, key=lambda at: int(facts[at, cv2.CC_STAT_LEFT]), default=None)
    if first is None:
        return word
    left, top, width, height = (int(value) for value in facts[first, :4])
    above = labels[top : top + max(2, round(STROKE * height)), left : left + width] == first
    begins = int(np.flatnonzero(above.any(axis=0))[0])
    return replace(word, text="Ґ" + word.text[1:]) if begins > RIGHT * width else word

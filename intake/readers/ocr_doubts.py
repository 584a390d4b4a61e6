"""Second readings: what tesseract mixes up when it knows two alphabets is read once more with one of them.

E-mail addresses are Latin; of «Telegram-канал» one part is, the other is not; «NIB» among Ukrainian words is «ПІБ».
Only a much surer reading takes the place of the first.
"""

import dataclasses
import re
from collections.abc import Sequence

import numpy as np

from intake.readers import ocr_addresses, ocr_strip
from intake.readers.ocr_cells import Box
from intake.readers.ocr_strip import around
from intake.readers.ocr_tesseract import Gray, Word

# A word read with less is doubtful; a second reading must reach the other, and lead by so much.
DOUBT, SURE, LEAD = 93.0, 90.0, 10.0
# On a page with more doubtful words nothing is sure anyway.
MAX_DOUBTS = 30
# Longer words are not read again alone, and unsure ones only below this.
MAX_LENGTH, ODD = 12, 80.0
_LATIN = re.compile(r"\W*[A-Za-z]{2,}\W*")
_LETTERS = re.compile(r"\W*[^\W\d_]+\W*")

Line = list[Word]


def settle(page: Gray, lines: Sequence[Line], until: float) -> None:
    """Put second readings in place of doubtful words. Raises `Refused` as `ocr_tesseract` does."""
    addresses = list(ocr_addresses.suspects(page, lines))
    halves = [
        (line, word, cut)
        for line in lines
        for word in line
        if _hyphenated(word) and (cut := _hyphen(page, word)) is not None
    ][:MAX_DOUBTS]
    latin = [
        (line, word) for line in lines for word in line if _is_odd(word) and len(word.text) <= MAX_LENGTH
    ][:MAX_DOUBTS]
    singles = [around([word], page) for _, word in latin]
    parts = [box for _, word, cut in halves for box in _parts(word, cut, page)]
    if not (addresses or parts or singles):
        return
    whole = [around(words, page) for _, words in addresses]
    english = ocr_strip.read(page, [*whole, *singles, *parts], until, ("eng",))
    for (line, words), again in zip(addresses, english[: len(whole)], strict=True):
        ocr_addresses.take(page, line, words, again)
    english = english[len(whole) :]
    if not (parts or singles):
        return
    ukrainian = ocr_strip.read(page, [*singles, *parts], until, ("ukr",))
    for (line, word), ours, theirs in zip(latin, ukrainian, english, strict=False):
        if _LATIN.fullmatch(word.text):
            if _sure(ours) > max(_sure(theirs), word.sure) + 3 and _sure(ours) >= SURE:
                _replace(line, word, _said(ours))
        elif (
            _sure(theirs) >= SURE
            and _sure(theirs) > max(_sure(ours), word.sure) + LEAD
            and _LATIN.fullmatch(_said(theirs))
        ):
            _replace(line, word, _said(theirs))
    ukrainian, english = ukrainian[len(singles) :], english[len(singles) :]
    for at, (line, word, _) in enumerate(halves):
        said = [
            _better(part, ours, theirs)
            for part, ours, theirs in zip(
                word.text.split("-", 1), ukrainian[2 * at :], english[2 * at :], strict=False
            )
        ]
        _replace(line, word, "-".join(said))


def _is_odd(word: Word) -> bool:
    """Return whether a word may be of the other alphabet: Latin letters, or Cyrillic ones that are not sure at all."""
    return _LATIN.fullmatch(word.text) is not None or (
        word.sure < ODD and _LETTERS.fullmatch(word.text) is not None and len(word.text) > 2
    )


def _sure(found: Sequence[Word]) -> float:
    return min((word.sure for word in found), default=0.0)


def _said(found: Sequence[Word]) -> str:
    return " ".join(word.text for word in found)


def _better(part: str, ours: Sequence[Word], theirs: Sequence[Word]) -> str:
    """Return a part of a word as the alphabet reads it that is surer of it."""
    if _sure(theirs) >= SURE and _sure(theirs) > _sure(ours) + LEAD and _LATIN.fullmatch(_said(theirs)):
        return _said(theirs)
    if _sure(ours) >= SURE and _LETTERS.fullmatch(_said(ours)):
        return _said(ours)
    return part


def _replace(line: Line, word: Word, text: str) -> None:
    # It is gone when it was part of an address.
    if word in line:
        line[line.index(word)] = dataclasses.replace(word, text=text)


# --- parts of words --------------------------------------------------------------------------------------------------


def _hyphenated(word: Word) -> bool:
    """Return whether a word has two parts of letters and is doubtful: unsure, or with a figure among its letters."""
    parted = re.search(r"[^\W_]{2,}-[^\W\d_]{2,}", word.text) is not None and "@" not in word.text
    figure = re.search(r"\d[^\W\d_]|[^\W\d_]\d", word.text) is not None
    return parted and (word.sure < DOUBT or figure or _LATIN.match(word.text) is not None)


def _hyphen(page: Gray, word: Word) -> tuple[int, int] | None:
    """Return the columns of the page where a word's hyphen stands; None when it cannot be made out."""
    ink = page[word.top : word.top + word.height, word.left : word.right] < ocr_strip.INK
    tall, first = ink.sum(axis=0), ink.argmax(axis=0)
    thin = (tall > 0) & (tall <= max(4, word.height // 5)) & (first > word.height // 4)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], thin.astype(np.int8), [0]])))
    wanted = (word.text.index("-") + 0.5) / len(word.text) * word.width
    runs = [
        (int(start), int(end))
        for start, end in zip(edges[::2], edges[1::2], strict=True)
        if end - start >= 5 and abs((start + end) / 2 - wanted) < word.width / 5
    ]
    found = min(runs, key=lambda run: abs((run[0] + run[1]) / 2 - wanted), default=None)
    return (word.left + found[0], word.left + found[1]) if found else None


def _parts(word: Word, cut: tuple[int, int], page: Gray) -> tuple[Box, Box]:
    whole = around([word], page)
    return (
        Box(whole.left, whole.top, max(cut[0] - 1, whole.left + 1), whole.bottom),
        Box(min(cut[1] + 1, whole.right - 1), whole.top, whole.right, whole.bottom),
    )

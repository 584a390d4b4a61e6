"""Second readings: what tesseract mixes up when it knows two alphabets is read once more with one of them.

E-mail addresses are Latin; of «Telegram-канал» one part is, the other is not; «NIB» among Ukrainian words is «ПІБ».
Only a much surer reading takes the place of the first.
"""

import dataclasses
import re
from collections.abc import Sequence

import numpy as np

from intake.readers import ocr_strip
from intake.readers.ocr_cells import Box
from intake.readers.ocr_tesseract import Gray, Word

ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)*[.-]?", re.ASCII)
# A word read with less is doubtful; a second reading must reach the other, and lead by so much.
DOUBT, SURE, LEAD = 93.0, 90.0, 10.0
# On a page with more doubtful words nothing is sure anyway.
MAX_DOUBTS = 30
_LATIN = re.compile(r"\W*[A-Za-z]{2,}\W*")
_LETTERS = re.compile(r"\W*[^\W\d_]+\W*")

Line = list[Word]


def settle(page: Gray, lines: Sequence[Line], until: float) -> None:
    """Put second readings in place of doubtful words. Raises `Refused` as `ocr_tesseract` does."""
    addresses = [line for line in lines if any("@" in word.text for word in line)]
    halves = [
        (line, word, cut)
        for line in lines
        for word in line
        if _hyphenated(word) and (cut := _hyphen(page, word)) is not None
    ][:MAX_DOUBTS]
    latin = [
        (line, word)
        for line in lines
        for word in line
        if _LATIN.fullmatch(word.text) and len(word.text) <= 12
    ][:MAX_DOUBTS]
    singles = [_around([word], page) for _, word in latin]
    parts = [box for _, word, cut in halves for box in _parts(word, cut, page)]
    if not (addresses or parts or singles):
        return
    whole = [_around(line, page) for line in addresses]
    english = ocr_strip.read(page, [*whole, *singles, *parts], until, ("eng",))
    for line, again in zip(addresses, english[: len(whole)], strict=True):
        _take_addresses(page, line, again)
    english = english[len(whole) :]
    if not (parts or singles):
        return
    ukrainian = ocr_strip.read(page, [*singles, *parts], until, ("ukr",))
    for (line, word), ours, theirs in zip(latin, ukrainian, english, strict=False):
        if _sure(ours) > max(_sure(theirs), word.sure) + 3 and _sure(ours) >= SURE:
            _replace(line, word, _said(ours))
    ukrainian, english = ukrainian[len(singles) :], english[len(singles) :]
    for at, (line, word, _) in enumerate(halves):
        said = [
            _better(part, ours, theirs)
            for part, ours, theirs in zip(
                word.text.split("-", 1), ukrainian[2 * at :], english[2 * at :], strict=False
            )
        ]
        _replace(line, word, "-".join(said))


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


# --- addresses -------------------------------------------------------------------------------------------------------


def _take_addresses(page: Gray, line: Line, latin: Sequence[Word]) -> None:
    """Put the addresses of a line that was read as Latin in place of what stood there."""
    for glued in _glued(page, latin):
        # «0.» before a surname is somebody's initial.
        address = dataclasses.replace(glued, text=re.sub(r"^[0O]\.(?=[a-z]{3})", "o.", glued.text))
        if ADDRESS.fullmatch(address.text):
            line[:] = sorted(
                [
                    *(
                        word
                        for word in line
                        if word.right <= address.left + 5 or word.left >= address.right - 5
                    ),
                    address,
                ],
                key=lambda word: word.left,
            )


def _glued(page: Gray, latin: Sequence[Word]) -> list[Word]:
    """Return words, those put together that are one address: parted at its @, or by an underscore taken for a blank."""
    out: list[Word] = []
    for word in latin:
        before = out[-1] if out else None
        if (
            before is not None
            and re.fullmatch(r"[\w.+-]+@?[\w.-]*", before.text, re.ASCII)
            and "@" in before.text + word.text
        ):
            between = ""
            parted = before.text[-1] in "@.-" or word.text[0] in "@.-"
            near = word.left - before.right < word.height
            if not parted and "@" not in before.text and _underscore(page, before, word):
                between, near = "_", True
            if near and (parted or between):
                out[-1] = Word(
                    before.text + between + word.text,
                    before.left,
                    min(before.top, word.top),
                    word.right - before.left,
                    max(before.height, word.height),
                    before.line,
                    min(before.sure, word.sure),
                )
                continue
        out.append(word)
    return out


def _underscore(page: Gray, before: Word, after: Word) -> bool:
    """Return whether a low stroke fills the gap between two words."""
    bottom = max(before.top + before.height, after.top + after.height)
    gap = page[bottom - before.height // 3 : bottom + before.height // 3, before.right + 1 : after.left - 1]
    return gap.size > 0 and float((gap < ocr_strip.INK).any(axis=0).mean()) > 0.6


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
    whole = _around([word], page)
    return (
        Box(whole.left, whole.top, max(cut[0] - 1, whole.left + 1), whole.bottom),
        Box(min(cut[1] + 1, whole.right - 1), whole.top, whole.right, whole.bottom),
    )


def _around(line: Sequence[Word], page: Gray) -> Box:
    return Box(
        max(0, min(word.left for word in line) - 8),
        max(0, min(word.top for word in line) - 6),
        min(page.shape[1], max(word.right for word in line) + 8),
        min(page.shape[0], max(word.top + word.height for word in line) + 6),
    )

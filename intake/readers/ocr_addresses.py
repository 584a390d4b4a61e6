"""E-mail addresses on scans: where one may stand, and what it says when it is read as Latin.

An underscore is taken for a blank, an @ for all kinds of letters; only what is an address in every letter is put in
place of what was read before.
"""

import dataclasses
import re
from collections.abc import Iterator, Sequence

from intake.readers import ocr_strip
from intake.readers.ocr_tesseract import Gray, Word

# A word that ends like an address; it may go on in the next line.
BEGUN = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)*[.-]?", re.ASCII)
ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[a-z]{2,10}", re.ASCII)
# What becomes of an @, and a word with a dot inside that nobody is sure of.
_SPOILED = re.compile(r"[^\W\d_](?:[©®]|\(?Ф)[^\W\d_]")
_DOTTED = re.compile(r"\W*[^\W_][\w()+-]*\.[\w.()-]*[^\W\d_]{2}\W*")
DOUBT = 92.0
# Of a word's height: nearer words are pieces of one.
PIECES, ONE_LETTER = 0.3, 0.9
PIECE_DOUBT = 80.0
MAX_SUSPECTS = 24

Line = list[Word]


def suspects(page: Gray, lines: Sequence[Line]) -> Iterator[tuple[Line, list[Word]]]:
    """Yield words that are or may be an address, with their line; an address in pieces is all of them."""
    count = 0
    for line in lines:
        at = 0
        while at < len(line):
            if not _suspect(line[at]):
                at += 1
                continue
            first, last = at, at
            while first > 0 and _of_one(page, line[first - 1], line[first]):
                first -= 1
            while last + 1 < len(line) and _of_one(page, line[last], line[last + 1]):
                last += 1
            count += 1
            if count <= MAX_SUSPECTS:
                yield line, line[first : last + 1]
            at = last + 1


def _suspect(word: Word) -> bool:
    if "@" in word.text or _SPOILED.search(word.text):
        return True
    return word.sure < DOUBT and _DOTTED.fullmatch(word.text) is not None


def _of_one(page: Gray, before: Word, after: Word) -> bool:
    gap = (after.left - before.right) / max(before.height, after.height)
    # The line of a cell swallows underscores: what is doubtful before an address is a piece of it.
    doubtful = "@" in after.text and before.sure < PIECE_DOUBT and gap < ONE_LETTER
    return gap < PIECES or doubtful or _underscore(page, before, after)


def _underscore(page: Gray, before: Word, after: Word) -> bool:
    """Return whether a low stroke, and nothing else, fills the gap between two words."""
    left, right = before.right + 1, after.left - 1
    if right - left < 4 or right - left > 2 * max(before.height, after.height):
        return False
    top = min(before.top, after.top)
    bottom = max(before.top + before.height, after.top + after.height)
    ink = page[top : bottom + (bottom - top) // 4, left:right] < ocr_strip.INK
    filled = ink.mean(axis=1)
    middle = round(0.6 * (bottom - top))
    return bool(ink.size) and float(filled[middle:].max()) > 0.75 and float(filled[:middle].max()) < 0.3


def take(page: Gray, line: Line, words: Sequence[Word], latin: Sequence[Word]) -> None:
    """Put an address in place of `words` of a line, when that is what they are in Latin letters (`latin`)."""
    text = ""
    for at, word in enumerate(latin):
        before = latin[at - 1]
        if at and (word.left - before.right > PIECES * word.height or _underscore(page, before, word)):
            text += "_"
        text += word.text
    # A box around or a bar before it is none of its letters; «0.» before a surname is somebody's initial.
    end = text[-1:] if text[-1:] in {",", ";", ")"} else ""
    text = re.sub(r"^[0O]\.(?=[a-z]{3})", "o.", text.strip("|[](){}<>,;:"))
    # The tail of a «g» is lost on coarse scans: there is no «qov» anywhere.
    text = text.replace(".qov.", ".gov.")
    known = any("@" in word.text for word in words)
    if not (BEGUN if known else ADDRESS).fullmatch(text):
        return
    first = line.index(words[0])
    bottom = max(word.top + word.height for word in words)
    top = min(word.top for word in words)
    line[first : first + len(words)] = [
        dataclasses.replace(
            words[0],
            text=text + end,
            top=top,
            width=words[-1].right - words[0].left,
            height=bottom - top,
            sure=min((word.sure for word in latin), default=0.0),
        )
    ]

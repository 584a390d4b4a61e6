"""The door to tesseract: a picture in, words with their places out.

The program is run as every system program is (`tools`), with one thread, and never sees a file's name.
"""

import csv
import io
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import cv2

from intake.readers import tools
from intake.readers.guard import Refused

# A picture of one grey octet a pixel, a NumPy array; its libraries are an extra that type checkers may not find.
Gray: TypeAlias = Any
LANGUAGES = ("ukr", "eng")
# Tesseract refuses pictures with a longer side.
MAX_SIDE = 32_000
MEMORY_MB = 700
_WORD_LEVEL = "5"
_PICTURE = "page.pgm"


@dataclass(frozen=True, slots=True)
class Word:
    """A word with its box in pixels. `line` is the same for words of one line; `sure` is tesseract's 0 to 100."""

    text: str
    left: int
    top: int
    width: int
    height: int
    line: tuple[int, ...] = ()
    sure: float = 100.0

    @property
    def right(self) -> int:
        """The column after the word's last one."""
        return self.left + self.width

    @property
    def middle(self) -> float:
        """The row through the middle of the word."""
        return self.top + self.height / 2


def words(picture: Gray, until: float, languages: tuple[str, ...] = LANGUAGES) -> list[Word]:
    """Return the words of an upright picture of one column of text, in reading order.

    `until` is the end of the time allowed, by `time.monotonic()`. Raises `Refused`: `tool` without the program or
    its languages, `too_slow`.
    """
    out = _run(picture, ("-l", "+".join(languages), "--psm", "6", "tsv"), until)
    found = []
    for row in csv.DictReader(io.StringIO(out), delimiter="\t", quoting=csv.QUOTE_NONE):
        text = (row.get("text") or "").strip()
        if row.get("level") != _WORD_LEVEL or not text:
            continue
        left, top, width, height = (int(row[name]) for name in ("left", "top", "width", "height"))
        line = tuple(int(row[name]) for name in ("block_num", "par_num", "line_num"))
        found.append(Word(text, left, top, width, height, line, float(row["conf"])))
    return found


def quarter_turns(picture: Gray, until: float) -> int:
    """Return by how many quarter turns clockwise a picture must be turned to stand upright (0 when unsure)."""
    out = _run(picture, ("--psm", "0", "-l", "osd"), until, lenient=True)
    facts = dict(line.split(": ", 1) for line in out.splitlines() if ": " in line)
    try:
        sure, degrees = float(facts["Orientation confidence"]), int(facts["Rotate"])
    except (KeyError, ValueError):
        return 0
    return degrees // 90 % 4 if sure >= 1 else 0


def _run(picture: Gray, options: tuple[str, ...], until: float, *, lenient: bool = False) -> str:
    """Run tesseract on a picture and return what it wrote; `lenient`: "" when it could not tell."""
    program = tools.need("tesseract")
    left = int(until - time.monotonic())
    if left <= 0:
        raise Refused("too_slow")
    with tempfile.TemporaryDirectory(prefix="skrynka-") as place:
        folder = Path(place)
        cv2.imwrite(str(folder / _PICTURE), picture)
        # One thread: the others would only wait for each other.
        command = (*tools.offline(), "env", "OMP_THREAD_LIMIT=1", program, _PICTURE, "stdout", "--dpi", "250")
        ran = tools.run((*command, *options), folder, cpu_seconds=left, memory_mb=MEMORY_MB)
    if ran.code:
        if lenient:
            return ""
        # A language that is not installed is a missing tool too; all else is the picture's fault.
        raise Refused("tool" if "Error opening data file" in ran.said else "damaged")
    return ran.output.decode("utf-8", "replace")

"""The door to tesseract: a picture in, words with their places out.

The program is run as a child with one thread and a time limit; it inherits the worker's limits of memory and
CPU and never sees a file's name.
"""

import csv
import io
import os
import shutil
import subprocess
import time
from dataclasses import dataclass

import cv2
from cv2.typing import MatLike as Gray

from intake.readers.guard import Refused

LANGUAGES = ("ukr", "eng")
# Tesseract refuses pictures with a longer side.
MAX_SIDE = 32_000
_WORD_LEVEL = "5"


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


def program() -> str | None:
    """Return the path of tesseract, or None when it is not installed."""
    return shutil.which("tesseract")


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
    path = program()
    if path is None:
        raise Refused("tool")
    left = until - time.monotonic()
    if left <= 0:
        raise Refused("too_slow")
    _, octets = cv2.imencode(".pgm", picture)
    try:
        done = subprocess.run(  # noqa: S603 - a fixed program with fixed options; the picture goes in by a pipe
            [path, "stdin", "stdout", "--dpi", "250", *options],
            input=octets.tobytes(),
            capture_output=True,
            timeout=left,
            env={"PATH": os.defpath, "LANG": "C.UTF-8", "OMP_THREAD_LIMIT": "1"} | _data_path(),
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise Refused("too_slow") from error
    except OSError as error:
        raise Refused("tool") from error
    if done.returncode and not lenient:
        # A language that is not installed is a missing tool too; all else is the picture's fault.
        raise Refused("tool" if b"Error opening data file" in done.stderr else "damaged")
    return done.stdout.decode("utf-8", "replace") if not done.returncode else ""


def _data_path() -> dict[str, str]:
    path = os.environ.get("TESSDATA_PREFIX")
    return {"TESSDATA_PREFIX": path} if path else {}

"""Plain text files: a form copied into a text editor, line by line."""

from intake.readers.guard import Refused
from rules.table import Para, Reading

# No form is longer; the rest of a log or a dump is left.
MAX_LINES = 5_000
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def read(content: bytes, sha256: str) -> Reading:
    """Return what a text file says. Raises `Refused` when it says nothing."""
    lines = (line.strip() for line in _decoded(content).splitlines()[:MAX_LINES])
    blocks = tuple(Para(line, f"line {number}") for number, line in enumerate(lines, 1) if line)
    if not blocks:
        raise Refused("empty")
    return Reading(sha256, "read", reader="txt", blocks=blocks)


def by_mark(content: bytes) -> str | None:
    """Return text that begins with a byte order mark, None when there is none."""
    return next(
        (content.decode(codec, "replace") for mark, codec in _MARKS if content.startswith(mark)), None
    )


def _decoded(content: bytes) -> str:
    marked = by_mark(content)
    if marked is not None:
        return marked
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        # What Notepad saves on Ukrainian and Bulgarian Windows when it is asked for «ANSI».
        return content.decode("windows-1251", "replace")

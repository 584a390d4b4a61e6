"""Letters that lie in files: .eml files in nested folders, mbox files, Maildirs. They are read one by one, in pieces.

Nothing is changed, moved or marked, and no file is held in memory. What cannot be read is told, with its path.
"""

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from intake.letter_file import head_of, why_no_letter
from rules.letter import Location, RawLetter

ACCOUNT = "import"
_PIECE = 1024 * 1024
# Longer lines are read in several goes; no separator of an mbox is that long.
_LINE = 64 * 1024
# The line before each message of an mbox (RFC 4155): sender and time. "From our council" in a letter is none.
_SEPARATOR = re.compile(rb"From \S.*\d\d:\d\d")
# Some writers leave out the empty line before it; then only the whole form counts.
_WHOLE = re.compile(rb"From \S+ +[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d (?:\S+ )?\d{4}\s*$")


class FileTrouble(Exception):
    """A file or folder cannot be read: no such file, no permission, a loop of links, a broken disk."""


@dataclass(frozen=True, slots=True)
class Unread:
    """A file or folder that could not be read as mail, and why."""

    path: Path
    why: str


def count(paths: Iterable[Path]) -> int:
    """Return how many messages lie in files and folders; what cannot be read counts as one."""
    return sum(1 if isinstance(found, Unread) else max(1, len(_parts_of(found))) for found in _files(paths))


def messages(paths: Iterable[Path]) -> Iterator[RawLetter | Unread]:
    """Yield the messages in files and folders, in a stable order.

    A folder is searched with those below it, hidden files aside; of a Maildir `cur` and `new` are read. A file that is no
    letter, such as a form or a note, counts as unread. Taking the
    octets of a letter raises `FileTrouble` when its file breaks off half-way.
    """
    for found in _files(paths):
        if isinstance(found, Unread):
            yield found
            continue
        try:
            size = found.stat().st_size
            parts = _parts_of(found)
            # A file that cannot be opened is told here, not when its octets are wanted.
            why = "" if parts else why_no_letter(head_of(found), found.name)
        except OSError as error:
            yield _unread(found, error)
            continue
        if why:
            yield Unread(found, why)
            continue
        parts = parts or [(0, size)]
        for number, (start, end) in enumerate(parts, 1):
            where = Location(ACCOUNT, _lasting(found), 0, number)
            yield RawLetter(where, None, end - start, _pieces(found, start, end))


def _files(paths: Iterable[Path]) -> Iterator[Path | Unread]:
    """Yield every file, in order; a loop over folders still to be searched, never a recursion."""
    waiting = list(reversed([Path(path) for path in paths]))
    while waiting:
        path = waiting.pop()
        try:
            if not path.is_dir():
                # Raises for a link that leads nowhere or in circles.
                path.stat()
                if path.is_file():
                    yield path
                continue
            waiting += reversed(_inside(path))
        except OSError as error:
            yield _unread(path, error)


def _inside(folder: Path) -> list[Path]:
    """Return what is to be read of a folder, in order. Raises OSError."""
    with os.scandir(folder) as entries:
        found = sorted(entries, key=lambda entry: os.fsencode(entry.name))
    names = {entry.name for entry in found}
    if {"cur", "new"} <= names or {"cur", "tmp"} <= names:
        # A Maildir: besides its messages only the Maildirs in it count, whose names begin with a full stop.
        folders = [entry for entry in found if _is_folder(entry) and entry.name != "tmp"]
        return [Path(entry.path) for entry in folders]
    # A link to a folder could lead back up; one to a file is as good as the file.
    return [
        Path(entry.path)
        for entry in found
        if not entry.name.startswith(".")
        # `all.mbox.lock` says that a mail program has `all.mbox` open, and is no mail.
        and entry.name.removesuffix(".lock") not in names - {entry.name}
        and not (entry.is_symlink() and _is_folder(entry))
    ]


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        # A link in a circle: it is told when its turn comes.
        return False


def _parts_of(path: Path) -> list[tuple[int, int]]:
    """Return where the messages of an mbox begin and end, in octets; nothing when the file is no mbox or not readable."""
    parts: list[tuple[int, int]] = []
    start, at, blank = 0, 0, 0
    try:
        with path.open("rb") as file:
            if not _SEPARATOR.match(file.read(1000).split(b"\n", 1)[0]):
                return []
            file.seek(0)
            while line := file.readline(_LINE):
                if line.startswith(b"From ") and (_SEPARATOR if blank or not at else _WHOLE).match(line):
                    if at:
                        # The empty line before a separator belongs to it.
                        parts.append((start, max(start, at - blank)))
                    start = at + len(line)
                at += len(line)
                blank = len(line) if line in {b"\n", b"\r\n"} else 0
    except OSError:
        return []
    return [*parts, (start, max(start, at - blank))]


def _pieces(path: Path, start: int, end: int) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            file.seek(start)
            while start < end and (piece := file.read(min(_PIECE, end - start))):
                start += len(piece)
                yield piece
    except OSError as error:
        raise FileTrouble(f"{path}: {error.strerror}") from error


def _lasting(path: Path) -> str:
    """Return the name of a file that stays when its flags change: a Maildir writes them behind a colon."""
    full = path.resolve()
    return str(full.with_name(full.name.partition(":2,")[0] or full.name))


def _unread(path: Path, error: OSError) -> Unread:
    return Unread(path, error.strerror or type(error).__name__)

"""Letters saved by Outlook (.msg, [MS-OXMSG]) opened: the files attached to them and their text. What is read is bounded by a budget of octets, however often a hostile file points at the same sectors; nothing here raises."""

import io
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass

import olefile

from intake.parsing.charset import codec_name

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Attachments looked at in one file, letters in letters counted together, and how deep those may lie in each other.
FILES = 200
DEEPEST = 10
_STORAGE = re.compile(r"__attach_version1\.0_#[0-9A-F]{8}", re.IGNORECASE)
# MAPI properties ([MS-OXPROPS]): the last four digits of a stream's name are the type.
_LONG_NAME, _SHORT_NAME, _CONTENT = "3707", "3704", "3701"
_SUBJECT, _PLAIN_BODY, _HTML_BODY = "0037", "1000", "1013"
_UNICODE, _STRING, _BINARY, _OBJECT = "001F", "001E", "0102", "000D"
_CODEPAGE = 0x3FFD
# A name or a subject is never longer.
_NAME_OCTETS = 4096


@dataclass(frozen=True, slots=True)
class MsgFile:
    """One attached file: its name as UTF-8, empty when none is given, and its content."""

    name: bytes
    content: bytes


@dataclass(frozen=True, slots=True)
class Msg:
    """What a saved letter holds, letters attached to it included. `complete` is False when something was left out."""

    files: tuple[MsgFile, ...]
    text: bytes
    html: bytes
    charset: str
    complete: bool


class _Reader:
    """Reads streams of one compound file until the budget is spent."""

    def __init__(self, compound: olefile.OleFileIO, budget: int) -> None:
        self.compound = compound
        self.budget = budget
        self.complete = True
        self.charset = "cp1251"

    def stream(self, path: list[str], limit: int | None = None) -> bytes:
        """Return a stream's octets, b"" when it is absent, damaged or beyond the budget."""
        if self.compound.get_type(path) != olefile.STGTY_STREAM:
            return b""
        size = self.compound.get_size(path)
        if size > self.budget:
            self.complete = False
            return b""
        self.budget -= size
        octets: bytes = self.compound.openstream(path).read()
        return octets[:limit]

    def text(self, storage: list[str], name: str, limit: int | None = None) -> bytes:
        """Return a string property as UTF-8."""
        wide = self.stream([*storage, f"__substg1.0_{name}{_UNICODE}"], limit)
        if wide:
            return wide.decode("utf-16-le", "replace").rstrip("\0").encode("utf-8", "replace")
        narrow = self.stream([*storage, f"__substg1.0_{name}{_STRING}"], limit)
        return narrow.rstrip(b"\0").decode(self.charset, "replace").encode("utf-8", "replace")

    def attachments(self, storage: list[str]) -> list[list[str]]:
        """Return the storages of the files attached to the letter in `storage`, in their order."""
        depth = len(storage)
        names = {
            path[depth].upper(): path[depth]
            for path in self.compound.listdir(streams=False, storages=True)
            if len(path) == depth + 1 and path[:depth] == storage and _STORAGE.fullmatch(path[depth])
        }
        return [[*storage, names[key]] for key in sorted(names)]


def read_msg(octets: bytes, *, budget: int) -> Msg | None:
    """Return what a letter saved by Outlook holds, or None when this is none; `budget` bounds the octets read out of it."""
    if not octets.startswith(SIGNATURE):
        return None
    try:
        with olefile.OleFileIO(io.BytesIO(octets)) as compound:
            if not compound.exists("__properties_version1.0"):
                return None
            return _read(_Reader(compound, budget))
    # olefile raises what comes when a structure is hostile: its own errors, IndexError, struct.error, RecursionError ...
    except Exception:  # noqa: BLE001 - the octets are a stranger's; unreadable is a fact about the letter
        return None


def _read(reader: _Reader) -> Msg:
    reader.charset = _charset(reader.stream(["__properties_version1.0"])) or reader.charset
    files: list[MsgFile] = []
    waiting: list[list[str]] = [[]]
    while waiting:
        for storage in reader.attachments(waiting.pop(0)):
            if len(files) >= FILES:
                reader.complete = False
                break
            inner = [*storage, f"__substg1.0_{_CONTENT}{_OBJECT}"]
            if reader.compound.get_type(inner) == olefile.STGTY_STORAGE:
                # A letter attached to the letter.
                if len(inner) <= 2 * DEEPEST:
                    waiting.append(inner)
                else:
                    reader.complete = False
                continue
            files += _file(reader, storage)
    return Msg(
        tuple(files),
        reader.text([], _PLAIN_BODY),
        reader.stream([f"__substg1.0_{_HTML_BODY}{_BINARY}"]),
        reader.charset,
        reader.complete,
    )


def _file(reader: _Reader, storage: list[str]) -> Iterator[MsgFile]:
    content = reader.stream([*storage, f"__substg1.0_{_CONTENT}{_BINARY}"])
    if content:
        name = reader.text(storage, _LONG_NAME, _NAME_OCTETS) or reader.text(
            storage, _SHORT_NAME, _NAME_OCTETS
        )
        yield MsgFile(name, content)
    else:
        reader.complete = False


def _charset(properties: bytes) -> str | None:
    """Return the codec of the letter's 8-bit strings, from its fixed properties ([MS-OXMSG], 2.4.2)."""
    # The top of the stream is 32 octets; each property is 16: type, name, flags, value.
    for at in range(32, min(len(properties), 64 * 1024) - 15, 16):
        kind, name = struct.unpack_from("<HH", properties, at)
        if name == _CODEPAGE and kind == 3:
            return codec_name(f"cp{struct.unpack_from('<I', properties, at + 8)[0]}")
    return None

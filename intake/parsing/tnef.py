"""winmail.dat (TNEF, [MS-OXTNEF]) opened: its files and its text. Counts written in the file are never trusted and every read is bounded by the octets that are there, so that a hostile file costs no more than its size."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from intake.parsing.charset import codec_name

SIGNATURE = b"\x78\x9f\x3e\x22"
_LEVEL_ATTACHMENT = 2
# Attribute identifiers ([MS-OXTNEF], 2.1.3.3), the type in the high half left out.
_CODEPAGE = 0x9007
_BODY = 0x800C
_PROPERTIES = 0x9003
_RENDER = 0x9002
_TITLE = 0x8010
_DATA = 0x800F
_ATTACHMENT = 0x9005
# MAPI properties ([MS-OXPROPS]).
_LONG_NAME = 0x3707
_SHORT_NAME = 0x3704
_OBJECT = 0x3701
_PLAIN_BODY = 0x1000
_HTML_BODY = 0x1013
_UNICODE = 0x001F
_STRING = 0x001E
_COUNTED = frozenset({0x000D, _STRING, _UNICODE, 0x0102})
_FIXED = {
    0x0002: 4,
    0x0003: 4,
    0x0004: 4,
    0x0005: 8,
    0x0006: 8,
    0x0007: 8,
    0x000A: 4,
    0x000B: 4,
    0x0014: 8,
    0x0040: 8,
    0x0048: 16,
}
FILES = 200
# Attributes and property values read of one stream.
ATTRIBUTES = 20_000
VALUES = 5_000


@dataclass(slots=True)
class TnefFile:
    """One attached file: its name as octets with their codec, and its content. `embedded` marks an Outlook message in TNEF."""

    name: bytes = b""
    charset: str = "cp1251"
    content: bytes = b""
    embedded: bool = False


@dataclass(frozen=True, slots=True)
class Tnef:
    """What a winmail.dat holds. `complete` is False when it ends before its last attribute does."""

    files: tuple[TnefFile, ...]
    text: bytes
    html: bytes
    charset: str
    complete: bool


def read_tnef(content: bytes) -> Tnef | None:
    """Return what a TNEF stream holds, or None when it is none; a truncated one gives what it still has."""
    if not content.startswith(SIGNATURE):
        return None
    files: list[TnefFile] = []
    charset, text, html, complete = "cp1251", b"", b"", True
    for level, attribute, data, whole in _attributes(memoryview(content)):
        complete = complete and whole
        if attribute == _CODEPAGE and len(data) >= 4:
            charset = codec_name(f"cp{struct.unpack_from('<I', data)[0]}") or charset
        elif level == _LEVEL_ATTACHMENT:
            if attribute == _RENDER and len(files) < FILES:
                files.append(TnefFile(charset=charset))
            elif files:
                _fill(files[-1], attribute, data)
        elif attribute == _BODY:
            text = bytes(data).rstrip(b"\0")
        elif attribute == _PROPERTIES:
            values = {name: (kind, value) for name, kind, value in _properties(data)}
            text = _string(*values[_PLAIN_BODY]) if _PLAIN_BODY in values else text
            html = bytes(values[_HTML_BODY][1]) if _HTML_BODY in values else html
    kept = tuple(file for file in files if file.content or file.name)
    return Tnef(kept, text, html, charset, complete)


def _attributes(view: memoryview) -> Iterator[tuple[int, int, memoryview, bool]]:
    """Yield (level, attribute, data, whether all of it is there) of a stream, at most ATTRIBUTES of them."""
    at = 6
    for _ in range(ATTRIBUTES):
        if at + 9 > len(view):
            return
        level, attribute, _, length = struct.unpack_from("<BHHI", view, at)
        data = view[at + 9 : at + 9 + length]
        yield level, attribute, data, len(data) == length
        at += length + 11


def _fill(file: TnefFile, attribute: int, data: memoryview) -> None:
    """Put one attachment attribute into its file."""
    if attribute == _TITLE and not file.name:
        file.name = bytes(data).rstrip(b"\0")
    elif attribute == _DATA:
        file.content = bytes(data)
    elif attribute == _ATTACHMENT:
        for name, kind, value in _properties(data):
            if name == _LONG_NAME or (name == _SHORT_NAME and not file.name):
                file.name = _string(kind, value)
                file.charset = "utf-8" if kind == _UNICODE else file.charset
            elif name == _OBJECT and not file.content:
                # The object's interface identifier stands before its octets.
                inner = bytes(value[16:])
                file.embedded = inner.startswith(SIGNATURE)
                file.content = inner if file.embedded else bytes(value)


def _string(kind: int, value: memoryview) -> bytes:
    """Return a MAPI string without its NUL: UTF-8 if it was Unicode, else in the stream's code page."""
    if kind == _UNICODE:
        return bytes(value).decode("utf-16-le", "replace").rstrip("\0").encode("utf-8", "replace")
    return bytes(value).rstrip(b"\0")


def _properties(data: memoryview) -> list[tuple[int, int, memoryview]]:
    """Return (name, type, value) of the MAPI properties, up to the first that does not fit."""
    found: list[tuple[int, int, memoryview]] = []
    at = 4
    while at + 4 <= len(data):
        kind, name = struct.unpack_from("<HH", data, at)
        at += 4
        if name >= 0x8000:
            at = _skip_name(data, at)
        values = 1
        many = bool(kind & 0x1000)
        kind &= 0x0FFF
        if many or kind in _COUNTED:
            if at + 4 > len(data):
                break
            values = struct.unpack_from("<I", data, at)[0]
            at += 4
        if (kind not in _COUNTED and kind not in _FIXED) or values > len(data):
            break
        for _ in range(values):
            length, at = _length(data, kind, at)
            if length < 0 or at + length > len(data):
                return found
            if len(found) >= VALUES:
                return found
            found.append((name, kind, data[at : at + length]))
            at += (length + 3) & ~3
    return found


def _length(data: memoryview, kind: int, at: int) -> tuple[int, int]:
    """Return (length, offset) of the value at `at`; length -1 when it is cut off."""
    if kind in _FIXED:
        return _FIXED[kind], at
    if at + 4 > len(data):
        return -1, at
    return struct.unpack_from("<I", data, at)[0], at + 4


def _skip_name(data: memoryview, at: int) -> int:
    """Return the offset behind a named property's GUID and name."""
    if at + 24 > len(data):
        return len(data)
    kind, extra = struct.unpack_from("<II", data, at + 16)
    return at + 24 + (((extra + 3) & ~3) if kind else 0)

"""The zip container of a package: members are read by name, and written again compressed as they were when unchanged.

What has no meaning for a package is not carried over: data descriptors, zip64 fields, padding between members.
"""

import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import IO, BinaryIO

# What a workbook may unpack to; fifty thousand applications are half of it.
LARGEST = 1024 * 1024 * 1024
# How much is inflated or copied at once, in octets.
CHUNK = 1 << 18
# The DOS date of a member that has none: 1 January 1980, the zip format's beginning.
_EPOCH = (1980, 1, 1, 0, 0, 0)
_LOCAL, _CENTRAL, _END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
_DEFLATED = 8
# The compound file of older formats, in which documents with a password are kept too (MS-CFB 2.2).
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Bits of the general purpose flag (APPNOTE 4.4.4): encrypted, name in UTF-8.
_ENCRYPTED, _UTF8 = 0x1, 0x800
# Identifier of the zip64 field among the extra ones.
_ZIP64 = 1


# `<!` begins a comment, a section of character data or a document type; `<?` in the midst an instruction.
_ODD = re.compile(rb"<!|<\?(?!xml\s)")
_ENCODING = re.compile(rb"""encoding\s*=\s*["'](?!utf-8|us-ascii|ascii)""", re.IGNORECASE)


class Damaged(Exception):
    """The file is no workbook that can be opened."""


class Foreign(Damaged):
    """The file is whole, but of a kind that is not written here: with a password, or in another format."""


@dataclass(frozen=True, slots=True)
class Deflated:
    """New content of a member, compressed; `size` and `crc` are those of the content itself."""

    octets: bytes
    size: int
    crc: int

    def chunks(self) -> Iterator[bytes]:
        """Yield the content itself piece by piece."""
        unpacker = zlib.decompressobj(-15)
        for at in range(0, len(self.octets), CHUNK // 8):
            yield unpacker.decompress(self.octets[at : at + CHUNK // 8])
        yield unpacker.flush()


def deflated(chunks: Iterable[bytes]) -> Deflated:
    """Compress content as it comes."""
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    packed, size, crc = [], 0, 0
    for chunk in chunks:
        size += len(chunk)
        crc = zlib.crc32(chunk, crc)
        packed.append(packer.compress(chunk))
    packed.append(packer.flush())
    return Deflated(b"".join(packed), size, crc)


class Zipped:
    """A container held in memory. Raises `Damaged` when it is none, or one that is too large, torn or encrypted."""

    def __init__(self, octets: bytes) -> None:
        self.octets = octets
        if octets.startswith(_COMPOUND):
            raise Foreign("it has a password, or the format of Excel 97")
        try:
            self._zip = zipfile.ZipFile(BytesIO(octets))
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, struct.error) as error:
            raise Damaged(str(error)) from error
        self._odd: dict[str, bool] = {}
        # Of two members with one name the last one counts.
        self.members = {one.filename: one for one in self._zip.infolist() if not one.is_dir()}
        if sum(one.file_size for one in self.members.values()) > LARGEST:
            raise Damaged(f"it unpacks to more than {LARGEST} octets")
        if any(one.flag_bits & _ENCRYPTED for one in self.members.values()):
            raise Foreign("it is encrypted")

    @property
    def comment(self) -> bytes:
        """The comment of the whole container."""
        return self._zip.comment

    def read(self, name: str) -> bytes:
        """Return the content of a member. Raises `KeyError`, and `Damaged` when it is torn."""
        return b"".join(self.chunks(name))

    def chunks(self, name: str) -> Iterator[bytes]:
        """Yield the content of a member piece by piece. Raises as `read`."""
        member = self.members[name]
        try:
            with self._zip.open(member) as stream:
                while chunk := stream.read(CHUNK):
                    yield chunk
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            NotImplementedError,
            RuntimeError,
            OSError,
        ) as error:
            raise Damaged(f"{name}: {error}") from error

    def raw(self, name: str) -> memoryview:
        """Return a member's octets as they are stored."""
        member = self.members[name]
        start = member.header_offset
        if self.octets[start : start + 4] != _LOCAL:
            raise Damaged(f"{name}: no local header")
        # The local header may have another length of name and extra fields than the directory.
        of_name, of_extra = struct.unpack_from("<HH", self.octets, start + 26)
        start += 30 + of_name + of_extra
        return memoryview(self.octets)[start : start + member.compress_size]

    def verify(self) -> None:
        """Read every member and check it against its checksum. Raises `Damaged`."""
        for name in self.members:
            self._look_through(name)

    def is_odd(self, name: str) -> bool:
        """Return whether a member is XML in another encoding than UTF-8, or with what is neither element nor text."""
        if name not in self._odd:
            self._look_through(name)
        return self._odd[name]

    def _look_through(self, name: str) -> None:
        before, odd = b"", False
        for chunk in self.chunks(name):
            if name.endswith(".xml") and not odd:
                odd = _ODD.search(before[-1:] + chunk) is not None or (not before and _encoded(chunk))
            before = chunk
        self._odd[name] = odd


def write_zip(
    target: BinaryIO | IO[bytes],
    source: Zipped | None,
    changed: Mapping[str, Deflated],
    removed: frozenset[str] = frozenset(),
) -> None:
    """Write a container: members of `source` as they are stored, those in `changed` anew, new ones at the end."""
    directory: list[bytes] = []
    kept = source.members if source is not None else {}
    for name, member in kept.items():
        if name in removed:
            continue
        assert source is not None
        new = changed.get(name)
        if new is None:
            packed: bytes | memoryview = source.raw(name)
            how, size, crc = member.compress_type, member.file_size, member.CRC
        else:
            packed, how, size, crc = new.octets, _DEFLATED, new.size, new.crc
        utf8 = member.flag_bits & _UTF8
        directory.append(
            _member(
                target,
                # Some producers begin names with a slash, which not every reader understands.
                member.orig_filename.lstrip("/").encode("utf-8" if utf8 else "cp437"),
                packed,
                _Head(
                    # Bits 1 and 2 tell how well it was compressed; all others do not apply to what is written here.
                    utf8 | (member.flag_bits & 0x6 if new is None else 0),
                    how,
                    member.date_time,
                    crc,
                    size,
                    (
                        member.create_version | member.create_system << 8,
                        member.internal_attr,
                        member.external_attr,
                    ),
                    _without_zip64(member.extra),
                    member.comment,
                ),
            )
        )
    for name, new in changed.items():
        if name not in kept and name not in removed:
            plain = name.isascii()
            head = _Head(0 if plain else _UTF8, _DEFLATED, _EPOCH, new.crc, new.size, (20, 0, 0), b"", b"")
            directory.append(_member(target, name.encode(), new.octets, head))
    if len(directory) > 0xFFFE:
        raise Damaged("it has too many parts")
    start = target.tell()
    for entry in directory:
        target.write(entry)
    comment = source.comment if source is not None else b""
    length = target.tell() - start
    count = len(directory)
    target.write(_END + struct.pack("<HHHHIIH", 0, 0, count, count, length, start, len(comment)) + comment)


def _encoded(start: bytes) -> bool:
    """Return whether a part begins as one in another encoding than UTF-8."""
    return start.startswith((b"\xff\xfe", b"\xfe\xff")) or _ENCODING.search(start[:200]) is not None


@dataclass(frozen=True, slots=True)
class _Head:
    """What both headers of a member say; `origin` is its version and system, internal and external attributes."""

    flags: int
    how: int
    date_time: tuple[int, int, int, int, int, int]
    crc: int
    size: int
    origin: tuple[int, int, int]
    extra: bytes
    comment: bytes


def _member(target: BinaryIO | IO[bytes], name: bytes, packed: bytes | memoryview, head: _Head) -> bytes:
    """Write one member and return its entry for the directory."""
    year, month, day, hour, minute, second = head.date_time
    when = struct.pack("<HH", hour << 11 | minute << 5 | second // 2, (year - 1980) << 9 | month << 5 | day)
    sizes = struct.pack("<III", head.crc, len(packed), head.size)
    start = target.tell()
    common = struct.pack("<HHH", 20, head.flags, head.how) + when + sizes
    target.write(_LOCAL + common + struct.pack("<HH", len(name), 0) + name)
    target.write(packed)
    made_by, internal, external = head.origin
    lengths = struct.pack(
        "<HHHHHII", len(name), len(head.extra), len(head.comment), 0, internal, external, start
    )
    return _CENTRAL + struct.pack("<H", made_by) + common + lengths + name + head.extra + head.comment


def _without_zip64(extra: bytes) -> bytes:
    """Return the extra fields of a member without the one for sizes beyond 4 GB, which are written nowhere here."""
    kept, at = b"", 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, at)
        if kind != _ZIP64:
            kept += extra[at : at + 4 + length]
        at += 4 + length
    return kept

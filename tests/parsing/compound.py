"""A writer of compound files ([MS-CFB]) as small as it can be, for letters as Outlook saves them ([MS-OXMSG])."""

import struct
from dataclasses import dataclass, field

SECTOR, SMALL, CUTOFF = 512, 64, 4096
END, FREE, FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD

Storage = dict[str, "bytes | Storage"]


@dataclass
class _Entry:
    """A line of the directory; `start` and `size` say where its stream lies."""

    name: str
    kind: int
    right: int = FREE
    child: int = FREE
    start: int = END
    size: int = 0

    def octets(self) -> bytes:
        wide = self.name.encode("utf-16-le") + b"\0\0"
        numbers = (self.kind, 1, FREE, self.right, self.child, 0, self.start, self.size, 0)
        return struct.pack("<64sHBBIII16xI16xIII", wide, len(wide), *numbers)


@dataclass
class _Writer:
    """Sectors in the order they are written, each chain in one piece; short streams together in one chain of their own."""

    entries: list[_Entry] = field(default_factory=list)
    sectors: bytearray = field(default_factory=bytearray)
    table: list[int] = field(default_factory=list)
    small: bytearray = field(default_factory=bytearray)
    small_table: list[int] = field(default_factory=list)

    def add(self, name: str, item: "bytes | Storage", kind: int) -> int:
        """Enter a stream or a storage with all it holds; return its number."""
        number = len(self.entries)
        self.entries.append(_Entry(name, kind))
        if isinstance(item, bytes):
            self.entries[number].start, self.entries[number].size = self.stream(item)
            return number
        previous = None
        for child, content in item.items():
            at = self.add(child, content, 2 if isinstance(content, bytes) else 1)
            if previous is None:
                self.entries[number].child = at
            else:
                self.entries[previous].right = at
            previous = at
        return number

    def stream(self, octets: bytes) -> tuple[int, int]:
        """Return where a stream was put, and its size."""
        if len(octets) >= CUTOFF or not octets:
            return self.chain(octets), len(octets)
        first, count = len(self.small) // SMALL, -(-len(octets) // SMALL)
        self.small += octets.ljust(count * SMALL, b"\0")
        self.small_table += [*range(first + 1, first + count), END]
        return first, len(octets)

    def chain(self, octets: bytes, filler: bytes = b"\0") -> int:
        """Append whole sectors; return the first."""
        first, count = len(self.table), -(-len(octets) // SECTOR)
        if not count:
            return END
        self.table += [*range(first + 1, first + count), END]
        self.sectors += octets.ljust(count * SECTOR, filler)
        return first


def compound(root: Storage) -> bytes:
    """Return a compound file with these storages and streams."""
    writer = _Writer()
    writer.add("Root Entry", root, 5)
    writer.entries[0].start, writer.entries[0].size = writer.chain(bytes(writer.small)), len(writer.small)
    directory = writer.chain(b"".join(entry.octets() for entry in writer.entries))
    small_fat = b"".join(struct.pack("<I", one) for one in writer.small_table)
    small_at = writer.chain(small_fat, b"\xff")
    tables = -(-(len(writer.table) + 16) // 128)
    here = range(len(writer.table), len(writer.table) + tables)
    fat = b"".join(struct.pack("<I", one) for one in [*writer.table, *([FAT] * tables)])
    header = struct.pack(
        "<8s16xHHHHH6xIIIIIIIII",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        0x3E, 3, 0xFFFE, 9, 6, 0, tables, directory, 0, CUTOFF, small_at, -(-len(small_fat) // SECTOR), END, 0,
    )  # fmt: skip
    difat = b"".join(struct.pack("<I", one) for one in here)
    return header + difat.ljust(436, b"\xff") + bytes(writer.sectors) + fat.ljust(tables * SECTOR, b"\xff")


def saved_letter(files: list[tuple[str, "bytes | Storage"]], *, body: str = "", wide: bool = True) -> Storage:
    """Return the storages of a letter saved by Outlook; a file that is a storage is a letter attached to it."""
    kind = "001F" if wide else "001E"

    def text(value: str) -> bytes:
        return value.encode("utf-16-le" if wide else "cp1251")

    letter: Storage = {
        "__properties_version1.0": bytes(32) + struct.pack("<HHIQ", 3, 0x3FFD, 6, 1251),
        f"__substg1.0_1000{kind}": text(body),
    }
    for number, (name, content) in enumerate(files):
        what = "0102" if isinstance(content, bytes) else "000D"
        letter[f"__attach_version1.0_#{number:08X}"] = {
            "__properties_version1.0": bytes(8),
            f"__substg1.0_3701{what}": content,
            f"__substg1.0_3707{kind}": text(name),
        }
    return letter

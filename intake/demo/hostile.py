"""Files that mean harm or cannot be opened, made small and harmless to make: nothing here needs much memory.

None of them may ever be opened by anything but the limited reader.
"""

import hashlib
import io
import struct
import zipfile

from intake.blank import form_docx
from intake.blank.ooxml import package
from rules.call import Call

_MIB = 1 << 20
# Compound File Binary: ordinary sectors have 512 octets; smaller streams would need the mini stream.
_SECTOR, _SMALLEST = 512, 4096
_FREE, _END, _FAT, _NONE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF


def zip_bomb(call: Call, mebibytes: int = 256) -> bytes:
    """Return a .docx of some hundred kilobytes whose document.xml unpacks to `mebibytes`."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(form_docx(call))) as honest, zipfile.ZipFile(stream, "w") as bomb:
        for member in honest.infolist():
            if member.filename != "word/document.xml":
                bomb.writestr(member, honest.read(member))
        start, end = honest.read("word/document.xml").split(b"</w:body>", 1)
        large = zipfile.ZipInfo("word/document.xml", date_time=(1980, 1, 1, 0, 0, 0))
        large.compress_type = zipfile.ZIP_DEFLATED
        large.create_system = 0
        with bomb.open(large, "w") as target:
            target.write(start + b"<w:p><w:r><w:t>")
            mebibyte = b"\xd0\xb0" * (_MIB // 2)
            for _ in range(mebibytes):
                target.write(mebibyte)
            target.write(b"</w:t></w:r></w:p></w:body>" + end)
    return stream.getvalue()


def entities_docx(call: Call, values: dict[str, str]) -> bytes:
    """Return a filled form with a DTD: entities that grow tenfold ten times over, and one that names a local file."""
    with zipfile.ZipFile(io.BytesIO(form_docx(call, values))) as honest:
        parts = {member.filename: honest.read(member).decode() for member in honest.infolist()}
    growing = "".join(f'<!ENTITY a{level} "{f"&a{level - 1};" * 10}">' for level in range(1, 11))
    doctype = (
        f'<!DOCTYPE w:document [<!ENTITY a0 "ха">{growing}<!ENTITY local SYSTEM "file:///etc/hostname">]>'
        "<w:document "
    )
    document = parts["word/document.xml"].replace("<w:document ", doctype, 1)
    parts["word/document.xml"] = document.replace(
        "</w:body>", "<w:p><w:r><w:t>&a10;&local;</w:t></w:r></w:p></w:body>", 1
    )
    return package(parts)


def locked_docx(size: int = 24_000) -> bytes:
    """Return what Word saves under a password: a compound file with EncryptionInfo and EncryptedPackage (MS-OFFCRYPTO).

    The package is noise: no password opens it.
    """
    information = struct.pack("<HHI", 4, 4, 0x40) + b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    noise = b"".join(hashlib.sha256(count.to_bytes(4)).digest() for count in range(size // 32))
    encrypted = struct.pack("<Q", len(noise)) + noise
    return _compound({"EncryptionInfo": information.ljust(_SMALLEST), "EncryptedPackage": encrypted})


def _compound(streams: dict[str, bytes]) -> bytes:
    """Return a compound file (MS-CFB, version 3) of streams that are each at least 4096 octets long."""
    data, table, entries = b"", [_FAT, _END], []
    for name, content in streams.items():
        count = -(-len(content) // _SECTOR)
        start = len(table)
        table += [*range(start + 1, start + count), _END]
        entries.append(_entry(name, 2, start, len(content)))
        data += content.ljust(count * _SECTOR, b"\0")
    # The streams hang under the root as a chain of right siblings, in the order the format wants: shorter name first.
    root = _entry("Root Entry", 5, _END, 0, child=1)
    first, second = entries
    directory = root + first[:72] + struct.pack("<I", 2) + first[76:] + second + _entry("", 0, 0, 0)
    header = struct.pack(
        "<8s16xHHHHH6xIIIIIIIIII",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, _SMALLEST, _END, 0, _END, 0, 0,
    )  # fmt: skip
    # After the first FAT sector's number, the other 108 places of the header's list are free.
    header += struct.pack("<108I", *([_FREE] * 108))
    fat = table + [_FREE] * (_SECTOR // 4 - len(table))
    return header + struct.pack(f"<{len(fat)}I", *fat) + directory + data


def _entry(name: str, kind: int, start: int, size: int, child: int = _NONE) -> bytes:
    """Return a directory entry (MS-CFB, 2.6.1) with no siblings."""
    encoded = (name + "\0").encode("utf-16-le") if name else b""
    return struct.pack(
        "<64sHBBIII16xI8x8xIQ", encoded, len(encoded), kind, 1, _NONE, _NONE, child, 0, start, size
    )

"""Archives of the rar 4 format that only store their files, written by hand: nobody gives away a packer. Tests only."""

import zlib

_MARK = b"Rar!\x1a\x07\x00"
_LOCKED, _UNICODE, _LONG = 0x0004, 0x0200, 0x8000


def rar(files: dict[str, bytes], *, locked: bool = False, volume: bool = False, version: int = 20) -> bytes:
    """Return an archive of these files with UTF-8 names, perhaps marked as encrypted, or as the first of several files."""
    out = bytearray(_MARK + _header(0x73, 1 if volume else 0, bytes(6)))
    for name, content in files.items():
        flags = _LONG | _UNICODE | (_LOCKED if locked else 0)
        encoded = name.encode()
        fields = b"".join(
            (
                len(content).to_bytes(4, "little"),
                len(content).to_bytes(4, "little"),
                b"\x03",
                zlib.crc32(content).to_bytes(4, "little"),
                bytes.fromhex("00006756"),
                # Which version unpacks it; stored, or packed when the version is an old one.
                bytes([version, 0x30 if version >= 20 else 0x33]),
                len(encoded).to_bytes(2, "little"),
                bytes.fromhex("a4810000"),
                encoded,
            )
        )
        out += _header(0x74, flags, fields) + content
    return bytes(out + _header(0x7B, 0x4000, b""))


def _header(kind: int, flags: int, fields: bytes) -> bytes:
    body = bytes([kind]) + flags.to_bytes(2, "little") + (7 + len(fields)).to_bytes(2, "little") + fields
    return (zlib.crc32(body) & 0xFFFF).to_bytes(2, "little") + body

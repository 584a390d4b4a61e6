"""Envelopes that are neither MIME nor documents, opened one level: opaque S/MIME (RFC 8551, 3.5) and AppleSingle (RFC 1740). Nothing is verified or decrypted here, and what cannot be opened is returned as None, never raised."""

import binascii
import re
import struct
import zlib
from dataclasses import dataclass
from typing import Any

from asn1crypto import cms

PKCS7_TYPES = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime", "application/cms"})
APPLE_MAGIC = (b"\x00\x05\x16\x00", b"\x00\x05\x16\x07")
_PEM = re.compile(rb"-----BEGIN [A-Z0-9 ]+-----\s*([A-Za-z0-9+/=\s]+)-----END")
_DATA_FORK = 1
_REAL_NAME = 3


@dataclass(frozen=True, slots=True)
class SignedData:
    """What a CMS envelope holds: the signed octets, or `encrypted` when only its recipient can open it."""

    content: bytes
    encrypted: bool = False


def open_cms(octets: bytes, limit: int) -> SignedData | None:
    """Return the content of signed or compressed CMS (RFC 5652, 3274), at most `limit` octets unpacked; None if it has none."""
    pem = _PEM.search(octets[:4096]) and _PEM.search(octets)
    if pem:
        octets = binascii.a2b_base64(pem[1])
    elif octets[:2] in {b"MI", b"MA"}:
        try:
            octets = binascii.a2b_base64(octets)
        except binascii.Error:
            return None
    try:
        return _content(cms.ContentInfo.load(octets), limit)
    # asn1crypto raises what comes when a structure is hostile: ValueError, TypeError, KeyError, RecursionError ...
    except Exception:  # noqa: BLE001 - the octets are a stranger's; unreadable is a fact about the letter
        return None


def _content(info: Any, limit: int) -> SignedData | None:
    kind = info["content_type"].native
    if kind in {"enveloped_data", "encrypted_data", "authenticated_data", "authenticated_enveloped_data"}:
        return SignedData(b"", encrypted=True)
    if kind not in {"signed_data", "compressed_data"}:
        return None
    inner = info["content"]["encap_content_info"]["content"]
    octets = inner.native
    if not isinstance(octets, bytes):
        octets = inner.contents
    if not isinstance(octets, bytes) or not octets:
        return None
    if kind == "compressed_data":
        octets = zlib.decompressobj().decompress(octets, limit)
    return SignedData(octets)


def open_apple(octets: bytes) -> tuple[bytes, bytes] | None:
    """Return (name octets, data fork) of an AppleSingle file, or None when there is no data fork in it (AppleDouble)."""
    if octets[:4] not in APPLE_MAGIC or len(octets) < 26:
        return None
    entries = struct.unpack_from(">H", octets, 24)[0]
    name, data = b"", b""
    for number in range(min(entries, 20)):
        at = 26 + number * 12
        if at + 12 > len(octets):
            break
        kind, offset, length = struct.unpack_from(">III", octets, at)
        if kind == _DATA_FORK:
            data = octets[offset : offset + length]
        elif kind == _REAL_NAME:
            name = octets[offset : offset + min(length, 255)]
    return (name, data) if data else None

"""Files that hold files: zip, signed documents (CMS, ASiC).

They are only opened here; what is inside is read as if it had come by itself. Names are told, never used as
paths; signatures are seen, never verified.
"""

import base64
import binascii
import re
import zipfile
from dataclasses import dataclass

from asn1crypto import cms, core

from intake.readers.guard import MAX_UNPACKED, Refused, open_zip, read_entry
from intake.readers.signers import BROKEN, UNNAMED, of_cms, of_xml

MAX_MEMBERS = 60
SCRAP = re.compile(r"(?:^|/)(?:__MACOSX/|\.DS_Store$|Thumbs\.db$|desktop\.ini$|~\$|\._)")


@dataclass(frozen=True, slots=True)
class Contents:
    """What a container holds: names with the octets, or why they were not taken out; who signed it, when it is signed."""

    files: tuple[tuple[str, bytes | Refused], ...]
    signers: tuple[str, ...] = ()


def open_archive(content: bytes) -> Contents:
    """Return what a zip holds. Raises `Refused` for a locked, empty, damaged or hostile one."""
    with open_zip(content) as archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        return Contents(_files(archive, [entry for entry in entries if not SCRAP.search(_true_name(entry))]))


def open_asic(content: bytes) -> Contents:
    """Return the documents in an ASiC container (ETSI EN 319 162-1); its signatures lie in META-INF."""
    with open_zip(content) as archive:
        entries = [
            entry for entry in archive.infolist() if not entry.is_dir() and entry.filename != "mimetype"
        ]
        names = [name for entry in entries for name in _signers(archive, entry)]
        documents = [entry for entry in entries if not entry.filename.startswith("META-INF/")]
        named = tuple(dict.fromkeys(name for name in names if name != UNNAMED))
        return Contents(_files(archive, documents), named or (UNNAMED,))


def _signers(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> tuple[str, ...]:
    """Return who signed by one entry of an ASiC container, () when it is no signature or cannot be read."""
    if not re.fullmatch(r"META-INF/[^/]*\.(?:p7s|xml)", entry.filename, re.IGNORECASE):
        return ()
    try:
        data = read_entry(archive, entry)
        return _signed(_der(data))[1] if entry.filename.lower().endswith(".p7s") else of_xml(data)
    except Refused:
        return ()


def open_cms(content: bytes) -> Contents:
    """Return the document inside a CMS signature (RFC 5652), binary, base64 or PEM.

    A detached signature holds none, and only tells who signed.
    """
    document, signers = _signed(_der(content))
    return Contents(() if document is None else (("", document),), signers)


def _files(
    archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]
) -> tuple[tuple[str, bytes | Refused], ...]:
    if not entries:
        raise Refused("empty")
    if len(entries) > MAX_MEMBERS:
        raise Refused("bomb")
    if all(entry.flag_bits & 0x1 for entry in entries):
        raise Refused("password")
    out: list[tuple[str, bytes | Refused]] = []
    for entry in entries:
        try:
            out.append((_true_name(entry), read_entry(archive, entry, MAX_UNPACKED)))
        except Refused as refusal:
            out.append((_true_name(entry), refusal))
    return tuple(out)


def _true_name(entry: zipfile.ZipInfo) -> str:
    """Return the name as the sender saw it: without the UTF-8 flag, Windows wrote it in the DOS code page."""
    if entry.flag_bits & 0x800:
        return entry.filename
    try:
        return entry.filename.encode("cp437").decode("cp866")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return entry.filename


def _der(content: bytes) -> bytes:
    if content.lstrip()[:1] == b"\x30":
        return content
    bare = re.sub(rb"-----[^-]*-----|[^A-Za-z0-9+/]", b"", content)
    try:
        return base64.b64decode(bare + b"=" * (-len(bare) % 4))
    except binascii.Error as error:
        raise Refused("damaged") from error


def _signed(data: bytes) -> tuple[bytes | None, tuple[str, ...]]:
    """Return the document of a CMS SignedData (None when detached) and who signed it."""
    try:
        info = cms.ContentInfo.load(data)
        if info["content_type"].native != "signed_data":
            raise Refused("signature", "not_a_form")
        signed = info["content"]
        wrapped = signed["encap_content_info"]["content"]
        document = None if isinstance(wrapped, core.Void) else wrapped.native
        return (document if isinstance(document, bytes) else None), of_cms(signed)
    except BROKEN as error:
        raise Refused("damaged") from error

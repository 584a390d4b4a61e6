"""What a file is, told by its own bytes. The name only decides between kinds that look alike; nothing is unpacked beyond a bounded glance, nothing is trusted, and no content makes `sniff` raise."""

import base64
import binascii
import io
import re
import zipfile
import zlib

import olefile

# How much of a file is looked at when there is no fixed signature, in octets.
GLANCE = 4096
# A package of more members than this is called `zip` without reading its directory.
MEMBERS = 20_000
# [Content_Types].xml of a real document is a few KB.
CONTENT_TYPES = 256 * 1024

MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "pdf"),
    (b"{\\rtf", "rtf"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpg"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
    (b"Rar!\x1a\x07", "rar"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"\x1f\x8b", "gz"),
    (b"BZh", "bz2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"\x78\x9f\x3e\x22", "tnef"),
    (b"\x00\x05\x16\x07", "applefile"),
    (b"\x00\x05\x16\x00", "applefile"),
    (b"MZ", "exe"),
    (b"\x7fELF", "exe"),
    (b"AT&TFORM", "djvu"),
    (b"BM", "bmp"),
)
# ISO base media: the brand stands after `ftyp`.
HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"heim", b"heis")
OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Name of a stream at the root of a compound file -> what the file is.
OLE_STREAMS: tuple[tuple[str, str], ...] = (
    ("EncryptedPackage", "encrypted-office"),
    ("WordDocument", "doc"),
    ("Workbook", "xls"),
    ("Book", "xls"),
    ("PowerPoint Document", "ppt"),
    ("__properties_version1.0", "msg"),
)
# The `mimetype` member of OpenDocument (ODF 1.3 part 2, 3.3) and ASiC (ETSI EN 319 162-1).
PACKAGE_TYPES: tuple[tuple[bytes, str], ...] = (
    (b"application/vnd.oasis.opendocument.text", "odt"),
    (b"application/vnd.oasis.opendocument.spreadsheet", "ods"),
    (b"application/vnd.oasis.opendocument.presentation", "odp"),
    (b"application/vnd.etsi.asic-", "asice"),
    (b"application/epub+zip", "epub"),
)
# Main part of an Office Open XML package -> (plain type, type when it carries macros).
OOXML_PARTS: tuple[tuple[str, str, str], ...] = (
    ("word/", "docx", "docm"),
    ("xl/", "xlsx", "xlsm"),
    ("ppt/", "pptx", "pptm"),
)
# ContentInfo of RFC 5652: SEQUENCE, then the OID 1.2.840.113549.1.7.n.
_CMS = re.compile(
    rb"\x30(?:\x80|[\x01-\x7f]|\x81.|\x82..|\x83...|\x84....)\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07(.)",
    re.DOTALL,
)
_BASE64 = re.compile(rb"[A-Za-z0-9+/\r\n \t]+={0,2}[\r\n \t]*")
_HEADER_LINE = re.compile(rb"[!-9;-~]{1,76}[ \t]*:")
_LETTER_FIELD = re.compile(
    rb"^(?:received|return-path|delivered-to|from|to|date|subject|message-id|mime-version|content-type|dkim-signature"
    rb"|x-[!-9;-~]+)[ \t]*:",
    re.IGNORECASE | re.MULTILINE,
)
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body|meta|table|div|p|span|font)\b", re.IGNORECASE)
# Kinds of plain text that only the name can tell apart.
TEXT_NAMES = ("csv", "tsv", "md", "json", "ics", "vcf", "html", "htm", "xml", "eml", "log", "svg")


def sniff(content: bytes, name: str | None = None) -> str:
    """Return the short type of a file ("docx", "pdf", "p7s" …): "txt" for plain text, "bin" when nothing fits.

    Told apart: docx docm dotx xlsx xlsm pptx pptm odt ods odp asice epub zip, doc xls ppt msg encrypted-office ole, pdf rtf
    html xml txt csv eml ics, p7s (signed CMS: DER, BER, base64 or PEM), p7m (encrypted CMS), tnef, applefile,
    png jpg gif tiff bmp webp heic svg djvu, rar 7z gz bz2 xz, exe. "empty" is a file of no octets.
    """
    if not content:
        return "empty"
    if content[:4] in {b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"}:
        return _package(content)
    if content.startswith(OLE_MAGIC):
        return _compound(content)
    for magic, kind in MAGIC:
        if content.startswith(magic) and _confirmed(kind, content):
            return kind
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "webp"
    if content[4:8] == b"ftyp":
        return "heic" if content[8:12] in HEIC_BRANDS else "mp4"
    cms = _cms(content)
    if cms is not None:
        return cms
    # Some scanners and mail gateways put octets before the PDF header; readers accept it within 1024 (ISO 32000-1, H.3).
    if b"%PDF-" in content[:1024]:
        return "pdf"
    return _text(content, name)


def _confirmed(kind: str, content: bytes) -> bool:
    """Return whether a short signature is backed by the rest: two letters also begin ordinary text."""
    if kind in {"bmp", "exe"} and len(content) >= 2 and content[:1].isalpha():
        return b"\x00" in content[:64]
    return True


def _package(content: bytes) -> str:
    """Tell packages apart by their members (ISO/IEC 29500-2; ODF 1.3 part 2)."""
    names, mimetype, types = _members(content)
    for prefix, kind in PACKAGE_TYPES:
        if mimetype.startswith(prefix):
            return kind
    for folder, plain, macros in OOXML_PARTS:
        if any(member.startswith(folder) for member in names) and (
            "[Content_Types].xml" in names
            or f"{folder}document.xml" in names
            or f"{folder}workbook.xml" in names
        ):
            if b"macroEnabled" in types or f"{folder}vbaProject.bin" in names:
                return macros
            return "dotx" if plain == "docx" and b"template.main+xml" in types else plain
    if any(
        re.fullmatch(r"META-INF/[^/]*(?:signature|manifest)[^/]*\.(?:p7s|xml)", n, re.IGNORECASE)
        for n in names
    ) and not any(n in names for n in ("META-INF/manifest.xml", "content.xml")):
        return "asice"
    return "zip"


def _members(content: bytes) -> tuple[frozenset[str], bytes, bytes]:
    """Return the member names, the `mimetype` member and [Content_Types].xml, as far as they can be read."""
    end = content.rfind(b"PK\x05\x06", max(0, len(content) - 70_000))
    if end >= 0 and int.from_bytes(content[end + 10 : end + 12], "little") > MEMBERS:
        return frozenset(), b"", b""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            names = frozenset(name.replace("\\", "/").lstrip("/") for name in package.namelist())
            return (
                names,
                _member(package, "mimetype", 256),
                _member(package, "[Content_Types].xml", CONTENT_TYPES),
            )
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, RuntimeError, EOFError):
        return _local_members(content), _stored_mimetype(content), b""


def _member(package: zipfile.ZipFile, name: str, limit: int) -> bytes:
    """Return at most `limit` octets of a member; empty when absent, encrypted or damaged."""
    try:
        with package.open(name) as member:
            return member.read(limit)
    except (KeyError, RuntimeError, ValueError, OSError, EOFError, zipfile.BadZipFile, zlib.error):
        return b""
    except NotImplementedError:
        return b""


def _local_members(content: bytes) -> frozenset[str]:
    """Return the names in the local headers of a package whose directory is missing (cut off in transit)."""
    names: set[str] = set()
    at = content.find(b"PK\x03\x04")
    while at >= 0 and len(names) < 200:
        length = int.from_bytes(content[at + 26 : at + 28], "little")
        names.add(content[at + 30 : at + 30 + length].decode("utf-8", "replace").replace("\\", "/"))
        at = content.find(b"PK\x03\x04", at + 4)
    return frozenset(names)


def _stored_mimetype(content: bytes) -> bytes:
    """Return the `mimetype` member when it stands first and uncompressed, as ODF demands."""
    return content[38:110] if content[30:38] == b"mimetype" else b""


def _compound(content: bytes) -> str:
    """Tell compound files apart by the streams at their root ([MS-CFB])."""
    try:
        with olefile.OleFileIO(io.BytesIO(content)) as compound:
            roots = {entry[0] for entry in compound.listdir() if entry}
    except (OSError, ValueError, IndexError, TypeError, AttributeError, MemoryError, RecursionError):
        # A damaged directory still names its streams in UTF-16.
        roots = {stream for stream, _ in OLE_STREAMS if stream.encode("utf-16-le") in content}
    return next((kind for stream, kind in OLE_STREAMS if stream in roots), "ole")


def _cms(content: bytes) -> str | None:
    """Return "p7s" for signed, "p7m" for enveloped data (RFC 5652), whether binary, base64 or PEM; else None."""
    head = content[:GLANCE]
    found = _CMS.match(head)
    if found is None:
        text = head.lstrip()
        if text.startswith(b"-----BEGIN "):
            text = text.partition(b"\n")[2]
            text = text.partition(b"-----")[0]
        if text[:2] not in {b"MI", b"MA", b"MH", b"MB", b"MC", b"MD", b"ME", b"MF"} or not _BASE64.fullmatch(
            text
        ):
            return None
        bare = re.sub(rb"[^A-Za-z0-9+/]", b"", text)
        try:
            found = _CMS.match(base64.b64decode(bare[: len(bare) // 4 * 4]))
        except binascii.Error:
            return None
        if found is None:
            return None
    return {2: "p7s", 3: "p7m", 6: "p7m"}.get(found[1][0], "p7m")


def _text(content: bytes, name: str | None) -> str:
    """Tell the kinds of text apart; anything with NUL or mostly controls is "bin"."""
    head = content[:GLANCE]
    if head[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        head = head.decode("utf-16", "replace").encode()
    head = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    controls = sum(head.count(bytes((code,))) for code in (*range(9), 11, *range(14, 27), *range(28, 32)))
    if controls * 50 > len(head):
        return "bin"
    extension = (name or "").rpartition(".")[2].lower() if name and "." in name else ""
    if head[:5].lower() == b"<?xml":
        return "svg" if b"<svg" in head else "html" if _HTML.search(head[:1024]) else "xml"
    if _HTML.search(head[:1024]) and head[:1] == b"<":
        return "html"
    if head[:15].upper() == b"BEGIN:VCALENDAR":
        return "ics"
    if _HEADER_LINE.match(head) and len(set(_LETTER_FIELD.findall(head))) >= 3:
        return "eml"
    if extension in {"html", "htm"} and b"<" in head:
        return "html"
    if extension in TEXT_NAMES and extension not in {"htm", "html", "eml", "svg"}:
        return extension
    return "txt"

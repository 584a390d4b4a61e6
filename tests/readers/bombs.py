"""Files as large as attackers make them, built in moments: what is unpacked is counted in gigabytes, what is sent in kilobytes."""

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

from PIL import Image

from tests.forms import word
from tests.readers.hostile import honest
from tests.readers.pdfs import Page, pdf

GIGABYTE = 1 << 30
_PIECE = 1 << 20


def deflated(piece: bytes, times: int) -> tuple[bytes, int]:
    """Return `piece` so many times over, as a raw deflate stream (RFC 1951), and how long it is unpacked."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    first = packer.compress(piece) + packer.flush(zlib.Z_FULL_FLUSH)
    return first * times + b"\x03\x00", len(piece) * times


def zipped(parts: Mapping[str, bytes], name: str, packed: bytes, size: int) -> bytes:
    """Return a zip of `parts` and of one entry that is given packed and says that it is `size` long (APPNOTE 4.3).

    The checksum of what is unpacked is right for small entries only: nobody gets as far as that of a large one.
    """
    check = zlib.crc32(zlib.decompressobj(-15).decompress(packed, _PIECE)) if size < _PIECE else 0
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for other, content in parts.items():
            archive.writestr(other, content)
        archive.writestr(name, b"")
    content = held.getvalue()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entry, start = archive.getinfo(name), archive.start_dir
    local = entry.header_offset
    sizes = struct.pack("<HHHIII", 8, 0, 33, check, len(packed), size)
    bare = name.encode()
    header = content[local : local + 8] + sizes + struct.pack("<HH", len(bare), 0) + bare
    directory = content[start:]
    at = directory.rindex(b"PK\x01\x02")
    record = directory[at : at + 10] + sizes + struct.pack("<HHHHHII", len(bare), 0, 0, 0, 0, 0, local) + bare
    central = directory[:at] + record
    offset = local + len(header) + len(packed)
    end = struct.pack(
        "<4s4H2IH", b"PK\x05\x06", 0, 0, len(parts) + 1, len(parts) + 1, len(central), offset, 0
    )
    return content[:local] + header + packed + central + end


def package(name: str, packed: bytes, size: int, source: bytes) -> bytes:
    """Return the zip `source` with one of its parts replaced by a bomb."""
    with zipfile.ZipFile(io.BytesIO(source)) as archive:
        others = {other: archive.read(other) for other in archive.namelist() if other != name}
    return zipped(others, name, packed, size)


def docx_text() -> bytes:
    """A gigabyte of text in one node."""
    return package("word/document.xml", *deflated(b"0" * _PIECE, 1024), honest())


def docx_elements() -> bytes:
    """A gigabyte of elements."""
    return package("word/document.xml", *deflated(b"<w:p/>" * (_PIECE // 6), 1024), honest())


def docx_elements_dense() -> bytes:
    """A hundred megabytes of elements."""
    return package("word/document.xml", *deflated(b"<w:p/>" * (_PIECE // 6), 100), honest())


def docx_that_lies() -> bytes:
    """A gigabyte in a part that says it is short."""
    packed, _ = deflated(b"<w:p/>" * (_PIECE // 6), 1024)
    return package("word/document.xml", packed, 5000, honest())


def odt(body: str = "") -> bytes:
    names = (
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    )
    return word.package(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "content.xml": body or f"<office:document-content {names}/>",
            "META-INF/manifest.xml": "<m/>",
        }
    )


def odt_bomb() -> bytes:
    return package("content.xml", *deflated(b"<text:p/>" * (_PIECE // 9), 1024), odt())


_LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


def odt_laughs() -> bytes:
    return odt(f'<!DOCTYPE d [<!ENTITY l0 "ha">{_LAUGHS}]><d>&l9;</d>')


def docx_with_a_foreign_dtd() -> bytes:
    dtd = '<!DOCTYPE w:document SYSTEM "http://127.0.0.1:9/x.dtd">'
    xml = f'{dtd}<w:document xmlns:w="{word.W}"><w:body/></w:document>'.encode()
    return package("word/document.xml", *deflated(xml, 1), honest())


def sheet() -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    book.active["A1"] = "Назва громади"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def xlsx_rows() -> bytes:
    """A gigabyte of rows."""
    return package("xl/worksheets/sheet1.xml", *deflated(b"<row/>" * (_PIECE // 6), 1024), sheet())


def xlsx_laughs() -> bytes:
    laughs = f'<!DOCTYPE d [<!ENTITY l0 "ha">{_LAUGHS}]><worksheet>&l9;</worksheet>'.encode()
    return package("xl/worksheets/sheet1.xml", *deflated(laughs, 1), sheet())


def png_of_a_billion_pixels() -> bytes:
    """40,000 by 40,000 pixels in black and white."""
    line, rows = bytes(1 + 5000), 40_000
    packer = zlib.compressobj(9)
    data = b"".join(packer.compress(line * 1000) for _ in range(rows // 1000)) + packer.flush()

    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    head = struct.pack(">IIBBBBB", 40_000, 40_000, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("L", (40, 40), 255).save(out, "PNG")
    return out.getvalue()


def pdf_of_a_huge_page() -> bytes:
    """A page of 200,000 points each way: seventy metres."""
    page = Page()
    page.text(50, 50, "Назва громади: Лугова")
    return pdf(page).replace(b"595", b"200000").replace(b"842", b"200000")


def docx_with_a_flipped_byte() -> bytes:
    """Damage in a part that says nothing of the form: the form is read all the same."""
    packed, size = deflated(b"<a/>", 1)
    return package("docProps/thumbnail.xml", packed, size, honest()).replace(packed, b"\xff" * len(packed))


def docm() -> bytes:
    """A document with macros; nobody runs them."""
    with zipfile.ZipFile(io.BytesIO(honest())) as archive:
        parts: dict[str, str | bytes] = {name: archive.read(name) for name in archive.namelist()}
    return word.package(parts | {"word/vbaProject.bin": b"\xd0\xcf\x11\xe0" + bytes(500)})

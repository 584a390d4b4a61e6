"""Files that attack a reader, built small and hostile when opened. Nothing of them is ever written to the repository."""

import io
import zipfile

from tests.forms import word
from tests.forms.applicants import LUHOVA
from tests.forms.layouts import right

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
_LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
_DTD = f'<!DOCTYPE w:document [<!ENTITY l0 "ha">{_LAUGHS}]>'


def honest() -> bytes:
    return right(LUHOVA)


def with_main_part(xml: str | bytes) -> bytes:
    """Return a .docx whose document.xml is exactly this."""
    parts: dict[str, str | bytes] = {}
    with zipfile.ZipFile(io.BytesIO(honest())) as archive:
        for name in archive.namelist():
            parts[name] = archive.read(name)
    parts["word/document.xml"] = xml
    return word.package(parts)


def _document(body: str, before: str = "") -> str:
    return f'{_HEAD}{before}<w:document xmlns:w="{word.W}"><w:body>{body}</w:body></w:document>'


def zip_bomb() -> bytes:
    """A text node of 60 MB in a file of 60 KB."""
    return with_main_part(_document(f"<w:p><w:r><w:t>{'0' * 60_000_000}</w:t></w:r></w:p>"))


def dense_part() -> bytes:
    """Under the size limit, but a ratio no document has."""
    return with_main_part(_document(f"<w:p><w:r><w:t>{'0' * 20_000_000}</w:t></w:r></w:p>"))


def element_bomb() -> bytes:
    """More elements than any form has, and different enough not to be caught by their density."""
    return with_main_part(_document("".join(f'<w:p w:rsidR="{n:08X}"/>' for n in range(600_001))))


def slow() -> bytes:
    """An honest document of 60,000 paragraphs: nothing is wrong with it but its length."""
    return with_main_part(
        _document("".join(f"<w:p><w:r><w:t>{n * 7919}</w:t></w:r></w:p>" for n in range(60_000)))
    )


def billion_laughs() -> bytes:
    return with_main_part(_document("<w:p><w:r><w:t>&l9;</w:t></w:r></w:p>", _DTD))


def external_entity() -> bytes:
    dtd = '<!DOCTYPE w:document [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    return with_main_part(_document("<w:p><w:r><w:t>&x;</w:t></w:r></w:p>", dtd))


def nested_tables() -> bytes:
    depth = 3000
    return with_main_part(_document("<w:tbl><w:tr><w:tc>" * depth + "</w:tc></w:tr></w:tbl>" * depth))


def truncated() -> bytes:
    return honest()[:-200]


def broken_deflate() -> bytes:
    content = bytearray(honest())
    with zipfile.ZipFile(io.BytesIO(bytes(content))) as archive:
        entry = archive.getinfo("word/document.xml")
    at = entry.header_offset + 30 + len(entry.filename) + 20
    content[at : at + 40] = b"\xff" * 40
    return bytes(content)


def broken_xml() -> bytes:
    return with_main_part(_document("<w:p><w:r>"))


def no_main_part() -> bytes:
    return word.package(
        {"[Content_Types].xml": "<Types/>", "_rels/.rels": "<Relationships/>", "word/document.xml": "<a/>"}
    )


def html_named_docx() -> bytes:
    return "<html><body><script>alert(1)</script><p>Назва громади: Лугова</p></body></html>".encode()


def encrypted_office() -> bytes:
    """The beginning of a compound file that names an EncryptedPackage, as Office writes for a password."""
    return (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + bytes(504)
        + "EncryptedPackage".encode("utf-16-le")
        + bytes(2000)
    )


def encrypted_zip() -> bytes:
    """A zip whose only member says that it is encrypted (APPNOTE 4.4.4, bit 0)."""
    content = bytearray(word.package({"Заявка.docx": honest()}))
    content[6] |= 1
    at = content.rfind(b"PK\x01\x02")
    content[at + 8] |= 1
    return bytes(content)


def zip_of_zips(depth: int) -> bytes:
    content = honest()
    for _ in range(depth):
        content = word.package({"a.zip": content})
    return content


def many_entries() -> bytes:
    return word.package({f"{n}.txt": "x" for n in range(2500)})


def far_cell() -> bytes:
    """A sheet whose one cell is its last."""
    from openpyxl import Workbook

    book = Workbook()
    book.active["A1"] = "Назва громади"
    out = io.BytesIO()
    book.save(out)
    parts: dict[str, str | bytes] = {}
    with zipfile.ZipFile(out) as archive:
        for name in archive.namelist():
            parts[name] = archive.read(name)
    sheet = parts["xl/worksheets/sheet1.xml"]
    assert isinstance(sheet, bytes)
    cell = b'<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>far</t></is></c></row></sheetData>'
    merge = b'<mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    parts["xl/worksheets/sheet1.xml"] = sheet.replace(b"</sheetData>", cell + merge)
    return word.package(parts)

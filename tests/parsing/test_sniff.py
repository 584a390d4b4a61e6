"""A file is what its octets say, whatever it is called."""

import base64
import io
import zipfile

import pytest
from asn1crypto import cms

from intake.sniff import sniff


def package(*members: str, mimetype: str = "", types: str = "") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        if mimetype:
            archive.writestr("mimetype", mimetype)
        if types:
            archive.writestr("[Content_Types].xml", types)
        for member in members:
            archive.writestr(member, "x")
    return buffer.getvalue()


SIGNED = cms.ContentInfo(
    {
        "content_type": "signed_data",
        "content": {"version": "v1", "digest_algorithms": [], "encap_content_info": {"content_type": "data"}, "signer_infos": []},
    }
).dump()  # fmt: skip


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", "empty"),
        (package("word/document.xml", types="<Types/>"), "docx"),
        (package("word/document.xml", "word/vbaProject.bin", types="<Types/>"), "docm"),
        (package("word/document.xml", types="ms-word.document.macroEnabled.main+xml"), "docm"),
        (package("word/document.xml", types="wordprocessingml.template.main+xml"), "dotx"),
        (package("xl/workbook.xml", types="<Types/>"), "xlsx"),
        (package("ppt/presentation.xml", types="<Types/>"), "pptx"),
        (package("content.xml", mimetype="application/vnd.oasis.opendocument.text"), "odt"),
        (package("content.xml", mimetype="application/vnd.oasis.opendocument.spreadsheet"), "ods"),
        (package("a.docx", "META-INF/signature001.p7s", mimetype="application/vnd.etsi.asic-e+zip"), "asice"),
        (package("a.docx", "META-INF/signatures.xml"), "asice"),
        (package("a.docx", "b.jpg"), "zip"),
        (package("word/document.xml", types="<Types/>")[:-40], "docx"),
        (b"%PDF-1.7\n", "pdf"),
        (b"junk\r\n%PDF-1.4\n", "pdf"),
        (b"{\\rtf1 x}", "rtf"),
        (b"\x89PNG\r\n\x1a\n", "png"),
        (b"\xff\xd8\xff\xe0", "jpg"),
        (b"\0\0\0\x18ftypheic", "heic"),
        (b"Rar!\x1a\x07\x01\0", "rar"),
        (b"7z\xbc\xaf\x27\x1c", "7z"),
        (b"\x78\x9f\x3e\x22\x01\x00", "tnef"),
        (SIGNED, "p7s"),
        (base64.encodebytes(SIGNED), "p7s"),
        (b"-----BEGIN PKCS7-----\n" + base64.encodebytes(SIGNED) + b"-----END PKCS7-----\n", "p7s"),
        (bytes.fromhex("308006092a864886f70d010702a0803080"), "p7s"),
        (bytes.fromhex("308006092a864886f70d010703a0803080"), "p7m"),
        (b"<!DOCTYPE html><html><body>x</body></html>", "html"),
        ("<?xml version='1.0'?><заявка/>".encode(), "xml"),
        ("Звичайний текст".encode(), "txt"),
        ("Звичайний текст".encode("cp1251"), "txt"),
        (b"From: a@b\r\nDate: x\r\nSubject: y\r\n\r\nz", "eml"),
        (b"BEGIN:VCALENDAR\r\n", "ics"),
        (b"BMW is a car", "txt"),
        (b"MZ\x90\0\x03", "exe"),
        (b"\0\x01\x02\x03" * 10, "bin"),
        (b"PK\x03\x04 rubbish", "zip"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "ole"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "WordDocument".encode("utf-16-le"), "doc"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"),
            "encrypted-office",
        ),
    ],
)
def test_type_by_content(content: bytes, kind: str) -> None:
    assert sniff(content, "zayavka.exe") == kind


def test_the_name_tells_kinds_of_text_apart() -> None:
    assert [sniff(b"a;b\r\n1;2\r\n", name) for name in ("a.csv", "a.txt", None)] == ["csv", "txt", "txt"]

"""Each format gives the same answers as the Word file: one mapper stands behind all readers."""

import hashlib
import io
from base64 import encodebytes
from datetime import date

import pytest
from asn1crypto import cms
from openpyxl import Workbook

from intake.readers import opening
from intake.readers.signers import of_pdf
from rules.application import Application, match
from rules.table import Reading, Table
from tests.forms.applicants import LUHOVA
from tests.forms.call import CALL, LABELS, PERSON_LABELS
from tests.forms.layouts import right
from tests.forms.word import package
from tests.readers import signing

ROWS: list[tuple[str, ...]] = [(label, LUHOVA[key]) for key, label in LABELS.items()]
for _number in (1, 2):
    ROWS += [(f"Учасник {_number}",)]
    ROWS += [(label, LUHOVA[f"p{_number}_{suffix}"]) for suffix, label in PERSON_LABELS.items()]


def opened(content: bytes, name: str = "Заявка") -> Reading:
    return opening.read(content, name, hashlib.sha256(content).hexdigest())


def applied(content: bytes) -> Application:
    application = match([opened(content)], CALL)
    assert application is not None
    return application


def raw(content: bytes) -> dict[str, str]:
    return {key: value.raw for key, value in applied(content).values.items()}


def odt(body: str) -> bytes:
    names = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"'
        for short, long in (
            ("office", "office"),
            ("text", "text"),
            ("table", "table"),
            ("style", "style"),
            ("fo", "xsl-fo-compatible"),
        )
    )
    content = f"<office:document-content {names}><office:body><office:text>{body}</office:text></office:body></office:document-content>"
    return package(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "content.xml": content,
            "META-INF/manifest.xml": "<m/>",
        }
    )


def odt_cell(text: str, span: int = 1) -> str:
    lines = "".join(f"<text:p>{line}</text:p>" for line in text.split("\n"))
    spanned = f' table:number-columns-spanned="{span}"' if span > 1 else ""
    return f"<table:table-cell{spanned}>{lines}</table:table-cell>" + "<table:covered-table-cell/>" * (
        span - 1
    )


def odt_table(rows: list[tuple[str, ...]]) -> str:
    made = "".join(
        f"<table:table-row>{''.join(odt_cell(text, 3 - len(row)) for text in row)}</table:table-row>"
        for row in rows
    )
    return f"<table:table>{made}</table:table>"


def test_odt() -> None:
    reading = opened(odt(odt_table(ROWS)))
    assert reading.reader == "odt"
    assert raw(odt(odt_table(ROWS))) == LUHOVA


def test_odt_leaves_out_what_was_deleted_and_what_is_a_note() -> None:
    body = (
        "<text:tracked-changes><text:changed-region><text:deletion><text:p>стара громада</text:p></text:deletion>"
        "</text:changed-region></text:tracked-changes>"
        '<text:p>Назва<text:s text:c="2"/>громади:<text:tab/><text:span>Лу</text:span>гова<office:annotation><text:p>коментар'
        "</text:p></office:annotation><text:line-break/>друга</text:p>"
    )
    assert [block.text for block in opened(odt(body)).blocks] == ["Назва  громади:\tЛугова\nдруга"]


def test_html_as_a_browser_saves_it_in_windows_1251() -> None:
    def cell(text: str, span: int) -> str:
        return f"<td colspan={span}>" + text.replace("\n", "<br>") + "</td>"

    rows = "".join("<tr>" + "".join(cell(text, 3 - len(row)) for text in row) + "</tr>" for row in ROWS)
    page = (
        '<html><head><meta charset="windows-1251"><title>Заявка</title><style>td {}</style></head>'
        f"<body><script>alert('Назва громади: чуже')</script><table>{rows}</table></body></html>"
    )
    content = page.encode("windows-1251", "xmlcharrefreplace")
    assert opened(content, "Заявка.html").reader == "html"
    assert raw(content) == LUHOVA


def xlsx(rows: list[tuple[object, ...]]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    hidden = book.create_sheet("Довідник")
    hidden.append(("Назва громади", "чужа"))
    hidden.sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_xlsx_without_its_hidden_sheets() -> None:
    assert raw(xlsx([(), *ROWS])) == LUHOVA


def test_xlsx_with_merged_cells_says_what_they_span() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ("Назва громади", None, "Лугова"),
        ("Учасник 1", "ПІБ", "Коваль Іван"),
        (None, "Посада", "діловод"),
    ):
        sheet.append(row)
    sheet.merge_cells("A1:B1")
    sheet.merge_cells("A2:A3")
    out = io.BytesIO()
    book.save(out)
    (table,) = opened(out.getvalue()).blocks
    assert isinstance(table, Table)
    assert [[(cell.text, cell.colspan, cell.continued) for cell in row] for row in table.rows] == [
        [("Назва громади", 2, False), ("Лугова", 1, False)],
        [("Учасник 1", 1, False), ("ПІБ", 1, False), ("Коваль Іван", 1, False)],
        [("", 1, True), ("Посада", 1, False), ("діловод", 1, False)],
    ]


def test_xlsx_shows_dates_and_numbers_as_the_sheet_does() -> None:
    content = xlsx(
        [("Дата", date(2023, 3, 7)), ("Кількість", 11562.0), ("Так", True), ("Телефон", 380671234567)]
    )
    texts = [[cell.text for cell in row] for row in opened(content).blocks[0].rows]
    assert texts == [
        ["Дата", "07.03.2023"],
        ["Кількість", "11562"],
        ["Так", "☒"],
        ["Телефон", "380671234567"],
    ]


def test_zip_with_names_of_dos_and_a_picture_beside_the_form() -> None:
    form = right(LUHOVA)
    files = {"Заявка/скан.jpg": b"\xff\xd8\xff" + bytes(200), "Заявка/форма.docx": form, "__MACOSX/x": b"x"}
    # Windows writes names in the code page of DOS and without the flag for UTF-8, which zipfile would set.
    dos = {name: name.encode("cp866") for name in files}
    plain = {name: f"{at}".ljust(len(dos[name]), "~") for at, name in enumerate(files)}
    content = package({plain[name]: octets for name, octets in files.items()})
    for name in files:
        content = content.replace(plain[name].encode(), dos[name])
    reading = opened(content)
    assert [(leaf.status, leaf.reason) for leaf in reading.leaves] == [
        ("not_a_form", "picture"),
        ("read", ""),
    ]
    assert [leaf.container for leaf in reading.leaves] == ["Заявка/скан.jpg", "Заявка/форма.docx"]
    application = applied(content)
    assert application.form == hashlib.sha256(form).hexdigest()
    assert {key: value.raw for key, value in application.values.items()} == LUHOVA


def test_a_container_is_as_readable_as_the_best_it_holds() -> None:
    picture, packed = b"\xff\xd8\xff" + bytes(200), b"\x1f\x8b\x08" + bytes(200)
    outcomes = [
        (opened(package(files)).status, opened(package(files)).reason)
        for files in (
            {"a.jpg": picture},
            {"a.jpg": picture, "b.gz": packed},
            {"b.gz": packed, "c.docx": right(LUHOVA)},
        )
    ]
    assert outcomes == [("not_a_form", "picture"), ("unreadable", "format"), ("read", "")]


def signed(document: bytes | None) -> bytes:
    return cms.ContentInfo(
        {
            "content_type": "signed_data",
            "content": cms.SignedData(
                {
                    "version": "v1",
                    "digest_algorithms": [{"algorithm": "sha256"}],
                    "encap_content_info": {"content_type": "data", "content": document}
                    if document
                    else {"content_type": "data"},
                    "signer_infos": [],
                }
            ),
        }
    ).dump()


def test_the_document_is_taken_out_of_a_signature() -> None:
    form = right(LUHOVA)
    reading = opened(signed(form), "Заявка.docx.p7s")
    assert (reading.reader, reading.signature, reading.leaves[0].container) == ("p7s", "?", "p7s")
    assert raw(signed(form)) == LUHOVA
    # A signature of a signature: two people signed one after another.
    assert raw(signed(signed(form))) == LUHOVA


def test_a_signature_in_base64_is_the_same_signature() -> None:
    assert raw(encodebytes(signed(right(LUHOVA)))) == LUHOVA


def test_a_detached_signature_is_no_form() -> None:
    reading = opened(signed(None), "Заявка.docx.p7s")
    assert (reading.status, reading.reason) == ("not_a_form", "signature")


KOVAL = {"common_name": "Коваль І. М.", "surname": "Коваль", "given_name": "Іван Михайлович"}
COUNCIL = {"common_name": "Лугівська міська рада"}


@pytest.mark.parametrize(
    ("made", "names"),
    [
        (lambda form: signing.signed(form, KOVAL), ("Коваль Іван Михайлович",)),
        (lambda form: signing.signed(form, KOVAL, COUNCIL), ("Коваль Іван Михайлович", "Лугівська міська рада")),
        (lambda form: signing.signed(signing.signed(form, KOVAL), COUNCIL), ("Лугівська міська рада", "Коваль Іван Михайлович")),
        (lambda form: signing.signed(form, KOVAL, chain=False), ("Коваль Іван Михайлович",)),
        (lambda form: signing.indefinite(form, KOVAL), ("Коваль Іван Михайлович",)),
        (lambda form: encodebytes(signing.signed(form, KOVAL)), ("Коваль Іван Михайлович",)),
        (lambda form: b"-----BEGIN PKCS7-----\n" + encodebytes(signing.signed(form, KOVAL)) + b"-----END PKCS7-----", ("Коваль Іван Михайлович",)),
        (lambda form: signing.asice({"Заявка.docx": form}, signing.signed(None, KOVAL)), ("Коваль Іван Михайлович",)),
        (
            lambda form: signing.asice(
                {"Заявка.docx": form},
                signing.xades(signing.certificate(1, authority=True, common_name="Надавач"), signing.certificate(2, **KOVAL)),
                xml=True,
            ),
            ("Коваль Іван Михайлович",),
        ),
        (lambda form: package({"a.docx": form, "a.docx.p7s": signing.signed(None, KOVAL)}), ("Коваль Іван Михайлович",)),
        (signed, ("?",)),
    ],
    ids=["one", "two", "one after another", "without the chain", "indefinite lengths", "base64", "pem", "asice", "asice with xml",
         "beside the document", "no certificate"],
)  # fmt: skip
def test_who_signed_is_told_and_the_document_read(made, names: tuple[str, ...]) -> None:
    content = made(right(LUHOVA))
    assert opened(content).signed_by == names
    assert raw(content) == LUHOVA


def test_a_pdf_tells_who_signed_it() -> None:
    signature = signing.signed(None, KOVAL).hex().encode() + b"00" * 500
    content = (
        b"%PDF-1.7\n1 0 obj << /Type /Sig /ByteRange [0 10 20 30] /Contents <" + signature + b"> >> endobj"
    )
    assert of_pdf(content) == ("Коваль Іван Михайлович",)
    assert of_pdf(content.replace(b"3082", b"3089", 1)) == ("?",)
    assert of_pdf(b"%PDF-1.7") == ()


def test_the_document_is_taken_out_of_an_asic_container() -> None:
    parts = {
        "mimetype": b"application/vnd.etsi.asic-e+zip", "Заявка.docx": right(LUHOVA),
        "META-INF/manifest.xml": b"<m/>", "META-INF/signatures001.p7s": signed(None),
    }  # fmt: skip
    reading = opened(package(dict(parts)))
    assert (reading.reader, reading.signature) == ("asice", "?")
    assert raw(package(dict(parts))) == LUHOVA


@pytest.mark.parametrize(
    "damage", [lambda c: c[: len(c) // 2], lambda c: c[:30] + b"\x00" * 40 + c[70:], lambda c: c[:8]]
)
@pytest.mark.parametrize(
    "made", [lambda: right(LUHOVA), lambda: odt(odt_table(ROWS)), lambda: xlsx(ROWS), lambda: signed(right(LUHOVA))],
    ids=["docx", "odt", "xlsx", "p7s"],
)  # fmt: skip
def test_damage_is_a_fact_about_the_file_and_never_an_error(made, damage) -> None:
    reading = opened(damage(made()))
    assert reading.status in {"read", "unreadable", "not_a_form"}

import io
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
from lxml import etree

from intake.demo.applicants import answers
from intake.demo.forms import form_docx, printed
from intake.demo.people import OLEVSK
from rules.call import Call
from tests.require import absent, require

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def document(octets: bytes) -> etree._Element:
    with zipfile.ZipFile(io.BytesIO(octets)) as package:
        return etree.fromstring(package.read("word/document.xml"))


def said(element: etree._Element) -> str:
    """The text of an element, one line for each paragraph and break."""
    lines = []
    for paragraph in element.iter(f"{W}p"):
        pieces = paragraph.iter(f"{W}t", f"{W}br")
        lines.append("".join("\n" if piece.tag == f"{W}br" else piece.text or "" for piece in pieces))
    return "\n".join(lines)


def cells(octets: bytes) -> dict[str, str]:
    """Label (first line on the left) → text on the right."""
    rows = [[said(cell) for cell in row.iter(f"{W}tc")] for row in document(octets).iter(f"{W}tr")]
    found = {left.split("\n")[0]: right for left, right in rows}
    assert len(found) == len(rows)
    return found


def test_the_blank_form_asks_for_each_numbered_field_once_and_in_order(call: Call) -> None:
    expected = [f"{field.number} {field.label}" for field in call.fields if field.number]
    assert list(cells(form_docx(call))) == expected


def test_a_field_without_a_number_is_only_for_forms_of_other_origin(call: Call, burgas: Call) -> None:
    assert [field.key for field in call.fields if field not in printed(call)] == ["address", "consent"]
    assert printed(burgas) == burgas.fields


def test_every_part_of_the_package_is_declared_and_well_formed(call: Call) -> None:
    with zipfile.ZipFile(io.BytesIO(form_docx(call))) as package:
        assert package.testzip() is None
        types = etree.fromstring(package.read("[Content_Types].xml"))
        declared = {name.removeprefix("/") for part in types if (name := part.get("PartName")) is not None}
        parts = set(package.namelist())
        assert declared == {name for name in parts if not name.endswith(".rels")} - {"[Content_Types].xml"}
        for name in parts:
            etree.fromstring(package.read(name))


def test_the_same_form_has_the_same_octets(call: Call) -> None:
    values = answers(call, OLEVSK)
    assert form_docx(call, values) == form_docx(call, dict(reversed(values.items())))


def test_a_blank_form_has_nothing_on_the_right_but_empty_boxes(call: Call) -> None:
    found = cells(form_docx(call))
    assert found["1.3 Повна назва територіальної громади"] == ""
    assert found["3.6 Звертання"] == "☐ пан     ☐ пані"
    assert {character for text in found.values() for character in text} & {"☒", "☑"} == set()


def test_hints_stand_on_the_left_and_never_hold_a_box(call: Call) -> None:
    for row in document(form_docx(call)).iter(f"{W}tr"):
        left = said(next(row.iter(f"{W}tc")))
        assert "☐" not in left
    hinted = next(row for row in document(form_docx(call)).iter(f"{W}tr") if said(row).startswith("1.3 "))
    (gray,) = [run for run in hinted.iter(f"{W}r") if run.find(f"{W}rPr/{W}i") is not None]
    assert (
        said(hinted).split("\n")[1]
        == gray.findtext(f"{W}t")
        == "наприклад: Коростенська міська територіальна громада"
    )


def test_answers_stand_on_the_right_as_they_were_given(call: Call) -> None:
    found = cells(
        form_docx(
            call, {"hromada": 'Кам’янська <&> "громада"', "change": "Перше\nдруге", "nobody_asked": "x"}
        )
    )
    assert found["1.3 Повна назва територіальної громади"] == 'Кам’янська <&> "громада"'
    change = call.field("change")
    assert change is not None
    assert found[f"4.4 {change.label}"] == "Перше\nдруге"


def test_what_xml_cannot_hold_is_left_out(call: Call) -> None:
    found = cells(form_docx(call, {"hromada": "Ол\x00ев\x0bська\ud800\ufffe"}))
    assert found["1.3 Повна назва територіальної громади"] == "Олевська"


@pytest.mark.parametrize(
    ("key", "value", "shown"),
    [
        ("p1_title", "пані", "☐ пан     ☒ пані"),
        ("p1_title", "", "☐ пан     ☐ пані"),
        ("ready_plan", "так", "☒ так     ☐ ні"),
        ("ready_plan", "no", "☐ так     ☒ ні"),
        ("change_stage", "задум", "☒ задум\n☐ обговорення\n☐ рішення ухвалено\n☐ упровадження триває"),
        (
            "change_stage",
            "ще не знаємо",
            "☐ задум\n☐ обговорення\n☐ рішення ухвалено\n☐ упровадження триває\nще не знаємо",
        ),
        (
            "comm_docs",
            "план комунікації; положення про підрозділ",
            "☐ комунікаційна стратегія\n☒ план комунікації\n☒ положення про підрозділ\n☐ немає",
        ),
        ("p1_consent", "так", "☒ так   Підпис ____________   Дата ___.___.20__"),
        ("p1_consent", "", "☐ так   Підпис ____________   Дата ___.___.20__"),
    ],
)
def test_choices_are_ticked(call: Call, key: str, value: str, shown: str) -> None:
    field = call.field(key)
    assert field is not None
    assert cells(form_docx(call, {key: value}))[f"{field.number} {field.label}"] == shown


def test_an_option_may_be_continued_in_words(call: Call) -> None:
    field = call.field("channels")
    assert field is not None
    shown = cells(form_docx(call, {"channels": "Viber; інше: гучномовець"}))[f"{field.number} {field.label}"]
    assert [line for line in shown.split("\n") if line.startswith("☒")] == ["☒ Viber", "☒ інше: гучномовець"]


def test_participants_have_headings_of_their_own(call: Call) -> None:
    headings = [
        said(paragraph)
        for paragraph in document(form_docx(call)).iter(f"{W}p")
        if (style := paragraph.find(f"{W}pPr/{W}pStyle")) is not None and style.get(f"{W}val") == "Heading2"
    ]
    assert headings == ["Учасник 1", "Учасник 2"]


def test_the_words_around_the_form_are_in_the_calls_language(burgas: Call) -> None:
    octets = form_docx(burgas, {"agreed": "да"})
    assert cells(octets) == {
        "Община": "",
        "Съгласие": "☒ да   Подпис ____________   Дата ___.___.20__",
        "Бележка": "",
    }
    assert said(document(octets)).startswith("ЗАЯВКА ЗА УЧАСТИЕ\nЕфективни комуникационни кампании")
    assert "12:00 14.07.2020 (българско време)" in said(document(octets))


@pytest.mark.libreoffice
def test_libreoffice_opens_the_form_and_shows_it_on_three_pages(call: Call, tmp_path: Path) -> None:
    soffice = require("soffice", "libreoffice-writer-nogui")
    source = tmp_path / "form.docx"
    source.write_bytes(form_docx(call, answers(call, OLEVSK)))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [soffice, profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), str(source)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    pdf = tmp_path / "form.pdf"
    if not pdf.exists():
        absent("LibreOffice cannot open .docx (apt: libreoffice-writer-nogui)")
    # LibreOffice leaves the page objects of a PDF uncompressed.
    assert pdf.read_bytes().count(b"/Type/Page/") == 3
    if shutil.which("pdftotext"):
        text = subprocess.run(
            ["pdftotext", "-layout", str(pdf), "-"], check=True, capture_output=True
        ).stdout.decode()
        assert "Олевська міська територіальна громада" in text
        assert "Сторінка 3 з 3" in text

"""Just enough WordprocessingML, by hand, to build the oddities people send. Tests only."""

import io
import zipfile
from xml.sax.saxutils import escape

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
_NAMES = (
    'xmlns:w="{w}" xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


def document(body: str, *, part: str = "word/document.xml", namespace: str = W) -> bytes:
    """Return a .docx whose main part is `part`."""
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    if namespace == STRICT:
        relation = "http://purl.oclc.org/ooxml/officeDocument/relationships/officeDocument"
    return package(
        {
            "[Content_Types].xml": f'{_HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/{part}" ContentType="{_TYPE}"/></Types>',
            "_rels/.rels": f'{_HEAD}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="rId1" Type="{relation}" Target="{part}"/></Relationships>',
            part: f"{_HEAD}<w:document {_NAMES.format(w=namespace)}><w:body>{body}<w:sectPr/></w:body></w:document>",
        }
    )


def package(parts: dict[str, str | bytes]) -> bytes:
    """Return a zip of these parts, deflated."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def r(text: str, properties: str = "") -> str:
    """A run; newlines are breaks and tabs are tabs."""
    inner = "".join(
        "<w:br/>"
        if piece == "\n"
        else "<w:tab/>"
        if piece == "\t"
        else f'<w:t xml:space="preserve">{escape(piece)}</w:t>'
        for piece in _pieces(text)
    )
    return f"<w:r>{f'<w:rPr>{properties}</w:rPr>' if properties else ''}{inner}</w:r>"


def _pieces(text: str) -> list[str]:
    out = [""]
    for char in text:
        if char in "\n\t":
            out += [char, ""]
        else:
            out[-1] += char
    return [piece for piece in out if piece]


def p(*runs: str) -> str:
    return f"<w:p>{''.join(runs)}</w:p>"


def paragraphs(text: str) -> str:
    """Each line a paragraph."""
    return "".join(p(r(line)) for line in text.split("\n"))


def tc(content: str, span: int = 1, properties: str = "") -> str:
    grid = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    return f"<w:tc><w:tcPr>{grid}{properties}</w:tcPr>{content or '<w:p/>'}</w:tc>"


def tr(*cells: str, properties: str = "") -> str:
    return f"<w:tr>{f'<w:trPr>{properties}</w:trPr>' if properties else ''}{''.join(cells)}</w:tr>"


def tbl(*rows: str) -> str:
    return f"<w:tbl><w:tblPr/>{''.join(rows)}</w:tbl><w:p/>"


def sdt(content: str, properties: str = "") -> str:
    return f"<w:sdt><w:sdtPr>{properties}</w:sdtPr><w:sdtContent>{content}</w:sdtContent></w:sdt>"


def placeholder(text: str = "Клацніть або торкніться тут, щоб ввести текст.") -> str:
    return sdt(r(text), "<w:showingPlcHdr/><w:text/>")


def checkbox(*, checked: bool) -> str:
    state = f'<w14:checkbox><w14:checked w14:val="{int(checked)}"/></w14:checkbox>'
    return sdt(r("☒" if checked else "☐"), state)


def legacy_text(text: str) -> str:
    """A FORMTEXT field: what was typed stands between `separate` and `end`."""
    return (
        '<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:textInput/></w:ffData></w:fldChar></w:r>'
        '<w:r><w:instrText xml:space="preserve"> FORMTEXT </w:instrText></w:r>'
        f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{r(text)}<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def legacy_checkbox(*, checked: bool) -> str:
    state = f'<w:checkBox><w:default w:val="0"/><w:checked w:val="{int(checked)}"/></w:checkBox>'
    return (
        f'<w:r><w:fldChar w:fldCharType="begin"><w:ffData>{state}</w:ffData></w:fldChar></w:r>'
        '<w:r><w:instrText xml:space="preserve"> FORMCHECKBOX </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def legacy_list(*entries: str, chosen: int) -> str:
    items = "".join(f'<w:listEntry w:val="{escape(entry)}"/>' for entry in entries)
    state = f'<w:ddList><w:result w:val="{chosen}"/>{items}</w:ddList>'
    return (
        f'<w:r><w:fldChar w:fldCharType="begin"><w:ffData>{state}</w:ffData></w:fldChar></w:r>'
        '<w:r><w:instrText xml:space="preserve"> FORMDROPDOWN </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def text_box(content: str) -> str:
    """A floating box as Word writes it: the same text twice, for new and old readers."""
    return (
        '<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wps:wsp><wps:txbx>'
        f"<w:txbxContent>{content}</w:txbxContent></wps:txbx></wps:wsp></w:drawing></mc:Choice>"
        f"<mc:Fallback><w:pict><v:textbox><w:txbxContent>{content}</w:txbxContent></v:textbox></w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r>"
    )


def vml_box(content: str) -> str:
    return f"<w:r><w:pict><v:shape><v:textbox><w:txbxContent>{content}</w:txbxContent></v:textbox></v:shape></w:pict></w:r>"


def symbol(code: str, font: str = "Wingdings") -> str:
    return f'<w:r><w:sym w:font="{font}" w:char="{code}"/></w:r>'


def deleted(text: str) -> str:
    return f'<w:del w:id="1" w:author="x"><w:r><w:delText>{escape(text)}</w:delText></w:r></w:del>'


def inserted(*runs: str) -> str:
    return f'<w:ins w:id="1" w:author="x">{"".join(runs)}</w:ins>'

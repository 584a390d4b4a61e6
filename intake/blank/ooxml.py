"""A .docx in the fewest parts that Word and LibreOffice open without complaint (ECMA-376, transitional).

It knows runs, paragraphs, tables and the package, and nothing of forms. The same text gives the same
octets: no clock, no name of the system, no generated identifiers.
"""

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

# The oldest time a zip can hold: a member's own clock would make every file differ.
_EPOCH = (1980, 1, 1, 0, 0, 0)
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
# XML 1.0, 2.2: these characters cannot stand in a document, however escaped.
_FORBIDDEN = dict.fromkeys([*range(9), 11, 12, *range(14, 32), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF])
_W14 = "http://schemas.microsoft.com/office/word/2010/wordml"
_MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
_SHADE = "EEF2F8"
_DARK, _GREY = "1F3864", "6B7280"


def docx(body: str, *, title: str, locale: str, page: str) -> bytes:
    """Return the octets of a document.

    `body` is what `paragraph` and `table` gave; `title` goes into the properties and the footer; `locale` is the
    language of the text (BCP 47); `page` is the footer's wording with `{page}` and `{pages}`.
    """
    return package(
        {
            "[Content_Types].xml": _content_types(),
            "_rels/.rels": _relationships(
                (f"{_OFFICE}/officeDocument", "word/document.xml"),
                (f"{_PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml"),
            ),
            "word/document.xml": _document(body),
            "word/_rels/document.xml.rels": _relationships(
                (f"{_OFFICE}/styles", "styles.xml"),
                (f"{_OFFICE}/settings", "settings.xml"),
                (f"{_OFFICE}/footer", "footer1.xml"),
            ),
            "word/styles.xml": _styles(locale),
            "word/settings.xml": _settings(),
            "word/footer1.xml": _footer(title, page),
            "docProps/core.xml": _core(title, locale),
        }
    )


def run(text: str, *, bold: bool = False, hint: bool = False, symbol: bool = False, style: str = "") -> str:
    """Return a run of text; line breaks in it become breaks. `symbol` picks a font that has ballot boxes."""
    if not text:
        return ""
    properties = f'<w:rStyle w:val="{style}"/>' if style else ""
    if symbol:
        properties += '<w:rFonts w:ascii="MS Gothic" w:eastAsia="MS Gothic" w:hAnsi="MS Gothic"/>'
    properties += "<w:b/>" if bold else ""
    properties += f'<w:i/><w:color w:val="{_GREY}"/><w:sz w:val="17"/>' if hint else ""
    lines = text.translate(_FORBIDDEN).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    inner = "<w:br/>".join(f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in lines)
    return f"<w:r>{f'<w:rPr>{properties}</w:rPr>' if properties else ''}{inner}</w:r>"


def paragraph(runs: str, style: str = "") -> str:
    """Return a paragraph of runs, in one of the styles of `_styles`."""
    properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{properties}{runs}</w:p>"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its width in twentieths of a point; `label`: shaded, for it holds labels."""

    width: int
    label: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A row: cells made of paragraphs, the least height in twentieths of a point; a header stands on every page."""

    cells: tuple[str, ...]
    height: int = 0
    header: bool = False


def table(columns: Sequence[Column], rows: Iterable[Row]) -> str:
    """Return a table of fixed widths."""
    inner = "".join(_row(columns, one) for one in rows)
    sides = ("top", "left", "bottom", "right", "insideH", "insideV")
    borders = "".join(f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="9AA5B4"/>' for side in sides)
    margins = "".join(
        f'<w:{side} w:w="{width}" w:type="dxa"/>'
        for side, width in (("top", 50), ("left", 110), ("bottom", 50), ("right", 110))
    )
    grid = "".join(f'<w:gridCol w:w="{column.width}"/>' for column in columns)
    width = sum(column.width for column in columns)
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{width}" w:type="dxa"/><w:tblBorders>{borders}</w:tblBorders>'
        f'<w:tblLayout w:type="fixed"/><w:tblCellMar>{margins}</w:tblCellMar></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>{inner}</w:tbl>"
    )


def _row(columns: Sequence[Column], one: Row) -> str:
    high = f'<w:trHeight w:val="{one.height}" w:hRule="atLeast"/>' if one.height else ""
    head = "<w:tblHeader/>" if one.header else ""
    cells = "".join(
        _cell(content, column.width, _SHADE if column.label or one.header else "")
        for column, content in zip(columns, one.cells, strict=True)
    )
    return f"<w:tr><w:trPr><w:cantSplit/>{high}{head}</w:trPr>{cells}</w:tr>"


def _cell(content: str, width: int, fill: str) -> str:
    shading = f'<w:shd w:val="clear" w:color="auto" w:fill="{fill}"/>' if fill else ""
    return f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{shading}</w:tcPr>{content}</w:tc>'


def _document(body: str) -> str:
    return (
        f'{_XML}<w:document xmlns:w="{_W}" xmlns:r="{_OFFICE}" xmlns:w14="{_W14}" '
        f'xmlns:mc="{_MC}" mc:Ignorable="w14"><w:body>{body}<w:sectPr>'
        '<w:footerReference w:type="default" r:id="rId3"/><w:pgSz w:w="11906" w:h="16838"/>'
        '<w:pgMar w:top="850" w:right="850" w:bottom="964" w:left="1134" w:header="454" w:footer="454" '
        'w:gutter="0"/></w:sectPr></w:body></w:document>'
    )


def _styles(locale: str) -> str:
    def style(name: str, paragraph: str = "", run: str = "") -> str:
        return (
            f'<w:style w:type="paragraph" w:styleId="{name}"><w:name w:val="{name}"/><w:basedOn w:val="Normal"/>'
            f"<w:qFormat/><w:pPr>{paragraph}</w:pPr><w:rPr>{run}</w:rPr></w:style>"
        )

    box = (
        '<w:pBdr><w:left w:val="single" w:sz="18" w:space="8" w:color="2F5496"/></w:pBdr>'
        f'<w:shd w:val="clear" w:color="auto" w:fill="{_SHADE}"/><w:spacing w:before="0" w:after="0" w:line="264" w:lineRule="auto"/>'
        '<w:ind w:left="170"/>'
    )
    return (
        f'{_XML}<w:styles xmlns:w="{_W}"><w:docDefaults><w:rPrDefault><w:rPr>'
        '<w:rFonts w:ascii="Arial" w:hAnsi="Arial" w:eastAsia="Arial" w:cs="Arial"/><w:sz w:val="19"/>'
        f'<w:lang w:val="{locale}"/></w:rPr></w:rPrDefault><w:pPrDefault><w:pPr>'
        '<w:spacing w:after="80"/></w:pPr></w:pPrDefault></w:docDefaults>'
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/></w:style>'
        '<w:style w:type="character" w:styleId="PlaceholderText"><w:name w:val="Placeholder Text"/>'
        f'<w:rPr><w:color w:val="{_GREY}"/></w:rPr></w:style>'
        + style(
            "Title",
            '<w:spacing w:after="20"/><w:jc w:val="center"/>',
            f'<w:b/><w:color w:val="{_DARK}"/><w:spacing w:val="40"/><w:sz w:val="36"/>',
        )
        + style("Subtitle", '<w:spacing w:after="20"/><w:jc w:val="center"/>', '<w:sz w:val="22"/>')
        + style("CallTitle", '<w:spacing w:after="180"/><w:jc w:val="center"/>', '<w:sz w:val="25"/>')
        + style("How", box, '<w:sz w:val="18"/>')
        + style(
            "Heading1",
            '<w:keepNext/><w:pBdr><w:bottom w:val="single" w:sz="6" w:space="2" w:color="2F5496"/></w:pBdr>'
            '<w:spacing w:before="240" w:after="100"/><w:outlineLvl w:val="0"/>',
            f'<w:b/><w:color w:val="{_DARK}"/><w:sz w:val="24"/>',
        )
        + style(
            "Heading2",
            '<w:keepNext/><w:spacing w:before="120" w:after="60"/><w:outlineLvl w:val="1"/>',
            '<w:b/><w:sz w:val="21"/>',
        )
        + style(
            "Consent", '<w:keepNext/><w:spacing w:after="100"/><w:jc w:val="both"/>', '<w:sz w:val="17"/>'
        )
        + style(
            "Foot",
            '<w:spacing w:after="0"/><w:jc w:val="right"/>',
            f'<w:color w:val="{_GREY}"/><w:sz w:val="16"/>',
        )
        + style("Cell", '<w:spacing w:after="0"/>')
        + style("KeptCell", '<w:keepNext/><w:spacing w:after="0"/>')
        + style("Gap", '<w:spacing w:after="0" w:line="120" w:lineRule="exact"/>', '<w:sz w:val="8"/>')
        + "</w:styles>"
    )


def _settings() -> str:
    return (
        f'{_XML}<w:settings xmlns:w="{_W}"><w:zoom w:percent="100"/><w:compat><w:compatSetting '
        'w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat></w:settings>'
    )


def _footer(title: str, page: str) -> str:
    before, _, rest = page.partition("{page}")
    between, _, after = rest.partition("{pages}")
    number = '<w:fldSimple w:instr="PAGE"><w:r><w:t>1</w:t></w:r></w:fldSimple>'
    count = '<w:fldSimple w:instr="NUMPAGES"><w:r><w:t>1</w:t></w:r></w:fldSimple>'
    runs = run(f"{title} · {before}") + number + run(between) + count + run(after)
    return f'{_XML}<w:ftr xmlns:w="{_W}">{paragraph(runs, "Foot")}</w:ftr>'


def _core(title: str, locale: str) -> str:
    return (
        f'{_XML}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
        f'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{escape(title.translate(_FORBIDDEN))}</dc:title>'
        f"<dc:language>{locale}</dc:language></cp:coreProperties>"
    )


def _content_types() -> str:
    overrides = "".join(
        f'<Override PartName="/{name}" ContentType="{kind}"/>'
        for name, kind in (
            ("word/document.xml", f"{_WORD_TYPE}.document.main+xml"),
            ("word/styles.xml", f"{_WORD_TYPE}.styles+xml"),
            ("word/settings.xml", f"{_WORD_TYPE}.settings+xml"),
            ("word/footer1.xml", f"{_WORD_TYPE}.footer+xml"),
            ("docProps/core.xml", "application/vnd.openxmlformats-package.core-properties+xml"),
        )
    )
    return (
        f'{_XML}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
    )


def _relationships(*pairs: tuple[str, str]) -> str:
    inner = "".join(
        f'<Relationship Id="rId{number}" Type={quoteattr(kind)} Target={quoteattr(target)}/>'
        for number, (kind, target) in enumerate(pairs, 1)
    )
    return f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{inner}</Relationships>'


def package(parts: Mapping[str, str]) -> bytes:
    """Return a zip of the parts (ECMA-376 part 2), the same octets each time."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in parts.items():
            member = zipfile.ZipInfo(name, date_time=_EPOCH)
            member.compress_type = zipfile.ZIP_DEFLATED
            # Without this the member would name the system that wrote it.
            member.create_system = 0
            package.writestr(member, text.encode())
    return stream.getvalue()

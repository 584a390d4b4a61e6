"""A coordinators' workbook with what openpyxl does not keep, made by a script: put into a file that the robot wrote.

The parts are small, but named, related and typed as Excel names, relates and types them.
"""

import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path

from lxml import etree

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MS = "http://schemas.microsoft.com/office"
_CT = "application/vnd.openxmlformats-officedocument"
_DRAWING = (
    'xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing" '
    f'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:r="{OFFICE}"'
)
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def png() -> bytes:
    """A picture of one red dot."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0\xff\0\0"))
        + chunk(b"IEND", b"")
    )


def _anchor(row: int, body: str) -> str:
    return (
        f"<xdr:twoCellAnchor><xdr:from><xdr:col>1</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>{row}</xdr:row>"
        f"<xdr:rowOff>0</xdr:rowOff></xdr:from><xdr:to><xdr:col>3</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>{row + 4}</xdr:row>"
        f"<xdr:rowOff>0</xdr:rowOff></xdr:to>{body}<xdr:clientData/></xdr:twoCellAnchor>"
    )


def _shape(number: int, text: str) -> str:
    return (
        f'<xdr:sp macro="" textlink=""><xdr:nvSpPr><xdr:cNvPr id="{number}" name="TextBox {number}"/><xdr:cNvSpPr txBox="1"/></xdr:nvSpPr>'
        '<xdr:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="900000" cy="300000"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></xdr:spPr>'
        f"<xdr:txBody><a:bodyPr/><a:p><a:r><a:t>{text}</a:t></a:r></a:p></xdr:txBody></xdr:sp>"
    )


def _picture(number: int, relation: str) -> str:
    return (
        f'<xdr:pic><xdr:nvPicPr><xdr:cNvPr id="{number}" name="Picture {number}"/><xdr:cNvPicPr/></xdr:nvPicPr>'
        f'<xdr:blipFill><a:blip r:embed="{relation}"/><a:stretch><a:fillRect/></a:stretch></xdr:blipFill>'
        '<xdr:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="90000" cy="90000"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></xdr:spPr></xdr:pic>'
    )


_VML = (
    '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:x="urn:schemas-microsoft-com:office:excel">'
    '<o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="1"/></o:shapelayout>'
    '<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe"><v:stroke joinstyle="miter"/></v:shapetype>'
    '<v:shape id="_x0000_s1025" type="#_x0000_t202" style="position:absolute;width:333pt;height:222pt;visibility:hidden">'
    '<x:ClientData ObjectType="Note"><x:Anchor>3, 15, 1, 2, 9, 31, 12, 1</x:Anchor><x:Row>1</x:Row><x:Column>{note}</x:Column></x:ClientData></v:shape>'
    '<v:shape id="_x0000_s1026" type="#_x0000_t201" style="position:absolute" o:button="t"><v:textbox><div><font>Кнопка<br></font></div></v:textbox>'
    '<x:ClientData ObjectType="Button"><x:Anchor>5, 0, 30, 0, 7, 0, 32, 0</x:Anchor><x:FmlaMacro>[0]!go</x:FmlaMacro></x:ClientData></v:shape></xml>'
)
_HEADER_VML = (
    '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office">'
    '<v:shape id="LH" type="#_x0000_t75" style="width:10pt;height:10pt"><v:imagedata o:relid="rId1" o:title="logo"/></v:shape></xml>'
)
_CHART_EX = '<cx:chartSpace xmlns:cx="http://schemas.microsoft.com/office/drawing/2014/chartex"><cx:chartData/></cx:chartSpace>'


def _rels(*relations: tuple[str, str, str]) -> str:
    kinds = "".join(
        f'<Relationship Id="{number}" Type="{kind if ":" in kind else f"{OFFICE}/{kind}"}" Target="{target}"/>'
        for number, kind, target in relations
    )
    return f'{_HEAD}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{kinds}</Relationships>'


# Whole parts: name → (content type, content).
PARTS: dict[str, tuple[str, str | bytes]] = {
    "xl/threadedComments/threadedComment1.xml": (
        "application/vnd.ms-excel.threadedcomments+xml",
        f'<ThreadedComments xmlns="{_MS}/spreadsheetml/2018/threadedcomments"><threadedComment ref="{{threaded}}" dT="2023-03-10T09:00:00.00" personId="{{{{1}}}}" id="{{{{2}}}}"><text>Передзвонити</text></threadedComment></ThreadedComments>',
    ),
    "xl/persons/person.xml": (
        "application/vnd.ms-excel.person+xml",
        f'<personList xmlns="{_MS}/spreadsheetml/2018/threadedcomments"><person displayName="Ірина" id="{{{{1}}}}"/></personList>',
    ),
    "xl/comments7.xml": (
        f"{_CT}.spreadsheetml.comments+xml",
        (
            f'<comments xmlns="{MAIN}"><authors><author>Ірина</author><author>tc={{{{2}}}}</author></authors><commentList>'
        '<comment ref="{note}" authorId="0"><text><r><rPr><b/></rPr><t>Ірина:</t></r><r><t xml:space="preserve"> чекаємо</t></r></text></comment>'
        '<comment ref="{threaded}" authorId="1"><text><t>[Threaded comment]</t></text></comment></commentList></comments>'
        ),
    ),
    "xl/drawings/vmlDrawing7.vml": ("", _VML),
    "xl/drawings/vmlDrawing8.vml": ("", _HEADER_VML),
    "xl/drawings/_rels/vmlDrawing8.vml.rels": ("", _rels(("rId1", "image", "../media/image7.png"))),
    "xl/media/image7.png": ("", png()),
    "xl/drawings/drawing7.xml": (
        f"{_CT}.drawing+xml",
        f"<xdr:wsDr {_DRAWING}>{_anchor(40, _shape(2, 'Пам’ятка'))}{_anchor(50, _picture(3, 'rId1'))}</xdr:wsDr>",
    ),
    "xl/drawings/_rels/drawing7.xml.rels": (
        "",
        _rels(("rId1", "image", "../media/image7.png"), ("rId2", f"{_MS}/2014/relationships/chartEx", "../charts/chartEx1.xml")),
    ),
    "xl/charts/chartEx1.xml": ("application/vnd.ms-office.chartex+xml", _CHART_EX),
    "xl/slicers/slicer1.xml": (
        "application/vnd.ms-excel.slicer+xml",
        f'<slicers xmlns="{_MS}/spreadsheetml/2009/9/main"><slicer name="Статус" cache="Slicer_Status" rowHeight="241300"/></slicers>',
    ),
    "xl/slicerCaches/slicerCache1.xml": (
        "application/vnd.ms-excel.slicerCache+xml",
        f'<slicerCacheDefinition xmlns="{_MS}/spreadsheetml/2009/9/main" name="Slicer_Status" sourceName="Статус"/>',
    ),
    "xl/ctrlProps/ctrlProp1.xml": (
        "application/vnd.ms-excel.controlproperties+xml",
        f'<formControlPr xmlns="{_MS}/spreadsheetml/2009/9/main" objectType="Button" lockText="1"/>',
    ),
    "xl/featurePropertyBag/featurePropertyBag.xml": (
        "application/vnd.ms-excel.featurepropertybag+xml",
        f'<FeaturePropertyBags xmlns="{_MS}/spreadsheetml/2022/featurepropertybag"><bag type="Checkbox"/></FeaturePropertyBags>',
    ),
    "xl/richData/rdrichvalue.xml": (
        "application/vnd.ms-excel.rdrichvalue+xml",
        f'<rvData xmlns="{_MS}/spreadsheetml/2017/richdata" count="1"><rv s="0"><v>0</v></rv></rvData>',
    ),
    "xl/metadata.xml": (
        f"{_CT}.spreadsheetml.sheetMetadata+xml",
        f'<metadata xmlns="{MAIN}"><metadataTypes count="1"><metadataType name="XLRICHVALUE" minSupportedVersion="120000"/></metadataTypes></metadata>',
    ),
    "customXml/item1.xml": ("", "<b:Sources xmlns:b=\"urn:example:sources\"/>"),
    "xl/vbaProject.bin": ("application/vnd.ms-office.vbaProject", b"\xd0\xcf\x11\xe0 macros"),
    "xl/pivotCache/pivotCacheDefinition1.xml": (
        f"{_CT}.spreadsheetml.pivotCacheDefinition+xml",
        f'<pivotCacheDefinition xmlns="{MAIN}" xmlns:r="{OFFICE}" r:id="rId1" recordCount="0"><cacheSource type="worksheet"><worksheetSource ref="A1:B4" sheet="Аналіз"/></cacheSource><cacheFields count="0"/></pivotCacheDefinition>',
    ),
    "xl/pivotCache/_rels/pivotCacheDefinition1.xml.rels": ("", _rels(("rId1", "pivotCacheRecords", "pivotCacheRecords1.xml"))),
    "xl/pivotCache/pivotCacheRecords1.xml": (
        f"{_CT}.spreadsheetml.pivotCacheRecords+xml",
        f'<pivotCacheRecords xmlns="{MAIN}" count="0"/>',
    ),
    "xl/externalLinks/externalLink1.xml": (
        f"{_CT}.spreadsheetml.externalLink+xml",
        f'<externalLink xmlns="{MAIN}"><externalBook xmlns:r="{OFFICE}"/></externalLink>',
    ),
    "xl/webextensions/webextension1.xml": (
        "application/vnd.ms-office.webextension+xml",
        f'<we:webextension xmlns:we="{_MS}/webextensions/webextension/2010/11" id="{{{{3}}}}"/>',
    ),
    "xl/embeddings/oleObject1.bin": (f"{_CT}.oleObject", b"\xd0\xcf\x11\xe0 object"),
    "xl/printerSettings/printerSettings1.bin": (f"{_CT}.spreadsheetml.printerSettings", b"\0\1\2printer"),
    "xl/connections.xml": (
        f"{_CT}.spreadsheetml.connections+xml",
        f'<connections xmlns="{MAIN}"><connection id="1" name="Запит" type="5" refreshedVersion="8"/></connections>',
    ),
    "docProps/thumbnail.jpeg": ("", b"\xff\xd8\xff thumbnail"),
}  # fmt: skip

_EXT = f"""<extLst>
<ext uri="{{78C0D931-6437-407d-A8EE-F0AAD7539E65}}" xmlns:x14="{_MS}/spreadsheetml/2009/9/main"><x14:conditionalFormattings><x14:conditionalFormatting xmlns:xm="{_MS}/excel/2006/main"><x14:cfRule type="dataBar" id="{{{{4}}}}"><x14:dataBar minLength="0" maxLength="100" gradient="0"><x14:cfvo type="autoMin"/><x14:cfvo type="autoMax"/><x14:negativeFillColor rgb="FFFF0000"/></x14:dataBar></x14:cfRule><xm:sqref>@SCORE@</xm:sqref></x14:conditionalFormatting></x14:conditionalFormattings></ext>
<ext uri="{{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}}" xmlns:x14="{_MS}/spreadsheetml/2009/9/main"><x14:dataValidations count="1" xmlns:xm="{_MS}/excel/2006/main"><x14:dataValidation type="list" allowBlank="1"><x14:formula1><xm:f>Аналіз!$A$1:$A$3</xm:f></x14:formula1><xm:sqref>@OWNER@</xm:sqref></x14:dataValidation></x14:dataValidations></ext>
<ext uri="{{05C60535-1F16-4fd2-B633-F4F36F0B64E0}}" xmlns:x14="{_MS}/spreadsheetml/2009/9/main"><x14:sparklineGroups xmlns:xm="{_MS}/excel/2006/main"><x14:sparklineGroup type="column"><x14:colorSeries rgb="FF376092"/><x14:sparklines><x14:sparkline><xm:f>Аналіз!A1:A3</xm:f><xm:sqref>BA2</xm:sqref></x14:sparkline></x14:sparklines></x14:sparklineGroup></x14:sparklineGroups></ext>
<ext uri="{{3A4CF648-6AED-40f4-86FF-DC5316D8AED3}}" xmlns:x14="{_MS}/spreadsheetml/2009/9/main"><x14:slicerList><x14:slicer r:id="slicer"/></x14:slicerList></ext>
</extLst>"""

# The sheet of the coordinators' own: shared and array formulas with their results, an error, formatted text, hidden rows.
_ANALYSIS = f"""{_HEAD}<worksheet xmlns="{MAIN}" xmlns:r="{OFFICE}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:x14ac="{_MS}/spreadsheetml/2009/9/ac" mc:Ignorable="x14ac"><sheetPr codeName="Sheet9"><tabColor rgb="FF00B050"/><outlinePr summaryBelow="0"/></sheetPr><dimension ref="A1:D4"/><sheetViews><sheetView workbookViewId="0" zoomScale="140" showGridLines="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetFormatPr defaultRowHeight="15" x14ac:dyDescent="0.25"/><cols><col min="2" max="2" width="33" hidden="1" customWidth="1"/></cols><sheetData>
<row r="1" x14ac:dyDescent="0.3"><c r="A1"><v>1</v></c><c r="B1"><f t="shared" ref="B1:B3" si="0">A1*2</f><v>2</v></c><c r="C1" t="s"><v>0</v></c><c r="D1" t="e"><f>NA()</f><v>#N/A</v></c></row>
<row r="2" hidden="1" outlineLevel="1"><c r="A2"><v>2</v></c><c r="B2"><f t="shared" si="0"/><v>4</v></c><c r="D2" cm="1"><f t="array" ref="D2:D3">A1:A2</f><v>1</v></c></row>
<row r="3" collapsed="1"><c r="A3"><v>3</v></c><c r="B3"><f t="shared" si="0"/><v>6</v></c><c r="D3"><v>2</v></c></row>
<row r="4"><c r="A4"><f>SUM(A1:A3)</f><v>6</v></c><c r="B4"><f>COUNTA('Заявки'!A:A)</f><v>777</v></c></row>
</sheetData><sheetProtection algorithmName="SHA-512" hashValue="AAAA" saltValue="BBBB" spinCount="100000" scenarios="1"/><scenarios current="0"><scenario name="Краще" count="1"><inputCells r="A1" val="9"/></scenario></scenarios><mergeCells count="1"><mergeCell ref="F1:G2"/></mergeCells><phoneticPr fontId="0"/><conditionalFormatting sqref="A1:A3"><cfRule type="iconSet" priority="1"><iconSet iconSet="3Arrows"><cfvo type="percent" val="0"/><cfvo type="percent" val="33"/><cfvo type="percent" val="67"/></iconSet></cfRule></conditionalFormatting><hyperlinks><hyperlink ref="A1" location="'Заявки'!A1" tooltip="до заявок" display="заявки"/></hyperlinks><pageMargins left="0.7" right="0.7" top="0.75" bottom="0.75" header="0.3" footer="0.3"/><pageSetup paperSize="9" orientation="landscape" r:id="rId1"/><headerFooter><oddHeader>&amp;L&amp;G</oddHeader></headerFooter><rowBreaks count="1" manualBreakCount="1"><brk id="2" max="16383" man="1"/></rowBreaks><cellWatches><cellWatch r="A4"/></cellWatches><ignoredErrors><ignoredError sqref="A1:A3" numberStoredAsText="1"/></ignoredErrors><legacyDrawingHF r:id="rId2"/><picture r:id="rId3"/></worksheet>"""
_STRINGS = f'<sst xmlns="{MAIN}" count="1" uniqueCount="1"><si><r><rPr><b/><sz val="11"/></rPr><t>Гро</t></r><r><t>мада</t></r><rPh sb="0" eb="3"><t>читання</t></rPh></si></sst>'


# What people put into it, by name: how its part is called, and what must stand in there.
FEATURES: dict[str, tuple[str, bytes]] = {
    "threaded comments": ("threadedComment", b"<text>"),
    "the people of threaded comments": ("persons/person", b"displayName"),
    "formatted text in a comment": ("comment", b"<rPr><b/></rPr>"),
    "the size of a comment's box": ("rawing", b"width:333pt"),
    "a button": ("ctrlProp1", b'objectType="Button"'),
    "the macro a button starts": ("rawing", b"FmlaMacro"),
    "macros": ("vbaProject", b"macros"),
    "a text box": ("drawings/", b"txBody"),
    "a floating picture": ("drawings/", b"<xdr:pic>"),
    "a chart of the new kind": ("chartEx1", b"chartSpace"),
    "a slicer": ("slicers/slicer1", b"<slicer "),
    "a slicer's cache": ("slicerCache1", b"slicerCacheDefinition"),
    "a slicer on the sheet": ("worksheets/sheet", b"slicerList"),
    "checkboxes in cells": ("featurePropertyBag", b"Checkbox"),
    "pictures in cells": ("rdrichvalue", b"rvData"),
    "the cell that shows one": ("worksheets/sheet", b'vm="1"'),
    "dynamic arrays": ("xl/metadata", b"metadataType"),
    "small pictures of numbers": ("worksheets/sheet", b"sparklineGroup"),
    "data bars of the new kind": ("worksheets/sheet", b"x14:dataBar"),
    "data bars of the old kind": ("worksheets/sheet", b"<dataBar>"),
    "lists that point to another sheet": ("worksheets/sheet", b"x14:dataValidation "),
    "icons by value": ("worksheets/sheet", b"3Arrows"),
    "results of formulas": ("worksheets/sheet", b"<f>SUM(A1:A3)</f><v>6</v>"),
    "shared formulas": ("worksheets/sheet", b't="shared"'),
    "an array formula": ("worksheets/sheet", b't="array"'),
    "formatted text in a cell": ("sharedStrings", b"<rPr><b/>"),
    "reading aids": ("sharedStrings", b"rPh"),
    "scenarios": ("worksheets/sheet", b"<scenario "),
    "protection": ("worksheets/sheet", b"sheetProtection"),
    "watched cells": ("worksheets/sheet", b"cellWatch "),
    "errors that are to be ignored": ("worksheets/sheet", b"ignoredError "),
    "a page break": ("worksheets/sheet", b"<brk "),
    "a picture in the header": ("rawing", b"imagedata"),
    "a picture behind the sheet": ("worksheets/sheet", b"<picture "),
    "the printer's settings": ("printerSettings1", b"printer"),
    "hidden and grouped rows": ("worksheets/sheet", b'outlineLevel="1"'),
    "a link with a tooltip": ("worksheets/sheet", b"tooltip="),
    "names": ("xl/workbook", "Ставка".encode()),
    "a function of one's own": ("xl/workbook", b"LAMBDA"),
    "data of a pivot table": ("pivotCacheRecords1", b"pivotCacheRecords"),
    "a link to another workbook": ("externalLink1", b"externalBook"),
    "a query": ("xl/connections", b"<connection "),
    "data of an add-in": ("customXml/item1", b"Sources"),
    "an add-in": ("webextension1", b"webextension"),
    "an embedded object": ("oleObject1", b"object"),
    "a small picture of the file": ("thumbnail", b"thumbnail"),
}


def has(parts: Mapping[str, bytes], feature: str) -> bool:
    """Whether a workbook of such parts has a feature."""
    part, mark = FEATURES[feature]
    return any(part in name and mark in octets for name, octets in parts.items() if "_rels/" not in name)


def _related(octets: bytes, source: str, relations: list[tuple[str, str, str]]) -> bytes:
    root = etree.fromstring(octets)
    for number, kind, target in relations:
        made = etree.SubElement(
            root, "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
        )
        made.set("Id", number)
        made.set("Type", kind if ":" in kind else f"{OFFICE}/{kind}")
        made.set("Target", target)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def enrich(path: Path, columns: dict[str, str], last: int) -> None:
    """Put everything into a workbook that the robot wrote. `columns`: header → letters, on the sheet of applications."""
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    sheet = _sheet_part(parts, "Заявки")
    places = {"note": f"{columns['Примітка']}2", "threaded": f"{columns['Примітка']}3"}
    numbers = {"note": _number(columns["Примітка"]) - 1}
    types = []
    for name, (kind, content) in PARTS.items():
        if isinstance(content, str):
            for key, value in (numbers if name.endswith(".vml") else places).items():
                content = content.replace(f"{{{key}}}", str(value))  # noqa: PLW2901 the part as it is written
            content = content.replace("{{", "{").replace("}}", "}")  # noqa: PLW2901 likewise
        parts[name] = content.encode() if isinstance(content, str) else content
        if kind:
            types.append(f'<Override PartName="/{name}" ContentType="{kind}"/>')
    parts["xl/worksheets/sheet99.xml"] = _ANALYSIS.encode()
    parts["xl/worksheets/_rels/sheet99.xml.rels"] = _rels(
        ("rId1", "printerSettings", "../printerSettings/printerSettings1.bin"),
        ("rId2", "vmlDrawing", "../drawings/vmlDrawing8.vml"),
        ("rId3", "image", "../media/image7.png"),
    ).encode()
    types.append(
        f'<Override PartName="/xl/worksheets/sheet99.xml" ContentType="{_CT}.spreadsheetml.worksheet+xml"/>'
    )
    parts["xl/calcChain.xml"] = f'<calcChain xmlns="{MAIN}"><c r="A4" i="99"/></calcChain>'.encode()
    types.append(f'<Override PartName="/xl/calcChain.xml" ContentType="{_CT}.spreadsheetml.calcChain+xml"/>')
    parts["xl/sharedStrings.xml"] = _STRINGS.encode()
    if b"sharedStrings+xml" not in parts["[Content_Types].xml"]:
        types.append(
            f'<Override PartName="/xl/sharedStrings.xml" ContentType="{_CT}.spreadsheetml.sharedStrings+xml"/>'
        )
    book = "xl/_rels/workbook.xml.rels"
    relations = [
        ("rId900", "worksheet", "worksheets/sheet99.xml"),
        ("rId901", "calcChain", "calcChain.xml"),
        ("rId902", f"{_MS}/2017/10/relationships/person", "persons/person.xml"),
        ("rId903", f"{_MS}/2007/relationships/slicerCache", "slicerCaches/slicerCache1.xml"),
        ("rId904", "sheetMetadata", "metadata.xml"),
        ("rId905", f"{_MS}/2017/06/relationships/rdRichValue", "richData/rdrichvalue.xml"),
        (
            "rId906",
            f"{_MS}/2022/11/relationships/FeaturePropertyBag",
            "featurePropertyBag/featurePropertyBag.xml",
        ),
        ("rId907", "customXml", "../customXml/item1.xml"),
        ("rId908", "pivotCacheDefinition", "pivotCache/pivotCacheDefinition1.xml"),
        ("rId909", "externalLink", "externalLinks/externalLink1.xml"),
        ("rId910", "connections", "connections.xml"),
    ]
    if b"sharedStrings.xml" not in parts[book]:
        relations.append(("rId911", "sharedStrings", "sharedStrings.xml"))
    parts[book] = _related(parts[book], "", relations)
    of_sheet = f"xl/worksheets/_rels/{sheet.rpartition('/')[2]}.rels"
    parts[of_sheet] = _related(
        parts[of_sheet],
        sheet,
        [
            ("comments", "comments", "../comments7.xml"),
            (
                "threads",
                f"{_MS}/2017/10/relationships/threadedComment",
                "../threadedComments/threadedComment1.xml",
            ),
            ("vml", "vmlDrawing", "../drawings/vmlDrawing7.vml"),
            ("drawing", "drawing", "../drawings/drawing7.xml"),
            ("control", "ctrlProp", "../ctrlProps/ctrlProp1.xml"),
            ("slicer", f"{_MS}/2007/relationships/slicer", "../slicers/slicer1.xml"),
            ("ole", "oleObject", "../embeddings/oleObject1.bin"),
        ],
    )
    parts[sheet] = _enriched_sheet(parts[sheet], columns, last)
    parts["xl/workbook.xml"] = _enriched_book(parts["xl/workbook.xml"])
    defaults = "".join(
        f'<Default Extension="{ending}" ContentType="{kind}"/>'
        for ending, kind in (
            ("vml", f"{_CT}.vmlDrawing"),
            ("png", "image/png"),
            ("jpeg", "image/jpeg"),
            ("bin", "application/octet-stream"),
        )
        if f'Extension="{ending}"'.encode() not in parts["[Content_Types].xml"]
    )
    parts["[Content_Types].xml"] = re.sub(
        rb"(<Types[^>]*>)", lambda found: found[1] + defaults.encode(), parts["[Content_Types].xml"]
    ).replace(b"</Types>", "".join(types).encode() + b"</Types>")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.comment = "примітка архіву".encode()
        for name, octets in parts.items():
            # Pictures are stored as they are, as some programs do.
            how = zipfile.ZIP_STORED if name.endswith(".png") else zipfile.ZIP_DEFLATED
            package.writestr(zipfile.ZipInfo(name, (2023, 3, 10, 9, 0, 0)), octets, how)


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _sheet_part(parts: dict[str, bytes], name: str) -> str:
    book = etree.fromstring(parts["xl/workbook.xml"])
    relations = etree.fromstring(parts["xl/_rels/workbook.xml.rels"])
    targets = {one.get("Id"): str(one.get("Target")).lstrip("/") for one in relations}
    for one in book.iter(f"{{{MAIN}}}sheet"):
        if one.get("name") == name:
            target = targets[one.get(f"{{{OFFICE}}}id")]
            return target if target.startswith("xl/") else f"xl/{target}"
    raise KeyError(name)


def _enriched_sheet(octets: bytes, columns: dict[str, str], last: int) -> bytes:
    score, owner = columns["Бали"], columns["Відповідальний"]
    ext = _EXT.replace("@SCORE@", f"{score}2:{score}{last}").replace("@OWNER@", f"{owner}2:{owner}{last}")
    ext = ext.replace("{{", "{").replace("}}", "}")
    text = octets.decode()
    if "xmlns:r=" not in text[:600]:
        text = text.replace("<worksheet ", f'<worksheet xmlns:r="{OFFICE}" ', 1)
    bars = (
        f'<conditionalFormatting sqref="{score}2:{score}{last}"><cfRule type="dataBar" priority="90"><dataBar><cfvo type="min"/><cfvo type="max"/>'
        f'<color rgb="FF638EC6"/></dataBar></cfRule></conditionalFormatting>'
    )
    text = text.replace("<conditionalFormatting ", f"{bars}<conditionalFormatting ", 1)
    control = (
        '<controls><control shapeId="1026" r:id="control" name="Button 1"><controlPr defaultSize="0"><anchor><from>'
        '<xdr:col xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing">5</xdr:col></from></anchor></controlPr></control></controls>'
    )
    table = re.search(r"<tableParts.*?</tableParts>", text)
    assert table is not None
    after = f'<drawing r:id="drawing"/><legacyDrawing r:id="vml"/>{control}{table[0]}{ext}'
    text = text.replace(table[0], after)
    # A person's formula with its result, beside the table; formatted text in a note; a picture in a cell.
    assert "sharedStrings" not in text
    return text.encode()


def _enriched_book(octets: bytes) -> bytes:
    text = octets.decode()
    text = text.replace(
        "</sheets>", f'<sheet xmlns:r="{OFFICE}" name="Аналіз" sheetId="99" r:id="rId900"/></sheets>'
    )
    more = '<definedName name="Ставка">0.2</definedName><definedName name="Подвоїти">_xlfn.LAMBDA(_xlpm.x,_xlpm.x*2)</definedName>'
    text = text.replace("</definedNames>", f"{more}</definedNames>")
    slicers = f'<extLst><ext uri="{{46BE6895-7355-4a93-B00E-2C351335B9C9}}" xmlns:x15="{_MS}/spreadsheetml/2010/11/main"><x15:slicerCaches xmlns:x14="{_MS}/spreadsheetml/2009/9/main" xmlns:r="{OFFICE}"><x14:slicerCache r:id="rId903"/></x15:slicerCaches></ext></extLst>'
    return text.replace("</workbook>", f"{slicers}</workbook>").encode()


def edit_part(path: Path, name: str, change: Callable[[bytes], bytes]) -> None:
    """Change one part of a workbook as a spreadsheet would when it saves the file."""
    with zipfile.ZipFile(path) as package:
        comment = package.comment
        parts = [(entry, package.read(entry.filename)) for entry in package.infolist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.comment = comment
        for entry, octets in parts:
            package.writestr(entry, change(octets) if entry.filename == name else octets, entry.compress_type)


def parts_of(path: Path) -> dict[str, bytes]:
    """Return every part of a workbook."""
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name) for name in package.namelist()}


def sheet_part(path: Path, name: str) -> str:
    """Return the part of a sheet."""
    return _sheet_part(parts_of(path), name)

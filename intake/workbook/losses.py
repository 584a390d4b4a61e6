"""What openpyxl would drop from a workbook on saving. Where anything is found, the file must not be saved through it."""

import re
import zipfile
from io import BytesIO

# Parts by the beginning of their name: openpyxl does not carry them, or not whole.
_PARTS = (
    ("xl/threadedComments/", "threaded comments"),
    ("xl/slicers/", "slicers"),
    ("xl/slicerCaches/", "slicers"),
    ("xl/timelines/", "timelines"),
    ("xl/ctrlProps/", "form controls"),
    ("xl/activeX/", "ActiveX controls"),
    ("xl/embeddings/", "embedded objects"),
    ("xl/richData/", "pictures or data in cells"),
    ("xl/metadata.xml", "dynamic arrays"),
    ("xl/vbaProject.bin", "macros"),
    ("xl/pivotTables/", "pivot tables"),
    ("xl/model/", "a data model"),
    ("xl/connections.xml", "data connections"),
    ("xl/queryTables/", "queries"),
    ("xl/charts/chartEx", "charts of a new kind"),
    ("xl/featurePropertyBag/", "check boxes in cells"),
    ("xl/diagrams/", "diagrams"),
    ("xl/ink/", "ink"),
    ("xl/webextensions/", "web extensions"),
)
# Extensions of a worksheet (MS-XLSX, 2.3.2), by the identifier of their kind.
_EXTENSIONS = {
    "{05C60535-1F16-4FD2-B633-F4F36F0B64E0}": "sparklines",
    "{CCE6A557-97BC-4B89-ADB6-D9C93CAAB3DF}": "drop-down lists that refer to another sheet",
    "{78C0D931-6437-407D-A8EE-F0AAD7539E65}": "conditional formats of a new kind",
    "{A8765BA9-456A-4DAB-B4F3-ACF838C121DE}": "slicers",
    "{3A4CF648-6AED-40F4-86FF-DC5316D8AED3}": "slicers",
    "{7E03D99C-DC04-49D9-9315-930204A7B6E9}": "timelines",
}
_WORKSHEET = (
    (re.compile(rb"<(?:\w+:)?legacyDrawingHF\b"), "pictures in the header or footer"),
    (re.compile(rb"<(?:\w+:)?picture\b"), "a background picture"),
    (re.compile(rb"<(?:\w+:)?controls\b"), "form controls"),
    (re.compile(rb"<(?:\w+:)?oleObjects\b"), "embedded objects"),
)
# Pictures too: without Pillow openpyxl drops them.
_DRAWING = (
    (re.compile(rb"<(?:\w+:)?(?:sp|cxnSp|grpSp)[ />]"), "shapes or text boxes"),
    (re.compile(rb"<(?:\w+:)?pic[ />]"), "pictures"),
    (re.compile(rb"chartex", re.IGNORECASE), "charts of a new kind"),
)
_EXT = re.compile(rb"<(?:\w+:)?ext\b[^>]*\buri=[\"']([^\"']+)[\"']")
# Attached to single rules of conditional formats: it only ties them to the extension of the sheet.
_TIE = "{B025F937-C7B1-47D3-B67F-A62EFF666E3E}"


def losses(octets: bytes) -> tuple[str, ...]:
    """Return what saving this workbook through openpyxl would lose, in words; empty: nothing.

    Raises `zipfile.BadZipFile` when it is no package.
    """
    found: set[str] = set()
    with zipfile.ZipFile(BytesIO(octets)) as package:
        for entry in package.namelist():
            name = entry.lstrip("/")
            found.update(what for start, what in _PARTS if name.startswith(start))
            if not name.endswith(".xml"):
                continue
            if name.startswith("xl/worksheets/"):
                found |= _in_worksheet(package.read(entry))
            elif name.startswith("xl/drawings/"):
                content = package.read(entry)
                found.update(what for pattern, what in _DRAWING if pattern.search(content))
    return tuple(sorted(found))


def _in_worksheet(content: bytes) -> set[str]:
    # Cells come first and may be long; nothing of interest stands among them.
    tail = content[max(content.rfind(b"</sheetData>"), 0) :]
    found = {what for pattern, what in _WORKSHEET if pattern.search(tail)}
    kinds = {kind.decode("ascii", "replace").upper() for kind in _EXT.findall(tail)} - {_TIE}
    return found | {_EXTENSIONS.get(kind, f"an extension {kind}") for kind in kinds}

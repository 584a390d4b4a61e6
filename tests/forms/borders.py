"""The museum's tables with lines around their cells, as on paper: in a PDF nothing else tells where cells are."""

import io
import zipfile

from tests.forms.word import package

_SIDES = ("top", "left", "bottom", "right", "insideH", "insideV")
_PROPERTIES = (
    '<w:tblPr><w:tblW w:w="5000" w:type="pct"/><w:tblBorders>'
    + "".join(f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>' for side in _SIDES)
    + "</w:tblBorders></w:tblPr>"
)


def bordered(content: bytes) -> bytes:
    """Return a .docx of the museum with its tables ruled."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    return package({name: part.replace(b"<w:tblPr/>", _PROPERTIES.encode()) for name, part in parts.items()})

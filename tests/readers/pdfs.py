"""Just enough PDF (ISO 32000-1), by hand, to build the pages people send. Tests only."""

import hashlib
import zlib
from dataclasses import dataclass, field

_PAD = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")
_ID = b"0123456789abcdef"
# Codes are UTF-16 themselves, so that no font has to be embedded.
_TO_UNICODE = (
    b"/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <0000> <ffff> endcodespacerange "
    b"1 beginbfrange <0000> <ffff> <0000> endbfrange endcmap end"
)
# Every letter is half as wide as it is high.
WIDTH = 0.5


@dataclass
class Page:
    """A page being drawn; y counts from the top."""

    width: int = 595
    height: int = 842
    parts: list[str] = field(default_factory=list)
    # Dictionaries of annotations, as they stand in the file.
    annotations: list[str] = field(default_factory=list)
    more: str = ""

    def text(self, x: float, y: float, text: str, size: float = 10, font: str = "F1") -> None:
        """Write a line whose letters stand on `y`."""
        codes = text.encode("utf-16-be").hex()
        self.parts.append(f"BT /{font} {size} Tf 1 0 0 1 {x} {self.height - y} Tm <{codes}> Tj ET")

    def upward(self, x: float, y: float, text: str, size: float = 10) -> None:
        """Write a line that is read from below, as in narrow merged cells."""
        codes = text.encode("utf-16-be").hex()
        self.parts.append(f"BT /F1 {size} Tf 0 1 -1 0 {x} {self.height - y} Tm <{codes}> Tj ET")

    def line(self, x0: float, y0: float, x1: float, y1: float) -> None:
        self.parts.append(f"{x0} {self.height - y0} m {x1} {self.height - y1} l S")

    def box(self, x0: float, top: float, x1: float, bottom: float, paint: str = "S") -> None:
        self.parts.append(f"{x0} {self.height - bottom} {x1 - x0} {bottom - top} re {paint}")

    def grid(self, xs: list[float], ys: list[float]) -> None:
        for y in ys:
            self.line(xs[0], y, xs[-1], y)
        for x in xs:
            self.line(x, ys[0], x, ys[-1])

    def rows(self, xs: list[float], top: float, rows: list[tuple[str, ...]], size: float = 10) -> float:
        """Draw a table with a line for each line of each cell; return where it ends."""
        ys = [top]
        for row in rows:
            count = max(len(text.split("\n")) for text in row)
            for x, text in zip(xs, row, strict=False):
                for at, line in enumerate(text.split("\n")):
                    self.text(x + 4, ys[-1] + size * 1.2 * (at + 1), line, size)
            ys.append(ys[-1] + size * 1.2 * count + 5)
        self.grid(xs[: len(rows[0]) + 1], ys)
        return ys[-1]

    @property
    def content(self) -> bytes:
        return "\n".join(self.parts).encode()


def pdf(*pages: Page, owner_password: bool = False, user_password: bool = False) -> bytes:
    """Return a file of these pages, deflated; locked for printing only, or altogether."""
    objects: list[bytes] = [b"", b"", b""]
    secret = _Secret(user=user_password) if owner_password or user_password else None

    def add(body: bytes) -> int:
        objects.append(body)
        return len(objects) - 1

    def stream(data: bytes, entries: str = "") -> int:
        packed = zlib.compress(data)
        if secret is not None:
            packed = secret.lock(packed, len(objects))
        return add(
            f"<< /Length {len(packed)} /Filter /FlateDecode {entries} >>\nstream\n".encode()
            + packed
            + b"\nendstream"
        )

    unicode = stream(_TO_UNICODE)
    fonts = " ".join(
        f"/{key} {_font(add, name, unicode)} 0 R" for key, name in (("F1", "Plain"), ("F2", "Plain-Bold"))
    )
    kids = []
    for page in pages:
        content = stream(page.content)
        annotations = " ".join(f"{add(text.encode('latin-1'))} 0 R" for text in page.annotations)
        kids.append(
            add(
                f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {page.width} {page.height}] /Contents {content} 0 R "
                f"/Annots [{annotations}] /Resources << /Font << {fonts} >> >> {page.more} >>".encode()
            )
        )
    objects[1] = b"<< /Type /Catalog /Pages 2 0 R >>"
    objects[2] = (
        f"<< /Type /Pages /Kids [{' '.join(f'{kid} 0 R' for kid in kids)}] /Count {len(kids)} >>".encode()
    )
    return assembled(objects[1:], secret.entries if secret is not None else "")


def _font(add, name: str, unicode: int) -> int:  # type: ignore[no-untyped-def]
    kid = add(
        f"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /{name} /DW {int(WIDTH * 1000)} "
        f"/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> "
        f"/FontDescriptor << /Type /FontDescriptor /FontName /{name} /Flags 4 /FontBBox [0 -200 1000 800] /ItalicAngle 0 "
        f"/Ascent 800 /Descent -200 /CapHeight 700 /StemV 80 >> >>".encode()
    )
    return add(
        f"<< /Type /Font /Subtype /Type0 /BaseFont /{name} /Encoding /Identity-H /DescendantFonts [{kid} 0 R] "
        f"/ToUnicode {unicode} 0 R >>".encode()
    )


def assembled(objects: list[bytes], trailer: str = "") -> bytes:
    """Return a file of these objects, numbered from 1; the first is the catalogue."""
    out = bytearray(b"%PDF-1.7\n")
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{place:010} 00000 n \n".encode() for place in places)
    out += (
        f"trailer << /Size {len(objects) + 1} /Root 1 0 R {trailer} >>\nstartxref\n{start}\n%%EOF\n".encode()
    )
    return bytes(out)


class _Secret:
    """RC4 of 40 bits (ISO 32000-1, 7.6.3): enough to be locked, and known to every reader."""

    def __init__(self, *, user: bool) -> None:
        password = b"secret" if user else b""
        owner = _rc4(hashlib.md5((b"owner" + _PAD)[:32]).digest()[:5], (password + _PAD)[:32])
        rights = (-3904).to_bytes(4, "little", signed=True)
        self._key = hashlib.md5((password + _PAD)[:32] + owner + rights + _ID).digest()[:5]
        self.entries = (
            f"/Encrypt << /Filter /Standard /V 1 /R 2 /P -3904 /O <{owner.hex()}> "
            f"/U <{_rc4(self._key, _PAD).hex()}> >> /ID [<{_ID.hex()}> <{_ID.hex()}>]"
        )

    def lock(self, data: bytes, number: int) -> bytes:
        return _rc4(hashlib.md5(self._key + number.to_bytes(3, "little") + b"\0\0").digest()[:10], data)


def _rc4(key: bytes, data: bytes) -> bytes:
    box = list(range(256))
    j = 0
    for i in range(256):
        j = (j + box[i] + key[i % len(key)]) % 256
        box[i], box[j] = box[j], box[i]
    out = bytearray()
    i = j = 0
    for octet in data:
        i = (i + 1) % 256
        j = (j + box[i]) % 256
        box[i], box[j] = box[j], box[i]
        out.append(octet ^ box[(box[i] + box[j]) % 256])
    return bytes(out)

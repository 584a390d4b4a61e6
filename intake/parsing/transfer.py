"""Content-Transfer-Encoding undone leniently (RFC 2045, 6): wrong, missing, doubled or commented declarations, base64 with footers, padding in the middle or the URL alphabet. Always gives octets, with a note when what was declared is not what stood there."""

import base64
import binascii
import re
from typing import NamedTuple

_COMMENT = re.compile(rb"\([^()]*\)")
_TOKEN = re.compile(rb"[A-Za-z0-9\-]+")
# A whole body of base64 and line ends, nothing else: the ordinary case, decoded at once.
_CLEAN = re.compile(rb"[A-Za-z0-9+/\r\n]*={0,2}[\r\n \t]*")
_BASE64_LINE = re.compile(rb"[A-Za-z0-9+/_\-]+={0,2}")
_UNDECLARED = re.compile(rb"[\r\n]*(?:[A-Za-z0-9+/]{60,76}\r*\n){2,}")
_ONE_LINE = re.compile(rb"\s*[A-Za-z0-9+/]{80,}={0,2}\s*")
_QUOTED = re.compile(rb"=[0-9A-Fa-f]{2}")
_UU_BEGIN = re.compile(rb"^begin [0-7]{3,4} ([^\r\n]*)\r*\n", re.MULTILINE)
_NAMES = {
    "base64": "base64",
    "b64": "base64",
    "base-64": "base64",
    "quoted-printable": "quoted-printable",
    "quotedprintable": "quoted-printable",
}
_IDENTITY = frozenset({"7bit", "8bit", "binary", "7-bit", "8-bit", "none", "text", "ascii"})
UU = frozenset({"x-uuencode", "uuencode", "x-uue", "uue"})


class Transferred(NamedTuple):
    """Decoded octets and the defects met, as codes without position."""

    octets: bytes
    defects: tuple[str, ...]


def declared_encoding(bodies: tuple[bytes, ...]) -> tuple[str, tuple[str, ...]]:
    """Return the encoding that one or several headers declare ("" when none or unknown), with defects.

    Of several, one that says something (base64, quoted-printable, uuencode) is taken.
    """
    names: list[str] = []
    defects: list[str] = []
    for body in bodies:
        bare = _COMMENT.sub(b" ", body)
        found = _TOKEN.search(bare)
        token = found[0].decode("ascii").lower() if found else ""
        if bare.strip() != body.strip() or (found and bare.strip(b" \t\"';,") != found[0]):
            defects.append("transfer_encoding_syntax")
        name = _NAMES.get(token, token)
        if name in _NAMES.values() or name in UU:
            names.append(name)
        elif name in _IDENTITY:
            names.append("")
        else:
            defects.append("transfer_encoding_unknown")
    if len(bodies) > 1:
        defects.append("duplicate_header:content-transfer-encoding")
    return next((name for name in names if name), ""), tuple(defects)


def decode_transfer(octets: bytes, encoding: str, *, binary: bool) -> Transferred:
    """Return a body decoded from `encoding`.

    `binary` says that the part is no text: then an undeclared base64 body is recognised and decoded too.
    """
    if encoding == "base64":
        return decode_base64(octets)
    if encoding == "quoted-printable":
        return decode_quoted(octets)
    if encoding in UU:
        files = uu_files(octets)
        return Transferred(files[0][1], ()) if files else Transferred(octets, ("bad_uuencode",))
    if _UNDECLARED.match(octets) or (
        binary and _ONE_LINE.fullmatch(octets[:4096]) and _ONE_LINE.fullmatch(octets)
    ):
        decoded = decode_base64(octets)
        if binary or _is_text(decoded.octets):
            return Transferred(decoded.octets, ("base64_undeclared", *decoded.defects))
    if binary and len(_QUOTED.findall(octets[:4096])) * 20 > len(octets[:4096]):
        return Transferred(binascii.a2b_qp(octets), ("quoted_printable_undeclared",))
    return Transferred(octets, ())


def _is_text(octets: bytes) -> bool:
    head = octets[:512]
    return bool(head) and sum(head.count(bytes((code,))) for code in range(9)) * 20 < len(head)


def decode_base64(octets: bytes) -> Transferred:
    """Return base64 decoded as far as it makes sense.

    Lines that are not base64 (a mailing list's footer, a virus scanner's note) are left out; padding in the middle ends a
    run and another begins; the URL alphabet is understood.
    """
    if _CLEAN.fullmatch(octets):
        try:
            return Transferred(binascii.a2b_base64(octets), ())
        except binascii.Error:
            return Transferred(_run(octets), ("bad_base64",))
    kept: list[bytes] = []
    skipped = url = False
    ended = False
    for line in octets.splitlines():
        bare = line.replace(b" ", b"").replace(b"\t", b"")
        if not bare:
            continue
        if not _BASE64_LINE.fullmatch(bare):
            if _looks_like_text(line) or ended:
                skipped = True
                continue
            pieces = re.findall(rb"[A-Za-z0-9+/_\-]+={0,2}", bare)
            kept.extend(pieces)
            skipped = True
            continue
        if (ended or skipped) and (b" " in line.strip() or _is_word(bare)):
            # After the padding only whole groups are still data; one word is a footer.
            skipped = True
            continue
        url = url or b"-" in bare or b"_" in bare
        ended = ended or bare.endswith(b"=")
        kept.append(bare)
    joined = b"".join(kept)
    if url or b"-" in joined or b"_" in joined:
        joined = joined.replace(b"-", b"+").replace(b"_", b"/")
    defects = [
        code for code, holds in (("base64_url_alphabet", url), ("base64_foreign_lines", skipped)) if holds
    ]
    runs = re.findall(rb"[A-Za-z0-9+/]+={0,2}|=+", joined)
    if sum(run.strip(b"=") != b"" for run in runs) > 1:
        defects.append("base64_padding_inside")
    data = b"".join(_run(run) for run in runs)
    if joined and len(joined.rstrip(b"=")) % 4 == 1:
        defects.append("bad_base64")
    return Transferred(data, tuple(defects) or ("bad_base64",))


def _looks_like_text(line: bytes) -> bool:
    """Return whether a line holds words rather than damaged base64: blanks, or octets no encoder writes, in number."""
    stripped = line.strip()
    foreign = len(re.sub(rb"[A-Za-z0-9+/=_\-]", b"", stripped))
    return stripped[:2] == b"--" or foreign * 8 > len(stripped) or (b" " in stripped and len(stripped) < 200)


def _is_word(bare: bytes) -> bool:
    return len(bare) % 4 != 0 or set(bare) <= set(b"-_=") or (bare.isalpha() and len(bare) < 20)


def _run(octets: bytes) -> bytes:
    """Return one run of base64 decoded; a last group of one character carries no octet and is dropped."""
    bare = re.sub(rb"[^A-Za-z0-9+/]", b"", octets)
    if len(bare) % 4 == 1:
        bare = bare[:-1]
    return base64.b64decode(bare + b"=" * (-len(bare) % 4))


def decode_quoted(octets: bytes) -> Transferred:
    """Return quoted-printable decoded (RFC 2045, 6.7); an `=` that begins no escape stands for itself."""
    bad = re.search(rb"=(?![0-9A-Fa-f]{2}|[ \t]*\r*\n|[ \t]*$)", octets[:65536]) is not None
    return Transferred(binascii.a2b_qp(octets), ("bad_quoted_printable",) if bad else ())


def uu_files(octets: bytes) -> list[tuple[bytes, bytes, int, int]]:
    """Return the uuencoded files in a text: (name octets, content, start, end) with the offsets each took."""
    files: list[tuple[bytes, bytes, int, int]] = []
    at = 0
    while len(files) < 50 and (begin := _UU_BEGIN.search(octets, at)) is not None:
        content = bytearray()
        at = begin.end()
        whole = False
        while at < len(octets):
            line_end = octets.find(b"\n", at)
            stop = len(octets) if line_end < 0 else line_end
            line = octets[at:stop].rstrip(b"\r")
            if line.rstrip() == b"end":
                whole, at = True, stop + 1
                break
            decoded = _uu_line(line)
            if decoded is None:
                break
            content += decoded
            at = stop + 1
        if content and (whole or len(content) > 20):
            files.append((begin[1].strip(), bytes(content), begin.start(), min(at, len(octets))))
    return files


def _uu_line(line: bytes) -> bytes | None:
    """Return one decoded line; b"" for the empty last one, None when this is no uuencoded line."""
    if not line.strip(b" `"):
        return b""
    count = (line[0] - 32) & 63
    needed = (count * 8 + 5) // 6
    if len(line) - 1 < needed - 3 or len(line) > needed + 8 or not all(32 <= octet <= 96 for octet in line):
        return None
    try:
        return binascii.a2b_uu(line[: 1 + (count + 2) // 3 * 4] + b"\n")
    except binascii.Error:
        return None

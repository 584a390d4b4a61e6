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
_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=_-"
_FOREIGN = bytes(set(range(256)) - set(_ALPHABET))
_NOT_STANDARD = _FOREIGN + b"=_-"
_ODD_LINE = re.compile(rb"^(?![A-Za-z0-9+/]+[ \t\r]*$|[ \t\r]*$).+$", re.MULTILINE)
# Lines of a damaged base64 body looked at one by one; the rest is stripped of what is no base64.
LINES = 20_000
# Encodings one after the other in one body; more is noise with equals signs in it.
RUNS = 200
# Beginnings of uuencoded files tried in one text.
UU_BEGINS = 500
# Lines looked at for uuencoded files in one text.
UU_LINES = 500_000
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
            return Transferred(_run(octets), ("base64_padding_missing",))
    odd = _ODD_LINE.search(octets)
    # Everything before the first odd line is taken as it stands; what follows is looked at line by line.
    at = octets.rfind(b"\n", 0, odd.start() if odd else len(octets)) + 1
    kept, skipped = _data_lines(octets, at)
    joined = octets[:at].translate(None, b" \t\r\n") + b"".join(kept)
    url = b"-" in joined or b"_" in joined
    if url:
        joined = joined.replace(b"-", b"+").replace(b"_", b"/")
    if joined.count(b"=") > 2 * RUNS:
        joined = joined.replace(b"=", b"")
    runs: list[bytes] = re.findall(rb"[A-Za-z0-9+/]+", joined)
    defects = [
        code
        for code, holds in (
            ("base64_url_alphabet", url),
            ("base64_foreign_lines", skipped),
            ("base64_padding_inside", len(runs) > 1),
            ("bad_base64", any(len(run) % 4 == 1 for run in runs)),
            (
                "base64_padding_missing",
                bool(runs) and len(runs[-1]) % 4 in {2, 3} and not joined.endswith(b"="),
            ),
        )
        if holds
    ]
    return Transferred(b"".join(_run(run) for run in runs), tuple(defects))


def _data_lines(octets: bytes, at: int) -> tuple[list[bytes], bool]:
    """Return the base64 in the lines from `at` on, and whether lines were left out that are none."""
    kept: list[bytes] = []
    data = at > 0
    stray = footer = ended = False
    for _ in range(LINES):
        if at >= len(octets):
            return kept, stray or footer
        stop = octets.find(b"\n", at)
        stop = len(octets) if stop < 0 else stop
        line = octets[at:stop]
        at = stop + 1
        bare = line.translate(None, b" \t\r")
        # Behind the padding, or behind a line of a footer, one word is more footer.
        behind = data and (ended or footer)
        if not bare:
            continue
        if _BASE64_LINE.fullmatch(bare) and not _is_rule(bare):
            words = b" " in line.strip() and len(line) < 60
            if (data and words) or (behind and (words or _is_word(bare))):
                footer = True
                continue
        elif behind or _looks_like_text(line):
            footer = True
            continue
        else:
            stray = True
            bare = bare.translate(None, _FOREIGN)
        ended = ended or bare.endswith(b"=")
        data = True
        kept.append(bare)
    kept.append(octets[at:].translate(None, _FOREIGN))
    return kept, stray or footer


def _looks_like_text(line: bytes) -> bool:
    """Return whether a line holds words rather than damaged base64: blanks, a web address, or many octets no encoder writes."""
    stripped = line.strip()
    foreign = len(stripped.translate(None, _ALPHABET))
    return (
        _is_rule(stripped)
        or stripped[:2] == b"--"
        or b"://" in stripped
        or foreign * 8 > len(stripped)
        or (b" " in stripped and len(stripped) < 200)
    )


def _is_rule(bare: bytes) -> bool:
    """Return whether a line is drawn: hyphens or underscores only."""
    return len(bare) > 1 and not bare.strip(b"-_")


def _is_word(bare: bytes) -> bool:
    return len(bare) % 4 != 0 or (bare.isalpha() and len(bare) < 20)


def _run(octets: bytes) -> bytes:
    """Return one run of base64 decoded; a last group of one character carries no octet and is dropped."""
    bare = octets.translate(None, _NOT_STANDARD)
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
    at, lines, begins = 0, UU_LINES, UU_BEGINS
    while (begins := begins - 1) > 0 and (begin := _UU_BEGIN.search(octets, at)) is not None:
        content = bytearray()
        at = begin.end()
        whole = False
        while at < len(octets) and lines > 0:
            lines -= 1
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

"""Octets to text. A declared charset is believed when it fits; otherwise UTF-8, then the Cyrillic charset whose reading looks most like words. The result is always text without surrogates, with the name of what was used; nothing here raises."""

import codecs
import re
from dataclasses import dataclass
from functools import lru_cache

from intake.parsing.cyrillic import plausibility

# Names that mailers write -> a codec of Python. Compared without case, blanks, quotes, and with "_" as "-".
ALIASES = {
    "ansi": "cp1251",
    "win-1251": "cp1251",
    "win1251": "cp1251",
    "windows1251": "cp1251",
    "windows-cp1251": "cp1251",
    "microsoft-cp1251": "cp1251",
    "cp-1251": "cp1251",
    "x-cp1251": "cp1251",
    "x-cp-1251": "cp1251",
    "x-windows-1251": "cp1251",
    "x-win-1251": "cp1251",
    "1251": "cp1251",
    "windows-cyrillic": "cp1251",
    "ansi-1251": "cp1251",
    "cp1251-ukr": "cp1251",
    "koi8u": "koi8-u",
    "koi8-ru": "koi8-u",
    "koi8-unified": "koi8-u",
    "x-koi8-u": "koi8-u",
    "x-koi8-r": "koi8-r",
    "koi8r": "koi8-r",
    "koi8": "koi8-u",
    "koi": "koi8-u",
    "cskoi8r": "koi8-r",
    "dos-866": "cp866",
    "cp-866": "cp866",
    "x-cp866": "cp866",
    "ibm-866": "cp866",
    "dos": "cp866",
    "x-mac-cyrillic": "mac-cyrillic",
    "x-mac-ukrainian": "mac-cyrillic",
    "mac-ukrainian": "mac-cyrillic",
    "macukraine": "mac-cyrillic",
    "maccyrillic": "mac-cyrillic",
    "macintosh-cyrillic": "mac-cyrillic",
    "x-iso-8859-5": "iso8859-5",
    "utf8mb4": "utf-8",
    "utf8mb3": "utf-8",
    "x-utf-8": "utf-8",
    "utf-8n": "utf-8",
    "utf-8-bom": "utf-8",
    "unicode-1-1-utf-8": "utf-8",
    "unicode-2-0-utf-8": "utf-8",
    "x-unicode-2-0-utf-8": "utf-8",
    "cp65001": "utf-8",
    "65001": "utf-8",
    "unicode-1-1-utf-7": "utf-7",
    "x-unicode-2-0-utf-7": "utf-7",
    "unicode": "utf-16",
    "ucs-2": "utf-16",
    "iso-10646-ucs-2": "utf-16",
    "cp1200": "utf-16-le",
    "cp1201": "utf-16-be",
    "windows1252": "cp1252",
    "x-ansi": "cp1252",
    "iso-8859-8-i": "iso-8859-8",
    "x-sjis": "shift-jis",
    "x-gbk": "gbk",
    "x-euc-jp": "euc-jp",
}
# Declared by senders that know nothing: as good as no declaration.
UNKNOWING = frozenset(
    {
        "",
        "unknown",
        "x-unknown",
        "unknown-8bit",
        "unknown8bit",
        "default",
        "none",
        "binary",
        "8bit",
        "7bit",
        "auto",
        "x-user-defined",
    }
)
# Codecs that are no charsets: a declaration may not choose them.
_NOT_TEXT = frozenset(
    {"base64", "bz2", "hex", "quopri", "rot13", "uu", "zlib", "idna", "punycode", "mbcs", "oem", "undefined"}
)
_WIDE = ("utf-16", "utf-32", "utf-7")
# Western charsets decode every octet, so they are tried against the Cyrillic reading.
_WESTERN = frozenset(
    {
        "ascii",
        "iso8859-1",
        "cp1252",
        "iso8859-15",
        "latin-1",
        "cp437",
        "cp850",
        "mac-roman",
        "iso8859-2",
        "cp1250",
    }
)
CYRILLIC = ("cp1251", "koi8-u", "cp866", "mac-cyrillic", "iso8859-5", "cp1125")
_CYRILLIC_KIN = frozenset({*CYRILLIC, "koi8-r", "cp855", "koi8-t", "ptcp154", "kz1048"})
# How the standard names what Python calls otherwise.
STANDARD = {
    "cp1251": "windows-1251",
    "koi8-u": "koi8-u",
    "cp866": "ibm866",
    "mac-cyrillic": "x-mac-cyrillic",
    "iso8859-5": "iso-8859-5",
}
# Octets looked at when guessing.
SAMPLE = 4096
_HIGH = re.compile(rb"[\x80-\xff]+")
_EIGHT_BIT = bytes(range(0x80, 0x100))
# Where KOI8-U has є і ї ґ, KOI8-R has line drawing.
_KOI8_U = re.compile(rb"[\xa4\xa6\xa7\xad\xb4\xb6\xb7\xbd]")
# What UTF-16 leaves between or among 7-bit octets: NUL for Latin, 0x04 for Cyrillic.
_CONTROL = re.compile(rb"[\x00\x04]")
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text, the codec that gave it, and whether that was a guess rather than what was declared."""

    text: str
    charset: str
    guessed: bool = False


@lru_cache(maxsize=256)
def codec_name(declared: str) -> str | None:
    """Return Python's codec for a charset name as mailers write it, or None when it is unknown or no charset."""
    name = declared.strip(" \t\r\n\"'").lower().replace("_", "-").partition("*")[0]
    if name in UNKNOWING or len(name) > 40 or not name.isascii() or "\x00" in name:
        return None
    for candidate in (ALIASES.get(name, name), name.removeprefix("x-"), re.sub(r"[\s-]+", "", name)):
        try:
            found = codecs.lookup(ALIASES.get(candidate, candidate)).name
        except (LookupError, ValueError):
            continue
        return (
            None
            if found.split("_")[0] in _NOT_TEXT or found.startswith(("rot", "unicode-", "raw-"))
            else found
        )
    return None


def decode(octets: bytes, declared: str | None = None, *, hint: str | None = None) -> Decoded:
    """Return the text of `octets`.

    `declared` is the charset the sender named, `hint` a charset found elsewhere in the letter (it settles ties between
    Cyrillic readings). Octets that fit nothing become U+FFFD.
    """
    codec = codec_name(declared) if declared else None
    if (
        octets.isascii()
        and not (codec and codec.startswith((*_WIDE, "iso2022", "hz")))
        and not _CONTROL.search(octets[:64])
    ):
        return Decoded(octets.decode("ascii"), codec or "ascii")
    marked = _marked(octets)
    if marked is not None:
        return Decoded(clean(octets.decode(marked, "replace")), marked, guessed=codec != marked)
    if codec is not None and not _doubtful(codec, octets):
        text = _strict(octets, codec)
        if text is not None:
            return Decoded(text, codec)
    guess = guess_charset(octets, declared=codec, hint=hint)
    return Decoded(clean(octets.decode(guess, "replace")), guess, guessed=guess != codec)


def standard_name(codec: str) -> str:
    """Return the name of a codec as the IANA registry has it, for showing to people."""
    return STANDARD.get(codec, codec)


def clean(text: str) -> str:
    """Return text without lone surrogates, which no sink of ours can write, and without a byte order mark."""
    text = text.removeprefix("\ufeff")
    return _SURROGATE.sub("\ufffd", text)


def guess_charset(octets: bytes, *, declared: str | None = None, hint: str | None = None) -> str:
    """Return the codec that fits 8-bit octets best: UTF-8 when valid, else a Cyrillic one by letter frequency."""
    wide = _wide(octets)
    if wide is not None:
        return wide
    if _mostly_utf8(octets):
        return "utf-8"
    sample = _sample(octets)
    hinted = codec_name(hint) if hint else None
    scores = {codec: plausibility(sample.decode(codec, "replace")) for codec in CYRILLIC}
    kin = "koi8-u" if declared == "koi8-r" else declared
    # Few letters prove little: then the declaration, or the charset of the rest of the letter, weighs more.
    letters = max(1, len(sample) - len(sample.translate(None, _EIGHT_BIT)))
    for favoured, bonus in (
        (kin, 0.2 + 6 / letters),
        (hinted, 0.1 + 3 / letters),
        ("cp1251", 0.05 + 2 / letters),
        ("koi8-u", 0.03 + 1 / letters),
    ):
        if favoured in scores:
            scores[favoured] += bonus
    best = max(scores, key=lambda codec: scores[codec])
    if declared in _WESTERN and (scores[best] < 1.5 or not _words(octets)):
        return "cp1252" if declared == "ascii" else declared
    return "koi8-r" if declared == "koi8-r" and best == "koi8-u" and not _KOI8_U.search(octets) else best


def _marked(octets: bytes) -> str | None:
    """Return the codec that a byte order mark names, or None."""
    if octets.startswith(b"\xef\xbb\xbf"):
        return "utf-8" if _mostly_utf8(octets) else None
    if octets.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")) and len(octets) % 4 == 0:
        return "utf-32"
    return (
        "utf-16"
        if (octets[:2] in {b"\xff\xfe", b"\xfe\xff"} and b"\x00" in octets[:64]) or _is_utf16(octets)
        else None
    )


def _is_utf16(octets: bytes) -> bool:
    """Return whether octets with a UTF-16 mark are Cyrillic text in it (whose high octet is 0x04, not NUL)."""
    return octets[:2] in {b"\xff\xfe", b"\xfe\xff"} and octets[:200].count(b"\x04") * 4 > len(octets[:200])


def _wide(octets: bytes) -> str | None:
    """Return the UTF-16 codec of text without a mark, told by where its NUL or 0x04 octets stand."""
    head = octets[:400]
    if len(head) < 8 or len(octets) % 2:
        return None
    even = sum(head[0::2].count(code) for code in (b"\x00", b"\x04"))
    odd = sum(head[1::2].count(code) for code in (b"\x00", b"\x04"))
    half = len(head) // 2
    if odd > half * 0.8 and even < half * 0.3:
        return "utf-16-le"
    return "utf-16-be" if even > half * 0.8 and odd < half * 0.3 else None


def _strict(octets: bytes, codec: str) -> str | None:
    """Return the text if every octet fits the codec and it is printable text, else None."""
    try:
        text = octets.decode(codec)
    except (UnicodeError, LookupError, ValueError, TypeError):
        return None
    return None if _SURROGATE.search(text) or not isinstance(text, str) else text.removeprefix("\ufeff")


def _doubtful(codec: str, octets: bytes) -> bool:
    """Return whether a charset that accepts every octet was probably declared wrongly."""
    if codec in _WESTERN or codec in _CYRILLIC_KIN:
        if _valid_utf8(octets):
            return True
        if codec in _WESTERN:
            return codec == "ascii" or _words(octets)
        return guess_charset(octets, declared=codec) != codec
    return codec.startswith("utf-16") and len(octets) % 2 == 1


def _words(octets: bytes) -> bool:
    """Return whether most 8-bit octets stand in runs, as Cyrillic letters do and accented Latin ones do not."""
    runs = _HIGH.findall(octets[:SAMPLE])
    return sum(len(run) for run in runs if len(run) > 2) * 2 > sum(len(run) for run in runs)


def _valid_utf8(octets: bytes) -> bool:
    try:
        octets.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _mostly_utf8(octets: bytes) -> bool:
    """Return whether this is UTF-8, perhaps with a character cut in two or a few octets damaged."""
    if _valid_utf8(octets):
        return True
    text = octets[: 16 * SAMPLE].decode("utf-8", "replace")
    damaged = text.count("\ufffd")
    whole = sum(1 for char in text if char > "\x7f") - damaged
    return damaged * 8 < whole or (damaged == 1 and whole >= 3)


def _sample(octets: bytes) -> bytes:
    """Return the part of `octets` with letters in it, bounded: the words around 8-bit runs."""
    if len(octets) <= SAMPLE:
        return octets
    first = _HIGH.search(octets)
    return octets[first.start() : first.start() + SAMPLE] if first else octets[:SAMPLE]

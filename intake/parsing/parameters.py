"""Parameters of Content-Type and Content-Disposition (RFC 2045, 5.1; RFC 2183; RFC 2231), read leniently and in one pass: wrong quoting, missing semicolons, continuations out of order. Gives octets, not text; it never raises."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

# name = "quoted" or name = bare. A bare value runs to the next semicolon: file names with blanks are often left unquoted.
_PARAMETER = re.compile(
    rb"(?<![^;\s])([!#$&+\-^_`{|}~0-9A-Za-z.*%']{1,60})[ \t]*=[ \t]*"
    rb"(?:\"((?:[^\"\\]|\\.)*)(?:\"|$)|'([^';]*)'(?=[ \t]*(?:;|$))|([^;]*))",
    re.DOTALL,
)
_PERCENT = re.compile(rb"%([0-9A-Fa-f]{2})")
_SECTION = re.compile(r"(.+?)\*(\d{1,4})(\*?)")
_EXTENDED = re.compile(rb"([A-Za-z0-9_.:\-]{0,40})'([A-Za-z0-9\-]{0,40})'(.*)", re.DOTALL)
_TYPE = re.compile(rb"[ \t]*([A-Za-z0-9!#$&^_.+\-]{1,80})[ \t]*/[ \t]*([A-Za-z0-9!#$&^_.+\-]{1,80})")
# A hostile Content-Disposition may hold tens of thousands of them.
PARAMETERS = 400


@dataclass(frozen=True, slots=True)
class Value:
    """One parameter: its octets, the charset RFC 2231 gave, and whether it came in the extended (star) form."""

    octets: bytes
    charset: str | None = None
    extended: bool = False


@dataclass(frozen=True, slots=True)
class Parameterised:
    """A header body split into its main value (lower case) and its parameters by lower-case name."""

    value: str
    parameters: Mapping[str, Value]

    def text(self, name: str) -> str:
        """Return a parameter that is ASCII by nature (charset, boundary, report-type) as text; "" when absent."""
        found = self.parameters.get(name)
        return found.octets.decode("ascii", "replace").strip() if found else ""


def read_content_type(body: bytes | None) -> Parameterised:
    """Return a Content-Type; value "" when the header is absent or its type cannot be read (RFC 2045, 5.2)."""
    body = body or b""
    found = _TYPE.match(body)
    if found is None:
        return Parameterised("", _parameters(body, body.find(b";")))
    return Parameterised(f"{found[1].decode()}/{found[2].decode()}".lower(), _parameters(body, found.end()))


def read_disposition(body: bytes | None) -> Parameterised:
    """Return a Content-Disposition (RFC 2183). One that begins with a parameter has no value."""
    body = body or b""
    head, separator, _ = body.partition(b";")
    if b"=" in head:
        # `attachment filename="x"`, the semicolon forgotten, or no disposition at all.
        word = head.split(None, 1)[0] if head.strip() else b""
        value = b"" if b"=" in word else word
        return Parameterised(_word(value), _parameters(body, body.find(value) + len(value)))
    return Parameterised(_word(head), _parameters(body, len(head) if separator else -1))


def _word(octets: bytes) -> str:
    return octets.strip(b" \t\"'").decode("ascii", "replace").lower()[:40]


def _parameters(body: bytes, start: int) -> dict[str, Value]:
    """Return the parameters from `start` on. The extended form wins over the plain one (RFC 6266, 4.3), the first over later ones."""
    if start < 0:
        return {}
    plain: dict[str, Value] = {}
    single: dict[str, Value] = {}
    sections: dict[str, dict[int, tuple[bytes, bool]]] = {}
    for count, found in enumerate(_PARAMETER.finditer(body, start)):
        if count >= PARAMETERS:
            break
        name = found[1].decode("ascii").lower()
        if found[2] is not None:
            octets = re.sub(rb"\\([\"\\])", rb"\1", found[2])
        else:
            octets = (found[3] if found[3] is not None else found[4]).strip()
        numbered = _SECTION.fullmatch(name)
        if numbered:
            sections.setdefault(numbered[1], {}).setdefault(int(numbered[2]), (octets, bool(numbered[3])))
        elif name.endswith("*"):
            single.setdefault(name[:-1], _extended(octets))
        elif octets or name not in plain:
            plain.setdefault(name, Value(octets))
    joined = {name: _join(parts) for name, parts in sections.items()}
    return plain | {
        name: value for name, value in (joined | single).items() if value.octets or name not in plain
    }


def _extended(octets: bytes) -> Value:
    """Return the value of `name*=charset'language'percent-encoded`; the quotes may be missing."""
    found = _EXTENDED.fullmatch(octets)
    if found is None:
        return Value(_unescape(octets), None, extended=True)
    return Value(_unescape(found[3]), found[1].decode("ascii") or None, extended=True)


def _join(parts: dict[int, tuple[bytes, bool]]) -> Value:
    """Return the value of continuations (RFC 2231, 3 and 4.1), in order of number whatever order they stood in."""
    charset: str | None = None
    pieces: list[bytes] = []
    extended = False
    for position, number in enumerate(sorted(parts)):
        octets, star = parts[number]
        if star and position == 0:
            first = _extended(octets)
            charset, octets = first.charset, first.octets
        elif star:
            octets = _unescape(octets)
        extended = extended or star
        pieces.append(octets)
    return Value(b"".join(pieces), charset, extended)


def _unescape(octets: bytes) -> bytes:
    return _PERCENT.sub(lambda found: bytes((int(found[1], 16),)), octets)

"""What the sender called a file: the name out of its headers as clean text. A name never carries a path, a control character or a direction override, and it is never used here to open anything."""

import re
from urllib.parse import unquote_to_bytes

from intake.parsing.charset import decode
from intake.parsing.parameters import Parameterised, Value
from intake.parsing.words import Notes, compose, decode_raw, decode_words, has_words

# Longer than any file system takes; a name is shown to people, not stored under.
NAME_LENGTH = 1000
# Cc and Cs categories, and the format characters that hide or turn text: bidi controls, zero width, byte order mark, soft hyphen.
_HIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
_PERCENTS = re.compile(r"(?:%[0-9A-Fa-f]{2}){2,}")
_ENTITY = re.compile(r"&#(?:x([0-9A-Fa-f]{1,6})|([0-9]{1,7}));")
_DRIVE = re.compile(r"[A-Za-z]:")
_DOTS = re.compile(r"\.+")


def file_name(
    disposition: Parameterised, content_type: Parameterised, where: str, notes: Notes, hint: str | None = None
) -> str | None:
    """Return the cleaned name of a part: `filename` of the disposition, else `name` of the type; None when neither is given."""
    for source, parameter in (
        (disposition, "filename"),
        (content_type, "name"),
        (disposition, "name"),
        (content_type, "filename"),
    ):
        value = source.parameters.get(parameter)
        if value is not None:
            name = clean_name(name_text(value, where, notes, hint))
            if name:
                return name
    return None


def name_text(value: Value, where: str, notes: Notes, hint: str | None = None) -> str:
    """Return the text of a name: RFC 2231 if extended, RFC 2047 words (against the rule, but common), percent escapes, else raw."""
    if value.extended:
        text = decode(value.octets, value.charset or "utf-8", hint=hint).text
    else:
        text = decode_raw(value.octets, where, notes, hint)
    if has_words(text):
        text = decode_words(text, where, notes, hint)
    if not value.extended and _PERCENTS.search(text) and text.isascii():
        octets = unquote_to_bytes(text)
        try:
            text = octets.decode("utf-8")
            notes.add(f"name_percent_encoded:{where}")
        except UnicodeDecodeError:
            pass
    if "&#" in text:
        text = _ENTITY.sub(_character, text)
    return text


def clean_name(name: str) -> str | None:
    """Return a name without path, controls and direction overrides, in NFC on one line; None when nothing is left."""
    name = re.sub(r"[\r\n\t]+[ \t]*", " ", name)
    name = compose(_HIDDEN.sub("", name)[: NAME_LENGTH * 4])
    name = name.replace("\\", "/").rstrip("/ ").rpartition("/")[2]
    name = _DRIVE.sub("", name, count=1) if _DRIVE.match(name) else name
    name = name.strip()
    if len(name) > 1 and name[0] == name[-1] and name[0] in "\"'":
        name = name[1:-1].strip()
    if name.count('"') == 1:
        name = name.strip('"').strip()
    if len(name) > NAME_LENGTH:
        stem, dot, extension = name.rpartition(".")
        name = stem[: NAME_LENGTH - 20] + dot + extension[:19] if dot else name[:NAME_LENGTH]
    return None if not name or _DOTS.fullmatch(name) else name


def _character(found: re.Match[str]) -> str:
    """Return the character of a numeric reference; web mailers leave them in names."""
    number = int(found[1], 16) if found[1] else int(found[2])
    return chr(number) if 0x20 <= number < 0xD800 or 0xE000 <= number < 0x110000 else "\ufffd"

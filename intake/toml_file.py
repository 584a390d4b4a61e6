"""Reading a TOML file as an admin may have left it: absent, in the wrong encoding, with a slip in its syntax.

What cannot be read is told with its line, in plain words. Nothing here knows what the keys mean, and no line of the
file is ever repeated in a message: a password may stand on it.
"""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from intake.mistakes import ConfigMistake, Mistake, dotted
from intake.toml_lines import KeyPath, NotUnderstood, first_repeated, lines, with_seconds

# What tomllib says, as the beginning of its sentence, and how it is said to an admin.
_SYNTAX: Final = (
    ("Expected '=' after a key", "a key is followed by = and its value"),
    ("Expected newline or end of document", "the line should end after the value"),
    ("Expected ']'", "the header of a table ends with ]"),
    ("Expected ']]'", "the header of a list of tables ends with ]]"),
    ("Invalid statement", "a line begins with a key: Latin letters, digits, _ and -, or anything in quotes"),
    (
        "Invalid initial character for a key part",
        "a key is wanted: Latin letters, digits, _ and -, or anything in quotes",
    ),
    ("Invalid value", "a value is wanted: text in quotes; numbers, dates, true and false without"),
    ("Invalid date or datetime", "there is no such date or time"),
    ("Unescaped '\\'", "a backslash in text is written twice: \\\\"),
    ("Invalid hex value", "a backslash in text is written twice: \\\\"),
    ("Cannot overwrite", "this key or table was already set further up"),
    ("Cannot declare", "this table was already begun further up"),
    ("Cannot mutate", "this table was already finished further up"),
    ("Duplicate inline table key", "this key stands twice"),
    ("Unclosed array", "the list is not closed by ]"),
    ("Unclosed inline table", "the table is not closed by }"),
    ("Unterminated string", "the text is not closed by its quotes"),
    ("Illegal character '\\n'", "the text is not closed by its quotes"),
    ('Expected "\'"', "the text is not closed by its quotes"),
    ("Illegal character", "an invisible control character stands here"),
    ("Found invalid character", "an invisible control character stands here"),
)
_PLACE: Final = re.compile(r"\(at line (\d+), column (\d+)\)$")
# The bytes of UTF-16's mark, in either order.
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")
_TYPOGRAPHIC: Final = "“”„«»‘’‚"


@dataclass(frozen=True, slots=True)
class TomlFile:
    """What a file says, and the line of every key in it."""

    path: Path
    values: dict[str, Any]
    lines: dict[KeyPath, int]

    def line(self, path: KeyPath) -> int:
        """Return the line of a key, or of the nearest table around it; 0 when the file names none of them."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 0)


def read(path: Path) -> TomlFile:
    """Return what the file says. Raises `ConfigMistake` when it cannot be read or is no valid TOML."""
    text = _text(path).replace("\r\n", "\n")
    # An editor on Windows may put the byte order mark of UTF-8 first; it means nothing.
    text = with_seconds(text.removeprefix("\ufeff"))
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigMistake(path, (_syntax_mistake(text, str(error)),)) from None
    return TomlFile(path, values, lines(text))


def _text(path: Path) -> str:
    try:
        octets = path.read_bytes()
    except FileNotFoundError:
        raise ConfigMistake(path, (Mistake(0, "", "", "there is no such file"),)) from None
    except OSError as error:
        raise ConfigMistake(path, (Mistake(0, "", "", f"cannot be read: {error.strerror}"),)) from None
    if octets.startswith(_UTF16):
        raise ConfigMistake(path, (Mistake(1, "", "", "saved as UTF-16; save it as UTF-8"),))
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError as error:
        line = octets.count(b"\n", 0, error.start) + 1
        wish = "not UTF-8, probably windows-1251; save the file as UTF-8"
        raise ConfigMistake(path, (Mistake(line, "", "", wish),)) from None


def _syntax_mistake(text: str, sentence: str) -> Mistake:
    """Return the mistake tomllib stumbled over, at the line where a person would mend it."""
    if sentence.startswith(("Cannot", "Duplicate")) and (twice := first_repeated(text)):
        key, line, first = twice
        return Mistake(line, dotted(key), "", f"stands twice, first in line {first}; one of them is wanted")
    found = _PLACE.search(sentence)
    line = int(found[1]) if found else text.count("\n") + (not text.endswith("\n"))
    rows = text.split("\n")
    here = rows[line - 1][int(found[2]) - 1 :] if found and line <= len(rows) else ""
    opened = _opened(text)
    if opened and sentence.startswith(
        ("Unclosed", "Unterminated", "Illegal character '\\n'", 'Expected "\'"')
    ):
        line = opened
    elif opened and not found:
        return Mistake(opened, "", "", "what is opened here with a bracket or quotes is not closed")
    wish = next((words for start, words in _SYNTAX if sentence.startswith(start)), "this is no valid TOML")
    return Mistake(line, "", "", f"{wish}{_hint(sentence, here)}")


def _opened(text: str) -> int | None:
    try:
        lines(text)
    except NotUnderstood as lost:
        return lost.opened
    return None


def _hint(sentence: str, here: str) -> str:
    """Return what else can be said from the text at the place of the mistake, else nothing."""
    if here[:1] and here[0] in _TYPOGRAPHIC:
        return f"; these are typographic quotes, straight ones are wanted: {chr(34)}…{chr(34)}"
    if sentence.startswith("Invalid value"):
        if word := re.match(r"(?i)(true|yes|on|так)\b|(false|no|off|ні)\b", here):
            return f"; write {'true' if word[1] else 'false'}"
        if not here.strip() or here.lstrip().startswith("#"):
            return "; nothing stands after ="
    if sentence.startswith("Expected newline") and here.lstrip().startswith(","):
        return "; a comma is only for lists"
    return ""

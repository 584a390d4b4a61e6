"""Reading a TOML file as an admin may have left it: absent, in the wrong encoding, with a slip in its syntax.

What cannot be read is told with its line, in plain words. Nothing here knows what the keys mean, and no line of the
file is ever repeated in a message: a password may stand on it.
"""

import glob
import re
import tomllib
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from intake.mistakes import SECRET_NAME, ConfigMistake, Mistake, dotted, shown
from intake.toml_lines import KeyPath, NotUnderstood, first_repeated, lines, lines_so_far, with_seconds

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
# A date as people write it, with its time or without: 10.12.2026 18:00, 2026-02-30T18:00:00.
_DATE: Final = re.compile(
    r"(\d{1,4})[./-](\d{1,2})[./-](\d{1,4})(?:[ Tt,]+(\d{1,2})(?:[:.](\d\d?))?(?:[:.]\d\d?)?)?(?!\d)"
)
_TYPOGRAPHIC: Final = "“”„«»‘’‚"


# What an included file may hold.
INCLUDABLE: Final = ("calls", "places")


@dataclass(frozen=True)
class TomlFile:
    """What a file and those it includes say, and the text of it. `own` is what stands in this file."""

    path: Path
    values: dict[str, Any]
    text: str
    included: tuple["TomlFile", ...] = ()
    own: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def lines(self) -> dict[KeyPath, int]:
        """The line of every key, looked for when there is a mistake to tell."""
        return lines(self.text)

    def line(self, path: KeyPath) -> int:
        """Return the line of a key, or of the nearest table around it; 0 when the file names none of them."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 0)

    def home(self, path: KeyPath) -> tuple["TomlFile", KeyPath]:
        """Return the file in which a key of `values` stands, and what it is called there."""
        if path[:1] == ("calls",) and len(path) > 1 and isinstance(path[1], int):
            place = path[1] - len(_calls(self.own))
            for file in self.included if place >= 0 else ():
                count = len(_calls(file.values))
                if place < count:
                    return file, ("calls", place, *path[2:])
                place -= count
        if path[:1] == ("places",) and len(path) > 1 and path[1] not in self.own.get("places", {}):
            for file in self.included:
                if path[1] in file.values.get("places", {}):
                    return file, path
        return self, path

    def mistake(self, path: KeyPath, found: str, wanted: str) -> Mistake:
        """Return a mistake at a key of `values`, with the line and the name it has in its own file."""
        file, local = self.home(path)
        return Mistake(file.line(local), dotted(local), found, wanted, None if file is self else file.path)

    def seen_at(self, path: KeyPath, beside: KeyPath) -> str:
        """Return where another key stands, for a mistake at `beside`: `calls[0].id in line 44`."""
        file, local = self.home(path)
        near = file is self.home(beside)[0]
        return f"{dotted(local)} in {'line ' if near else f'{file.path}:'}{file.line(local)}"


def read_all(path: Path) -> TomlFile:
    """Return what the file says together with the calls and places of the files its `include` names.

    Patterns start at the folder of the file. Raises `ConfigMistake` when one of the files cannot be read, is no valid
    TOML or holds anything else, and when a pattern fits no file.
    """
    main = read(path)
    mistakes: list[Mistake] = []
    files: dict[Path, TomlFile] = {}
    for place, pattern in enumerate(patterns(main.values)):
        found = matching(path, pattern)
        if not found:
            wish = f"a path from {path.parent} that fits a file is wanted"
            mistakes.append(main.mistake(("include", place), shown(pattern), wish))
        for one in found:
            if one not in files:
                files[one] = read(one)
                mistakes += [
                    Mistake(files[one].line((name,)), name, "an option that an included file cannot have",
                            "only [[calls]] and [places] may stand here", one)
                    for name in files[one].values
                    if name not in INCLUDABLE
                ]  # fmt: skip
    places = dict(main.values.get("places", {})) if isinstance(main.values.get("places", {}), dict) else {}
    for file in files.values():
        own = file.values.get("places", {})
        for name, code in own.items() if isinstance(own, dict) else ():
            if places.setdefault(name, code) != code:
                wish = "a name that no other file gives another code is wanted"
                mistakes.append(
                    Mistake(
                        file.line(("places", name)), dotted(("places", name)), shown(code), wish, file.path
                    )
                )
    if mistakes:
        raise ConfigMistake(path, tuple(mistakes))
    if not files:
        return main
    calls = [call for file in (main, *files.values()) for call in _calls(file.values)]
    values = main.values | {"calls": calls} | ({"places": places} if places else {})
    return TomlFile(path, values, main.text, tuple(files.values()), main.values)


def patterns(values: dict[str, Any]) -> tuple[str, ...]:
    """Return the patterns of `include`; nothing when it is no list of texts, which is told elsewhere."""
    include = values.get("include")
    listed = isinstance(include, list) and all(isinstance(pattern, str) for pattern in include)
    return tuple(include) if isinstance(include, list) and listed else ()


def matching(path: Path, pattern: str) -> tuple[Path, ...]:
    """Return the files a pattern of `include` fits, by name, the including file itself left out."""
    # Path.glob takes no pattern that begins at the root.
    names = sorted(glob.glob(pattern, root_dir=path.parent))  # noqa: PTH207 - as above
    found = (path.parent / name for name in names)
    return tuple(one for one in found if one.is_file() and one.absolute() != path.absolute())


def _calls(values: dict[str, Any]) -> list[Any]:
    calls = values.get("calls", [])
    return calls if isinstance(calls, list) else []


def read(path: Path) -> TomlFile:
    """Return what the file says. Raises `ConfigMistake` when it cannot be read or is no valid TOML."""
    text = read_text(path).replace("\r\n", "\n")
    # An editor on Windows may put the byte order mark of UTF-8 first; it means nothing.
    text = text.removeprefix("\ufeff")
    try:
        return TomlFile(path, tomllib.loads(text), text)
    except tomllib.TOMLDecodeError:
        # Perhaps a time is written without seconds, as a newer TOML allows.
        text = with_seconds(text)
    try:
        return TomlFile(path, tomllib.loads(text), text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigMistake(path, (_syntax_mistake(text, str(error)),)) from None


def read_text(path: Path) -> str:
    """Return what a file of text says. Raises `ConfigMistake` when it is absent, unreadable or not UTF-8."""
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
    column = int(found[2]) if found else 0
    here = rows[line - 1][column - 1 :] if found and line <= len(rows) else ""
    before = (
        "\n".join((*rows[: line - 1], rows[line - 1][: column - 1])) if found and line <= len(rows) else text
    )
    key = next((key for key, at in reversed(lines_so_far(before).items()) if at == line), ())
    if key and not SECRET_NAME.search(str(key[-1])) and (told := _date(rows[line - 1], column - 1)):
        return Mistake(line, dotted(key), *told)
    opened = _opened(text)
    if opened and sentence.startswith(
        ("Unclosed", "Unterminated", "Illegal character '\\n'", 'Expected "\'"')
    ):
        line = opened
        key = next((key for key, at in lines_so_far(text).items() if at == line), ())
    elif opened and not found:
        return Mistake(opened, "", "", "what is opened here with a bracket or quotes is not closed")
    wish = next((words for start, words in _SYNTAX if sentence.startswith(start)), "this is no valid TOML")
    return Mistake(line, dotted(key), "", f"{wish}{_hint(sentence, here)}")


def _date(row: str, at: int) -> tuple[str, str] | None:
    """Return the date that stands at a place of a line and how it is written, if one does and no other is meant."""
    found = next((date for date in _DATE.finditer(row) if date.start() <= at <= date.end()), None)
    if found is None:
        return None
    first, month, last, hour, minute = found.groups()
    year, day = (int(first), int(last)) if len(first) == 4 else (int(last), int(first))
    year += 2000 if year < 100 else 0
    try:
        meant = datetime(year, int(month), day, int(hour or 18), int(minute or 0))  # noqa: DTZ001 - local
    except ValueError:
        return found[0], "there is no such date or time; one is written like 2023-03-10T18:00"
    timed = meant.isoformat(timespec="minutes")
    return found[0], f"{timed} is wanted" if hour else f"{meant:%Y-%m-%d} is wanted, or with its time {timed}"


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

"""Where each key of a TOML text stands, so that a mistake can be shown with its line.

`tomllib` gives values without places; this walks the same text again and notes lines. It trusts a text that tomllib
has accepted, and on any other text it stops at the first thing it does not know instead of guessing.
"""

import re
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

# ("calls", 0, "fields", 12, "kind"): names of tables and keys, positions in lists.
KeyPath = tuple[str | int, ...]

_BARE_KEY: Final = re.compile(r"[A-Za-z0-9_-]+")
_SCALAR: Final = re.compile(r"[^\s,\]}#]+(?: \d\d:\d\d[^\s,\]}#]*)?")
_SHORT_TIME: Final = re.compile(r"(?:\d{4}-\d\d-\d\d[Tt ])?\d\d:\d\d(?=$|[Zz+-])")
_QUOTES: Final = ('"""', "'''", '"', "'")
# What may be stepped over at once inside each kind of quotes.
_PLAIN: Final = {
    '"': re.compile(r'[^"\\\n]+'),
    "'": re.compile(r"[^'\n]+"),
    '"""': re.compile(r'[^"\\]+'),
    "'''": re.compile(r"[^']+"),
}
_BLANKS: Final = re.compile(r"[ \t]*")
_BLANK_LINES: Final = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")


class NotUnderstood(Exception):
    """The text is no valid TOML from here on. `opened` is the line of the list, table or text left open, if any."""

    def __init__(self, line: int, opened: int | None = None) -> None:
        """Take the line (from 1) where reading stopped, and the line of what was left open there."""
        super().__init__(f"not understood from line {line}")
        self.line = line
        self.opened = opened


@dataclass(slots=True)
class _Walk:
    """One pass over a text: where it is, and what has been noted so far."""

    text: str
    at: int = 0
    lines: dict[KeyPath, int] = field(default_factory=dict)
    short_times: list[int] = field(default_factory=list)
    open_since: list[int] = field(default_factory=list)
    headers: set[KeyPath] = field(default_factory=set)
    repeated: list[tuple[KeyPath, int]] = field(default_factory=list)
    _counted: tuple[int, int] = (0, 1)

    @property
    def line(self) -> int:
        """The line (from 1) of the place the walk has come to."""
        place, number = self._counted
        number += self.text.count("\n", place, self.at)
        self._counted = (self.at, number)
        return number

    def lost(self) -> NotUnderstood:
        """Return the exception for a text that cannot be followed from here."""
        return NotUnderstood(self.line, self.open_since[-1] if self.open_since else None)

    def note(self, path: KeyPath, line: int) -> None:
        """Remember the line of a path, and of the tables it passes through, unless they are known already."""
        for length in range(1, len(path) + 1):
            self.lines.setdefault(path[:length], line)

    def looking_at(self, what: str) -> bool:
        """Whether the text goes on with `what`."""
        return self.text.startswith(what, self.at)

    def expect(self, what: str) -> None:
        """Step over `what`, which must stand here."""
        if not self.looking_at(what):
            raise self.lost()
        self.at += len(what)

    def blanks(self, *, newlines: bool) -> None:
        """Step over spaces and tabs; over line ends and comments too where they mean nothing."""
        blank = (_BLANK_LINES if newlines else _BLANKS).match(self.text, self.at)
        if blank is not None:
            self.at = blank.end()

    def quoted(self) -> str:
        """Step over a text in any of the four kinds of quotes and return what is between them, escapes as written."""
        quotes = next(kind for kind in _QUOTES if self.looking_at(kind))
        self.open_since.append(self.line)
        start = self.at = self.at + len(quotes)
        while not self.looking_at(quotes):
            if plain := _PLAIN[quotes].match(self.text, self.at):
                self.at = plain.end()
            elif self.at >= len(self.text) or (len(quotes) == 1 and self.text[self.at] == "\n"):
                raise self.lost()
            else:
                self.at += 2 if self.text[self.at] == "\\" else 1
        self.at += len(quotes)
        # Up to two quotation marks may stand just before the closing three and belong to the text.
        for _ in range(2 if len(quotes) == 3 else 0):
            self.at += self.looking_at(quotes[0])
        self.open_since.pop()
        return self.text[start : self.at - len(quotes)]

    def key(self) -> tuple[str, ...]:
        """Step over a key, dotted or not, and return its parts."""
        parts: list[str] = []
        while True:
            self.blanks(newlines=False)
            if self.looking_at('"') or self.looking_at("'"):
                literal = self.looking_at("'")
                part = self.quoted()
                parts.append(part if literal else _unescaped(part))
            elif bare := _BARE_KEY.match(self.text, self.at):
                parts.append(bare.group())
                self.at = bare.end()
            else:
                raise self.lost()
            self.blanks(newlines=False)
            if not self.looking_at("."):
                return tuple(parts)
            self.at += 1

    def pair(self, table: KeyPath) -> None:
        """Step over `key = value` of a table."""
        line = self.line
        path = table + self.key()
        if path in self.lines:
            self.repeated.append((path, line))
        self.note(path, line)
        # A table that dotted keys have begun cannot be begun again by a header.
        self.headers.update(path[:length] for length in range(len(table) + 1, len(path)))
        self.expect("=")
        self.blanks(newlines=False)
        self.value(path)

    def value(self, path: KeyPath) -> None:
        """Step over a value of any kind, noting what is inside it."""
        if self.at >= len(self.text):
            raise self.lost()
        if self.looking_at("["):
            self.list_(path)
        elif self.looking_at("{"):
            self.inline_table(path)
        elif self.text[self.at] in "\"'":
            self.quoted()
        elif scalar := _SCALAR.match(self.text, self.at):
            if time := _SHORT_TIME.match(scalar.group()):
                self.short_times.append(self.at + time.end())
            self.at = scalar.end()
        else:
            raise self.lost()

    def list_(self, path: KeyPath) -> None:
        """Step over a list, which may go over many lines."""
        self.open_since.append(self.line)
        self.expect("[")
        position = 0
        while True:
            self.blanks(newlines=True)
            if self.looking_at("]"):
                break
            self.note((*path, position), self.line)
            self.value((*path, position))
            position += 1
            self.blanks(newlines=True)
            if not self.looking_at(","):
                break
            self.at += 1
        self.expect("]")
        self.open_since.pop()

    def inline_table(self, path: KeyPath) -> None:
        """Step over `{ key = value, … }`."""
        self.open_since.append(self.line)
        self.expect("{")
        while True:
            self.blanks(newlines=True)
            if self.looking_at("}"):
                break
            self.pair(path)
            self.blanks(newlines=True)
            if not self.looking_at(","):
                break
            self.at += 1
        self.expect("}")
        self.open_since.pop()

    def header(self, counts: dict[KeyPath, int]) -> KeyPath:
        """Step over `[table]` or `[[table]]`; return its path, with the newest element of every list it goes through."""
        line = self.line
        brackets = 2 if self.looking_at("[[") else 1
        self.expect("[" * brackets)
        names = self.key()
        self.expect("]" * brackets)
        path: KeyPath = ()
        for name in names[:-1]:
            path = (*path, name)
            if path in counts:
                path = (*path, counts[path] - 1)
        path = (*path, names[-1])
        if brackets == 2:
            counts[path] = counts.get(path, 0) + 1
            path = (*path, counts[path] - 1)
        elif path in counts:
            path = (*path, counts[path] - 1)
        if brackets == 1 and path in self.headers:
            self.repeated.append((path, line))
        self.headers.add(path)
        self.note(path, line)
        return path

    def document(self) -> None:
        """Step over the whole text."""
        counts: dict[KeyPath, int] = {}
        table: KeyPath = ()
        while True:
            self.blanks(newlines=True)
            if self.at >= len(self.text):
                return
            if self.looking_at("["):
                table = self.header(counts)
            else:
                self.pair(table)
            self.blanks(newlines=False)
            if self.at < len(self.text) and self.text[self.at] not in "#\r\n":
                raise self.lost()


def _unescaped(text: str) -> str:
    """Return a quoted key's name with the escapes of TOML undone."""
    short = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", '"': '"', "\\": "\\"}

    def meant(escape: re.Match[str]) -> str:
        code = escape.group(1)
        return short[code] if code in short else chr(int(code[1:], 16))

    return re.sub(r'\\([btnfr"\\]|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8})', meant, text)


def lines(text: str) -> dict[KeyPath, int]:
    """Return the line (from 1) of every key, list element and table header of a TOML text.

    Raises `NotUnderstood` when the text is no valid TOML.
    """
    walk = _Walk(text)
    walk.document()
    return walk.lines


def lines_so_far(text: str) -> dict[KeyPath, int]:
    """Return the same, in the order of the text, as far as a text can be followed that may be faulty or break off."""
    walk = _Walk(text)
    with suppress(NotUnderstood):
        walk.document()
    return walk.lines


def first_repeated(text: str) -> tuple[KeyPath, int, int] | None:
    """Return the first key or table that stands twice, the line of its second place and that of its first.

    The text may be faulty beyond that place; None when nothing stands twice before it gets lost.
    """
    walk = _Walk(text)
    with suppress(NotUnderstood):
        walk.document()
    for path, line in walk.repeated:
        return path, line, walk.lines[path]
    return None


def with_seconds(text: str) -> str:
    """Return the text with `:00` added to times written without seconds, as TOML 1.1 allows and `tomllib` may not.

    No line moves. A text that cannot be followed is returned as it is: tomllib shall say what is wrong with it.
    """
    walk = _Walk(text)
    # What was found before the walk got lost is still good: it makes tomllib stop at the true mistake.
    with suppress(NotUnderstood):
        walk.document()
    for place in reversed(walk.short_times):
        text = text[:place] + ":00" + text[place:]
    return text

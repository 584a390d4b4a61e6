"""An admin's own texts of replies, read from the folder a call names and tried before anybody gets them.

They are taken over whole or not at all: a text with a mistake is a mistake of the configuration, told with its line.
"""

import difflib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from intake.mistakes import ConfigMistake, Mistake, shown
from intake.toml_file import TomlFile, read_text
from outbox.texts import text_names
from outbox.trial import mistakes_in
from rules.call import Call, OwnText


def with_own_texts(calls: tuple[Call, ...], file: TomlFile, base: Path) -> tuple[Call, ...]:
    """Return the calls with the texts their `replies.templates_dir` hold; relative folders start at `base`.

    Raises `ConfigMistake` with everything that is wrong with them.
    """
    mistakes: list[Mistake] = []
    read = []
    for place, call in enumerate(calls):
        folder = base / Path(call.replies.templates_dir).expanduser()
        if not call.replies.templates_dir:
            read.append(call)
        elif not folder.is_dir():
            key = ("calls", place, "replies", "templates_dir")
            wish = f"a folder is wanted; there is none at {folder}"
            mistakes.append(file.mistake(key, shown(call.replies.templates_dir), wish))
        else:
            texts, wrong = _read(folder, call)
            mistakes += wrong
            read.append(call.with_texts(texts))
    if mistakes:
        raise ConfigMistake(file.path, tuple(mistakes))
    return tuple(read)


def text_files(values: Mapping[str, Any], base: Path) -> Iterator[Path]:
    """Yield the files of texts that the calls of a TOML file name, whatever else is wrong with it."""
    calls = values.get("calls")
    for call in calls if isinstance(calls, list) else ():
        replies = call.get("replies") if isinstance(call, dict) else None
        folder = replies.get("templates_dir") if isinstance(replies, dict) else None
        if isinstance(folder, str) and folder:
            yield from _files(base / Path(folder).expanduser())


def _files(folder: Path) -> list[Path]:
    """Return the texts in a folder, by name; editors' own files and those of other kinds are left alone."""
    if not folder.is_dir():
        return []
    return sorted(
        path
        for path in folder.iterdir()
        if path.suffix.lower() == ".txt" and not path.name.startswith((".", "~"))
    )


def _read(folder: Path, call: Call) -> tuple[tuple[OwnText, ...], list[Mistake]]:
    names = set(text_names(call.language))
    texts: list[OwnText] = []
    mistakes: list[Mistake] = []
    for path in _files(folder):
        if path.stem not in names:
            mistakes.append(Mistake(0, "", "a text for no reply", _meant(path.stem, names), file=path))
            continue
        try:
            source = read_text(path).replace("\r\n", "\n").removeprefix("\ufeff")
        except ConfigMistake as mistake:
            mistakes += (Mistake(one.line, "", "", one.wanted, file=path) for one in mistake.mistakes)
            continue
        texts.append(OwnText(path.stem, source, str(path)))
    for text in texts:
        mistakes += (
            Mistake(one.line, "", one.found, one.wanted, file=Path(text.file))
            for one in mistakes_in(text, call.with_texts(tuple(texts)))
        )
    return tuple(texts), mistakes


def _meant(name: str, names: set[str]) -> str:
    alike = difflib.get_close_matches(name, sorted(names), n=1)
    return f"did you mean {alike[0]}.txt?" if alike else f"one of {', '.join(sorted(names))} is wanted"

"""What is wrong with a config.toml, in plain words: one line for each mistake, with its place and its cure.

pydantic's own sentences are never shown, and neither is the value of anything that may be a password.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import Enum
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin
from zoneinfo import available_timezones

from annotated_types import Ge, Le, MaxLen, MinLen
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from rapidfuzz import fuzz, process

from intake.toml_lines import KeyPath
from rules.addresses import EMAIL, HOST, REVERSE_PATH, WEB

# A name this similar is taken for a slip of the fingers.
_ALIKE: Final = 70
_LONGEST_SHOWN: Final = 60

# What may be a secret by its name. A `token_file` is where one lies, and none itself.
SECRET_NAME: Final = re.compile(r"(?i)pass(word|wd|phrase)?$|парол|secret|token(?!_file$)")

# How the patterns of the models are said in words; a test holds this table and the models together.
SHAPES: Final = {
    r"^[a-z][a-z0-9_]*$": "small Latin letters, digits and _, beginning with a letter, are wanted",
    r"^[a-z0-9][a-z0-9-]*$": "small Latin letters, digits and hyphens are wanted",
    r"^(\d+(\.(\d+|\{n\}))*)?$": 'an item number like "1.3" is wanted',
    r"^[\w-]+$": "letters, digits and hyphens without blanks are wanted",
    r'^([^/\\:*?"<>|]+\.[Xx][Ll][Ss][XxMm])?$': "a file name that ends in .xlsx, without a folder and without "
    '/ \\ : * ? " < > |, is wanted, e.g. "Заявки.xlsx"',
    r"^[A-Za-z0-9$_.-]*$": "Latin letters, digits and $ _ . - are wanted",
    EMAIL: 'one e-mail address alone is wanted, e.g. "zayavky@hromada.gov.ua"',
    REVERSE_PATH: 'one e-mail address alone is wanted, e.g. "zayavky@hromada.gov.ua", or "<>", or ""',
    WEB: 'a web address is wanted, e.g. "https://decentralization.ua", or ""',
    HOST: 'the name of a server alone is wanted, e.g. "imap.ukr.net"',
}

_NAMES: Final[tuple[tuple[type, str], ...]] = (
    # bool before int and datetime before date: each is a kind of the other.
    (bool, "true or false"),
    (int, "a whole number"),
    (float, "a number with a fraction"),
    (str, "text"),
    (datetime, "a date and time"),
    (date, "a date"),
    (time, "a time"),
    (list, "a list"),
    (dict, "a table"),
)


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    """One mistake: line from 1 (0 when it has none), key as a dotted path, what was found, what is wanted.

    `key` and `found` are empty when there is nothing to name. `file` is set for an included file.
    """

    line: int
    key: str
    found: str
    wanted: str
    file: Path | None = field(default=None, compare=False)

    def __str__(self) -> str:
        """One line without the file's name: `41: mailbox.port: found "abc" (text); a whole number … is wanted`."""
        told = f"found {self.found}; {self.wanted}" if self.found else self.wanted
        return ": ".join(part for part in (str(self.line or ""), self.key, told) if part)


class ConfigMistake(Exception):
    """config.toml, or the environment, does not say what it must. `mistakes` are all of them, in the file's order."""

    def __init__(self, path: Path, mistakes: tuple[Mistake, ...]) -> None:
        """Take the file as it was named and its mistakes, of which there is at least one."""
        super().__init__(
            "\n".join(
                f"{mistake.file or path}:{'' if mistake.line else ' '}{mistake}" for mistake in mistakes
            )
        )
        self.path = path
        self.mistakes = mistakes


def dotted(path: KeyPath) -> str:
    """Return a path as an admin reads it: `calls[0].fields[12].kind`."""
    out = ""
    for part in path:
        if isinstance(part, int):
            out += f"[{part}]"
        else:
            bare = part if re.fullmatch(r"[A-Za-z0-9_-]+", part) else f'"{part}"'
            out += f".{bare}" if out else bare
    return out


def shown(value: object, *, kind: bool = False) -> str:
    """Return a value as it may stand in the file, shortened, with the name of its kind if asked for."""
    match value:
        case bool():
            text = "true" if value else "false"
        case str():
            text = f'"{value if len(value) <= _LONGEST_SHOWN else value[:_LONGEST_SHOWN] + "…"}"'.replace(
                "\n", "\\n"
            )
        case datetime():
            text = value.isoformat(timespec="minutes")
        case date() | time() | int() | float():
            text = str(value)
        case list():
            return "an empty list" if not value else "a list"
        case _:
            return "an empty table" if not value else "a table"
    name = next((name for type_, name in _NAMES if isinstance(value, type_)), "") if kind else ""
    return f"{text} ({name})" if name and not isinstance(value, bool) else text


def wanted(annotation: Any, metadata: tuple[object, ...] = ()) -> str:
    """Return what a key of this type takes: «a whole number from 1 to 65535 is wanted»."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return wanted(arguments[0], (*_rules(arguments[1:]), *metadata))
    if origin in {Union, UnionType}:
        return wanted(next(kind for kind in arguments if kind is not NoneType), metadata)
    if origin is Literal:
        return _one_of(arguments)
    if origin is tuple:
        inside = _INSIDE.get(_plain(arguments[0]), "tables")
        filled = any(isinstance(rule, MinLen) and rule.min_length for rule in metadata)
        return f"a list of {inside}{', not an empty one,' if filled else ''} is wanted"
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return _one_of(tuple(member.value for member in annotation))
    if annotation is int:
        return f"a whole number{_range(metadata)} is wanted"
    if annotation is str:
        return _text(metadata)
    simple = {
        bool: "true or false, without quotes, is wanted",
        datetime: "local date and time without quotes are wanted, e.g. 2023-03-10T18:00",
        date: "a date without quotes is wanted, e.g. 2023-03-08",
        Path: "a path in quotes is wanted",
    }
    return simple.get(annotation, "a table is wanted")


_INSIDE: Final = {str: "texts", int: "whole numbers", datetime: "local dates and times", date: "dates"}


def _plain(annotation: Any) -> Any:
    return get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation


def _rules(annotations: tuple[object, ...]) -> tuple[object, ...]:
    """Return the constraints of an annotation; inside a list they are still packed into pydantic's fields."""
    return tuple(
        rule for one in annotations for rule in (one.metadata if isinstance(one, FieldInfo) else (one,))
    )


def _one_of(choices: tuple[object, ...]) -> str:
    quoted = ", ".join(f'"{choice}"' for choice in choices)
    return f"{' or '.join(quoted.rsplit(', ', 1))} is wanted"


def _range(metadata: tuple[object, ...]) -> str:
    least = next((rule.ge for rule in metadata if isinstance(rule, Ge)), None)
    most = next((rule.le for rule in metadata if isinstance(rule, Le)), None)
    return (f" from {least}" if least is not None else "") + (f" to {most}" if most is not None else "")


def _text(metadata: tuple[object, ...]) -> str:
    pattern = next((rule.pattern for rule in metadata if hasattr(rule, "pattern")), None)
    if isinstance(pattern, str) and pattern in SHAPES:
        return SHAPES[pattern]
    least = next((rule.min_length for rule in metadata if isinstance(rule, MinLen)), 0)
    most = next((rule.max_length for rule in metadata if isinstance(rule, MaxLen)), None)
    if most is not None:
        return f"text in quotes of at most {most} characters is wanted"
    if least > 1:
        return f"text in quotes of at least {least} characters is wanted"
    return f"text in quotes{', not an empty one,' if least else ''} is wanted"


def field_at(model: type[BaseModel], path: KeyPath) -> tuple[Any, tuple[object, ...], str]:
    """Return annotation, constraints and description of the key at a path; (None, (), "") when there is none."""
    annotation: Any = model
    metadata: tuple[object, ...] = ()
    description = ""
    for part in path:
        annotation = _bare(annotation)
        origin, arguments = get_origin(annotation), get_args(annotation)
        if isinstance(part, int) and origin is tuple:
            annotation, metadata = arguments[0], ()
        elif isinstance(part, str) and origin is dict:
            annotation, metadata = arguments[1], ()
        elif isinstance(part, str) and isinstance(annotation, type) and issubclass(annotation, BaseModel):
            info: FieldInfo | None = annotation.model_fields.get(part)
            if info is None:
                return None, (), ""
            annotation, metadata, description = info.annotation, tuple(info.metadata), info.description or ""
        else:
            return None, (), ""
    return annotation, metadata, description


def _bare(annotation: Any) -> Any:
    if get_origin(annotation) is Annotated:
        return _bare(get_args(annotation)[0])
    if get_origin(annotation) in {Union, UnionType}:
        return _bare(next(kind for kind in get_args(annotation) if kind is not NoneType))
    return annotation


def wanted_name(model: type[BaseModel], path: KeyPath) -> str:
    """Return which names a table takes whose keys are values themselves: `mailbox.move_to`."""
    return wanted(get_args(_bare(field_at(model, path[:-1])[0]))[0])


def unknown_key(model: type[BaseModel], path: KeyPath) -> tuple[str, str | None]:
    """Return what to say of a key that no model has, and the key that was probably meant."""
    name = str(path[-1])
    annotation = _bare(field_at(model, path[:-1])[0]) if path[:-1] else model
    allowed = tuple(key for key in annotation.model_fields if key != "base")
    if meant := alike(name.replace("-", "_"), allowed):
        return f"did you mean '{meant}'?", meant
    if homes := [table for table, keys in _tables(model).items() if name in keys]:
        return f"'{name}' belongs under {' or '.join(homes)}", None
    return f"allowed here: {', '.join(allowed)}", None


def _tables(model: type[BaseModel], name: str = "", *, listed: bool = False) -> dict[str, tuple[str, ...]]:
    """Return every table of config.toml as its header is written, with its keys."""
    title = ("[[{}]]" if listed else "[{}]").format(name) if name else "the top of the file"
    found = {title: tuple(key for key in model.model_fields if key != "base")}
    for key, info in model.model_fields.items():
        inner = _bare(info.annotation)
        many = get_origin(inner) is tuple
        inner = _bare(get_args(inner)[0]) if many else inner
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            found |= _tables(inner, f"{name}.{key}" if name else key, listed=many)
    return found


def alike(name: str, allowed: Iterable[str]) -> str | None:
    """Return the one of the allowed names that a name is probably a slip of, or None."""
    found = process.extractOne(
        name, sorted(allowed), scorer=fuzz.ratio, processor=str.casefold, score_cutoff=_ALIKE
    )
    return str(found[0]) if found else None


def wanted_one_of(name: str, allowed: Collection[str]) -> str:
    """Return what to say of a name that is none of the allowed ones: the one probably meant, or all there are."""
    meant = alike(name, allowed)
    return f'did you mean "{meant}"?' if meant else f"one of {', '.join(sorted(allowed))} is wanted"


def zone_alike(name: str) -> str:
    """Return ` (did you mean "Europe/Kyiv"?)` for a zone name that is nearly one, or the city of one, else nothing."""
    zones = sorted(available_timezones())
    close = process.extract(name, zones, scorer=fuzz.ratio, processor=str.casefold, score_cutoff=_ALIKE)
    best = [zone for zone, score, _ in close if score == close[0][1]]
    if not best and "/" not in name:
        cities = [zone.rpartition("/")[2].casefold() for zone in zones]
        found = process.extractOne(name.casefold(), cities, scorer=fuzz.ratio, score_cutoff=_ALIKE)
        best = [zone for zone, city in zip(zones, cities, strict=True) if found and city == found[0]]
    names = " or ".join(f'"{zone}"' for zone in best)
    return f" (did you mean {names}?)" if names else ""


def found_of(problem: Mapping[str, Any], raw: object) -> str:
    """Return what stands in the file, for one of pydantic's error types."""
    kind = problem["type"]
    if kind == "missing":
        return "nothing"
    # Where the kind of the value is right and only its content is not, naming the kind would confuse.
    right_kind = kind in {
        "literal_error", "enum", "greater_than_equal", "less_than_equal", "string_pattern_mismatch",
        "string_too_short", "string_too_long", "value_error",
    }  # fmt: skip
    return shown(raw, kind=not right_kind)

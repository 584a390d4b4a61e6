"""What a config.toml may not say: every check there is, and the line of everything it finds.

All mistakes are collected before any is told. What the models refuse is put into words in `intake.mistakes`.
"""

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Final

from pydantic import BaseModel, ValidationError

from intake.mistakes import (
    SECRET_NAME,
    ConfigMistake,
    alike,
    dotted,
    field_at,
    found_of,
    shown,
    unknown_key,
    wanted,
    wanted_name,
    wanted_one_of,
    zone_alike,
)
from intake.places import gazetteers
from intake.toml_file import TomlFile
from intake.toml_lines import KeyPath
from rules.contradictions import Contradiction, between, contradictions
from rules.gazetteer.find import find, find_oblast
from rules.repeated import unfolded

# Where a mistake stands → what was found there, what is wanted.
Problems = dict[KeyPath, tuple[str, str]]

_PASSWORD_IN_URL: Final = re.compile(r"[\w+]+://[^/?#]*:[^/?#]*@")
# How the well-known ports of each protocol are protected.
_TLS_OF: Final = {
    "mailbox": {993: "implicit", 143: "starttls"},
    "smtp": {587: "starttls", 465: "implicit", 25: "starttls"},
}
_DATABASE: Final = re.compile(r"(sqlite(\+\w+)?:///|postgresql(\+\w+)?://)")
# What the shipped file writes where only the admin knows the value; example.org is nobody's (RFC 2606).
_PLACEHOLDERS: Final = (
    "example.org",
    "Ім’я ПРІЗВИЩЕ",
    "+380 00 000 00 00",
    "Име ФАМИЛИЯ",
    "+359 2 000 00 00",
)


def check(
    file: TomlFile,
    model: type[BaseModel],
    *,
    known_codes: Collection[str] | None = None,
    known_templates: Collection[str] | None = None,
) -> None:
    """Raise `ConfigMistake` with every mistake of the file, in its order; return when there is none.

    `model` is the whole configuration; `known_codes` and `known_templates` are as for `intake.config.load`.
    """
    clashes = _contradictions(file)
    problems = _schema(file, model) | clashes | _unknown_names(file, known_codes, known_templates)
    problems |= _places(file.values) | _oblasts(file.values) | _kept_out(file.values)
    if clashes:
        # The model of a call refuses the first contradiction as well, without its line.
        problems = {key: told for key, told in problems.items() if key[:1] != ("calls",) or len(key) != 2}
    if not problems:
        problems = _unfolded(file)
    if problems:
        mistakes = [file.mistake(key, *told) for key, told in problems.items()]
        order = [None, *(one.path for one in file.included)]
        mistakes.sort(key=lambda mistake: (order.index(mistake.file), mistake))
        raise ConfigMistake(file.path, tuple(mistakes))


def unfilled(file: TomlFile) -> tuple[str, ...]:
    """Return a line for each value that is still a placeholder of the shipped file."""
    found = [
        (*file.home(key), value)
        for key, value in _walk(file.values)
        if isinstance(value, str) and any(mark in value for mark in _PLACEHOLDERS)
    ]
    return tuple(
        f"{home.path}:{home.line(key)}: {dotted(key)} is still the placeholder {shown(value)}"
        for home, key, value in found
    )


def _kept_out(values: Mapping[str, Any]) -> Problems:
    """Return passwords that stand in the file: they are refused wherever they are, and never shown."""
    problems: Problems = {}
    for path, value in _walk(values):
        # A ground may be called "password"; nothing secret can stand behind it.
        if SECRET_NAME.search(str(path[-1])) and path[-2:-1] != ("dispositions",):
            variable = f"SKRYNKA_{'SMTP' if path[0] == 'smtp' else 'IMAP'}_PASSWORD"
            problems[path] = (
                "a secret (not shown)",
                f"passwords never stand in this file: set {variable}, or {variable}_FILE to the file that holds it",
            )
        elif isinstance(value, str) and _PASSWORD_IN_URL.match(value):
            problems[path] = (
                "a password (not shown)",
                "a URL without it is wanted; PostgreSQL takes it from PGPASSWORD or ~/.pgpass",
            )
    return problems


def _schema(file: TomlFile, model: type[BaseModel]) -> Problems:
    """Return what the models refuse."""
    problems: Problems = {}
    values = {name: value for name, value in file.values.items() if name != "base"}
    if "base" in file.values:
        problems["base",] = ("an unknown option", unknown_key(model, ("base",))[0])
    try:
        # JSON is the strict reading: a number in quotes is no number, and neither is true.
        model.model_validate_json(json.dumps(values, default=str), strict=True)
    except ValidationError as error:
        meant: set[KeyPath] = set()
        for problem in error.errors(include_url=False):
            key = tuple(part for part in problem["loc"] if part != "[key]")
            if problem["type"] == "extra_forbidden":
                wish, name = unknown_key(model, key)
                meant.add((*key[:-1], name or ""))
                problems[key] = ("an unknown option", wish)
            # pydantic counts only the good elements of a list; the bad ones are told one by one.
            elif not (problem["type"] == "too_short" and _value(file.values, key)):
                problems[key] = _refused(problem, key, file.values, model)
        # One slip of the fingers is one mistake, not an unknown option and a missing one.
        problems = {
            key: told for key, told in problems.items() if not (key in meant and told[0] == "nothing")
        }
    return problems


def _refused(
    problem: Mapping[str, Any], key: KeyPath, values: Mapping[str, Any], model: type[BaseModel]
) -> tuple[str, str]:
    """Return what was found and what is wanted, for one error of the models."""
    if problem["loc"][-1] == "[key]":
        return shown(key[-1]), wanted_name(model, key)
    annotation, metadata, description = field_at(model, key)
    wish = str(problem["ctx"]["error"]) if problem["type"] == "value_error" else wanted(annotation, metadata)
    raw = _value(values, key)
    if key[-1] == "time_zone" and isinstance(raw, str):
        wish += zone_alike(raw)
    return found_of(problem, raw), f"{wish} ({description})" if description else wish


def _contradictions(file: TomlFile) -> Problems:
    """Return what is well-formed by itself and cannot stand together."""
    calls = file.values.get("calls")
    calls = [call if isinstance(call, dict) else {} for call in calls] if isinstance(calls, list) else []
    found = [
        Contradiction(("calls", place, *one.path), one.wanted, one.other and ("calls", place, *one.other))
        for place, call in enumerate(calls)
        for one in contradictions(call)
    ]
    problems: Problems = {}
    for one in (*found, *between(calls)):
        seen = f" ({file.seen_at(one.other, one.path)})" if one.other else ""
        problems[one.path] = (shown(_value(file.values, one.path)), one.wanted + seen)
    for name in ("mailbox", "smtp"):
        section = file.values.get(name)
        if isinstance(section, dict) and section.get("tls") == "none" and not _is_local(section.get("host")):
            problems[name, "tls"] = (
                '"none"',
                'the password would cross the network in clear; "implicit" or "starttls" is wanted',
            )
    problems |= _ports(file)
    url = _value(file.values, ("storage", "database"))
    if isinstance(url, str) and not _DATABASE.match(url):
        problems["storage", "database"] = (
            shown(url),
            'a URL that begins with "sqlite:///" or "postgresql://" is wanted',
        )
    return problems


def _ports(file: TomlFile) -> Problems:
    """Return ports that speak another protocol, or protect the connection otherwise (RFC 8314, 3207)."""
    problems: Problems = {}
    for name, default in (("mailbox", 993), ("smtp", 587)):
        section = file.values.get(name)
        section = section if isinstance(section, dict) else {}
        port, tls = section.get("port", default), section.get("tls", _TLS_OF[name][default])
        others = [other for other in _TLS_OF if port in _TLS_OF[other] and port not in _TLS_OF[name]]
        if not isinstance(port, int) or tls not in {"implicit", "starttls"}:
            continue
        right = _TLS_OF[name].get(port)
        ways = " or ".join(f'{one} with tls = "{way}"' for one, way in _TLS_OF[name].items() if one != 25)
        if others:
            problems[name, "port"] = (str(port), f"this is a port of {others[0]}; {ways} is wanted")
        elif right not in {None, tls}:
            key = "tls" if "tls" in section else "port"
            found = shown(tls) if key == "tls" else str(port)
            problems[name, key] = (found, f"port {port} does not work so; {ways} is wanted")
    return problems


def _unfolded(file: TomlFile) -> Problems:
    """Return what only shows when repeated participants are written out. The file must be in order otherwise."""
    return {
        ("calls", place, "participants"): (
            "repeated participants",
            f"once they are written out: {dotted(found[0].path)}: {found[0].wanted}",
        )
        for place, call in enumerate(file.values["calls"])
        if (found := tuple(contradictions(unfolded(call))))
    }


def _unknown_names(
    file: TomlFile, codes: Collection[str] | None, templates: Collection[str] | None
) -> Problems:
    """Return grounds and replies that nobody knows: the option would silently do nothing."""
    problems: Problems = {}
    for path, value in _walk(file.values):
        if (
            codes is not None
            and path[0] == "calls"
            and path[-2:-1] == ("dispositions",)
            and path[-1] not in codes
        ):
            problems[path] = ("an unknown finding", wanted_one_of(str(path[-1]), codes))
        if templates is not None and path[-3:-1] == ("replies", "off") and value not in templates:
            problems[path] = (shown(value), wanted_one_of(str(value), templates))
    return problems


def _places(values: Mapping[str, Any]) -> Problems:
    """Return further names of places that name none, or that somebody else bears already."""
    problems: Problems = {}
    names = values.get("places")
    told = (
        {name: code for name, code in names.items() if isinstance(code, str)}
        if isinstance(names, dict)
        else {}
    )
    if not told:
        return problems
    plain, known = gazetteers(), gazetteers(told)
    for name, code in told.items():
        country = next((country for country in plain if plain[country].by_code(code)), None)
        if country is None:
            problems["places", name] = (
                shown(code),
                'the code of a hromada (KATOTTG) or община in the codifier is wanted; "intake place" finds it',
            )
            continue
        found = find(name, known[country])
        if found.place is None or found.place.code != code:
            others = [place for place in found.candidates if place.code != code]
            taken = f"; {others[0].full}, {others[0].oblast}, is called so as well" if others else ""
            problems["places", name] = (
                shown(name),
                f"a name alone, without «громада» or the oblast, that only this place bears is wanted{taken}",
            )
    return problems


def _oblasts(values: Mapping[str, Any]) -> Problems:
    """Return admitted oblasts that there are not: every application would be refused."""
    problems: Problems = {}
    known = gazetteers()
    calls = values.get("calls")
    for place in range(len(calls) if isinstance(calls, list) else 0):
        country = _value(values, ("calls", place, "country"))
        admitted = _value(values, ("calls", place, "policy", "oblasts"))
        if not isinstance(country, str) or country not in known or not isinstance(admitted, list):
            continue
        names = [one.name for one in known[country].oblasts.rows]
        for number, name in enumerate(admitted):
            if isinstance(name, str) and not any(
                full.casefold().startswith(name.casefold()) for full in names
            ):
                meant = find_oblast(name, known[country]) or alike(name, names)
                wish = f'did you mean "{meant}"?' if meant else f"one of {', '.join(names)} is wanted"
                problems["calls", place, "policy", "oblasts", number] = (shown(name), wish)
    return problems


def _walk(value: object, path: KeyPath = ()) -> Iterator[tuple[KeyPath, object]]:
    """Yield every key and list element of nested tables and lists, with its value."""
    inside: Iterable[tuple[str | int, object]] = ()
    if isinstance(value, dict):
        inside = value.items()
    elif isinstance(value, list):
        inside = enumerate(value)
    for part, element in inside:
        yield (*path, part), element
        yield from _walk(element, (*path, part))


def _value(values: object, path: KeyPath) -> object:
    for part in path:
        try:
            values = values[part]  # type: ignore[index] # what cannot be indexed is caught
        except (KeyError, IndexError, TypeError):
            return None
    return values


def _is_local(host: object) -> bool:
    return isinstance(host, str) and (host in {"localhost", "::1"} or host.startswith("127."))

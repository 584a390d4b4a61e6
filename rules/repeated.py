"""Participants of an open number: one participant and its fields, written once, stand for as many as the form has room for.

It reads and returns plain mappings, as written in config.toml, before they become a call. Nothing else is changed.
"""

from collections.abc import Iterator, Mapping
from typing import Any

# Where it stands in a text of a repeated participant, the count stands: «Участник {n}».
COUNT = "{n}"


def unfolded(call: Mapping[str, Any]) -> dict[str, Any]:
    """Return the call with every participant that has `repeat` replaced by that many, and its fields likewise.

    The participant `p` becomes `p1`, `p2` …; its field `p_name` becomes `p1_name`, `p2_name` …. Only the first one is
    required: how many people come is open.
    """
    repeats = {
        person["key"]: person["repeat"]
        for person in call.get("participants", ())
        if person.get("repeat", 1) > 1
    }
    return {
        **call,
        "participants": [one for person in call.get("participants", ()) for one in _people(person, repeats)],
        "fields": list(_fields(call.get("fields", ()), repeats)),
    }


def _people(person: Mapping[str, Any], repeats: Mapping[str, int]) -> Iterator[dict[str, Any]]:
    if person["key"] not in repeats:
        yield dict(person)
        return
    for count in range(1, repeats[person["key"]] + 1):
        told = {name: _counted(value, count) for name, value in person.items() if name != "repeat"}
        required = person.get("required", True) if count == 1 else False
        yield told | {"key": f"{person['key']}{count}", "required": required}


def _fields(fields: Any, repeats: Mapping[str, int]) -> Iterator[dict[str, Any]]:
    """Yield the fields in the order of the form: all of the first person's that stand together, then the second's."""
    waiting: list[Mapping[str, Any]] = []
    for field in fields:
        person = field.get("person", "")
        if waiting and waiting[0]["person"] != person:
            yield from _of_each(waiting, repeats)
            waiting = []
        if person in repeats:
            waiting.append(field)
        else:
            yield dict(field)
    yield from _of_each(waiting, repeats)


def _of_each(fields: list[Mapping[str, Any]], repeats: Mapping[str, int]) -> Iterator[dict[str, Any]]:
    if not fields:
        return
    person = fields[0]["person"]
    for count in range(1, repeats[person] + 1):
        for field in fields:
            own = f"{person}{count}"
            told = {name: _counted(value, count) for name, value in field.items()}
            yield told | {"key": own + field["key"].removeprefix(person), "person": own}


def _counted(value: Any, count: int) -> Any:
    if isinstance(value, str):
        return value.replace(COUNT, str(count))
    return [_counted(one, count) for one in value] if isinstance(value, list) else value

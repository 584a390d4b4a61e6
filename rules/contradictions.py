"""What single options cannot show: two things a call says that exclude each other.

It reads plain mappings, as written, so that all contradictions can be told even while other options are still wrong;
what is not of the expected type is passed over, for that is told elsewhere.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

KeyPath = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Contradiction:
    """One of them: where it stands, what would be right, and the other place it collides with, if any."""

    path: KeyPath
    wanted: str
    other: KeyPath | None = None


def contradictions(call: Mapping[str, object]) -> Iterator[Contradiction]:
    """Yield what one call, as written, says against itself. Paths start at the call."""
    fields = tuple(_tables(call.get("fields")))
    participants = tuple(_tables(call.get("participants")))
    yield from _twice(((*_at("fields", place), "key"), field.get("key")) for place, field in fields)
    yield from _twice(
        ((*_at("participants", place), "key"), person.get("key")) for place, person in participants
    )
    yield from _twice(
        ((*_at("fields", place), "number"), (number, str(field.get("person", ""))))
        for place, field in fields
        if (number := field.get("number"))
    )
    yield from _labels(fields)
    persons = [str(person.get("key")) for _, person in participants]
    for place, field in fields:
        person = field.get("person")
        if isinstance(person, str) and person and person not in persons:
            yield Contradiction(
                (*_at("fields", place), "person"), f"one of the participants is wanted: {_listed(persons)}"
            )
        if field.get("kind") in {"choice", "choices"} and not field.get("options"):
            yield Contradiction(
                (*_at("fields", place), "kind"), 'a choice needs its options, e.g. options = ["так", "ні"]'
            )
    yield from _example(call)
    yield from _periods(call)
    yield from _repeated(participants, fields)
    policy = call.get("policy")
    per_unit = isinstance(policy, Mapping) and policy.get("one_per") == "unit"
    if per_unit and not any(field.get("kind") == "unit" for _, field in fields):
        yield Contradiction(("policy", "one_per"), 'a field of kind "unit" is wanted in the form, or "place"')


def _example(call: Mapping[str, object]) -> Iterator[Contradiction]:
    """Yield an example of a subject that does not begin as subjects shall: applicants would copy the mistake."""
    subject = call.get("subject")
    subject = subject if isinstance(subject, Mapping) else {}
    example, topic, aliases = _folded(subject.get("example")), subject.get("topic"), subject.get("aliases")
    separator = subject.get("separator", "/")
    if not (
        isinstance(example, str) and isinstance(topic, str) and topic.strip() and isinstance(separator, str)
    ):
        return
    others = aliases if isinstance(aliases, Sequence) and not isinstance(aliases, str) else ()
    begun = [str(_folded(one)) for one in (topic, *others)]
    if not any(
        example.startswith(one) and example[len(one) :].lstrip().startswith(separator.strip())
        for one in begun
    ):
        place = subject.get("placeholder") or "…"
        wish = f"the topic, the separator and a place are wanted, e.g. «{topic}{separator}{place}»"
        yield Contradiction(("subject", "example"), wish, ("subject", "topic"))


def _periods(call: Mapping[str, object]) -> Iterator[Contradiction]:
    """Yield what the times of a call say against each other."""
    replies = call.get("replies")
    replies = replies if isinstance(replies, Mapping) else {}
    deadline, cure = _local(call.get("deadline")), _local(replies.get("cure_until"))
    if deadline and cure and cure < deadline:
        yield Contradiction(
            ("replies", "cure_until"), "a time not before the deadline is wanted", ("deadline",)
        )
    if replies.get("cure_until") and replies.get("cure_days"):
        yield Contradiction(
            ("replies", "cure_days"), "0 is wanted, or no cure_until", ("replies", "cure_until")
        )
    earlier = call.get("extended_from")
    for place, old in enumerate(
        earlier if isinstance(earlier, Sequence) and not isinstance(earlier, str) else ()
    ):
        if deadline and (local := _local(old)) and local >= deadline:
            yield Contradiction(
                ("extended_from", place), "a deadline before the present one is wanted", ("deadline",)
            )


def _repeated(
    participants: Iterable[tuple[int, Mapping[str, object]]],
    fields: Iterable[tuple[int, Mapping[str, object]]],
) -> Iterator[Contradiction]:
    """Yield texts of repeated participants that would come out alike for all of them, and keys that cannot be counted."""
    repeated = {
        str(person.get("key"))
        for _, person in participants
        if isinstance(n := person.get("repeat", 1), int) and n > 1
    }
    for place, person in participants:
        if person.get("key") in repeated and "{n}" not in str(person.get("label")):
            yield Contradiction(
                ("participants", place, "label"), "{n} is wanted in it, where the count stands"
            )
    for place, field in fields:
        owner = field.get("person")
        if owner in repeated and not str(field.get("key")).startswith(f"{owner}_"):
            yield Contradiction(("fields", place, "key"), f"a key that begins with {owner}_ is wanted")
        if owner in repeated and field.get("column") and "{n}" not in str(field.get("column")):
            yield Contradiction(("fields", place, "column"), "{n} is wanted in it, where the count stands")


def between(calls: Sequence[Mapping[str, object]]) -> Iterator[Contradiction]:
    """Yield what calls of one mailbox, as written, say against each other. Paths start at `calls`."""
    for name in ("id", "prefix", "workbook"):
        yield from _twice(
            (("calls", place, name), _folded(call.get(name))) for place, call in enumerate(calls)
        )
    yield from _twice(
        (path, _folded(topic)) for place, call in enumerate(calls) for path, topic in _topics(place, call)
    )


def _topics(place: int, call: Mapping[str, object]) -> Iterator[tuple[KeyPath, object]]:
    subject = call.get("subject")
    if isinstance(subject, Mapping):
        yield ("calls", place, "subject", "topic"), subject.get("topic")
        aliases = subject.get("aliases")
        for position, alias in enumerate(aliases if isinstance(aliases, Sequence) else ()):
            yield ("calls", place, "subject", "aliases", position), alias


def _labels(fields: tuple[tuple[int, Mapping[str, object]], ...]) -> Iterator[Contradiction]:
    """Yield wordings that two fields of one section share: nobody could tell which is meant."""
    known: dict[tuple[str, str], tuple[int, KeyPath]] = {}
    for place, field in fields:
        section = str(field.get("person") or str(field.get("number") or "").partition(".")[0])
        aliases = field.get("aliases")
        wordings: list[tuple[KeyPath, object]] = [((*_at("fields", place), "label"), field.get("label"))]
        if isinstance(aliases, Sequence) and not isinstance(aliases, str):
            wordings.extend(((*_at("fields", place), "aliases", n), alias) for n, alias in enumerate(aliases))
        for path, wording in wordings:
            if not isinstance(wording, str):
                continue
            owner, first = known.setdefault((section, normalised(wording)), (place, path))
            if owner != place:
                yield Contradiction(path, "a wording that no other field of its section has is wanted", first)


@lru_cache(maxsize=4096)
def normalised(wording: str) -> str:
    """Return a label's letters and digits only, without case: what makes two wordings the same."""
    return "".join(char for char in unicodedata.normalize("NFKC", wording).casefold() if char.isalnum())


def _twice(values: Iterator[tuple[KeyPath, object]]) -> Iterator[Contradiction]:
    """Yield the second and later places of a value that may stand once only. Empty values do not count."""
    known: dict[object, KeyPath] = {}
    for path, value in values:
        if not value or not isinstance(value, str | tuple):
            continue
        first = known.setdefault(value, path)
        if first != path:
            yield Contradiction(path, "a value of its own is wanted", first)


def _tables(value: object) -> Iterator[tuple[int, Mapping[str, object]]]:
    for place, table in enumerate(
        value if isinstance(value, Sequence) and not isinstance(value, str) else ()
    ):
        if isinstance(table, Mapping):
            yield place, table


def _at(name: str, place: int) -> tuple[str, int]:
    return name, place


def _folded(value: object) -> object:
    return " ".join(value.casefold().split()) if isinstance(value, str) else None


def _listed(names: list[str]) -> str:
    return ", ".join(names) if names else "there is none yet"


def _local(value: object) -> datetime | None:
    return value if isinstance(value, datetime) and value.tzinfo is None else None

"""Rules that changed, applied to what was judged before: what would change, and, when told so, doing it.

`compare` only looks; `apply` writes, in the one transaction it is given. What a person decided stays (law 10), a number
once given stays, and what has not changed is not answered again (law 6).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from intake.database import Connection
from intake.ledger import again
from intake.ledger.again import Facts
from intake.pipeline import DAY
from intake.rehearsal import Rehearsal
from outbox import store
from rules.call import Call

# What of an application may come out otherwise; its number and its call never do.
_STANDS = ("status", "place_code", "unit", "first_received_at")


@dataclass(frozen=True, slots=True)
class LetterChange:
    """A letter about which the rules now say something else.

    `moved`: it would belong to another application or to none, and keeps its number until a person has looked.
    `replies` are the templates that would follow.
    """

    before: Facts
    after: Facts
    moved: bool
    replies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ApplicationChange:
    """An application that would stand differently; `before` is None for a new one.

    `values` are the columns to set; `fields` maps a field's key to (old, new); `standing` is the revision there is,
    `revisions` are those to append.
    """

    number: str
    before: Facts | None
    values: Mapping[str, Any]
    fields: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    revisions: tuple[Facts, ...] = ()
    standing: Facts | None = None


@dataclass(frozen=True, slots=True)
class Changes:
    """Everything that would change."""

    letters: tuple[LetterChange, ...]
    applications: tuple[ApplicationChange, ...]

    def __bool__(self) -> bool:
        """Whether anything would."""
        return bool(self.letters or self.applications)


def compare(rehearsal: Rehearsal) -> Changes:
    """Return what a rehearsal would change. An application in which a person had a say stands as it is."""
    letters = tuple(_letters(rehearsal))
    persons = {
        one["number"] for one in rehearsal.before.letters if one["digest"] in rehearsal.before.by_person
    }
    moved = {one["number"] for one in rehearsal.before.letters if one["digest"] in rehearsal.moved}
    numbers = sorted({*rehearsal.before.applications, *rehearsal.after.applications} - persons)
    changed = (
        _waiting(number, rehearsal) if number in moved else _application(number, rehearsal)
        for number in numbers
    )
    return Changes(letters, tuple(one for one in changed if one is not None))


def _letters(rehearsal: Rehearsal) -> Iterator[LetterChange]:
    after = {letter["digest"]: letter for letter in rehearsal.after.letters} | rehearsal.moved
    for letter in rehearsal.before.letters:
        digest = letter["digest"]
        if digest not in rehearsal.kept and _judged(letter) != _judged(after[digest]):
            told = tuple(reply.template for reply in rehearsal.replies.get(digest, ()))
            yield LetterChange(letter, after[digest], digest in rehearsal.moved, told)


def _judged(letter: Facts) -> tuple[object, ...]:
    codes = sorted(finding["code"] for finding in letter["findings"])
    said = ("state", "call_id", "disposition", "template")
    return (*(letter[name] for name in said), letter["evidence"].get("place"), codes)


def _waiting(number: str, rehearsal: Rehearsal) -> ApplicationChange | None:
    """Return the change of an application whose letter now belongs elsewhere: a person must look."""
    before = rehearsal.before.applications[number]
    return ApplicationChange(number, before, {"status": "held"}) if before["status"] != "held" else None


def _application(number: str, rehearsal: Rehearsal) -> ApplicationChange | None:
    before, after = rehearsal.before.applications.get(number), rehearsal.after.applications.get(number)
    if after is None:
        return None
    if before is None:
        return ApplicationChange(number, None, after, revisions=rehearsal.after.revisions.get(number, ()))
    values = {name: after[name] for name in _STANDS if after[name] != before[name]}
    if "place_code" in values:
        values |= {"place": after["place"], "place_by": after["place_by"]}
    old, new = rehearsal.before.newest(number), rehearsal.after.newest(number)
    if new is None or (_fields(old), _faults(old)) == (_fields(new), _faults(new)):
        return ApplicationChange(number, before, values) if values else None
    was, becomes = _fields(old), _fields(new)
    keys = sorted(key for key in {*was, *becomes} if was.get(key) != becomes.get(key))
    fields = {key: (was.get(key, ""), becomes.get(key, "")) for key in keys}
    return ApplicationChange(number, before, values, fields, (new,), old)


def _fields(revision: Facts | None) -> dict[str, str]:
    values = revision["values"] if revision is not None else {}
    return {key: value["value"] for key, value in values.items() if value["value"]}


def _faults(revision: Facts | None) -> list[tuple[str, str]]:
    return (
        sorted((fault["key"], fault["code"]) for fault in revision["faults"]) if revision is not None else []
    )


def apply(
    tx: Connection, rehearsal: Rehearsal, changes: Changes, calls: Mapping[str, Call], *, now: datetime
) -> int:
    """Do what was rehearsed, in the transaction given; return how many replies were prepared.

    `calls` maps id → call; a sender who was answered as often today as the call allows is not written to again.
    """
    for one in changes.applications:
        if one.before is None:
            again.register(tx, one.values)
        elif one.values:
            again.restate_application(tx, one.number, one.values)
        known = len(rehearsal.before.revisions.get(one.number, ()))
        again.append_revisions(tx, one.number, one.revisions, known)
    prepared = 0
    for letter in changes.letters:
        before, after = letter.before, letter.after
        digest = before["digest"]
        number = before["number"] if letter.moved else after["number"]
        note = f"was {before['disposition'] or before['state']}"
        again.restate_letter(
            tx, before, after, number=number, rules=rehearsal.rules[digest], now=now, note=note
        )
        for reply in rehearsal.replies.get(digest, ()):
            call = calls[reply.call_id]
            if store.answers_since(tx, reply.recipient, now - DAY) < call.replies.max_per_day:
                prepared += store.put(tx, reply, now, mode=call.replies.mode)
    return prepared

"""The whole archive judged again under rules that have changed: first a rehearsal, then, when told so, for good.

The rehearsal runs the same rules over a ledger of its own in memory, letter after letter in the order in which they were
first judged, so that what depends on what came before (updates, duplicates, conversations) comes out as it would have.
Receipt times are those first seen. It writes nothing and sends nothing; `apply` does, in one transaction. What a person
decided stays (law 10), a number once given stays, and what has not changed is not answered again (law 6).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import structlog

from intake.archive import Archive
from intake.database import Connection, connect, metadata, writing
from intake.examine import Examiner
from intake.filing import Answer, Filing, file
from intake.ledger import again, applications, record
from intake.ledger.again import Facts, Standing
from intake.pipeline import DAY, history_of
from outbox import answers, store
from outbox.reply import Reply
from outbox.texts import template_names
from rules.case import Case
from rules.judge import judge
from rules.letter import Clock, Receipt
from rules.units import unit_of
from rules.verdict import Verdict

log = structlog.get_logger()

EXTENDED = "deadline_extended"


@dataclass(slots=True)
class Rehearsal:
    """What would stand now. `kept` says why a letter was not judged again: person, archive (not there), failed (our bug).

    `replies` are those that follow from a changed verdict, by digest; `rules` the digest of the rules that judged it.
    """

    before: Standing
    after: Standing = field(default_factory=Standing)
    kept: dict[str, str] = field(default_factory=dict)
    replies: dict[str, tuple[Reply, ...]] = field(default_factory=dict)
    rules: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Means:
    """What a rehearsal works with."""

    desk: Examiner
    archive: Archive
    now: datetime


def rehearse(
    source: Connection,
    desk: Examiner,
    archive: Archive,
    *,
    now: datetime,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Rehearsal:
    """Judge every letter of the ledger `source` again; `now` (aware) dates the replies. Nothing is written."""
    rehearsal = Rehearsal(again.standing(source))
    letters = rehearsal.before.letters
    means = _Means(desk, archive, now)
    engine = connect("sqlite:///:memory:")
    try:
        with writing(engine) as tx:
            metadata.create_all(tx)
            again.take_over_threads(tx, source)
            for count, letter in enumerate(letters, start=1):
                _again(tx, letter, rehearsal, means)
                progress(count, len(letters))
            rehearsal.after = again.standing(tx)
    finally:
        engine.dispose()
    return rehearsal


def _again(tx: Connection, letter: Facts, rehearsal: Rehearsal, means: _Means) -> None:
    digest = letter["digest"]
    if digest in rehearsal.before.by_person:
        rehearsal.kept[digest] = "person"
    elif not means.archive.path(digest).is_file():
        rehearsal.kept[digest] = "archive"
    else:
        try:
            case = _case(tx, letter, means)
        except Exception as bug:  # noqa: BLE001 - our own bug on one letter must not hide what becomes of the others
            log.error("letter cannot be judged again", digest=digest, error=type(bug).__name__)
            rehearsal.kept[digest] = "failed"
        else:
            _file(tx, letter, case, rehearsal, now=means.now)
            return
    again.take_over(tx, letter, rehearsal.before)


def _case(tx: Connection, row: Facts, means: _Means) -> Case:
    desk = means.desk
    letter = desk.parse(means.archive.path(row["digest"]), row["digest"])
    if row["state"] == "settled":
        # The value first seen counts (law 8), whatever the settings say of clocks today.
        clocks = tuple(
            Clock(one["name"], datetime.fromisoformat(one["at"]), one["by"]) for one in row["clocks"]
        )
        when = Receipt(row["received_at"], row["receipt_clock"], clocks)
    else:
        internal = row["received_at"] if row["receipt_clock"] == "INTERNALDATE" else None
        when = desk.receipt(letter, internal, fallback=row["received_at"])
    thread, proven = applications.thread_of(tx, letter, desk.subject(letter).number)
    case = desk.examine(letter, when, thread=thread, proven=proven)
    # Answers of today would not have kept a letter of last month from being answered.
    answered = int(row["evidence"].get("answers_today", 0))
    return replace(case, history=replace(history_of(tx, case, means.now), answers_today=answered))


def _file(tx: Connection, row: Facts, case: Case, rehearsal: Rehearsal, *, now: datetime) -> None:
    verdict = judge(case)
    filing = file(case, verdict)
    if filing.register:
        filing = replace(filing, number=_number(tx, row, case, rehearsal.before))
    number = record.record(tx, case, verdict, filing, now=row["settled_at"])
    rehearsal.rules[row["digest"]] = verdict.rules_digest
    if verdict.template != row["template"]:
        wanted = _wanted(row, case, verdict, filing)
        rehearsal.replies[row["digest"]] = tuple(
            answers.prepare(case, verdict, wanted, number=row["number"] or number, now=now)
        )


def _wanted(row: Facts, case: Case, verdict: Verdict, filing: Filing) -> tuple[Answer, ...]:
    """Return the answers; who was told that the letter came too late hears that the deadline was moved."""
    was_late = any(finding["code"] == "late" for finding in row["findings"])
    if not (case.call and case.call.extended_from and was_late and "late" not in verdict.codes):
        return filing.answers
    known = EXTENDED in template_names(case.call.language)
    return tuple(
        replace(answer, template=EXTENDED) if known and answer.template == "accepted" else answer
        for answer in filing.answers
    )


def _number(tx: Connection, row: Facts, case: Case, before: Standing) -> str:
    """Return the number under which a place is registered: the one it has, the letter's own, or a new one."""
    assert case.call is not None
    assert case.place is not None
    key = (case.call.id, case.place.code, unit_of(case) or "")
    for number, one in before.applications.items():
        free = applications.by_number(tx, number) is None
        if (one["call_id"], one["place_code"], one["unit"]) == key and free:
            return number
    own = before.applications.get(row["number"] or "")
    alone = sum(letter["number"] == row["number"] for letter in before.letters) == 1
    if (
        own is not None
        and own["call_id"] == key[0]
        and alone
        and applications.by_number(tx, row["number"]) is None
    ):
        return str(row["number"])
    # Numbers that the real ledger has given must not be given again here.
    prefix = f"{case.call.prefix}-"
    given = [int(tail) for number in before.applications if (tail := number.removeprefix(prefix)).isdigit()]
    count = max([*given, int(applications.next_number(tx, case.call.prefix).removeprefix(prefix)) - 1])
    return f"{prefix}{count + 1:03d}"


@dataclass(frozen=True, slots=True)
class LetterChange:
    """A letter about which the rules now say something else. `replies` are the templates that would follow."""

    before: Facts
    after: Facts
    moved: bool
    replies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ApplicationChange:
    """An application that would stand differently; `before` is None for a new one, `after` None for one without letters.

    `values` are the columns to set; `fields` maps a field's key to (old, new); `standing` is the revision there is,
    `revisions` are those to append.
    """

    number: str
    before: Facts | None
    after: Facts | None
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
    after = {letter["digest"]: letter for letter in rehearsal.after.letters}
    letters: list[LetterChange] = []
    moved: set[str] = set()
    for letter in rehearsal.before.letters:
        now = after[letter["digest"]]
        away = letter["number"] is not None and letter["number"] != now["number"]
        if away and letter["digest"] not in rehearsal.kept:
            moved.add(letter["digest"])
        if letter["digest"] not in rehearsal.kept and _judged(letter) != _judged(now):
            told = tuple(reply.template for reply in rehearsal.replies.get(letter["digest"], ()))
            letters.append(LetterChange(letter, now, away, told))
    persons = {
        one["number"] for one in rehearsal.before.letters if one["digest"] in rehearsal.before.by_person
    }
    numbers = sorted({*rehearsal.before.applications, *rehearsal.after.applications} - persons)
    changed = (_application(number, rehearsal, moved) for number in numbers)
    return Changes(tuple(letters), tuple(one for one in changed if one is not None))


def _judged(letter: Facts) -> tuple[object, ...]:
    codes = sorted(finding["code"] for finding in letter["findings"])
    return (
        letter["state"],
        letter["call_id"],
        letter["number"],
        letter["disposition"],
        letter["template"],
        codes,
    )


_STANDS = ("status", "place_code", "unit", "first_received_at")


def _application(number: str, rehearsal: Rehearsal, moved: set[str]) -> ApplicationChange | None:
    before, after = rehearsal.before.applications.get(number), rehearsal.after.applications.get(number)
    if before is None:
        assert after is not None
        # A letter that already has a number keeps it, and does not open another application by the way.
        rows = [one for one in rehearsal.after.revisions.get(number, ()) if one["digest"] not in moved]
        own = [
            one for one in rehearsal.after.letters if one["number"] == number and one["digest"] not in moved
        ]
        return ApplicationChange(number, None, after, after, revisions=tuple(rows)) if own else None
    if after is None:
        # Its letters now belong elsewhere or nowhere. The number was told to people: a person must look.
        values = {"status": "held"} if before["status"] != "held" else {}
        return ApplicationChange(number, before, None, values) if values else None
    values = {name: after[name] for name in _STANDS if after[name] != before[name]}
    if "place_code" in values:
        values |= {"place": after["place"], "place_by": after["place_by"]}
    old, new = rehearsal.before.newest(number), rehearsal.after.newest(number)
    if new is None or new["digest"] in moved or (_fields(old), _faults(old)) == (_fields(new), _faults(new)):
        return ApplicationChange(number, before, after, values) if values else None
    was, becomes = _fields(old), _fields(new)
    keys = sorted(key for key in {*was, *becomes} if was.get(key) != becomes.get(key))
    fields = {key: (was.get(key, ""), becomes.get(key, "")) for key in keys}
    return ApplicationChange(number, before, after, values, fields, (new,), old)


def _fields(revision: Facts | None) -> dict[str, str]:
    values = revision["values"] if revision is not None else {}
    return {key: value["value"] for key, value in values.items() if value["value"]}


def _faults(revision: Facts | None) -> list[tuple[str, str]]:
    return (
        sorted((fault["key"], fault["code"]) for fault in revision["faults"]) if revision is not None else []
    )


def apply(
    tx: Connection, rehearsal: Rehearsal, changes: Changes, calls: Mapping[str, Any], *, now: datetime
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
                prepared += store.put(tx, reply, now, draft=call.replies.mode == "draft")
    return prepared

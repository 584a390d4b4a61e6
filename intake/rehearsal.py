"""What the rules, as they are now, would make of the letters there are. A rehearsal writes nothing and sends nothing.

The same rules run over a ledger of its own in memory, letter after letter in the order in which they were first judged,
so that what depends on what came before (updates, duplicates, conversations) comes out as it would have. Receipt times
are those first seen.
"""

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

import structlog

from intake import conversations
from intake.archive import Archive
from intake.database import Connection, connect, metadata, writing
from intake.examine import Examiner
from intake.filing import Answer, Filing, file
from intake.ledger import again, applications, persons, record
from intake.ledger.again import Facts, Standing
from intake.ledger.letters import receipt_in
from intake.ledger.void import VOID
from intake.pipeline import with_history
from outbox import answers
from outbox.reply import Reply
from outbox.texts import template_names
from rules.case import Case
from rules.judge import judge
from rules.letter import Letter, Receipt
from rules.units import unit_of
from rules.verdict import Verdict

log = structlog.get_logger()

EXTENDED = "deadline_extended"


@dataclass(slots=True)
class Rehearsal:
    """What would stand now. `kept` says why a letter was not judged again: person, archive (not there), failed (our bug).

    `moved` holds what would be said of letters that now belong to another application, or to none: for the rest of the
    rehearsal they stand as they did, because only a person can tell people that their number has changed. `replies` are
    those that follow from a changed verdict, by digest; `rules` the digest of the rules that judged it.
    """

    before: Standing
    after: Standing = field(default_factory=Standing)
    kept: dict[str, str] = field(default_factory=dict)
    moved: dict[str, Facts] = field(default_factory=dict)
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
    events = _events(rehearsal.before, again.corrections(source))
    means = _Means(desk, archive, now)
    engine = connect("sqlite:///:memory:")
    try:
        with writing(engine) as tx:
            metadata.create_all(tx)
            again.take_over_threads(tx, source)
            for count, event in enumerate(events, start=1):
                event.happens(tx, rehearsal, means)
                progress(count, len(events))
            rehearsal.after = again.standing(tx)
    finally:
        engine.dispose()
    return rehearsal


@dataclass(frozen=True, slots=True)
class _Event:
    """Something that happened: a letter came, a person decided about one or corrected a field, an application became void."""

    at: datetime
    happens: Callable[[Connection, Rehearsal, _Means], None]


def _events(before: Standing, corrections: Sequence[Facts]) -> list[_Event]:
    """Return what happened, in its order. What a person decided holds from then on; until then the rules had their say."""
    void = [one for one in before.applications.values() if one["status"] == VOID]
    events = [_Event(one["created_at"], partial(_known, application=one)) for one in void]
    events += [_Event(letter["settled_at"], partial(_came, letter=letter)) for letter in before.letters]
    events += [
        _Event(before.by_person[letter["digest"]], partial(_decided, letter=letter))
        for letter in before.letters
        if letter["digest"] in before.by_person
    ]
    events += [
        _Event(before.judged_again[letter["digest"]], partial(_judged_again, letter=letter))
        for letter in before.letters
        if _once_more(letter["digest"], before)
    ]
    events += [_Event(one["made_at"], partial(_corrected, order=one)) for one in corrections]
    # What happened at one moment stays in the order above.
    return sorted(events, key=lambda event: event.at)


def _known(tx: Connection, _rehearsal: Rehearsal, _means: _Means, *, application: Facts) -> None:
    again.take_over_void(tx, application)


def _corrected(tx: Connection, _rehearsal: Rehearsal, _means: _Means, *, order: Facts) -> None:
    again.take_over_correction(tx, order)


def _once_more(digest: str, before: Standing) -> bool:
    return digest in before.judged_again and digest not in before.by_person


def _came(tx: Connection, rehearsal: Rehearsal, means: _Means, *, letter: Facts) -> None:
    digest, before = letter["digest"], rehearsal.before
    if digest in before.by_person:
        rehearsal.kept[digest] = "person"
    case = _read(tx, letter, rehearsal, means)
    if case is None:
        if digest not in before.by_person:
            again.take_over(tx, letter, before)
    elif digest in before.by_person or _once_more(digest, before):
        _until_then(tx, letter, case, rehearsal)
    else:
        _file(tx, letter, case, rehearsal, now=means.now)


def _judged_again(tx: Connection, rehearsal: Rehearsal, means: _Means, *, letter: Facts) -> None:
    case = _read(tx, letter, rehearsal, means)
    if case is not None:
        _file(tx, letter, persons.as_if_new(tx, case), rehearsal, now=means.now)


def _read(tx: Connection, letter: Facts, rehearsal: Rehearsal, means: _Means) -> Case | None:
    """Return the case of a letter, or None when it stays as it stands, and say why."""
    digest = letter["digest"]
    if not means.archive.path(digest).is_file():
        rehearsal.kept.setdefault(digest, "archive")
        return None
    try:
        return _case(tx, letter, means)
    except Exception as bug:  # noqa: BLE001 - our own bug on one letter must not hide what becomes of the others
        log.error("letter cannot be judged again", digest=digest, error=type(bug).__name__)
        rehearsal.kept.setdefault(digest, "failed")
        return None


def _until_then(tx: Connection, row: Facts, case: Case, rehearsal: Rehearsal) -> None:
    """File a letter as the rules would, for the time until people did something."""
    verdict = judge(case)
    filing = file(case, verdict)
    if filing.register:
        # Under its own number if it has one: what it stood for then a person may have changed since.
        own = row["number"]
        free = own is not None and applications.by_number(tx, own) is None
        filing = replace(filing, number=own if free else _number(tx, row, case, rehearsal.before))
    record.record(tx, case, verdict, filing, now=row["settled_at"])


def _decided(tx: Connection, rehearsal: Rehearsal, _means: _Means, *, letter: Facts) -> None:
    found = again.find(tx, letter["digest"])
    again.take_over(tx, letter, rehearsal.before)
    if found is not None and found["number"] not in {None, letter["number"]}:
        persons.release(tx, found["number"], found)


def _case(tx: Connection, row: Facts, means: _Means) -> Case:
    desk = means.desk
    letter = desk.parse(means.archive.path(row["digest"]), row["digest"])
    when = receipt_of(desk, letter, row)
    case, _ = conversations.examined(lambda: nullcontext(tx), desk, means.archive, letter, when)
    case = with_history(tx, case, means.now)
    # Answers of today would not have kept a letter of last month from being answered.
    then = row["evidence"]
    history = replace(
        case.history,
        answers_today=int(then.get("answers_today", 0)),
        told_today=tuple(then.get("told_today", ())),
        answers_to_first=int(then.get("answers_to_first", 0)),
        selected=bool(then.get("selected", False)),
    )
    return replace(case, history=history)


def receipt_of(desk: Examiner, letter: Letter, row: Facts) -> Receipt:
    """Return the receipt of a letter by its row: the value first seen counts (law 8), whatever the settings say today.

    A shunted letter has only one clock in its row; the others are read now.
    """
    if row["state"] != "settled" or not row["clocks"]:
        internal = row["received_at"] if row["receipt_clock"] == "INTERNALDATE" else None
        return desk.receipt(letter, internal, fallback=row["received_at"])
    return receipt_in(row)


def _file(tx: Connection, row: Facts, case: Case, rehearsal: Rehearsal, *, now: datetime) -> None:
    digest = row["digest"]
    verdict = judge(case)
    filing = file(case, verdict)
    if filing.register:
        filing = replace(filing, number=_number(tx, row, case, rehearsal.before))
    rehearsal.rules[digest] = verdict.rules_digest
    with tx.begin_nested() as trial:
        found = again.find(tx, digest)
        at = row["settled_at"]
        if found is None:
            number = record.record(tx, case, verdict, filing, now=at)
        else:
            number = persons.rejudged(tx, found, case, verdict, filing, by=record.RULES, note="", now=at)
        if row["number"] not in {None, number}:
            rehearsal.moved[digest] = again.letter(tx, digest)
            trial.rollback()
    if digest in rehearsal.moved:
        again.take_over(tx, row, rehearsal.before)
    elif verdict.template != row["template"]:
        wanted = _wanted(row, case, verdict, filing)
        rehearsal.replies[digest] = tuple(answers.prepare(case, verdict, wanted, number=number, now=now))


def _wanted(row: Facts, case: Case, verdict: Verdict, filing: Filing) -> tuple[Answer, ...]:
    """Return the answers; who was told that the letter came too late hears that the deadline was moved."""
    was_late = any(finding["code"] == "late" for finding in row["findings"])
    if not (case.call and case.call.extended_from and was_late and "late" not in verdict.codes):
        return filing.answers
    known = EXTENDED in template_names(case.call.language)
    # The first is to whoever was told; a copy of it is the first that its reader hears.
    return tuple(
        replace(answer, template=EXTENDED) if known and at == 0 and answer.template == "accepted" else answer
        for at, answer in enumerate(filing.answers)
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

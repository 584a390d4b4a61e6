"""`intake replay`: what changed rules would make of the letters there are; with `--apply`, make it so."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rich.table import Table

from intake.archive import Archive
from intake.commands import ATTENTION, DONE, MISTAKE, WORLD
from intake.commands.output import Console, bar, json_line, local, many
from intake.config import Config, Secrets
from intake.database import Connection, connect, migrate, reading, writing
from intake.ledger.again import Facts
from intake.places import gazetteers
from intake.readers.pool import ReaderPool
from intake.rehearsal import Rehearsal, rehearse
from intake.replay import ApplicationChange, Changes, LetterChange, apply, compare
from intake.station import LeaseHeld, Station, examiner, open_station, utc_now

KEPT = {
    "person": ("letter stays as a person decided", "letters stay as a person decided"),
    "archive": (
        "letter is not in the archive any more and stays as it is",
        "letters are not in the archive any more and stay as they are",
    ),
    "failed": (
        "letter could not be judged because of a fault in the program and stays as it is",
        "letters could not be judged because of a fault in the program and stay as they are",
    ),
}


def run(config: Config, *, beside: Config | None, apply: bool, as_json: bool) -> int:
    """Show what would change, and do it with `apply`. Return 0, or 1 when changes were shown and not made.

    `beside` are the settings whose letters are meant when `config` has none of its own: a copy in another folder.
    """
    if (absent := _absent(config)) is not None:
        if beside is None or _absent(beside) is not None:
            return _refused(
                f"There is no ledger {absent}. Say whose letters are meant: --letters-of config.toml"
            )
        if apply:
            return _refused(
                "--apply works with the settings the worker works by: put them into its config.toml."
            )
        config = config.model_copy(update={"storage": beside.storage, "base": beside.base})
        Console(stderr=True).print(
            f"The letters are those in {_ledger(config)}.", markup=False, soft_wrap=True
        )
    if apply:
        try:
            with open_station(config, Secrets()) as station:
                return _apply(station, as_json=as_json)
        except LeaseHeld as held:
            told = f"Nothing was changed: {held}. Stop it, say intake replay --apply again, and start it."
            Console(stderr=True).print(told, style="red", markup=False, soft_wrap=True)
            return WORLD
    engine = connect(config.database_url)
    try:
        migrate(engine)
        with ReaderPool(config.limits) as readers, reading(engine) as tx:
            rehearsal = _rehearse(config, tx, readers, utc_now())
    finally:
        engine.dispose()
    changes = compare(rehearsal)
    _tell(config, rehearsal, changes, as_json=as_json)
    if not as_json:
        Console().print(
            f"{_counted(changes)} would change; nothing was written. To make it so: intake replay --apply"
            if changes
            else "Nothing would change."
            if rehearsal.before.letters
            else f"There are no letters yet in {_ledger(config) or 'the ledger'}: nothing was judged.",
            markup=False,
            soft_wrap=True,
        )
    return ATTENTION if changes else DONE


def _apply(station: Station, *, as_json: bool) -> int:
    now = station.now()
    with reading(station.engine) as tx:
        rehearsal = _rehearse(station.config, tx, station.readers, now, beat=station.prolong)
    changes = compare(rehearsal)
    _tell(station.config, rehearsal, changes, as_json=as_json)
    station.prolong()
    calls = {call.id: call for call in station.config.calls}
    with writing(station.engine) as tx:
        prepared = apply(tx, rehearsal, changes, calls, now=now)
    if not as_json:
        Console().print(f"{_counted(changes)} changed, replies prepared: {prepared}.")
    return DONE


def _rehearse(
    config: Config,
    tx: Connection,
    readers: ReaderPool,
    now: datetime,
    *,
    beat: Callable[[], None] = lambda: None,
) -> Rehearsal:
    with bar(Console(stderr=True)) as shown:
        task = shown.add_task("letters", total=None)

        def progress(done: int, total: int) -> None:
            shown.update(task, completed=done, total=total)
            # Reading scans may take longer than a lease lasts.
            beat()

        desk = examiner(config, readers)
        return rehearse(tx, desk, Archive(config.archive_path), now=now, progress=progress)


def _refused(why: str) -> int:
    Console(stderr=True).print(why, style="red", markup=False, soft_wrap=True)
    return MISTAKE


def _ledger(config: Config) -> str | None:
    """Return the file of the ledger; None when it lies on a server."""
    file = re.fullmatch(r"sqlite(?:\+\w+)?:///([^?]+).*", config.database_url)
    return file[1] if file else None


def _absent(config: Config) -> str | None:
    """Return the file of the ledger when there is none yet: a copy of the settings in another folder has none beside it."""
    file = _ledger(config)
    return file if file is not None and not config.path(config.base / file).exists() else None


@dataclass(frozen=True, slots=True)
class _Reader:
    """What is needed to tell people of changes: names of places by code, the zone of each call."""

    places: Mapping[str, str]
    zones: Mapping[str, ZoneInfo]
    zone: ZoneInfo

    def at(self, instant: datetime, call_id: str | None) -> str:
        """Return an instant as people of the call write it."""
        return local(instant, self.zones.get(call_id or "", self.zone))

    def place(self, code: str) -> str:
        """Return what a letter calls a place."""
        return self.places.get(code, code)


def _tell(config: Config, rehearsal: Rehearsal, changes: Changes, *, as_json: bool) -> None:
    if as_json:
        for line in _lines(changes):
            json_line(line)
        return
    reader = _Reader(
        {place.code: place.full for country in gazetteers().values() for place in country.rows},
        {call.id: call.zone for call in config.calls},
        config.calls[0].zone,
    )
    console = Console()
    if changes:
        table = Table()
        for header in ("letter or application", "what", "was", "becomes"):
            table.add_column(header, overflow="fold")
        for name, rows in _blocks(changes, reader):
            for count, row in enumerate(rows):
                table.add_row(name if count == 0 else "", *row, end_section=count == len(rows) - 1)
        console.print(table, markup=False)
    for why, words in KEPT.items():
        if count := sum(reason == why for reason in rehearsal.kept.values()):
            console.print(f"{many(count, *words)}.")


def _blocks(changes: Changes, reader: _Reader) -> Iterator[tuple[str, list[tuple[str, str, str]]]]:
    for letter in changes.letters:
        before, after = letter.before, letter.after
        sender = before["from_address"] or after["from_address"]
        at = reader.at(before["received_at"], after["call_id"])
        rows = [row for row in _letter(letter) if row[0] == "reply" or row[1] != row[2]]
        yield f"letter {before['digest'][:12]} {sender} {at}", rows
    for one in changes.applications:
        yield f"application {one.number}", list(_application(one, reader))


def _letter(letter: LetterChange) -> Iterator[tuple[str, str, str]]:
    before, after = letter.before, letter.after
    yield "verdict", str(before["disposition"] or before["state"]), str(after["disposition"])
    yield "findings", _codes(before), _codes(after)
    yield "call", before["call_id"] or "-", after["call_id"] or "-"
    if letter.moved:
        yield "number", before["number"], f"stays; belongs to {after['number'] or 'none'}"
    else:
        yield "number", before["number"] or "-", after["number"] or "-"
    yield "reply", before["template"] or "-", ", ".join(letter.replies) or "no new one"


def _application(one: ApplicationChange, reader: _Reader) -> Iterator[tuple[str, str, str]]:
    before: Facts = one.before or {}
    if one.before is None:
        yield "registered", "-", f"{reader.place(one.values['place_code'])}: {one.values['status']}"
        return
    for name, value in one.values.items():
        if name == "place_code":
            yield "place", reader.place(before[name]), reader.place(value)
        elif name in {"status", "unit"}:
            yield name, before[name] or "-", str(value)
        elif name == "first_received_at":
            yield (
                "first receipt",
                reader.at(before[name], before["call_id"]),
                reader.at(value, before["call_id"]),
            )
    for key, (old, new) in one.fields.items():
        yield key, old or "-", new or "-"
    if one.revisions and _faults(one.standing) != _faults(one.revisions[-1]):
        yield "faults", _faults(one.standing), _faults(one.revisions[-1])


def _faults(revision: Facts | None) -> str:
    return (
        ", ".join(f"{one['key']}:{one['code']}" for one in revision["faults"])
        if revision and revision["faults"]
        else "-"
    )


def _codes(letter: Facts) -> str:
    return ", ".join(finding["code"] for finding in letter["findings"]) or "-"


def _lines(changes: Changes) -> Iterator[dict[str, Any]]:
    """Yield the documented JSON objects: letters first, then applications."""
    for letter in changes.letters:
        before, after = letter.before, letter.after
        yield {
            "letter": before["digest"],
            "number": before["number"] or after["number"],
            "subject": after["subject"],
            "from": after["from_address"],
            "received_at": before["received_at"],
            "was": _judged(before),
            "becomes": _judged(after),
            "replies": list(letter.replies),
        }
    for one in changes.applications:
        yield {
            "application": one.number,
            "new": one.before is None,
            "was": {name: one.before[name] for name in one.values} if one.before else {},
            "becomes": dict(one.values),
            "fields": {key: {"was": old, "becomes": new} for key, (old, new) in one.fields.items()},
        }


def _judged(letter: Facts) -> dict[str, Any]:
    return {
        "disposition": letter["disposition"] or letter["state"],
        "findings": [finding["code"] for finding in letter["findings"]],
        "call": letter["call_id"],
        "number": letter["number"],
        "reply": letter["template"],
    }


def _counted(changes: Changes) -> str:
    return f"letters {len(changes.letters)}, applications {len(changes.applications)}"

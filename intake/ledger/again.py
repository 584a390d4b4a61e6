"""The ledger seen as a whole and changed after the fact, for letters that are judged again.

Decisions and revisions are only added; a letter's row says what counts now. What a person decided is never touched.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from intake.database import applications, decisions, letters, orders, revisions
from intake.ledger.record import RULES
from intake.ledger.void import set_aside, unit_before
from outbox.store import replies

REPLAY = "replay"
# What the row key of a corrected place ends in (`intake.ledger.corrections`).
_PLACE = " @place"

# What a letter's row says about its judgement, and nothing of what it is.
JUDGEMENT = ("state", "call_id", "number", "disposition", "template", "answerable", "speaks", "findings", "evidence", "traceback")  # fmt: skip
# What only a parsed letter has: a shunted one gets it when it is judged at last.
_CONTENT = ("message_id", "date", "receipt_clock", "received_at", "clocks", "subject", "from_name", "from_address",
            "files", "files_digest", "defects")  # fmt: skip

Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Standing:
    """How everything stands: letters in the order in which they were judged, applications, revisions by number.

    `by_person` tells of letters whose newest decision is a person's when they made it, by digest; `judged_again` of those
    about which the rules had their say once more, because of something that people did, when that was.
    """

    letters: tuple[Facts, ...] = ()
    applications: Mapping[str, Facts] = field(default_factory=dict)
    revisions: Mapping[str, tuple[Facts, ...]] = field(default_factory=dict)
    by_person: Mapping[str, datetime] = field(default_factory=dict)
    judged_again: Mapping[str, datetime] = field(default_factory=dict)

    def newest(self, number: str) -> Facts | None:
        """Return the revision that stands, or None."""
        return self.revisions[number][-1] if self.revisions.get(number) else None


def standing(tx: Connection) -> Standing:
    """Return how everything stands in a ledger."""
    grouped: dict[str, list[Facts]] = {}
    for row in tx.execute(select(revisions).order_by(revisions.c.number, revisions.c.revision)).mappings():
        grouped.setdefault(row["number"], []).append(dict(row))
    # Of several decisions about a letter the newest stays in the mapping. What the rules judged has their digest.
    query = select(decisions.c.digest, decisions.c.made_by, decisions.c.made_at, decisions.c.rules_digest)
    made = tx.execute(query.order_by(decisions.c.id)).all()
    said = {one.digest: one for one in made}
    judged: dict[str, list[datetime]] = {}
    for one in made:
        if one.made_by == RULES and one.rules_digest:
            judged.setdefault(one.digest, []).append(one.made_at)
    ordered = select(letters).order_by(letters.c.settled_at, letters.c.received_at, letters.c.digest)
    return Standing(
        letters=tuple(dict(row) for row in tx.execute(ordered).mappings()),
        applications={
            row["number"]: dict(row)
            for row in tx.execute(select(applications).order_by(applications.c.number)).mappings()
        },
        revisions={number: tuple(rows) for number, rows in grouped.items()},
        by_person={digest: row.made_at for digest, row in said.items() if row.made_by not in {RULES, REPLAY}},
        judged_again={digest: times[-1] for digest, times in judged.items() if len(times) > 1},
    )


def letter(tx: Connection, digest: str) -> Facts:
    """Return a letter's row."""
    return dict(tx.execute(select(letters).where(letters.c.digest == digest)).mappings().one())


def find(tx: Connection, digest: str) -> Facts | None:
    """Return a letter's row, or None when it is not there."""
    row = tx.execute(select(letters).where(letters.c.digest == digest)).mappings().first()
    return dict(row) if row is not None else None


def take_over_threads(tx: Connection, source: Connection) -> None:
    """Copy what tells to which application a letter belongs: our replies, not what they said, and corrected places."""
    rows = [dict(row) | {"octets": b""} for row in source.execute(select(replies)).mappings()]
    if rows:
        tx.execute(insert(replies), rows)
    # A place that somebody corrected: letters that had waited behind the wrong one were judged again for it.
    moved = select(orders).where(orders.c.row_key.endswith(_PLACE))
    if said := [dict(row) for row in source.execute(moved).mappings()]:
        tx.execute(insert(orders), said)


def corrections(source: Connection) -> tuple[Facts, ...]:
    """Return what fields people corrected in the workbook, in the order in which they did."""
    told = orders.c.row_key.contains(" ") & ~orders.c.row_key.endswith(_PLACE)
    query = select(orders).where(told).order_by(orders.c.id)
    return tuple(dict(row) for row in source.execute(query).mappings())


def take_over_correction(tx: Connection, order: Facts) -> None:
    """Copy a correction: from now on it is laid over what the applicant says."""
    tx.execute(insert(orders).values(**order))


def take_over(tx: Connection, row: Facts, before: Standing) -> None:
    """Copy a letter with its part of an application as they stand, instead of judging it again."""
    known = tx.execute(select(letters.c.digest).where(letters.c.digest == row["digest"])).first()
    if known is None:
        tx.execute(insert(letters).values(**row))
    else:
        told = {name: row[name] for name in JUDGEMENT}
        tx.execute(update(letters).where(letters.c.digest == row["digest"]).values(**told))
    application = before.applications.get(row["number"] or "")
    if application is None or not _take_over_application(tx, application):
        return
    number = application["number"]
    own = select(revisions).where(revisions.c.number == number).order_by(revisions.c.revision.desc())
    there = [dict(one) for one in tx.execute(own).mappings()]
    judged = next((one["values"] for one in there if one["digest"] == row["digest"]), None)
    as_they_stand = [one for one in before.revisions.get(number, ()) if one["digest"] == row["digest"]]
    if as_they_stand and as_they_stand[-1]["values"] == judged:
        return
    for count, revision in enumerate(as_they_stand, there[0]["revision"] + 1 if there else 1):
        tx.execute(insert(revisions).values(**{**revision, "revision": count}))


def _take_over_application(tx: Connection, application: Facts) -> bool:
    """Let an application stand as it does; return False where, under the new rules, another stands for its place."""
    set_aside(tx, application["call_id"], application["place_code"], application["unit"])
    same = tx.execute(select(applications.c.number).where(_same(application))).scalar()
    there = applications.c.number == application["number"]
    if same not in {None, application["number"]}:
        return False
    if tx.execute(select(applications.c.number).where(there)).first() is None:
        tx.execute(insert(applications).values(**application))
    else:
        tx.execute(update(applications).where(there).values(**application))
    return True


def take_over_void(tx: Connection, application: Facts) -> None:
    """Copy an application without letters: its number is known to whoever was written to under it."""
    # What it gave up it had then.
    application = {**application, "unit": unit_before(application["unit"])}
    number = applications.c.number == application["number"]
    if tx.execute(select(applications.c.number).where(number | _same(application))).first() is None:
        tx.execute(insert(applications).values(**application))


def restate_letter(tx: Connection, before: Facts, after: Facts, *, number: str | None, rules: str, now: datetime, note: str, made_by: str = REPLAY) -> None:  # fmt: skip
    """Let a letter's row say what counts now, and append the decision that made it so, by `made_by`."""
    names = JUDGEMENT if before["state"] == "settled" else (*JUDGEMENT, *_CONTENT)
    values = {name: after[name] for name in names} | {"number": number}
    tx.execute(update(letters).where(letters.c.digest == before["digest"]).values(**values))
    tx.execute(
        insert(decisions).values(
            digest=before["digest"],
            made_by=made_by,
            made_at=now,
            disposition=after["disposition"],
            findings=after["findings"],
            rules_digest=rules,
            note=note,
        )
    )


def register(tx: Connection, application: Facts) -> None:
    """Add an application that the rules as they were did not make."""
    tx.execute(insert(applications).values(**application))


def restate_application(tx: Connection, number: str, values: Facts) -> None:
    """Change how an application stands; its number never changes."""
    tx.execute(update(applications).where(applications.c.number == number).values(**values))


def append_revisions(tx: Connection, number: str, added: Sequence[Facts], known: int) -> None:
    """Append revisions after the `known` ones there are."""
    for count, revision in enumerate(added, known + 1):
        tx.execute(insert(revisions).values(**{**revision, "number": number, "revision": count}))


def _same(application: Facts) -> Any:
    return (
        (applications.c.call_id == application["call_id"])
        & (applications.c.place_code == application["place_code"])
        & (applications.c.unit == application["unit"])
    )

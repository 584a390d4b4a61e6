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
from outbox.store import replies

REPLAY = "replay"

# What a letter's row says about its judgement, and nothing of what it is.
JUDGEMENT = ("state", "call_id", "number", "disposition", "template", "answerable", "speaks", "findings", "evidence", "traceback")  # fmt: skip
# What only a parsed letter has: a shunted one gets it when it is judged at last.
_CONTENT = ("message_id", "date", "receipt_clock", "received_at", "clocks", "subject", "from_name", "from_address",
            "files", "files_digest", "defects")  # fmt: skip

Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Standing:
    """How everything stands: letters in the order in which they were judged, applications, revisions by number.

    `by_person` are the digests of letters whose newest decision is a person's.
    """

    letters: tuple[Facts, ...] = ()
    applications: Mapping[str, Facts] = field(default_factory=dict)
    revisions: Mapping[str, tuple[Facts, ...]] = field(default_factory=dict)
    by_person: frozenset[str] = frozenset()

    def newest(self, number: str) -> Facts | None:
        """Return the revision that stands, or None."""
        return self.revisions[number][-1] if self.revisions.get(number) else None


def standing(tx: Connection) -> Standing:
    """Return how everything stands in a ledger."""
    grouped: dict[str, list[Facts]] = {}
    for row in tx.execute(select(revisions).order_by(revisions.c.number, revisions.c.revision)).mappings():
        grouped.setdefault(row["number"], []).append(dict(row))
    # Of several decisions about a letter the newest stays in the mapping.
    query = select(decisions.c.digest, decisions.c.made_by, decisions.c.made_at)
    said = {row.digest: row for row in tx.execute(query.order_by(decisions.c.id))}
    made_by = {digest: row.made_by for digest, row in said.items() if row.made_by not in {RULES, REPLAY}}
    ordered = select(letters).order_by(letters.c.settled_at, letters.c.received_at, letters.c.digest)
    rows = [dict(row) for row in tx.execute(ordered).mappings()]
    # What a person decided holds from the moment they did, not from when the letter came.
    rows.sort(key=lambda row: said[row["digest"]].made_at if row["digest"] in made_by else row["settled_at"])
    return Standing(
        letters=tuple(rows),
        applications={
            row["number"]: dict(row)
            for row in tx.execute(select(applications).order_by(applications.c.number)).mappings()
        },
        revisions={number: tuple(rows) for number, rows in grouped.items()},
        by_person=frozenset(made_by),
    )


def letter(tx: Connection, digest: str) -> Facts:
    """Return a letter's row."""
    return dict(tx.execute(select(letters).where(letters.c.digest == digest)).mappings().one())


def take_over_threads(tx: Connection, source: Connection) -> None:
    """Copy what tells to which application a letter belongs: our replies, not what they said, and people's orders."""
    rows = [dict(row) | {"octets": b""} for row in source.execute(select(replies)).mappings()]
    if rows:
        tx.execute(insert(replies), rows)
    # A place that somebody corrected; corrected fields stand in the revisions, which are taken over as they are.
    moved = select(orders).where(orders.c.row_key.endswith(" @place"))
    if said := [dict(row) for row in source.execute(moved).mappings()]:
        tx.execute(insert(orders), said)


def take_over(tx: Connection, row: Facts, before: Standing) -> None:
    """Copy a letter with its part of an application as they stand, instead of judging it again."""
    tx.execute(insert(letters).values(**row))
    number = row["number"]
    application = before.applications.get(number or "")
    if application is None:
        return
    if tx.execute(select(applications.c.number).where(_same(application))).first() is None:
        tx.execute(insert(applications).values(**application))
    elif tx.execute(select(applications.c.number).where(applications.c.number == number)).first() is None:
        # Under the new rules another application stands for that place already; this one is left out of the rehearsal.
        return
    tx.execute(
        update(applications).where(applications.c.number == number).values(status=application["status"])
    )
    last = tx.execute(
        select(revisions.c.revision).where(revisions.c.number == number).order_by(revisions.c.revision.desc())
    ).scalar()
    for count, revision in enumerate(
        (one for one in before.revisions.get(number, ()) if one["digest"] == row["digest"]),
        (last or 0) + 1,
    ):
        tx.execute(insert(revisions).values(**{**revision, "revision": count}))


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

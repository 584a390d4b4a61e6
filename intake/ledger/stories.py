"""Everything the ledger knows of one application, for its card; and a cheap stamp of each, to know whose card is out of date."""

import hashlib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from intake.database import applications, decisions, letters, revisions
from outbox.store import replies

Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Story:
    """An application's rows as they are in the ledger, oldest first; instants are aware UTC.

    `decisions` name their letter by `digest`; `replies` hold the octets as sent.
    """

    application: Facts
    revisions: tuple[Facts, ...]
    letters: tuple[Facts, ...]
    decisions: tuple[Facts, ...]
    replies: tuple[Facts, ...]


def stamps(tx: Connection, call_id: str) -> dict[str, str]:
    """Return application number → a digest that changes whenever its story does."""
    told: dict[str, list[str]] = {}
    of_call = select(applications).where(applications.c.call_id == call_id).order_by(applications.c.number)
    for row in tx.execute(of_call):
        told[row.number] = [row.status, row.place_by, row.place_code]
    number_of: dict[str, str] = {}
    columns = (
        letters.c.digest,
        letters.c.number,
        letters.c.state,
        letters.c.disposition,
        letters.c.settled_at,
    )
    query = (
        select(*columns)
        .where(letters.c.number.is_not(None))
        .order_by(letters.c.received_at, letters.c.digest)
    )
    for row in tx.execute(query):
        if row.number in told:
            number_of[row.digest] = row.number
            told[row.number].append(str(row))
    for row in tx.execute(select(revisions.c.number, revisions.c.revision, revisions.c.digest)):
        if row.number in told:
            told[row.number].append(str(row))
    for row in tx.execute(select(decisions.c.digest, decisions.c.id).order_by(decisions.c.id)):
        if row.digest in number_of:
            told[number_of[row.digest]].append(str(row))
    answers = (replies.c.number, replies.c.message_id, replies.c.state, replies.c.attempts, replies.c.sent_at)
    for row in tx.execute(select(*answers).order_by(replies.c.created_at, replies.c.message_id)):
        if row.number in told:
            told[row.number].append(str(row))
    return {
        number: hashlib.sha256("\n".join(lines).encode("utf-8", "replace")).hexdigest()[:16]
        for number, lines in told.items()
    }


def stories(tx: Connection, numbers: list[str]) -> tuple[Story, ...]:
    """Return the stories of some applications, in the order of the numbers."""
    found: list[Story] = []
    for start in range(0, len(numbers), 200):
        found.extend(_some(tx, numbers[start : start + 200]))
    return tuple(found)


def _some(tx: Connection, numbers: list[str]) -> list[Story]:
    rows = {
        row["number"]: dict(row)
        for row in tx.execute(select(applications).where(applications.c.number.in_(numbers))).mappings()
    }

    def grouped(query: Any, by: str = "number") -> dict[str, list[Facts]]:
        groups: dict[str, list[Facts]] = defaultdict(list)
        for row in tx.execute(query).mappings():
            groups[row[by]].append(dict(row))
        return groups

    forms = grouped(select(revisions).where(revisions.c.number.in_(numbers)).order_by(revisions.c.revision))
    mail = grouped(
        select(letters).where(letters.c.number.in_(numbers)).order_by(letters.c.received_at, letters.c.digest)
    )
    digests = [letter["digest"] for group in mail.values() for letter in group]
    made = grouped(
        select(decisions).where(decisions.c.digest.in_(digests)).order_by(decisions.c.id), "digest"
    )
    sent = grouped(
        select(replies)
        .where(replies.c.number.in_(numbers))
        .order_by(replies.c.created_at, replies.c.message_id)
    )
    return [
        Story(
            rows[number],
            tuple(forms[number]),
            tuple(mail[number]),
            tuple(one for letter in mail[number] for one in made[letter["digest"]]),
            tuple(sent[number]),
        )
        for number in numbers
        if number in rows
    ]

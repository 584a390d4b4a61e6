"""Everything the ledger knows of one application, for its card, or of one letter that belongs to none, for its page.

There is a cheap stamp of each, to know what is out of date.
"""

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, or_, select

from intake.database import applications, decisions, letters, orders, revisions
from outbox.store import replies

Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Story:
    """An application's rows as they are in the ledger, oldest first; instants are aware UTC.

    `decisions` name their letter by `digest`; `replies` hold the octets as sent. Among them are those that answered a
    letter before it was known whose it is.
    """

    application: Facts
    revisions: tuple[Facts, ...]
    letters: tuple[Facts, ...]
    decisions: tuple[Facts, ...]
    replies: tuple[Facts, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """A letter of ours that belongs to no application, with the octets as sent, and the letter it answers, if any."""

    reply: Facts
    letter: Facts | None


@dataclass(frozen=True, slots=True)
class Received:
    """A letter that came, belongs to no application and is put before a person; what we answered, what was decided."""

    letter: Facts
    replies: tuple[Facts, ...]
    decisions: tuple[Facts, ...]


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
    answers = (
        replies.c.number,
        replies.c.letter,
        replies.c.message_id,
        replies.c.state,
        replies.c.attempts,
        replies.c.sent_at,
        replies.c.last_response,
    )
    for row in tx.execute(select(*answers).order_by(replies.c.created_at, replies.c.message_id)):
        number = row.number or number_of.get(row.letter)
        if number in told:
            told[number].append(str(row))
    return {number: _stamp("\n".join(lines)) for number, lines in told.items()}


def answer_stamps(tx: Connection, call_id: str) -> dict[str, str]:
    """Return Message-ID → a digest that changes whenever what is known of that letter of ours does: those of no application."""
    columns = (
        replies.c.message_id,
        replies.c.state,
        replies.c.attempts,
        replies.c.sent_at,
        replies.c.last_response,
        letters.c.number,
        letters.c.state.label("fate"),
        letters.c.disposition,
        letters.c.settled_at,
    )
    joined = replies.outerjoin(letters, letters.c.digest == replies.c.letter)
    query = select(*columns).select_from(joined)
    query = query.where(replies.c.call_id == call_id, replies.c.number.is_(None))
    return {row.message_id: _stamp(str(row)) for row in tx.execute(query.order_by(replies.c.message_id))}


def received_stamps(tx: Connection, call_id: str) -> dict[str, str]:
    """Return digest → a stamp of each letter that a person is to read or has decided about, and that has no card."""
    columns = (letters.c.digest, letters.c.state, letters.c.disposition, letters.c.settled_at)
    ours = or_(letters.c.call_id == call_id, letters.c.call_id.is_(None))
    typed = select(orders.c.row_key).where(orders.c.call_id == call_id)
    wanted = or_(
        letters.c.state == "shunted",
        letters.c.disposition.in_(("hold", "reject")),
        func.substr(letters.c.digest, 1, 12).in_(typed),
    )
    query = select(*columns).where(ours, letters.c.number.is_(None), wanted)
    told = {row.digest: [str(row)] for row in tx.execute(query.order_by(letters.c.digest))}
    if not told:
        return {}
    for digest, made in tx.execute(select(decisions.c.digest, decisions.c.id).order_by(decisions.c.id)):
        if digest in told:
            told[digest].append(str(made))
    sent = (
        replies.c.letter,
        replies.c.message_id,
        replies.c.state,
        replies.c.attempts,
        replies.c.last_response,
    )
    for digest, *rest in tx.execute(select(*sent).order_by(replies.c.message_id)):
        if digest in told:
            told[digest].append(str(rest))
    return {digest: _stamp("\n".join(lines)) for digest, lines in told.items()}


def received(tx: Connection, digests: Sequence[str]) -> tuple[Received, ...]:
    """Return some letters that came, at most a few hundred, in the order of their digests."""
    query = select(letters).where(letters.c.digest.in_(digests)).order_by(letters.c.digest)
    answered = _grouped(
        tx,
        select(replies)
        .where(replies.c.letter.in_(digests))
        .order_by(replies.c.created_at, replies.c.message_id),
        "letter",
    )
    made = _grouped(
        tx, select(decisions).where(decisions.c.digest.in_(digests)).order_by(decisions.c.id), "digest"
    )
    return tuple(
        Received(dict(row), tuple(answered[row["digest"]]), tuple(made[row["digest"]]))
        for row in tx.execute(query).mappings()
    )


def _grouped(tx: Connection, query: Any, by: str = "number") -> dict[str, list[Facts]]:
    groups: dict[str, list[Facts]] = defaultdict(list)
    for row in tx.execute(query).mappings():
        groups[row[by]].append(dict(row))
    return groups


def _stamp(told: str) -> str:
    return hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()[:16]


def answers(tx: Connection, message_ids: Sequence[str]) -> tuple[Answer, ...]:
    """Return some letters of ours, at most a few hundred, with what they answer; in the order of their Message-IDs."""
    ours = select(replies).where(replies.c.message_id.in_(message_ids)).order_by(replies.c.message_id)
    rows = [dict(row) for row in tx.execute(ours).mappings()]
    theirs = select(letters).where(letters.c.digest.in_({row["letter"] for row in rows}))
    letter_of = {row["digest"]: dict(row) for row in tx.execute(theirs).mappings()}
    return tuple(Answer(row, letter_of.get(row["letter"])) for row in rows)


def stories(tx: Connection, numbers: Sequence[str]) -> tuple[Story, ...]:
    """Return the stories of some applications, in the order of the numbers."""
    found: list[Story] = []
    for start in range(0, len(numbers), 200):
        found.extend(_some(tx, numbers[start : start + 200]))
    return tuple(found)


def _some(tx: Connection, numbers: Sequence[str]) -> list[Story]:
    rows = {
        row["number"]: dict(row)
        for row in tx.execute(select(applications).where(applications.c.number.in_(numbers))).mappings()
    }

    forms = _grouped(
        tx, select(revisions).where(revisions.c.number.in_(numbers)).order_by(revisions.c.revision)
    )
    own = select(letters).where(letters.c.number.in_(numbers))
    mail = _grouped(tx, own.order_by(letters.c.received_at, letters.c.digest))
    digests = [letter["digest"] for group in mail.values() for letter in group]
    made = _grouped(
        tx, select(decisions).where(decisions.c.digest.in_(digests)).order_by(decisions.c.id), "digest"
    )
    sent = _grouped(tx, select(replies).where(replies.c.number.in_(numbers)))
    # What answered one of these letters before it was known whose it is.
    number_of = {letter["digest"]: number for number, group in mail.items() for letter in group}
    early = select(replies).where(replies.c.number.is_(None), replies.c.letter.in_(digests))
    for row in tx.execute(early).mappings():
        sent[number_of[row["letter"]]].append(dict(row))
    return [
        Story(
            rows[number],
            tuple(forms[number]),
            tuple(mail[number]),
            tuple(one for letter in mail[number] for one in made[letter["digest"]]),
            tuple(sorted(sent[number], key=lambda one: (one["created_at"], one["message_id"]))),
        )
        for number in numbers
        if number in rows
    ]

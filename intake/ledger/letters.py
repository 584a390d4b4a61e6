"""Letters and where they were seen. A content is recorded once; every sighting of it is recorded as well."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, and_, func, insert, select, update

from intake.database import decisions, letters, sightings
from outbox.store import replies
from rules.conversation import PLACE_NARROWED
from rules.letter import Clock, Letter, Location, Receipt

Row = Mapping[str, Any]

# Replies that ask for the place.
_ASKING = ("subject_unrecognised", "subject_placeholder")


@dataclass(frozen=True, slots=True)
class Unmarked:
    """A settled letter that the mailbox does not show as settled yet."""

    uid: int
    disposition: str


def files_digest(letter: Letter) -> str:
    """Return what identifies the files of a letter: SHA-256 over their SHA-256, in any order."""
    return sha256(
        "\n".join(sorted(attachment.sha256 for attachment in letter.attachments)).encode()
    ).hexdigest()


def known(tx: Connection, digest: str) -> bool:
    """Return whether a letter of this content is in the ledger, settled or shunted."""
    return tx.execute(select(letters.c.digest).where(letters.c.digest == digest)).first() is not None


def number_of(tx: Connection, digest: str) -> str | None:
    """Return the number of the application a letter belongs to, or None."""
    number: str | None = tx.execute(select(letters.c.number).where(letters.c.digest == digest)).scalar()
    return number


def copy_of(tx: Connection, letter: Letter) -> str | None:
    """Return the digest of an earlier letter with the same Message-ID, sender and files: another route's copy."""
    if letter.message_id is None:
        return None
    query = (
        select(letters.c.digest)
        .where(
            letters.c.message_id == letter.message_id[:998],
            letters.c.from_address == (letter.from_.address if letter.from_ else ""),
            letters.c.files_digest == files_digest(letter),
            letters.c.digest != letter.digest,
        )
        .order_by(letters.c.settled_at)
    )
    return tx.execute(query).scalar()


def place_asked(tx: Connection, letter: Letter) -> Row | None:
    """Return the row of the letter whose place we asked for in the letter of ours that this one answers, or None.

    Only while it still waits: nobody has said whose it is.
    """
    ids = [*letter.in_reply_to, *letter.references]
    if not ids:
        return None
    query = (
        select(letters)
        .join(replies, replies.c.letter == letters.c.digest)
        .where(
            replies.c.message_id.in_(ids),
            replies.c.template.in_(_ASKING),
            letters.c.number.is_(None),
            letters.c.call_id.is_not(None),
            letters.c.disposition == "hold",
        )
        .order_by(replies.c.created_at.desc())
    )
    row = tx.execute(query.limit(1)).mappings().first()
    return dict(row) if row is not None else _asked_once_more(tx, ids)


def _asked_once_more(tx: Connection, ids: Sequence[str]) -> Row | None:
    """Return the row of the letter we asked about again, in answer to a letter that had left several places."""
    query = (
        select(letters.c.findings)
        .join(replies, replies.c.letter == letters.c.digest)
        .where(replies.c.message_id.in_(ids), replies.c.template.in_(_ASKING), letters.c.number.is_(None))
    )
    found = [one for row in tx.execute(query) for one in row.findings if one["code"] == PLACE_NARROWED.code]
    about = [one["facts"]["about"] for one in found]
    waiting = select(letters).where(
        letters.c.digest.in_(about), letters.c.number.is_(None), letters.c.disposition == "hold"
    )
    row = tx.execute(waiting.limit(1)).mappings().first()
    return dict(row) if row is not None else None


def place_waiting(tx: Connection, sender: str) -> Row | None:
    """Return the row of the newest letter of a sender whose place we asked for, while it still waits, or None."""
    query = (
        select(letters)
        .where(
            func.lower(letters.c.from_address) == sender.lower(),
            letters.c.template.in_(_ASKING),
            letters.c.number.is_(None),
            letters.c.call_id.is_not(None),
            letters.c.disposition == "hold",
        )
        .order_by(letters.c.received_at.desc())
    )
    row = tx.execute(query.limit(1)).mappings().first()
    return dict(row) if row is not None else None


def receipt_in(row: Row) -> Receipt:
    """Return the receipt of a settled letter: the value first seen counts (law 8), whatever the settings say today."""
    clocks = tuple(Clock(one["name"], datetime.fromisoformat(one["at"]), one["by"]) for one in row["clocks"])
    return Receipt(row["received_at"], row["receipt_clock"], clocks)


def record(tx: Connection, **row: Any) -> None:
    """Write the one row of a letter."""
    tx.execute(insert(letters).values(**row))


def decide(tx: Connection, **row: Any) -> None:
    """Append a decision; decisions are never changed."""
    tx.execute(insert(decisions).values(**row))


def sight(
    tx: Connection, location: Location, digest: str, internaldate: datetime | None, now: datetime
) -> None:
    """Record that a content lies at a place; the INTERNALDATE first seen there is kept for good."""
    row = {
        "account": location.account,
        "folder": location.folder,
        "uidvalidity": location.uidvalidity,
        "uid": location.uid,
    }
    where = and_(*(sightings.c[name] == value for name, value in row.items()))
    if tx.execute(select(sightings.c.uid).where(where)).first() is None:
        tx.execute(insert(sightings).values(**row, digest=digest, internaldate=internaldate, seen_at=now))


def known_uids(tx: Connection, account: str, folder: str, uidvalidity: int) -> frozenset[int]:
    """Return every UID of a folder that is in the ledger."""
    query = select(sightings.c.uid).where(_folder(account, folder, uidvalidity))
    return frozenset(tx.execute(query).scalars())


def unmarked(tx: Connection, account: str, folder: str, uidvalidity: int) -> tuple[Unmarked, ...]:
    """Return the settled letters of a folder whose mark is not known to be set. Shunted ones stay unmarked."""
    query = (
        select(sightings.c.uid, letters.c.disposition)
        .join(letters, letters.c.digest == sightings.c.digest)
        .where(
            _folder(account, folder, uidvalidity),
            sightings.c.marked_at.is_(None),
            letters.c.state == "settled",
        )
        .order_by(sightings.c.uid)
    )
    return tuple(Unmarked(row.uid, row.disposition) for row in tx.execute(query))


def marked(
    tx: Connection, account: str, folder: str, uidvalidity: int, *, uids: Iterable[int], now: datetime
) -> None:
    """Record that the mailbox shows these letters as settled, or that they are gone from it."""
    tx.execute(
        update(sightings)
        .where(_folder(account, folder, uidvalidity), sightings.c.uid.in_(list(uids)))
        .values(marked_at=now)
    )


def counts(tx: Connection) -> dict[str, int]:
    """Return how many letters are in each state; a settled one is counted by its disposition."""
    rows = tx.execute(
        select(letters.c.state, letters.c.disposition, func.count()).group_by(
            letters.c.state, letters.c.disposition
        )
    )
    return {(row[1] if row[0] == "settled" else row[0]): row[2] for row in rows}


def _folder(account: str, folder: str, uidvalidity: int) -> Any:
    return and_(
        sightings.c.account == account, sightings.c.folder == folder, sightings.c.uidvalidity == uidvalidity
    )

"""Letters and where they were seen. A content is recorded once; every sighting of it is recorded as well."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, and_, func, insert, select, update

from intake.database import decisions, letters, sightings
from rules.letter import Letter, Location


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

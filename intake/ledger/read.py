"""Reads the ledger for others: applications, letters and replies of a call as the frozen values of `views`."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import datetime
from sys import intern
from typing import Any

from sqlalchemy import Connection, Row, Text, cast, func, or_, select

from intake.attached import folder_of
from intake.database import applications, decisions, letters, revisions, sightings
from intake.ledger.views import ApplicationView, FileView, FindingView, LetterView, ReplyView
from outbox.store import replies
from rules.conversation import QUESTION_ASIDE
from rules.place import Place

# So many names are asked for at once: databases know limits.
_PIECE = 500


def reply_views(
    tx: Connection, call_id: str | None = None, ids: Collection[str] | None = None
) -> tuple[ReplyView, ...]:
    """Return the replies of a call, or of all calls, oldest first; with `ids` those of these Message-IDs only."""
    query = select(replies).order_by(replies.c.created_at, replies.c.message_id)
    if call_id is not None:
        query = query.where(replies.c.call_id == call_id)
    return tuple(_reply(row) for row in _among(tx, query, replies.c.message_id, ids))


def letter_views(
    tx: Connection, call_id: str | None = None, digests: Collection[str] | None = None
) -> tuple[LetterView, ...]:
    """Return letters, oldest receipt first: those of a call and those of no call, or all; with `digests` these only."""
    query = select(letters).order_by(letters.c.received_at, letters.c.digest)
    if call_id is not None:
        query = query.where(or_(letters.c.call_id == call_id, letters.c.call_id.is_(None)))
    return tuple(_letter(row) for row in _among(tx, query, letters.c.digest, digests))


def newest_receipt(tx: Connection, call_id: str) -> datetime | None:
    """Return when the last letter of a call, or of no call, was received."""
    ours = or_(letters.c.call_id == call_id, letters.c.call_id.is_(None))
    newest: datetime | None = tx.execute(select(func.max(letters.c.received_at)).where(ours)).scalar()
    return newest


def waiting(tx: Connection, call_id: str) -> frozenset[str]:
    """Return the digests of the letters of a call, or of no call, that were not simply accepted or passed over, or ask something."""
    ours = or_(letters.c.call_id == call_id, letters.c.call_id.is_(None))
    asks = cast(letters.c.findings, Text).contains(f'"{QUESTION_ASIDE.code}"')
    barred = or_(letters.c.disposition.in_(("hold", "reject")), letters.c.state == "shunted", asks)
    return frozenset(tx.execute(select(letters.c.digest).where(ours, barred)).scalars())


def digests_about(tx: Connection, numbers: Collection[str]) -> frozenset[str]:
    """Return the digests of the letters of some applications."""
    return frozenset(row.digest for row in _among(tx, select(letters.c.digest), letters.c.number, numbers))


def _among(tx: Connection, query: Any, column: Any, names: Collection[str] | None) -> Iterator[Row[Any]]:
    """Yield the rows of a query, with `names` only those whose column is one of them."""
    if names is None:
        yield from tx.execute(query)
        return
    ordered = sorted(names)
    for start in range(0, len(ordered), _PIECE):
        yield from tx.execute(query.where(column.in_(ordered[start : start + _PIECE])))


def letter_row(tx: Connection, digest: str) -> Row[Any]:
    """Return the whole row of a letter, for `intake why`."""
    return tx.execute(select(letters).where(letters.c.digest == digest)).one()


def decision_rows(tx: Connection, digest: str) -> tuple[Row[Any], ...]:
    """Return every decision about a letter, oldest first."""
    query = select(decisions).where(decisions.c.digest == digest).order_by(decisions.c.id)
    return tuple(tx.execute(query))


def application_views(
    tx: Connection, call_id: str, numbers: Collection[str] | None = None
) -> tuple[ApplicationView, ...]:
    """Return the applications of a call by number, each with its newest revision and all that hangs on it.

    With `numbers` these only.
    """
    of_number: dict[str, list[Row[Any]]] = defaultdict(list)
    mail = select(letters).where(letters.c.call_id == call_id).order_by(letters.c.received_at)
    for letter in _among(tx, mail, letters.c.number, numbers):
        if letter.number is not None:
            of_number[letter.number].append(letter)
    last_reply: dict[str, ReplyView] = {}
    sent_out = select(replies).where(replies.c.call_id == call_id)
    for reply in _among(tx, sent_out.order_by(replies.c.created_at, replies.c.message_id), replies.c.number, numbers):  # fmt: skip
        if reply.number is not None:
            last_reply[reply.number] = _reply(reply)
    newest: dict[str, Row[Any]] = {}
    formed: dict[str, str] = {}
    sent: Counter[str] = Counter()
    joined = revisions.join(applications, applications.c.number == revisions.c.number)
    forms = select(revisions).select_from(joined).where(applications.c.call_id == call_id)
    for revision in _among(tx, forms.order_by(revisions.c.revision), revisions.c.number, numbers):
        newest[revision.number] = revision
        sent[revision.number] += not revision.made_by
        formed.update(_formed(revision))
    query = select(applications).where(applications.c.call_id == call_id).order_by(applications.c.number)
    return tuple(
        _application(
            row,
            newest.get(row.number),
            sent[row.number],
            of_number[row.number],
            last_reply.get(row.number),
            formed=formed.get(row.number, ""),
        )
        for row in _among(tx, query, applications.c.number, numbers)
    )


def application_outlines(tx: Connection, call_id: str) -> tuple[ApplicationView, ...]:
    """Return the applications of a call by number with what totals are made of: status, place, receipt, sender's address."""
    newest = select(revisions.c.number, revisions.c.digest, revisions.c.form, revisions.c.made_by)
    speaking: dict[str, str] = {}
    for revision in tx.execute(newest.order_by(revisions.c.revision)):
        speaking.setdefault(revision.number, revision.digest)
        speaking.update(_formed(revision))
    sender: dict[str, str] = {}
    mail = select(letters.c.number, letters.c.digest, letters.c.from_address)
    mail = mail.where(letters.c.call_id == call_id, letters.c.number.is_not(None))
    for number, digest, address in tx.execute(mail.order_by(letters.c.received_at)):
        if number not in sender or speaking.get(number) == digest:
            sender[number] = address
    query = select(applications).where(applications.c.call_id == call_id).order_by(applications.c.number)
    return tuple(_outline(row, sender.get(row.number, "")) for row in tx.execute(query))


def _formed(revision: Any) -> dict[str, str]:
    """Return number → the letter whose form a revision is: what an answer or a person adds to it makes nobody the applicant."""
    return {revision.number: revision.digest} if revision.form and not revision.made_by else {}


def _outline(row: Row[Any], sender: str) -> ApplicationView:
    """Return an application of which there may be very many at once: names that many share are kept once."""
    shared = {key: intern(value) for key, value in row.place.items()}
    return replace(
        _void(row), status=intern(row.status), place=Place(**shared), sender_address=intern(sender)
    )


def _application(
    row: Row[Any],
    revision: Row[Any] | None,
    sent: int,
    of_number: list[Row[Any]],
    last_reply: ReplyView | None,
    *,
    formed: str,
) -> ApplicationView:
    if not of_number:
        return _void(row)
    # The letter that speaks for the application: the newest revision's, else the first one that came.
    speaking = next(
        (letter for letter in of_number if revision and letter.digest == revision.digest), of_number[0]
    )
    carrying = _carrying(of_number, speaking) if revision is not None and not revision.form else speaking
    applicant = next((letter for letter in of_number if letter.digest == formed), speaking)
    subject = speaking.evidence.get("subject", {})
    return ApplicationView(
        number=row.number,
        status=row.status,
        place=Place(**row.place),
        place_by=row.place_by,
        first_received_at=row.first_received_at,
        received_at=revision.received_at if revision else row.first_received_at,
        revision=sent,
        letters=len(of_number),
        subject=speaking.subject,
        subject_level=subject.get("level", ""),
        subject_problems=tuple(subject.get("problems", ())),
        sender_name=applicant.from_name,
        sender_address=applicant.from_address,
        values={key: value["value"] for key, value in revision.values.items() if value["value"]}
        if revision
        else {},
        unit=row.unit,
        stated={key: value["stated"] for key, value in revision.values.items() if "stated" in value}
        if revision
        else {},
        faults=tuple((fault["key"], fault["code"], fault["found"]) for fault in revision.faults)
        if revision
        else (),
        findings=_findings(speaking),
        files=_files(carrying),
        folder=folder_of(carrying.digest),
        last_reply=last_reply,
        confirmed_at=max(
            (
                one.received_at
                for one in of_number
                if any(found["code"] == "confirmed" for found in one.findings)
            ),
            default=None,
        ),
    )


def _carrying(of_number: list[Row[Any]], speaking: Row[Any]) -> Row[Any]:
    """Return the letter with the form's file when what stands was completed by the text of a later letter."""
    earlier = [letter for letter in of_number if letter.received_at <= speaking.received_at and letter.speaks]
    read = (letter for letter in reversed(earlier) if any(file["status"] == "read" for file in letter.files))
    return next(read, speaking)


def _void(row: Row[Any]) -> ApplicationView:
    """Return an application whose letters all turned out to belong elsewhere: a number and a place."""
    return ApplicationView(
        number=row.number,
        status=row.status,
        place=Place(**row.place),
        place_by=row.place_by,
        first_received_at=row.first_received_at,
        received_at=row.first_received_at,
        revision=0,
        letters=0,
        subject="",
        subject_level="",
        subject_problems=(),
        sender_name="",
        sender_address="",
        values={},
        faults=(),
        findings=(),
        files=(),
        folder="",
        last_reply=None,
        unit=row.unit,
    )


def _letter(row: Row[Any]) -> LetterView:
    place = row.evidence.get("form_place") or {}
    candidates = (
        place.get("candidates") or row.evidence.get("subject", {}).get("place", {}).get("candidates") or []
    )
    return LetterView(
        digest=row.digest,
        state=row.state,
        received_at=row.received_at,
        date=row.date,
        subject=row.subject,
        from_name=row.from_name,
        from_address=row.from_address,
        call_id=row.call_id,
        number=row.number,
        disposition=row.disposition,
        template=row.template,
        findings=_findings(row),
        files=_files(row),
        suggestion="; ".join(candidates[:3]),
    )


def _findings(row: Row[Any]) -> tuple[FindingView, ...]:
    return tuple(FindingView(item["code"], item["disposition"], item["facts"]) for item in row.findings)


def _files(row: Row[Any]) -> tuple[FileView, ...]:
    return tuple(
        FileView(item["name"], item["sha256"], item["size"], item["type"], item["status"])
        for item in row.files
    )


def _reply(row: Row[Any]) -> ReplyView:
    return ReplyView(
        message_id=row.message_id,
        letter=row.letter,
        template=row.template,
        number=row.number,
        recipient=row.recipient,
        subject=row.subject,
        state=row.state,
        created_at=row.created_at,
        sent_at=row.sent_at,
        last_response=row.last_response,
    )


# Fewer characters of a digest name no letter.
SHORTEST_DIGEST = 4


def digests_of(tx: Connection, name: str) -> tuple[str, ...]:
    """Return the digests of the letters of an application, oldest first, or of the one letter whose digest begins so."""
    of_number = tx.execute(
        select(letters.c.digest).where(letters.c.number == name).order_by(letters.c.received_at)
    )
    if found := tuple(of_number.scalars()):
        return found
    # A void application has no letters any more; those that made it tell why.
    formerly = select(revisions.c.digest).where(revisions.c.number == name)
    answered = select(replies.c.letter).where(replies.c.number == name)
    named = [*tx.execute(formerly).scalars(), *tx.execute(answered).scalars()]
    if found := tuple(tx.execute(select(letters.c.digest).where(letters.c.digest.in_(named))).scalars()):
        return found
    found = digests_beginning(tx, name)
    return found if len(found) == 1 else ()


def digests_beginning(tx: Connection, name: str) -> tuple[str, ...]:
    """Return the digests of letters that begin so, a few at most; none for fewer than `SHORTEST_DIGEST` characters."""
    if len(name) < SHORTEST_DIGEST:
        return ()
    beginning = letters.c.digest.startswith(name.lower(), autoescape=True)
    return tuple(
        tx.execute(select(letters.c.digest).where(beginning).order_by(letters.c.digest).limit(5)).scalars()
    )


def sighting_rows(tx: Connection, digest: str) -> list[dict[str, Any]]:
    """Return where a letter was seen: account, folder, UIDVALIDITY, UID."""
    query = select(sightings.c.account, sightings.c.folder, sightings.c.uidvalidity, sightings.c.uid)
    return [dict(row) for row in tx.execute(query.where(sightings.c.digest == digest)).mappings()]


def replies_to(tx: Connection, digest: str) -> tuple[ReplyView, ...]:
    """Return the replies a letter caused."""
    query = select(replies).where(replies.c.letter == digest).order_by(replies.c.created_at)
    return tuple(_reply(row) for row in tx.execute(query))

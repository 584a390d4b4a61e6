"""Applications and their revisions: one number for each call, place and unit, the first receipt time kept for good."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from intake.database import applications, letters, revisions
from intake.ledger.void import ASIDE, VOID, set_aside
from outbox.store import replies
from rules.application import Application, Fault, Value
from rules.case import Registered
from rules.letter import Address, Letter
from rules.place import Place
from rules.suggest import with_suggestions

# Domains in which anybody can have an address: they say nothing about whom somebody writes for.
EVERYBODYS = frozenset(
    {
        "gmail.com", "googlemail.com", "ukr.net", "i.ua", "ua.fm", "meta.ua", "email.ua", "bigmir.net", "online.ua",
        "outlook.com", "hotmail.com", "live.com", "msn.com", "icloud.com", "me.com", "yahoo.com", "proton.me",
        "protonmail.com", "gmx.net", "gmx.de", "abv.bg", "mail.bg", "dir.bg", "mail.ru", "yandex.ru", "yandex.ua",
    }
)  # fmt: skip


def by_number(tx: Connection, number: str) -> Registered | None:
    """Return the application of this number, or None."""
    row = tx.execute(select(applications).where(applications.c.number == number)).first()
    return _registered(tx, row) if row else None


def by_place(tx: Connection, call_id: str, place_code: str, unit: str | None = "") -> Registered | None:
    """Return the application of a place in a call, or None.

    `unit` is the key of `rules.units`; with it, an application whose unit is not known yet counts until one that has a
    form stands there. None means that the letter does not say: then the only application of the place is meant.
    """
    query = select(applications).where(
        applications.c.call_id == call_id, applications.c.place_code == place_code
    )
    query = query.where(~applications.c.unit.startswith(ASIDE))
    rows = {row.unit: row for row in tx.execute(query.order_by(applications.c.number))}
    if unit is None:
        found = next(iter(rows.values())) if len(rows) == 1 else rows.get("")
    else:
        found = rows.get(unit)
        if found is None and "" in rows and rows[""].status in {"no_form", "late"}:
            found = rows[""]
    return _registered(tx, found) if found is not None else None


def by_references(tx: Connection, references: Iterable[str]) -> tuple[Registered | None, bool]:
    """Return the application of the newest reply of ours among the Message-IDs a letter refers to, or None.

    Also whether that makes its writer one who speaks for it: who was only told that another one was first does not.
    """
    ids = list(references)
    if not ids:
        return None, False
    query = (
        select(replies.c.number, replies.c.template)
        .where(replies.c.message_id.in_(ids), replies.c.number.is_not(None))
        .order_by(replies.c.created_at.desc())
    )
    told = tx.execute(query).all()
    if not told:
        return None, False
    number = told[0].number
    speaks = any(one.number == number and one.template != "duplicate_new" for one in told)
    return by_number(tx, number), speaks


def place_of_sender(tx: Connection, call_id: str, sender: Address) -> Place | None:
    """Return the place of the only application in a call that an address has written for, or None.

    When the address is new, its domain counts, unless anybody can have an address there.
    """
    address = func.lower(letters.c.from_address)
    spoke = (
        select(letters.c.number)
        .where(letters.c.call_id == call_id, letters.c.number.is_not(None), letters.c.speaks)
        .distinct()
        .limit(2)
    )
    numbers = tx.execute(spoke.where(address == sender.address.lower())).scalars().all()
    if not numbers and sender.domain not in EVERYBODYS:
        near = address.endswith(f"@{sender.domain}", autoescape=True)
        numbers = tx.execute(spoke.where(near)).scalars().all()
    known = by_number(tx, numbers[0]) if len(numbers) == 1 else None
    return known.place if known is not None else None


def of_sender(tx: Connection, address: str) -> Registered | None:
    """Return the only application, of all calls, that an address has written for, or None."""
    query = (
        select(letters.c.number)
        .where(
            func.lower(letters.c.from_address) == address.lower(),
            letters.c.number.is_not(None),
            letters.c.speaks,
        )
        .distinct()
        .limit(2)
    )
    numbers = tx.execute(query).scalars().all()
    return by_number(tx, numbers[0]) if len(numbers) == 1 else None


def thread_of(tx: Connection, letter: Letter, number: str | None) -> tuple[Registered | None, bool]:
    """Return the application whose conversation a letter continues, and whether that is proven.

    A reference to a Message-ID of ours proves it (RFC 5322, 3.6.4); a number in the subject only says so, and so does an
    answer to the letter by which a second sender heard of the first.
    """
    known, proven = by_references(tx, (*letter.in_reply_to, *letter.references))
    if known is not None:
        return _instead(tx, known), proven
    known = by_number(tx, number) if number else None
    return (_instead(tx, known) if known is not None else None), False


def _instead(tx: Connection, known: Registered) -> Registered | None:
    """Return the application that a void one's letters went on to, itself when they did not; None when it is aside."""
    if known.status != VOID:
        return known
    answered = replies.join(letters, letters.c.digest == replies.c.letter)
    query = (
        select(letters.c.number)
        .select_from(answered)
        .where(
            replies.c.number == known.number, letters.c.number.is_not(None), letters.c.number != known.number
        )
        .order_by(replies.c.created_at.desc())
    )
    number = tx.execute(query).scalar()
    if number is not None:
        return by_number(tx, number)
    unit: str = tx.execute(
        select(applications.c.unit).where(applications.c.number == known.number)
    ).scalar_one()
    return None if unit.startswith(ASIDE) else known


def create(
    tx: Connection,
    *,
    call_id: str,
    prefix: str,
    place: Place,
    place_by: str,
    received_at: datetime,
    status: str,
    now: datetime,
    unit: str = "",
    number: str | None = None,
) -> str:
    """Register an application and return its number: the one given, else the next free one."""
    set_aside(tx, call_id, place.code, unit)
    number = number or next_number(tx, prefix)
    tx.execute(
        insert(applications).values(
            number=number,
            call_id=call_id,
            place_code=place.code,
            unit=unit,
            place=asdict(place),
            place_by=place_by,
            status=status,
            first_received_at=received_at,
            created_at=now,
        )
    )
    return number


def next_number(tx: Connection, prefix: str) -> str:
    """Return the prefix and the next free count: `КЗ-2023-014`."""
    taken = tx.execute(
        select(applications.c.number).where(applications.c.number.startswith(f"{prefix}-", autoescape=True))
    )
    tail = re.compile(re.escape(prefix) + r"-(\d+)")
    numbers = [int(match.group(1)) for value in taken.scalars() if (match := tail.fullmatch(value))]
    return f"{prefix}-{max(numbers, default=0) + 1:03d}"


def name_unit(tx: Connection, number: str, unit: str) -> None:
    """Set the unit of an application that was registered before its form named one, unless another has that unit."""
    row = tx.execute(select(applications).where(applications.c.number == number)).one()
    same = select(applications.c.number).where(
        applications.c.call_id == row.call_id,
        applications.c.place_code == row.place_code,
        applications.c.unit == unit,
    )
    if row.unit == "" and tx.execute(same).first() is None:
        tx.execute(update(applications).where(applications.c.number == number).values(unit=unit))


def revise(
    tx: Connection,
    number: str,
    *,
    digest: str,
    application: Application,
    received_at: datetime,
    sender: str,
    made_by: str = "",
) -> int:
    """Append a revision and return its count, from 1. Earlier ones are never changed.

    `made_by` says whose correction it is; "" for what the applicant sent.
    """
    newest = tx.execute(select(func.max(revisions.c.revision)).where(revisions.c.number == number)).scalar()
    revision = (newest or 0) + 1
    tx.execute(
        insert(revisions).values(
            number=number,
            revision=revision,
            digest=digest,
            form=application.form,
            received_at=received_at,
            sender=sender.lower(),
            values=stored(application.values),
            faults=[asdict(fault) for fault in application.faults],
            unknown_labels=list(with_suggestions(application.unknown_labels, dict(application.suggestions))),
            made_by=made_by,
        )
    )
    return revision


def stored(values: Mapping[str, Value]) -> dict[str, dict[str, Any]]:
    """Return values as the ledger keeps them: what a person's correction adds stands only where there is one."""
    slim = {}
    for key, value in values.items():
        slim[key] = asdict(value)
        if value.stated is None:
            del slim[key]["stated"], slim[key]["stated_fault"]
    return slim


def restate(
    tx: Connection,
    number: str,
    *,
    status: str,
    place_by: str | None = None,
    first_received_at: datetime | None = None,
) -> None:
    """Change how an application stands. The first receipt time is set anew only when nothing counted before."""
    changes: dict[str, Any] = {"status": status}
    if place_by is not None:
        changes["place_by"] = place_by
    if first_received_at is not None:
        changes["first_received_at"] = first_received_at
    tx.execute(update(applications).where(applications.c.number == number).values(**changes))


def counts(tx: Connection) -> dict[str, int]:
    """Return how many applications are in each status."""
    query = select(applications.c.status, func.count()).group_by(applications.c.status)
    return {row[0]: row[1] for row in tx.execute(query)}


def _registered(tx: Connection, row: Row[Any]) -> Registered:
    newest = tx.execute(
        select(revisions).where(revisions.c.number == row.number).order_by(revisions.c.revision.desc())
    ).first()
    # Whoever wrote for this application before, the first writer first: many letters of one are one writer.
    address = func.lower(letters.c.from_address)
    # What people corrected is no form that came.
    sent = select(func.count()).where(revisions.c.number == row.number, revisions.c.made_by == "")
    wrote: Sequence[str] = (
        tx.execute(
            select(address)
            .where(letters.c.number == row.number, letters.c.speaks)
            .group_by(address)
            .order_by(func.min(letters.c.settled_at))
        )
        .scalars()
        .all()
    )
    return Registered(
        number=row.number,
        call_id=row.call_id,
        place=Place(**row.place),
        first_received_at=row.first_received_at,
        received_at=newest.received_at if newest else row.first_received_at,
        revision=tx.execute(sent).scalar_one(),
        senders=tuple(dict.fromkeys(address.lower() for address in wrote)),
        fields={key: value["value"] for key, value in newest.values.items() if value["value"]}
        if newest
        else {},
        status=row.status,
        values={key: Value(**value) for key, value in newest.values.items()} if newest else {},
        faults=tuple(Fault(**fault) for fault in newest.faults) if newest else (),
    )

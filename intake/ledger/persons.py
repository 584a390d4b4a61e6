"""A letter that a person decided about, written over what the rules had made of it. Runs in one transaction.

Decisions and revisions are only added. A number once given is never given to somebody else: an application whose letters
all turned out to belong elsewhere is void, and comes to life again with the next letter from its place.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from intake.database import decisions, letters, revisions
from intake.filing import Filing
from intake.ledger import again, record
from intake.ledger.applications import by_number, create, revise, stored
from intake.ledger.void import VOID, set_aside
from rules.answer import Fault, Value
from rules.case import Case, History, Registered
from rules.conversation import QUESTION_ASIDE
from rules.letter import Address
from rules.person import ANSWERED_BY_HAND, LATENESS, REGISTERED_BY_HAND, WITHDRAWN_BY_HAND
from rules.place import Place
from rules.units import unit_of
from rules.verdict import Disposition, Finding, Verdict

WITHDRAWN = "withdrawn"

Row = Mapping[str, Any]


def letter_of(tx: Connection, code: str) -> Row | None:
    """Return the row of the letter whose digest begins with a code of the workbook, or None."""
    query = select(letters).where(letters.c.digest.startswith(code, autoescape=True)).limit(2)
    found = [dict(row) for row in tx.execute(query).mappings()]
    return found[0] if len(found) == 1 else None


def letters_of(tx: Connection, number: str) -> tuple[Row, ...]:
    """Return the rows of an application's letters, in the order in which they were judged."""
    query = select(letters).where(letters.c.number == number).order_by(letters.c.settled_at, letters.c.digest)
    return tuple(dict(row) for row in tx.execute(query).mappings())


def revision_of(tx: Connection, number: str) -> Row | None:
    """Return the revision of an application that stands, or None."""
    query = select(revisions).where(revisions.c.number == number).order_by(revisions.c.revision.desc())
    row = tx.execute(query.limit(1)).mappings().first()
    return dict(row) if row is not None else None


def application_of(tx: Connection, call_id: str, number: str) -> Place | None:
    """Return the place of a call's application by its number as somebody types it, or None when there is none."""
    known = by_number(tx, number.strip().upper())
    return known.place if known is not None and known.call_id == call_id else None


def as_if_new(tx: Connection, case: Case) -> Case:
    """Return the case with a history in which this letter has not come yet: it must not stand in its own way."""
    digest = case.letter.digest
    history: History = case.history
    return replace(
        case,
        history=replace(
            history,
            thread=_without(tx, history.thread, digest),
            prior=_without(tx, history.prior, digest),
            copy_of=None,
            # A person's word is no loop of machines.
            answers_today=0,
        ),
    )


def _without(tx: Connection, known: Registered | None, digest: str) -> Registered | None:
    if known is None:
        return None
    own = letters_of(tx, known.number)
    if all(letter["digest"] != digest for letter in own):
        return known
    others = [letter for letter in own if letter["digest"] != digest and letter["speaks"]]
    if not others:
        return None
    form = _form_of_others(tx, known.number, digest)
    return replace(
        known,
        status=WITHDRAWN
        if _withdrawn((one for one in own if one["digest"] != digest), form)
        else _status(others, form),
        revision=form["revision"] if form else 0,
        received_at=form["received_at"] if form else known.first_received_at,
        senders=tuple(dict.fromkeys(letter["from_address"].lower() for letter in others)),
        fields={key: one["value"] for key, one in form["values"].items() if one["value"]} if form else {},
        values={key: Value(**one) for key, one in form["values"].items()} if form else {},
        faults=tuple(Fault(**one) for one in form["faults"]) if form else (),
    )


def _form_of_others(tx: Connection, number: str, digest: str) -> Row | None:
    query = (
        select(revisions)
        .where(revisions.c.number == number, revisions.c.digest != digest)
        .order_by(revisions.c.revision.desc())
    )
    row = tx.execute(query.limit(1)).mappings().first()
    return dict(row) if row is not None else None


def _withdrawn(own: Iterable[Row], form: Row | None) -> bool:
    """Return whether somebody recorded in a letter that its application is withdrawn, and no form has come since."""
    return any(
        form is None or form["received_at"] <= one["received_at"]
        for one in own
        if withdrawal_of(one) is not None
    )


def withdrawal_of(letter: Row) -> Mapping[str, Any] | None:
    """Return the facts of the withdrawal that was recorded in a letter, or None."""
    code = WITHDRAWN_BY_HAND.code
    return next((one["facts"] for one in letter["findings"] if one["code"] == code), None)


def _status(others: Sequence[Row], form: Row | None) -> str:
    """Return how an application stands by its letters, the last of which counts unless another holds the form."""
    speaking = next((one for one in others if form and one["digest"] == form["digest"]), others[-1])
    barred = {one["code"] for one in speaking["findings"] if one["disposition"] != "accept"}
    if barred & LATENESS:
        return "late"
    if form is None and any(one["code"] == "no_form" for one in speaking["findings"]):
        return "no_form"
    if speaking["disposition"] != "accept":
        return "held"
    return "incomplete" if form is None or form["faults"] else "complete"


def rejudged(
    tx: Connection,
    before: Row,
    case: Case,
    verdict: Verdict,
    filing: Filing,
    *,
    by: str,
    note: str,
    now: datetime,
) -> str | None:
    """Write what a letter now means: its row, the decision `by` somebody, its application; return that one's number."""
    old = before["number"]
    number = filing.number
    if filing.register:
        number = _register(tx, before, case, filing, now=now)
    after = record.row_of(case, verdict, filing, number=number, now=now)
    again.restate_letter(
        tx, before, after, number=number, rules=verdict.rules_digest, now=now, note=note, made_by=by
    )
    if number is not None:
        _revise(tx, number, case, filing)
        if not filing.register and filing.status is not None:
            values: dict[str, Any] = {"status": filing.status}
            if filing.restart is not None:
                values["first_received_at"] = filing.restart
            if filing.restart is not None or case.place_by == "person":
                values["place_by"] = case.place_by
            again.restate_application(tx, number, values)
    if old is not None and old != number:
        release(tx, old, before)
    return number


def _register(tx: Connection, before: Row, case: Case, filing: Filing, *, now: datetime) -> str:
    """Register the case's place: under the number the letter has, when no other letter needs it."""
    assert case.call is not None
    assert case.place is not None
    old = before["number"]
    status = filing.status or "held"
    unit = unit_of(case) or ""
    known = by_number(tx, old) if old is not None else None
    if known is not None and known.call_id == case.call.id and _without(tx, known, before["digest"]) is None:
        values = {
            "place_code": case.place.code,
            "unit": unit,
            "place": asdict(case.place),
            "place_by": case.place_by,
            "status": status,
            "first_received_at": case.receipt.at,
        }
        set_aside(tx, case.call.id, case.place.code, unit)
        again.restate_application(tx, known.number, values)
        return known.number
    return create(
        tx,
        call_id=case.call.id,
        prefix=case.call.prefix,
        place=case.place,
        place_by=case.place_by,
        received_at=case.receipt.at,
        status=status,
        now=now,
        unit=unit,
        number=filing.number,
    )


def _revise(tx: Connection, number: str, case: Case, filing: Filing) -> None:
    """Let the letter's form be the one that stands, unless it does already."""
    if not filing.revise or case.application is None:
        return
    standing = revision_of(tx, number)
    values = stored(case.application.values)
    same = standing is not None and standing["digest"] == case.letter.digest and standing["values"] == values
    if not same:
        sender: Address | None = case.letter.from_
        revise(
            tx,
            number,
            digest=case.letter.digest,
            application=case.application,
            received_at=case.receipt.at,
            sender=sender.address if sender else "",
        )


def release(tx: Connection, number: str, gone: Row) -> None:
    """Let an application stand without a letter that turned out not to belong to it."""
    digest, known = gone["digest"], by_number(tx, number)
    standing = revision_of(tx, number)
    if known is None or (not gone["speaks"] and (standing is None or standing["digest"] != digest)):
        return
    own = [letter for letter in letters_of(tx, number) if letter["digest"] != digest]
    others = [letter for letter in own if letter["speaks"]]
    if not others:
        again.restate_application(tx, number, {"status": VOID})
        return
    form = _form_of_others(tx, number, digest)
    if standing is not None and standing["digest"] == digest:
        back = form or {
            **standing,
            "digest": others[0]["digest"],
            "values": {},
            "faults": [],
            "unknown_labels": [],
        }
        again.append_revisions(tx, number, (back,), standing["revision"])
    values: dict[str, Any] = {"status": WITHDRAWN if _withdrawn(own, form) else _status(others, form)}
    if known.first_received_at == gone["received_at"]:
        # It was this letter's receipt time that counted.
        received = (letter["received_at"] for letter in others)
        values["first_received_at"] = form["received_at"] if form is not None else min(received)
    again.restate_application(tx, number, values)


def closed(
    tx: Connection,
    before: Row,
    finding: Finding,
    *,
    keep: bool,
    elsewhere: bool,
    by: str,
    note: str,
    now: datetime,
) -> None:
    """Write that a letter is settled without more ado; with `keep` it stays in its application's conversation.

    `elsewhere`: other calls may still want it; it waits there for their people.
    """
    told = [{**one, "disposition": "accept"} for one in before["findings"]]
    disposition = str(Disposition.HOLD if elsewhere else finding.ground.disposition)
    found = {"code": finding.code, "disposition": disposition, "facts": dict(finding.facts)}
    values: dict[str, Any] = {
        "state": "settled",
        "disposition": disposition,
        "template": None,
        "answerable": False,
        "findings": [found, *told],
    }
    if not keep:
        values |= {"number": None, "speaks": False}
    if elsewhere:
        values["call_id"] = None
    tx.execute(update(letters).where(letters.c.digest == before["digest"]).values(**values))
    decided(tx, before["digest"], values["disposition"], values["findings"], by=by, note=note, now=now)
    if not keep and before["number"] is not None:
        release(tx, before["number"], before)


def asks_aside(letter: Row) -> bool:
    """Return whether a letter was taken by the rules as what it is, and asks something besides."""
    codes = {one["code"] for one in letter["findings"]}
    taken = letter["disposition"] == str(Disposition.ACCEPT) and REGISTERED_BY_HAND.code not in codes
    return taken and QUESTION_ASIDE.code in codes


def answered(tx: Connection, before: Row, *, by: str, note: str, now: datetime) -> None:
    """Write that somebody has answered what a letter asks that was taken as it is: nothing else about it changes."""
    found = {"code": ANSWERED_BY_HAND.code, "disposition": before["disposition"], "facts": {}}
    findings = [found, *(one for one in before["findings"] if one["code"] != ANSWERED_BY_HAND.code)]
    tx.execute(update(letters).where(letters.c.digest == before["digest"]).values(findings=findings))
    decided(tx, before["digest"], before["disposition"], findings, by=by, note=note, now=now)


def decided(
    tx: Connection,
    digest: str,
    disposition: str,
    findings: Sequence[Row],
    *,
    by: str,
    note: str,
    now: datetime,
) -> None:
    """Append a decision about a letter that no judgement of the rules led to."""
    tx.execute(
        insert(decisions).values(
            digest=digest,
            made_by=by,
            made_at=now,
            disposition=disposition,
            findings=list(findings),
            rules_digest="",
            note=note,
        )
    )


def along(tx: Connection, before: Row, *, by: str, note: str, now: datetime) -> None:
    """Write that the lateness of a letter is forgiven along with that of the application it belongs to."""
    told = [
        {**one, "disposition": "accept"} if one["code"] in LATENESS else one for one in before["findings"]
    ]
    barred = {one["disposition"] for one in told}
    disposition = next((one for one in ("discard", "reject", "hold") if one in barred), "accept")
    values = {"disposition": disposition, "findings": told}
    tx.execute(update(letters).where(letters.c.digest == before["digest"]).values(**values))
    decided(tx, before["digest"], disposition, told, by=by, note=note, now=now)

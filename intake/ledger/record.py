"""Writes what one letter causes: its row, its decision, the application it opens or revises. Runs in one transaction."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from intake.archive import Kept
from intake.filing import Filing
from intake.ledger import applications, letters
from intake.ledger.overtaken import overtake
from rules.case import Case
from rules.letter import RawLetter
from rules.place import Recognition
from rules.units import unit_of
from rules.verdict import Verdict

RULES = "rules"


def record(tx: Connection, case: Case, verdict: Verdict, filing: Filing, *, now: datetime) -> str | None:
    """Write the letter, the decision, and the application; return the application's number, if it has one."""
    number = filing.number
    if filing.register:
        assert case.call is not None
        assert case.place is not None
        number = applications.create(
            tx,
            call_id=case.call.id,
            prefix=case.call.prefix,
            place=case.place,
            place_by=case.place_by,
            received_at=case.receipt.at,
            status=filing.status or "held",
            now=now,
            unit=unit_of(case) or "",
            number=filing.number,
        )
    elif number is not None and filing.revise and (unit := unit_of(case)):
        applications.name_unit(tx, number, unit)
    row = row_of(case, verdict, filing, number=number, now=now)
    sender = row["from_address"]
    letters.record(tx, **row)
    letters.decide(
        tx,
        digest=row["digest"],
        made_by=RULES,
        made_at=now,
        disposition=str(verdict.disposition),
        findings=row["findings"],
        rules_digest=verdict.rules_digest,
        note="",
    )
    if number is not None and filing.revise and case.application is not None:
        applications.revise(
            tx,
            number,
            digest=row["digest"],
            application=case.application,
            received_at=case.receipt.at,
            sender=sender,
        )
    if number is not None and not filing.register and filing.status is not None:
        applications.restate(
            tx,
            number,
            status=filing.status,
            place_by=case.place_by if filing.restart else None,
            first_received_at=filing.restart,
        )
    if number is not None and filing.revise and filing.status == "complete":
        overtake(tx, number, row["digest"], by=RULES, now=now)
    return number


def row_of(
    case: Case, verdict: Verdict, filing: Filing, *, number: str | None, now: datetime
) -> dict[str, Any]:
    """Return the row of a judged letter: what it is, and what was decided about it."""
    letter = case.letter
    return {
        "digest": letter.digest,
        "state": "settled",
        "size": letter.size,
        "message_id": letter.message_id[:998] if letter.message_id else None,
        "date": letter.date,
        "received_at": case.receipt.at,
        "receipt_clock": case.receipt.clock,
        "clocks": [
            {"name": clock.name, "at": clock.at.isoformat(), "by": clock.by} for clock in case.receipt.clocks
        ],
        "subject": letter.subject,
        "from_name": letter.from_.name if letter.from_ else "",
        "from_address": letter.from_.address if letter.from_ else "",
        "files": _files(case),
        "files_digest": letters.files_digest(letter),
        "defects": list(letter.defects),
        "call_id": case.call.id if case.call else None,
        "number": number,
        "speaks": filing.speaks,
        "disposition": str(verdict.disposition),
        "template": verdict.template,
        "answerable": verdict.answerable,
        "findings": [
            {
                "code": finding.code,
                "disposition": str(finding.ground.disposition),
                "facts": dict(finding.facts),
            }
            for finding in verdict.findings
        ],
        "evidence": _evidence(case),
        "traceback": None,
        "settled_at": now,
    }


def shunt(tx: Connection, kept: Kept, raw: RawLetter, trace: str, *, now: datetime) -> None:
    """Write that our own bug failed on this letter. Its octets are safe in the archive."""
    letters.record(
        tx,
        digest=kept.digest,
        state="shunted",
        size=kept.size,
        received_at=raw.internaldate or now,
        receipt_clock="INTERNALDATE" if raw.internaldate else "file",
        clocks=[],
        subject="",
        from_name="",
        from_address="",
        files=[],
        files_digest="",
        defects=[],
        speaks=False,
        findings=[],
        evidence={},
        traceback=trace,
        settled_at=now,
    )


def _files(case: Case) -> list[dict[str, Any]]:
    return [
        {
            "name": attachment.name or attachment.label,
            "sha256": attachment.sha256,
            "size": attachment.size,
            "type": attachment.type,
            "via": attachment.via,
            "status": reading.status,
            "reason": reading.reason,
        }
        for attachment, reading in zip(case.letter.attachments, case.readings, strict=True)
    ]


def _evidence(case: Case) -> dict[str, Any]:
    """Return what `intake why` shows: what each source said, before any rule spoke."""
    known = case.known
    return {
        "subject": {
            "level": case.subject.level,
            "problems": list(case.subject.problems),
            "number": case.subject.number,
            "place": _opinion(case.from_subject),
        },
        "form": case.application.form if case.application else None,
        "form_place": _opinion(case.from_form),
        "place": case.place.code if case.place else None,
        "place_by": case.place_by,
        "known": known.number if known else None,
        "thread": "proven" if case.history.thread_proven else ("number" if case.history.thread else ""),
        "answers_today": case.history.answers_today,
        "told_today": list(case.history.told_today),
        "answers_to_first": case.history.answers_to_first,
        "selected": case.history.selected,
        "about": case.history.about,
        "trust": case.trust,
    }


def _opinion(recognition: Recognition) -> dict[str, Any]:
    return {
        "level": recognition.level,
        "text": recognition.text,
        "place": recognition.place.code if recognition.place else None,
        "oblast": recognition.oblast or "",
        "candidates": [
            f"{place.full}, {place.oblast} ({place.code})" for place in recognition.candidates[:10]
        ],
        "problems": list(recognition.problems),
        "how": recognition.how,
    }

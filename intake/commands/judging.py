"""`intake judge`: the whole verdict about letters in files. Nothing is written, nothing is sent."""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.table import Table

from intake.commands import DONE, MISTAKE
from intake.commands.output import Console, json_line
from intake.config import Config
from intake.examine import Examiner
from intake.letter_file import head_of, why_no_letter
from intake.readers.pool import ReaderPool
from intake.station import examiner
from rules.application import likely_form
from rules.case import Case
from rules.judge import judge
from rules.verdict import Disposition, Verdict


def run(config: Config, paths: Iterable[Path], *, received: datetime | None, as_json: bool) -> int:
    """Judge each file and print the verdicts; return 0, or 2 when one cannot be read or is no letter.

    `received` (aware) stands for the server's receipt time.
    """
    console = Console()
    code = DONE
    with ReaderPool(config.limits) as readers:
        desk = examiner(config, readers)
        for path in paths:
            try:
                if why := why_no_letter(head_of(path), path.name):
                    Console(stderr=True, soft_wrap=True).print(f"{path}: {why}", style="red", markup=False)
                    code = MISTAKE
                    continue
                case = _case(desk, path, received)
            except OSError as error:
                Console(stderr=True).print(
                    f"{path}: cannot be read: {error.strerror}", style="red", markup=False
                )
                code = MISTAKE
                continue
            verdict = judge(case)
            if as_json:
                json_line(as_dict(path, case, verdict))
            else:
                _show(console, path, case, verdict)
    return code


def _case(desk: Examiner, path: Path, received: datetime | None) -> Case:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    letter = desk.parse(path, digest)
    written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return desk.examine(letter, desk.receipt(letter, None, given=received, fallback=written))


def as_dict(path: Path, case: Case, verdict: Verdict) -> dict[str, Any]:
    """Return the documented JSON object of one letter."""
    letter, place = case.letter, case.place
    opinion = case.from_form if case.from_form.level != "none" else case.from_subject
    return {
        "file": str(path),
        "digest": letter.digest,
        "subject": letter.subject,
        "from": {"name": letter.from_.name, "address": letter.from_.address} if letter.from_ else None,
        "date": letter.date.astimezone(UTC).isoformat() if letter.date else None,
        "message_id": letter.message_id,
        "attachments": [
            {
                "name": attachment.name,
                "type": attachment.type,
                "size": attachment.size,
                "sha256": attachment.sha256,
                "via": attachment.via,
            }
            for attachment in letter.attachments
        ],
        "received": {
            "at": case.receipt.at.astimezone(UTC).isoformat(),
            "clock": case.receipt.clock,
            "clocks": {clock.name: clock.at.astimezone(UTC).isoformat() for clock in case.receipt.clocks},
        },
        "call": case.call.id if case.call else None,
        "subject_level": case.subject.level,
        "place": {
            "katottg": place.code if place else None,
            "name": place.name if place else None,
            "oblast": place.oblast if place else opinion.oblast,
            "level": "exact" if place else opinion.level,
            "by": case.place_by,
        },
        "trust": case.trust,
        "disposition": str(verdict.disposition),
        "findings": [{"code": finding.code, **finding.facts} for finding in verdict.findings],
        "answerable": verdict.answerable,
        "reply": verdict.template if verdict.answerable else None,
        "fields": case.application.fields if case.application else {},
        "form": _form(case, verdict),
        "defects": list(letter.defects),
    }


def _form(case: Case, verdict: Verdict) -> str | None:
    """Return the digest of the file read as the application; of one that looks like some form when none was."""
    if verdict.disposition is Disposition.DISCARD:
        return None
    if case.application is not None:
        return case.application.form or None
    eligible = zip(case.letter.attachments, case.readings, strict=True)
    return likely_form([reading for attachment, reading in eligible if attachment.via != "bounce"])


def _show(console: Console, path: Path, case: Case, verdict: Verdict) -> None:
    facts = as_dict(path, case, verdict)
    table = Table(title=str(path), title_justify="left", show_header=False, box=None, padding=(0, 2, 0, 0))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    sender = facts["from"]
    local = case.receipt.at.astimezone(case.call.zone if case.call else UTC)
    rows = [
        ("subject", facts["subject"]),
        ("from", f"{sender['name']} <{sender['address']}>" if sender else "-"),
        ("received", f"{local:%d.%m.%Y %H:%M:%S %Z} by {case.receipt.clock}"),
        ("call", facts["call"] or "-"),
        (
            "place",
            f"{case.place.full}, {case.place.oblast} ({case.place_by})"
            if case.place
            else facts["place"]["level"],
        ),
        ("files", ", ".join(item["name"] or "(no name)" for item in facts["attachments"]) or "-"),
        ("sender trust", case.trust),
        ("verdict", facts["disposition"]),
        *((f"  {finding.code}", _words(finding.facts)) for finding in verdict.findings),
        ("reply", facts["reply"] or "none"),
        ("defects", ", ".join(facts["defects"]) or "-"),
    ]
    for name, value in rows:
        table.add_row(name, str(value))
    console.print(table, markup=False)
    console.print()


def _words(facts: Any) -> str:
    return ", ".join(f"{key}={value}" for key, value in facts.items())

"""`intake why NUMBER|DIGEST`: everything that led to a decision: clocks, evidence, every finding, replies, history."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rich.table import Table

from intake.commands import DONE, MISTAKE
from intake.commands.output import Console, json_line, local
from intake.config import Config
from intake.database import Connection, connect, migrate, reading
from intake.ledger import read


def run(config: Config, name: str, *, as_json: bool) -> int:
    """Explain an application (by number) or a letter (by the start of its digest)."""
    engine = connect(config.database_url)
    try:
        migrate(engine)
        with reading(engine) as tx:
            digests = read.digests_of(tx, name)
            alike = () if digests else read.digests_beginning(tx, name)
            explained = [_explain(tx, digest) for digest in digests]
    finally:
        engine.dispose()
    if not explained:
        told = (
            f"Several letters begin with {name!r}: {', '.join(digest[:12] for digest in alike)}. Write more of it."
            if alike
            else f"Nothing in the ledger is called {name!r}. An application number ({config.calls[0].prefix}-014) or at least "
            f"the first {read.SHORTEST_DIGEST} characters of a letter's digest are wanted; «intake status» counts what there is."
        )
        Console(stderr=True, soft_wrap=True).print(told, style="red", markup=False)
        return MISTAKE
    zone = config.calls[0].zone
    for one in explained:
        if as_json:
            json_line(one)
        else:
            _show(Console(), one, zone)
    return DONE


def _explain(tx: Connection, digest: str) -> dict[str, Any]:
    row = read.letter_row(tx, digest)
    return {
        "digest": row.digest,
        "state": row.state,
        "number": row.number,
        "call": row.call_id,
        "subject": row.subject,
        "from": {"name": row.from_name, "address": row.from_address},
        "message_id": row.message_id,
        "received_at": row.received_at,
        "receipt_clock": row.receipt_clock,
        "clocks": row.clocks,
        "seen": read.sighting_rows(tx, digest),
        "files": row.files,
        "defects": row.defects,
        "evidence": row.evidence,
        "disposition": row.disposition,
        "findings": row.findings,
        "decisions": [
            {"by": item.made_by, "at": item.made_at, "disposition": item.disposition, "rules": item.rules_digest, "note": item.note}
            for item in read.decision_rows(tx, digest)
        ],
        "replies": [
            {"template": reply.template, "to": reply.recipient, "state": reply.state, "at": reply.sent_at or reply.created_at,
             "message_id": reply.message_id, "response": reply.last_response}
            for reply in read.replies_to(tx, digest)
        ],
        "traceback": row.traceback,
    }  # fmt: skip


def _show(console: Console, one: dict[str, Any], zone: ZoneInfo) -> None:
    table = Table(title=f"{one['number'] or 'no number'} · letter {one['digest'][:12]}", title_justify="left", show_header=False, box=None, padding=(0, 2, 0, 0))  # fmt: skip
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")

    def add(name: str, value: object) -> None:
        table.add_row(name, str(value) if value not in ("", None, [], {}) else "-")

    add("state", f"{one['state']}, {one['disposition'] or '-'}")
    add("subject", one["subject"])
    add("from", f"{one['from']['name']} <{one['from']['address']}>")
    add("received", f"{local(one['received_at'], zone)} by {one['receipt_clock']}")
    for clock in one["clocks"]:
        add(f"  {clock['name']}", local(datetime.fromisoformat(clock["at"]), zone))
    for seen in one["seen"]:
        add(
            "  seen",
            f"{seen['account']} {seen['folder']} UID {seen['uid']} (UIDVALIDITY {seen['uidvalidity']})",
        )
    for file in one["files"]:
        add(
            "file",
            f"{file['name']} · {file['type']} · {file['status']} {file['reason']} · sha256 {file['sha256'][:12]}…",
        )
    evidence = one["evidence"]
    if evidence:
        subject = evidence["subject"]
        add(
            "subject says",
            f"{subject['level']}; {_opinion(subject['place'])}; problems: {', '.join(subject['problems']) or 'none'}",
        )
        add("form says", _opinion(evidence["form_place"]))
        add("place taken", f"{evidence['place'] or '-'} by {evidence['place_by'] or '-'}")
        add("sender trust", evidence.get("trust", "unknown"))
        add("belongs to", f"{evidence['known'] or '-'} {evidence['thread']}")
    for finding in one["findings"]:
        facts = ", ".join(f"{key}={value}" for key, value in finding["facts"].items())
        add(f"finding {finding['code']}", f"→ {finding['disposition']}; {facts}")
    for decision in one["decisions"]:
        add(
            "decision",
            f"{decision['disposition']} by {decision['by']} at {local(decision['at'], zone)}, rules {decision['rules'] or '-'}"
            + (f": {decision['note']}" if decision["note"] else ""),
        )
    for reply in one["replies"]:
        add(
            "reply",
            f"{reply['template']} to {reply['to']}: {reply['state']} {local(reply['at'], zone)} {reply['response']}",
        )
    for defect in one["defects"]:
        add("repaired", defect)
    if one["traceback"]:
        add("traceback", one["traceback"])
    console.print(table, markup=False)
    console.print()


def _opinion(opinion: dict[str, Any]) -> str:
    if opinion["level"] == "none":
        return "no place"
    candidates = f"; candidates: {'; '.join(opinion['candidates'])}" if opinion["candidates"] else ""
    return f"{opinion['level']} {opinion['place'] or ''} «{opinion['text']}»{candidates}"

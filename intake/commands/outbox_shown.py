"""What `intake outbox` shows: the list of replies, and one of them with its exact text and what people did about it."""

import email
import hashlib
import sys
from collections.abc import Sequence
from datetime import datetime
from email import policy
from email.message import EmailMessage
from typing import Any

from rich.table import Table

from intake.commands import ATTENTION, DONE
from intake.commands.output import Console, json_line, local, many
from intake.config import Config
from intake.database import Engine, reading
from intake.parsing.words import Notes, decode_field
from intake.sending import limits_of
from intake.station import utc_now
from outbox import store
from outbox.words import duration_words

# Somebody must do something about these.
UNEASY_STATES = ("held", "uncertain", "failed")


def code_of(message_id: str) -> str:
    """Return the short name of a reply, as the workbook shows it."""
    return hashlib.sha256(message_id.encode()).hexdigest()[:12]


def list_(engine: Engine, config: Config, rows: Sequence[store.Listed], *, drafts: int, as_json: bool) -> int:
    """Print replies; `drafts` counts those not among them that are only written."""
    now = utc_now()
    with reading(engine) as tx:
        flow = store.flow(tx, now, limits_of(tx, config))
    if as_json:
        for one in rows:
            json_line(_object(one, now))
    else:
        _print_list(config, rows, flow, now, drafts)
    uneasy = any(one.state in UNEASY_STATES for one in rows)
    return ATTENTION if uneasy or flow.held else DONE


def _print_list(
    config: Config, rows: Sequence[store.Listed], flow: store.Flow, now: datetime, drafts: int
) -> None:
    console = Console()
    table = Table(title="Outbox", title_justify="left")
    for heading in ("code", "state", "age", "reply", "number", "to", "words"):
        # What people copy stays in one piece, however narrow their window is.
        table.add_column(heading, overflow="fold", no_wrap=heading in {"code", "state", "number"})
    for one in rows:
        words = one.last_response
        if one.not_before is not None and one.not_before > now:
            words = f"not before {local(one.not_before, config.calls[0].zone)}"
        elif one.state == "pending" and one.due_at > now:
            words = f"again {local(one.due_at, config.calls[0].zone)}: {words}"
        table.add_row(
            code_of(one.message_id), one.state, _age(one, now), one.template, one.number or "-", one.recipient,
            "" if one.state == "sent" else words,
        )  # fmt: skip
    if rows:
        console.print(table, markup=False)
    else:
        console.print("Nothing waits in the outbox.")
    if drafts:
        console.print(
            f"{many(drafts, 'draft')}, never sent, as files in {config.drafts_path} from the next cycle on. «intake outbox --all» lists them, "
            "«intake outbox approve CODE…» sends those you name.",
            markup=False,
            soft_wrap=True,
        )
    if flow.held:
        console.print(
            f"HELD: {many(flow.left, 'reply', 'replies')} left in the past hour, {flow.due} wait, {flow.made} were made in it. "
            "Look at them; «intake outbox release» lets them go, «intake outbox cancel» takes them back.",
            style="red",
            markup=False,
        )


def _age(one: store.Listed, now: datetime) -> str:
    return duration_words(max(int((now - one.created_at).total_seconds()), 0), "en").replace(
        "\N{NO-BREAK SPACE}", " "
    )


def _object(one: store.Listed, now: datetime) -> dict[str, Any]:
    return {
        "code": code_of(one.message_id),
        "state": one.state,
        "age_seconds": max(int((now - one.created_at).total_seconds()), 0),
        "template": one.template,
        "number": one.number,
        "call": one.call_id,
        "to": one.recipient,
        "subject": one.subject,
        "attempts": one.attempts,
        "created_at": one.created_at,
        "due_at": one.due_at,
        "not_before": one.not_before,
        "sent_at": one.sent_at,
        "response": one.last_response,
        "message_id": one.message_id,
    }


def show(engine: Engine, config: Config, rows: Sequence[store.Listed], *, as_json: bool) -> int:
    """Print replies with their exact text, and what people did about them."""
    now, zone = utc_now(), config.calls[0].zone
    with reading(engine) as tx:
        for one in rows:
            whole = store.whole(tx, one.message_id)
            assert whole is not None
            headers, text = _text(whole.octets)
            done = store.interventions_of(tx, one.message_id)
            if as_json:
                history = [{"action": it.action, "by": it.made_by, "at": it.made_at} for it in done]
                json_line(_object(one, now) | {"text": text, "interventions": history})
                continue
            for name in ("Date", "From", "To", "Subject", "Message-ID", "In-Reply-To"):
                if name in headers:
                    sys.stdout.write(f"{name}: {headers[name]}\n")
            sys.stdout.write(f"State: {one.state} {one.last_response}".rstrip() + "\n")
            for it in done:
                sys.stdout.write(f"{it.action.capitalize()}: {it.made_by}, {local(it.made_at, zone)}\n")
            sys.stdout.write(f"\n{text}\n")
    return DONE


def _text(octets: bytes) -> tuple[dict[str, str], str]:
    """Return the headers of a message as people read them, and its text."""
    message = email.message_from_bytes(octets, policy=policy.default)
    assert isinstance(message, EmailMessage)
    part = message.get_body(("plain",))
    # The standard library keeps the blank between two encoded words of a name, which is none (RFC 2047, 6.2).
    headers = {
        name: decode_field(_unfolded(str(value)).encode("utf-8", "surrogateescape"), name, Notes())
        for name, value in message.raw_items()
    }
    return headers, part.get_content() if part is not None else ""


def _unfolded(value: str) -> str:
    """Return a header's body on one line (RFC 5322, 2.2.3)."""
    return value.replace("\r", "").replace("\n", "")

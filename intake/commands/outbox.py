"""`intake outbox`: what waits to leave, what left and how it went; a person lets replies go, takes them back, repeats them.

What somebody does is kept with name and time. A worker may be at work meanwhile: it sends what was let go at its next
cycle, and what it is sending at this moment nobody can touch.
"""

import email
import getpass
import hashlib
import re
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from enum import StrEnum
from typing import Any

import typer
from rich.table import Table

from intake.commands import ATTENTION, DONE, MISTAKE
from intake.commands.output import Console, json_line, local
from intake.config import Config
from intake.database import Connection, Engine, connect, migrate, reading, writing
from intake.ledger import health
from intake.sending import LET_GO, limits_of
from intake.station import utc_now
from outbox import store
from outbox.words import duration_words

# What has not left for good: shown when nobody asks for more.
OPEN_STATES = ("held", "pending", "sending", "uncertain", "failed")
# Somebody must do something about these.
UNEASY_STATES = ("held", "uncertain", "failed")

_HEX = re.compile(r"[0-9a-f]{4,12}")


class Act(StrEnum):
    """What `intake outbox` is asked to do."""

    LIST = "list"
    SHOW = "show"
    APPROVE = "approve"
    CANCEL = "cancel"
    RESEND = "resend"
    RELEASE = "release"


_DOES: dict[Act, store.Action] = {
    Act.APPROVE: "approved",
    Act.CANCEL: "cancelled",
    Act.RESEND: "resent",
}


def run(
    config: Config, act: Act, names: Sequence[str], *, everything: bool, by: str, yes: bool, as_json: bool
) -> int:
    """Do what was asked; return 0, 1 when something waits for a person or was left as it was, 2 on a wrong use.

    `names` are codes as in the list, application numbers, addresses or Message-IDs; `everything` takes all that the
    action is for. Without `yes` a person is asked first. `by` is who does it, the login name when empty.
    """
    engine = connect(config.database_url)
    try:
        migrate(engine)
        if act is Act.RELEASE:
            return _release(engine, by or getpass.getuser(), as_json=as_json)
        with reading(engine) as tx:
            known = store.listed(tx, limit=100_000)
        chosen, unknown = _chosen(known, names)
        if unknown:
            return _refuse(
                f"Nothing in the outbox is called {', '.join(unknown)}. A code from «intake outbox», an application's "
                "number, an address or a Message-ID is wanted."
            )
        if act is Act.LIST:
            return _list(engine, config, known if everything else chosen or _open(known), as_json=as_json)
        if act is Act.SHOW:
            return _show(engine, config, chosen, as_json=as_json)
        action = _DOES[act]
        if everything and act is not Act.APPROVE:
            return _refuse(f"--all is for approve and list only: name what you want to {act}.")
        if everything:
            chosen = tuple(one for one in known if one.state == "held")
        elif not chosen:
            return _refuse(f"Name what you want to {act}{', or say --all' if act is Act.APPROVE else ''}.")
        return _act(engine, action, chosen, by=by or getpass.getuser(), yes=yes, as_json=as_json)
    finally:
        engine.dispose()


def code_of(message_id: str) -> str:
    """Return the short name of a reply, as the workbook shows it."""
    return hashlib.sha256(message_id.encode()).hexdigest()[:12]


def _open(known: Sequence[store.Listed]) -> tuple[store.Listed, ...]:
    return tuple(one for one in known if one.state in OPEN_STATES)


def _chosen(
    known: Sequence[store.Listed], names: Sequence[str]
) -> tuple[tuple[store.Listed, ...], tuple[str, ...]]:
    """Return the replies that are named, in the list's order, and the names that mean none."""
    found: set[str] = set()
    unknown = []
    for name in names:
        meant = {one.message_id for one in known if _is_called(one, name.strip())}
        if not meant:
            unknown.append(repr(name))
        found |= meant
    return tuple(one for one in known if one.message_id in found), tuple(unknown)


def _is_called(one: store.Listed, name: str) -> bool:
    if _HEX.fullmatch(name.lower()) and code_of(one.message_id).startswith(name.lower()):
        return True
    return name in (one.number, one.message_id, one.message_id.strip("<>")) or (
        one.recipient.lower() == name.lower()
    )


def _list(engine: Engine, config: Config, rows: Sequence[store.Listed], *, as_json: bool) -> int:
    now = utc_now()
    with reading(engine) as tx:
        flow = store.flow(tx, now, limits_of(tx, config))
    if as_json:
        for one in rows:
            json_line(_object(one, now))
    else:
        _print_list(config, rows, flow, now)
    uneasy = any(one.state in UNEASY_STATES for one in rows)
    return ATTENTION if uneasy or flow.held else DONE


def _print_list(config: Config, rows: Sequence[store.Listed], flow: store.Flow, now: datetime) -> None:
    console = Console()
    table = Table(title="Outbox", title_justify="left")
    for heading in ("code", "state", "age", "reply", "number", "to", "words"):
        table.add_column(heading, overflow="fold")
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
    if flow.held:
        console.print(
            f"HELD: {flow.left} replies left in the past hour, {flow.due} wait, {flow.made} were made in it. "
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


def _show(engine: Engine, config: Config, rows: Sequence[store.Listed], *, as_json: bool) -> int:
    """Print replies with their exact text, and what people did about them."""
    if not rows:
        return _refuse("Name what you want to see.")
    now, zone = utc_now(), config.calls[0].zone
    with reading(engine) as tx:
        for one in rows:
            whole = store.whole(tx, one.message_id)
            assert whole is not None
            message, text = _text(whole.octets)
            done = store.interventions_of(tx, one.message_id)
            if as_json:
                history = [{"action": it.action, "by": it.made_by, "at": it.made_at} for it in done]
                json_line(_object(one, now) | {"text": text, "interventions": history})
                continue
            for name in ("Date", "From", "To", "Subject", "Message-ID", "In-Reply-To"):
                if message[name]:
                    sys.stdout.write(f"{name}: {message[name]}\n")
            sys.stdout.write(f"State: {one.state} {one.last_response}".rstrip() + "\n")
            for it in done:
                sys.stdout.write(f"{it.action.capitalize()}: {it.made_by}, {local(it.made_at, zone)}\n")
            sys.stdout.write(f"\n{text}\n")
    return DONE


def _text(octets: bytes) -> tuple[EmailMessage, str]:
    message = email.message_from_bytes(octets, policy=policy.default)
    assert isinstance(message, EmailMessage)
    part = message.get_body(("plain",))
    return message, part.get_content() if part is not None else ""


def _act(
    engine: Engine,
    action: store.Action,
    rows: Sequence[store.Listed],
    *,
    by: str,
    yes: bool,
    as_json: bool,
) -> int:
    if rows and not yes:
        for one in rows:
            typer.echo(
                f"{code_of(one.message_id)}  {one.state}  {one.template}  {one.number or '-'}  {one.recipient}",
                err=True,
            )
        try:
            agreed = typer.confirm(f"{len(rows)} replies will be {action}. Go on?", err=True)
        except typer.Abort:
            return _refuse("Nobody was there to answer: say --yes.")
        if not agreed:
            return ATTENTION
    with writing(engine) as tx:
        done = store.act(tx, [one.message_id for one in rows], action, by=by, now=datetime.now(UTC))
        left = _left_alone(tx, rows, done)
    for one in rows:
        if one.message_id in done and as_json:
            json_line({"code": code_of(one.message_id), "number": one.number, action: True, "by": by})
    if not as_json:
        Console().print(f"{action}: {len(done)}", markup=False)
    for code, state in left:
        Console(stderr=True).print(f"{code} was left as it is: {state}", style="red", markup=False)
    return ATTENTION if left else DONE


def _left_alone(
    tx: Connection, rows: Sequence[store.Listed], done: Sequence[str]
) -> tuple[tuple[str, str], ...]:
    """Return codes and states of the replies nothing was done about."""
    states = {one.message_id: one.state for one in store.listed(tx, limit=100_000)}
    return tuple(
        (code_of(one.message_id), states[one.message_id]) for one in rows if one.message_id not in done
    )


def _release(engine: Engine, by: str, *, as_json: bool) -> int:
    """Let a held outbox go: from now on its hour is counted anew."""
    with writing(engine) as tx:
        health.note(tx, LET_GO, {"by": by}, utc_now())
        health.end_alarm(tx, "outbox_held", "", utc_now())
    if as_json:
        json_line({"released": True, "by": by})
    else:
        Console().print("released: replies leave at the next cycle")
    return DONE


def _refuse(sentence: str) -> int:
    Console(stderr=True).print(sentence, style="red", markup=False, highlight=False, soft_wrap=True)
    return MISTAKE

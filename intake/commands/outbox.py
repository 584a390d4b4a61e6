"""`intake outbox`: what waits to leave, what left and how it went; a person lets replies go, takes them back, repeats them.

What somebody does is kept with name and time. A worker may be at work meanwhile: it sends what was let go at its next
cycle, and what it is sending at this moment nobody can touch.
"""

import getpass
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum

import typer

from intake.commands import ATTENTION, DONE, MISTAKE
from intake.commands.outbox_shown import code_of, list_, show
from intake.commands.output import Console, json_line, many
from intake.config import Config
from intake.database import Connection, Engine, connect, migrate, reading, writing
from intake.ledger import health
from intake.sending import LET_GO, limits_of
from intake.station import utc_now
from outbox import store

# What has not left for good: shown when nobody asks for more.
OPEN_STATES = ("held", "pending", "sending", "uncertain", "failed")

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
            return _release(engine, config, by or getpass.getuser(), as_json=as_json)
        with reading(engine) as tx:
            known = store.listed(tx, limit=100_000)
        chosen, unknown = _chosen(known, names)
        if unknown:
            return _refuse(
                f"Nothing in the outbox is called {', '.join(unknown)}. A code from «intake outbox», an application's "
                "number, an address or a Message-ID is wanted."
            )
        if act is Act.LIST:
            listed = known if everything else chosen or _open(known)
            hidden = 0 if names else _drafts(known) - _drafts(listed)
            return list_(engine, config, listed, drafts=hidden, as_json=as_json)
        if act is Act.SHOW:
            if not chosen:
                return _refuse("Name what you want to see.")
            return show(engine, config, chosen, as_json=as_json)
        action = _DOES[act]
        if everything and act is not Act.APPROVE:
            return _refuse(f"--all is for approve and list only: name what you want to {act}.")
        if everything:
            chosen = tuple(one for one in known if one.state == "held")
            if not chosen and (drafts := _drafts(known)):
                return _left_drafts(drafts)
        elif not chosen:
            return _refuse(f"Name what you want to {act}{', or say --all' if act is Act.APPROVE else ''}.")
        return _act(engine, action, chosen, by=by or getpass.getuser(), yes=yes, as_json=as_json)
    finally:
        engine.dispose()


def _open(known: Sequence[store.Listed]) -> tuple[store.Listed, ...]:
    return tuple(one for one in known if one.state in OPEN_STATES)


def _drafts(known: Sequence[store.Listed]) -> int:
    return sum(one.state == "draft" for one in known)


def _left_drafts(count: int) -> int:
    """Say that --all takes no drafts: they were written while nobody meant to send, and may be old."""
    Console(stderr=True).print(
        f"No reply is held. {many(count, 'draft was', 'drafts were')} left as {'it is' if count == 1 else 'they are'}: "
        "«intake outbox --all» lists them, «intake outbox approve CODE…» sends those you name.",
        style="red", markup=False, soft_wrap=True,
    )  # fmt: skip
    return ATTENTION


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
            agreed = typer.confirm(
                f"{many(len(rows), 'reply', 'replies')} will be {action}. Go on?", err=True
            )
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


def _release(engine: Engine, config: Config, by: str, *, as_json: bool) -> int:
    """Let a held outbox go: from now on its hour is counted anew. One that is not held is left alone."""
    with writing(engine) as tx:
        held = store.flow(tx, utc_now(), limits_of(tx, config)).held
        waiting = sum(one.state == "held" for one in store.listed(tx, limit=100_000))
        if not held:
            return _not_held(waiting, as_json=as_json)
        health.note(tx, LET_GO, {"by": by}, utc_now())
        health.end_alarm(tx, "outbox_held", "", utc_now())
    if as_json:
        json_line({"released": True, "by": by})
    else:
        Console().print("released: replies leave at the next cycle")
    return DONE


def _not_held(waiting: int, *, as_json: bool) -> int:
    if as_json:
        json_line({"released": False})
        return DONE
    told = "The outbox is not held: there is nothing to release."
    if waiting:
        told += f" {many(waiting, 'reply waits', 'replies wait')} for approval: «intake outbox approve»."
    Console(soft_wrap=True).print(told, markup=False)
    return DONE


def _refuse(sentence: str) -> int:
    Console(stderr=True).print(sentence, style="red", markup=False, highlight=False, soft_wrap=True)
    return MISTAKE

"""`intake results`: what the commission decided, looked at first, sent only when confirmed, and for a while taken back."""

from collections.abc import Iterator
from datetime import timedelta
from getpass import getuser
from pathlib import Path
from typing import Any

from rich.prompt import Prompt
from rich.table import Table

from intake.commands import ATTENTION, DONE, MISTAKE, WORLD
from intake.commands.output import Console, json_line, local, many
from intake.config import Config
from intake.database import Engine, connect, migrate, writing
from intake.readers.pool import ReaderPool
from intake.result_letters import Note
from intake.results import Preview, preview, send, undo
from intake.station import examiner, utc_now
from intake.workbook import WorkbookTrouble
from rules.call import Call

WORDS = {
    "two_decisions": "has two decisions: {decisions}",
    "unknown_decision": "has a decision that is none of the list: {decision}",
    "changed": "was told {told!r} ({state}, {at}), and is now {now!r}; to tell it all the same: --again {number}",
    "people_changed": "has other people since {at}, after {decision} was typed: look, then empty the cell and type it anew, or: --again {number}",
    "withdrawn": "was withdrawn by the applicant, and is now {decision}",
    "place_unknown": "has a corrected place that is no official one: {place}",
    "place_refused": "has a corrected place that does not count ({why}): {place}",
    "switched_off": "would be told {template!r}, which replies.off forbids",
    "undeliverable": "has no address a letter could be sent to",
    "no_letter": "has no letter in the archive that it could answer",
    "row_deleted": "has lost its row in the workbook; its decision is remembered",
    "not_complete": "is selected and its status is {status}",
    "address_undeliverable": "has an address nothing can be sent to: {address}",
    "came_back": "was sent a result before that came back from {address}",
}


def run(
    config: Config,
    call_id: str,
    *,
    sending: bool,
    confirmed: bool,
    hold_minutes: int,
    again: tuple[str, ...],
    as_json: bool,
) -> int:
    """Show the letters about the selection; with `sending` put them into the outbox once somebody has confirmed.

    They are held there for `hold_minutes`. Return 0, 1 when something needs people first, 2 for a wrong id, 3 when the
    workbook cannot be read.
    """
    call = _call(config, call_id)
    if call is None:
        return MISTAKE
    engine = connect(config.database_url)
    try:
        migrate(engine)
        with ReaderPool(config.limits) as readers:
            shown = preview(
                engine, config, call, examiner(config, readers), now=utc_now(), again=frozenset(again)
            )
        if as_json:
            for line in _lines(shown):
                json_line(line)
        else:
            _show(Console(soft_wrap=True), call, shown, config.workbook_path(call))
        if sending and shown.letters:
            return _send(engine, call, shown, confirmed=confirmed, hold_minutes=hold_minutes)
    except WorkbookTrouble as trouble:
        Console(stderr=True).print(str(trouble), style="red", markup=False)
        return WORLD
    finally:
        engine.dispose()
    return ATTENTION if shown.conflicts or shown.warnings or shown.undecided else DONE


def _send(engine: Engine, call: Call, shown: Preview, *, confirmed: bool, hold_minutes: int) -> int:
    console = Console(stderr=True, soft_wrap=True)
    count = str(len(shown.letters))
    if not confirmed:
        try:
            answer = Prompt.ask(
                f"To send these letters type their number ({count}); anything else sends nothing",
                console=console,
            )
        except EOFError:
            answer = ""
        if answer.strip() != count:
            console.print("Nothing was sent.")
            return ATTENTION
    now = utc_now()
    until = now + timedelta(minutes=hold_minutes)
    with writing(engine) as tx:
        letters, applications = send(tx, shown, call, hold_until=until, by=getuser()[:120], now=now)
    console.print(
        f"{many(letters, 'letter')} for {many(applications, 'application')} in the outbox; none leaves before {local(until, call.zone)}. "
        f"Until then: intake results --call {call.id} --undo",
        markup=False,
    )
    if call.replies.mode != "send":
        console.print(f'replies.mode is "{call.replies.mode}": they are prepared and not sent.', markup=False)
    return ATTENTION if shown.conflicts or shown.undecided else DONE


def take_back(config: Config, call_id: str) -> int:
    """Take back every result of a call that has not left yet; return 0, or 1 when some had left."""
    call = _call(config, call_id)
    if call is None:
        return MISTAKE
    engine = connect(config.database_url)
    try:
        migrate(engine)
        with writing(engine) as tx:
            back, left = undo(tx, call, by=getuser()[:120], now=utc_now())
    finally:
        engine.dispose()
    console = Console(soft_wrap=True)
    console.print(f"Taken back: {many(len(back), 'letter')}. Had left before: {left}.")
    return ATTENTION if left else DONE


def _call(config: Config, call_id: str) -> Call | None:
    found = next((call for call in config.calls if call.id == call_id), None)
    if not call_id and len(config.calls) == 1:
        found = config.calls[0]
    if found is None:
        names = ", ".join(call.id for call in config.calls)
        Console(stderr=True).print(f"Which call? --call and one of: {names}", style="red", markup=False)
    return found


def _show(console: Console, call: Call, shown: Preview, path: Path) -> None:
    console.print(f"{call.title}: {path}", markup=False)
    decisions = ", ".join(f"{name} {count}" for name, count in shown.counts.items()) or "none"
    console.print(f"decisions: {decisions}")
    if shown.outcomes:
        table = Table()
        for header in ("application", "place", "score", "letter", "to"):
            table.add_column(header, overflow="fold")
        for one in shown.outcomes:
            to = "\n".join(letter.recipient for letter in one.letters)
            table.add_row(one.number, one.place, one.score or "-", one.choice, to)
        console.print(table, markup=False)
    for name, numbers in (
        ("already told", shown.told),
        ("no letter for these decisions", shown.silent),
        ("not decided yet", shown.undecided),
    ):
        if numbers:
            console.print(f"{name} ({len(numbers)}): {', '.join(numbers)}", markup=False)
    for note in shown.warnings:
        console.print(f"look: {_told(note, call)}", style="yellow", markup=False)
    for note in shown.conflicts:
        console.print(f"conflict, no letter: {_told(note, call)}", style="red", markup=False)
    if shown.letters:
        console.print(
            f"{many(len(shown.letters), 'letter')} for {many(len(shown.outcomes), 'application')} would be sent. "
            f"To send them: intake results --call {call.id} --send",
            markup=False,
        )
    else:
        console.print("There is nothing to send.")


def _told(note: Note, call: Call) -> str:
    facts = {
        name: local(value, call.zone)
        if name == "at"
        else " / ".join(value)
        if isinstance(value, list)
        else value
        for name, value in note.facts.items()
    }
    return f"{note.number} {WORDS[note.code].format(number=note.number, **facts)}"


def _lines(shown: Preview) -> Iterator[dict[str, Any]]:
    """Yield the documented JSON objects: letters, then what needs people."""
    for outcome in shown.outcomes:
        for letter in outcome.letters:
            yield {
                "application": outcome.number,
                "decision": outcome.choice,
                "place": outcome.place,
                "score": outcome.score,
                "to": letter.recipient,
                "subject": letter.subject,
                "message_id": letter.message_id,
            }
    yield {
        "decisions": dict(shown.counts),
        "letters": len(shown.letters),
        "told": list(shown.told),
        "silent": list(shown.silent),
        "undecided": list(shown.undecided),
        "conflicts": [{"application": one.number, "code": one.code, **one.facts} for one in shown.conflicts],
        "warnings": [{"application": one.number, "code": one.code, **one.facts} for one in shown.warnings],
    }

"""`intake export`, `intake publish`, `intake workbook --check`: the workbook for others, now, and before it is written."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from enum import StrEnum
from pathlib import Path

from intake import jobs, workbook
from intake.commands import ATTENTION, DONE, MISTAKE, WORLD
from intake.commands.output import Console, json_line
from intake.config import Config, Secrets
from intake.database import connect, migrate, reading
from intake.decisions.pending import pending
from intake.station import open_station, utc_now
from intake.workbook import export as tables
from intake.workbook.values import text_of
from rules.call import Call


class Form(StrEnum):
    """What is handed out: one sheet as CSV, sheets as a plain workbook, the participants for mail merge."""

    CSV = "csv"
    XLSX = "xlsx"
    MERGE = "merge"


def export(
    config: Config, *, call_id: str, form: Form, sheet: str, contacts: bool, target: Path | None
) -> int:
    """Write the rows of a call to a file beside the workbook, or to `target`.

    Beside the workbook each export has a name of its own, and takes the place of the same one of before. Return 0, 2 for
    a name that is unknown or of another kind of file, 3 when the file cannot be written.
    """
    console, complaints = Console(), Console(stderr=True)
    if target is not None and (wrong := _unfit(config, form, target)):
        complaints.print(wrong, style="red", markup=False, soft_wrap=True)
        return MISTAKE
    call = _call(config, call_id)
    if call is None:
        complaints.print(_unknown_call(config, call_id), style="red", markup=False)
        return MISTAKE
    engine = connect(config.database_url)
    try:
        migrate(engine)
        told = workbook.exported(engine, call)
    finally:
        engine.dispose()
    if form is Form.MERGE:
        chosen = [told["people"]]
    elif form is Form.XLSX and not sheet:
        chosen = [told["applications"], told["people"]]
    else:
        named = [one for key, one in told.items() if (sheet or "applications") in {key, one.name}]
        if not named:
            names = ", ".join(one.name for one in told.values())
            complaints.print(
                f"There is no sheet {sheet!r}; there are: {names}", style="red", markup=False, soft_wrap=True
            )
            return MISTAKE
        chosen = named[:1]
    if not contacts:
        private = workbook.private(call)
        chosen = [tables.without_contacts(one, private) for one in chosen]
    path = target or _beside(config, call, form, chosen, contacts=contacts)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if form is Form.CSV:
            path.write_bytes(tables.as_csv(chosen[0]))
        else:
            tables.save_xlsx([replace(one, name=one.name[:31]) for one in chosen], path)
    except OSError as error:
        complaints.print(f"{path}: {error.strerror or error}", style="red", markup=False)
        return WORLD
    counts = ", ".join(f"{one.name}: {len(one.rows)}" for one in chosen)
    console.print(f"{path}: {counts}", markup=False, soft_wrap=True)
    return DONE


def publish(config: Config) -> int:
    """Bring every workbook and its cards up to date once; return 0, 1 when one had to wait, 3 on trouble."""
    console = Console()
    with open_station(config, Secrets()) as station:
        published = jobs.publish(station)
    for one in published:
        console.print(f"workbook {one.path}: {one.status} {one.note}".rstrip(), markup=False, soft_wrap=True)
        for typed in one.typed:
            console.print(f"  {_typed(typed)}", markup=False, soft_wrap=True)
    if len(published) < len(config.calls):
        return WORLD
    return ATTENTION if any(one.status in {"locked", "blocked"} for one in published) else DONE


def check(config: Config, *, as_json: bool) -> int:
    """Show what people changed in the workbooks, what their decisions would cause, conflicts, what would be written.

    Nothing is written anywhere.

    Return 0, or 1 when something would be in the way of writing or two sides changed one cell.
    """
    console = Console()
    result = DONE
    for call in config.calls:
        engine = connect(config.database_url)
        try:
            migrate(engine)
            path = config.workbook_path(call)
            seen = workbook.examined(engine, call, path, now=utc_now(), attachments=config.attachments_path)
            with reading(engine) as tx:
                waiting = pending(tx, call, seen.memory)
        finally:
            engine.dispose()
        if seen.in_the_way or seen.conflicts:
            result = ATTENTION
        if as_json:
            json_line(workbook.as_facts(seen) | {"pending": [asdict(one) for one in waiting]})
            continue
        console.print(f"{call.id}: {path}", markup=False, soft_wrap=True)
        for line in seen.in_the_way:
            console.print(f"  in the way: {line}", style="red", markup=False, soft_wrap=True)
        for typed in seen.typed:
            console.print(f"  people: {_typed(typed)}", markup=False, soft_wrap=True)
        for one in seen.conflicts:
            console.print(
                f"  conflict: {one.sheet} / {one.row} / {one.header}: people {text_of(one.person)!r}, "
                f"letter before {text_of(one.before)!r}, now {text_of(one.now)!r}",
                style="yellow", markup=False, soft_wrap=True,
            )  # fmt: skip
        for todo in waiting:
            console.print(
                f"  to be done: {' '.join(filter(None, (todo.row, todo.field)))}: {todo.typed!r}: {todo.causes}",
                style="red" if todo.refused else "", markup=False, soft_wrap=True,
            )  # fmt: skip
        for name, row in seen.deleted:
            console.print(f"  deleted by people: {name} / {row}", markup=False, soft_wrap=True)
        for name, counts in seen.would_write.items():
            console.print(f"  would write: {name}: {counts}", markup=False, soft_wrap=True)
        if not seen.would_write:
            console.print("  nothing to write")
    return result


def _typed(typed: workbook.Typed) -> str:
    before, after = text_of(typed.before or ""), text_of(typed.after or "")
    if not typed.header:
        return f"{typed.sheet} / {typed.row}: " + ("row deleted" if typed.after else "row came back")
    return f"{typed.sheet} / {typed.row} / {typed.header}: {before!r} → {after!r}"


def _call(config: Config, call_id: str) -> Call | None:
    if not call_id and len(config.calls) == 1:
        return config.calls[0]
    return next((call for call in config.calls if call.id == call_id), None)


def _unknown_call(config: Config, call_id: str) -> str:
    names = ", ".join(call.id for call in config.calls)
    return (
        f"There is no call {call_id!r}; there are: {names}"
        if call_id
        else f"Which call? --call and one of: {names}"
    )


def _ending(form: Form) -> str:
    return ".csv" if form is Form.CSV else ".xlsx"


def _unfit(config: Config, form: Form, target: Path) -> str:
    """Return why nothing is written to a file of this name, "" when it fits."""
    if target.suffix.lower() != _ending(form):
        return f"{target}: --format {form} writes a {_ending(form)} file; name one, e.g. -o {target.with_suffix(_ending(form))}"
    if target.absolute() in {config.workbook_path(call).absolute() for call in config.calls}:
        return f"{target} is the workbook itself; name another file"
    return ""


def _beside(
    config: Config, call: Call, form: Form, chosen: Sequence[tables.Table], *, contacts: bool
) -> Path:
    """Return the file beside the workbook: its name, the sheet's or what the file is for, and that contacts are left out.

    Full stops stand between them: behind a hyphen it would be taken for a copy that OneDrive made (`workbook.locks`).
    """
    path = config.workbook_path(call)
    what = "mail-merge" if form is Form.MERGE else chosen[0].name if len(chosen) == 1 else "export"
    return path.with_name(
        ".".join((path.stem, what, *(() if contacts else ("no-contacts",)))) + _ending(form)
    )

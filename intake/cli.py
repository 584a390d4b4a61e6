"""`intake`: the command line. Every command is a thin door to `intake.commands`; exit codes are documented there."""

import os
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from intake import logs
from intake.commands import (
    MISTAKE,
    WORLD,
    checking,
    exporting,
    forming,
    judging,
    outbox,
    preview,
    reading,
    recognising,
    replaying,
    results,
    status,
    watching,
    why,
    working,
)
from intake.commands.output import Console
from intake.config import Config, ConfigMistake, Secrets, load, secrets
from intake.config_salvage import salvaged
from intake.database import LedgerTrouble
from intake.reload import ConfigWatch
from intake.station import LeaseHeld
from outbox.texts import template_names
from rules.judge import CODES

app = typer.Typer(
    name="intake",
    help="Skrynka: letters in, rows and answers out. See docs/admin.md; exit codes: 0 done, 1 needs attention, 2 mistake, 3 world.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

ConfigOption = Annotated[Path, typer.Option("--config", "-c", help="The configuration file.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object per line.")]
DEFAULT = Path("config.toml")


@app.command()
def check(
    config: ConfigOption = DEFAULT,
    *,
    offline: Annotated[bool, typer.Option("--offline", help="Do not connect to the servers.")] = False,
) -> None:
    """Check config.toml, show each deadline in local time and UTC, connect and log in; send nothing."""
    raise typer.Exit(checking.run(config, _load(config), os.environ, offline=offline))


@app.command()
def run(
    config: ConfigOption = DEFAULT, *, verbose: Annotated[bool, typer.Option("--verbose", "-v")] = False
) -> None:
    """Work until stopped (SIGTERM or Ctrl-C)."""
    logs.configure(verbose=verbose)
    settings = _load(config)
    raise typer.Exit(
        working.run_worker(settings, _secrets(settings), ConfigWatch(config, CODES, template_names("uk")))
    )


@app.command()
def once(
    config: ConfigOption = DEFAULT, *, verbose: Annotated[bool, typer.Option("--verbose", "-v")] = False
) -> None:
    """Do one cycle: collect letters, write the workbook, send replies."""
    logs.configure(verbose=verbose)
    settings = _load(config)
    raise typer.Exit(working.once(settings, _secrets(settings)))


@app.command("status")
def status_(config: ConfigOption = DEFAULT, *, as_json: JsonOption = False) -> None:
    """Show counts by state, the last successful poll, the queue, open alarms."""
    logs.quiet()
    settings, mistakes = _load_or_salvage(config)
    raise typer.Exit(status.run(settings, mistakes=mistakes, as_json=as_json))


@app.command("outbox")
def outbox_(
    action: Annotated[
        outbox.Act,
        typer.Argument(
            help="list; show: the exact text; approve: let held replies go; cancel; resend; release: end a hold of the whole outbox."
        ),
    ] = outbox.Act.LIST,
    names: Annotated[
        list[str] | None, typer.Argument(help="Codes from the list, numbers, addresses or Message-IDs.")
    ] = None,
    config: ConfigOption = DEFAULT,
    *,
    everything: Annotated[
        bool, typer.Option("--all", help="approve: all that are held; list: what has left as well.")
    ] = False,
    by: Annotated[str, typer.Option("--as", help="Who does it; your login name without it.")] = "",
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask first.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Show the replies that wait or failed; let them go, take them back, send them again."""
    logs.quiet()
    settings = _load(config)
    raise typer.Exit(
        outbox.run(settings, action, names or (), everything=everything, by=by, yes=yes, as_json=as_json)
    )


@app.command()
def watch(config: ConfigOption = DEFAULT, *, as_json: JsonOption = False) -> None:
    """Say whether somebody is at work and what is wrong, for cron: silence and 0 when all is well, else 1."""
    logs.quiet()
    settings, mistakes = _load_or_salvage(config)
    raise typer.Exit(watching.run(settings, os.environ, mistakes=mistakes, as_json=as_json))


@app.command("import")
def import_(
    paths: Annotated[list[Path], typer.Argument(help=".eml files, folders of them, mbox files, Maildirs.")],
    config: ConfigOption = DEFAULT,
) -> None:
    """Take in letters from files: the same pipeline without a server."""
    logs.quiet()
    settings = _load(config)
    raise typer.Exit(working.import_mail(settings, Secrets(), paths))


@app.command()
def judge(
    files: Annotated[list[Path], typer.Argument(help=".eml files.")],
    config: ConfigOption = DEFAULT,
    *,
    received: Annotated[
        str,
        typer.Option(
            help="When the server received them, ISO 8601; local time of the first call unless it has an offset."
        ),
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """Show the whole verdict about letters in files; nothing is written, nothing is sent."""
    logs.quiet()
    settings = _load(config)
    raise typer.Exit(judging.run(settings, files, received=_instant(received, settings), as_json=as_json))


@app.command("read")
def read_(
    files: Annotated[
        list[Path], typer.Argument(help="Forms in any format, also in archives and signatures.")
    ],
    config: ConfigOption = DEFAULT,
    *,
    call: Annotated[
        str, typer.Option("--call", help="The id of a call; the one that fits best without it.")
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """Show what would be taken out of forms in files: value, place, how surely, what to ask; nothing is written."""
    logs.quiet()
    raise typer.Exit(reading.run(_load(config), files, call_id=call, as_json=as_json))


@app.command("form")
def form_(
    config: ConfigOption = DEFAULT,
    *,
    call: Annotated[str, typer.Option("--call", help="The id of a call; not needed when there is one.")] = "",
    learn: Annotated[
        Path | None,
        typer.Option("--learn", help="A blank form of somebody else's: propose the fields that read it."),
    ] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="The file to write.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
) -> None:
    """Write the call's blank form as .docx; with --learn, print the fields block for an organiser's own blank."""
    logs.quiet()
    settings = _load(config)
    if learn is not None:
        raise typer.Exit(forming.propose(settings, learn, call_id=call, target=output, force=force))
    raise typer.Exit(forming.write(settings, call_id=call, target=output, force=force))


@app.command()
def subject(
    texts: Annotated[
        list[str], typer.Argument(help="Subjects; - reads them from standard input, one a line.")
    ],
    config: ConfigOption = DEFAULT,
    *,
    as_json: JsonOption = False,
) -> None:
    """Show what a subject says: which call, how well it keeps the rule, which place, what is odd."""
    raise typer.Exit(recognising.subjects(_load(config), texts, as_json=as_json))


@app.command()
def place(
    texts: Annotated[
        list[str], typer.Argument(help="Names as people write them; - reads them from standard input.")
    ],
    config: ConfigOption = DEFAULT,
    *,
    oblast: Annotated[str, typer.Option(help="What the form says as oblast.")] = "",
    raion: Annotated[str, typer.Option(help="What the form says as raion.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Show which official place a name means, how surely, and what else it could be."""
    raise typer.Exit(recognising.places(_load(config), texts, oblast=oblast, raion=raion, as_json=as_json))


@app.command("preview")
def preview_(
    template: Annotated[str, typer.Argument(help="The name of a reply, e.g. accepted.")],
    config: ConfigOption = DEFAULT,
    *,
    call: Annotated[str, typer.Option("--call", help="The id of a call; the first one without it.")] = "",
    html: Annotated[bool, typer.Option("--html", help="Print the HTML instead of the plain text.")] = False,
) -> None:
    """Show a reply as it would look, with sample facts; nothing is sent."""
    raise typer.Exit(preview.run(_load(config), template, call_id=call, html=html))


@app.command()
def replay(
    config: ConfigOption = DEFAULT,
    *,
    diff: Annotated[bool, typer.Option("--diff", help="Only show what would change (the default).")] = False,
    apply: Annotated[
        bool,
        typer.Option("--apply", help="Do it: decisions are added, applications restated, replies prepared."),
    ] = False,
    letters_of: Annotated[
        Path,
        typer.Option(help="Settings whose letters are judged when --config lies elsewhere and has none."),
    ] = DEFAULT,
    as_json: JsonOption = False,
) -> None:
    """Judge every letter of the archive again under the rules as they are now, and show what would change."""
    logs.quiet()
    if diff and apply:
        _fail("--diff only shows and --apply does it; one of them is wanted.", MISTAKE)
    beside = _load(letters_of) if letters_of.exists() and letters_of != config else None
    raise typer.Exit(replaying.run(_load(config), beside=beside, apply=apply, as_json=as_json))


@app.command("why")
def why_(
    name: Annotated[str, typer.Argument(help="An application number or the start of a letter's digest.")],
    config: ConfigOption = DEFAULT,
    *,
    as_json: JsonOption = False,
) -> None:
    """Show every finding about an application or letter with its evidence, clocks and replies."""
    logs.quiet()
    raise typer.Exit(why.run(_load(config), name, as_json=as_json))


@app.command()
def publish(config: ConfigOption = DEFAULT) -> None:
    """Bring the workbooks and cards up to date now, and take in what people typed."""
    logs.quiet()
    raise typer.Exit(exporting.publish(_load(config)))


@app.command("workbook")
def workbook_(
    config: ConfigOption = DEFAULT,
    *,
    check: Annotated[
        bool, typer.Option("--check", help="Only look; nothing is written (the default).")
    ] = True,
    as_json: JsonOption = False,
) -> None:
    """Show what people changed in the workbooks, conflicts, and what would be written; write nothing."""
    assert check
    logs.quiet()
    raise typer.Exit(exporting.check(_load(config), as_json=as_json))


@app.command()
def export(
    config: ConfigOption = DEFAULT,
    *,
    call: Annotated[str, typer.Option(help="The call's id; not needed when there is one call.")] = "",
    form: Annotated[
        exporting.Form,
        typer.Option(
            "--format", help="csv: one sheet; xlsx: applications and participants; merge: for mail merge."
        ),
    ] = exporting.Form.CSV,
    sheet: Annotated[str, typer.Option(help="Which sheet, by its name; Заявки when not given.")] = "",
    no_contacts: Annotated[
        bool, typer.Option("--no-contacts", help="Leave out telephones, addresses and notes: for partners.")
    ] = False,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="The file to write.")] = None,
) -> None:
    """Hand out the rows of a call: CSV for a spreadsheet, a copy without contacts, a source for mail merge."""
    logs.quiet()
    raise typer.Exit(
        exporting.export(
            _load(config), call_id=call, form=form, sheet=sheet, contacts=not no_contacts, target=output
        )
    )


@app.command("results")
def results_(
    config: ConfigOption = DEFAULT,
    *,
    call: Annotated[
        str, typer.Option("--call", help="The call's id; not needed when there is one call.")
    ] = "",
    send: Annotated[
        bool, typer.Option("--send", help="Send them, once the number of letters is typed.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="With --send: do not ask.")] = False,
    hold: Annotated[
        int, typer.Option("--hold", min=0, max=10080, help="Minutes in which they can still be taken back.")
    ] = 30,
    again: Annotated[
        list[str] | None,
        typer.Option(
            "--again", help="A number whose changed result is told although another was told before."
        ),
    ] = None,
    undo: Annotated[
        bool, typer.Option("--undo", help="Take back every result that has not left yet.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Show what applicants would be told about the selection, and with --send tell them."""
    logs.quiet()
    settings = _load(config)
    if undo:
        if send:
            _fail("--undo takes back and --send sends; one of them is wanted.", MISTAKE)
        raise typer.Exit(results.take_back(settings, call))
    raise typer.Exit(
        results.run(
            settings,
            call,
            sending=send,
            confirmed=yes,
            hold_minutes=hold,
            again=tuple(again or ()),
            as_json=as_json,
        )
    )


@app.command()
def demo(
    folder: Annotated[Path, typer.Option(help="Where the demo keeps its files.")] = Path("var/demo"),
    config: ConfigOption = DEFAULT,
    *,
    serve: Annotated[
        bool, typer.Option("--serve", help="Stay up, take letters by SMTP and answer them.")
    ] = False,
) -> None:
    """Run the main job end to end on embedded IMAP and SMTP servers."""
    logs.quiet()
    settings = _load(config)
    try:
        from intake.demo import show_case  # noqa: PLC0415 - the servers are an extra that a plain installation lacks
    except ModuleNotFoundError as error:
        _fail(
            f"The demo needs its extra packages ({error.name} is missing): say make demo, in the folder of Skrynka",
            MISTAKE,
        )
    raise typer.Exit(show_case.run(settings, folder, serve=serve))


def _load(path: Path) -> Config:
    try:
        return load(path, known_codes=CODES, known_templates=template_names("uk"))
    except ConfigMistake as mistake:
        _fail(str(mistake), MISTAKE)


def _load_or_salvage(path: Path) -> tuple[Config, tuple[str, ...]]:
    """Return the configuration and its mistakes, which are told: with some, it is only good for looking at the ledger."""
    try:
        return load(path, known_codes=CODES, known_templates=template_names("uk")), ()
    except ConfigMistake as mistake:
        settings = salvaged(path)
        if settings is None:
            _fail(str(mistake), MISTAKE)
        _complain(str(mistake))
        return settings, tuple(str(mistake).splitlines())


def _secrets(config: Config) -> Secrets:
    try:
        return secrets(config, os.environ)
    except ConfigMistake as mistake:
        _fail(str(mistake), MISTAKE)


def _instant(text: str, config: Config) -> datetime | None:
    if not text:
        return None
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        _fail(
            f"--received: {text!r} is no ISO 8601 time; write for example 2023-03-10T17:59:00 or 2023-03-10T15:59:00Z",
            MISTAKE,
        )
    return instant if instant.tzinfo else instant.replace(tzinfo=config.calls[0].zone)


def _complain(text: str) -> None:
    Console(stderr=True).print(text, style="red", markup=False, highlight=False, soft_wrap=True)


def _fail(text: str, code: int) -> NoReturn:
    _complain(text)
    raise typer.Exit(code)


def main() -> None:
    """Run the command line. A trouble of the world is one sentence and exit code 3, never a traceback."""
    try:
        app()
    except (LeaseHeld, LedgerTrouble) as trouble:
        Console(stderr=True).print(str(trouble), style="red", markup=False, highlight=False, soft_wrap=True)
        sys.exit(WORLD)

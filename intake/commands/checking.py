"""`intake check`: is everything in place? Reads the configuration, connects, logs in; sends and changes nothing."""

import shutil
from collections.abc import Mapping
from datetime import UTC
from pathlib import Path

from intake.commands import ATTENTION, DONE, MISTAKE, WORLD
from intake.commands.output import Console, many
from intake.commands.preview import check_texts
from intake.config import Config, ConfigMistake, Secrets, reminders, secrets
from intake.config_doubts import doubtful
from intake.database import LedgerTrouble, connect, migrate
from intake.mailbox import Mailbox, MailboxTrouble
from intake.readers import tools
from intake.station import utc_now
from outbox.message import deliverable
from outbox.transport import SmtpTrouble, Transport


def run(path: Path, config: Config, environ: Mapping[str, str], *, offline: bool) -> int:
    """Check and print line by line; `environ` is where passwords are named.

    Return 0, 1 when something must be done about a line with `!`, 2 when a text is wrong or a password missing, 3 when a
    server or disk refused. With `offline` no server is asked, and a missing password is only shown.
    """
    console = Console(soft_wrap=True, highlight=False)
    results = [_calls(console, config), check_texts(console, config), _doubts(console, path, config)]
    results += [_ledger(console, config), _folders(console, config)]
    check_tools(console)
    try:
        found = secrets(config, environ)
    except ConfigMistake as absent:
        results.append(_without_password(console, absent, offline=offline))
    else:
        console.print("✓ passwords")
        if not offline:
            results += [_imap(console, config, found), _smtp(console, config, found)]
    code = max(results)
    console.print(
        "Everything is in place." if code == DONE else "See the lines marked with ! or ✗ above.", markup=False
    )
    return code


def _without_password(console: Console, absent: ConfigMistake, *, offline: bool) -> int:
    for mistake in absent.mistakes:
        console.print(f"{'!' if offline else '✗'} {absent.path}: {mistake}", markup=False)
    if offline:
        return DONE
    console.print("  without it the servers were not asked; --offline leaves them alone")
    return MISTAKE


def _doubts(console: Console, path: Path, config: Config) -> int:
    """Say what is still a placeholder and what is well-formed but odd."""
    code = DONE
    for reminder in reminders(path):
        console.print(f"! {reminder}", markup=False)
        code = ATTENTION
    for doubt, serious in doubtful(path, config, utc_now()):
        console.print(f"! {doubt}", markup=False)
        code = ATTENTION if serious else code
    return code


# What becomes of answers that do not leave by themselves.
MODES = {
    "draft": "answers are written as files, nothing is sent",
    "review": "each answer waits until somebody says `intake outbox approve`",
}


def _calls(console: Console, config: Config) -> int:
    for call in config.calls:
        local = call.deadline_at
        console.print(
            f"✓ call {call.id}: «{call.title}», numbers {call.prefix}-001…, {many(len(call.fields), 'field')}",
            markup=False,
        )
        inclusive = " (that whole minute included)" if call.deadline_inclusive_minute else ""
        console.print(
            f"  deadline {local:%d.%m.%Y %H:%M} {call.time_zone} = {local.astimezone(UTC):%Y-%m-%d %H:%M} UTC{inclusive}",
            markup=False,
        )
        if call.grace_minutes:
            console.print(f"  letters count until {call.grace_minutes} minutes later", markup=False)
        if call.cure_at is not None:
            console.print(
                f"  what came in time may be completed until {call.cure_at:%d.%m.%Y %H:%M}", markup=False
            )
        if call.replies.mode in MODES:
            console.print(
                f'! replies.mode is "{call.replies.mode}": {MODES[call.replies.mode]}', markup=False
            )
    return DONE


def _ledger(console: Console, config: Config) -> int:
    engine = connect(config.database_url)
    try:
        migrate(engine)
    except LedgerTrouble as error:
        console.print(f"✗ {error}", markup=False)
        return WORLD
    finally:
        engine.dispose()
    console.print(f"✓ ledger {engine.url.render_as_string()}", markup=False)
    return DONE


def _folders(console: Console, config: Config) -> int:
    code = DONE
    for folder in (config.archive_path, config.attachments_path, config.workbooks_path, config.drafts_path):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            free = shutil.disk_usage(folder).free // 2**20
        except OSError as error:
            console.print(f"✗ folder {folder}: {error.strerror}", markup=False)
            code = WORLD
            continue
        mark = "✓" if free > 1024 else "!"
        console.print(f"{mark} folder {folder}: {free} MB free", markup=False)
        code = max(code, DONE if free > 1024 else ATTENTION)
    return code


def check_tools(console: Console) -> None:
    """Say what some readers need and is not installed. An installation without it is whole: a person sees those files."""
    absent = tools.missing()
    for tool in absent:
        console.print(f"! {tool.program} is not installed: {tool.cost_text} ({tool.install})", markup=False)
    if not absent:
        console.print("✓ all programs that readers of attachments call are installed")


# What to do about a trouble with the mailbox, by its kind.
ADVICE = {
    "unreachable": "check mailbox.host and mailbox.port, and whether this machine may connect there",
    "tls": 'check mailbox.tls: port 993 wants "implicit", port 143 "starttls"',
    "certificate": "the server shows a certificate nobody vouches for; a private one goes into mailbox.ca_file",
    "login": "check mailbox.user and the password; Gmail and ukr.net want a password made for this program",
}


SMTP_ADVICE = {
    "unreachable": "check smtp.host and smtp.port, and whether this machine may connect there; many networks close port 25",
    "tls": 'check smtp.tls: port 587 wants "starttls", port 465 "implicit"',
    "certificate": "the server shows a certificate nobody vouches for; a private one goes into smtp.ca_file",
    "login": "check smtp.user, the password and replies.address; Gmail and ukr.net want a password made for this program",
}


def _imap(console: Console, config: Config, secrets: Secrets) -> int:
    settings = config.mailbox
    code = DONE
    try:
        with Mailbox(settings, secrets.imap.get_secret_value()) as mailbox:
            for folder in settings.folders:
                code = max(code, _folder(console, config, mailbox, folder))
    except MailboxTrouble as trouble:
        console.print(f"✗ IMAP {settings.host}:{settings.port}: {trouble}", markup=False)
        if advice := ADVICE.get(trouble.kind):
            console.print(f"  {advice}", markup=False)
        return WORLD
    return code


def _folder(console: Console, config: Config, mailbox: Mailbox, folder: str) -> int:
    try:
        status = mailbox.open(folder)
    except MailboxTrouble as trouble:
        if trouble.kind != "folder":
            raise
        there = ", ".join(f'"{name}"' for name in mailbox.folders())
        console.print(
            f"✗ IMAP {config.mailbox.host}: there is no folder {folder!r}; there are: {there}", markup=False
        )
        return WORLD
    console.print(
        f"✓ IMAP {config.mailbox.host}: folder {folder!r}, {many(status.exists, 'letter')}", markup=False
    )
    if config.mailbox.mark and not status.keywords and not config.mailbox.read_only:
        console.print(
            f"! this server keeps no keywords in {folder!r}: letters stay unmarked there", markup=False
        )
        return ATTENTION
    return DONE


def _smtp(console: Console, config: Config, secrets: Secrets) -> int:
    settings = config.smtp
    try:
        with Transport(settings, secrets.smtp.get_secret_value()) as transport:
            greeting = transport.check(_authors(config))
    except SmtpTrouble as trouble:
        console.print(f"✗ SMTP {settings.host}:{settings.port}: {trouble}", markup=False)
        if advice := SMTP_ADVICE.get(trouble.kind):
            console.print(f"  {advice}", markup=False)
        return WORLD
    console.print(f"✓ SMTP {settings.host}: {greeting}; nothing sent", markup=False)
    return DONE


def _authors(config: Config) -> tuple[str, ...]:
    """Return the addresses that the calls' answers come from, as SMTP has them; those that every server knows."""
    own = (deliverable(call.replies.address) for call in config.calls)
    return tuple(dict.fromkeys(address for address in own if address is not None and address.isascii()))

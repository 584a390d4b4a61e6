"""`intake check`: is everything in place? Reads the configuration, connects, logs in; sends and changes nothing."""

import shutil
from collections.abc import Callable
from datetime import UTC
from pathlib import Path

from rich.console import Console

from intake.commands import ATTENTION, DONE, WORLD
from intake.config import Config, Secrets, reminders
from intake.database import LedgerTrouble, connect, migrate
from intake.mailbox import Mailbox, MailboxTrouble
from outbox.transport import SmtpTrouble, Transport


def run(path: Path, config: Config, secrets: Secrets, *, offline: bool) -> int:
    """Check and print line by line; return 0, 1 when something deserves a look, 3 when a server or disk refused."""
    console = Console()
    results = [_calls(console, config)]
    for reminder in reminders(path):
        console.print(f"! {reminder}", markup=False)
        results.append(ATTENTION)
    results += [_ledger(console, config), _folders(console, config)]
    if not offline:
        results += [_imap(console, config, secrets), _smtp(console, config, secrets)]
    code = max(results)
    console.print("Everything is in place." if code == DONE else "See the lines marked with ! or ✗ above.")
    return code


def _calls(console: Console, config: Config) -> int:
    for call in config.calls:
        local = call.deadline_at
        console.print(
            f"✓ call {call.id}: «{call.title}», numbers {call.prefix}-001…, {len(call.fields)} fields",
            markup=False,
        )
        inclusive = " (that whole minute included)" if call.deadline_inclusive_minute else ""
        console.print(
            f"  deadline {local:%d.%m.%Y %H:%M} {call.time_zone} = {local.astimezone(UTC):%Y-%m-%d %H:%M} UTC{inclusive}",
            markup=False,
        )
        if call.replies.mode == "draft":
            console.print(
                '! replies.mode is "draft": answers are written as files, nothing is sent', markup=False
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


def _imap(console: Console, config: Config, secrets: Secrets) -> int:
    settings = config.mailbox

    def connected() -> None:
        with Mailbox(settings, secrets.imap.get_secret_value()) as mailbox:
            for folder in settings.folders:
                status = mailbox.open(folder)
                keywords = (
                    ""
                    if status.keywords or settings.read_only
                    else "; this server keeps no keywords: letters stay unmarked"
                )
                console.print(
                    f"✓ IMAP {settings.host}: folder {folder!r}, {status.exists} letters{keywords}",
                    markup=False,
                )

    return _reach(console, f"IMAP {settings.host}:{settings.port}", connected, MailboxTrouble)


def _smtp(console: Console, config: Config, secrets: Secrets) -> int:
    settings = config.smtp

    def connected() -> None:
        with Transport(settings, secrets.smtp.get_secret_value()) as transport:
            greeting = transport.check()
        console.print(f"✓ SMTP {settings.host}: {greeting}; nothing sent", markup=False)

    return _reach(console, f"SMTP {settings.host}:{settings.port}", connected, SmtpTrouble)


def _reach(console: Console, name: str, connect_to: Callable[[], None], door: type[Exception]) -> int:
    try:
        connect_to()
    except door as error:
        console.print(f"✗ {name}: {error}", markup=False)
        return WORLD
    return DONE

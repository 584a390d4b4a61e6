"""`intake demo`: the main job end to end. Real IMAP and SMTP servers run in this process; the worker's own code does the work.

The ledger and the workbook stay in the demo's folder between runs, so that a second run shows that nothing is done twice.
"""

import hashlib
from contextlib import ExitStack
from pathlib import Path

from pydantic import SecretStr

from intake import jobs
from intake.commands import ATTENTION, DONE
from intake.commands.output import Console, counted
from intake.config import Config, Secrets
from intake.database import reading
from intake.demo import serving
from intake.demo.letters import demo_letters
from intake.demo.post import DemoLetter
from intake.demo.servers import ImapServer, SmtpServer
from intake.demo.setting import PASSWORD, USER, keep, settings
from intake.demo.show import Line, letters_table, progress
from intake.ledger import read
from intake.ledger.views import ReplyView
from intake.mailbox import Mailbox
from intake.station import Station, open_station
from intake.workbook.values import text_of
from intake.workbook.words import WORDS
from rules.call import Call


def run(config: Config, folder: Path, *, serve: bool) -> int:
    """Run the demo in `folder`; with `serve`, stay up and take letters from any mail program."""
    folder.mkdir(parents=True, exist_ok=True)
    return serving.serve(config, folder.resolve()) if serve else _show(config, folder.resolve())


def _show(config: Config, folder: Path) -> int:
    console = Console()
    call = config.calls[0]
    letters = demo_letters(call)
    first = not (folder / "ledger.db").exists()
    console.print(
        f"Skrynka demo: call «{call.title}», deadline {call.deadline_at:%d.%m.%Y %H:%M} {call.time_zone}",
        markup=False,
    )
    console.print(
        "First run: every letter is new."
        if first
        else "Run again: every letter is known, nothing may be done twice."
    )
    with ExitStack() as stack:
        smtp = stack.enter_context(SmtpServer())
        imap = stack.enter_context(ImapServer(USER, PASSWORD))
        console.print(f"IMAP on 127.0.0.1:{imap.port}, SMTP on 127.0.0.1:{smtp.port}, both in this process")
        here = settings(config, folder, imap.port, smtp.port)
        _append(here, letters, console)
        station = stack.enter_context(open_station(here, Secrets(imap=SecretStr(PASSWORD))))
        with progress(console) as bar:
            task = bar.add_task("judging letters", total=len(letters))
            polled, published, delivered = jobs.cycle(
                station, progress=lambda done, _total: bar.update(task, completed=done)
            )
        keep(smtp.received, folder / "answers")
        lines = _lines(station, call, letters)
    console.print(letters_table(lines, console.width))
    new = sum(one.fate == "settled" for one in polled.settled)
    console.print(
        f"letters: {polled.on_server} on the server, {polled.accounted} in the ledger, {new} new in this run"
    )
    console.print(f"replies: {counted(delivered.counts())}", markup=False)
    for one in published:
        console.print(f"open     {one.path}", markup=False, soft_wrap=True)
        if one.status in {"locked", "blocked"}:
            console.print(f"! it was not written: {one.note}", style="yellow", markup=False, soft_wrap=True)
        for typed in one.typed:
            console.print(
                f"typed    {typed.sheet} / {typed.row} / {typed.header}: {text_of(typed.after or '')}",
                markup=False,
                soft_wrap=True,
            )
    console.print(f"read     {folder / 'answers'}{'/'}*.eml", markup=False, soft_wrap=True)
    if first:
        console.print("Run it again: nothing will be done twice.")
    decision = WORDS[call.language].headers["decision"]
    console.print(
        f"Type into «{decision}» of the workbook, save and close it, and run the demo again: what you decided is done. "
        "«intake demo --serve» lets you write letters to it yourself.",
        markup=False,
    )
    shunted = any(one.fate == "shunted" for one in polled.settled)
    return ATTENTION if shunted or polled.unaccounted or not polled.ok else DONE


def _append(config: Config, letters: tuple[DemoLetter, ...], console: Console) -> None:
    """Put the letters into the mailbox over IMAP, each with its receipt time of March 2023 (RFC 3501, 6.3.11)."""
    with Mailbox(config.mailbox, PASSWORD) as mailbox, progress(console) as bar:
        for letter in bar.track(letters, description="posting letters"):
            mailbox.append("INBOX", letter.octets, at=letter.received_at)


def _lines(station: Station, call: Call, letters: tuple[DemoLetter, ...]) -> list[Line]:
    with reading(station.engine) as tx:
        views = {view.digest: view for view in read.letter_views(tx)}
        replies: dict[str, list[ReplyView]] = {}
        for reply in read.reply_views(tx):
            replies.setdefault(reply.letter, []).append(reply)
    lines = []
    for letter in letters:
        view = views.get(hashlib.sha256(letter.octets).hexdigest())
        if view is None:
            lines.append(Line(letter.title, letter.received_at.astimezone(call.zone), "not taken in"))
            continue
        sent = ", ".join(f"{reply.template} ({reply.state})" for reply in replies.get(view.digest, []))
        lines.append(
            Line(
                title=letter.title,
                received_at=view.received_at.astimezone(call.zone),
                verdict=view.disposition or view.state,
                why=", ".join(finding.code for finding in view.findings),
                row=view.number or "",
                reply=sent,
            )
        )
    return lines

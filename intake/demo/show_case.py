"""`intake demo`: the main job end to end. Real IMAP and SMTP servers run in this process; the worker's own code does the work.

The ledger and the workbook stay in the demo's folder between runs, so that a second run shows that nothing is done twice.
"""

import hashlib
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path

from pydantic import SecretStr

from intake import jobs, worker
from intake.commands import ATTENTION, DONE
from intake.commands.output import Console, counted
from intake.config import Config, MailboxSettings, Secrets, SmtpSettings, StorageSettings
from intake.database import reading
from intake.demo.letters import demo_letters
from intake.demo.post import DemoLetter
from intake.demo.servers import Envelope, ImapServer, SmtpServer, deliver_to
from intake.demo.show import Line, letters_table, progress
from intake.ledger import read
from intake.ledger.views import ReplyView
from intake.mailbox import Mailbox
from intake.station import Station, open_station
from rules.call import Call

USER, PASSWORD = "intake", "demo"


def run(config: Config, folder: Path, *, serve: bool) -> int:
    """Run the demo in `folder`; with `serve`, stay up and take letters from any mail program."""
    folder.mkdir(parents=True, exist_ok=True)
    return _serve(config, folder.resolve()) if serve else _show(config, folder.resolve())


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
        _keep(smtp.received, folder / "answers")
        lines = _lines(station, call, letters)
    console.print(letters_table(lines, console.width))
    new = sum(one.fate == "settled" for one in polled.settled)
    console.print(
        f"letters: {polled.on_server} on the server, {polled.accounted} in the ledger, {new} new in this run"
    )
    console.print(f"replies: {counted(delivered.counts())}", markup=False)
    for one in published:
        console.print(f"open     {one.path}", markup=False, soft_wrap=True)
    console.print(f"read     {folder / 'answers'}{'/'}*.eml", markup=False, soft_wrap=True)
    if first:
        console.print(
            "Run it again: nothing will be done twice. «intake demo --serve» lets you write to it yourself."
        )
    shunted = any(one.fate == "shunted" for one in polled.settled)
    return ATTENTION if shunted or polled.unaccounted or not polled.ok else DONE


def _serve(config: Config, folder: Path) -> int:
    """Stay up with a deadline in the future: letters come by SMTP, answers go to whoever logs in by IMAP."""
    console = Console()
    call = config.calls[0]
    deadline = (datetime.now(call.zone) + timedelta(days=7)).replace(
        hour=18, minute=0, second=0, microsecond=0, tzinfo=None
    )
    replies = call.replies.model_copy(update={"mode": "send", "cure_until": None})
    open_call = call.model_copy(update={"deadline": deadline, "replies": replies})
    with ExitStack() as stack:
        imap = stack.enter_context(ImapServer(USER, PASSWORD))
        applicant = stack.enter_context(ImapServer("applicant", PASSWORD))
        ours = deliver_to(imap, [call.replies.address])

        def take(envelope: Envelope) -> str | None:
            refused = ours(envelope)
            # Whoever else is written to, the answers land in the one inbox that the newcomer can look into.
            if not any(to.lower() == call.replies.address.lower() for to in envelope.rcpt_tos):
                applicant.deliver(envelope.octets)
            return refused

        smtp = stack.enter_context(SmtpServer(take))
        here = settings(config, folder, imap.port, smtp.port)
        here = here.model_copy(update={"calls": (open_call, *config.calls[1:])})
        console.print("The demo is up. Join with any mail program (no TLS, this machine only):")
        console.print(
            f"  send by SMTP      127.0.0.1:{smtp.port}, no login, to {call.replies.address}", markup=False
        )
        console.print(
            f"  read answers IMAP 127.0.0.1:{applicant.port}, user applicant, password {PASSWORD}",
            markup=False,
        )
        console.print(f"  subject           {call.subject.example}", markup=False)
        console.print(f"  deadline          {deadline:%d.%m.%Y %H:%M} {call.time_zone}")
        console.print(f"  files             {folder}", markup=False, soft_wrap=True)
        console.print("Ctrl-C ends it.")
        return worker.run(here, Secrets(imap=SecretStr(PASSWORD)))


def settings(config: Config, folder: Path, imap_port: int, smtp_port: int) -> Config:
    """Return the shipped configuration, pointed at the embedded servers and the demo's folder."""
    calls = tuple(
        call.model_copy(update={"replies": call.replies.model_copy(update={"mode": "send"})})
        for call in config.calls
    )
    return Config(
        mailbox=MailboxSettings(
            host="127.0.0.1",
            port=imap_port,
            tls="none",
            user=USER,
            poll_seconds=5,
            trusted_hosts=config.mailbox.trusted_hosts,
        ),
        smtp=SmtpSettings(host="127.0.0.1", port=smtp_port, tls="none"),
        storage=StorageSettings(
            database=f"sqlite:///{folder}/ledger.db",
            archive=folder / "archive",
            attachments=folder / "files",
            workbooks=folder,
            drafts=folder / "drafts",
        ),
        limits=config.limits,
        calls=calls,
        base=folder,
    )


def _append(config: Config, letters: tuple[DemoLetter, ...], console: Console) -> None:
    """Put the letters into the mailbox over IMAP, each with its receipt time of March 2023 (RFC 3501, 6.3.11)."""
    with Mailbox(config.mailbox, PASSWORD) as mailbox, progress(console) as bar:
        for letter in bar.track(letters, description="posting letters"):
            mailbox.append("INBOX", letter.octets, at=letter.received_at)


def _keep(envelopes: list[Envelope], folder: Path) -> None:
    """Leave the answers that arrived as .eml files."""
    folder.mkdir(exist_ok=True)
    for envelope in envelopes:
        name = (
            f"{envelope.rcpt_tos[0].replace('/', '_')}-{hashlib.sha256(envelope.octets).hexdigest()[:8]}.eml"
        )
        (folder / name).write_bytes(envelope.octets)


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

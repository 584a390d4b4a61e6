"""`intake demo --serve`: the demo stays up with a deadline in the future, and says what comes, what becomes of it, what leaves.

Letters come by SMTP; answers go to whoever logs in by IMAP, and lie in the demo's folder as files.
"""

import email
import hashlib
import threading
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email import policy
from pathlib import Path

from pydantic import SecretStr

from intake import worker
from intake.blank import form_docx
from intake.commands.output import Console
from intake.config import Config, Secrets
from intake.database import Engine, connect, reading
from intake.demo.servers import Envelope, ImapServer, SmtpServer, deliver_to
from intake.demo.setting import PASSWORD, USER, keep, settings
from intake.ledger import read
from intake.ledger.views import LetterView
from intake.parsing.words import Notes, decode_field
from intake.places import gazetteers
from rules.call import Call

# How often the ledger is asked what became of a letter.
_LOOK_SECONDS = 0.5


@dataclass(slots=True)
class Told:
    """Says on a terminal what comes and what leaves, and keeps what leaves in `folder`."""

    console: Console
    call: Call
    folder: Path
    waiting: set[str] = field(default_factory=set)

    def passed(self, envelope: Envelope) -> None:
        """Say that a letter came, and remember to say what became of it, or that an answer left."""
        subject = _subject(envelope.octets)
        if self.call.replies.address.lower() in (to.lower() for to in envelope.rcpt_tos):
            self.waiting.add(hashlib.sha256(envelope.octets).hexdigest())
            self._say("letter", f"from {envelope.mail_from or '<>'}: «{subject}»")
        else:
            path = keep((envelope,), self.folder)[0]
            self._say("answer", f"to {', '.join(envelope.rcpt_tos)}: «{subject}»: {path}")

    def look(self, engine: Engine) -> None:
        """Say what became of letters that came, as far as the ledger knows."""
        with reading(engine) as tx:
            settled = read.letter_views(tx, digests=frozenset(self.waiting)) if self.waiting else ()
        for view in settled:
            self.waiting.discard(view.digest)
            self._say("verdict", verdict_of(view))

    def _say(self, what: str, words: str) -> None:
        now = datetime.now(self.call.zone)
        self.console.print(
            f"{now:%H:%M:%S}  {what:<8} {words}", markup=False, highlight=False, soft_wrap=True
        )


def verdict_of(view: LetterView) -> str:
    """Return what became of a letter in one line: disposition, number, findings, and where to look when nobody is answered."""
    why = ", ".join(finding.code.replace("_", " ") for finding in view.findings)
    number = f", {view.number}" if view.number else ""
    answer = f"; answer: {view.template.replace('_', ' ')}" if view.template else "; no answer"
    return f"{view.disposition or view.state}{number}{f' ({why})' if why else ''}{answer}"


def _subject(octets: bytes) -> str:
    raw = str(email.message_from_bytes(octets, policy=policy.compat32)["Subject"] or "")
    unfolded = raw.replace("\r", "").replace("\n", "")
    return decode_field(unfolded.encode("utf-8", "surrogateescape"), "subject", Notes())


def serve(config: Config, folder: Path) -> int:
    """Stay up until Ctrl-C; return the worker's exit code."""
    console = Console()
    call = config.calls[0]
    deadline = (datetime.now(call.zone) + timedelta(days=7)).replace(
        hour=18, minute=0, second=0, microsecond=0, tzinfo=None
    )
    replies = call.replies.model_copy(update={"mode": "send", "cure_until": None})
    open_call = call.model_copy(update={"deadline": deadline, "replies": replies})
    told = Told(console, open_call, folder / "answers")
    with ExitStack() as stack:
        imap = stack.enter_context(ImapServer(USER, PASSWORD))
        applicant = stack.enter_context(ImapServer("applicant", PASSWORD))
        ours = deliver_to(imap, [call.replies.address])

        def take(envelope: Envelope) -> str | None:
            told.passed(envelope)
            refused = ours(envelope)
            # Whoever else is written to, the answers land in the one inbox that the newcomer can look into.
            if not any(to.lower() == call.replies.address.lower() for to in envelope.rcpt_tos):
                applicant.deliver(envelope.octets)
            return refused

        smtp = stack.enter_context(SmtpServer(take))
        here = settings(config, folder, imap.port, smtp.port)
        here = here.model_copy(update={"calls": (open_call, *config.calls[1:])})
        lines = (
            "The demo is up. Join with any mail program (no TLS, this machine only):",
            f"  send by SMTP      127.0.0.1:{smtp.port}, no login, to {call.replies.address}",
            f"  read answers IMAP 127.0.0.1:{applicant.port}, user applicant, password {PASSWORD}",
            f"  subject           {call.subject.example}",
            f"  blank form        {_blank(config, open_call, folder)}",
            f"  deadline          {deadline:%d.%m.%Y %H:%M} {call.time_zone}",
            f"  workbook          {here.workbook_path(open_call)}",
            f"  answers           {told.folder}",
            "What comes and leaves is told here. Ctrl-C ends it.",
        )
        for line in lines:
            console.print(line, markup=False, soft_wrap=True)
        stopping = threading.Event()
        stack.callback(stopping.set)
        threading.Thread(target=_watch, args=(told, here, stopping), name="told", daemon=True).start()
        return worker.run(here, Secrets(imap=SecretStr(PASSWORD)))


def _blank(config: Config, call: Call, folder: Path) -> Path:
    """Write the call's blank form into the demo's folder, unless it lies there and is perhaps filled in; return where."""
    path = folder / f"{call.prefix}.docx"
    if not path.exists():
        oblasts = [one.name for one in gazetteers(config.places)[call.country].oblasts.rows]
        path.write_bytes(form_docx(call, oblasts=oblasts))
    return path


def _watch(told: Told, config: Config, stopping: threading.Event) -> None:
    engine = connect(config.database_url)
    try:
        while not stopping.wait(_LOOK_SECONDS):
            # Before the first letter there may be no ledger yet.
            if told.waiting:
                told.look(engine)
    finally:
        engine.dispose()

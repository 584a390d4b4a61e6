"""Where a demo runs: the configuration pointed at servers in this process, and the files its answers become."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from intake.config import Config, MailboxSettings, SmtpSettings, StorageSettings
from intake.demo.servers import Envelope

USER, PASSWORD = "intake", "demo"


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


def keep(envelopes: Sequence[Envelope], folder: Path) -> tuple[Path, ...]:
    """Leave the answers that arrived as .eml files; return where they lie."""
    folder.mkdir(exist_ok=True)
    paths = []
    for envelope in envelopes:
        name = (
            f"{envelope.rcpt_tos[0].replace('/', '_')}-{hashlib.sha256(envelope.octets).hexdigest()[:8]}.eml"
        )
        paths.append(folder / name)
        paths[-1].write_bytes(envelope.octets)
    return tuple(paths)

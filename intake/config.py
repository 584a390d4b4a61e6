"""config.toml as frozen values. It is read here, once; every other module is handed what it needs."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr

from rules.call import Call, Frozen


class MailboxSettings(Frozen):
    """`[mailbox]`: where letters are collected (RFC 3501). The password never stands here."""

    host: Annotated[str, Field(min_length=1, description="name of the IMAP server, e.g. imap.ukr.net")]
    port: Annotated[int, Field(ge=1, le=65535)] = 993
    tls: Annotated[
        Literal["implicit", "starttls", "none"],
        Field(description='"implicit" (port 993), "starttls" (port 143), "none" only for a server on this machine'),
    ] = "implicit"
    ca_file: Annotated[Path | None, Field(description="certificates to trust besides the system's")] = None
    user: Annotated[str, Field(min_length=1, description="login name, usually the whole address")]
    folders: Annotated[tuple[str, ...], Field(min_length=1, description="folders to read, names as people see them")] = (
        "INBOX",
    )
    poll_seconds: Annotated[int, Field(ge=5, le=3600, description="how often the mailbox is looked at")] = 60
    idle: Annotated[bool, Field(description="be woken by the server between polls (RFC 2177)")] = True
    read_only: Annotated[bool, Field(description="true: nothing is marked or moved")] = False
    mark: Annotated[str, Field(pattern=r"^[A-Za-z0-9$_.-]*$", description="keyword set on settled letters; empty: none")] = (
        "$Skrynka"
    )
    move_to: Annotated[
        dict[Literal["accept", "hold", "reject", "discard"], str],
        Field(description="disposition → folder settled letters are moved to"),
    ] = {}
    trusted_hosts: Annotated[
        tuple[str, ...],
        Field(description="our own servers: the topmost Received line added by one of them is the time of receipt"),
    ] = ()
    timeout_seconds: Annotated[int, Field(ge=1, le=600, description="longest wait for one answer of the server")] = 60

    @property
    def account(self) -> str:
        """The name under which sightings are kept: user@host."""
        return f"{self.user}@{self.host}" if "@" not in self.user else f"{self.user}/{self.host}"


class SmtpSettings(Frozen):
    """`[smtp]`: how answers leave (RFC 5321, 6409). The password never stands here."""

    host: Annotated[str, Field(min_length=1)]
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    tls: Annotated[Literal["implicit", "starttls", "none"], Field(description='"starttls" (587) or "implicit" (465)')] = (
        "starttls"
    )
    ca_file: Path | None = None
    user: Annotated[str, Field(description="empty: no login")] = ""
    envelope_from: Annotated[
        str, Field(description='address bounces go to; "<>" is the null path of RFC 3834; empty: our own address')
    ] = ""
    timeout_seconds: Annotated[int, Field(ge=1, le=600)] = 60
    attempts: Annotated[int, Field(ge=1, le=100, description="tries before a reply counts as failed")] = 12
    sent_folder: Annotated[str, Field(description="IMAP folder where our sent letters lie, to look up uncertain ones")] = ""


class StorageSettings(Frozen):
    """`[storage]`: where things are kept. Relative paths start at the folder of config.toml."""

    database: Annotated[str, Field(description="SQLAlchemy URL of the ledger")] = "sqlite:///var/ledger.db"
    archive: Annotated[Path, Field(description="folder of raw letters")] = Path("var/archive")
    attachments: Annotated[Path, Field(description="folder of attached files, for the workbook's links")] = Path("var/files")
    workbooks: Annotated[Path, Field(description="folder of the spreadsheets")] = Path("var")
    drafts: Annotated[Path, Field(description="folder of replies not sent because mode is draft")] = Path("var/drafts")


class Limits(Frozen):
    """`[limits]`: what a letter and its attachments may cost before they are held for a person."""

    letter_mb: Annotated[int, Field(ge=1)] = 50
    attachment_mb: Annotated[int, Field(ge=1)] = 25
    parts: Annotated[int, Field(ge=1)] = 1000
    depth: Annotated[int, Field(ge=1)] = 50
    read_seconds: Annotated[int, Field(ge=1, description="wall clock for reading one attachment")] = 60
    read_memory_mb: Annotated[int, Field(ge=256)] = 1536


class Config(Frozen):
    """The whole of config.toml."""

    mailbox: MailboxSettings
    smtp: SmtpSettings
    storage: StorageSettings = StorageSettings()
    limits: Limits = Limits()
    calls: Annotated[tuple[Call, ...], Field(min_length=1)]
    base: Annotated[Path, Field(exclude=True)] = Path()


class Secrets(Frozen):
    """Passwords, from the environment or from files it names; shown nowhere."""

    imap: SecretStr = SecretStr("")
    smtp: SecretStr = SecretStr("")

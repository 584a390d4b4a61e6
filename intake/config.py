"""config.toml as frozen values, and the passwords that never stand in it.

Both are read here, once; every other module is handed what it needs. A password is never shown, logged or written.
"""

import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import Field, SecretStr

from intake.config_checks import check, unfilled
from intake.mistakes import ConfigMistake, Mistake
from intake.reply_texts import with_own_texts
from intake.toml_file import read_all
from rules.addresses import EmailAddress, HostName, ReversePath
from rules.call import Call, Frozen
from rules.repeated import unfolded

__all__ = [
    "Alarms",
    "Config",
    "ConfigMistake",
    "Limits",
    "MailboxSettings",
    "Mistake",
    "Secrets",
    "SmtpSettings",
    "StorageSettings",
    "load",
    "reminders",
    "secrets",
]

_SQLITE_FILE: Final = re.compile(r"^(sqlite(?:\+\w+)?:///)(?!:memory:)([^/?][^?]*)(.*)$")


class MailboxSettings(Frozen):
    """`[mailbox]`: where letters are collected (RFC 3501). The password never stands here."""

    host: Annotated[HostName, Field(description="name of the IMAP server")]
    port: Annotated[int, Field(ge=1, le=65535)] = 993
    tls: Annotated[
        Literal["implicit", "starttls", "none"],
        Field(
            description='"implicit" (port 993), "starttls" (port 143), "none" only for a server on this machine'
        ),
    ] = "implicit"
    ca_file: Annotated[Path | None, Field(description="certificates to trust besides the system's")] = None
    user: Annotated[str, Field(min_length=1, description="login name, usually the whole address")]
    token_file: Annotated[
        Path | None, Field(description="file with an access token for XOAUTH2, read at each login")
    ] = None
    folders: Annotated[
        tuple[str, ...], Field(min_length=1, description="folders to read, names as people see them")
    ] = ("INBOX",)
    poll_seconds: Annotated[int, Field(ge=5, le=3600, description="how often the mailbox is looked at")] = 60
    idle: Annotated[bool, Field(description="be woken by the server between polls (RFC 2177)")] = True
    read_only: Annotated[bool, Field(description="true: nothing is marked or moved")] = False
    mark: Annotated[
        str, Field(pattern=r"^[A-Za-z0-9$_.-]*$", description="keyword set on settled letters; empty: none")
    ] = "$Skrynka"
    move_to: dict[Literal["accept", "hold", "reject", "discard"], str] = Field(
        default_factory=dict, description="disposition → folder settled letters are moved to"
    )
    trusted_hosts: Annotated[
        tuple[str, ...],
        Field(
            description="our own servers: the topmost Received line added by one of them is the time of receipt"
        ),
    ] = ()
    trusted_authserv_id: Annotated[
        str,
        Field(
            description='our server\'s name in Authentication-Results (RFC 8601); "microsoft": Microsoft 365; empty: none',
        ),
    ] = ""
    drafts_folder: Annotated[
        str,
        Field(
            description='folder for drafts while mode is draft: a name, "auto" (the server\'s own); empty: files only'
        ),
    ] = ""
    timeout_seconds: Annotated[
        int, Field(ge=1, le=600, description="longest wait for one answer of the server")
    ] = 60

    @property
    def account(self) -> str:
        """The name under which sightings are kept: user@host."""
        return f"{self.user}@{self.host}" if "@" not in self.user else f"{self.user}/{self.host}"


class SmtpSettings(Frozen):
    """`[smtp]`: how answers leave (RFC 5321, 6409). The password never stands here."""

    host: Annotated[HostName, Field(description="name of the server that takes our letters")]
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    tls: Annotated[
        Literal["implicit", "starttls", "none"], Field(description='"starttls" (587) or "implicit" (465)')
    ] = "starttls"
    ca_file: Path | None = None
    user: Annotated[str, Field(description="empty: no login")] = ""
    token_file: Annotated[
        Path | None, Field(description="file with an access token for XOAUTH2, read at each login")
    ] = None
    envelope_from: Annotated[
        ReversePath,
        Field(description='address bounces go to; "<>" is the null path of RFC 3834; empty: our own address'),
    ] = ""
    timeout_seconds: Annotated[int, Field(ge=1, le=600)] = 60
    attempts: Annotated[int, Field(ge=1, le=100, description="tries before a reply counts as failed")] = 12
    sent_folder: Annotated[
        str,
        Field(
            description='IMAP folder of sent letters: a name, "auto" (the server\'s own); empty: no copies'
        ),
    ] = "auto"
    per_hour: Annotated[
        int, Field(ge=0, description="replies in an hour in all; a burst of more is held; 0: no cap")
    ] = 300
    per_minute: Annotated[
        int, Field(ge=0, description="replies in a minute to addresses of one provider; 0: no limit")
    ] = 30


class StorageSettings(Frozen):
    """`[storage]`: where things are kept. Relative paths start at the folder of config.toml."""

    database: Annotated[str, Field(description="SQLAlchemy URL of the ledger")] = "sqlite:///var/ledger.db"
    archive: Annotated[Path, Field(description="folder of raw letters")] = Path("var/archive")
    attachments: Annotated[Path, Field(description="folder of attached files, for the workbook's links")] = (
        Path("var/files")
    )
    workbooks: Annotated[Path, Field(description="folder of the spreadsheets")] = Path("var")
    drafts: Annotated[Path, Field(description="folder of replies not sent because mode is draft")] = Path(
        "var/drafts"
    )


class Limits(Frozen):
    """`[limits]`: what a letter and its attachments may cost before they are held for a person."""

    letter_mb: Annotated[int, Field(ge=1)] = 50
    attachment_mb: Annotated[int, Field(ge=1)] = 25
    parts: Annotated[int, Field(ge=1)] = 1000
    depth: Annotated[int, Field(ge=1)] = 50
    header_kb: Annotated[int, Field(ge=16, description="header block of a letter or part, KB")] = 256
    addresses: Annotated[int, Field(ge=1, description="addresses read of one header field")] = 2000
    read_seconds: Annotated[int, Field(ge=1, description="wall clock for reading one attachment")] = 60
    read_memory_mb: Annotated[int, Field(ge=256)] = 1536


class Alarms(Frozen):
    """`[alarms]`: letters to the people who run this: what is wrong, at once, and a summary once a day."""

    to: Annotated[
        tuple[EmailAddress, ...],
        Field(description="addresses; empty: nobody is written to, `intake status` shows all"),
    ] = ()
    after_minutes: Annotated[
        int,
        Field(ge=1, le=1440, description="how long a trouble that may pass by itself must last to be told"),
    ] = 15
    digest_hour: Annotated[
        int, Field(ge=-1, le=23, description="hour of the daily summary, in each call's zone; -1: none")
    ] = 8


class Config(Frozen):
    """The whole of config.toml with what it includes. `base` is the folder it stands in, where relative paths start."""

    mailbox: MailboxSettings
    smtp: SmtpSettings
    storage: StorageSettings = StorageSettings()
    limits: Limits = Limits()
    alarms: Alarms = Alarms()
    include: Annotated[
        tuple[str, ...],
        Field(description="files with further [[calls]] and [places], from the folder of this file"),
    ] = ()
    places: Annotated[
        dict[str, str], Field(description="further names of places: name → code of the codifier")
    ] = Field(default_factory=dict)
    calls: Annotated[tuple[Call, ...], Field(min_length=1)]
    base: Annotated[Path, Field(exclude=True)] = Path()

    @property
    def database_url(self) -> str:
        """The ledger's SQLAlchemy URL: SQLite files from the folder of config.toml, PostgreSQL by psycopg."""
        url = self.storage.database
        if found := _SQLITE_FILE.match(url):
            return f"{found[1]}{self.path(Path(found[2]))}{found[3]}"
        return re.sub(r"^postgresql://", "postgresql+psycopg://", url)

    @property
    def archive_path(self) -> Path:
        """The folder of raw letters."""
        return self.path(self.storage.archive)

    @property
    def attachments_path(self) -> Path:
        """The folder of attached files."""
        return self.path(self.storage.attachments)

    @property
    def workbooks_path(self) -> Path:
        """The folder of the spreadsheets."""
        return self.path(self.storage.workbooks)

    @property
    def drafts_path(self) -> Path:
        """The folder of replies that are only written, not sent."""
        return self.path(self.storage.drafts)

    def workbook_path(self, call: Call) -> Path:
        """Return the spreadsheet of a call."""
        return self.workbooks_path / (call.workbook or f"Заявки_{call.prefix}.xlsx")

    def path(self, written: Path) -> Path:
        """Return a path of config.toml: `~` is the home folder, a relative one starts at the folder of the file."""
        return self.base / written.expanduser()

    def call(self, id_: str) -> Call | None:
        """Return the call of this id, or None."""
        return next((call for call in self.calls if call.id == id_), None)


def load(
    path: Path, *, known_codes: Collection[str] | None = None, known_templates: Collection[str] | None = None
) -> Config:
    """Read config.toml.

    Given `known_codes` and `known_templates`, the grounds named in `policy.dispositions` and the replies named in
    `replies.off` must be among them. Raises `ConfigMistake` with every mistake there is, in the file's order; only
    what hides the rest (an unreadable file, a slip in TOML's syntax) is told alone.
    """
    file = read_all(path)
    check(file, Config, known_codes=known_codes, known_templates=known_templates)
    calls = [unfolded(call) for call in file.values["calls"]]
    config = Config.model_validate(file.values | {"calls": calls, "base": path.absolute().parent})
    config = config.model_copy(update={"calls": with_own_texts(config.calls, file, config.base)})
    # The doors that get single sections must not need to know where the file stands.
    found = {
        name: {
            key: config.path(path)
            for key, path in (("ca_file", section.ca_file), ("token_file", section.token_file))
            if path is not None
        }
        for name, section in (("mailbox", config.mailbox), ("smtp", config.smtp))
    }
    return config.model_copy(
        update={
            "mailbox": config.mailbox.model_copy(update=found["mailbox"]),
            "smtp": config.smtp.model_copy(update=found["smtp"]),
        }
    )


class Secrets(Frozen):
    """Passwords, from the environment or from files it names; shown nowhere."""

    imap: SecretStr = SecretStr("")
    smtp: SecretStr = SecretStr("")


def secrets(config: Config, environ: Mapping[str, str]) -> Secrets:
    """Return the passwords from `SKRYNKA_IMAP_PASSWORD` and `SKRYNKA_SMTP_PASSWORD`.

    Each may instead be named by a variable that ends in `_FILE` and holds the path of a file with the password on its
    first line. The mailbox's password serves for SMTP too when both log in as the same user and no other is given;
    without `smtp.user`, or where a token file stands in the configuration, none is needed. Raises `ConfigMistake` with everything that is missing.
    """
    mistakes: list[Mistake] = []
    imap = _password("SKRYNKA_IMAP_PASSWORD", environ, mistakes)
    smtp = _password("SKRYNKA_SMTP_PASSWORD", environ, mistakes)
    if smtp is None and config.smtp.user == config.mailbox.user:
        smtp = imap
    elif smtp is None and config.smtp.user and config.smtp.token_file is None:
        mistakes.append(_absent("SKRYNKA_SMTP_PASSWORD", config.smtp.user, config.smtp.host))
    if imap is None and config.mailbox.token_file is None:
        mistakes.insert(0, _absent("SKRYNKA_IMAP_PASSWORD", config.mailbox.user, config.mailbox.host))
    if mistakes:
        raise ConfigMistake(Path("environment"), tuple(mistakes))
    return Secrets(imap=SecretStr(imap or ""), smtp=SecretStr(smtp or ""))


def _password(variable: str, environ: Mapping[str, str], mistakes: list[Mistake]) -> str | None:
    """Return a password, None when nothing names one, "" when what names it is a mistake, which is then added."""
    by_file = f"{variable}_FILE"
    file = environ.get(by_file, "")
    if environ.get(variable) and file:
        mistakes.append(Mistake(0, variable, "", f"{by_file} is set as well; one of them is wanted"))
        return ""
    if environ.get(variable) or not file:
        return environ.get(variable) or None
    try:
        password = Path(file).read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no UTF-8 text"
        mistakes.append(Mistake(0, by_file, f'"{file}"', f"the file cannot be read: {why}"))
        return ""
    if not password:
        mistakes.append(
            Mistake(0, by_file, f'"{file}"', "the file is empty; a password on one line is wanted")
        )
    return password


def _absent(variable: str, user: str, host: str) -> Mistake:
    wish = f"the password of {user} at {host} is wanted here, or in {variable}_FILE the path of a file that holds it"
    return Mistake(0, variable, "nothing", wish)


def reminders(path: Path) -> tuple[str, ...]:
    """Return a line for each placeholder of the shipped file that is still in force: `config.toml:12: …`.

    Raises `ConfigMistake` when the file cannot be read.
    """
    return unfilled(read_all(path))

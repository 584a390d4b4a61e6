"""The database of the ledger: its tables, its engine, its migrations. The same schema on SQLite and PostgreSQL."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config as AlembicConfig
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Connection,
    Engine,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    create_engine,
    event,
    func,
    make_url,
)
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from outbox.store import Instant, metadata

# The one door to SQLAlchemy: who only handles an engine or a connection takes its type from here.
__all__ = ["Connection", "Engine", "metadata"]


class LedgerTrouble(Exception):
    """The database cannot be reached, opened or written: a trouble of the world, tried again later."""


# One row for each content ever received, whatever became of it. `state`: settled | shunted.
letters = Table(
    "letters",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("state", String(10), nullable=False),
    Column("size", Integer, nullable=False),
    Column("message_id", Text, index=True),
    Column("date", Instant),
    Column("received_at", Instant, nullable=False),
    Column("receipt_clock", String(20), nullable=False),
    Column("clocks", JSON, nullable=False),
    Column("subject", Text, nullable=False),
    Column("from_name", Text, nullable=False),
    Column("from_address", Text, nullable=False),
    Column("files", JSON, nullable=False),
    Column("files_digest", String(64), nullable=False),
    Column("defects", JSON, nullable=False),
    Column("call_id", String(60), index=True),
    Column("number", String(40), index=True),
    Column("disposition", String(10)),
    Column("template", String(60)),
    Column("answerable", Boolean),
    # Whether its sender speaks for the application: a second sender's duplicate does not.
    Column("speaks", Boolean, nullable=False),
    Column("findings", JSON, nullable=False),
    Column("evidence", JSON, nullable=False),
    Column("traceback", Text),
    Column("settled_at", Instant, nullable=False),
)

# Each letter asks what its sender wrote before, in whatever case the address is written.
Index("ix_letters_sender", func.lower(letters.c.from_address))

# Where a letter was seen: the four parts that name a message on a server (RFC 3501, 2.3.1.1).
sightings = Table(
    "sightings",
    metadata,
    Column("account", String(320), primary_key=True),
    Column("folder", String(320), primary_key=True),
    Column("uidvalidity", BigInteger, primary_key=True),
    Column("uid", BigInteger, primary_key=True),
    Column("digest", String(64), ForeignKey("letters.digest"), nullable=False, index=True),
    Column("internaldate", Instant),
    Column("seen_at", Instant, nullable=False),
    Column("marked_at", Instant),
)

# One application per call, place and unit. The first receipt time never changes.
applications = Table(
    "applications",
    metadata,
    Column("number", String(40), primary_key=True),
    Column("call_id", String(60), nullable=False),
    Column("place_code", String(40), nullable=False),
    # What tells the applications of one place apart when each of its units may have one; "" when there is but one.
    Column("unit", String(120), nullable=False, default=""),
    Column("place", JSON, nullable=False),
    Column("place_by", String(20), nullable=False),
    Column("status", String(20), nullable=False),
    Column("first_received_at", Instant, nullable=False),
    Column("created_at", Instant, nullable=False),
    UniqueConstraint("call_id", "place_code", "unit"),
)

# Every form that was taken for an application, the newest number being the one that stands.
revisions = Table(
    "revisions",
    metadata,
    Column("number", String(40), ForeignKey("applications.number"), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("digest", String(64), ForeignKey("letters.digest"), nullable=False),
    Column("form", String(64)),
    Column("received_at", Instant, nullable=False),
    Column("sender", Text, nullable=False),
    Column("values", JSON, nullable=False),
    Column("faults", JSON, nullable=False),
    Column("unknown_labels", JSON, nullable=False),
    # Who corrected it in the workbook; "" for what the applicant sent.
    Column("made_by", String(120), nullable=False, default=""),
)

# Decisions are only ever added; the newest of a person outranks those of the rules.
decisions = Table(
    "decisions",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("digest", String(64), ForeignKey("letters.digest"), nullable=False, index=True),
    Column("made_by", String(120), nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("disposition", String(10), nullable=False),
    Column("findings", JSON, nullable=False),
    Column("rules_digest", String(16), nullable=False),
    Column("note", Text, nullable=False, default=""),
)

# What the workbook was told and what people typed, cell by cell. `written` is what the robot last wrote for certain,
# `intended` what it was about to write when it last replaced the file, `person` what a person typed instead.
cells = Table(
    "cells",
    metadata,
    Column("call_id", String(60), primary_key=True),
    Column("sheet", String(60), primary_key=True),
    Column("row_key", String(80), primary_key=True),
    Column("header", String(120), primary_key=True),
    Column("written", Text),
    Column("intended", Text),
    Column("person", Text),
    Column("changed_at", Instant, nullable=False),
)

# What people told us to do by typing a decision into the workbook, and what came of it: only ever added, the newest of a
# row counts. `row_key` is the row's key in the workbook, of a corrected cell the cell's; `typed` what stood there; `outcome`: done | refused | taken_back.
orders = Table(
    "orders",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("call_id", String(60), nullable=False),
    Column("row_key", String(200), nullable=False),
    Column("typed", JSON, nullable=False),
    Column("outcome", String(12), nullable=False),
    Column("note", String(40), nullable=False),
    Column("facts", JSON, nullable=False),
    Column("made_by", String(120), nullable=False),
    Column("made_at", Instant, nullable=False),
)
Index("ix_orders_row", orders.c.call_id, orders.c.row_key)

# Small facts about running: last successful poll, digest of the workbook last written, heartbeat.
facts = Table(
    "facts",
    metadata,
    Column("name", String(120), primary_key=True),
    Column("value", JSON, nullable=False),
    Column("at", Instant, nullable=False),
)

# Only one worker writes at a time.
leases = Table(
    "leases",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("holder", String(120), nullable=False),
    Column("expires_at", Instant, nullable=False),
)

# One row per trouble, from its first notice to its end.
alarms = Table(
    "alarms",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("code", String(60), nullable=False, index=True),
    Column("subject", String(320), nullable=False),
    Column("facts", JSON, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("closed_at", Instant),
    # When letters to the people who run this said that it began, and that it is over, were put into the outbox.
    Column("told_at", Instant),
    Column("over_told_at", Instant),
)
Index("ix_alarms_open", alarms.c.code, alarms.c.subject, alarms.c.closed_at)


def connect(url: str) -> Engine:
    """Return the engine for a database URL. SQLite gets WAL, full fsync and one writer at a time.

    A SQLite file's folder is made when absent. Nothing is read or written yet; see `migrate`.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True)
    if parsed.database and parsed.database != ":memory:":
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, connect_args={"timeout": 30})

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        # The driver must not open transactions by itself: `begin` below does, and takes the write lock at once,
        # so that two writers queue up instead of failing in mid-transaction.
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(
            "BEGIN" if connection.get_execution_options().get(READING) else "BEGIN IMMEDIATE"
        )

    return engine


# The execution option of a connection that only reads: it takes no write lock and waits for nobody.
READING = "skrynka_reading"


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Give a connection that sees one consistent state and writes nothing. Raises `LedgerTrouble`."""
    try:
        with engine.connect().execution_options(**{READING: True}) as connection:
            yield connection
            connection.rollback()
    except OperationalError as error:
        raise LedgerTrouble(f"the ledger cannot be read: {error.orig}") from error


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Give the one transaction in which things are written: committed whole, or not at all.

    Raises `LedgerTrouble` when the database is locked for long, full, or gone.
    """
    try:
        with engine.begin() as connection:
            yield connection
    except OperationalError as error:
        raise LedgerTrouble(f"the ledger cannot be written: {error.orig}") from error


def migrate(engine: Engine) -> None:
    """Bring the schema up to date, from an empty database as well.

    Raises `LedgerTrouble` when the database cannot be reached or written.
    """
    settings = AlembicConfig()
    settings.set_main_option("script_location", str(resources.files("intake") / "migrations"))
    try:
        with engine.begin() as connection:
            settings.attributes["connection"] = connection
            command.upgrade(settings, "head")
    except (SQLAlchemyError, OSError) as error:
        raise LedgerTrouble(
            f"the ledger cannot be opened: {engine.url.render_as_string()}: {error}"
        ) from error

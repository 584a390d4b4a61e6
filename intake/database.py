"""The database of the ledger: its tables, its engine, its migrations. The same schema on SQLite and PostgreSQL."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from outbox.store import Instant, metadata

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
    Column("from_address", Text, nullable=False, index=True),
    Column("files", JSON, nullable=False),
    Column("files_digest", String(64), nullable=False),
    Column("defects", JSON, nullable=False),
    Column("call_id", String(60), index=True),
    Column("number", String(40), index=True),
    Column("disposition", String(10)),
    Column("template", String(60)),
    Column("answerable", Boolean),
    Column("findings", JSON, nullable=False),
    Column("evidence", JSON, nullable=False),
    Column("traceback", Text),
    Column("settled_at", Instant, nullable=False),
)

# Where a letter was seen: the four parts that name a message on a server (RFC 3501, 2.3.1.1).
sightings = Table(
    "sightings",
    metadata,
    Column("account", String(320), primary_key=True),
    Column("folder", String(320), primary_key=True),
    Column("uidvalidity", Integer, primary_key=True),
    Column("uid", Integer, primary_key=True),
    Column("digest", String(64), ForeignKey("letters.digest"), nullable=False, index=True),
    Column("internaldate", Instant),
    Column("seen_at", Instant, nullable=False),
    Column("marked_at", Instant),
)

# One application per place and call. The first receipt time never changes.
applications = Table(
    "applications",
    metadata,
    Column("number", String(40), primary_key=True),
    Column("call_id", String(60), nullable=False),
    Column("place_code", String(40), nullable=False),
    Column("place", JSON, nullable=False),
    Column("place_by", String(20), nullable=False),
    Column("status", String(20), nullable=False),
    Column("first_received_at", Instant, nullable=False),
    Column("created_at", Instant, nullable=False),
    UniqueConstraint("call_id", "place_code"),
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

# Small facts about running: last successful poll, digest of the workbook last written, heartbeat.
facts = Table("facts", metadata, Column("name", String(120), primary_key=True), Column("value", JSON, nullable=False), Column("at", Instant, nullable=False))

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
)
Index("ix_alarms_open", alarms.c.code, alarms.c.subject, alarms.c.closed_at)

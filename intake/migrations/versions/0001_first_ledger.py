"""The first ledger.

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

from outbox.store import Instant

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "alarms",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=320), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.Column("told_at", Instant(), nullable=True),
        sa.Column("over_told_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarms")),
    )
    op.create_index(op.f("ix_alarms_code"), "alarms", ["code"], unique=False)
    op.create_index("ix_alarms_open", "alarms", ["code", "subject", "closed_at"], unique=False)
    op.create_table(
        "applications",
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("call_id", sa.String(length=60), nullable=False),
        sa.Column("place_code", sa.String(length=40), nullable=False),
        sa.Column("unit", sa.String(length=120), nullable=False),
        sa.Column("place", sa.JSON(), nullable=False),
        sa.Column("place_by", sa.String(length=20), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("first_received_at", Instant(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_applications")),
        sa.UniqueConstraint("call_id", "place_code", "unit", name=op.f("uq_applications_call_id")),
    )
    op.create_table(
        "cells",
        sa.Column("call_id", sa.String(length=60), nullable=False),
        sa.Column("sheet", sa.String(length=60), nullable=False),
        sa.Column("row_key", sa.String(length=80), nullable=False),
        sa.Column("header", sa.String(length=120), nullable=False),
        sa.Column("written", sa.Text(), nullable=True),
        sa.Column("intended", sa.Text(), nullable=True),
        sa.Column("person", sa.Text(), nullable=True),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("call_id", "sheet", "row_key", "header", name=op.f("pk_cells")),
    )
    op.create_table(
        "facts",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_facts")),
    )
    op.create_table(
        "leases",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("holder", sa.String(length=120), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_leases")),
    )
    op.create_table(
        "letters",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=True),
        sa.Column("date", Instant(), nullable=True),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("receipt_clock", sa.String(length=20), nullable=False),
        sa.Column("clocks", sa.JSON(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("from_name", sa.Text(), nullable=False),
        sa.Column("from_address", sa.Text(), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("files_digest", sa.String(length=64), nullable=False),
        sa.Column("defects", sa.JSON(), nullable=False),
        sa.Column("call_id", sa.String(length=60), nullable=True),
        sa.Column("number", sa.String(length=40), nullable=True),
        sa.Column("disposition", sa.String(length=10), nullable=True),
        sa.Column("template", sa.String(length=60), nullable=True),
        sa.Column("answerable", sa.Boolean(), nullable=True),
        sa.Column("speaks", sa.Boolean(), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("traceback", sa.Text(), nullable=True),
        sa.Column("settled_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_letters")),
    )
    op.create_index(op.f("ix_letters_call_id"), "letters", ["call_id"], unique=False)
    op.create_index(op.f("ix_letters_from_address"), "letters", ["from_address"], unique=False)
    op.create_index(op.f("ix_letters_message_id"), "letters", ["message_id"], unique=False)
    op.create_index(op.f("ix_letters_number"), "letters", ["number"], unique=False)
    op.create_table(
        "replies",
        sa.Column("message_id", sa.String(length=200), nullable=False),
        sa.Column("letter", sa.String(length=64), nullable=False),
        sa.Column("call_id", sa.String(length=60), nullable=False),
        sa.Column("template", sa.String(length=60), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=True),
        sa.Column("recipient", sa.String(length=320), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("stage", sa.String(length=12), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("repeats", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("not_before", Instant(), nullable=True),
        sa.Column("claimed_by", sa.String(length=120), nullable=True),
        sa.Column("claimed_at", Instant(), nullable=True),
        sa.Column("sent_at", Instant(), nullable=True),
        sa.Column("copy", sa.String(length=8), nullable=False),
        sa.Column("last_response", sa.Text(), nullable=False),
        sa.Column("octets", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_replies")),
    )
    op.create_index(op.f("ix_replies_letter"), "replies", ["letter"], unique=False)
    op.create_index(op.f("ix_replies_number"), "replies", ["number"], unique=False)
    op.create_index(op.f("ix_replies_recipient"), "replies", ["recipient"], unique=False)
    op.create_index("ix_replies_state_due", "replies", ["state", "due_at"], unique=False)
    op.create_table(
        "interventions",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("message_id", sa.String(length=200), nullable=False),
        sa.Column("action", sa.String(length=12), nullable=False),
        sa.Column("made_by", sa.String(length=120), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["replies.message_id"],
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interventions")),
    )
    op.create_index(op.f("ix_interventions_message_id"), "interventions", ["message_id"], unique=False)
    op.create_table(
        "orders",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("call_id", sa.String(length=60), nullable=False),
        sa.Column("row_key", sa.String(length=200), nullable=False),
        sa.Column("typed", sa.JSON(), nullable=False),
        sa.Column("outcome", sa.String(length=12), nullable=False),
        sa.Column("note", sa.String(length=40), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("made_by", sa.String(length=120), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders")),
    )
    op.create_index("ix_orders_row", "orders", ["call_id", "row_key"], unique=False)
    op.create_table(
        "decisions",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("made_by", sa.String(length=120), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("disposition", sa.String(length=10), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("rules_digest", sa.String(length=16), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["digest"],
            ["letters.digest"],
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
    )
    op.create_index(op.f("ix_decisions_digest"), "decisions", ["digest"], unique=False)
    op.create_table(
        "revisions",
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("form", sa.String(length=64), nullable=True),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("faults", sa.JSON(), nullable=False),
        sa.Column("unknown_labels", sa.JSON(), nullable=False),
        sa.Column("made_by", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(
            ["digest"],
            ["letters.digest"],
        ),
        sa.ForeignKeyConstraint(
            ["number"],
            ["applications.number"],
        ),
        sa.PrimaryKeyConstraint("number", "revision", name=op.f("pk_revisions")),
    )
    op.create_table(
        "sightings",
        sa.Column("account", sa.String(length=320), nullable=False),
        sa.Column("folder", sa.String(length=320), nullable=False),
        sa.Column("uidvalidity", sa.BigInteger(), nullable=False),
        sa.Column("uid", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("internaldate", Instant(), nullable=True),
        sa.Column("seen_at", Instant(), nullable=False),
        sa.Column("marked_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["digest"],
            ["letters.digest"],
        ),
        sa.PrimaryKeyConstraint("account", "folder", "uidvalidity", "uid", name=op.f("pk_sightings")),
    )
    op.create_index(op.f("ix_sightings_digest"), "sightings", ["digest"], unique=False)

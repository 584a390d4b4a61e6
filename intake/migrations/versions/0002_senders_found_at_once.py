"""Letters and replies are found by address at once, in whatever case it is written.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_letters_from_address", "letters")
    op.drop_index("ix_replies_recipient", "replies")
    op.create_index("ix_letters_sender", "letters", [sa.text("lower(from_address)")])
    op.create_index("ix_replies_to", "replies", [sa.text("lower(recipient)"), "created_at"])

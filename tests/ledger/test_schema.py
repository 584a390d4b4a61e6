"""The schema: what the migrations make is what the tables say, on both databases."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, text

from intake.database import connect, metadata, migrate, reading


# SQLAlchemy reads no index over an expression back from SQLite; on PostgreSQL it does, and compares it.
@pytest.mark.filterwarnings("ignore:.*expression-based index")
def test_the_migrations_make_the_tables_as_they_are_described(engine: Engine) -> None:
    with engine.connect() as connection:
        difference = compare_metadata(MigrationContext.configure(connection), metadata)
        connection.rollback()
    assert difference == []


@pytest.mark.parametrize(
    ("question", "index"),
    [
        ("select number from letters where lower(from_address) = 'a@b.c'", "ix_letters_sender"),
        (
            "select count(*) from replies where lower(recipient) = 'a@b.c' and created_at > 'x'",
            "ix_replies_to",
        ),
    ],
)
def test_what_is_asked_for_each_letter_is_found_without_looking_at_all(
    tmp_path: Path, question: str, index: str
) -> None:
    engine = connect(f"sqlite:///{tmp_path}/ledger.db")
    migrate(engine)
    with reading(engine) as tx:
        (plan,) = tx.execute(text(f"explain query plan {question}")).all()
    engine.dispose()
    assert f"USING INDEX {index}" in plan.detail


def test_migrating_again_changes_nothing(engine: Engine) -> None:
    migrate(engine)
    with reading(engine) as tx:
        assert tx.execute(text("select count(*) from alembic_version")).scalar() == 1


def test_a_reader_waits_for_no_writer(engine: Engine) -> None:
    with engine.begin() as writer:
        writer.execute(text("insert into leases values ('x', 'somebody', '2023-03-10 10:00:00')"))
        with reading(engine) as tx:
            assert tx.execute(text("select count(*) from leases")).scalar() == 0

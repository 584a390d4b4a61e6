"""The schema: what the migrations make is what the tables say, on both databases."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, text

from intake.database import metadata, migrate, reading


def test_the_migrations_make_the_tables_as_they_are_described(engine: Engine) -> None:
    with engine.connect() as connection:
        difference = compare_metadata(MigrationContext.configure(connection), metadata)
        connection.rollback()
    assert difference == []


def test_migrating_again_changes_nothing(engine: Engine) -> None:
    migrate(engine)
    with reading(engine) as tx:
        assert tx.execute(text("select count(*) from alembic_version")).scalar() == 1


def test_a_reader_waits_for_no_writer(engine: Engine) -> None:
    with engine.begin() as writer:
        writer.execute(text("insert into leases values ('x', 'somebody', '2023-03-10 10:00:00')"))
        with reading(engine) as tx:
            assert tx.execute(text("select count(*) from leases")).scalar() == 0

"""The outbox's table in a migrated ledger, on SQLite and on PostgreSQL in turn: the same behaviour is wanted of both."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from intake.database import connect, metadata, migrate
from tests.outbox.world import World
from tests.servers.postgres import Postgres


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with Postgres() as server:
        yield server


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty ledger as a file: to copy it takes a moment, to migrate a hundred of them takes long."""
    path = tmp_path_factory.mktemp("migrated") / "ledger.db"
    made = connect(f"sqlite:///{path}")
    migrate(made)
    # The last connection to close moves everything from the write-ahead log into the file.
    made.dispose()
    return path


@pytest.fixture(scope="session")
def migrated_postgres(postgres: Postgres) -> str:
    """A migrated database, emptied for each test: to make one takes PostgreSQL a thousand files."""
    url = postgres.database()
    made = connect(url)
    migrate(made)
    made.dispose()
    return url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def any_engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    if request.param == "postgresql":
        made = connect(request.getfixturevalue("migrated_postgres"))
        names = ", ".join(table.name for table in metadata.sorted_tables)
        with made.begin() as connection:
            connection.execute(text(f"TRUNCATE {names} CASCADE"))
    else:
        made = _copied(request.getfixturevalue("migrated"), tmp_path)
    yield made
    made.dispose()


@pytest.fixture
def engine(migrated: Path, tmp_path: Path) -> Iterator[Engine]:
    made = _copied(migrated, tmp_path)
    yield made
    made.dispose()


def _copied(migrated: Path, folder: Path) -> Engine:
    shutil.copyfile(migrated, folder / "ledger.db")
    return connect(f"sqlite:///{folder}/ledger.db")


@pytest.fixture
def world(engine: Engine) -> World:
    return World(engine)

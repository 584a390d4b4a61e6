"""A migrated ledger, on SQLite and on PostgreSQL in turn: the same behaviour is wanted of both."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from intake.database import connect, migrate
from tests.servers.postgres import Postgres


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with Postgres() as server:
        yield server


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgresql":
        server: Postgres = request.getfixturevalue("postgres")
        return server.database()
    return f"sqlite:///{tmp_path}/ledger.db"


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    made = connect(database_url)
    migrate(made)
    yield made
    made.dispose()

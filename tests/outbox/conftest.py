"""The outbox's table in a migrated ledger, on SQLite and on PostgreSQL in turn: the same behaviour is wanted of both."""

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
def any_engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    if request.param == "postgresql":
        server: Postgres = request.getfixturevalue("postgres")
        url = server.database()
    else:
        url = f"sqlite:///{tmp_path}/ledger.db"
    made = connect(url)
    migrate(made)
    yield made
    made.dispose()


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    made = connect(f"sqlite:///{tmp_path}/ledger.db")
    migrate(made)
    yield made
    made.dispose()

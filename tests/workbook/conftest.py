"""One desk for each test: an empty ledger in a folder of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.workbook.desk import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    yield made
    made.engine.dispose()

"""What tests of the store share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ccotel_tui.store.database import Database


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "telemetry.db"


@pytest.fixture
def database(path: Path) -> Iterator[Database]:
    database = Database(path)
    yield database
    database.close()

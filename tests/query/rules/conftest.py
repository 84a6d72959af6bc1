"""A store, and the embedded source of it."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ccotel_tui.query.embedded.backend import open_embedded
from ccotel_tui.query.source import Backend
from ccotel_tui.store.database import Database


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with closing(Database(tmp_path / "telemetry.db")) as database:
        yield database


@pytest.fixture
def backend(database: Database, tmp_path: Path) -> Iterator[Backend]:
    with closing(open_embedded(tmp_path / "telemetry.db")) as backend:
        yield backend

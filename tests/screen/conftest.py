"""CCOTEL_UPDATE_GOLDENS=1 writes the screens that the tests compare with."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from ccotel_tui.screen import strings
from ccotel_tui.store.database import Database


@pytest.fixture
def update_goldens() -> bool:
    return bool(os.environ.get("CCOTEL_UPDATE_GOLDENS"))


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "telemetry.db")
    yield database
    database.close()


@pytest.fixture
def korean() -> Iterator[None]:
    """The screen's words are Korean while the test runs."""
    strings.use("ko")
    yield
    strings.use("en")

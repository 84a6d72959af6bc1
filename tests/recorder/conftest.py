"""A database of the test's own, and a recorder that writes to it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.recorder.running import Recorder, recorder


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "telemetry.db"


@pytest.fixture
def running(database: Path) -> Iterator[Recorder]:
    with recorder(database) as one:
        yield one

"""One engine for all tests, and a project for each."""

import shutil
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from tests.stack.daemon import Daemon, directory
from tests.stack.images import load
from tests.stack.project import Project

_NUMBERS = count(1)


@pytest.fixture(scope="session")
def daemon() -> Iterator[Daemon]:
    """Fails, and does not skip, where no engine can be started: `make test-docker` asked for it."""
    place = directory()
    try:
        with Daemon(place) as running:
            load(running.url)
            yield running
    finally:
        shutil.rmtree(place, ignore_errors=True)


@pytest.fixture
def project(daemon: Daemon, tmp_path: Path) -> Iterator[Project]:
    made = Project(f"test{next(_NUMBERS)}", daemon.url, tmp_path)
    yield made
    made.clean()

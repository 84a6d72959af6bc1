"""One engine for all tests, and a project for each."""

import shutil
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from tests.stack.daemon import Daemon, directory
from tests.stack.images import EAT, END, MUTE, load
from tests.stack.project import Project, reserved_ports
from tests.stack_control.fake_engine import FakeEngine

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
def real_project(daemon: Daemon, tmp_path: Path) -> Iterator[Project]:
    made = Project(f"test{next(_NUMBERS)}", daemon.url, tmp_path)
    yield made
    made.clean()


@pytest.fixture
def project(real_project: Project) -> Project:
    """The one that a module tests, which may have another."""
    return real_project


@pytest.fixture
def fake_engine(tmp_path: Path) -> Iterator[FakeEngine]:
    with FakeEngine(tmp_path) as engine:
        engine.pulled |= {END, EAT, MUTE}
        yield engine


@pytest.fixture
def fake_project(fake_engine: FakeEngine, tmp_path: Path) -> Iterator[Project]:
    """A project on an engine that only pretends: `make test` runs it."""
    with reserved_ports() as ports:
        yield Project("fake", fake_engine.url, tmp_path, ports)


@pytest.fixture(params=["fake", pytest.param("real", marks=pytest.mark.docker)])
def either_project(request: pytest.FixtureRequest) -> Project:
    """A project on the fake engine, and one on a real engine."""
    project = request.getfixturevalue(f"{request.param}_project")
    assert isinstance(project, Project)
    return project

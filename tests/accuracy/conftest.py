"""The paths, each started once, and the recordings sent over them."""

import os
from collections.abc import Iterator
from operator import attrgetter
from pathlib import Path

import pytest

from tests.accuracy.paths.paths import MODE, DataPath, EmbeddedPath, StackPath, StorePath, loki_mode
from tests.accuracy.paths.sending import PROTOCOLS
from tests.accuracy.tally import TALLY
from tests.accuracy.truth.recordings import requests
from tests.servers.cache import find
from tests.servers.servers import Metrics, Prometheus, VictoriaMetrics
from tests.servers.thanos import Thanos

PATHS = (
    "embedded",
    pytest.param("stack", marks=pytest.mark.servers),
    pytest.param("victoria_metrics", marks=pytest.mark.servers),
    pytest.param("thanos", marks=[pytest.mark.servers, pytest.mark.slow]),
)

NO_LOKI = "no CCOTEL_TEST_LOKI, none in the cache"


@pytest.fixture(scope="session")
def embedded_path(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPath]:
    with EmbeddedPath(tmp_path_factory.mktemp("embedded")) as path:
        send_recordings(path)
        yield path


@pytest.fixture(scope="session")
def stack_path(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StackPath]:
    mode = loki_mode()
    path = StackPath(tmp_path_factory.mktemp("stack"), mode)
    why = f"asked for by {MODE}" if MODE in os.environ else NO_LOKI
    TALLY.loki = {
        "real": f"real, {path.loki_version}",
        "record": f"real, {path.loki_version}, its answers written down",
        "recorded": f"recorded answers of {path.loki_version} ({why})",
    }[mode]
    with path:
        send_recordings(path)
        yield path


@pytest.fixture(scope="session")
def victoria_metrics_path(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StackPath]:
    """The stack with VictoriaMetrics in the place of Prometheus."""
    for path in real_stack(tmp_path_factory.mktemp("victoria-metrics"), VictoriaMetrics):
        send_recordings(path)
        yield path


@pytest.fixture(scope="session")
def thanos_path(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StackPath]:
    """The stack with Thanos in the place of Prometheus, over two of them."""
    for path in real_stack(tmp_path_factory.mktemp("thanos"), Thanos):
        send_recordings(path)
        yield path


@pytest.fixture(scope="session", params=[Prometheus, VictoriaMetrics], ids=attrgetter("name"))
def real_stack_path(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[StackPath]:
    """The stack with Loki itself, and nothing in it: recorded answers know no marks."""
    yield from real_stack(tmp_path_factory.mktemp("real"), request.param)


@pytest.fixture
def own_stack_path(tmp_path: Path) -> Iterator[StackPath]:
    """As real_stack_path, for one test: Loki killed after a flush forgets what came since."""
    yield from real_stack(tmp_path)


def store_or_stack(kind: str, directory: Path) -> Iterator[DataPath]:
    """The embedded store's path, or where the kind is `stack` that of a real one."""
    if kind == "stack":
        yield from real_stack(directory)
        return
    with StorePath(directory) as path:
        yield path


def real_stack(directory: Path, metrics: Metrics = Prometheus) -> Iterator[StackPath]:
    if find("loki") is None:
        pytest.skip(f"no Loki on this machine: {NO_LOKI}")
    with StackPath(directory, "real", metrics) as path:
        yield path


@pytest.fixture
def store_path(tmp_path: Path) -> Iterator[StorePath]:
    """A database of its own, with nothing in it."""
    with StorePath(tmp_path) as path:
        yield path


@pytest.fixture(scope="session", params=PATHS)
def path(request: pytest.FixtureRequest) -> DataPath:
    """Each path in turn, the recorded sessions sent over it by each protocol."""
    path: DataPath = request.getfixturevalue(f"{request.param}_path")
    return path


def send_recordings(path: DataPath) -> None:
    for protocol in PROTOCOLS:
        path.send(requests(protocol), protocol)
    path.settle()

"""The OTLP ports go to a collector that takes telemetry, and come back from one that does not."""

import socket
import struct
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Event

import pytest

from ccotel_tui.errors import NotReady
from ccotel_tui.stack_control.compose_file import ComposeFile, Port, Service
from ccotel_tui.stack_control.docker.engine import Engine
from ccotel_tui.stack_control.docker.host import DockerHost
from ccotel_tui.stack_control.models import Progress
from ccotel_tui.stack_control.readiness import OTLP_HTTP
from ccotel_tui.stack_control.up import Up
from tests.stack_control.fake_engine import FakeEngine

IMAGE = "collector:1"


class Handover:
    """Writes down what it is told, among the calls of the engine."""

    def __init__(self, calls: list[str]) -> None:
        self._calls = calls

    def release(self) -> None:
        self._calls.append("release")

    def take_back(self) -> None:
        self._calls.append("take back")

    def done(self) -> None:
        self._calls.append("done")


def piece(text: bytes) -> bytes:
    """A piece of the standard error, as the engine's streams of logs have it."""
    return struct.pack(">BxxxI", 2, len(text)) + text


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port of the test's own that nobody listens on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[FakeEngine]:
    """It has the image, and a container that ends as soon as it is started."""
    with FakeEngine(tmp_path) as engine:
        engine.pulled.add(IMAGE)
        engine.answers |= {
            "GET /containers/json": [],
            "GET /networks": [],
            "POST /networks/create": {"Id": "n"},
            "GET /volumes": {"Volumes": []},
            "POST /containers/create": {"Id": "c"},
            "POST /containers/c/start": {},
            "POST /containers/c/stop": {},
            "GET /containers/c/json": {
                "State": {"Status": "exited", "ExitCode": 3, "OOMKilled": False},
                "RestartCount": 0,
                "NetworkSettings": {"Networks": {"p_default": {}}},
                "Config": {"Tty": False},
            },
            "GET /containers/c/logs": piece(b"2026-11-29T08:17:20.060Z no such setting"),
        }
        yield engine


def test_a_collector_that_ends_gives_the_ports_back(
    engine: FakeEngine, closed_port: int, tmp_path: Path
) -> None:
    collector = Service("otel-collector", IMAGE, ports=(Port("127.0.0.1", closed_port, OTLP_HTTP),))
    file = ComposeFile("p", tmp_path / "compose.yaml", (collector,), ())
    steps: list[Progress] = []
    with (
        closing(Engine(DockerHost(engine.url, "the tests"))) as connected,
        pytest.raises(NotReady, match=r"status 3.*no such setting"),
    ):
        Up(connected, file, steps.append, Handover(engine.calls), Event()).run(())
    changes = [call for call in engine.calls if not call.startswith("GET")]
    assert changes[-4:] == [
        "release",
        "POST /containers/c/start",
        "POST /containers/c/stop",
        "take back",
    ]
    assert steps[-1] == Progress("taken back", "otel-collector")

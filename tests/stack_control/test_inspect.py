"""CPU and memory of a running service, from two samples of the engine's counters."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ccotel_tui.stack_control import inspect
from ccotel_tui.stack_control.compose_file import ComposeFile, Service
from ccotel_tui.stack_control.docker.engine import SERVICE, Engine
from ccotel_tui.stack_control.docker.host import DockerHost
from ccotel_tui.stack_control.inspect import StateReader
from ccotel_tui.stack_control.models import ServiceState
from tests.stack_control.fake_engine import FakeEngine

SECOND = 10**9
MEBIBYTE = 2**20
STARTED = datetime(2000, 1, 1, tzinfo=UTC)
"""So long ago that a test's own time is nothing beside it."""


class Clock:
    """In the place of the module `time`."""

    def __init__(self) -> None:
        self.now_s = 1_000.0

    def monotonic(self) -> float:
        return self.now_s


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(inspect, "time", clock)
    return clock


class Seen:
    """Looks at the one service of a fake engine after it has worked for so many nanoseconds."""

    def __init__(self, fake: FakeEngine, look: StateReader) -> None:
        self._fake = fake
        self._states = look

    def __call__(self, worked_ns: int) -> ServiceState:
        memory = {
            "usage": 100 * MEBIBYTE,
            "limit": 512 * MEBIBYTE,
            "stats": {"inactive_file": 30 * MEBIBYTE},
        }
        self._fake.answers["GET /containers/c/stats"] = {
            "cpu_stats": {"cpu_usage": {"total_usage": worked_ns}},
            "memory_stats": memory,
        }
        [state] = self._states.states()
        return state


@pytest.fixture
def seen(tmp_path: Path) -> Iterator[Seen]:
    file = ComposeFile("p", tmp_path, (Service("a", "a:1"),), ())
    with FakeEngine(tmp_path) as fake:
        fake.answers |= {
            "GET /containers/json": [
                {
                    "Id": "c",
                    "Names": ["/p-a-1"],
                    "Labels": {SERVICE: "a"},
                    "State": "running",
                    "ImageID": "i",
                }
            ],
            "GET /containers/c/json": {
                "State": {
                    "Status": "running",
                    "StartedAt": STARTED.isoformat(),
                    "ExitCode": 0,
                    "OOMKilled": False,
                },
                "RestartCount": 0,
                "NetworkSettings": {"Ports": {}},
                "Config": {"Image": "a:1"},
            },
        }
        engine = Engine(DockerHost(fake.url, "the tests"))
        yield Seen(fake, StateReader(engine, file))
        engine.close()


def test_processors_in_use_since_the_look_before(seen: Seen, clock: Clock) -> None:
    seen(worked_ns=7 * SECOND)
    clock.now_s += 2
    assert seen(worked_ns=10 * SECOND).cpu == pytest.approx(1.5)


def test_processors_in_use_since_the_start_where_there_is_no_look_before(
    seen: Seen, clock: Clock
) -> None:
    uptime_s = (datetime.now(UTC) - STARTED).total_seconds()
    half = round(uptime_s * SECOND / 2)
    assert seen(worked_ns=half).cpu == pytest.approx(0.5, rel=1e-3)
    clock.now_s += 2
    anew = seen(worked_ns=half // 2)
    assert anew.cpu == pytest.approx(0.25, rel=1e-3)


def test_memory_in_use_without_pages_of_files(seen: Seen) -> None:
    state = seen(worked_ns=0)
    assert (state.memory, state.memory_limit) == (70 * MEBIBYTE, 512 * MEBIBYTE)

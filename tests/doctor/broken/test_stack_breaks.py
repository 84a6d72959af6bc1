"""The links of a stack broken in turn, on a pretended engine: doctor names them and mends them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.doctor.broken.world import World, follow, living, settled
from tests.stack.project import Project, reserved_ports
from tests.stack_control.fake_engine import FakeEngine

pytestmark = pytest.mark.slow


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[FakeEngine]:
    with FakeEngine(tmp_path) as engine:
        yield engine


@pytest.fixture
def world(tmp_path: Path, engine: FakeEngine) -> Iterator[World]:
    """The living set-up, with a stack that runs beside its recorder."""
    with reserved_ports() as ports:
        project = Project("fake", engine.url, tmp_path, ports)
        project.up()
        home = tmp_path / "home"
        home.mkdir()
        with living(home) as world:
            world.shell.update(project.environment, HOME=str(home), PATH=world.variables["PATH"])
            world.shell["CCOTEL_PROMETHEUS_URL"] = f"http://127.0.0.1:{project.ports['PROMETHEUS']}"
            world.shell["CCOTEL_LOKI_URL"] = f"http://127.0.0.1:{project.ports['LOKI']}"
            document = world.doctor()
            assert document["first_failure"] is None, document
            assert document["checks"]["stack"]["state"] == "ok"
            yield world


@pytest.mark.parametrize("service", ["loki", "prometheus", "otel-collector"])
def test_a_service_that_ended_is_named_and_started(
    service: str, world: World, engine: FakeEngine
) -> None:
    engine.project.container(f"fake-{service}-1").end(1)
    document = settled(world, "stack")
    assert document["first_failure"] == "stack", document
    row = document["checks"]["stack"]
    assert service in row["cause"]
    follow(world, row["next"])
    assert settled(world, None)["first_failure"] is None


@pytest.mark.parametrize("service", ["loki", "prometheus"])
def test_a_server_that_does_not_answer_is_named_and_restarted(
    service: str, world: World, engine: FakeEngine
) -> None:
    engine.project.container(f"fake-{service}-1").free_ports()
    document = settled(world, "stack")
    assert document["first_failure"] == "stack", document
    row = document["checks"]["stack"]
    assert service in row["found"]
    follow(world, row["next"])
    assert settled(world, None)["first_failure"] is None


def test_ports_that_moved_are_named_and_asked_for(world: World) -> None:
    there = world.shell.pop("CCOTEL_LOKI_URL")
    row = world.doctor()["checks"]["moved"]
    assert row["state"] == "warn"
    program, assignment = row["next"].split()
    name, _, value = assignment.partition("=")
    assert (program, name, value) == ("export", "CCOTEL_LOKI_URL", there)
    world.shell[name] = value
    assert world.doctor()["checks"]["moved"]["state"] == "ok"


def test_docker_away_is_named_and_the_stack_is_not_asked(world: World, engine: FakeEngine) -> None:
    world.end_recorder()
    engine.stop()
    document = settled(world, "recorder")
    assert document["first_failure"] == "recorder"
    row = document["checks"]["docker"]
    assert row["state"] == "warn"
    assert "docker" in row["cause"].lower()
    follow(world, document["checks"]["recorder"]["next"])
    assert settled(world, None)["first_failure"] is None

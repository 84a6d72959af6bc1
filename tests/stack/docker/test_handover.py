"""The recorder and the stack on the same ports, in turns: what is sent is kept once."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from ccotel_tui.local import locations
from ccotel_tui.recorder.child.child_process import Subprocess
from ccotel_tui.recorder.ports.lease import PortLease
from tests.recorder.campaigns.handover import WITHIN, kept, listens, run
from tests.recorder.client import Grpc, Http
from tests.recorder.running import Recorder, recorder
from tests.servers.servers import until
from tests.stack.daemon import Daemon
from tests.stack.handover import Containers
from tests.stack.project import Project, ignore
from tests.tools.otlp import logs_request, request

pytestmark = pytest.mark.docker


def addresses(project: Project) -> tuple[str, str]:
    """OTLP/gRPC, OTLP/HTTP."""
    return f"127.0.0.1:{project.ports['OTLP_GRPC']}", f"127.0.0.1:{project.ports['OTLP_HTTP']}"


@contextmanager
def waiting(project: Project, database: Path) -> Iterator[Recorder]:
    """A recorder that has the project's ports whenever they are free."""
    by_grpc, by_http = addresses(project)
    with recorder(database, "--wait", "--otlp-grpc", by_grpc, "--otlp-http", by_http) as running:
        yield running


def body(number: int) -> bytes:
    return logs_request(request(1.0, sequence=number)).SerializeToString()


@pytest.mark.parametrize("form", ["grpc", "http"])
def test_no_record_is_lost_on_the_way_to_the_stack_or_kept_twice(
    form: str, daemon: Daemon, tmp_path: Path
) -> None:
    """On the way back nobody listens for a moment: `make test-handover-docker` has the figure."""
    with ExitStack() as left:

        def other(directory: Path, by_grpc: str, by_http: str) -> Containers:
            made = Containers(daemon.url, directory, by_grpc, by_http)
            left.callback(made.project.clean)
            return made

        result = run(form, 3, 2, tmp_path, other)
    assert (result.lost["up"], result.doubled) == (0, 0), result
    assert result.here
    assert result.there


def test_an_open_connection_is_served_by_the_recorder_while_the_collector_starts(
    project: Project, tmp_path: Path
) -> None:
    """Docker binds the ports although connections to them are open."""
    database = tmp_path / "telemetry.db"
    by_grpc, by_http = addresses(project)

    class Sending(PortLease):
        """Each step is taken while the ports are nobody's or the collector's alone."""

        def release(self) -> None:
            super().release()
            one.send("logs", body(2))
            two.send("logs", body(3))

        def done(self) -> None:
            one.send("logs", body(4))
            two.send("logs", body(5))
            super().done()

    with (
        waiting(project, database),
        closing(Grpc(by_grpc, speed=10)) as one,
        closing(Http(by_http)) as two,
    ):
        one.send("logs", body(0))
        two.send("logs", body(1))
        project.up(Sending(database))
    assert {number for _, _, number in kept(database)} == set(range(6))


def test_the_recorder_has_the_ports_of_a_stack_that_somebody_else_ends(
    project: Project, tmp_path: Path
) -> None:
    database = tmp_path / "telemetry.db"
    project.compose_command("up", "-d")
    with waiting(project, database) as running:
        assert "is taken by an OpenTelemetry receiver" in running.said
        project.compose_command("down")
        assert until(lambda: listens(database), WITHIN)
        assert running.read().startswith("recording: ")


def test_compose_does_not_take_the_ports_of_a_recorder(project: Project, tmp_path: Path) -> None:
    """It is told that they are in use; the next `up` of ours goes on from there."""
    database = tmp_path / "telemetry.db"
    with waiting(project, database):
        with pytest.raises(AssertionError, match="address already in use"):
            project.compose_command("up", "-d")
        assert listens(database)
        project.up(PortLease(database))
        assert project.states()["otel-collector"].health == "ready"
        project.stack.down(ignore, Event())
        assert until(lambda: listens(database), WITHIN)


def test_a_collector_that_is_stopped_is_found_on_its_network_again(project: Project) -> None:
    """Compose starts it as it was, and other services find it by its name."""
    project.up()
    form = "--format={{json .NetworkSettings.Networks}}"
    before = project.ids()
    project.stack.stop(ignore, Event())
    project.compose_command("start")
    assert project.ids() == before
    assert "otel-collector" in project.docker("inspect", form, before["otel-collector"])
    project.up()
    assert project.ids() == before


async def test_the_command_takes_the_ports_of_a_dashboards_recorder(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in project.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    database = locations.database()
    child = await Subprocess.start(database, *addresses(project))
    lines = child.lines()

    async def next_ports() -> tuple[list[Any], bool]:
        """The ports that the recorder tells of next, and whether it hands them over."""
        event = json.loads(await anext(lines))
        assert event["event"] == "ports", event
        return event["ports"], event["handed_over"]

    try:
        ports, _ = await next_ports()
        assert [port["bound"] for port in ports] == [True, True]
        done = await asyncio.to_thread(project.run, "up")
        assert done.returncode == 0, done.stderr
        assert (await next_ports())[1]
        ports, _ = await next_ports()
        assert {port["owner"]["kind"] for port in ports} == {"collector"}
        done = await asyncio.to_thread(project.run, "down")
        assert done.returncode == 0, done.stderr
        ports, _ = await next_ports()
        assert [port["bound"] for port in ports] == [True, True]
    finally:
        await child.stop()

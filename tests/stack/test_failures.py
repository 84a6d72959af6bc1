"""Every failure that can be provoked is, and the sentence shown is asserted.

Those that a fake engine can play are provoked on it too: `make test` runs these.
"""

import contextlib
import gc
import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

import pytest

from ccotel_tui.errors import (
    Cancelled,
    DockerUnavailable,
    ImageMissing,
    LeftOut,
    MountMissing,
    NameTaken,
    NotReady,
    PortInUse,
    StackError,
)
from ccotel_tui.stack_control import inspect, up
from ccotel_tui.stack_control.docker import images
from ccotel_tui.stack_control.docker.host import DockerHost
from ccotel_tui.stack_control.stack import Stack
from tests.servers.servers import free_port
from tests.stack.daemon import Daemon
from tests.stack.images import EAT, END, MUTE, SERVE
from tests.stack.project import Project, ignore
from tests.stack.registry import registry
from tests.tools.handover import NoHandover

# docker-py leaves the socket of a connection that failed to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore:Exception ignored in. <socket:Warning")


@pytest.fixture
def project(either_project: Project) -> Project:
    return either_project


def sentence(kind: type[StackError], call: Callable[[], object]) -> str:
    """Return the message of the error that is raised, which must be of exactly this kind."""
    with pytest.raises(kind) as caught:
        call()
    assert type(caught.value) is kind
    message = str(caught.value)
    del caught
    gc.collect()
    return message


def at(project: Project, url: str, others: tuple[str, ...] = ()) -> Callable[[], object]:
    """An up on another Docker host."""
    stack = Stack(
        project.compose, DockerHost(url, "DOCKER_HOST", others=others), project.directory / "lock"
    )
    return lambda: stack.up(ignore, NoHandover(), Event())


def test_no_socket(project: Project) -> None:
    other = "Colima: DOCKER_HOST=unix:///home/me/.colima/default/docker.sock"
    message = sentence(DockerUnavailable, at(project, "unix:///tmp/nobody.sock", (other,)))
    assert message == (
        "Docker is not running, or not installed: nobody answers at unix:///tmp/nobody.sock "
        f"(DOCKER_HOST). Start it, and try again. There is {other}."
    )


def test_a_socket_that_nobody_listens_on(project: Project) -> None:
    path = project.directory / "left.sock"
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(path))
    message = sentence(DockerUnavailable, at(project, f"unix://{path}"))
    assert "Docker is not running, or not installed: nobody answers at unix://" in message
    refused = sentence(DockerUnavailable, at(project, f"tcp://127.0.0.1:{free_port()}"))
    assert "Docker is not running, or not installed: nobody answers at tcp://" in refused


@pytest.mark.docker
def test_no_permission(real_project: Project, daemon: Daemon) -> None:
    call = at(real_project, daemon.url)
    rights = daemon.socket.stat().st_mode
    daemon.socket.chmod(0o600)
    for folder in (
        real_project.directory,
        *real_project.directory.parents[:3],
        daemon.socket.parent,
    ):
        folder.chmod(0o777)
    # A socket does not ask the superuser for rights, so for a moment this process is not.
    os.seteuid(65_534)
    try:
        message = sentence(DockerUnavailable, call)
    finally:
        os.seteuid(0)
        daemon.socket.chmod(rights)
    assert message == (
        f"No permission for {daemon.url} (DOCKER_HOST): add yourself to the group of the socket "
        "(sudo usermod -aG docker $USER, then log in again), or use rootless Docker."
    )


@pytest.mark.docker
def test_an_engine_that_does_not_answer(real_project: Project, daemon: Daemon) -> None:
    with daemon.frozen():
        message = sentence(DockerUnavailable, at(real_project, daemon.url))
    assert message == f"Docker does not answer at {daemon.url} (DOCKER_HOST): restart it."


def test_a_port_that_is_not_dockers(project: Project) -> None:
    # Nothing is pulled: no machine without Go needs the stand-in for it.
    with registry("gives", Path(__file__)) as other:
        address = other.image.split("/")[0]
        message = sentence(DockerUnavailable, at(project, f"tcp://{address}"))
    assert message.startswith(
        f"Docker does not answer as it should at tcp://{address} (DOCKER_HOST)"
    )


@pytest.mark.docker
def test_a_registry_out_of_reach(real_project: Project) -> None:
    image = f"127.0.0.1:{free_port()}/loki:1"
    real_project.variables["CCOTEL_LOKI_IMAGE"] = image
    message = sentence(ImageMissing, real_project.up)
    assert message.startswith(
        f"{image} is not on this machine and its registry cannot be reached ("
    )
    assert message.endswith("check the network. CCOTEL_LOKI_IMAGE=IMAGE names another.")
    assert real_project.ids() == {}


@pytest.mark.docker
def test_a_tag_that_does_not_exist(real_project: Project) -> None:
    with registry("gives") as server:
        image = server.image.removesuffix(":1") + ":none"
        real_project.variables["CCOTEL_LOKI_IMAGE"] = image
        message = sentence(ImageMissing, real_project.up)
    assert message.startswith(f"There is no image {image} (")
    assert message.endswith("CCOTEL_LOKI_IMAGE=IMAGE names another.")


@pytest.mark.docker
def test_a_pull_tells_its_layers(real_project: Project) -> None:
    with registry("gives") as server:
        real_project.variables["CCOTEL_GRAFANA_IMAGE"] = server.image
        real_project.up(services=["grafana"])
    pulled = [each for each in real_project.said if each.step == "pulling"]
    assert (pulled[0].layers_done, pulled[0].layers) == (0, 0)
    assert (pulled[-1].layers_done, pulled[-1].layers, pulled[-1].text) == (1, 1, server.image)
    assert pulled[-1].service == "grafana"
    real_project.docker("rm", "-f", real_project.ids()["grafana"])
    real_project.docker("rmi", server.image)


@pytest.mark.docker
def test_a_missing_credential_helper_as_the_docker_command_has_it(
    real_project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(real_project.directory))
    (real_project.directory / ".docker").mkdir()
    (real_project.directory / ".docker" / "config.json").write_text('{"credsStore": "missing"}')
    with registry("gives") as server:
        real_project.docker("pull", server.image)
        real_project.docker("rmi", server.image)
        real_project.variables["CCOTEL_GRAFANA_IMAGE"] = server.image
        real_project.up(services=["grafana"])
    assert any(
        "docker-credential-missing is not on the PATH" in each.text for each in real_project.said
    )
    real_project.docker("rm", "-f", real_project.ids()["grafana"])
    real_project.docker("rmi", server.image)


@pytest.mark.docker
def test_a_pull_that_stalls(real_project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "STALLED_AFTER", 1.0)
    with registry("stalls") as silent:
        real_project.variables["CCOTEL_GRAFANA_IMAGE"] = silent.image
        message = sentence(LeftOut, real_project.up)
    assert message.startswith(
        f"Nothing has come of {silent.image} for 1 s: check the network, then up resumes from here."
        " Telemetry is taken all the same: the other services are up. "
    )


@pytest.mark.docker
def test_a_pull_is_stopped_on_demand(real_project: Project) -> None:
    cancelled = Event()
    with registry("stalls") as silent:
        real_project.variables["CCOTEL_GRAFANA_IMAGE"] = silent.image
        silent.when_asked = cancelled.set
        with pytest.raises(Cancelled, match="up resumes from here"):
            real_project.stack.up(ignore, NoHandover(), cancelled)


@contextlib.contextmanager
def stranger(project: Project, image: str, name: str, port: int | None = None) -> Iterator[str]:
    """The id of a container of nobody's project; `port` leads to its port 3000."""
    with project.api() as engine:
        bindings: dict[int | str, object] = {3000: ("127.0.0.1", port)} if port else {}
        host = engine.create_host_config(port_bindings=bindings)
        id_ = engine.create_container(image, name=name, ports=[*bindings], host_config=host)["Id"]
        engine.start(id_)
        try:
            yield id_
        finally:
            engine.remove_container(id_, force=True)


@contextlib.contextmanager
def listening(port: int) -> Iterator[None]:
    with socket.create_server(("127.0.0.1", port)):
        yield


@pytest.mark.parametrize(("service", "port"), [("loki", "LOKI"), ("otel-collector", "OTLP_GRPC")])
def test_a_port_taken_by_a_program(project: Project, service: str, port: str) -> None:
    number = project.ports[port]
    with listening(number):
        message = sentence(PortInUse, project.up)
    name = Path("/proc/self/comm").read_text().strip()
    assert message == (
        f"{service} needs port {number}, and {name}, process {os.getpid()} has it. End that, or "
        f"choose another port: CCOTEL_{port}_PORT={up.other_port(number)}."
    )
    project.up()
    assert {each.health for each in project.states().values()} == {"ready"}


def test_a_port_taken_by_a_container(project: Project) -> None:
    number = project.ports["PROMETHEUS"]
    with stranger(project, SERVE, "holder", number):
        message = sentence(PortInUse, project.up)
    assert message.startswith(f"prometheus needs port {number}, and the container holder has it.")
    project.up()


class Recorder:
    """Holds the collector's port until it is asked to release it, as our recorder does."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.asked: list[str] = []
        self._socket = socket.create_server(("127.0.0.1", port))

    def release(self) -> None:
        self.asked.append("release")
        self._socket.close()

    def take_back(self) -> None:
        self.asked.append("take back")
        self._socket = socket.create_server(("127.0.0.1", self._port))

    def done(self) -> None:
        self.asked.append("done")

    def close(self) -> None:
        self._socket.close()


def test_a_port_of_our_own_recorder_is_handed_over(project: Project) -> None:
    recorder = Recorder(project.ports["OTLP_GRPC"])
    project.up(recorder)
    assert recorder.asked == ["release", "done"]


@pytest.mark.parametrize(
    ("image", "what"),
    [
        (MUTE, "does not accept telemetry within 1 s"),
        (END, "keeps restarting, exited (3)"),
        (EAT, "ran out of memory (limit 512 MiB)"),
    ],
)
def test_a_collector_that_does_not_answer_gives_the_ports_back(
    project: Project, monkeypatch: pytest.MonkeyPatch, image: str, what: str
) -> None:
    if image == MUTE:
        monkeypatch.setattr(up, "OTLP_READY_TIMEOUT", 1.0)
    project.variables["CCOTEL_COLLECTOR_IMAGE"] = image
    recorder = Recorder(project.ports["OTLP_GRPC"])
    message = sentence(NotReady, lambda: project.up(recorder))
    assert message.startswith(f"otel-collector {what}: see ccotel-tui stack logs otel-collector.")
    assert recorder.asked == ["release", "take back"]
    assert project.states()["otel-collector"].state == "exited"
    assert project.states()["loki"].health == "ready"
    recorder.close()


OTHERS = "otel-collector prometheus loki"


def left_out(why: str) -> str:
    """What is said where Grafana alone could not start."""
    return (
        f"{why} Telemetry is taken all the same: the other services are up. When that is mended, "
        f"`ccotel-tui stack up` goes on; `ccotel-tui stack up {OTHERS}` leaves grafana out."
    )


def test_a_port_of_grafana_s_keeps_no_telemetry_out(project: Project) -> None:
    number, recorder = project.ports["GRAFANA"], Recorder(project.ports["OTLP_GRPC"])
    with listening(number):
        message = sentence(LeftOut, lambda: project.up(recorder))
        name = Path("/proc/self/comm").read_text().strip()
        assert message == left_out(
            f"grafana needs port {number}, and {name}, process {os.getpid()} has it. End that, or "
            f"choose another port: CCOTEL_GRAFANA_PORT={up.other_port(number)}."
        )
        assert recorder.asked == ["release", "done"]
        # As it says: without Grafana there is nothing to complain of.
        project.up(services=OTHERS.split())
        states = project.states()
        assert {states[each].health for each in OTHERS.split()} == {"ready"}
        assert states["grafana"].state == "created"
    project.up()
    assert {each.health for each in project.states().values()} == {"ready"}


@pytest.mark.docker
def test_an_image_of_grafana_s_keeps_no_telemetry_out(real_project: Project) -> None:
    image = f"127.0.0.1:{free_port()}/grafana:1"
    real_project.variables["CCOTEL_GRAFANA_IMAGE"] = image
    message = sentence(LeftOut, real_project.up)
    assert message.startswith(f"{image} is not on this machine and its registry cannot be reached")
    assert {real_project.states()[each].health for each in OTHERS.split()} == {"ready"}
    assert real_project.states()["grafana"].state == "absent"
    del real_project.variables["CCOTEL_GRAFANA_IMAGE"]


def test_a_service_that_ends_again_and_again(project: Project) -> None:
    project.variables["CCOTEL_GRAFANA_IMAGE"] = END
    message = sentence(LeftOut, project.up)
    assert message.startswith(
        "grafana keeps restarting, exited (3): see ccotel-tui stack logs grafana. Last log lines: "
    )
    assert "no such setting\x1b[0m: retention" in message
    shown = project.states()["grafana"]
    assert shown.restarts >= 2
    assert any("no such setting" in word for word in shown.last_words)
    done = project.run("up")
    assert done.returncode == 1
    assert "no such setting" in done.stderr
    assert f"stack up {OTHERS}` leaves grafana out." in done.stderr
    assert "\x1b" not in done.stderr + project.run("logs").stdout + project.run("status").stdout
    del project.variables["CCOTEL_GRAFANA_IMAGE"]
    project.up()


def test_the_command_says_that_the_ports_were_returned(project: Project) -> None:
    project.variables["CCOTEL_COLLECTOR_IMAGE"] = END
    done = project.run("up")
    assert done.returncode == 1
    assert "otel-collector not ready, OTLP ports returned\n" in done.stderr
    assert "otel-collector keeps restarting, exited (3): see" in done.stderr
    status = project.run("status").stdout
    assert any("otel-collector" in line and "exited (3)" in line for line in status.splitlines())


def test_a_service_without_memory(project: Project) -> None:
    project.variables["CCOTEL_GRAFANA_IMAGE"] = EAT
    message = sentence(LeftOut, project.up)
    assert message.startswith("grafana ran out of memory (limit 512 MiB): see ")


@pytest.mark.docker
def test_a_service_that_never_answers(
    real_project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(up, "READY_TIMEOUT", 15.0)
    real_project.variables["CCOTEL_GRAFANA_IMAGE"] = MUTE
    message = sentence(LeftOut, real_project.up)
    assert message == left_out(
        "grafana is not ready after 15 s: "
        f"http://127.0.0.1:{real_project.ports['GRAFANA']}/api/health does not answer 200: "
        "see ccotel-tui stack logs grafana. Its log is empty."
    )
    assert real_project.states()["grafana"].health == "starting"
    monkeypatch.setattr(inspect, "LISTEN_TIMEOUT", 0.0)
    assert real_project.states()["grafana"].health == "unreachable"
    assert real_project.states()["otel-collector"].health == "ready"


@pytest.mark.docker
def test_a_mount_that_is_missing(real_project: Project) -> None:
    files = real_project.own_files()
    (files / "loki.yml").unlink()
    message = sentence(MountMissing, real_project.up)
    assert message == (
        f"{files / 'loki.yml'} is to be mounted and is not there, on the machine where Docker "
        "runs: restore it, or install ccotel-tui again."
    )
    assert not (files / "loki.yml").exists()


def test_a_name_taken_by_a_stranger(project: Project) -> None:
    name = f"{project.name}-loki-1"
    with stranger(project, MUTE, name) as id_, project.api() as engine:
        message = sentence(NameTaken, project.up)
        assert message == (
            f"The name {name} is taken by a container that is not of this stack ({id_[:12]}): "
            "rename or remove it, or set COMPOSE_PROJECT_NAME."
        )
        project.clean()
        assert engine.inspect_container(name)["State"]["Status"] == "running"


@pytest.mark.parametrize(("kind", "name"), [("network", "default"), ("volume", "loki-data")])
def test_a_network_or_volume_of_a_stranger(project: Project, kind: str, name: str) -> None:
    taken = f"{project.name}_{name}"
    with project.api() as engine:
        getattr(engine, f"create_{kind}")(taken)
        try:
            message = sentence(NameTaken, project.up)
            assert message.startswith(
                f"The {kind} {taken} is not of this stack: remove it (docker {kind} rm"
            )
            project.clean()
            getattr(engine, f"inspect_{kind}")(taken)
        finally:
            getattr(engine, f"remove_{kind}")(taken)


def test_an_up_that_is_stopped_goes_on(project: Project) -> None:
    cancelled = Event()

    def say(progress: object) -> None:
        cancelled.set()

    with pytest.raises(Cancelled, match="up resumes from here"):
        project.stack.up(say, NoHandover(), cancelled)
    project.up()
    assert {each.health for each in project.states().values()} == {"ready"}

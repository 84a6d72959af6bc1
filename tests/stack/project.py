"""A stack of a test's own: its name, its ports, its lock, on the tests' engine."""

import os
import random
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from threading import Event

from docker import APIClient

from ccotel_tui.stack_control.compose_file import ComposeFile, read_compose_file
from ccotel_tui.stack_control.docker.host import DockerHost
from ccotel_tui.stack_control.models import Handover, Progress, ServiceState
from ccotel_tui.stack_control.stack import Stack
from tests.servers.cache import find
from tests.servers.servers import LOCAL, STACK, ServerError
from tests.tools.handover import NoHandover

PORTS = ("OTLP_GRPC", "OTLP_HTTP", "EXPORTER", "HEALTH", "PROMETHEUS", "LOKI", "GRAFANA")
SERVICES = ("otel-collector", "prometheus", "loki", "grafana")


class Project:
    """Everything about one Compose project; `variables` are those of its compose file."""

    def __init__(
        self, name: str, url: str, directory: Path, ports: Iterable[int] | None = None
    ) -> None:
        self.name = name
        self.url = url
        self.directory = directory
        self.files = STACK
        self.said: list[Progress] = []
        self.ports = dict(zip(PORTS, ports or free_ports(), strict=False))
        self.variables = {
            "COMPOSE_PROJECT_NAME": name,
            **{f"CCOTEL_{port}_PORT": str(number) for port, number in self.ports.items()},
        }
        # The tests' images have tags, and no digest of a registry's.
        for service in self.compose.services:
            tag, at, _ = service.image.partition("@")
            if at:
                self.variables[service.image_variable] = tag

    @property
    def environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.directory),
            "DOCKER_HOST": self.url,
            **self.variables,
        }

    def own_files(self) -> Path:
        """Work on a copy of the shipped files from now on."""
        self.files = Path(shutil.copytree(STACK, self.directory / "stack"))
        return self.files

    @property
    def compose(self) -> ComposeFile:
        return read_compose_file(self.files / "docker-compose.yml", self.variables)

    @property
    def stack(self) -> Stack:
        host = DockerHost(self.url, "the tests")
        return Stack(self.compose, host, self.directory / "lock")

    def up(self, handover: Handover | None = None, services: Sequence[str] = ()) -> None:
        self.said.clear()
        self.stack.up(self.said.append, handover or NoHandover(), Event(), services)

    def states(self) -> dict[str, ServiceState]:
        return {one.service: one for one in self.stack.states()}

    def steps(self) -> set[str]:
        """Return the steps of the last `up`."""
        return {step.step for step in self.said}

    def words(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "ccotel_tui", "stack", *words]

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """`ccotel-tui stack ...` as a process of its own."""
        return subprocess.run(
            self.words(*words),
            env=self.environment,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
        )

    def docker(self, *words: str) -> str:
        """Return the output of the docker command."""
        done = subprocess.run(
            ["docker", *words], env=self.environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def compose_command(self, *words: str) -> str:
        """Return the output of the real Docker Compose on the same project."""
        binary = find("docker-compose")
        if binary is None:
            raise ServerError("docker-compose is not built: run make test-stack")
        done = subprocess.run(
            [binary, "-f", self.files / "docker-compose.yml", *words],
            env=self.environment,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    @contextmanager
    def api(self) -> Iterator[APIClient]:
        """The engine, past the code that is tested."""
        with closing(APIClient(self.url, "auto")) as client:
            yield client

    def ids(self) -> dict[str, str]:
        """The id of each container of the project."""
        with self.api() as engine:
            listed = engine.containers(all=True, filters=self._labelled)
        return {
            container["Labels"]["com.docker.compose.service"]: container["Id"][:12]
            for container in listed
        }

    def left(self) -> list[str]:
        """Whatever bears the project's label."""
        with self.api() as engine:
            return [
                *(each["Id"][:12] for each in engine.containers(all=True, filters=self._labelled)),
                *(each["Id"][:12] for each in engine.networks(filters=self._labelled)),
                *(each["Name"] for each in engine.volumes(filters=self._labelled)["Volumes"] or ()),
            ]

    @property
    def _labelled(self) -> dict[str, str]:
        return {"label": f"com.docker.compose.project={self.name}"}

    def clean(self) -> None:
        stack = self.stack
        stack.clean(ignore, Event())
        stack.close()


def ignore(_: object) -> None:
    pass


@contextmanager
def reserved_ports() -> Iterator[list[int]]:
    """Ports that nobody else is given, and that a server with SO_REUSEADDR can still listen on."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in PORTS]
        for each in sockets:
            each.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            each.bind((LOCAL, 0))
        yield [each.getsockname()[1] for each in sockets]


def free_ports() -> Iterator[int]:
    """Ports that stay free between a down and an up: no connection is given one of these."""
    for port in random.sample(range(20_000, 32_000), 1_000):
        with suppress(OSError), socket.create_server((LOCAL, port)):
            yield port

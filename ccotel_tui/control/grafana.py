"""Where Grafana is for a person."""

from collections.abc import Mapping

from ccotel_tui import locations
from ccotel_tui.control.compose_file import read

_PORT = 3000
"""In its container."""


def address(environment: Mapping[str, str]) -> str:
    """Where the compose file publishes it. Raises BadComposeFile."""
    services = read(locations.stack() / "docker-compose.yml", environment).services
    return f"http://{next(filter(None, (service.publishes(_PORT) for service in services)))}"

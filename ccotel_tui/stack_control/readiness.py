"""Whether a service answers: by HTTP from here, as a connection alone proves nothing.

Docker's proxy takes connections for a service that does not listen yet.
"""

from ccotel_tui.network.address import Headers, address
from ccotel_tui.network.http import HttpFailure, probe
from ccotel_tui.stack_control.compose_file import Port, Service
from ccotel_tui.stack_control.models import ServiceHealth

OTLP_HTTP = 4318
"""The container's port whose service takes telemetry in: it gets its ports by a hand-over."""

_PAGES = {
    "prometheus": (9090, "/-/ready"),
    "loki": (3100, "/ready"),
    "grafana": (3000, "/api/health"),
    "otel-collector": (13133, "/"),
}
_TIMEOUT = 1.0
"""Seconds."""


def fetch_page(service: Service) -> str:
    """The address that answers 200 when the service is ready; empty where there is none."""
    container_port, path = _PAGES.get(service.name, (0, ""))
    port = service.publishes(container_port)
    return f"http://{port}{path}" if port else ""


def probe_health(service: Service) -> ServiceHealth:
    """What a running service says of itself now, within a second."""
    container_port, path = _PAGES.get(service.name, (0, ""))
    port = service.publishes(container_port)
    if port is None:
        return ""
    status = _status(port, "GET", path)
    if status == 200:
        return "ready"
    return "starting" if status else "unreachable"


def takes_telemetry(port: Port) -> bool:
    """Whether an empty export of events is acknowledged here."""
    protobuf = (("Content-Type", "application/x-protobuf"),)
    return _status(port, "POST", "/v1/logs", protobuf) == 200


def _status(port: Port, method: str, path: str, headers: Headers = ()) -> int:
    """The status of the answer, 0 without one."""
    body = b"" if method == "POST" else None
    try:
        return probe(method, address(f"http://{port}"), path, _TIMEOUT, headers, body).status
    except HttpFailure:
        return 0

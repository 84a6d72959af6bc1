"""Which server answers where Prometheus is asked, by what it says of itself."""

import json
from contextlib import closing
from typing import Any

from ccotel_tui.doctor.facts import MetricsServer
from ccotel_tui.network.address import Address
from ccotel_tui.network.host_and_port import host_and_port
from ccotel_tui.network.http import HttpClient, HttpFailure, Response

_TIMEOUT = 2.0
"""Seconds for all that is asked."""

_LONGEST = 40
"""Characters of a name or a version."""

_HOSTED = ".grafana.net"
"""How the names of Grafana Cloud's servers end."""


def metrics_server(address: Address) -> MetricsServer:
    """Return what the server at the address is; it has no name where it does not tell that."""
    host, port = address.host
    at = host_and_port(host, port)
    with closing(HttpClient()) as client:
        limit = client.limit(_TIMEOUT)

        def ask(path: str) -> Response | None:
            try:
                response = client.get(address, path, (), limit)
            except HttpFailure:
                return None
            return response if response.status == 200 else None

        build = _fields(ask("/api/v1/status/buildinfo"), "data")
        version = _text(build.get("version"))
        if application := _text(build.get("application")):
            # As Mimir does it, and those that want to be told from it.
            if application == "Grafana Mimir" and host.endswith(_HOSTED):
                application = "Grafana Cloud (Mimir)"
            return MetricsServer(at, application, version)
        if build.keys() == {"version"}:
            # It tells a version of Prometheus here, and its own to its page.
            page = _fields(ask("/vmui/config.json"))
            return MetricsServer(at, "VictoriaMetrics", _text(page.get("version")))
        if build.keys() >= {"version", "revision", "goVersion"}:
            # Thanos says the same as Prometheus, and has stores, which no other has.
            stores = _fields(ask("/api/v1/stores"))
            name = "Thanos" if stores.get("status") == "success" else "Prometheus"
            return MetricsServer(at, name, version)
    return MetricsServer(at)


def _fields(response: Response | None, field: str = "") -> dict[str, Any]:
    """The fields of an answer, or of the one in it that has this name; empty for any other form."""
    try:
        content = json.loads(response.body) if response else {}
        fields = content[field] if field else content
    except (ValueError, LookupError, TypeError, RecursionError):
        return {}
    return fields if isinstance(fields, dict) else {}


def _text(value: object) -> str:
    return value[:_LONGEST] if isinstance(value, str) else ""

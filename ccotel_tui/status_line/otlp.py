"""A status line as an OTLP log record in JSON, and the HTTP request that carries it. Pure.

Made by hand: `line` has no time to import protobuf.
"""

import json
from collections.abc import Mapping

from ccotel_tui.telemetry.conventions import OWN_SCOPE, OWN_SERVICE, STATUS_LINE
from ccotel_tui.telemetry.status_line import Scalar


def export_request(fields: Mapping[str, Scalar], time_ns: int, host: str) -> bytes:
    """Return the request to `host` (HOST:PORT), after which the receiver ends the connection."""
    body = json.dumps(_logs(fields, time_ns)).encode()
    head = (
        "POST /v1/logs HTTP/1.1",
        f"Host: {host}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        "Connection: close",
    )
    return "\r\n".join((*head, "", "")).encode() + body


def _logs(fields: Mapping[str, Scalar], time_ns: int) -> dict[str, object]:
    record = {
        "timeUnixNano": str(time_ns),
        "body": _value(STATUS_LINE),
        "attributes": [
            _pair("event.name", STATUS_LINE),
            *(_pair(*item) for item in fields.items()),
        ],
    }
    scope = {"scope": {"name": OWN_SCOPE}, "logRecords": [record]}
    resource = {"attributes": [_pair("service.name", OWN_SERVICE)]}
    return {"resourceLogs": [{"resource": resource, "scopeLogs": [scope]}]}


def _pair(name: str, value: Scalar) -> dict[str, object]:
    return {"key": name, "value": _value(value)}


def _value(value: Scalar) -> dict[str, object]:
    match value:
        case bool():
            return {"boolValue": value}
        case int():
            return {"intValue": str(value)}
        case float():
            return {"doubleValue": value}
    return {"stringValue": value}

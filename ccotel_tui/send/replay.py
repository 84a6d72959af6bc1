"""OTLP JSON lines, as the collector's file exporter writes them, read and sent to an endpoint."""

import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from google.protobuf import json_format
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from ccotel_tui.errors import EndpointUnavailable, MalformedTelemetry
from ccotel_tui.send.exporter import Say, exporter
from ccotel_tui.telemetry.decode import REQUESTS, SIGNAL_KEYS, ExportRequest
from ccotel_tui.telemetry.salvage import UNREADABLE_JSON
from ccotel_tui.telemetry.span_ids import read_hexadecimal

_JSON_TYPES = {
    list: "an array",
    str: "a string",
    int: "a number",
    float: "a number",
    bool: "true or false",
    type(None): "null",
}


@dataclass(frozen=True)
class Line:
    """A request of the file, and the newest time in it in Unix nanoseconds."""

    request: ExportRequest
    time_ns: int


def read_lines(path: Path) -> Iterator[Line]:
    """Yield the file's requests in their order; blank lines are skipped.

    A line may wrap the request as `{"request": {...}}`. Raises MalformedTelemetry with the number
    of the line.
    """
    with path.open("rb") as lines:
        for number, text in enumerate(lines, start=1):
            if text.strip():
                try:
                    yield parse_line(text)
                except MalformedTelemetry as error:
                    raise MalformedTelemetry(
                        f"{path} line {number} is no OTLP request: {error}."
                    ) from error


def parse_line(text: str | bytes) -> Line:
    """Return the request that a line holds. Raises MalformedTelemetry with the reason."""
    body = _body(text)
    keys = [key for key in SIGNAL_KEYS if key in body]
    if len(keys) != 1:
        raise MalformedTelemetry(_no_signal(keys))
    kind = REQUESTS[SIGNAL_KEYS[keys[0]]]
    request = kind()
    try:
        json_format.ParseDict(body, request, ignore_unknown_fields=True)
        read_hexadecimal(request)
        if not _has_records(request):
            # A key that is none of OTLP's would take its records with it in silence.
            json_format.ParseDict(body, kind())
    except UNREADABLE_JSON as error:
        raise MalformedTelemetry(" ".join(str(error).split()).rstrip(".")) from error
    return Line(request, max((getattr(part, name) for part, name in times(request)), default=0))


def _body(text: str | bytes) -> dict[str, Any]:
    """The JSON object that is the request."""
    try:
        body = json.loads(text)
    except UnicodeDecodeError as error:
        raise MalformedTelemetry("it is not text in UTF-8; is the file compressed?") from error
    except json.JSONDecodeError as error:
        raise MalformedTelemetry(
            f"it is no JSON, or cut short, at character {error.pos + 1} ({error.msg})"
        ) from error
    except (ValueError, RecursionError) as error:
        raise MalformedTelemetry(
            "a number in it is too long, or it is nested too deeply"
        ) from error
    if isinstance(body, dict):
        body = body.get("request", body)
    if not isinstance(body, dict):
        raise MalformedTelemetry(f"it is {_JSON_TYPES[type(body)]}, no object")
    return body


def _no_signal(keys: list[str]) -> str:
    if keys:
        return "it holds logs, metrics or spans at once, or one of them twice"
    return "it has none of resourceLogs, resourceMetrics and resourceSpans"


def _has_records(request: ExportRequest) -> bool:
    if isinstance(request, ExportLogsServiceRequest):
        return any(scope.log_records for part in request.resource_logs for scope in part.scope_logs)
    if isinstance(request, ExportTraceServiceRequest):
        return any(scope.spans for part in request.resource_spans for scope in part.scope_spans)
    return any(scope.metrics for part in request.resource_metrics for scope in part.scope_metrics)


def times(request: ExportRequest) -> Iterator[tuple[object, str]]:
    """Yield every field that holds a time, as the message and the field's name."""
    if isinstance(request, ExportLogsServiceRequest):
        for logs in request.resource_logs:
            for scope in logs.scope_logs:
                for record in scope.log_records:
                    yield record, "time_unix_nano"
                    yield record, "observed_time_unix_nano"
    elif isinstance(request, ExportTraceServiceRequest):
        for spans in request.resource_spans:
            for span_scope in spans.scope_spans:
                for span in span_scope.spans:
                    yield span, "end_time_unix_nano"
                    yield span, "start_time_unix_nano"
    else:
        for metrics in request.resource_metrics:
            for metric_scope in metrics.scope_metrics:
                for metric in metric_scope.metrics:
                    for point in metric.sum.data_points:
                        yield point, "time_unix_nano"
                        yield point, "start_time_unix_nano"


def move(request: ExportRequest, by_ns: int) -> None:
    """Shift every time in the request."""
    for part, name in times(request):
        if time_ns := getattr(part, name):
            setattr(part, name, time_ns + by_ns)


@dataclass
class Sent:
    """Counts of the requests sent and of their records the receiver refused, and its reason."""

    requests: int = 0
    refused: int = 0
    reason: str = ""


def send(
    lines: Iterable[Line],
    endpoint: str,
    speed: float = 0,
    ours_only: bool = False,
    say: Say = lambda _: None,
) -> Sent:
    """Send the requests in order and return what became of them.

    `speed` 1 keeps the pauses between them, 10 makes them a tenth, 0 leaves them out. Raises
    EndpointUnavailable, NotOurs where the endpoint has to be ours (`ours_only`), and
    MalformedTelemetry of the lines; all say how many were sent before.
    """
    sent = Sent()
    before = None
    try:
        with exporter(endpoint, ours_only=ours_only, say=say) as export:
            for line in lines:
                if speed and before is not None and line.time_ns > before:
                    time.sleep((line.time_ns - before) / 1e9 / speed)
                before = line.time_ns
                refused, reason = export(line.request)
                sent.requests += 1
                sent.refused += refused
                sent.reason = sent.reason or reason
    except (EndpointUnavailable, MalformedTelemetry) as error:
        number = sent.requests
        before_it = f"{number:,} request{'' if number == 1 else 's'}" if number else "nothing"
        raise type(error)(f"{error} Sent before it: {before_it}.") from error
    return sent


def moved_to(lines: Iterable[Line], time_ns: int) -> Iterator[Line]:
    """The lines with all times shifted, so that the newest of them is this."""
    lines = list(lines)
    by_ns = time_ns - max((line.time_ns for line in lines), default=0)
    for line in lines:
        move(line.request, by_ns)
        yield line

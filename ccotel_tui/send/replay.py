"""OTLP JSON lines, as the collector's file exporter writes them, sent to an endpoint by gRPC."""

import json
import socket
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
from google.protobuf import json_format
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import (
    ExportLogsServiceRequest,
    ExportLogsServiceResponse,
)
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
    ExportMetricsServiceResponse,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

from ccotel_tui.errors import EndpointUnavailable, MalformedTelemetry
from ccotel_tui.network.grpc_channel import options
from ccotel_tui.network.ownership import require_ours
from ccotel_tui.recorder import SIGNATURE
from ccotel_tui.recorder.ports.address import parse_host_and_port
from ccotel_tui.telemetry.salvage import UNREADABLE_JSON
from ccotel_tui.telemetry.span_ids import read_hexadecimal

ExportRequest = ExportLogsServiceRequest | ExportMetricsServiceRequest | ExportTraceServiceRequest
Export = Callable[[ExportRequest], tuple[int, str]]
"""Sends a request; how many of its records were refused, and why."""

Say = Callable[[str], None]
"""Tells a person how it goes."""

_TIMEOUT = 10.0
"""Seconds."""

_GREETED_WITHIN = 5.0
"""Seconds."""

_FRAME_HEAD = 9
_SETTINGS = b"\x04"
_HTTP2_GREETING = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(3) + _SETTINGS + bytes(5)
"""Both sides of HTTP/2 begin with a frame of settings (RFC 9113, 3.4)."""

_PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0, 8.0, 8.0, 8.0, 8.0, 8.0)
"""Seconds: its memory limiter looks once a second, and its queue empties into slow servers."""

_JSON_TYPES = {
    list: "an array",
    str: "a string",
    int: "a number",
    float: "a number",
    bool: "true or false",
    type(None): "null",
}

_METHODS: dict[type[ExportRequest], str] = {
    ExportLogsServiceRequest: "/opentelemetry.proto.collector.logs.v1.LogsService/Export",
    ExportMetricsServiceRequest: "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export",
    ExportTraceServiceRequest: "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
}


_KINDS: dict[str, type[ExportRequest]] = {
    "resourceLogs": ExportLogsServiceRequest,
    "resource_logs": ExportLogsServiceRequest,
    "resourceMetrics": ExportMetricsServiceRequest,
    "resource_metrics": ExportMetricsServiceRequest,
    "resourceSpans": ExportTraceServiceRequest,
    "resource_spans": ExportTraceServiceRequest,
}
"""By the key that tells them, in both spellings that JSON of a protobuf message may have."""


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
    kinds = [kind for key, kind in _KINDS.items() if key in body]
    if len(kinds) != 1:
        raise MalformedTelemetry(_no_signal(body))
    request = kinds[0]()
    try:
        json_format.ParseDict(body, request, ignore_unknown_fields=True)
        read_hexadecimal(request)
        if not _has_records(request):
            # A key that is none of OTLP's would take its records with it in silence.
            json_format.ParseDict(body, kinds[0]())
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


def _no_signal(body: dict[str, Any]) -> str:
    if _KINDS.keys() & body.keys():
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


@contextmanager
def exporter(
    endpoint: str,
    *metadata: tuple[str, str],
    ours_only: bool = False,
    say: Say = lambda _: None,
) -> Iterator[Export]:
    """Yield a function that sends a request to the endpoint. Raises EndpointUnavailable.

    It returns how many of the request's records were refused, and why. A collector that cannot take
    more for now is sent the request again, after longer and longer pauses, and `say` is told. With
    `ours_only` it looks before each request whose server that is, as the one before may have ended:
    raises NotOurs.
    """
    target = endpoint.removeprefix("http://")
    with grpc.insecure_channel(target, options(target)) as channel:

        def sent(request: ExportRequest) -> bytes:
            if ours_only:
                require_ours(*parse_endpoint(endpoint))
            call: grpc.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(
                _METHODS[type(request)]
            )
            return call(request.SerializeToString(), timeout=_TIMEOUT, metadata=metadata)

        def export(request: ExportRequest) -> tuple[int, str]:
            for pause in (*_PAUSES, None):
                try:
                    return _refused(request, sent(request))
                except grpc.RpcError as error:
                    if pause is None or not _is_full(error, endpoint):
                        raise EndpointUnavailable(
                            f"{endpoint} did not take a request ({error.details()}): "
                            "is a recorder or a collector listening there?"
                        ) from error
                    say(f"{endpoint} has no room for more now ({error.details()}): going slower")
                    time.sleep(pause)
            raise AssertionError("the last try returns or raises")

        yield export


def _is_full(error: grpc.RpcError, endpoint: str) -> bool:
    """Return whether a server refused it for now only: a recorder does so where it cannot write."""
    if error.code() is not grpc.StatusCode.UNAVAILABLE:
        return False
    trailing = {each.key: each.value for each in error.trailing_metadata() or ()}
    if trailing.get("x-server") in (SIGNATURE, SIGNATURE.encode()):
        return False
    # One that is not there is unavailable too, and so is one that does not speak gRPC.
    try:
        with socket.create_connection(parse_endpoint(endpoint), _GREETED_WITHIN) as connection:
            connection.sendall(_HTTP2_GREETING)
            greeting = connection.recv(_FRAME_HEAD, socket.MSG_WAITALL)
    except OSError:
        return False
    return greeting[3:4] == _SETTINGS


def parse_endpoint(endpoint: str) -> tuple[str, int]:
    """Return the host and port of an endpoint. Raises UsageError."""
    return parse_host_and_port("--endpoint", endpoint.removeprefix("http://"))


def _refused(request: ExportRequest, answer: bytes) -> tuple[int, str]:
    if isinstance(request, ExportLogsServiceRequest):
        logs = ExportLogsServiceResponse.FromString(answer).partial_success
        return logs.rejected_log_records, logs.error_message
    if isinstance(request, ExportTraceServiceRequest):
        traces = ExportTraceServiceResponse.FromString(answer).partial_success
        return traces.rejected_spans, traces.error_message
    metrics = ExportMetricsServiceResponse.FromString(answer).partial_success
    return metrics.rejected_data_points, metrics.error_message

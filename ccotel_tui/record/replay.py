"""OTLP JSON lines, as the collector's file exporter writes them, sent to an endpoint by gRPC."""

import json
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import grpc
from google.protobuf import json_format
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest

from ccotel_tui.errors import EndpointUnavailable, MalformedTelemetry

Request = ExportLogsServiceRequest | ExportMetricsServiceRequest

_TIMEOUT = 10.0
"""Seconds."""

_METHODS: dict[type[Request], str] = {
    ExportLogsServiceRequest: "/opentelemetry.proto.collector.logs.v1.LogsService/Export",
    ExportMetricsServiceRequest: "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export",
}


@dataclass(frozen=True)
class Line:
    """A request of the file, and the newest time in it in Unix nanoseconds."""

    request: Request
    time_ns: int


def read(path: Path) -> Iterator[Line]:
    """The file's requests, in the order they stand there.

    A line may wrap the request as `{"request": {...}}`. Raises MalformedTelemetry with the number
    of the line.
    """
    with path.open(encoding="utf-8") as lines:
        for number, text in enumerate(lines, start=1):
            if text.strip():
                try:
                    yield parse(text)
                except (ValueError, AttributeError, json_format.ParseError) as error:
                    raise MalformedTelemetry(
                        f"{path}, line {number} is not an OTLP request in JSON: {error}"
                    ) from error


def parse(text: str) -> Line:
    """The request that one line holds."""
    body = json.loads(text)
    body = body.get("request", body)
    request: Request = (
        ExportLogsServiceRequest() if "resourceLogs" in body else ExportMetricsServiceRequest()
    )
    json_format.ParseDict(body, request, ignore_unknown_fields=True)
    return Line(request, max((getattr(part, name) for part, name in times(request)), default=0))


def times(request: Request) -> Iterator[tuple[object, str]]:
    """Every field that holds a time, as the message and the field's name."""
    if isinstance(request, ExportLogsServiceRequest):
        for logs in request.resource_logs:
            for scope in logs.scope_logs:
                for record in scope.log_records:
                    yield record, "time_unix_nano"
                    yield record, "observed_time_unix_nano"
    else:
        for metrics in request.resource_metrics:
            for metric_scope in metrics.scope_metrics:
                for metric in metric_scope.metrics:
                    for point in metric.sum.data_points:
                        yield point, "time_unix_nano"
                        yield point, "start_time_unix_nano"


def move(request: Request, by_ns: int) -> None:
    """Shift every time in the request."""
    for part, name in times(request):
        if time_ns := getattr(part, name):
            setattr(part, name, time_ns + by_ns)


def send(lines: Iterable[Line], endpoint: str, speed: float = 0) -> int:
    """Send the requests in order and return how many there were.

    `speed` 1 keeps the pauses between them, 10 makes them a tenth, 0 leaves them out. Raises
    EndpointUnavailable.
    """
    sent = 0
    before = None
    with exporter(endpoint) as export:
        for line in lines:
            if speed and before is not None and line.time_ns > before:
                time.sleep((line.time_ns - before) / 1e9 / speed)
            before = line.time_ns
            export(line.request)
            sent += 1
    return sent


@contextmanager
def exporter(endpoint: str, *metadata: tuple[str, str]) -> Iterator[Callable[[Request], None]]:
    """What sends a request to the endpoint and raises EndpointUnavailable where it is not taken."""
    with grpc.insecure_channel(endpoint.removeprefix("http://")) as channel:

        def export(request: Request) -> None:
            call: grpc.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(
                _METHODS[type(request)]
            )
            try:
                call(request.SerializeToString(), timeout=_TIMEOUT, metadata=metadata)
            except grpc.RpcError as error:
                raise EndpointUnavailable(
                    f"{endpoint} did not take a request ({error.details()}): "
                    "is a recorder or a collector listening there?"
                ) from error

        yield export

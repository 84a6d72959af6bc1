"""Sends OTLP requests to an endpoint by gRPC, and waits where a collector has no room."""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import grpc
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import (
    ExportLogsServiceRequest,
    ExportLogsServiceResponse,
)
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceResponse,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

from ccotel_tui.errors import EndpointUnavailable
from ccotel_tui.network.grpc_channel import options
from ccotel_tui.network.ownership import require_ours
from ccotel_tui.recorder import SIGNATURE
from ccotel_tui.recorder.ports.address import parse_host_and_port
from ccotel_tui.telemetry.decode import REQUESTS, SERVICES, ExportRequest

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

_METHODS = {REQUESTS[signal]: f"/{service}/Export" for signal, service in SERVICES.items()}


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

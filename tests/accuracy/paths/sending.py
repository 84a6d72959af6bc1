"""OTLP over the three protocols that the client speaks."""

import json
from collections.abc import Iterable
from typing import Any, Literal

import grpc
import urllib3
from google.protobuf import json_format
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest

from tests.accuracy.truth.otlp import Request

Protocol = Literal["grpc", "http/protobuf", "http/json"]

PROTOCOLS: tuple[Protocol, ...] = ("grpc", "http/protobuf", "http/json")

_TIMEOUT = 20.0


def send(requests: Iterable[Request], protocol: Protocol, endpoint: str) -> None:
    """Send in order, each after the one before was acknowledged; an error where one was not.

    `endpoint` is host:port for gRPC, http://host:port for HTTP.
    """
    if protocol == "grpc":
        with grpc.insecure_channel(endpoint) as channel:
            for request in requests:
                service = f"opentelemetry.proto.collector.{_signal(request)}.v1"
                method = f"/{service}.{_signal(request).title()}Service/Export"
                call: grpc.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(method)
                call(request.SerializeToString(), timeout=_TIMEOUT)
        return
    with urllib3.PoolManager(timeout=_TIMEOUT, retries=False) as pool:
        for request in requests:
            url = f"{endpoint}/v1/{_signal(request)}"
            json_ = protocol == "http/json"
            body = as_json(request) if json_ else request.SerializeToString()
            kind = "application/json" if json_ else "application/x-protobuf"
            answer = pool.request("POST", url, body=body, headers={"Content-Type": kind})
            assert answer.status == 200, f"{url} answered {answer.status}: {answer.data!r}"


def as_json(request: Request) -> bytes:
    """The request in JSON as the real client writes it: enums and integers as numbers."""
    body = json_format.MessageToDict(request, use_integers_for_enums=True)
    return json.dumps(_numbered(body)).encode()


def _numbered(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: int(inner) if key == "intValue" else _numbered(inner)
            for key, inner in value.items()
        }
    return [_numbered(inner) for inner in value] if isinstance(value, list) else value


def _signal(request: Request) -> str:
    return "logs" if isinstance(request, ExportLogsServiceRequest) else "metrics"

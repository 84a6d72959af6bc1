"""OTLP requests, protobuf or JSON, to records. Pure: bytes in, records out."""

import base64
import math
from collections.abc import Iterable, Iterator
from typing import Literal

from google.protobuf import json_format
from google.protobuf.message import DecodeError, Message
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord
from opentelemetry.proto.metrics.v1.metrics_pb2 import AggregationTemporality, Metric
from opentelemetry.proto.resource.v1.resource_pb2 import Resource

from ccotel_tui.errors import MalformedTelemetry
from ccotel_tui.telemetry.records import Attributes, Event, Point, Record, Value
from ccotel_tui.telemetry.vocabulary import EVENT_PREFIX

Signal = Literal["logs", "metrics"]
Encoding = Literal["protobuf", "json"]

_REQUESTS: dict[Signal, type[ExportLogsServiceRequest | ExportMetricsServiceRequest]] = {
    "logs": ExportLogsServiceRequest,
    "metrics": ExportMetricsServiceRequest,
}


def decode(signal: Signal, body: bytes, encoding: Encoding = "protobuf") -> list[Record]:
    """The records of one export request.

    Raises MalformedTelemetry where the body is not such a request.
    """
    request = _REQUESTS[signal]()
    try:
        if encoding == "json":
            json_format.Parse(body, request, ignore_unknown_fields=True)
        else:
            request.ParseFromString(body)
    except (DecodeError, json_format.ParseError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedTelemetry(f"not an OTLP {signal} request in {encoding}: {error}") from error
    return list(records(request))


def records(request: Message) -> Iterator[Record]:
    """The records of a request that is parsed already."""
    if isinstance(request, ExportLogsServiceRequest):
        for resource_logs in request.resource_logs:
            service = _service(resource_logs.resource)
            for scope_logs in resource_logs.scope_logs:
                for record in scope_logs.log_records:
                    yield _event(service, record)
    elif isinstance(request, ExportMetricsServiceRequest):
        for resource_metrics in request.resource_metrics:
            service = _service(resource_metrics.resource)
            for scope_metrics in resource_metrics.scope_metrics:
                for metric in scope_metrics.metrics:
                    yield from _points(service, metric)


def _event(service: str, record: LogRecord) -> Event:
    attributes = _attributes(record.attributes)
    name = record.event_name or attributes.get("event.name")
    if not name:
        name = record.body.string_value.removeprefix(EVENT_PREFIX)
    return Event(
        time_ns=record.time_unix_nano or record.observed_time_unix_nano,
        service=service,
        name=str(name).removeprefix(EVENT_PREFIX),
        attributes=attributes,
    )


def _points(service: str, metric: Metric) -> Iterator[Point]:
    cumulative = (
        metric.sum.aggregation_temporality
        == AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE
    )
    for point in metric.sum.data_points:
        value = point.as_double if point.HasField("as_double") else float(point.as_int)
        if math.isfinite(value):
            yield Point(
                time_ns=point.time_unix_nano,
                start_ns=point.start_time_unix_nano,
                service=service,
                metric=metric.name,
                unit=metric.unit,
                cumulative=cumulative,
                value=value,
                attributes=_attributes(point.attributes),
            )


def _service(resource: Resource) -> str:
    return str(_attributes(resource.attributes).get("service.name", ""))


def _attributes(pairs: Iterable[KeyValue]) -> Attributes:
    return {pair.key: _value(pair.value) for pair in pairs}


def _value(value: AnyValue) -> Value:
    match value.WhichOneof("value"):
        case "string_value":
            return value.string_value
        case "int_value":
            return value.int_value
        case "double_value":
            return value.double_value if math.isfinite(value.double_value) else None
        case "bool_value":
            return value.bool_value
        case "array_value":
            return [_value(item) for item in value.array_value.values]
        case "kvlist_value":
            return {pair.key: _value(pair.value) for pair in value.kvlist_value.values}
        case "bytes_value":
            return base64.b64encode(value.bytes_value).decode()
        case _:
            return None

"""Records to OTLP requests, protobuf or JSON: the way back from decode. Pure.

Of a resource its service.name and service.version come back, of a log record its times, body and
attributes. The scope's version, os.type, os.version and host.arch are not kept.
"""

import json
from collections.abc import Iterable, Iterator
from itertools import groupby, islice

from google.protobuf import json_format
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import (
    AnyValue,
    ArrayValue,
    KeyValue,
    KeyValueList,
)
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord
from opentelemetry.proto.metrics.v1.metrics_pb2 import (
    AggregationTemporality,
    NumberDataPoint,
)
from opentelemetry.proto.resource.v1.resource_pb2 import Resource

from ccotel_tui.telemetry.records import Attributes, Event, Point, Record, Value
from ccotel_tui.telemetry.vocabulary import EVENT_PREFIX, EVENT_SCOPE, METRIC_SCOPE

_A_LINE = 50
"""Records of a line at most: raw API bodies are 60 kB each, and a collector takes 4 MiB."""

Request = ExportLogsServiceRequest | ExportMetricsServiceRequest


def logs_request(events: Iterable[Event]) -> ExportLogsServiceRequest:
    """One export request with these events in this order."""
    request = ExportLogsServiceRequest()
    for resource, group in groupby(events, _resource):
        logs = request.resource_logs.add(resource=resource)
        scope = logs.scope_logs.add()
        scope.scope.name = EVENT_SCOPE
        scope.log_records.extend(map(_log_record, group))
    return request


def metrics_request(points: Iterable[Point]) -> ExportMetricsServiceRequest:
    """One export request with these points in this order."""
    request = ExportMetricsServiceRequest()
    for resource, group in groupby(points, _resource):
        metrics = request.resource_metrics.add(resource=resource)
        scope = metrics.scope_metrics.add()
        scope.scope.name = METRIC_SCOPE
        for (name, unit, cumulative), same in groupby(group, _metric):
            metric = scope.metrics.add(name=name, unit=unit)
            metric.sum.is_monotonic = True
            metric.sum.aggregation_temporality = (
                AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE
                if cumulative
                else AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA
            )
            metric.sum.data_points.extend(map(_data_point, same))
    return request


def requests(records: Iterable[Record]) -> Iterator[Request]:
    """Export requests with these records in this order; one holds events, or points."""
    for kind, group in groupby(records, type):
        if kind is Event:
            yield logs_request(record for record in group if isinstance(record, Event))
        else:
            yield metrics_request(record for record in group if isinstance(record, Point))


def lines(records: Iterable[Record]) -> Iterator[str]:
    """The records as the collector's file exporter writes them, a request a line."""
    rest = iter(records)
    while batch := list(islice(rest, _A_LINE)):
        for request in requests(batch):
            body = json_format.MessageToDict(request, use_integers_for_enums=True)
            yield json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def _resource(record: Record) -> Resource:
    told = {"service.name": record.service, "service.version": record.version}
    return Resource(attributes=_pairs({name: text for name, text in told.items() if text}))


def _log_record(event: Event) -> LogRecord:
    told = event.attributes.get("event.name", event.name)
    return LogRecord(
        time_unix_nano=event.time_ns,
        observed_time_unix_nano=event.time_ns,
        # The client leaves it empty; here it is said where nothing else would tell.
        event_name="" if told == event.name else event.name,
        body=AnyValue(string_value=EVENT_PREFIX + event.name),
        attributes=_pairs(event.attributes),
    )


def _metric(point: Point) -> tuple[str, str, bool]:
    return point.metric, point.unit, point.cumulative


def _data_point(point: Point) -> NumberDataPoint:
    return NumberDataPoint(
        time_unix_nano=point.time_ns,
        start_time_unix_nano=point.start_ns,
        as_double=point.value,
        attributes=_pairs(point.attributes),
    )


def _pairs(attributes: Attributes) -> list[KeyValue]:
    return [KeyValue(key=name, value=_any(value)) for name, value in attributes.items()]


def _any(value: Value) -> AnyValue:
    match value:
        case None:
            return AnyValue()
        case str():
            return AnyValue(string_value=value)
        case bool():
            return AnyValue(bool_value=value)
        case int():
            return AnyValue(int_value=value)
        case float():
            return AnyValue(double_value=value)
        case list():
            return AnyValue(array_value=ArrayValue(values=map(_any, value)))
        case dict():
            return AnyValue(kvlist_value=KeyValueList(values=_pairs(value)))

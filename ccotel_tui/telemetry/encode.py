"""Records to OTLP requests, protobuf or JSON: the way back from decode. Pure.

A resource comes back with the attributes of its scopes among its own, a scope with its name, a log
record with its time, name and attributes.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import groupby

from google.protobuf import json_format
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import (
    AnyValue,
    ArrayValue,
    InstrumentationScope,
    KeyValue,
    KeyValueList,
)
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord
from opentelemetry.proto.metrics.v1.metrics_pb2 import (
    AggregationTemporality,
    NumberDataPoint,
)
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import Span as SentSpan

from ccotel_tui.telemetry.conventions import CLIENT_SCOPES, EVENT_PREFIX
from ccotel_tui.telemetry.decode import ExportRequest, event_name
from ccotel_tui.telemetry.records import Attributes, Event, Point, Record, TraceSpan, Value
from ccotel_tui.telemetry.span_ids import write_hexadecimal

_RECORDS_A_LINE = 50
REQUEST_BYTES = 3_000_000
"""Of a request at most, where its records can be parted: a collector takes 4 MiB."""


def logs_request(events: Iterable[Event]) -> ExportLogsServiceRequest:
    """One export request with these events in this order."""
    request = ExportLogsServiceRequest()
    for (resource, scope), group in groupby(events, _origin):
        logs = request.resource_logs.add(resource=resource)
        logs.scope_logs.add(scope=scope, log_records=map(_log_record, group))
    return request


def metrics_request(points: Iterable[Point]) -> ExportMetricsServiceRequest:
    """One export request with these points in this order."""
    request = ExportMetricsServiceRequest()
    for (resource, scope), group in groupby(points, _origin):
        metrics = request.resource_metrics.add(resource=resource)
        scope_metrics = metrics.scope_metrics.add(scope=scope)
        for (name, unit, cumulative), same in groupby(group, _metric):
            metric = scope_metrics.metrics.add(name=name, unit=unit)
            metric.sum.is_monotonic = True
            metric.sum.aggregation_temporality = (
                AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE
                if cumulative
                else AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA
            )
            metric.sum.data_points.extend(map(_data_point, same))
    return request


def traces_request(spans: Iterable[TraceSpan]) -> ExportTraceServiceRequest:
    """One export request with these spans in this order."""
    request = ExportTraceServiceRequest()
    for (resource, scope), group in groupby(spans, _origin):
        traces = request.resource_spans.add(resource=resource)
        traces.scope_spans.add(scope=scope, spans=map(_sent_span, group))
    return request


def requests(records: Iterable[Record]) -> Iterator[ExportRequest]:
    """Export requests with these records in this order; one holds events, points or spans."""
    for kind, group in groupby(records, type):
        if kind is Event:
            yield logs_request(record for record in group if isinstance(record, Event))
        elif kind is TraceSpan:
            yield traces_request(record for record in group if isinstance(record, TraceSpan))
        else:
            yield metrics_request(record for record in group if isinstance(record, Point))


def otlp_lines(records: Iterable[Record]) -> Iterator[str]:
    """The records as the collector's file exporter writes them, a request a line."""
    for batch in batches(records, _RECORDS_A_LINE):
        for request in requests(batch):
            body = json_format.MessageToDict(request, use_integers_for_enums=True)
            write_hexadecimal(body)
            yield json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def batches(
    records: Iterable[Record], most: int, size: int = REQUEST_BYTES
) -> Iterator[list[Record]]:
    """Part records, in the order of their times, into batches of so many records and bytes.

    Records of one time stay together, so that equal ones are told from a repetition; where they
    are too large for that, at least equal ones do.
    """
    batch: list[Record] = []
    room = size
    for _, moment in groupby(records, key=lambda record: record.time_ns):
        for group in _inseparable(list(moment), size):
            length = sum(map(_length, group))
            if batch and (length > room or len(batch) + len(group) > most):
                yield batch
                batch, room = [], size
            batch += group
            room -= length
    if batch:
        yield batch


def _inseparable(moment: list[Record], size: int) -> Iterable[list[Record]]:
    """The records of one time, in groups that a request must hold whole."""
    if len(moment) == 1 or sum(map(_length, moment)) <= size:
        return [moment]
    equal: defaultdict[str, list[Record]] = defaultdict(list)
    for record in moment:
        equal[repr(record)].append(record)
    return equal.values()


def _length(record: Record) -> int:
    """About how many bytes the record has; its numbers and names are short."""
    return 200 + sum(len(str(value).encode()) for value in record.attributes.values())


def _origin(record: Record) -> tuple[Resource, InstrumentationScope]:
    service = {"service.name": record.service, "service.version": record.version}
    named = {name: text for name, text in service.items() if text}
    resource = Resource(attributes=_pairs({**named, **record.context}))
    return resource, InstrumentationScope(name=record.scope)


def _log_record(event: Event) -> LogRecord:
    client = event.scope in CLIENT_SCOPES
    body = EVENT_PREFIX + event.name if client else event.name
    attribute = event.attributes.get("event.name")
    return LogRecord(
        time_unix_nano=event.time_ns,
        observed_time_unix_nano=event.time_ns,
        # The client leaves it empty; here it is said where the attribute tells another name.
        event_name="" if event_name(client, attribute, body) == event.name else body,
        body=AnyValue(string_value=body),
        attributes=_pairs(event.attributes),
    )


def _sent_span(span: TraceSpan) -> SentSpan:
    return SentSpan(
        trace_id=bytes.fromhex(span.trace_id),
        span_id=bytes.fromhex(span.span_id),
        parent_span_id=bytes.fromhex(span.parent_id),
        name=EVENT_PREFIX + span.name,
        start_time_unix_nano=span.start_ns,
        end_time_unix_nano=span.time_ns,
        attributes=_pairs(span.attributes),
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

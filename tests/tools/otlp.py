"""OTLP requests as the client sends them, for tests that need one by hand."""

from collections.abc import Mapping

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.metrics.v1.metrics_pb2 import AggregationTemporality

from ccotel_tui.telemetry.records import Event, Point, TraceSpan

Plain = str | int | float | bool

SECOND = 1_000_000_000
T0 = 1_795_493_400 * SECOND
"""2026-11-24T04:10:00Z."""


def event(name: str, at: int = T0, session: str = "s1", **attributes: Plain) -> Event:
    """An event as it is when decoded; underscores in an attribute's name stay underscores."""
    return Event(at, "claude-code", name, {"session.id": session, "event.name": name, **attributes})


def request(cost: float, at: int = T0, session: str = "s1", sequence: int = 0) -> Event:
    """An api_request of one model."""
    return Event(
        at,
        "claude-code",
        "api_request",
        {
            "session.id": session,
            "event.name": "api_request",
            "event.sequence": sequence,
            "model": "claude-opus-4-8",
            "cost_usd": cost,
        },
    )


def lines(
    value: float,
    at: int = T0 + SECOND,
    start: int = T0,
    session: str = "s1",
    kind: str = "added",
    cumulative: bool = False,
) -> Point:
    """A point of lines_of_code."""
    return Point(
        at,
        start,
        "claude-code",
        "claude_code.lines_of_code.count",
        "",
        cumulative,
        value,
        {"session.id": session, "type": kind},
    )


def span(
    at: int = T0,
    number: int = 0,
    session: str = "s1",
    name: str = "tool",
    parent: int | None = None,
    length: int = SECOND,
    **attributes: Plain,
) -> TraceSpan:
    """A span of the client that ends then; its number tells it from others of its trace."""
    return TraceSpan(
        at,
        at - length,
        "claude-code",
        name,
        "5b" * 16,
        f"{number:016x}",
        {"session.id": session, **attributes},
        "" if parent is None else f"{parent:016x}",
    )


def logs_request(*events: Event) -> ExportLogsServiceRequest:
    """The events in one export request of the client."""
    request = ExportLogsServiceRequest()
    logs = request.resource_logs.add()
    logs.resource.attributes.append(_pair("service.name", "claude-code"))
    records = logs.scope_logs.add().log_records
    for one in events:
        record = records.add(time_unix_nano=one.time_ns)
        record.body.string_value = f"claude_code.{one.name}"
        record.attributes.extend(_pairs(one.attributes))
    return request


def metrics_request(*points: Point) -> ExportMetricsServiceRequest:
    """The points in one export request of the client."""
    request = ExportMetricsServiceRequest()
    metrics = request.resource_metrics.add()
    metrics.resource.attributes.append(_pair("service.name", "claude-code"))
    scope = metrics.scope_metrics.add()
    for one in points:
        metric = scope.metrics.add(name=one.metric, unit=one.unit)
        metric.sum.is_monotonic = True
        metric.sum.aggregation_temporality = (
            AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE
            if one.cumulative
            else AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA
        )
        point = metric.sum.data_points.add(
            time_unix_nano=one.time_ns, start_time_unix_nano=one.start_ns, as_double=one.value
        )
        point.attributes.extend(_pairs(one.attributes))
    return request


def _pairs(attributes: Mapping[str, object]) -> list[KeyValue]:
    return [_pair(name, value) for name, value in attributes.items()]


def _pair(name: str, value: object) -> KeyValue:
    match value:
        case bool():
            return KeyValue(key=name, value=AnyValue(bool_value=value))
        case int():
            return KeyValue(key=name, value=AnyValue(int_value=value))
        case float():
            return KeyValue(key=name, value=AnyValue(double_value=value))
        case _:
            return KeyValue(key=name, value=AnyValue(string_value=str(value)))

"""Export requests as the real client writes them."""

from collections.abc import Iterable, Mapping

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, InstrumentationScope, KeyValue
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord, ResourceLogs, ScopeLogs
from opentelemetry.proto.metrics.v1.metrics_pb2 import (
    AggregationTemporality,
    Metric,
    NumberDataPoint,
    ResourceMetrics,
    ScopeMetrics,
    Sum,
)
from opentelemetry.proto.resource.v1.resource_pb2 import Resource

Request = ExportLogsServiceRequest | ExportMetricsServiceRequest
Attributes = Mapping[str, str | int | float]

DELTA = AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA
CUMULATIVE = AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE

_UNITS = {
    "claude_code.cost.usage": "USD",
    "claude_code.token.usage": "tokens",
    "claude_code.active_time.total": "s",
}
_KINDS = {str: "string_value", int: "int_value", float: "double_value"}


def log_record(time_ns: int, name: str, attributes: Attributes) -> LogRecord:
    return LogRecord(
        time_unix_nano=time_ns,
        observed_time_unix_nano=time_ns,
        body=AnyValue(string_value=f"claude_code.{name}"),
        attributes=pairs(attributes),
    )


def logs_request(records: Iterable[LogRecord], version: str) -> Request:
    scope = InstrumentationScope(name="com.anthropic.claude_code.events", version=version)
    scoped = [ScopeLogs(scope=scope, log_records=records)]
    resource = [ResourceLogs(resource=_resource(version), scope_logs=scoped)]
    return ExportLogsServiceRequest(resource_logs=resource)


def point(start_ns: int, time_ns: int, value: float, attributes: Attributes) -> NumberDataPoint:
    return NumberDataPoint(
        start_time_unix_nano=start_ns,
        time_unix_nano=time_ns,
        as_double=value,
        attributes=pairs(attributes),
    )


def metrics_request(
    points: Mapping[str, list[NumberDataPoint]],
    temporality: AggregationTemporality.ValueType,
    version: str,
) -> Request:
    scope = InstrumentationScope(name="com.anthropic.claude_code", version=version)
    metrics = [
        Metric(
            name=name,
            unit=_UNITS.get(name, ""),
            sum=Sum(data_points=found, aggregation_temporality=temporality, is_monotonic=True),
        )
        for name, found in points.items()
    ]
    scoped = [ScopeMetrics(scope=scope, metrics=metrics)]
    resource = [ResourceMetrics(resource=_resource(version), scope_metrics=scoped)]
    return ExportMetricsServiceRequest(resource_metrics=resource)


def pairs(values: Attributes) -> list[KeyValue]:
    return [
        KeyValue(key=key, value=AnyValue(**{_KINDS[type(value)]: value}))  # type: ignore[arg-type]
        for key, value in values.items()
    ]


def newest(request: Request) -> int:
    """The newest time in a request."""
    if isinstance(request, ExportLogsServiceRequest):
        return max(
            record.time_unix_nano
            for logs in request.resource_logs
            for scope in logs.scope_logs
            for record in scope.log_records
        )
    return max(
        one.time_unix_nano
        for metrics in request.resource_metrics
        for metric_scope in metrics.scope_metrics
        for metric in metric_scope.metrics
        for one in metric.sum.data_points
    )


def _resource(version: str) -> Resource:
    names = {"service.name": "claude-code", "service.version": version, "os.type": "linux"}
    return Resource(attributes=pairs(names))

"""OTLP requests, protobuf or JSON, to records. Pure: bytes in, records out."""

import base64
import json
import math
import re
from collections.abc import Iterable, Iterator
from typing import Any, Literal, NamedTuple

from google.protobuf import json_format
from google.protobuf.message import DecodeError, Message
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, InstrumentationScope, KeyValue
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord
from opentelemetry.proto.metrics.v1.metrics_pb2 import (
    AggregationTemporality,
    DataPointFlags,
    Metric,
    NumberDataPoint,
)
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import Span as SentSpan

from ccotel_tui.errors import MalformedTelemetry
from ccotel_tui.telemetry.conventions import (
    CLIENT_SCOPES,
    EVENT_PREFIX,
    EVENT_SCOPE,
    METRIC_SCOPE,
    TRACE_SCOPE,
)
from ccotel_tui.telemetry.records import Attributes, Event, Point, Record, TraceSpan, Value
from ccotel_tui.telemetry.salvage import UNREADABLE_JSON, Salvage
from ccotel_tui.telemetry.span_ids import read_hexadecimal
from ccotel_tui.telemetry.values import LARGEST, LATEST, as_text

Signal = Literal["logs", "metrics", "traces"]
Encoding = Literal["protobuf", "json"]

ExportRequest = ExportLogsServiceRequest | ExportMetricsServiceRequest | ExportTraceServiceRequest

REQUESTS: dict[Signal, type[ExportRequest]] = {
    "logs": ExportLogsServiceRequest,
    "metrics": ExportMetricsServiceRequest,
    "traces": ExportTraceServiceRequest,
}

SERVICES: dict[Signal, str] = {
    "logs": "opentelemetry.proto.collector.logs.v1.LogsService",
    "metrics": "opentelemetry.proto.collector.metrics.v1.MetricsService",
    "traces": "opentelemetry.proto.collector.trace.v1.TraceService",
}
"""What takes the requests of each signal by gRPC; its method is called Export."""

SIGNAL_KEYS: dict[str, Signal] = {
    **{"resourceLogs": "logs", "resourceMetrics": "metrics", "resourceSpans": "traces"},
    **{"resource_logs": "logs", "resource_metrics": "metrics", "resource_spans": "traces"},
}
"""What tells the signal of a request in JSON, in both spellings that it may have."""

_ESCAPE = re.compile(r"\\(?:u[dD][89abAB]..\\u[dD][c-fC-F]..|(u[dD][89a-fA-F]..)|.)")
"""An escape in JSON; the group is a surrogate without its other half."""

_MOST_NESTED = 92
"""Levels of messages in a value: with those around it no more than the 100 that protobuf and its
JSON take, so that what was read by parts can be sent on as a whole."""

_NO_VALUE = DataPointFlags.DATA_POINT_FLAGS_NO_RECORDED_VALUE_MASK


class Rejection(str):
    """Why a record cannot be kept."""


class Decoded(NamedTuple):
    """The content of an export request.

    `rejected` of its records cannot be kept, `reason` says why the first of them cannot.
    `unreadable` values are absent from records that are kept. `spans` counts those of other
    programs too, of which none is a record.
    """

    records: list[Record]
    rejected: int = 0
    reason: str = ""
    spans: int = 0
    unreadable: int = 0


def decode(signal: Signal, body: bytes, encoding: Encoding = "protobuf") -> Decoded:
    """Return the content of one export request, of a broken one all that can be read.

    Raises MalformedTelemetry where nothing of the body is such a request.
    """
    request, salvage = REQUESTS[signal](), Salvage()
    parsed = _json(signal, body) if encoding == "json" else {}
    try:
        if encoding == "json":
            json_format.ParseDict(parsed, request, ignore_unknown_fields=True)
            read_hexadecimal(request)
        else:
            request.ParseFromString(body)
        return _reject_other_signals(signal, parsed, read_request(request))
    except (DecodeError, *UNREADABLE_JSON) as error:
        cause = error
    request = REQUESTS[signal]()
    if encoding == "json":
        salvage.from_json(parsed, request)
        read_hexadecimal(request)
    else:
        salvage.from_wire(body, request)
    content = read_request(request)
    if not (content.records or content.rejected or content.spans):
        raise _malformed(signal, encoding, cause) from cause
    return _reject_other_signals(signal, parsed, content._replace(unreadable=salvage.unreadable))


def let_threads_run(object_: dict[str, Any]) -> dict[str, Any]:
    """Return the object of a JSON text as it is, for the sake of being called.

    `json.loads` is one call in C, during which no other thread runs, unless it calls such a hook.
    """
    return object_


def _json(signal: Signal, body: bytes) -> dict[str, Any]:
    """The JSON object of a request. Raises MalformedTelemetry."""
    try:
        text = _without_half_surrogates(body.decode(errors="replace"))
        parsed = json.loads(text, object_hook=let_threads_run)
    except ValueError as error:
        raise _malformed(signal, "json", error) from error
    except RecursionError as error:
        raise _malformed(signal, "json", "it is nested too deeply") from error
    if not isinstance(parsed, dict):
        raise _malformed(signal, "json", "it is no object")
    if parsed and not SIGNAL_KEYS.keys() & parsed.keys():
        raise _malformed(signal, "json", f"it has none of {', '.join(dict.fromkeys(SIGNAL_KEYS))}")
    return parsed


def _reject_other_signals(signal: Signal, parsed: dict[str, Any], content: Decoded) -> Decoded:
    """Count as rejected what a body in JSON has of other signals: it is read as one."""
    others = [
        key
        for key in SIGNAL_KEYS.keys() & parsed.keys()
        if SIGNAL_KEYS[key] != signal and parsed[key]
    ]
    if not others:
        return content
    reason = content.reason or f"{others[0]} in a request of {signal}: send each by itself"
    return content._replace(rejected=content.rejected + len(others), reason=reason)


def _malformed(signal: Signal, encoding: Encoding, cause: object) -> MalformedTelemetry:
    return MalformedTelemetry(f"not an OTLP {signal} request in {encoding}: {cause}")


def read_request(request: Message) -> Decoded:
    """The content of a request that is parsed already."""
    readable: list[Record] = []
    reasons: list[Rejection] = []
    for record in _records(request):
        if isinstance(record, Rejection):
            reasons.append(record)
        else:
            readable.append(record)
    return Decoded(readable, len(reasons), reasons[0] if reasons else "", _span_count(request))


def _span_count(request: Message) -> int:
    if not isinstance(request, ExportTraceServiceRequest):
        return 0
    scopes = [scope for spans in request.resource_spans for scope in spans.scope_spans]
    return sum(len(scope.spans) for scope in scopes)


def _without_half_surrogates(text: str) -> str:
    """The JSON with half surrogates replaced, as a client that sends protobuf does.

    A client that cuts text to a length, in the middle of an emoji, sends such halves.
    """
    if "\\ud" not in text and "\\uD" not in text:
        return text
    return _ESCAPE.sub(lambda escape: r"\ufffd" if escape[1] else escape[0], text)


def _records(request: Message) -> Iterator[Record | Rejection]:
    if isinstance(request, ExportLogsServiceRequest):
        for resource_logs in request.resource_logs:
            for scope_logs in resource_logs.scope_logs:
                origin = _origin(resource_logs.resource, scope_logs.scope)
                for record in scope_logs.log_records:
                    yield _event(origin, record)
    elif isinstance(request, ExportMetricsServiceRequest):
        for resource_metrics in request.resource_metrics:
            for scope_metrics in resource_metrics.scope_metrics:
                origin = _origin(resource_metrics.resource, scope_metrics.scope)
                for metric in scope_metrics.metrics:
                    yield from _points(origin, metric)
    elif isinstance(request, ExportTraceServiceRequest):
        for resource_spans in request.resource_spans:
            for scope_spans in resource_spans.scope_spans:
                origin = _origin(resource_spans.resource, scope_spans.scope)
                for span in scope_spans.spans:
                    # Another program's may be many, and no panel reads them.
                    if origin.scope == TRACE_SCOPE or span.name.startswith(EVENT_PREFIX):
                        yield _span(origin, span)


def _event(origin: "_Origin", record: LogRecord) -> Event | Rejection:
    time_ns = record.time_unix_nano or record.observed_time_unix_nano
    if unfit := _unfit(time_ns):
        return unfit
    attributes = _attributes(record.attributes)
    names = (record.event_name, attributes.get("event.name"), record.body.string_value)
    client = origin.scope in CLIENT_SCOPES or any(
        isinstance(name, str) and name.startswith(EVENT_PREFIX) for name in names
    )
    return Event(
        time_ns=time_ns,
        service=origin.service,
        version=origin.version,
        name=event_name(client, *names),
        attributes=attributes,
        scope=EVENT_SCOPE if client else origin.scope,
        context=origin.context,
    )


def event_name(client: bool, *names: Value) -> str:
    """Return the first text that is given, without the prefix of the client's own."""
    name = next((name for name in names if name and isinstance(name, str)), "")
    return name.removeprefix(EVENT_PREFIX) if client else name


def _points(origin: "_Origin", metric: Metric) -> Iterator[Point | Rejection]:
    # Gauges, histograms and sums that may fall are accepted and ignored: no panel reads them, and
    # another program that sends here must not be told that its export failed.
    if metric.sum.is_monotonic:
        for point in metric.sum.data_points:
            if not point.flags & _NO_VALUE:
                yield _point(origin, metric, point)


def _point(origin: "_Origin", metric: Metric, point: NumberDataPoint) -> Point | Rejection:
    kind = point.WhichOneof("value")
    if kind is None:
        return Rejection(f"{metric.name}: a point without a value")
    value = float(getattr(point, kind))
    if not 0 <= value <= LARGEST:
        return Rejection(f"{metric.name}: {value} is not a number that a counter can grow by")
    if unfit := _unfit(point.time_unix_nano, point.start_time_unix_nano):
        return unfit
    client = origin.scope in CLIENT_SCOPES or metric.name.startswith(EVENT_PREFIX)
    return Point(
        time_ns=point.time_unix_nano,
        start_ns=point.start_time_unix_nano,
        service=origin.service,
        version=origin.version,
        metric=metric.name,
        unit=metric.unit,
        cumulative=metric.sum.aggregation_temporality
        == AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE,
        value=value,
        attributes=_attributes(point.attributes),
        scope=METRIC_SCOPE if client else origin.scope,
        context=origin.context,
    )


def _span(origin: "_Origin", span: SentSpan) -> TraceSpan | Rejection:
    if (len(span.trace_id), len(span.span_id)) != (16, 8):
        return Rejection(f"{span.name}: a span without a trace id of 16 and an id of 8 bytes")
    if unfit := _unfit(span.end_time_unix_nano, span.start_time_unix_nano):
        return unfit
    return TraceSpan(
        span.end_time_unix_nano,
        span.start_time_unix_nano,
        origin.service,
        span.name.removeprefix(EVENT_PREFIX),
        span.trace_id.hex(),
        span.span_id.hex(),
        attributes=_attributes(span.attributes),
        parent_id=span.parent_span_id.hex(),
        version=origin.version,
        context=origin.context,
    )


def _unfit(time_ns: int, start_ns: int = 0) -> Rejection | None:
    if not time_ns:
        return Rejection("no time_unix_nano")
    if max(time_ns, start_ns) > LATEST:
        return Rejection(f"time {max(time_ns, start_ns)} is after the year 2262")
    return None


class _Origin(NamedTuple):
    """The fields that records of one resource and scope share, as in Event."""

    service: str
    version: str
    scope: str
    context: Attributes


def _origin(resource: Resource, scope: InstrumentationScope) -> _Origin:
    context = _attributes(resource.attributes)
    service, version = (as_text(context.pop(f"service.{name}", "")) for name in ("name", "version"))
    context |= _attributes(scope.attributes)
    return _Origin(service or "", version or "", scope.name, context)


def _attributes(pairs: Iterable[KeyValue]) -> dict[str, Value]:
    return {pair.key: _value(pair.value) for pair in pairs}


def _value(value: AnyValue, levels: int = _MOST_NESTED) -> Value:
    """The value as JSON can hold it; None in the place of what is too deep, or not finite."""
    match value.WhichOneof("value"):
        case "string_value":
            return value.string_value
        case "int_value":
            return value.int_value
        case "double_value":
            return value.double_value if math.isfinite(value.double_value) else None
        case "bool_value":
            return value.bool_value
        case "array_value" if levels >= 2:
            return [_value(item, levels - 2) for item in value.array_value.values]
        case "kvlist_value" if levels >= 3:
            pairs = value.kvlist_value.values
            return {pair.key: _value(pair.value, levels - 3) for pair in pairs}
        case "bytes_value":
            return base64.b64encode(value.bytes_value).decode()
        case _:
            return None

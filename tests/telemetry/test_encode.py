"""What is encoded comes out of decode as it went in."""

import json

from google.protobuf.message import Message
from hypothesis import given
from hypothesis import strategies as st

from ccotel_tui.send.replay import parse_line
from ccotel_tui.telemetry.conventions import EVENT_PREFIX, EVENT_SCOPE, METRIC_SCOPE
from ccotel_tui.telemetry.decode import decode, read_request
from ccotel_tui.telemetry.encode import (
    logs_request,
    metrics_request,
    otlp_lines,
    requests,
    traces_request,
)
from ccotel_tui.telemetry.records import Event, Point, Record, TraceSpan, Value
from ccotel_tui.telemetry.values import LARGEST, LATEST
from tests.tools.otlp import T0, event, span
from tests.tools.otlp import lines as lines_of_code

times = st.integers(1, LATEST)


def is_foreign(attributes: dict[str, Value]) -> bool:
    """Whether nothing in them has the form of a name of the client's."""
    return not str(attributes.get("event.name")).startswith(EVENT_PREFIX)


numbers = st.floats(allow_nan=False, allow_infinity=False)
plain = st.text() | st.integers(-(2**63), 2**63 - 1) | numbers | st.booleans() | st.none()
values: st.SearchStrategy[Value] = st.recursive(
    plain, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=5
)
attributes = st.dictionaries(st.text() | st.sampled_from(["event.name", "session.id"]), values)
names = st.text(min_size=1).filter(lambda name: not name.startswith(EVENT_PREFIX))
versions = st.sampled_from(["", "2.1.330"])

services = st.sampled_from(["claude-code", "my-team", ""])
context = st.dictionaries(st.sampled_from(["os.type", "project", "팀"]), values)
events = st.builds(
    *(Event, times, services, st.text(min_size=1), attributes, versions),
    st.just(EVENT_SCOPE),
    context,
) | st.builds(
    *(Event, times, services, names, attributes.filter(is_foreign), versions),
    st.sampled_from(["", "shop.orders"]),
    context,
)
points = st.builds(
    Point,
    times,
    st.integers(0, LATEST),
    services,
    names,
    st.text(),
    st.booleans(),
    st.floats(0, LARGEST),
    attributes,
    versions,
    st.sampled_from([METRIC_SCOPE, "", "shop.orders"]),
    context,
)
spans = st.builds(
    TraceSpan,
    times,
    st.integers(0, LATEST),
    services,
    names,
    st.binary(min_size=16, max_size=16).map(bytes.hex),
    st.binary(min_size=8, max_size=8).map(bytes.hex),
    attributes,
    st.just("") | st.binary(min_size=8, max_size=8).map(bytes.hex),
    versions,
    context=context,
)


@given(st.lists(events))
def test_events_in_protobuf(sent: list[Event]) -> None:
    assert decode("logs", logs_request(sent).SerializeToString()).records == sent


@given(st.lists(points))
def test_points_in_protobuf(sent: list[Point]) -> None:
    assert decode("metrics", metrics_request(sent).SerializeToString()).records == sent


@given(st.lists(spans))
def test_spans_in_protobuf(sent: list[TraceSpan]) -> None:
    assert decode("traces", traces_request(sent).SerializeToString()).records == sent


@given(st.lists(events | points | spans))
def test_any_records_in_lines(sent: list[Record]) -> None:
    came = [parse_line(line).request for line in otlp_lines(sent)]
    assert [record for request in came for record in read_request(request).records] == sent


def test_a_request_holds_one_kind_and_keeps_their_order() -> None:
    sent: list[Record] = [event("a"), event("b"), lines_of_code(1), event("c"), span()]
    kinds = [type(request).__name__ for request in requests(sent)]
    logs, metrics = "ExportLogsServiceRequest", "ExportMetricsServiceRequest"
    assert kinds == [logs, metrics, logs, "ExportTraceServiceRequest"]


def test_a_line_has_the_ids_of_spans_in_hexadecimal() -> None:
    (line,) = otlp_lines([span(number=10, parent=11)])
    (sent,) = json.loads(line)["resourceSpans"][0]["scopeSpans"][0]["spans"]
    ids = [sent[key] for key in ("traceId", "spanId", "parentSpanId")]
    assert ids == ["5b" * 16, f"{10:016x}", f"{11:016x}"]


def test_a_line_is_what_the_collectors_file_exporter_writes() -> None:
    (line,) = otlp_lines([lines_of_code(3)])
    (metrics,) = json.loads(line)["resourceMetrics"]
    assert metrics["resource"]["attributes"] == [
        {"key": "service.name", "value": {"stringValue": "claude-code"}}
    ]
    (metric,) = metrics["scopeMetrics"][0]["metrics"]
    assert metric["sum"]["aggregationTemporality"] == 1
    assert metric["sum"]["dataPoints"][0]["startTimeUnixNano"] == str(T0)


def test_long_input_becomes_several_lines() -> None:
    many = [event("api_request", at=T0 + n) for n in range(1001)]
    found: list[Message] = [parse_line(line).request for line in otlp_lines(many)]
    assert len(found) > 1
    assert [record for request in found for record in read_request(request).records] == many

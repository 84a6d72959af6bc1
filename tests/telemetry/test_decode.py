"""OTLP in both encodings gives the same records; what is not OTLP is refused with a reason."""

import json
import math

import pytest
from google.protobuf import json_format
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from ccotel_tui.errors import MalformedTelemetry
from ccotel_tui.telemetry.conventions import WAIT_SPAN, model_name, source_name
from ccotel_tui.telemetry.decode import Decoded, Signal, decode
from ccotel_tui.telemetry.encode import otlp_lines, traces_request
from ccotel_tui.telemetry.records import Event, Point
from tests.tools.otlp import T0, event, lines, logs_request, metrics_request, request, span


def test_an_event_comes_out_as_it_went_in() -> None:
    sent = request(0.5, sequence=7)
    assert decode("logs", logs_request(sent).SerializeToString()).records == [sent]


def test_a_point_comes_out_as_it_went_in() -> None:
    sent = lines(12, cumulative=True)
    assert decode("metrics", metrics_request(sent).SerializeToString()).records == [sent]


def test_json_gives_the_same_records_also_with_plain_numbers() -> None:
    sent = logs_request(request(0.5, sequence=7))
    body = json_format.MessageToJson(sent)
    assert decode("logs", body.encode(), "json") == decode("logs", sent.SerializeToString())
    plain = body.replace('"intValue": "7"', '"intValue": 7')
    assert plain != body
    assert decode("logs", plain.encode(), "json") == decode("logs", sent.SerializeToString())


def test_the_name_is_taken_from_the_body_where_no_attribute_tells_it() -> None:
    sent = logs_request(Event(T0, "claude-code", "new_thing", {}))
    [taken] = decode("logs", sent.SerializeToString()).records
    assert isinstance(taken, Event)
    assert taken.name == "new_thing"


def test_integer_points_and_unknown_fields_are_taken() -> None:
    body = {
        "resourceMetrics": [
            {
                "scopeMetrics": [
                    {
                        "metrics": [
                            {
                                "name": "m",
                                "sum": {
                                    "isMonotonic": True,
                                    "dataPoints": [{"asInt": "3", "timeUnixNano": str(T0)}],
                                },
                            }
                        ]
                    }
                ],
                "somethingNew": 1,
            }
        ]
    }
    [point] = decode("metrics", json.dumps(body).encode(), "json").records
    assert isinstance(point, Point)
    assert (point.value, point.cumulative, point.service) == (3.0, False, "")


@pytest.mark.parametrize("impossible", [0, 2**63, 2**64 - 1])
def test_a_record_at_an_impossible_time_is_rejected_and_its_neighbours_are_not(
    impossible: int,
) -> None:
    logs = logs_request(request(0.5), request(9.0, at=impossible), request(0.25, sequence=1))
    points = metrics_request(lines(3), lines(5, at=impossible), lines(7, start=2**63))
    for body, encoding in (
        (logs.SerializeToString(), "protobuf"),
        (json_format.MessageToJson(logs).encode(), "json"),
    ):
        found = decode("logs", body, encoding)  # type: ignore[arg-type]
        assert found.records == [request(0.5), request(0.25, sequence=1)]
        assert (found.rejected, "time" in found.reason) == (1, True)
    found = decode("metrics", points.SerializeToString())
    assert (found.records, found.rejected) == ([lines(3)], 2)


def test_an_event_without_its_own_time_has_that_of_its_observation() -> None:
    sent = logs_request(request(0.5, at=0))
    sent.resource_logs[0].scope_logs[0].log_records[0].observed_time_unix_nano = T0
    assert decode("logs", sent.SerializeToString()).records == [request(0.5)]


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_point_that_is_no_number_is_rejected(value: float) -> None:
    found = decode("metrics", metrics_request(lines(value), lines(3)).SerializeToString())
    assert (found.records, found.rejected) == ([lines(3)], 1)
    assert "lines_of_code" in found.reason


def test_half_an_emoji_costs_the_other_half_only() -> None:
    whole = "caf\u00e9 \U0001f600 \\ud83d"  # the last one is text: a backslash and five letters
    body = json.dumps(json_format.MessageToDict(logs_request(event("user_prompt", prompt=whole))))
    cut = body.replace("\\ude00", "")
    assert cut != body
    [intact] = decode("logs", body.encode(), "json").records
    [halved] = decode("logs", cut.encode(), "json").records
    assert intact.attributes["prompt"] == whole
    assert halved.attributes["prompt"] == whole.replace("\U0001f600", "\ufffd")


def test_what_is_no_counter_is_accepted_and_ignored() -> None:
    sent = metrics_request(lines(3), lines(4), lines(5))
    counter, falling, silent = sent.resource_metrics[0].scope_metrics[0].metrics
    falling.sum.is_monotonic = False
    silent.sum.data_points[0].flags = 1
    metrics = sent.resource_metrics[0].scope_metrics[0].metrics
    metrics.add(name="memory").gauge.data_points.add(time_unix_nano=T0, as_double=1)
    metrics.add(name="latency").histogram.data_points.add(time_unix_nano=T0, count=1)
    assert counter.sum.is_monotonic
    assert decode("metrics", sent.SerializeToString()) == Decoded([lines(3)])


def test_a_span_of_the_client_comes_out_as_it_went_in() -> None:
    sent = [span(number=1), span(number=2, parent=1, name=WAIT_SPAN, decision="accept")]
    request = traces_request(sent)
    assert decode("traces", request.SerializeToString()) == Decoded([*sent], spans=2)
    base64 = json_format.MessageToJson(request)
    (hexadecimal,) = otlp_lines(sent)
    for body in (base64, hexadecimal, hexadecimal.replace("5b" * 16, "5B" * 16)):
        assert decode("traces", body.encode(), "json").records == sent


def test_a_span_whose_prefix_alone_is_the_clients_is_the_clients() -> None:
    sent = traces_request([span()])
    scope = sent.resource_spans[0].scope_spans[0]
    scope.scope.name = "another"
    assert decode("traces", sent.SerializeToString()).records == [span()]
    scope.spans[0].name = "tool"
    assert decode("traces", sent.SerializeToString()) == Decoded([], spans=1)


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("trace_id", b"", "a trace id of 16"),
        ("trace_id", bytes(17), "a trace id of 16"),
        ("span_id", bytes(7), "an id of 8"),
        ("end_time_unix_nano", 0, "no time"),
        ("start_time_unix_nano", 2**63, "after the year 2262"),
    ],
)
def test_a_span_that_cannot_be_kept_is_refused_alone(
    field: str, value: bytes | int, reason: str
) -> None:
    sent = traces_request([span(number=1), span(number=2)])
    setattr(sent.resource_spans[0].scope_spans[0].spans[0], field, value)
    content = decode("traces", sent.SerializeToString())
    assert (content.records, content.rejected) == ([span(number=2)], 1)
    assert reason in content.reason


def test_spans_are_counted() -> None:
    sent = ExportTraceServiceRequest()
    for _ in range(2):
        spans = sent.resource_spans.add().scope_spans.add().spans
        spans.add(name="a", trace_id=bytes(16))
        spans.add(name="b")
    assert decode("traces", sent.SerializeToString()) == Decoded([], spans=4)
    body = '{"resourceSpans": [{"scopeSpans": [{"spans": [{"traceId": "%s"}]}]}]}' % ("5b" * 16)
    assert decode("traces", body.encode(), "json").spans == 1


@pytest.mark.parametrize("signal", ["logs", "metrics", "traces"])
@pytest.mark.parametrize("body", [b"\xff\xff\xff\xff", b"hello, world"])
def test_what_is_not_otlp_is_refused(signal: Signal, body: bytes) -> None:
    with pytest.raises(MalformedTelemetry, match=f"not an OTLP {signal} request in protobuf"):
        decode(signal, body)
    with pytest.raises(MalformedTelemetry, match="in json"):
        decode(signal, body, "json")


def test_names_are_brought_to_one_form() -> None:
    assert model_name("claude-opus-4-8[1m]") == model_name("claude-opus-4-8") == "claude-opus-4-8"
    assert [source_name(s) for s in ("sdk", "repl_main_thread:outputStyle:x", "main")] == [
        "main"
    ] * 3
    assert source_name("agent:builtin:Explore") == source_name("subagent") == "subagent"
    assert source_name("compact") == "auxiliary"
    assert source_name(None) == "unknown"

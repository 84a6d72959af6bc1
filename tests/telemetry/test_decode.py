"""OTLP in both encodings gives the same records; what is not OTLP is refused with a reason."""

import json

import pytest
from google.protobuf import json_format

from ccotel_tui.errors import MalformedTelemetry
from ccotel_tui.telemetry.decode import Signal, decode
from ccotel_tui.telemetry.records import Event, Point
from ccotel_tui.telemetry.vocabulary import model_name, source_name
from tests.otlp import T0, lines, logs_request, metrics_request, request


def test_an_event_comes_out_as_it_went_in() -> None:
    sent = request(0.5, sequence=7)
    assert decode("logs", logs_request(sent).SerializeToString()) == [sent]


def test_a_point_comes_out_as_it_went_in() -> None:
    sent = lines(12, cumulative=True)
    assert decode("metrics", metrics_request(sent).SerializeToString()) == [sent]


def test_json_gives_the_same_records_also_with_plain_numbers() -> None:
    sent = logs_request(request(0.5, sequence=7))
    body = json_format.MessageToJson(sent)
    assert decode("logs", body.encode(), "json") == decode("logs", sent.SerializeToString())
    plain = body.replace('"intValue": "7"', '"intValue": 7')
    assert plain != body
    assert decode("logs", plain.encode(), "json") == decode("logs", sent.SerializeToString())


def test_the_name_is_taken_from_the_body_where_no_attribute_tells_it() -> None:
    sent = logs_request(Event(T0, "claude-code", "new_thing", {}))
    assert [r.name for r in decode("logs", sent.SerializeToString()) if isinstance(r, Event)] == [
        "new_thing"
    ]


def test_integer_points_and_unknown_fields_are_taken() -> None:
    body = {
        "resourceMetrics": [
            {
                "scopeMetrics": [
                    {
                        "metrics": [
                            {
                                "name": "m",
                                "sum": {"dataPoints": [{"asInt": "3", "timeUnixNano": str(T0)}]},
                            }
                        ]
                    }
                ],
                "somethingNew": 1,
            }
        ]
    }
    [point] = decode("metrics", json.dumps(body).encode(), "json")
    assert isinstance(point, Point)
    assert (point.value, point.cumulative, point.service) == (3.0, False, "")


@pytest.mark.parametrize("signal", ["logs", "metrics"])
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

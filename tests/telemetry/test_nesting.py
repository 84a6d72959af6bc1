"""Values nested in one another, as deep as somebody likes to send them."""

import json
from collections.abc import Callable
from contextlib import suppress

import pytest
from google.protobuf import json_format

from ccotel_tui.errors import MalformedTelemetry
from ccotel_tui.send.replay import parse_line
from ccotel_tui.telemetry.decode import Encoding, Signal, decode, read_request
from ccotel_tui.telemetry.encode import otlp_lines, requests
from ccotel_tui.telemetry.records import Event, Value
from tests.tools.otlp import event, logs_request, metrics_request
from tests.tools.otlp import lines as lines_of_code

DEPTHS = (*range(20, 60), *range(90, 104), 500, 5_000)
MARK = "deepest"

Wire = Callable[[int], bytes]


def chunk(field: int, body: bytes) -> bytes:
    """A field of the wire type that has a length."""
    length, left = b"", len(body)
    while left > 0x7F:
        length += bytes([left & 0x7F | 0x80])
        left >>= 7
    return bytes([field << 3 | 2]) + length + bytes([left]) + body


def arrays(depth: int) -> bytes:
    """An AnyValue: lists in one another, protobuf's writer having a limit of its own."""
    value = chunk(1, MARK.encode())
    for _ in range(depth):
        value = chunk(5, chunk(1, value))
    return value


def maps(depth: int) -> bytes:
    value = chunk(1, MARK.encode())
    for _ in range(depth):
        value = chunk(6, chunk(1, chunk(1, b"k") + chunk(2, value)))
    return value


def body(signal: Signal, value: bytes) -> bytes:
    """A request with the value among the attributes of its one record and of its resource."""
    pair = chunk(1, b"deep") + chunk(2, value)
    resource = chunk(1, chunk(1, pair))
    if signal == "logs":
        (record,) = logs_request(event("api_request")).resource_logs[0].scope_logs[0].log_records
        scoped = chunk(2, record.SerializeToString() + chunk(6, pair))
    else:
        (metric,) = metrics_request(lines_of_code(5)).resource_metrics[0].scope_metrics[0].metrics
        (point,) = metric.sum.data_points
        numbers = chunk(1, point.SerializeToString() + chunk(7, pair))
        del metric.sum.data_points[:]
        scoped = chunk(2, chunk(1, metric.name.encode()) + chunk(7, numbers + b"\x10\x01\x18\x01"))
    return chunk(1, resource + chunk(2, scoped))


def depth_of(value: Value) -> int:
    depth = 0
    while isinstance(value, list | dict) and value:
        value = value[0] if isinstance(value, list) else value["k"]
        depth += 1
    assert value in (MARK, None, [], {})
    return depth


@pytest.mark.parametrize("nested", [arrays, maps])
@pytest.mark.parametrize("signal", ["logs", "metrics"])
def test_what_is_kept_can_be_sent_on_and_printed(signal: Signal, nested: Wire) -> None:
    for depth in DEPTHS:
        (record,) = decode(signal, body(signal, nested(depth))).records
        for value in (record.attributes["deep"], record.context["deep"]):
            assert depth_of(value) == depth or (depth > 29 and depth_of(value) >= 29)
        (request,) = requests([record])
        assert decode(signal, request.SerializeToString()).records == [record]
        (line,) = otlp_lines([record])
        assert read_request(parse_line(line).request).records == [record]
        assert decode(signal, line.encode(), "json").records == [record]


@pytest.mark.parametrize(("opened", "closed"), [("[", "]"), ('{"a":', "}"), ("[", "")])
@pytest.mark.parametrize("depth", [50, 100, 300, 400, 500, 1_000, 100_000])
@pytest.mark.parametrize("signal", ["logs", "metrics", "traces"])
def test_json_however_deep_is_read_or_refused(
    signal: Signal, depth: int, opened: str, closed: str
) -> None:
    nested = opened * depth + "1" + closed * depth
    for text in (nested, f'{{"resourceLogs": {nested}}}', f'{{"resourceMetrics": {nested}}}'):
        with suppress(MalformedTelemetry):
            assert decode(signal, text.encode(), "json").records == []


def test_json_that_is_too_deep_is_refused_in_plain_words() -> None:
    with pytest.raises(MalformedTelemetry, match="in json: it is nested too deeply"):
        decode("logs", b'{"resourceLogs": ' + b"[" * 100_000, "json")


@pytest.mark.parametrize("encoding", ["protobuf", "json"])
def test_a_record_beside_a_deep_value_is_kept(encoding: Encoding) -> None:
    """Both encodings, as deep as the reader of JSON goes."""
    text = '{"stringValue":"x"}'
    for _ in range(100):
        text = f'{{"arrayValue":{{"values":[{text}]}}}}'
    request = json_format.MessageToDict(logs_request(event("api_request")))
    (record,) = request["resourceLogs"][0]["scopeLogs"][0]["logRecords"]
    record["attributes"].append({"key": "deep", "value": json.loads(text)})
    sent = json.dumps(request).encode()
    if encoding == "protobuf":
        sent = body("logs", arrays(100))
    (kept,) = decode("logs", sent, encoding).records
    assert isinstance(kept, Event)
    assert kept.name == "api_request"

"""What is no OTLP is not sent, and it is said where it stands."""

import contextlib
import json
import tempfile
from pathlib import Path

import pytest
from google.protobuf import json_format
from hypothesis import given
from hypothesis import strategies as st

from ccotel_tui.errors import MalformedTelemetry
from ccotel_tui.send.replay import Line, parse_line, read_lines
from tests.cli.test_words import run
from tests.recorder.running import Recorder
from tests.recorder.test_recorder import spent
from tests.tools.otlp import lines, logs_request, metrics_request, request

NOT_OTLP = Path(__file__).parents[1] / "data" / "cases" / "16-not-otlp.jsonl"

LOGS = json_format.MessageToDict(logs_request(request(0.5)))
METRICS = json_format.MessageToDict(metrics_request(lines(3)))
LOUD = b'{"resourceLogs": [{"scopeLogs": [{"logRecords": [{"severityNumber": 1e999}]}]}]}'


def test_a_file_that_is_no_otlp_is_refused_with_its_line(running: Recorder) -> None:
    done = run("replay", str(NOT_OTLP), "--endpoint", running.grpc)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"ccotel-tui: {NOT_OTLP} line 1 is no OTLP request: it has none of resourceLogs, "
        "resourceMetrics and resourceSpans. Sent before it: nothing.\n"
    )


@pytest.mark.parametrize("now", [(), ("--now",)])
def test_what_stands_before_it_is_sent_and_counted(
    running: Recorder, database: Path, tmp_path: Path, now: tuple[str, ...]
) -> None:
    file = tmp_path / "otlp.jsonl"
    file.write_text(f"{json.dumps(LOGS)}\n\n  \n{json.dumps({'request': METRICS})}\n[]\n")
    done = run("replay", str(file), "--endpoint", running.grpc, *now)
    assert (done.returncode, done.stdout) == (1, "")
    assert f"{file} line 5 is no OTLP request: it is an array, no object." in done.stderr
    # Times can be moved only when all of them are known.
    sent = "nothing" if now else "2 requests"
    assert done.stderr.endswith(f"Sent before it: {sent}.\n")
    assert spent(database) == (0.0 if now else 0.5)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{}", "it has none of resourceLogs, resourceMetrics and resourceSpans"),
        (b'{"request": {}}', "none of"),
        (b'{"resourcelogs": []}', "none of"),
        (b'{"request": [1]}', "it is an array, no object"),
        (b"17", "it is a number, no object"),
        (b'"resourceLogs"', "it is a string, no object"),
        (b"null", "it is null, no object"),
        (b"true", "it is true or false, no object"),
        (b'{"resourceLogs": [], "resourceMetrics": []}', "it holds logs, metrics or spans at once"),
        (json.dumps(LOGS).encode()[:200], "it is no JSON, or cut short, at character"),
        (b"data: x", "at character 1 (Expecting value)"),
        (b"\x1f\x8b\x08\x00\xff\xfe", "it is not text in UTF-8; is the file compressed?"),
        (b'{"resourceLogs": ' + b"[" * 200_000, "nested too deeply"),
        (b'{"resourceLogs": ' + b"9" * 5_000, "a number in it is too long"),
        (b'{"resourceLogs": 7}', "repeated field resourceLogs"),
        (LOUD, "cannot convert float infinity to integer"),
        (b'{"resourceLogs": [{"scopeLog": []}]}', 'no field named "scopeLog"'),
        (b'{"resourceMetrics": [{"scopeMetrics": [{"metric": []}]}]}', 'no field named "metric"'),
    ],
)
def test_each_says_what_it_is(tmp_path: Path, line: bytes, reason: str) -> None:
    file = tmp_path / "otlp.jsonl"
    file.write_bytes(json.dumps(LOGS).encode() + b"\n" + line)
    read_ = read_lines(file)
    assert next(read_) == parse_line(json.dumps(LOGS))
    with pytest.raises(MalformedTelemetry) as caught:
        next(read_)
    assert str(caught.value).startswith(f"{file} line 2 is no OTLP request: ")
    assert reason in str(caught.value)


@pytest.mark.parametrize("body", [LOGS, METRICS])
def test_the_known_forms_of_a_line(body: dict[str, object]) -> None:
    known = parse_line(json.dumps(body))
    ((key, value),) = body.items()
    snake = key.replace("L", "_l").replace("M", "_m")
    for form in (
        {snake: value},
        {"request": body},
        {"received_at": 1.5, "signal": "logs", "request": body},
        {**body, "laterThanThisVersion": 1},
    ):
        assert parse_line(json.dumps(form)) == known
    assert parse_line("\ufeff".encode() + json.dumps(body).encode()) == known


@pytest.mark.parametrize(
    "empty", ['{"resourceLogs": []}', '{"resourceMetrics": [{"resource": {}, "scopeMetrics": []}]}']
)
def test_a_request_of_no_records_is_one(empty: str) -> None:
    assert parse_line(empty).time_ns == 0


_KEYS = (
    "request", "resourceLogs", "resource_logs", "resourceMetrics", "resource", "scopeLogs",
    "logRecords", "attributes", "scopeMetrics", "metrics", "sum", "dataPoints", "timeUnixNano",
)  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.sampled_from(_KEYS), inner),
    max_leaves=10,
)


@given(st.dictionaries(st.sampled_from(_KEYS[:4]), JSON) | JSON)
def test_any_json_is_a_request_or_said_to_be_none(value: object) -> None:
    with contextlib.suppress(MalformedTelemetry):
        assert isinstance(parse_line(json.dumps(value)), Line)


@given(st.binary(max_size=300))
def test_any_bytes_are_requests_or_said_to_be_none(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory) / "otlp.jsonl"
        file.write_bytes(data)
        with contextlib.suppress(MalformedTelemetry):
            assert list(read_lines(file)) == []


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    done = run("replay", str(tmp_path))
    assert done.returncode == 2
    assert "is a directory" in done.stderr

"""What is not taken: clear cases are taken, all others told to the sender and counted by reason."""

import http.client
import itertools
import json
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import grpc
import pytest
from google.protobuf import json_format
from google.protobuf.message import Message
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import (
    ExportLogsPartialSuccess,
    ExportLogsServiceRequest,
)
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from ccotel_tui.recorder import BACKFILLED
from ccotel_tui.recorder.lock import acquire, read_state
from ccotel_tui.recorder.otlp.signals import is_served, signal_of
from ccotel_tui.recorder.refusals import Refusal, Refusals, one_line
from ccotel_tui.recorder.state import PortOwner, PortState, RecorderState
from ccotel_tui.store.file.connection import connect
from ccotel_tui.telemetry.decode import Encoding, Signal
from tests.recorder.running import JSON, LOGS, PROTOBUF, Recorder, export, post, refused
from tests.tools.otlp import SECOND, T0, lines, logs_request, metrics_request, request

Form = Callable[[Message], bytes]


def traces() -> ExportTraceServiceRequest:
    sent = ExportTraceServiceRequest()
    span = sent.resource_spans.add().scope_spans.add().spans.add(name="a")
    span.trace_id, span.span_id, span.start_time_unix_nano = bytes(range(16)), b"12345678", T0
    return sent


REQUESTS: dict[Signal, Callable[[], Message]] = {
    "logs": lambda: logs_request(request(0.5)),
    "metrics": lambda: metrics_request(lines(3)),
    "traces": traces,
}
FORMS: dict[Encoding, tuple[str, Form]] = {
    "protobuf": (PROTOBUF, lambda message: message.SerializeToString()),
    "json": (JSON, lambda message: json_format.MessageToJson(message).encode()),
}
SIGNALS: list[Signal] = ["logs", "metrics", "traces"]


def kept(database: Path) -> tuple[int, int]:
    """Events and increments."""
    connection = connect(database)
    (events,) = connection.execute("SELECT count(*) FROM events").fetchone()
    (increments,) = connection.execute("SELECT count(*) FROM increments").fetchone()
    connection.close()
    return events, increments


def test_what_is_clear_by_path_or_content_is_taken(running: Recorder, database: Path) -> None:
    paths = ("/", "//", "/v1", "/v1/logs", "//v1//logs/", "/v1/metrics/v1/logs", "/o/v1/traces/")
    cases = list(itertools.product(paths, FORMS.values()))
    for number, (path, (kind, form)) in enumerate(cases, start=1):
        at = T0 + number * SECOND
        for sent in (logs_request(request(0.5, at)), metrics_request(lines(3, at)), traces()):
            assert post(running.http, path, form(sent), kind)[0] == 200
        assert kept(database) == (number, number)
    state = read_state(database)
    assert state is not None
    assert (state.spans, state.refused) == (len(cases), {})


def test_another_path_is_refused_with_what_to_do(running: Recorder, database: Path) -> None:
    paths = ("/v1/foo", "/api/v2/spans", "/logs", "/v1/logs/x", "/v2/logs")
    for number, path in enumerate(paths, start=1):
        status, said = post(running.http, path, REQUESTS["logs"]().SerializeToString())
        assert status == 404
        told = ExportLogsPartialSuccess.FromString(said).error_message
        assert "send to /v1/logs, /v1/metrics or /v1/traces" in told
        newest = refused(database, path=number).last_refusal
        assert newest is not None
        assert newest.sentence == f"POST {path}: {told}"
    assert kept(database) == (0, 0)


UNCLEAR = [
    (b"", PROTOBUF),
    (b"\x0a\x00", PROTOBUF),
    (b"\xff\xff\xff", PROTOBUF),
    (b"{}", JSON),
    (b"[]", JSON),
    (b'"resourceLogs"', JSON),
    (b"not json", JSON),
    (b"[" * 100_000, JSON),
    (b'{"resourceLogs": []}', JSON),
    (b'{"resourceLogs": [{}], "resourceSpans": [{}]}', JSON),
]


def test_what_neither_path_nor_content_makes_clear_is_refused(
    running: Recorder, database: Path
) -> None:
    for path in ("/", "/v1/"):
        for body, kind in UNCLEAR:
            status, said = post(running.http, path, body, kind)
            assert (status, b"neither path nor content" in said) == (404, True)
    refused(database, path=2 * len(UNCLEAR))


def test_another_method_is_refused_with_what_to_do(running: Recorder, database: Path) -> None:
    for number, method in enumerate(("GET", "HEAD", "PUT", "DELETE", "OPTIONS"), start=1):
        with closing(http.client.HTTPConnection(running.http, timeout=20)) as connection:
            connection.request(method, "/v1/logs")
            answer = connection.getresponse()
            said = answer.read().decode()
        assert (answer.status, answer.getheader("Allow")) == (405, "POST")
        assert "by POST only, to /v1/logs" in said or method == "HEAD"
        newest = refused(database, method=number).last_refusal
        assert newest is not None
        assert newest.sentence.startswith(f"{method} /v1/logs: telemetry is taken by POST only")


@pytest.mark.parametrize("encoding", FORMS)
@pytest.mark.parametrize("signal", SIGNALS)
@pytest.mark.parametrize("named", SIGNALS)
def test_the_content_goes_before_the_path(
    signal: Signal, named: Signal, encoding: Encoding
) -> None:
    _, form = FORMS[encoding]
    body = form(REQUESTS[signal]())
    assert signal_of(f"/v1/{named}", body, encoding) == signal
    assert signal_of("/", body, encoding) == signal
    assert signal_of(f"/v1/{named}/", b"", encoding) == named


def test_snake_case_and_later_keys_are_read_too() -> None:
    body = b'{"note": 1, "resource_metrics": [{}]}'
    assert signal_of("/v1/logs", body, "json") == "metrics"
    assert signal_of("/v1/logs", b'{"resourceLogs": [7], "resourceMetrics": [7]}', "json") == "logs"


@pytest.mark.parametrize("message", [ExportLogsServiceRequest, ExportMetricsServiceRequest])
def test_protobuf_without_content_tells_no_signal(message: type[Message]) -> None:
    sent = message()
    assert signal_of("/", sent.SerializeToString(), "protobuf") is None
    logs = ExportLogsServiceRequest()
    logs.resource_logs.add().scope_logs.add().log_records.add(severity_number=9)
    assert signal_of("/", logs.SerializeToString(), "protobuf") is None


def test_only_paths_that_end_in_a_signal_or_name_none_are_served() -> None:
    served = ("/", "", "/v1", "/v1/", "/v1/logs", "/a/v1/metrics", "/v1/logs/v1/traces//")
    assert all(map(is_served, served))
    assert not any(map(is_served, ("/v1/profiles", "/logs", "/v1/logs/a", "/a", "/v1/v1")))


def test_every_refusal_is_counted_by_its_reason(running: Recorder, database: Path) -> None:
    good = REQUESTS["logs"]().SerializeToString()
    post(running.http, "/v1/logs", b"\xff\xff\xff")
    post(running.http, "/v1/logs", good, Host="evil.example")
    post(running.http, "/v1/logs", good, Origin="http://evil.example")
    post(running.http, "/v1/logs", good, "text/plain")
    post(running.http, "/v1/logs", good, Content_Encoding="compress")
    records = [request(9.0, at=0, sequence=number) for number in range(3)]
    post(running.http, "/v1/logs", logs_request(request(0.5), *records).SerializeToString())
    sent = json_format.MessageToDict(logs_request(request(0.25, sequence=9)))
    pair = {"key": "big", "value": {"intValue": "99999999999999999999"}}
    sent["resourceLogs"][0]["scopeLogs"][0]["logRecords"][0]["attributes"].append(pair)
    post(running.http, "/v1/logs", json.dumps(sent).encode(), JSON)
    with grpc.insecure_channel(running.grpc) as channel:
        call: grpc.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(
            f"/opentelemetry.proto.collector.{LOGS}/Export"
        )
        with pytest.raises(grpc.RpcError):
            call(good, timeout=20, metadata=(BACKFILLED,))
    state = refused(
        database,
        malformed=1,
        host=1,
        web_page=1,
        content_type=1,
        encoding=1,
        record=3,
        value=1,
        backfill=1,
    )
    assert state.last_refusal is not None
    assert "a recorder has the port" in state.last_refusal.sentence
    assert kept(database) == (2, 0)


def status(database: Path, *words: str) -> tuple[int, str]:
    command = [sys.executable, "-m", "ccotel_tui", "record", "--status", "--db", str(database)]
    done = subprocess.run([*command, *words], capture_output=True, text=True)
    return done.returncode, done.stdout


def test_the_status_is_one_document(
    running: Recorder, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Asia/Seoul")
    export(running.grpc, LOGS, REQUESTS["logs"]().SerializeToString())
    for _ in range(3):
        post(running.http, "/v1/foo", b"")
    refused(database, path=3)
    code, said = status(database, "--json")
    document = json.loads(said)
    at = document["last_refusal"].pop("time")
    ports = [int(address.split(":")[1]) for address in (running.grpc, running.http)]
    assert (code, at[:2], at[-6:], document.pop("since")[-6:]) == (0, "20", "+09:00", "+09:00")
    assert document.pop("bytes") > 0
    assert document == {
        "schema": 0,
        "recording": True,
        "pid": running.process.pid,
        "listening": [
            {"protocol": "grpc", "host": "127.0.0.1", "port": ports[0]},
            {"protocol": "http", "host": "127.0.0.1", "port": ports[1]},
        ],
        "problem": None,
        "fault": None,
        "silent_s": None,
        "clock_moved": None,
        "deleted": {},
        "spans": 0,
        "spans_kept": 0,
        "refused": {"path": 3},
        "last_refusal": {
            "reason": "path",
            "sentence": "POST /v1/foo: there is no such path: "
            "send to /v1/logs, /v1/metrics or /v1/traces",
        },
        "database": str(database),
        "newest_record": "2026-11-24T13:10:00+09:00",
    }
    code, said = status(database)
    assert "refused: 3 path (newest: 20" in said
    assert "path: POST /v1/foo: there is no such path" in said


def test_the_status_without_a_recorder_is_a_document_too(database: Path) -> None:
    code, said = status(database, "--json")
    assert code == 1
    assert json.loads(said) == {
        "schema": 0,
        "recording": False,
        "pid": None,
        "since": None,
        "listening": [],
        "problem": None,
        "fault": None,
        "silent_s": None,
        "clock_moved": None,
        "deleted": {},
        "spans": 0,
        "spans_kept": None,
        "refused": {},
        "last_refusal": None,
        "database": str(database),
        "bytes": 0,
        "newest_record": None,
    }


def test_json_without_the_status_is_a_usage_error(database: Path) -> None:
    command = [sys.executable, "-m", "ccotel_tui", "record", "--json", "--db", str(database)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, "--status" in done.stderr) == (2, True)


async def test_a_flood_of_refusals_is_written_once() -> None:
    written: list[tuple[dict[str, int], Refusal]] = []
    refusals = Refusals(lambda counts, newest: written.append((dict(counts), newest)))
    refusals.flush()
    for number in range(10_000):
        refusals.count("path", f"POST /{number}:\n\x1b[31m no")
    refusals.count("record", "a record", 7)
    assert not written
    refusals.flush()
    refusals.flush()
    [(counts, newest)] = written
    assert counts == {"path": 10_000, "record": 7}
    assert (newest.reason, newest.sentence) == ("record", "a record")


def test_a_sentence_is_one_line_without_what_a_terminal_obeys() -> None:
    assert one_line("a\n\x1b[31mb\x00\u202e c") == "a [31mb c"
    assert len(one_line("x" * 100_000)) == 300


def test_a_long_state_is_read_whole_and_none_is_written_without_the_lock(database: Path) -> None:
    owner = PortOwner("unknown", "x" * 20_000, 7, "belongs to user nobody")
    ports = (PortState("grpc", "::1", 9, bound=False, owner=owner),)
    with acquire(database, print) as lock:
        lock.update_state(ports=ports)
        lock.update_refusals({"path": 1}, Refusal(1.5, "path", "no"))
        state = read_state(database)
        assert state == RecorderState(
            lock.state.pid,
            lock.state.since,
            ports,
            refused={"path": 1},
            last_refusal=Refusal(1.5, "path", "no"),
        )
        lock.release()
        with acquire(database, print):
            lock.update_state(spans=9)
            state = read_state(database)
            assert state is not None
            assert (state.spans, state.ports) == (0, ())

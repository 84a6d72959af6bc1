"""The recorder as a process: what it acknowledges is kept, what it refuses it says why."""

import json
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
from google.protobuf import json_format

from ccotel_tui.errors import EndpointUnavailable, MalformedTelemetry
from ccotel_tui.record.child import is_recording
from ccotel_tui.record.replay import Line, move, parse, read, send
from ccotel_tui.store.database import connect
from tests.otlp import SECOND, T0, lines, logs_request, metrics_request, request
from tests.record.running import Recorder, recorder

PROTOBUF = "application/x-protobuf"


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "telemetry.db"


@pytest.fixture
def running(database: Path) -> Iterator[Recorder]:
    with recorder(database) as one:
        yield one


def post(running: Recorder, path: str, body: bytes, kind: str) -> tuple[int, bytes]:
    call = urllib.request.Request(
        f"http://{running.http}{path}", data=body, headers={"Content-Type": kind}
    )
    try:
        with urllib.request.urlopen(call, timeout=10) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def spent(database: Path) -> float:
    connection = connect(database)
    (total,) = connection.execute("SELECT total(cost_usd) FROM events").fetchone()
    connection.close()
    return float(total)


def test_grpc_is_kept_when_it_is_acknowledged(running: Recorder, database: Path) -> None:
    assert send([Line(logs_request(request(0.5)), T0)], running.grpc) == 1
    assert spent(database) == 0.5


def test_both_http_forms_are_kept_when_they_are_acknowledged(
    running: Recorder, database: Path
) -> None:
    sent = logs_request(request(0.5))
    assert post(running, "/v1/logs", sent.SerializeToString(), PROTOBUF) == (200, b"")
    more = json_format.MessageToJson(logs_request(request(0.25, sequence=1)))
    assert post(running, "/v1/logs", more.encode(), "application/json; charset=utf-8") == (
        200,
        b"{}",
    )
    assert spent(database) == 0.75
    points = metrics_request(lines(3)).SerializeToString()
    assert post(running, "/v1/metrics", points, PROTOBUF)[0] == 200


def test_what_is_not_otlp_is_refused_with_the_reason(running: Recorder, database: Path) -> None:
    status, said = post(running, "/v1/logs", b"\xff\xff\xff", PROTOBUF)
    assert (status, b"not an OTLP logs request" in said) == (400, True)
    assert post(running, "/v1/logs", b"{}", "text/plain")[0] == 415
    with grpc.insecure_channel(running.grpc) as channel:
        method = "/opentelemetry.proto.collector.logs.v1.LogsService/Export"
        export: grpc.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(method)
        with pytest.raises(grpc.RpcError) as refusal:
            export(b"\xff\xff\xff", timeout=10)
    assert refusal.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    send([Line(logs_request(request(0.5)), T0)], running.grpc)
    assert spent(database) == 0.5


def test_one_recorder_a_database(running: Recorder, database: Path) -> None:
    assert is_recording(database)
    with recorder(database) as second:
        assert second.process.wait(20) == 1
    assert f"process {running.process.pid}" in second.said


def test_the_lock_is_free_after_a_crash(database: Path) -> None:
    with recorder(database) as first:
        first.process.send_signal(signal.SIGKILL)
        first.process.wait(20)
    assert not is_recording(database)
    with recorder(database) as second:
        assert second.said.startswith("recording")


def test_a_taken_port_is_named_and_the_other_one_serves(database: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        taken = f"127.0.0.1:{stranger.getsockname()[1]}"
        with recorder(database, "--otlp-grpc", taken) as running:
            assert f"{taken} is taken by another program" in running.said
            sent = logs_request(request(0.5)).SerializeToString()
            assert post(running, "/v1/logs", sent, PROTOBUF)[0] == 200
        with recorder(database, "--otlp-grpc", taken, "--otlp-http", taken) as none:
            assert none.process.wait(20) == 1
        assert "taken" in none.said


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_it_ends_cleanly_when_it_is_asked_to(database: Path, number: signal.Signals) -> None:
    with recorder(database) as running:
        running.process.send_signal(number)
        assert running.process.wait(20) == 0


def test_a_child_ends_with_its_parent(database: Path) -> None:
    with recorder(database, "--child") as running:
        assert running.process.stdin is not None
        running.process.stdin.close()
        assert running.process.wait(20) == 0


def test_replay_sends_a_file_and_moves_its_times(
    running: Recorder, database: Path, tmp_path: Path
) -> None:
    file = tmp_path / "otlp.jsonl"
    body = json_format.MessageToDict(logs_request(request(0.5), request(0.25, at=T0 + SECOND)))
    file.write_text(f"{json.dumps(body)}\n\n{json.dumps({'request': body})}\n")
    first, second = read(file)
    assert first == second
    assert first.time_ns == T0 + SECOND
    move(first.request, 10)
    assert parse(json.dumps(json_format.MessageToDict(first.request))).time_ns == T0 + SECOND + 10
    command = [sys.executable, "-m", "ccotel_tui", "replay", str(file), "--endpoint", running.grpc]
    assert subprocess.run(command, check=True, capture_output=True).stdout.startswith(b"2 requests")
    assert spent(database) == 0.75


def test_a_bad_line_and_a_silent_endpoint_are_named(tmp_path: Path) -> None:
    file = tmp_path / "bad.jsonl"
    file.write_text('{"resourceLogs": []}\n{"resourceLogs": 7}\n')
    with pytest.raises(MalformedTelemetry, match="line 2"):
        list(read(file))
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(EndpointUnavailable, match="is a recorder or a collector listening"):
        send([Line(logs_request(request(0.5)), T0)], f"127.0.0.1:{port}")

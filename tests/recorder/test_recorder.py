"""The recorder as a process: what it acknowledges is kept, what it refuses it says why."""

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from google.protobuf import json_format

from ccotel_tui.errors import EndpointUnavailable, MalformedTelemetry
from ccotel_tui.recorder.lock import read_state
from ccotel_tui.recorder.ports.lease import ports_on_lease
from ccotel_tui.send.replay import Line, Sent, move, parse_line, read_lines, send
from ccotel_tui.store.file.connection import connect
from ccotel_tui.telemetry.encode import traces_request
from tests.recorder.running import TRACES, WITHIN, Recorder, export, recorder
from tests.servers.servers import until
from tests.tools.otlp import SECOND, T0, logs_request, request, span


def spent(database: Path) -> float:
    connection = connect(database)
    (total,) = connection.execute("SELECT total(cost_usd) FROM events").fetchone()
    connection.close()
    return float(total)


def test_grpc_is_kept_when_it_is_acknowledged(running: Recorder, database: Path) -> None:
    assert send([Line(logs_request(request(0.5)), T0)], running.grpc) == Sent(1)
    assert spent(database) == 0.5


def test_one_recorder_a_database(running: Recorder, database: Path) -> None:
    state = read_state(database)
    assert state is not None
    assert state.pid == running.process.pid
    with recorder(database) as second:
        assert second.process.wait(20) == 1
    assert f"process {running.process.pid}" in second.said


def test_the_lock_is_free_after_a_crash(database: Path) -> None:
    with recorder(database) as first:
        first.process.send_signal(signal.SIGKILL)
        first.process.wait(20)
    assert read_state(database) is None
    with recorder(database) as second:
        assert second.said.startswith("recording")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_it_ends_cleanly_when_it_is_asked_to(database: Path, number: signal.Signals) -> None:
    with recorder(database) as running:
        running.process.send_signal(number)
        assert running.process.wait(20) == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
def test_it_goes_on_where_it_was_started_to(database: Path, number: signal.Signals) -> None:
    """By `nohup`, or by a script in the background."""
    before = signal.signal(number, signal.SIG_IGN)
    try:
        with recorder(database) as running:
            running.process.send_signal(number)
            assert send([Line(logs_request(request(0.5)), T0)], running.grpc) == Sent(1)
            running.process.terminate()
            assert running.process.wait(20) == 0
    finally:
        signal.signal(number, before)
    assert spent(database) == 0.5


def test_it_goes_on_when_nobody_reads_what_it_tells(database: Path) -> None:
    def listens() -> bool:
        state = read_state(database)
        return state is not None and bool(state.listening)

    with recorder(database) as running:
        assert running.process.stdout is not None
        running.process.stdout.close()
        with ports_on_lease(database):
            pass
        assert until(lambda: listens() or running.process.poll() is not None, WITHIN)
        assert send([Line(logs_request(request(0.5)), T0)], running.grpc) == Sent(1)
    assert spent(database) == 0.5


def test_a_child_ends_with_its_parent(database: Path) -> None:
    with recorder(database, "--child") as running:
        running.close_pipe()
        assert running.process.wait(20) == 0


def test_the_status_tells_who_records_and_what(running: Recorder, database: Path) -> None:
    command = [sys.executable, "-m", "ccotel_tui", "record", "--status", "--db", str(database)]
    send([Line(logs_request(request(0.5)), T0)], running.grpc)
    spans = traces_request([span(T0)])
    spans.resource_spans.add().scope_spans.add().spans.add(name="another program's")
    for _ in range(2):
        export(running.grpc, TRACES, spans.SerializeToString())
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "TZ": "UTC"})
    assert done.returncode == 0
    assert f"process {running.process.pid}" in done.stdout
    assert f"OTLP/gRPC {running.grpc}, OTLP/HTTP {running.http}" in done.stdout
    assert "spans: 4 received\n" in done.stdout
    assert "spans of Claude Code kept: 1\n" in done.stdout
    assert "newest record: 2026-11-24 04:10:00" in done.stdout
    running.process.terminate()
    running.process.wait(20)
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stdout.startswith("not recording")) == (1, True)
    assert "newest record" in done.stdout


def test_replay_sends_a_file_and_moves_its_times(
    running: Recorder, database: Path, tmp_path: Path
) -> None:
    file = tmp_path / "otlp.jsonl"
    body = json_format.MessageToDict(logs_request(request(0.5), request(0.25, at=T0 + SECOND)))
    file.write_text(f"{json.dumps(body)}\n\n{json.dumps({'request': body})}\n")
    first, second = read_lines(file)
    assert first == second
    assert first.time_ns == T0 + SECOND
    move(first.request, 10)
    assert (
        parse_line(json.dumps(json_format.MessageToDict(first.request))).time_ns == T0 + SECOND + 10
    )
    command = [sys.executable, "-m", "ccotel_tui", "replay", str(file), "--endpoint", running.grpc]
    assert subprocess.run(command, check=True, capture_output=True).stdout.startswith(b"2 requests")
    assert spent(database) == 0.75


def test_a_bad_line_and_a_silent_endpoint_are_named(tmp_path: Path) -> None:
    file = tmp_path / "bad.jsonl"
    file.write_text('{"resourceLogs": []}\n{"resourceLogs": 7}\n')
    with pytest.raises(MalformedTelemetry, match="line 2"):
        list(read_lines(file))
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(EndpointUnavailable, match="is a recorder or a collector listening"):
        send([Line(logs_request(request(0.5)), T0)], f"127.0.0.1:{port}")

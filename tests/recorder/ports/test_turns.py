"""Two dashboards, one recorder: whoever waits takes over, and the port is open when it does."""

import asyncio
import errno
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import grpc
import pytest

from ccotel_tui.recorder.child.events import PortsChanged, WaitingForRecorder
from ccotel_tui.recorder.lock import read_state
from ccotel_tui.recorder.ports.lease import ports_on_lease
from ccotel_tui.recorder.state import RecorderState, endpoints
from ccotel_tui.screen import strings
from ccotel_tui.screen.data.messages import RecorderReported
from ccotel_tui.screen.data.recorder_child import RecorderChild
from ccotel_tui.sentences import Sentence
from ccotel_tui.store.file.connection import connect
from tests.recorder.running import LOGS, WITHIN, Recorder, export, post, recorder
from tests.servers.servers import until
from tests.tools.otlp import T0, logs_request, request


def free_ports() -> tuple[str, str]:
    with (
        socket.create_server(("127.0.0.1", 0)) as one,
        socket.create_server(("127.0.0.1", 0)) as other,
    ):
        ports = one.getsockname()[1], other.getsockname()[1]
    return f"127.0.0.1:{ports[0]}", f"127.0.0.1:{ports[1]}"


@contextmanager
def two_children(database: Path) -> Iterator[tuple[Recorder, Recorder]]:
    """A recorder of one dashboard, and another dashboard's that waits; both for the same ports."""
    grpc_address, http_address = free_ports()
    words = ("--child", "--otlp-grpc", grpc_address, "--otlp-http", http_address)
    with recorder(database, *words) as first, recorder(database, *words) as second:
        assert isinstance(first.event, PortsChanged)
        assert second.event == WaitingForRecorder(first.process.pid)
        yield first, second


def spent(database: Path) -> float:
    connection = connect(database)
    (total,) = connection.execute("SELECT total(cost_usd) FROM events").fetchone()
    connection.close()
    return float(total)


def resident(running: Recorder) -> int:
    """Kilobytes of memory of the process."""
    status = Path(f"/proc/{running.process.pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0])


def body(number: int) -> bytes:
    return logs_request(request(1.0, at=T0 + number, sequence=number)).SerializeToString()


def test_the_next_one_listens_before_the_first_has_ended(database: Path) -> None:
    with two_children(database) as (first, second):
        export(first.grpc, LOGS, body(1))
        first.close_pipe()
        assert first.process.wait(20) == 0
        assert post(first.http, "/v1/logs", body(2))[0] == 200
        export(first.grpc, LOGS, body(3))
        second.read()
        assert (second.grpc, second.http) == (first.grpc, first.http)
        state = read_state(database)
        assert state is not None
        assert state.pid == second.process.pid
    assert spent(database) == 3.0


def test_the_next_one_records_after_a_crash(database: Path) -> None:
    with two_children(database) as (first, second):
        first.process.send_signal(signal.SIGKILL)
        second.read()
        assert second.event == first.event
        export(second.grpc, LOGS, body(1))
    assert spent(database) == 1.0


def test_one_that_waits_ends_with_its_parent(database: Path) -> None:
    with two_children(database) as (first, second):
        second.close_pipe()
        second.process.wait(20)
        export(first.grpc, LOGS, body(1))


@pytest.mark.skipif(sys.platform != "linux", reason="reads memory from /proc")
def test_one_that_waits_is_small(database: Path) -> None:
    with two_children(database) as (first, second):
        assert resident(second) < resident(first) / 2
        maps = Path(f"/proc/{second.process.pid}/maps").read_text()
        assert not [word for word in ("grpc", "aiohttp", "google") if word in maps]


def test_requests_that_have_begun_are_answered_after_the_port_was_given_up(
    database: Path,
) -> None:
    """The first recorder is in the middle of a request when it is asked to stop."""
    sent = body(1)
    with two_children(database) as (first, second):
        host, port = first.http.split(":")
        with socket.create_connection((host, int(port)), timeout=20) as client:
            head = (
                "POST /v1/logs HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                f"Content-Type: application/x-protobuf\r\nContent-Length: {len(sent)}\r\n\r\n"
            )
            client.sendall(head.encode() + sent[:10])
            assert post(first.http, "/v1/logs", body(2))[0] == 200
            first.close_pipe()
            # It has the lock, and so the port, long before it has imported what it records with.
            assert until(
                lambda: (read_state(database) or RecorderState()).pid == second.process.pid, WITHIN
            )
            client.sendall(sent[10:])
            assert client.recv(12) == b"HTTP/1.1 200"
            second.read()
            assert second.event == first.event
    assert spent(database) == 2.0


async def test_a_dashboard_keeps_a_recorder_going(database: Path) -> None:
    """It is started, says so, is started again after a crash, and ends with the dashboard."""
    reports: asyncio.Queue[RecorderReported] = asyncio.Queue()
    recording = RecorderChild(database, "127.0.0.1:0", "127.0.0.1:0")
    going = asyncio.create_task(recording.keep_going(reports.put_nowait))
    async with asyncio.timeout(60):
        assert (await reports.get()).report.recording
        state = read_state(database)
        assert state is not None
        subprocess.run(["kill", "-9", str(state.pid)], check=True)
        assert (await reports.get()).report.failure == strings.RECORDER_ENDED
        newest = (await reports.get()).report
        assert newest.recording
        assert not newest.failure
        assert endpoints(newest.ports).keys() == {"grpc", "http"}
        await recording.stop()
        await going
    assert read_state(database) is None
    assert reports.empty()


async def test_the_second_dashboard_shows_who_records_where(
    running: Recorder, database: Path
) -> None:
    reports: asyncio.Queue[RecorderReported] = asyncio.Queue()
    recording = RecorderChild(database, "127.0.0.1:0", "127.0.0.1:0")
    going = asyncio.create_task(recording.keep_going(reports.put_nowait))
    async with asyncio.timeout(60):
        first = (await reports.get()).report
        assert first.recording
        assert endpoints(first.ports) == {"grpc": running.grpc, "http": running.http}
        running.process.terminate()
        second = (await reports.get()).report
        assert second.recording
        assert endpoints(second.ports).keys() == {"grpc", "http"}
        assert endpoints(second.ports) != endpoints(first.ports)
        await recording.stop()
        await going


async def test_the_second_dashboard_shows_that_the_ports_are_away(
    running: Recorder, database: Path
) -> None:
    reports: asyncio.Queue[RecorderReported] = asyncio.Queue()
    recording = RecorderChild(database, "127.0.0.1:0", "127.0.0.1:0")
    going = asyncio.create_task(recording.keep_going(reports.put_nowait))
    async with asyncio.timeout(60):
        before = await reports.get()
        assert before.report.recording
        with ports_on_lease(database):
            away = (await reports.get()).report
            assert (away.recording, away.handed_over) == (False, True)
            assert not any(port.bound for port in away.ports)
        assert await reports.get() == before
        await recording.stop()
        await going


async def test_a_dashboard_that_starts_meanwhile_shows_it_too(database: Path) -> None:
    reports: asyncio.Queue[RecorderReported] = asyncio.Queue()
    recording = RecorderChild(database, "127.0.0.1:0", "127.0.0.1:0")
    async with asyncio.timeout(60):
        with ports_on_lease(database):
            going = asyncio.create_task(recording.keep_going(reports.put_nowait))
            away = (await reports.get()).report
            assert (away.recording, away.handed_over) == (False, True)
        back = (await reports.get()).report
        assert (back.recording, back.handed_over) == (True, False)
        await recording.stop()
        await going


async def test_a_dashboard_tells_why_nobody_records(database: Path) -> None:
    database.write_bytes(b"not a database, but long enough to be read as one " * 100)
    reports: asyncio.Queue[RecorderReported] = asyncio.Queue()
    recording = RecorderChild(database, "127.0.0.1:0", "127.0.0.1:0")
    going = asyncio.create_task(recording.keep_going(reports.put_nowait))
    async with asyncio.timeout(60):
        reason = (await reports.get()).report
        assert not reason.recording
        assert reason.failure.startswith(f"{database} cannot be read as a database")
        going.cancel()
        await recording.stop()


async def test_a_dashboard_tells_of_a_lock_that_cannot_be_made(tmp_path: Path) -> None:
    """The folder is a file: that is no fault of the program."""
    (tmp_path / "folder").touch()
    reports: asyncio.Queue[RecorderReported] = asyncio.Queue()
    recording = RecorderChild(tmp_path / "folder" / "x.db", "127.0.0.1:0", "127.0.0.1:0")
    going = asyncio.create_task(recording.keep_going(reports.put_nowait))
    async with asyncio.timeout(60):
        failure = (await reports.get()).report.failure
        assert f"{tmp_path}/folder/x.db.lock cannot be made" in failure
        assert isinstance(failure, Sentence)
        going.cancel()
        await recording.stop()


async def test_a_dashboard_tells_that_no_process_can_be_started(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_: object, **__: object) -> None:
        raise BlockingIOError(errno.EAGAIN, "no more processes")

    monkeypatch.setattr(asyncio, "create_subprocess_exec", full)
    reports: asyncio.Queue[RecorderReported] = asyncio.Queue()
    recording = RecorderChild(database, "127.0.0.1:0", "127.0.0.1:0")
    going = asyncio.create_task(recording.keep_going(reports.put_nowait))
    async with asyncio.timeout(60):
        failure = (await reports.get()).report.failure
        assert failure.startswith("the recorder cannot be started:")
        assert "no more processes" in failure
        going.cancel()
        await recording.stop()


async def test_a_child_that_cannot_tell_in_json_is_heard_too(database: Path) -> None:
    """As it is with the interpreter's own messages: here the address is none."""
    reports: asyncio.Queue[RecorderReported] = asyncio.Queue()
    recording = RecorderChild(database, "nowhere", "127.0.0.1:0")
    going = asyncio.create_task(recording.keep_going(reports.put_nowait))
    async with asyncio.timeout(60):
        failure = (await reports.get()).report.failure
        assert "OTLP/gRPC nowhere: write HOST:PORT" in failure
        going.cancel()
        await recording.stop()


def test_a_closed_port_is_what_a_sender_hears_when_nobody_records() -> None:
    with pytest.raises(grpc.RpcError) as refusal:
        export(free_ports()[0], LOGS, body(1))
    assert refusal.value.code() is grpc.StatusCode.UNAVAILABLE

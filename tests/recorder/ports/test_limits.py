"""Limits: no flood, no large request and no lack of descriptors stops another sender."""

import asyncio
import errno
import resource
import socket
import struct
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from ccotel_tui.errors import Busy
from ccotel_tui.recorder.lock import read_state
from ccotel_tui.recorder.otlp import http_server, large_bodies
from ccotel_tui.recorder.otlp.export import Receiver
from ccotel_tui.recorder.otlp.large_bodies import LARGE, Turns, run_beside
from ccotel_tui.recorder.ports import descriptors, manager
from ccotel_tui.recorder.ports.connections import Connections
from ccotel_tui.recorder.ports.descriptors import MOST_CONNECTIONS, most_connections
from ccotel_tui.recorder.ports.http2 import GOAWAY
from ccotel_tui.recorder.ports.manager import PortManager
from ccotel_tui.recorder.ports.relay import Relay
from ccotel_tui.recorder.refusals import Refusals
from ccotel_tui.recorder.state import RecorderState
from ccotel_tui.recorder.writer import Writer
from ccotel_tui.store.database import Database
from ccotel_tui.store.file.connection import connect
from ccotel_tui.telemetry.decode import decode
from tests.recorder.running import LOGS, WITHIN, Recorder, export, post, recorder
from tests.servers.servers import until
from tests.tools.otlp import T0, logs_request, request

linux = pytest.mark.skipif(sys.platform != "linux", reason="limits another process's files")

IDLE_CONNECTIONS = 400
SETTINGS = bytes.fromhex("000000 04 00 00000000")
ACKNOWLEDGED = bytes.fromhex("000000 04 01 00000000")
"""Without it gRPC ends the connection after 20 s by itself."""
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + SETTINGS + ACKNOWLEDGED


def body(number: int) -> bytes:
    return logs_request(request(1.0, at=T0 + number, sequence=number)).SerializeToString()


def events(database: Path) -> int:
    with closing(connect(database)) as connection:
        (number,) = connection.execute("SELECT count(*) FROM events").fetchone()
    return int(number)


def idle(address: str, sent: bytes = PREFACE) -> socket.socket:
    """A connection that was answered, and says nothing more."""
    host, port = address.split(":")
    connection = socket.create_connection((host, int(port)), timeout=WITHIN)
    connection.sendall(sent)
    return connection


@contextmanager
def soft_limit(number: int) -> Iterator[None]:
    """What is started in the block has so many descriptors, and may have more."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (number, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_many_idle_connections_are_all_kept_and_others_are_served(database: Path) -> None:
    """With the usual limit of a shell there would be no descriptor left."""
    with ExitStack() as stack:
        with soft_limit(512):
            running = stack.enter_context(recorder(database))
        flood = [
            stack.enter_context(idle(address))
            for address in (running.grpc, running.http)
            for _ in range(IDLE_CONNECTIONS // 2)
        ]
        assert all(connection.recv(1) for connection in flood)
        export(running.grpc, LOGS, body(0))
        assert post(running.http, "/v1/logs", body(1))[0] == 200
        for connection in flood:
            connection.setblocking(False)
            while True:  # what came of HTTP/2; no end of the connection
                try:
                    assert connection.recv(65_536)
                except BlockingIOError:
                    break
        assert (read_state(database) or RecorderState()).refused == {}
    assert events(database) == 2


@linux
def test_a_recorder_without_descriptors_lives_and_recovers(
    running: Recorder, database: Path
) -> None:
    pid = running.process.pid
    used = len(list(Path(f"/proc/{pid}/fd").iterdir()))
    before = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (used + 10, before[1]))

    def refused() -> bool:
        return "connections" in (read_state(database) or RecorderState()).refused

    with ExitStack() as flood:
        for number in range(20):
            flood.enter_context(idle((running.grpc, running.http)[number % 2]))
        assert until(refused, WITHIN)
    resource.prlimit(pid, resource.RLIMIT_NOFILE, before)
    assert post(running.http, "/v1/logs", body(0))[0] == 200
    export(running.grpc, LOGS, body(1))
    assert running.process.poll() is None
    assert events(database) == 2
    running.process.terminate()
    assert running.process.wait(WITHIN) == 0


async def test_a_recorder_that_waits_for_a_port_outlives_a_lack_of_descriptors(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    again = asyncio.Event()
    answers: list[Exception] = [OSError(errno.EMFILE, "none left"), OSError(errno.ENFILE, "none")]

    def released(_: Path) -> bool:
        if answers:
            raise answers.pop()
        again.set()
        return False

    monkeypatch.setattr(manager, "are_ports_leased", released)
    monkeypatch.setattr(manager, "RETRY_INTERVAL", 0)
    waiting = PortManager([], database, None, None, print)  # type: ignore[arg-type]
    keeping = asyncio.create_task(waiting.keep(asyncio.Event()))
    await asyncio.wait_for(again.wait(), WITHIN)
    assert not keeping.done()
    keeping.cancel()


def test_as_many_connections_are_taken_as_there_are_descriptors_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    limits = {"soft": 256, "hard": 300}

    def changed(_: int, wanted: tuple[int, int]) -> None:
        limits["soft"] = wanted[0]

    monkeypatch.setattr(resource, "getrlimit", lambda _: (limits["soft"], limits["hard"]))
    monkeypatch.setattr(resource, "setrlimit", changed)
    assert (most_connections(), limits["soft"]) == (51, 300)
    limits["hard"] = resource.RLIM_INFINITY
    assert (most_connections(), limits["soft"]) == (MOST_CONNECTIONS, descriptors.ENOUGH)
    limits["soft"] = resource.RLIM_INFINITY
    assert (most_connections(), limits["soft"]) == (MOST_CONNECTIONS, resource.RLIM_INFINITY)


class Counts:
    """What is counted as refused."""

    def __init__(self) -> None:
        self.newest: dict[str, int] = {}
        self.refusals = Refusals(lambda counts, _: self.newest.update(counts))

    def now(self) -> dict[str, int]:
        self.refusals.flush()
        return self.newest


class Caller:
    """A connection of a peer, without one."""

    def __init__(self, peer: str) -> None:
        self.peer = peer
        self.ended = ""

    def leave(self) -> None:
        self.ended = "sent away"

    def abort(self) -> None:
        self.ended = "ended"


async def test_the_peer_with_the_most_connections_loses_its_longest_idle_one() -> None:
    counts = Counts()
    limit = Connections(4, counts.refusals)
    callers = [Caller(peer) for peer in "baaa"]
    with ExitStack() as stack:
        for caller in callers:
            stack.enter_context(limit.one_more(caller))
        limit.active(callers[1])
        assert counts.now() == {}
        stack.enter_context(limit.one_more(Caller("b")))
        assert [caller.ended for caller in callers] == ["", "", "sent away", ""]
        assert counts.now() == {"connections": 1}


class Answering:
    """A server behind a relay that says the same to whatever comes."""

    def __init__(self, answer: bytes) -> None:
        self._answer = answer

    async def port(self, stack: ExitStack) -> int:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        stack.callback(server.close)
        return int(server.sockets[0].getsockname()[1])

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(65_536):
            writer.write(self._answer)
        writer.close()


@pytest.mark.parametrize(
    ("sent", "answer", "leave_within", "end"),
    [
        (PREFACE, SETTINGS, 3600.0, SETTINGS + GOAWAY),
        (PREFACE, SETTINGS, 0.01, SETTINGS + GOAWAY),
        (b"GET / HTTP/1.1\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n", 3600.0, b"HTTP/1.1 200 OK\r\n\r\n"),
        (b"GET / HTTP/1.1\r\n", b"", 0.01, b""),
    ],
)
async def test_an_idle_connection_is_sent_away_in_the_words_of_its_protocol(
    sent: bytes, answer: bytes, leave_within: float, end: bytes
) -> None:
    counts = Counts()
    with ExitStack() as stack, socket.create_server(("127.0.0.1", 0)) as listening:
        port = await Answering(answer).port(stack)
        limit = Connections(9, counts.refusals, idle=1.2, leave_within=leave_within)
        relay = Relay({"grpc": port, "http": port}, counts.refusals, limit)
        await relay.open(listening)
        reader, writer = await asyncio.open_connection(*listening.getsockname())
        writer.write(sent)
        if leave_within > 1 and sent == PREFACE:
            assert await asyncio.wait_for(reader.readexactly(len(end)), WITHIN) == end
        else:
            received = b""
            try:
                received = await asyncio.wait_for(reader.read(), WITHIN)
            except ConnectionResetError:
                received = end
            assert received == end
        writer.close()
        relay.close()
        await relay.end(WITHIN)
    assert counts.now() == {}


async def test_a_connection_that_is_reset_while_it_is_idle_is_ended_on_both_sides() -> None:
    """As the system does for a client that is killed with an answer unread."""
    counts = Counts()
    with ExitStack() as stack, socket.create_server(("127.0.0.1", 0)) as listening:
        port = await Answering(SETTINGS).port(stack)
        relay = Relay({"grpc": port}, counts.refusals, Connections(9, counts.refusals))
        await relay.open(listening)
        reader, writer = await asyncio.open_connection(*listening.getsockname())
        writer.write(PREFACE)
        assert await asyncio.wait_for(reader.readexactly(len(SETTINGS)), WITHIN) == SETTINGS
        resetting = struct.pack("ii", 1, 0)
        client = writer.get_extra_info("socket")
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, resetting)
        writer.transport.abort()
        await relay.ended(WITHIN)
        assert not relay.has_connections
        relay.close()
    assert counts.now() == {}


async def test_a_body_that_does_not_come_is_refused(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = Counts()
    monkeypatch.setattr(http_server, "BODY_WITHIN", 0.01)
    with closing(Writer(Database(database))) as writer:
        receiver = Receiver(writer, print, counts.refusals)
        leave = asyncio.Event()
        async with http_server.http_server(receiver, 1.0, False, leave) as port:
            reader, to_server = await asyncio.open_connection("127.0.0.1", port)
            to_server.write(
                b"POST /v1/logs HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n"
                b"Content-Type: application/json\r\n\r\n{"
            )
            line = await asyncio.wait_for(reader.readline(), WITHIN)
            assert line == b"HTTP/1.1 408 Request Timeout\r\n"
            to_server.close()
    assert counts.now() == {"timeout": 1}


async def test_a_large_body_is_read_beside_the_event_loop(database: Path) -> None:
    """A small request is acknowledged while the reading of a large one goes on."""
    read_on = threading.Event()

    def read() -> Any:
        assert read_on.wait(WITHIN)
        return "logs", decode("logs", body(0))

    with closing(Writer(Database(database))) as writer:
        receiver = Receiver(writer, print, Counts().refusals)
        large = asyncio.create_task(receiver.take(LARGE, read, "protobuf"))
        second = asyncio.create_task(receiver.take(LARGE, read, "protobuf"))
        await asyncio.sleep(0)
        await receiver.take(9, lambda: ("logs", decode("logs", body(1))), "protobuf")
        assert not large.done()
        assert [thread.name for thread in threading.enumerate()].count("beside") == 1
        read_on.set()
        await asyncio.gather(large, second)
    assert events(database) == 2


async def test_more_large_bodies_than_there_is_room_for_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(large_bodies, "MOST_WAITING", 2 * LARGE)
    turns = Turns()
    async with turns.turn(LARGE), turns.turn(LARGE - 1):
        second = asyncio.create_task(turns.turn(LARGE).__aenter__())
        await asyncio.sleep(0)
        with pytest.raises(Busy, match="smaller batches"):
            async with turns.turn(LARGE):
                pass
    await second
    with pytest.raises(ValueError, match="no"):
        await run_beside(LARGE, lambda: raising("no"))


def raising(sentence: str) -> None:
    raise ValueError(sentence)


def send_by_http(running: Recorder, sent: bytes) -> None:
    assert post(running.http, "/v1/logs", sent)[0] == 200


SENDS: Sequence[Callable[[Recorder, bytes], object]] = (
    send_by_http,
    lambda running, sent: export(running.grpc, LOGS, sent),
)


@pytest.mark.parametrize("send", SENDS)
def test_others_are_acknowledged_while_a_large_request_is_written(
    running: Recorder, database: Path, send: Callable[[Recorder, bytes], object]
) -> None:
    number = 40_000
    many = (request(1.0, at=T0 + n, session="large", sequence=n) for n in range(number))
    large = logs_request(*many).SerializeToString()
    with ThreadPoolExecutor(1) as one:
        sending = one.submit(send, running, large)
        assert until(lambda: events(database) > 0, WITHIN)
        for n in range(3):
            export(running.grpc, LOGS, body(n))
        assert not sending.done()
        sending.result()
    assert events(database) == number + 3

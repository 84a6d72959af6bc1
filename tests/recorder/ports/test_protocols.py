"""Both ports take both protocols, each connection by its first bytes; all else is refused."""

import asyncio
import resource
import socket
import ssl
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import grpc
import pytest
from google.protobuf import json_format

from ccotel_tui.recorder.otlp.export import LARGEST_BODY
from ccotel_tui.recorder.ports import first_bytes
from ccotel_tui.recorder.ports.connections import Connections
from ccotel_tui.recorder.ports.first_bytes import MOST_SILENT, protocol_of
from ccotel_tui.recorder.ports.lease import PortLease, ports_on_lease
from ccotel_tui.recorder.ports.relay import Relay
from ccotel_tui.recorder.refusals import Refusals
from ccotel_tui.store.file.connection import connect
from tests.recorder.campaigns.handover import WITHIN, StandIn, kept, listens
from tests.recorder.client import Grpc, Http
from tests.recorder.running import JSON, LOGS, PROTOBUF, Recorder, export, post, recorder, refused
from tests.servers.servers import until
from tests.tools.otlp import T0, logs_request, request

PORTS: dict[str, Callable[[Recorder], str]] = {
    "grpc": lambda running: running.grpc,
    "http": lambda running: running.http,
}


def body(number: int) -> bytes:
    return logs_request(request(1.0, at=T0 + number, sequence=number)).SerializeToString()


def numbers(database: Path) -> set[int]:
    return {number for _, _, number in kept(database)}


def connected(address: str) -> socket.socket:
    host, port = address.split(":")
    return socket.create_connection((host, int(port)), timeout=20)


def answer(address: str, sent: bytes) -> bytes:
    """All that comes back until the other side ends the connection."""
    with connected(address) as client:
        client.sendall(sent)
        return b"".join(iter(lambda: client.recv(65_536), b""))


@pytest.mark.parametrize(
    ("data", "protocol"),
    [
        (b"", None),
        (b"P", None),
        (b"PRI * HTTP/2.", None),
        (b"PRI * HTTP/2.0", "grpc"),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00", "grpc"),
        (b"POST", None),
        (b"POST /", "http"),
        (b"GET ", "http"),
        (b"OPTIONS * HTTP/1.1", "http"),
        (b"\x16", None),
        (b"\x16\x03\x01", "tls"),
        (b"\x16\x02", "unknown"),
        (b"PRX", "unknown"),
        (b"POSTAL /", "unknown"),
        (b"post / HTTP/1.1", "unknown"),
        (b"\r\n", "unknown"),
        (b"\x00", "unknown"),
    ],
)
def test_the_first_bytes_tell_the_protocol(data: bytes, protocol: str | None) -> None:
    assert protocol_of(data) == protocol


@pytest.mark.parametrize("port", PORTS)
def test_each_port_takes_grpc_and_both_forms_of_http(
    running: Recorder, database: Path, port: str
) -> None:
    address = PORTS[port](running)
    export(address, LOGS, body(0))
    assert post(address, "/v1/logs", body(1), PROTOBUF) == (200, b"")
    as_json = json_format.MessageToJson(logs_request(request(1.0, sequence=2))).encode()
    assert post(address, "/v1/logs", as_json, JSON) == (200, b"{}")
    assert numbers(database) == {0, 1, 2}
    with connected(address) as client:
        for byte in b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n":
            client.sendall(bytes([byte]))
        assert client.recv(12) == b"HTTP/1.1 405"


@pytest.mark.parametrize("port", PORTS)
def test_tls_is_refused_with_a_sentence(running: Recorder, database: Path, port: str) -> None:
    address = PORTS[port](running)
    context = ssl.create_default_context()
    with connected(address) as plain, pytest.raises(ssl.SSLError):
        context.wrap_socket(plain, server_hostname="localhost")
    newest = refused(database, tls=1).last_refusal
    assert newest is not None
    assert newest.reason == "tls"
    assert f"TLS at {address}" in newest.sentence
    assert "http:// instead of https://" in newest.sentence
    assert b"http:// instead of https://" in answer(address, b"\x16\x03\x01\x02\x00\x01")


@pytest.mark.parametrize("port", PORTS)
def test_what_is_no_protocol_is_refused_and_nobody_is_harmed(
    running: Recorder, database: Path, port: str
) -> None:
    address = PORTS[port](running)
    for garbage in (b"hello\r\n", bytes(1000), b"SSH-2.0-x\r\n", "é".encode("utf-16")):
        assert b"neither OTLP/gRPC nor OTLP/HTTP" in answer(address, garbage)
    connected(address).close()
    with connected(address) as client:
        client.sendall(b"PRI *")
        client.shutdown(socket.SHUT_WR)
        assert client.recv(12) == b"HTTP/1.1 400"
    refused(database, protocol=5)
    export(address, LOGS, body(0))
    assert numbers(database) == {0}


STRANGE = [
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(range(256)),
    b"PRI * HTTP/2.0\r\nxx" + bytes(100),
    b"CONNECT a.example:443 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    b"OPTIONS * HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    b"POST garbage\r\n\r\n",
    b"POST \x00\xff\xfe / HTTP/1.1\r\n\r\n",
    b"GET http://[ HTTP/1.1\r\nHost: [\r\n\r\n",
    b"GET / HTTP/1.1\r\nX: " + b"a" * 100_000 + b"\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n\x81",
    b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: ;;;\r\nContent-Length: 2\r\n\r\n{}",
    b"POST /v1/logs HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"POST /v1/logs HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: -1\r\n\r\n",
    b"POST /v1/logs HTTP/1.1\r\nHost: 127.0.0.1\r\nExpect: much\r\nContent-Length: 9\r\n\r\n",
]


def test_no_bytes_of_a_stranger_make_a_traceback(running: Recorder, database: Path) -> None:
    for address in (running.grpc, running.http):
        for sent in STRANGE:
            for whole in (True, False):
                with connected(address) as client:
                    client.sendall(sent)
                    if whole:
                        client.recv(1)
        for cut in range(0, 200, 20):
            with connected(address) as client:
                head = f"POST /v1/logs HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {PROTOBUF}\r\n"
                client.sendall(f"{head}Content-Length: 500\r\n\r\n{'x' * 100}".encode()[:cut])
        export(address, LOGS, body(0))
        assert post(address, "/v1/logs", body(1))[0] == 200
    running.process.terminate()
    assert running.process.stdout is not None
    assert running.process.stdout.read() == ""
    assert running.process.wait(WITHIN) == 0


class Told:
    """What a relay counts, and its own small servers, none of which is ever reached."""

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}
        self.refusals = Refusals(self._tell)

    def _tell(self, counts: object, _: object) -> None:
        assert isinstance(counts, dict)
        self.counts = counts


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as one:
        yield one


async def test_a_connection_that_says_nothing_in_time_is_closed_and_counted(
    listening: socket.socket,
) -> None:
    told = Told()
    relay = Relay({"grpc": 1, "http": 1}, told.refusals, Connections(9, told.refusals), within=0.01)
    await relay.open(listening)
    for sent in (b"", b"PRI * H"):
        reader, writer = await asyncio.open_connection(*listening.getsockname())
        writer.write(sent)
        assert await asyncio.wait_for(reader.read(), WITHIN) == b""
        writer.close()
    told.refusals.flush()
    assert told.counts == {"timeout": 2}
    relay.close()
    await relay.end(WITHIN)


async def test_of_many_silent_connections_only_the_newest_are_held(
    listening: socket.socket,
) -> None:
    told = Told()
    relay = Relay({"grpc": 1, "http": 1}, told.refusals, Connections(9, told.refusals), within=3600)
    await relay.open(listening)
    flood = [await asyncio.open_connection(*listening.getsockname()) for _ in range(500)]
    readers = [reader for reader, _ in flood]
    closed = asyncio.gather(*(reader.read() for reader in readers[:-MOST_SILENT]))
    await asyncio.wait_for(closed, WITHIN)
    assert not any(reader.at_eof() for reader in readers[-MOST_SILENT:])
    told.refusals.flush()
    assert told.counts == {"timeout": 500 - MOST_SILENT}
    relay.close()
    await relay.end(WITHIN)
    rest = asyncio.gather(*(reader.read() for reader in readers))
    await asyncio.wait_for(rest, WITHIN)
    for _, writer in flood:
        writer.close()


@pytest.mark.skipif(sys.platform != "linux", reason="limits another process's open files")
def test_a_flood_of_silent_connections_leaves_room_for_clients(
    running: Recorder, database: Path
) -> None:
    resource.prlimit(running.process.pid, resource.RLIMIT_NOFILE, (256, 256))
    with ExitStack() as flood:
        for _ in range(600):
            flood.enter_context(connected(running.http))
        assert post(running.http, "/v1/logs", body(0))[0] == 200
        export(running.grpc, LOGS, body(1))
        running.process.terminate()
        assert running.process.wait(WITHIN) == 0
    assert numbers(database) == {0, 1}


def test_open_connections_of_the_other_protocol_are_served_and_sent_away_too(
    database: Path, tmp_path: Path
) -> None:
    """gRPC at the HTTP port is told by GOAWAY, HTTP at the gRPC port with its next answer."""
    with recorder(database, "--wait") as running:
        other = StandIn(tmp_path, running.grpc, running.http)
        with (
            closing(Grpc(running.http, speed=10)) as by_grpc,
            closing(Http(running.grpc)) as by_http,
        ):
            by_grpc.send("logs", body(0))
            by_http.send("logs", body(1))
            with ports_on_lease(database):
                by_grpc.send("logs", body(2))
                by_http.send("logs", body(3))
                running.read()
            assert running.read().startswith("recording: ")
            other.start(PortLease(database))
            running.read()
            assert "is taken by the ccotel-tui recorder of another database" in running.read()
            by_http.send("logs", body(4))
            by_http.send("logs", body(5))

            def reached() -> bool:
                by_grpc.send("logs", body(6))
                return 6 in numbers(other.database)

            assert until(reached, WITHIN)
            other.stop()
            assert until(lambda: listens(database), WITHIN)
        assert numbers(database) >= {0, 1, 2, 3, 4}
        assert numbers(other.database) == {5, 6}


def test_what_is_silent_does_not_hold_up_the_end(running: Recorder) -> None:
    """It would be waited for as for an answer that has begun."""
    assert first_bytes.FIRST_BYTES_TIMEOUT > 2
    with connected(running.grpc) as client:
        with connected(running.http) as served:
            served.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert served.recv(12) == b"HTTP/1.1 405"
        running.process.terminate()
        assert running.process.wait(WITHIN) == 0
        assert client.recv(1) == b""


def test_a_method_that_is_none_of_otlp_and_a_message_too_large_are_counted_by_grpc(
    running: Recorder, database: Path
) -> None:
    with pytest.raises(grpc.RpcError) as refusal:
        export(running.grpc, "profiles.v1development.ProfilesService", b"")
    assert refusal.value.code() is grpc.StatusCode.UNIMPLEMENTED
    assert "send OTLP logs, metrics or traces" in str(refusal.value.details())
    with pytest.raises(grpc.RpcError):
        export(running.grpc, LOGS, bytes(LARGEST_BODY + 1))
    with pytest.raises(grpc.RpcError):
        export(running.grpc, LOGS, b"\xff\xff\xff")
    export(running.grpc, LOGS, body(0))
    refused(database, path=1, too_large=1, malformed=1)


def test_a_call_with_a_long_token_is_taken(running: Recorder, database: Path) -> None:
    with grpc.insecure_channel(running.grpc) as channel:
        call: grpc.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(
            f"/opentelemetry.proto.collector.{LOGS}/Export"
        )
        body = logs_request(request(0.5)).SerializeToString()
        call(body, timeout=20, metadata=(("authorization", "x" * 20_000),))
    with closing(connect(database)) as connection:
        assert connection.execute("SELECT count(*) FROM events").fetchone() == (1,)

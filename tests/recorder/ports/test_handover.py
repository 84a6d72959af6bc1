"""The ports lent to a collector and had back: what is open is served on, and nothing is lost."""

import asyncio
import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import cast

import pytest

from ccotel_tui.errors import PortTaken
from ccotel_tui.recorder.lock import acquire
from ccotel_tui.recorder.ports import lease, manager
from ccotel_tui.recorder.ports.address import ReceiverAddress
from ccotel_tui.recorder.ports.connections import Connections
from ccotel_tui.recorder.ports.lease import PortLease, ports_on_lease
from ccotel_tui.recorder.ports.listener import OtlpListener
from ccotel_tui.recorder.ports.manager import PortManager
from ccotel_tui.recorder.ports.relay import Relay
from ccotel_tui.recorder.refusals import Refusals
from ccotel_tui.recorder.state import PortState
from ccotel_tui.recorder.writer import Writer
from ccotel_tui.store.coverage import Interval, intervals
from ccotel_tui.store.database import Database
from ccotel_tui.store.file.connection import connect
from tests.recorder.campaigns.handover import WITHIN, NativeCollector, StandIn, kept, listens, run
from tests.recorder.client import Grpc, Http
from tests.recorder.running import Recorder, post, recorder
from tests.servers.servers import until
from tests.tools.other_user import NOBODY, Servers, require_root
from tests.tools.otlp import T0, logs_request, request

BORROWER = """
import sys
from pathlib import Path
from ccotel_tui.recorder.ports.lease import ports_on_lease
with ports_on_lease(Path(sys.argv[1])):
    print("released", flush=True)
    sys.stdin.read()
"""


def body(number: int) -> bytes:
    return logs_request(request(1.0, at=T0 + number, sequence=number)).SerializeToString()


def numbers(database: Path) -> set[int]:
    """Of the events that are kept."""
    return {number for _, _, number in kept(database)}


def port_of(address: str) -> int:
    return int(address.split(":")[1])


def bind(address: str) -> socket.socket:
    """A socket that listens there, and answers nothing."""
    return socket.create_server(("127.0.0.1", port_of(address)))


@contextmanager
def connections(running: Recorder) -> Iterator[tuple[Grpc, Http]]:
    """One of each form that is open, after the events 0 and 1."""
    with closing(Grpc(running.grpc, speed=10)) as by_grpc, closing(Http(running.http)) as by_http:
        by_grpc.send("logs", body(0))
        by_http.send("logs", body(1))
        yield by_grpc, by_http


def test_open_connections_are_served_while_the_ports_are_free_for_others(
    running: Recorder, database: Path
) -> None:
    grpc_address, http_address = running.grpc, running.http
    with connections(running) as (by_grpc, by_http):
        with ports_on_lease(database):
            for address in (grpc_address, http_address):
                bind(address).close()
            by_grpc.send("logs", body(2))
            by_http.send("logs", body(3))
            assert running.read() == "not recording: the ports are being handed over\n"
        assert running.read().startswith("recording: ")
        assert (running.grpc, running.http) == (grpc_address, http_address)
        by_grpc.send("logs", body(4))
        by_http.send("logs", body(5))
    assert post(http_address, "/v1/logs", body(6))[0] == 200
    assert numbers(database) == set(range(7))


def test_clients_go_to_whoever_answers_and_come_back(database: Path, tmp_path: Path) -> None:
    """gRPC is told at once, HTTP with its next answer."""
    with recorder(database, "--wait") as running:
        other = StandIn(tmp_path, running.grpc, running.http)
        with connections(running) as (by_grpc, by_http):
            other.start(PortLease(database))
            running.read()
            assert "is taken by the ccotel-tui recorder of another database" in running.read()
            by_http.send("logs", body(2))
            by_http.send("logs", body(3))

            def reached() -> bool:
                by_grpc.send("logs", body(4))
                return 4 in numbers(other.database)

            assert until(reached, WITHIN)
            other.stop()
            assert until(lambda: listens(database), WITHIN)
            by_http.send("logs", body(5))
        assert numbers(database) >= {0, 1, 2, 5}
        assert numbers(other.database) == {3, 4}


def test_the_answer_after_a_hand_over_ends_its_connection(database: Path, tmp_path: Path) -> None:
    with recorder(database, "--wait") as running:
        kind = {"Content-Type": "application/x-protobuf"}
        other = StandIn(tmp_path, running.grpc, running.http)
        with closing(http.client.HTTPConnection(running.http, timeout=20)) as client:
            client.request("POST", "/v1/logs", body(0), kind)
            client.getresponse().read()
            other.start(PortLease(database))
            running.read()
            running.read()
            client.request("POST", "/v1/logs", body(1), kind)
            with client.getresponse() as answer:
                answer.read()
                assert (answer.status, answer.getheader("Connection")) == (200, "close")
        other.stop()
    assert numbers(database) == {0, 1}


def test_connections_stay_where_the_port_goes_to_a_stranger(
    running: Recorder, database: Path
) -> None:
    with connections(running) as (by_grpc, by_http):
        with ports_on_lease(database):
            taken = [bind(address) for address in (running.grpc, running.http)]
        running.read()
        assert "is taken by another program" in running.read()
        by_grpc.send("logs", body(2))
        by_http.send("logs", body(3))
        for stranger in taken:
            stranger.close()
        assert running.read().startswith("recording: ")
    assert numbers(database) == {0, 1, 2, 3}


def test_connections_stay_where_the_port_goes_to_another_user(
    running: Recorder, database: Path
) -> None:
    """It would take them: it answers an export as a collector does."""
    require_root()
    ports = [port_of(address) for address in (running.grpc, running.http)]
    with connections(running) as (by_grpc, by_http), ExitStack() as others:
        with ports_on_lease(database):
            theirs = others.enter_context(Servers(NOBODY, ports))
        running.read()
        assert running.read().count("it belongs to user nobody, and nothing is sent there") == 2
        by_grpc.send("logs", body(2))
        by_http.send("logs", body(3))
        by_http.send("logs", body(4))
        assert theirs.received == []
        assert running.read().startswith("recording: ")
    assert numbers(database) == {0, 1, 2, 3, 4}


async def test_clients_leave_as_soon_as_the_port_answers(
    running: Recorder, database: Path, tmp_path: Path
) -> None:
    """Whoever started the other side died before that."""
    there = tmp_path / "other.db"
    with connections(running) as (by_grpc, _), recorder(there) as other:
        with ports_on_lease(database):
            taken = [bind(address) for address in (running.grpc, running.http)]
        running.read()
        assert "is taken by another program" in running.read()
        refusals = Refusals(lambda *_: None)
        relays = [
            Relay(
                dict.fromkeys(("grpc", "http"), port_of(address)),
                refusals,
                Connections(9, refusals),
            )
            for address in (other.grpc, other.http)
        ]
        for relay, listening in zip(relays, taken, strict=True):
            await relay.open(listening)
        said = await asyncio.to_thread(running.read)
        assert "is taken by the ccotel-tui recorder of another database" in said

        def reached() -> bool:
            by_grpc.send("logs", body(2))
            return 2 in numbers(there)

        assert await asyncio.to_thread(until, reached, WITHIN)
        other.process.terminate()
        for relay in relays:
            relay.close()
            await relay.ended(WITHIN)


def test_the_ports_come_back_when_the_borrower_dies(running: Recorder, database: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", BORROWER, str(database)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as borrower:
        assert borrower.stdout is not None
        assert borrower.stdout.readline() == "released\n"
        assert not listens(database)
        borrower.kill()
    running.read()
    assert running.read().startswith("recording: ")
    assert post(running.http, "/v1/logs", body(0))[0] == 200


def test_a_recorder_that_begins_meanwhile_waits(database: Path) -> None:
    with ExitStack() as loan:
        loan.enter_context(ports_on_lease(database))
        with recorder(database) as running:
            assert running.said == "waiting: the ports are being handed over\n"
            loan.close()
            assert running.read().startswith("recording: ")


def test_without_a_recorder_there_is_nothing_to_wait_for(tmp_path: Path) -> None:
    with ports_on_lease(tmp_path / "not" / "yet" / "telemetry.db"):
        pass


def test_a_recorder_that_keeps_its_ports_is_named(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lease, "RELEASE_TIMEOUT", 0.0)
    monkeypatch.setattr(os, "kill", lambda *_: None)
    with acquire(database, print) as lock:
        lock.update_state(ports=[PortState("grpc", "127.0.0.1", 14317, bound=True)])
        with (
            pytest.raises(PortTaken, match=rf"process {os.getpid()}\) does not give up .*:14317"),
            ports_on_lease(database),
        ):
            pass
    assert not lease.are_ports_leased(database)


def test_a_recorder_that_ends_while_the_ports_are_away_answers_what_is_open(
    running: Recorder, database: Path
) -> None:
    sent = body(0)
    with socket.create_connection(("127.0.0.1", port_of(running.http)), timeout=20) as client:
        head = (
            "POST /v1/logs HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
            f"Content-Type: application/x-protobuf\r\nContent-Length: {len(sent)}\r\n\r\n"
        )
        client.sendall(head.encode() + sent[:10])
        assert post(running.http, "/v1/logs", body(1))[0] == 200
        with ports_on_lease(database):
            running.process.terminate()
            client.sendall(sent[10:])
            assert client.recv(12) == b"HTTP/1.1 200"
            assert running.process.wait(20) == 0
    assert numbers(database) == {0, 1}


class BoundListener:
    """A listener that is bound; it sees the coverage that is recorded when it is closed."""

    address = ReceiverAddress("http", "127.0.0.1", 4318)
    bound = True

    def __init__(self, database: Path) -> None:
        self._database = database
        self.covered: list[Interval] = []
        self.closed = asyncio.Event()

    def close(self) -> None:
        self.bound = False
        with closing(connect(self._database)) as connection:
            self.covered = intervals(connection, 0, 2**62)
        self.closed.set()

    def state(self) -> PortState:
        return PortState("http", "127.0.0.1", 4318, self.bound)


async def test_it_is_written_down_that_somebody_listened_until_the_ports_go(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(manager, "are_ports_leased", lambda _: True)
    listener = BoundListener(database)
    before_ns = time.time_ns()
    with closing(Writer(Database(database))) as writer, acquire(database, print) as lock:
        ports = PortManager([cast(OtlpListener, listener)], database, lock, writer, print)
        lending = asyncio.create_task(ports.keep(asyncio.Event()))
        await asyncio.wait_for(listener.closed.wait(), WITHIN)
        lending.cancel()
    [listened] = listener.covered
    assert listened.to_ns >= before_ns


def test_it_is_told_that_nobody_listens_and_since_when_somebody_does_again(
    running: Recorder, database: Path
) -> None:
    command = [sys.executable, "-m", "ccotel_tui", "record", "--status", "--db", str(database)]
    with ports_on_lease(database):
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 1
        assert f"not recording: process {running.process.pid}" in done.stdout
        assert "the ports are being handed over" in done.stdout
    assert until(lambda: listens(database), WITHIN)
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stdout.startswith("recording:")) == (0, True)
    with closing(connect(database)) as connection:
        before, after = intervals(connection, 0, 2**62)
    assert before.to_ns < after.from_ns


@pytest.mark.parametrize("form", ["grpc", "http"])
def test_no_record_is_lost_on_the_way_to_the_other_or_kept_twice(form: str, tmp_path: Path) -> None:
    """On the way back a port is closed for milliseconds: `make test-handover` has the figure."""
    result = run(form, 2, 2, tmp_path, StandIn, speed=20)
    assert (result.lost["up"], result.doubled) == (0, 0), result
    assert result.here
    assert result.there


@pytest.mark.servers
@pytest.mark.parametrize("form", ["grpc", "http"])
def test_the_same_with_the_collector(form: str, tmp_path: Path) -> None:
    result = run(form, 3, 3, tmp_path, NativeCollector)
    assert (result.lost["up"], result.doubled) == (0, 0), result
    assert result.here
    assert result.there

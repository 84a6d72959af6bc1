"""Addresses: which are taken, by whom, and what happens when they become free."""

import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import grpc
import pytest

from ccotel_tui.errors import PortTaken, UsageError
from ccotel_tui.network.listener import process_of
from ccotel_tui.recorder.ports.address import ReceiverAddress, listen, parse_address
from ccotel_tui.recorder.ports.owner import owner_of
from tests.recorder.running import LOGS, Recorder, export, post, recorder
from tests.tools.otlp import logs_request, request

BODY = logs_request(request(0.5)).SerializeToString()


@contextmanager
def stranger() -> Iterator[tuple[socket.socket, str]]:
    """A program that speaks no OTLP, and its address."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening, f"127.0.0.1:{listening.getsockname()[1]}"


@pytest.mark.parametrize(
    ("words", "host", "port"),
    [
        ("127.0.0.1:14317", "127.0.0.1", 14317),
        ("localhost:0", "localhost", 0),
        ("[::1]:4317", "::1", 4317),
        ("127.9.9.9:1", "127.9.9.9", 1),
    ],
)
def test_addresses_of_this_machine(words: str, host: str, port: int) -> None:
    address = parse_address("grpc", words, allow_remote=False)
    assert (address.host, address.port) == (host, port)


@pytest.mark.parametrize("words", ["0.0.0.0:14317", "[::]:14317", "192.168.1.7:1", "box.lan:1"])
def test_addresses_that_others_reach_are_refused_unless_asked_for(words: str) -> None:
    with pytest.raises(UsageError, match="--allow-remote"):
        parse_address("grpc", words, allow_remote=False)
    assert parse_address("grpc", words, allow_remote=True).host in words


@pytest.mark.parametrize(
    "words", ["14317", ":14317", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:70000"]
)
def test_what_is_no_address_is_refused(words: str) -> None:
    with pytest.raises(UsageError, match="HOST:PORT"):
        parse_address("grpc", words, allow_remote=True)


def test_an_address_of_another_machine_cannot_be_listened_on() -> None:
    with pytest.raises(PortTaken, match="cannot be listened on"):
        listen(ReceiverAddress("grpc", "203.0.113.7", 0))


def test_a_port_is_had_again_at_once_after_its_connections() -> None:
    """Closed by the server, a connection keeps the port in TIME_WAIT for a minute."""
    with (
        stranger() as (listening, address),
        socket.create_connection(listening.getsockname()) as client,
    ):
        served, _ = listening.accept()
        served.close()
        assert client.recv(1) == b""
    again = listen(parse_address("grpc", address, allow_remote=False))
    assert again is not None
    again.close()


def test_the_process_that_listens_is_named() -> None:
    with stranger() as (listening, _):
        port = listening.getsockname()[1]
        process = process_of(port)
        assert process is not None
        assert process.sentence.endswith(f"process {os.getpid()}")
    assert process_of(port) is None


def test_a_strangers_port_is_named_and_the_other_one_serves(database: Path) -> None:
    with stranger() as (_, address), recorder(database, "--otlp-grpc", address) as running:
        assert f"{address} is taken by another program" in running.said
        assert f"process {os.getpid()}" in running.said
        assert post(running.http, "/v1/logs", BODY)[0] == 200


def test_a_port_that_becomes_free_is_taken_and_said_once(database: Path) -> None:
    with ExitStack() as held:
        _, address = held.enter_context(stranger())
        with recorder(database, "--otlp-grpc", address) as running:
            held.close()
            assert running.read().startswith("recording: OTLP/gRPC")
            assert "taken" not in running.said
            assert running.grpc == address
            export(address, LOGS, BODY)
            running.process.terminate()
            assert running.read() == ""


def test_without_any_port_it_gives_up_unless_it_may_wait(database: Path) -> None:
    with ExitStack() as held:
        _, address = held.enter_context(stranger())
        ports = ("--otlp-grpc", address, "--otlp-http", address)
        with recorder(database, *ports) as one:
            assert one.process.wait(20) == 1
            assert f"{address} is taken by another program" in one.said
        with recorder(database, *ports, "--wait") as waiting:
            assert waiting.said.startswith("not recording: ")
            held.close()
            assert waiting.read().startswith("recording: ")


def test_our_own_recorder_of_another_database_is_named(running: Recorder, tmp_path: Path) -> None:
    ours = ("--otlp-grpc", running.grpc, "--otlp-http", running.http)
    with recorder(tmp_path / "other.db", *ours) as second:
        assert second.process.wait(20) == 1
    said = f"{running.grpc} is taken by the ccotel-tui recorder of another database"
    assert said in second.said
    assert f"process {running.process.pid}" in second.said


async def test_a_collector_is_told_from_a_stranger() -> None:
    async def accept(_: bytes, context: object) -> bytes:
        return b""

    server = grpc.aio.server()
    handlers: dict[str, grpc.RpcMethodHandler[bytes, bytes]] = {
        "Export": grpc.unary_unary_rpc_method_handler(accept)
    }
    name = f"opentelemetry.proto.collector.{LOGS}"
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(name, handlers),))
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    owner = await owner_of(ReceiverAddress("grpc", "127.0.0.1", port))
    await server.stop(None)
    assert (owner.kind, owner.pid, owner.foreign) == ("collector", os.getpid(), "")

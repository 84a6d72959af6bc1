"""A proxy in the environment leads to other machines; to this one no proxy is needed."""

import asyncio
import json
from pathlib import Path

import pytest
from google.protobuf import json_format

from ccotel_tui.network.grpc_channel import options
from ccotel_tui.recorder.ports.address import ReceiverAddress
from ccotel_tui.recorder.ports.owner import owner_of
from ccotel_tui.recorder.ports.watch import watch_port
from ccotel_tui.send.loki import Loki
from ccotel_tui.stack_control.compose_file import Port
from ccotel_tui.stack_control.readiness import takes_telemetry
from tests.cli.test_words import run
from tests.query.stack.test_http import cost
from tests.query.stub import Stub
from tests.recorder.running import recorder
from tests.recorder.test_recorder import spent
from tests.tools.otlp import logs_request, request

_NAMES = ("http_proxy", "https_proxy", "grpc_proxy", "all_proxy")


@pytest.fixture(autouse=True)
def proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a proxy that nobody answers for."""
    for name in _NAMES:
        monkeypatch.setenv(name, "http://127.0.0.1:1")
        monkeypatch.setenv(name.upper(), "http://127.0.0.1:1")


def test_a_file_is_sent_to_a_recorder(database: Path, tmp_path: Path) -> None:
    file = tmp_path / "otlp.jsonl"
    file.write_text(json.dumps(json_format.MessageToDict(logs_request(request(0.5)))))
    with recorder(database) as running:
        done = run("replay", str(file), "--endpoint", running.grpc)
    assert (done.returncode, done.stderr) == (0, "")
    assert spent(database) == 0.5


async def test_whoever_has_a_port_is_recognised(database: Path) -> None:
    with recorder(database) as running:
        for address in (running.grpc, running.http):
            host, _, port = address.rpartition(":")
            owner = await owner_of(ReceiverAddress("grpc", host, int(port)))
            assert owner.kind == "recorder"


async def test_who_has_a_port_is_watched() -> None:
    connected = asyncio.Event()

    def accept(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connected.set()
        writer.close()

    async with await asyncio.start_server(accept, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with watch_port(ReceiverAddress("grpc", "127.0.0.1", port), asyncio.Event()):
            await asyncio.wait_for(connected.wait(), 60)


def test_our_own_stack_is_asked(database: Path) -> None:
    with Stub() as stub:
        backend = stub.backend()
        assert cost(backend) == 1.25
        backend.close()
        loki = Loki(stub.url)
        assert loki.has("ccotel-tui", 1)
        loki.close()
    with recorder(database) as running:
        host, _, port = running.http.rpartition(":")
        assert takes_telemetry(Port(host, int(port), 4318))


@pytest.mark.parametrize(
    ("target", "direct"),
    [
        ("127.0.0.1:4317", True),
        ("127.8.8.8:4317", True),
        ("localhost:4317", True),
        ("[::1]:4317", True),
        ("0.0.0.0:4317", True),
        ("[::]:4317", True),
        ("10.0.0.2:4317", False),
        ("127.0.0.1.example.com:4317", False),
        ("collector.example.com:4317", False),
    ],
)
def test_only_this_machine_needs_no_proxy(target: str, direct: bool) -> None:
    assert options(target) == ([("grpc.enable_http_proxy", 0)] if direct else [])

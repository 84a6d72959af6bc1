"""A recorder in a process of its own, on free ports, as a user would have it."""

import re
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import grpc

from ccotel_tui.recorder.child.events import PortsChanged, RecorderEvent, parse_event
from ccotel_tui.recorder.lock import read_state
from ccotel_tui.recorder.state import PROTOCOL_NAMES, OtlpProtocol, RecorderState, endpoints
from tests.servers.servers import until

WITHIN = 30.0
"""Seconds."""

ANSWERED_WITHIN = 300.0
"""Seconds; requests of 28 MB are among those that are waited for."""

PROTOBUF = "application/x-protobuf"
JSON = "application/json"


@dataclass
class Recorder:
    """`grpc` and `http` are host:port; `said` the newest line that was read of it."""

    process: subprocess.Popen[str]
    said: str = ""

    @property
    def grpc(self) -> str:
        return self._address("grpc")

    @property
    def http(self) -> str:
        return self._address("http")

    @property
    def event(self) -> RecorderEvent | None:
        """What the line of a child says."""
        return parse_event(self.said)

    def read(self) -> str:
        """Wait for its next line; empty when it has ended."""
        assert self.process.stdout is not None
        self.said = self.process.stdout.readline()
        return self.said

    def close_pipe(self) -> None:
        """What happens to a child when its dashboard ends."""
        assert self.process.stdin is not None
        self.process.stdin.close()

    def _address(self, protocol: OtlpProtocol) -> str:
        if isinstance(event := self.event, PortsChanged):
            return endpoints(event.ports)[protocol]
        address = re.search(rf"{PROTOCOL_NAMES[protocol]} ([\d.]+:\d+)", self.said)
        assert address, self.said
        return address[1]


@contextmanager
def recorder(database: Path, *options: str) -> Iterator[Recorder]:
    """A recorder that has said its first line; it is ended with SIGTERM if it has not yet."""
    command = [sys.executable, "-m", "ccotel_tui", "record", "--db", str(database)]
    ports = ["--otlp-grpc", "127.0.0.1:0", "--otlp-http", "127.0.0.1:0"]
    with subprocess.Popen(
        [*command, *ports, *options],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            running = Recorder(process)
            running.read()
            yield running
        finally:
            process.terminate()


def post(
    address: str, path: str, body: bytes, kind: str = PROTOBUF, **headers: str
) -> tuple[int, bytes]:
    """Status and body; underscores in a header's name are written as dashes."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    call = urllib.request.Request(
        f"http://{address}{path}", data=body, headers={"Content-Type": kind, **named}
    )
    try:
        with urllib.request.urlopen(call, timeout=ANSWERED_WITHIN) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def export(
    address: str,
    service: str,
    body: bytes,
    compression: grpc.Compression = grpc.Compression.NoCompression,
) -> bytes:
    """The answer of `logs.v1.LogsService` or its like. Raises grpc.RpcError."""
    options = [("grpc.max_send_message_length", -1)]
    with grpc.insecure_channel(address, options) as channel:
        call: grpc.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(
            f"/opentelemetry.proto.collector.{service}/Export"
        )
        return call(body, timeout=ANSWERED_WITHIN, compression=compression)


LOGS, METRICS, TRACES = "logs.v1.LogsService", "metrics.v1.MetricsService", "trace.v1.TraceService"


def export_lines(recorder: Recorder, lines: str) -> None:
    """Send what `export` printed, as the user would."""
    command = [sys.executable, "-m", "ccotel_tui", "replay", "-", "--endpoint", recorder.grpc]
    subprocess.run(command, input=lines, text=True, check=True, timeout=60, capture_output=True)


def refused(database: Path, **counts: int) -> RecorderState:
    """The recorder's state when it says that so many were refused, by reason."""
    states = [RecorderState()]

    def counted() -> bool:
        states.append(read_state(database) or RecorderState())
        return states[-1].refused == counts

    assert until(counted, WITHIN), states[-1]
    return states[-1]

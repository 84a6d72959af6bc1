"""A recorder in a process of its own, and a client that exports to it by gRPC."""

import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import grpc

from benchmarks.environment import ROOT, environment
from ccotel_tui.telemetry.encode import logs_request
from ccotel_tui.telemetry.records import Event

_EXPORT = "/opentelemetry.proto.collector.logs.v1.LogsService/Export"


@dataclass(frozen=True, slots=True)
class Recorder:
    """`address` is where it takes OTLP/gRPC."""

    pid: int
    address: str


class Client:
    """Sends export requests over one connection."""

    def __init__(self, channel: grpc.Channel) -> None:
        self._call: grpc.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(_EXPORT)

    def send(self, *events: Event) -> float:
        """Export the events; when they were acknowledged (time.monotonic)."""
        return self.send_body(logs_request(events).SerializeToString())

    def send_body(self, body: bytes) -> float:
        self._call(body, timeout=20)
        return time.monotonic()

    def send_all(self, bodies: Sequence[bytes], at_once: int) -> None:
        """Export the bodies, so many of them under way at a time."""
        room = threading.Semaphore(at_once)
        calls = []
        for body in bodies:
            room.acquire()
            call = self._call.future(body, timeout=60)
            call.add_done_callback(lambda _: room.release())
            calls.append(call)
        for call in calls:
            call.result()


@contextmanager
def recorder(database: Path) -> Iterator[Recorder]:
    """A recorder that listens on free ports."""
    words = [sys.executable, "-m", "ccotel_tui", "record", "--db", str(database)]
    ports = ["--otlp-grpc", "127.0.0.1:0", "--otlp-http", "127.0.0.1:0"]
    with subprocess.Popen(
        [*words, *ports], stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment()
    ) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            if not (address := re.search(r"gRPC ([\d.]+:\d+)", line)):
                raise RuntimeError(f"the recorder does not listen: {line!r}")
            yield Recorder(process.pid, address[1])
        finally:
            process.terminate()


@contextmanager
def client(address: str) -> Iterator[Client]:
    """A client of the recorder at that address."""
    with grpc.insecure_channel(address) as channel:
        yield Client(channel)


@contextmanager
def ingest(client: Client, events: Callable[[], Sequence[Event]], every: float) -> Iterator[None]:
    """Meanwhile the client exports these events, again and again so many seconds apart."""
    stopped = threading.Event()

    def run() -> None:
        due = time.monotonic()
        while not stopped.wait(max(0.0, due - time.monotonic())):
            client.send(*events())
            due += every

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join()

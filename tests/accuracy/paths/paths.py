"""The paths from a client to a panel: into the embedded store, and through the stack."""

import contextlib
import os
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal, Self

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest

from ccotel_tui.query.embedded.backend import open_embedded
from ccotel_tui.query.source import Backend
from ccotel_tui.query.stack.backend import open_stack
from ccotel_tui.store.database import Database
from ccotel_tui.telemetry.decode import read_request
from tests.accuracy.paths.recorded_loki import RecordedLoki, RecordingLoki, events
from tests.accuracy.paths.sending import Protocol, send
from tests.accuracy.truth.otlp import Request
from tests.servers.cache import find, version
from tests.servers.servers import Metrics, Prometheus, Stack, until

LokiMode = Literal["real", "recorded", "record"]

MODE = "CCOTEL_TEST_LOKI_ANSWERS"
_WITHIN = 60.0


def loki_mode() -> LokiMode:
    """What CCOTEL_TEST_LOKI_ANSWERS says, else the real Loki where there is one."""
    match os.environ.get(MODE):
        case "record":
            return "record"
        case "recorded":
            return "recorded"
        case _:
            return "real" if find("loki") else "recorded"


class DataPath:
    """Where requests go in, and the source that answers for them."""

    name = ""
    grpc = ""
    http = ""

    def send(self, requests: Iterable[Request], protocol: Protocol) -> None:
        """Send in order; every request is acknowledged when this returns."""
        send(requests, protocol, self.grpc if protocol == "grpc" else self.http)

    def kill_receiver(self) -> None:
        """End what receives without a warning, and start it again."""
        raise NotImplementedError

    def settle(self) -> None:
        """Return when all that was acknowledged can be asked for."""

    def backend(self) -> Backend:
        raise NotImplementedError

    def options(self) -> list[str]:
        """The words that make the command line ask this source."""
        raise NotImplementedError


class EmbeddedPath(DataPath):
    """The recorder as a process of its own, and the database that it writes."""

    name = "embedded"

    def __init__(self, directory: Path) -> None:
        self._database = directory / "telemetry.db"
        self._recorder: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        self._start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def kill_receiver(self) -> None:
        self._end()
        self._start()

    def backend(self) -> Backend:
        return open_embedded(self._database)

    def options(self) -> list[str]:
        return ["--source", "embedded", "--db", str(self._database)]

    def _start(self) -> None:
        words = ["record", "--otlp-grpc", "127.0.0.1:0", "--otlp-http", "127.0.0.1:0"]
        self._recorder = subprocess.Popen(
            [sys.executable, "-m", "ccotel_tui", *words, "--db", str(self._database)],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._recorder.stdout
        said = self._recorder.stdout.readline()
        bound = re.search(r"OTLP/gRPC (\S+), OTLP/HTTP (\S+), into", said)
        assert bound, f"the recorder said {said!r}"
        # Each client has taken the other's port: both take both protocols.
        self.grpc, self.http = bound[2], f"http://{bound[1]}"

    def _end(self) -> None:
        if self._recorder is not None:
            self._recorder.kill()
            self._recorder.communicate()


class StorePath(DataPath):
    """What is sent put into a database as it is: for cases in which no protocol is the point."""

    name = "store"

    def __init__(self, directory: Path) -> None:
        self.file = directory / "telemetry.db"
        self.database = Database(self.file)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.database.close()

    def send(self, requests: Iterable[Request], protocol: Protocol = "grpc") -> None:
        for request in requests:
            self.database.append(read_request(request).records)

    def kill_receiver(self) -> None:
        self.database.close()
        self.database = Database(self.file)

    def backend(self) -> Backend:
        return open_embedded(self.file)

    def options(self) -> list[str]:
        return ["--source", "embedded", "--db", str(self.file)]


class StackPath(DataPath):
    """Collector, Prometheus and Loki; instead of Loki its recorded answers, where it must be."""

    name = "stack"

    def __init__(
        self,
        directory: Path,
        mode: LokiMode,
        metrics: Metrics = Prometheus,
    ) -> None:
        self._stack = Stack(directory, metrics)
        self._sent: set[bytes] = set()
        self._running = contextlib.ExitStack()
        self._loki: RecordedLoki | RecordingLoki | None = None
        binary = find("loki")
        numbers = version(binary) if binary else []
        self.loki_version = ".".join(map(str, numbers)) or str(binary)
        if mode == "recorded":
            self._loki = RecordedLoki()
            self._stack.loki = None
            self._stack.collector.loki_url = self._loki.url
        elif mode == "record":
            assert self._stack.loki, "no Loki to record: set CCOTEL_TEST_LOKI"
            self._loki = RecordingLoki(self._stack.loki.url, self.loki_version)
        if self._loki:
            self.loki_version = self._loki.version

    def __enter__(self) -> Self:
        if self._loki:
            self._running.enter_context(self._loki)
        self._running.enter_context(self._stack)
        self.grpc, self.http = self._stack.collector.grpc, self._stack.collector.http
        return self

    def __exit__(self, *_: object) -> None:
        self._running.close()
        if isinstance(self._loki, RecordingLoki):
            self._loki.write()

    def send(self, requests: Iterable[Request], protocol: Protocol) -> None:
        requests = list(requests)
        super().send(requests, protocol)
        for request in requests:
            if isinstance(request, ExportLogsServiceRequest):
                self._sent |= {event for event, _ in events(request)}

    def kill_receiver(self) -> None:
        self._stack.collector.kill()
        self._stack.collector.start()

    @contextlib.contextmanager
    def without(self, name: Literal["prometheus", "loki"]) -> Iterator[None]:
        """The server ends without a warning, and comes back."""
        server = self._stack.prometheus if name == "prometheus" else self._stack.loki
        assert server
        server.kill()
        yield
        server.start()

    def flush(self) -> None:
        """After this Loki does not know any more what it was sent a moment ago."""
        call = urllib.request.Request(f"{self.loki_url}/flush", method="POST")
        with urllib.request.urlopen(call, timeout=10):
            pass

    def settle(self) -> None:
        self._stack.settle()
        if isinstance(self._loki, RecordedLoki):
            sent, received = self._sent, self._loki.received
            self._sent = set()
            assert until(lambda: sent <= received, _WITHIN), "events did not reach Loki"

    def backend(self) -> Backend:
        return open_stack(self.prometheus_url, self.loki_url)

    def options(self) -> list[str]:
        prometheus = ["--prometheus-url", self.prometheus_url]
        return ["--source", "stack", *prometheus, "--loki-url", self.loki_url]

    @property
    def prometheus_url(self) -> str:
        """Where Prometheus answers, or another in its place."""
        return self._stack.prometheus.url

    @property
    def loki_url(self) -> str:
        """Where Loki answers, or what stands in for it."""
        if self._loki:
            return self._loki.url
        assert self._stack.loki
        return self._stack.loki.url

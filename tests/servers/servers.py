"""Running servers for tests: the binaries of the cache under the shipped configuration."""

import contextlib
import os
import re
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol, Self

from tests.servers.cache import find

STACK = Path(__file__).parents[2] / "stack"
READY_WITHIN = 60.0
SETTLED_WITHIN = 60.0
STOPPED_WITHIN = 30.0
PAUSE = 0.05
LOG_LINES = 15
LOCAL = "127.0.0.1"


class ServerError(AssertionError):
    """A server is not built, did not get ready, or did not settle; the message says why."""


class Server:
    """One server process on fixed loopback ports over one directory, startable again and again."""

    name = ""

    def __init__(self, directory: Path) -> None:
        binary = find(self.name)
        if binary is None:
            raise ServerError(f"{self.name} is not built: run make test-stack")
        self.binary = binary
        self.directory = directory
        self.log = directory / f"{self.name}.log"
        self.process: subprocess.Popen[bytes] | None = None
        directory.mkdir(parents=True, exist_ok=True)

    @property
    def arguments(self) -> list[str]:
        """The command line after the binary."""
        return []

    @property
    def environment(self) -> dict[str, str]:
        """What the process gets beside the environment of the tests."""
        return {}

    @property
    def ready_url(self) -> str:
        """The address that answers 200 as soon as the server serves."""
        raise NotImplementedError

    def start(self) -> None:
        """Start the process and return when it is ready; ServerError with its log if it is not."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [str(self.binary), *self.arguments],
                cwd=self.directory,
                env={**os.environ, **self.environment},
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        deadline = time.monotonic() + READY_WITHIN
        while status(self.ready_url) != 200:
            if time.monotonic() > deadline:
                self.kill()
                raise self.error(f"was not ready within {READY_WITHIN:.0f} s")
            # Waiting for its end is a pause that a crash cuts short.
            with contextlib.suppress(subprocess.TimeoutExpired):
                raise self.error(f"ended with status {self.process.wait(PAUSE)}")

    def stop(self) -> None:
        """Ask the process to end (SIGTERM) and wait until it has; nothing if it does not run."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(STOPPED_WITHIN)
        except subprocess.TimeoutExpired:
            self.kill()
            raise self.error(f"did not end within {STOPPED_WITHIN:.0f} s") from None
        self.process = None

    def kill(self) -> None:
        """End the process without a warning (SIGKILL); nothing if it does not run."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def error(self, what: str) -> ServerError:
        """The error that says what happened and how the server's log ends."""
        lines = self.log.read_text(errors="replace").splitlines()[-LOG_LINES:]
        return ServerError("\n".join([f"{self.name} {what}; {self.log} ends:", *lines]))

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


class Prometheus(Server):
    """Prometheus under stack/prometheus.yml or another, with the flags of the compose file."""

    name = "prometheus"
    collector_settings = ""

    def __init__(self, directory: Path, config: Path = STACK / "prometheus.yml") -> None:
        super().__init__(directory)
        self.config = config
        self.port = free_port()
        self.url = f"http://{LOCAL}:{self.port}"

    @property
    def arguments(self) -> list[str]:
        return [
            f"--config.file={self.config}",
            f"--storage.tsdb.path={self.directory / 'data'}",
            f"--web.listen-address={LOCAL}:{self.port}",
            "--web.enable-otlp-receiver",
            "--web.cors.origin=none",
        ]

    @property
    def ready_url(self) -> str:
        return f"{self.url}/-/ready"


class VictoriaMetrics(Server):
    """VictoriaMetrics as it is started by somebody who sends OTLP to it."""

    name = "victoria-metrics"

    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        self.port = free_port()
        self.url = f"http://{LOCAL}:{self.port}"

    @property
    def arguments(self) -> list[str]:
        return [
            f"-storageDataPath={self.directory / 'data'}",
            f"-httpListenAddr={LOCAL}:{self.port}",
            "-opentelemetry.usePrometheusNaming",
            "-retentionPeriod=400d",
        ]

    @property
    def collector_settings(self) -> str:
        """What makes the collector push here."""
        return f"exporters: {{otlp_http/prometheus: {{endpoint: {self.url}/opentelemetry}}}}"

    @property
    def ready_url(self) -> str:
        return f"{self.url}/health"


class MetricsServer(Protocol):
    """What stores the counters of a stack, and answers for them at its address."""

    url: str

    @property
    def collector_settings(self) -> str:
        """More settings of the collector, in YAML, where its file's do not push there."""
        ...

    def start(self) -> None: ...
    def kill(self) -> None: ...
    def __enter__(self) -> Self: ...
    def __exit__(self, *_: object) -> None: ...


Metrics = Callable[[Path], MetricsServer]
"""Makes one in a directory."""


class Loki(Server):
    """Loki under stack/loki.yml, some of it set otherwise by flags."""

    name = "loki"

    def __init__(self, directory: Path, flags: Sequence[str] = ()) -> None:
        super().__init__(directory)
        self.flags = flags
        self.port = free_port()
        self.grpc_port = free_port()
        self.url = f"http://{LOCAL}:{self.port}"

    @property
    def arguments(self) -> list[str]:
        data = self.directory / "data"
        return [
            f"-config.file={STACK / 'loki.yml'}",
            f"-server.http-listen-address={LOCAL}",
            f"-server.http-listen-port={self.port}",
            f"-server.grpc-listen-port={self.grpc_port}",
            f"-querier.frontend-address={LOCAL}:{self.grpc_port}",
            f"-common.path-prefix={data}",
            f"-common.storage.filesystem.chunk-directory={data / 'chunks'}",
            f"-common.storage.filesystem.rules-directory={data / 'rules'}",
            f"-compactor.working-directory={data / 'compactor'}",
            *self.flags,
        ]

    @property
    def ready_url(self) -> str:
        return f"{self.url}/ready"


class Collector(Server):
    """The collector under stack/otel-collector.yaml, its queues in its directory."""

    name = "otelcol"

    def __init__(self, directory: Path, prometheus_url: str, loki_url: str) -> None:
        super().__init__(directory)
        self.prometheus_url = prometheus_url
        self.settings = ""
        """More settings, in YAML, that hold above those of the file."""
        self.loki_url = loki_url
        self.grpc = f"{LOCAL}:{free_port()}"
        self.http = f"http://{LOCAL}:{free_port()}"
        self.exporter_url = f"http://{LOCAL}:{free_port()}/metrics"
        self.health_url = f"http://{LOCAL}:{free_port()}/"
        self.telemetry_port = free_port()

    @property
    def arguments(self) -> list[str]:
        more = ["--config=env:CCOTEL_TEST_SETTINGS"] if self.settings else []
        return [f"--config={STACK / 'otel-collector.yaml'}", *more]

    @property
    def environment(self) -> dict[str, str]:
        return {
            "CCOTEL_TEST_SETTINGS": self.settings,
            "CCOTEL_OTLP_GRPC": self.grpc,
            "CCOTEL_OTLP_HTTP": self.http.removeprefix("http://"),
            "CCOTEL_PROMETHEUS_URL": self.prometheus_url,
            "CCOTEL_LOKI_URL": self.loki_url,
            "CCOTEL_EXPORTER": self.exporter_url.removeprefix("http://").split("/")[0],
            "CCOTEL_HEALTH": self.health_url.removeprefix("http://").rstrip("/"),
            "CCOTEL_QUEUE_DIRECTORY": str(self.directory / "queue"),
            "CCOTEL_TELEMETRY_HOST": LOCAL,
            "CCOTEL_TELEMETRY_PORT": str(self.telemetry_port),
        }

    @property
    def ready_url(self) -> str:
        return self.health_url

    def count(self, metric: str, labels: str = "") -> float:
        """The sum of one of the collector's own metrics over the series whose text has labels."""
        text = read(f"http://{LOCAL}:{self.telemetry_port}/metrics")
        lines = re.findall(rf"^{metric}(?:{{(.*)}})? (\S+)", text, re.MULTILINE)
        return sum(float(value) for names, value in lines if labels in names)


class Stack:
    """The three servers wired together; without Loki's binary, its events wait in the queue.

    What answers in the place of Prometheus may be another server.
    """

    def __init__(self, directory: Path, metrics: Metrics = Prometheus) -> None:
        self.prometheus = metrics(directory / "prometheus")
        self.loki = Loki(directory / "loki") if find("loki") else None
        loki_url = self.loki.url if self.loki else f"http://{LOCAL}:{free_port()}"
        self.collector = Collector(directory / "collector", self.prometheus.url, loki_url)
        self.collector.settings = self.prometheus.collector_settings
        self.running = contextlib.ExitStack()

    def settle(self) -> None:
        """Return when all that the collector accepted has arrived; ServerError if some has not."""
        exporters = "" if self.loki else 'exporter="otlp_http/prometheus"'

        def arrived() -> bool:
            return self.collector.count("otelcol_exporter_queue_size", exporters) == 0

        if not until(arrived, SETTLED_WITHIN):
            raise self.collector.error(f"had not settled within {SETTLED_WITHIN:.0f} s")
        for what in ("log_records", "metric_points"):
            for cause in ("send_failed", "enqueue_failed"):
                if lost := self.collector.count(f"otelcol_exporter_{cause}_{what}", exporters):
                    raise self.collector.error(f"lost {lost:.0f} {what} ({cause})")
        if isinstance(self.prometheus, VictoriaMetrics):
            # It holds back what it received until a second has gone, but for whom it is told to.
            read(f"{self.prometheus.url}/internal/force_flush")

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as running:
            for server in (self.prometheus, self.loki, self.collector):
                if server is not None:
                    running.enter_context(server)
            self.running = running.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self.running.close()


def free_port() -> int:
    """A TCP port that nothing listens on now, nor anybody else is given for a minute.

    A connection that this end closed first leaves it to whoever asks for it by number, as servers
    do, and to nobody who asks for any: another worker, or a connection going out.
    """
    with socket.create_server((LOCAL, 0)) as listening:
        port = int(listening.getsockname()[1])
        with socket.create_connection((LOCAL, port)):
            accepted, _ = listening.accept()
            accepted.close()
    return port


def read(url: str) -> str:
    """The body at a loopback address."""
    with urllib.request.urlopen(url, timeout=10) as answer:
        return str(answer.read(), "utf-8")


def status(url: str) -> int:
    """The HTTP status at a loopback address, 0 where nobody answers."""
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def until(true: Callable[[], bool], within: float) -> bool:
    """Ask again and again until the answer is true; False when the time is over."""
    deadline = time.monotonic() + within
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(PAUSE)
    return True

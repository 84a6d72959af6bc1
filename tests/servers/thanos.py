"""Thanos Query over two Prometheus that hold the same, as teams run it."""

import contextlib
import json
import time
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Self

import pytest

from tests.servers.cache import find
from tests.servers.servers import LOCAL, STACK, Prometheus, Server, free_port

OLDER_THAN_WINDOWS = 90 * 86400 * 1_000_000_000


class Sidecar(Server):
    """Thanos' sidecar: hands Thanos Query what its Prometheus holds."""

    name = "thanos"

    def __init__(self, directory: Path, prometheus: Prometheus) -> None:
        super().__init__(directory)
        self.prometheus = prometheus
        self.http, self.grpc = (f"{LOCAL}:{free_port()}" for _ in range(2))

    @property
    def arguments(self) -> list[str]:
        return [
            "sidecar",
            f"--prometheus.url={self.prometheus.url}",
            f"--tsdb.path={self.prometheus.directory / 'data'}",
            f"--http-address={self.http}",
            f"--grpc-address={self.grpc}",
            "--http-grace-period=0s",
            "--grpc-grace-period=0s",
        ]

    @property
    def ready_url(self) -> str:
        return f"http://{self.http}/-/ready"


class Query(Server):
    """Thanos Query: one answer of all sidecars, series that differ by `replica` alone are one."""

    name = "thanos"

    def __init__(self, directory: Path, sidecars: Sequence[Sidecar]) -> None:
        super().__init__(directory)
        self.sidecars = sidecars
        self.http, self.grpc = (f"{LOCAL}:{free_port()}" for _ in range(2))

    @property
    def arguments(self) -> list[str]:
        return [
            "query",
            f"--http-address={self.http}",
            f"--grpc-address={self.grpc}",
            *(f"--endpoint={sidecar.grpc}" for sidecar in self.sidecars),
            "--query.replica-label=replica",
            "--http-grace-period=0s",
            "--grpc-grace-period=0s",
        ]

    @property
    def ready_url(self) -> str:
        return f"http://{self.http}/-/ready"


class Thanos:
    """All of them, which get the same from the collector; skips its test where none is built."""

    name = "thanos"

    def __init__(self, directory: Path) -> None:
        if find(self.name) is None:
            pytest.skip("no Thanos on this machine: make test-stack builds it")
        self.replicas = [replica(directory / name) for name in ("a", "b")]
        self.sidecars = [Sidecar(each.directory / "sidecar", each) for each in self.replicas]
        self.query = Query(directory / "query", self.sidecars)
        self.url = f"http://{self.query.http}"
        self._running = contextlib.ExitStack()

    @property
    def collector_settings(self) -> str:
        endpoints = {
            f"otlp_http/{name}": {
                "endpoint": f"{replica.url}/api/v1/otlp",
                "sending_queue": {"num_consumers": 1, "block_on_overflow": True},
                "retry_on_failure": {"initial_interval": "1s", "max_elapsed_time": 0},
            }
            for name, replica in zip(("prometheus", "second"), self.replicas, strict=True)
        }
        pipelines = {"metrics": {"exporters": [*endpoints, "prometheus"]}}
        return json.dumps({"exporters": endpoints, "service": {"pipelines": pipelines}})

    def start(self) -> None:
        with contextlib.ExitStack() as running:
            for prometheus in self.replicas:
                running.enter_context(prometheus)
                age(prometheus)
            for server in (*self.sidecars, self.query):
                running.enter_context(server)
            self._running = running.pop_all()

    def kill(self) -> None:
        for server in (self.query, *self.sidecars, *self.replicas):
            server.kill()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._running.close()


def replica(directory: Path) -> Prometheus:
    """One of the Prometheus, which say which they are; a sidecar wants them to."""
    directory.mkdir(parents=True)
    config = directory / "prometheus.yml"
    shipped = (STACK / "prometheus.yml").read_text()
    label = f"global:\n  external_labels: {{replica: {directory.name}}}\n"
    config.write_text(shipped.replace("global:\n", label, 1))
    return Prometheus(directory, config)


def age(prometheus: Prometheus) -> None:
    """Have it hold something older than all windows, as one of a team does.

    A sidecar tells of no time before the oldest that its Prometheus names, and that does not count
    what came out of order until it is in a block.
    """
    at = time.time_ns() - OLDER_THAN_WINDOWS
    gauge = {"name": "age", "gauge": {"dataPoints": [{"timeUnixNano": str(at), "asInt": "1"}]}}
    request = urllib.request.Request(
        f"{prometheus.url}/api/v1/otlp/v1/metrics",
        data=json.dumps({"resourceMetrics": [{"scopeMetrics": [{"metrics": [gauge]}]}]}).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert answer.status == 200

"""Sends a store to a running stack, and measures how long live data takes beside it."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import month
from benchmarks.environment import ROOT, environment
from benchmarks.figure import Counterpart, Effort, Figure, percentile
from benchmarks.recorder.recorder import Client, client
from ccotel_tui.send.loki import Loki
from ccotel_tui.store.outbox import Outbox
from ccotel_tui.telemetry.records import Event
from tests.servers.servers import ServerError, Stack

_EVENTS = 50_000
_QUIET = 40
"""Events that are timed before."""

_SEND_INTERVAL, _POLL_INTERVAL = 0.1, 0.005
"""Seconds."""


def backfill(effort: Effort) -> Iterator[Figure]:
    """Needs the servers of `make test-stack` and a real Loki. Raises ServerError."""
    with TemporaryDirectory() as folder:
        database = Path(folder) / "telemetry.db"
        month.fill(database, _EVENTS, time.time_ns())
        with closing(Outbox(database, 0)) as backlog:
            records = backlog.waiting()
        with Stack(Path(folder)) as stack:
            if stack.loki is None:
                raise ServerError("no Loki: see CCOTEL_TEST_LOKI")
            endpoint, url = stack.collector.grpc, stack.loki.url
            words = ["backfill", "--db", str(database), "--endpoint", endpoint, "--loki-url", url]
            with client(endpoint) as live, closing(Loki(url)) as loki:
                quiet = _arrivals(live, loki, lambda number: number < _QUIET)
                began = time.monotonic()
                with subprocess.Popen(
                    [sys.executable, "-m", "ccotel_tui", *words],
                    cwd=ROOT,
                    env=environment(),
                    stderr=subprocess.DEVNULL,
                ) as process:
                    beside = _arrivals(live, loki, lambda _: process.poll() is None)
                    seconds = time.monotonic() - began
                if process.returncode:
                    raise RuntimeError(f"backfill ended with status {process.returncode}")
            stack.settle()
    yield Figure("backfill, records on the stack", records / seconds, "/s")
    before = Counterpart("before it", percentile(quiet, 0.95) * 1000)
    name = "live event -> found in Loki, beside backfill, p95"
    yield Figure(name, percentile(beside, 0.95) * 1000, "ms", before, "live beside backfill")


def _arrivals(live: Client, loki: Loki, on: Callable[[int], bool]) -> list[float]:
    """Return the seconds from sending an event until Loki has it, again and again."""
    taken: list[float] = []
    while on(len(taken)):
        began, at = time.monotonic(), time.time_ns()
        live.send(Event(at, "live", "tick", {}))
        while not loki.has("live", at):
            time.sleep(_POLL_INTERVAL)
        taken.append(time.monotonic() - began)
        time.sleep(_SEND_INTERVAL)
    return taken

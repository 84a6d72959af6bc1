"""The processor time and memory of an open dashboard, beside those of a bare Textual app."""

import subprocess
import sys
from collections.abc import Iterator

from benchmarks.environment import ROOT, environment
from benchmarks.figure import Counterpart, Effort, Figure
from benchmarks.recorder.recorder import ingest
from benchmarks.screen.bare import PAGES
from benchmarks.screen.live import SECTIONS, live
from benchmarks.screen.process import cpu_seconds, resident_mb
from benchmarks.screen.terminal import Terminal, terminal

_TOUR = (("s", "  project   model"), ("e", "following"), *SECTIONS)
_SETTLED = 3.0
"""Seconds after which what the start and a key set off is over."""

_RECORDER_LIBRARIES = """\
import sqlite3, sys, aiohttp.web, grpc.aio
from opentelemetry.proto.collector.logs.v1 import logs_service_pb2
from opentelemetry.proto.collector.metrics.v1 import metrics_service_pb2
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2
print("imported", flush=True)
sys.stdin.read()
"""


def processor(effort: Effort) -> Iterator[Figure]:
    """Shares of one core: with nothing coming in, with an event a second, and paused."""
    with live() as running:
        with terminal(["benchmarks.screen.bare", str(running.store)]) as bare:
            bare.until(PAGES[0])
            looking = Counterpart("a bare app that looks as often", _share(bare, effort.seconds))
        quiet = _share(running.terminal, effort.seconds)
        yield Figure("CPU, nothing comes in, asked every 30 s", quiet, "%", looking, "CPU, quiet")
        session = running.session
        with ingest(running.client, lambda: [session.request(0.01)], 1.0):
            busy = _share(running.terminal, effort.seconds)
        yield Figure("CPU, an event a second", busy, "%", looking)
        running.terminal.press(" ")
        running.terminal.until("paused")
        paused = _share(running.terminal, effort.seconds)
        yield Figure("CPU, paused", paused, "%", looking, "CPU, paused")


def memory(effort: Effort) -> Iterator[Figure]:
    """The screen after all sections, the recorder after an ingest, and what both grew by."""
    with terminal(["benchmarks.screen.bare"]) as bare:
        bare.until(PAGES[0])
        of_textual = Counterpart("a bare Textual app's", resident_mb(bare.pid))
    with live() as running:
        for key, shown in _TOUR:
            running.terminal.press(key)
            running.terminal.until(shown)
            running.terminal.follow(0.5)
        of_screen = resident_mb(running.terminal.pid)
        yield Figure(
            "RSS of the screen after all sections",
            of_screen,
            "MB",
            of_textual,
            "memory of the screen",
        )
        processes = {"screen": running.terminal.pid, "recorder": running.recorder.pid}
        session = running.session
        with ingest(running.client, lambda: [session.request(0.001) for _ in range(10)], 0.2):
            running.terminal.follow(effort.seconds / 4)
            before = {name: resident_mb(pid) for name, pid in processes.items()}
            running.terminal.follow(effort.seconds)
            after = {name: resident_mb(pid) for name, pid in processes.items()}
    libraries = Counterpart("Python with its libraries", _libraries_mb())
    of_recorder = after["recorder"]
    yield Figure(
        "RSS of the recorder after an ingest",
        of_recorder,
        "MB",
        libraries,
        "memory of the recorder",
    )
    for name in processes:
        grown = f"RSS of the {name} after {effort.seconds:.0f} s of 50 records/s"
        yield Figure(
            grown, after[name], "MB", Counterpart("before", before[name]), "memory after an ingest"
        )


def _libraries_mb() -> float:
    """Return the memory of a Python that has imported what the recorder imports, and no more."""
    with subprocess.Popen(
        [sys.executable, "-c", _RECORDER_LIBRARIES],
        cwd=ROOT,
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        return resident_mb(process.pid)


def _share(shown: Terminal, seconds: float) -> float:
    """Return the per cent of a core that the program takes."""
    shown.follow(_SETTLED)
    before = cpu_seconds(shown.pid)
    shown.follow(seconds)
    return (cpu_seconds(shown.pid) - before) / seconds * 100

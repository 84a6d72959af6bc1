"""What it takes of the machine while it stands open."""

from collections.abc import Iterator

from benchmarks.figure import Effort, Figure
from benchmarks.live import SECTIONS, Live, live
from benchmarks.process import cpu_seconds, resident_mb
from benchmarks.recorder import ingest

_TOUR = (("s", "  project   model"), ("e", "following"), *SECTIONS)
_SETTLED = 3.0
"""Seconds after which what the start and a key set off is over."""


def processor(effort: Effort) -> Iterator[Figure]:
    """Shares of one core: asking every 5 s, paused, and with events coming in."""
    with live() as running:
        share = _share(running, effort.seconds)
        yield Figure("CPU, nothing comes in, asked every 30 s", share, "%", limit=1.5)
        session = running.session
        with ingest(running.client, lambda: [session.request(0.01)], 1.0):
            yield Figure("CPU, an event a second", _share(running, effort.seconds), "%")
        running.terminal.press(" ")
        running.terminal.until("paused")
        yield Figure("CPU, paused", _share(running, effort.seconds), "%", limit=0.3)


def memory(effort: Effort) -> Iterator[Figure]:
    """The screen after all sections, the recorder after an ingest, and what both grew by."""
    with live() as running:
        for key, shown in _TOUR:
            running.terminal.press(key)
            running.terminal.until(shown)
            running.terminal.follow(0.5)
        yield Figure(
            "RSS of the screen after all sections", resident_mb(running.terminal.pid), "MB", 60.0
        )
        processes = {"screen": running.terminal.pid, "recorder": running.recorder.pid}
        session = running.session
        with ingest(running.client, lambda: [session.request(0.001) for _ in range(10)], 0.2):
            running.terminal.follow(effort.seconds / 4)
            before = {name: resident_mb(pid) for name, pid in processes.items()}
            running.terminal.follow(effort.seconds)
            after = {name: resident_mb(pid) for name, pid in processes.items()}
    yield Figure("RSS of the recorder after an ingest", after["recorder"], "MB", 60.0)
    for name in processes:
        grown = after[name] - before[name]
        during = f"{effort.seconds:.0f} s of 50 records/s"
        yield Figure(f"RSS of the {name}, growth in {during}", grown, "MB", 1.0)


def _share(running: Live, seconds: float) -> float:
    """Per cent of a core that the screen takes."""
    running.terminal.follow(_SETTLED)
    before = cpu_seconds(running.terminal.pid)
    running.terminal.follow(seconds)
    return (cpu_seconds(running.terminal.pid) - before) / seconds * 100

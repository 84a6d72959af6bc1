"""What the commands over a month cost as the store grows, beside one sum by session over it."""

import time
from collections.abc import Iterator
from contextlib import closing
from zoneinfo import ZoneInfo

from benchmarks.figure import Effort, Figure
from benchmarks.start import SCRIPT, run
from benchmarks.stores import Store, heavy_month
from ccotel_tui.query.embedded.source import EmbeddedSource
from ccotel_tui.query.measures import COST
from ccotel_tui.query.query import Query, Scope
from ccotel_tui.query.window import DAY, Window

EVENTS = (10_000, 100_000, 1_000_000)

COMMANDS = ("panels", "sessions", "reconcile", "events", "line")

LIMITED = ("panels", "sessions", "reconcile")
LIMIT = 5.0
"""Sums by session that a command may take beside what it takes to start."""

ROUNDS = 5


def growth(effort: Effort) -> Iterator[Figure]:
    """Each command as a process, less `--version`, over one sum by session of the same store."""
    for events in EVENTS:
        store = heavy_month(events)
        with_store = ["--source", "embedded", "--db", str(store.path)]
        summed: list[float] = []
        taken: dict[str, list[float]] = {name: [] for name in ("--version", *COMMANDS)}
        for _ in range(min(effort.rounds, ROUNDS) + 1):
            summed.append(_sum_by_session(store))
            for name, times in taken.items():
                month = [] if name == "line" else ["--since", "30d"]
                words = [] if name == "--version" else [*with_store, *month]
                times.append(run(["-c", SCRIPT, name, *words]))
        yield Figure(f"sum by session, {events:,} events", min(summed) * 1000, "ms")
        for name in COMMANDS:
            beyond = min(taken[name]) - min(taken["--version"])
            yield Figure(f"{name}, {events:,} events, less --version", beyond * 1000, "ms")
            limit = LIMIT if name in LIMITED else None
            yield Figure("... : sum by session", beyond / min(summed), "x", limit)


def _sum_by_session(store: Store) -> float:
    """Seconds."""
    window = Window.between(store.to_ns - 30 * DAY, store.to_ns, ZoneInfo("UTC"))
    with closing(EmbeddedSource(store.path)) as source:
        began = time.perf_counter()
        source.numbers([Query(COST, by=("session_id",))], window, Scope())
        return time.perf_counter() - began

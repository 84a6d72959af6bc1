"""The commands over a month as the store grows, beside one sum by session over it."""

import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from benchmarks.figure import Counterpart, Effort, Figure
from benchmarks.start import SCRIPT, run
from benchmarks.stores import Store, heavy_month
from ccotel_tui.query.embedded.backend import open_embedded
from ccotel_tui.query.measures import COST
from ccotel_tui.query.query import Query, Scope
from ccotel_tui.query.window import DAY, Window
from ccotel_tui.store.database import Database

EVENTS = (10_000, 100_000, 1_000_000)

COMMANDS = ("panels", "sessions", "reconcile", "events", "line")

LIMITED = ("panels", "sessions", "reconcile")
LIMITED_FROM = 100_000
"""Events; a sum of fewer takes less than the starts of two processes differ by."""

ROUNDS = 5


def growth(effort: Effort) -> Iterator[Figure]:
    """Each command as a process, less the same on an empty store, beside one sum by session."""
    rounds = min(effort.rounds, ROUNDS)
    with TemporaryDirectory() as folder:
        empty = Path(folder) / "telemetry.db"
        Database(empty).close()
        for events in EVENTS:
            yield from _of_store(heavy_month(events), empty, rounds)


def _of_store(store: Store, empty: Path, rounds: int) -> Iterator[Figure]:
    summed: list[float] = []
    taken: dict[str, list[float]] = {name: [] for name in COMMANDS}
    start: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(rounds + 1):
        summed.append(_sum_by_session(store))
        for name in COMMANDS:
            start[name].append(_taken(name, empty))
            taken[name].append(_taken(name, store.path))
    by_session = Counterpart("a sum by session", min(summed) * 1000)
    for name in COMMANDS:
        beyond = (min(taken[name]) - min(start[name])) * 1000
        is_limited = name in LIMITED and store.events >= LIMITED_FROM
        limit = f"{name} of a month" if is_limited else ""
        label = f"{name}, {store.events:,} events, less that on an empty store"
        yield Figure(label, beyond, "ms", by_session, limit)


def _taken(command: str, database: Path) -> float:
    """Return the seconds that the command takes over 30 days, or `line` now."""
    window = [] if command == "line" else ["--since", "30d"]
    return run(["-c", SCRIPT, command, "--source", "embedded", "--db", str(database), *window])


def _sum_by_session(store: Store) -> float:
    """Return the seconds it takes."""
    window = Window.between(store.to_ns - 30 * DAY, store.to_ns, ZoneInfo("UTC"))
    with closing(open_embedded(store.path)) as backend:
        began = time.perf_counter()
        backend.source.numbers([Query(COST, by=("session_id",))], window, Scope())
        return time.perf_counter() - began

"""The commands over a month as the store grows, beside one sum by session over it."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from benchmarks.figure import Counterpart, Effort, Figure
from benchmarks.screen.start import SCRIPT, run
from benchmarks.stores import Store, heavy_month
from ccotel_tui.query.window import DAY

EVENTS = (10_000, 100_000, 500_000, 1_000_000)

COMMANDS = ("panels", "sessions", "reconcile", "events", "line")

LIMITED = ("panels", "sessions", "reconcile")
LIMITED_FROM = 500_000
"""Events; in fewer, what a command imports beyond `--version` takes as long as a few sums."""

ROUNDS = 5

_SUM = """\
SELECT session_id, sum(cost_usd) FROM events
WHERE name = 'api_request' AND time_ns > ? AND time_ns <= ? GROUP BY session_id"""
"""As anybody would write it, by the plan that SQLite makes: it does not follow our queries."""


def growth(effort: Effort) -> Iterator[Figure]:
    """Each command as a process, less `--version`, beside one sum by session in this process."""
    for events in EVENTS:
        yield from _of_store(heavy_month(events), min(effort.rounds, ROUNDS))


def _of_store(store: Store, rounds: int) -> Iterator[Figure]:
    summed: list[float] = []
    start: list[float] = []
    taken: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(rounds + 1):
        summed.append(_sum_by_session(store))
        start.append(run(["-c", SCRIPT, "--version"]))
        for name in COMMANDS:
            taken[name].append(_taken(name, store.path))
    by_session = Counterpart("a sum by session", min(summed) * 1000)
    for name in COMMANDS:
        beyond = (min(taken[name]) - min(start)) * 1000
        is_limited = name in LIMITED and store.events >= LIMITED_FROM
        limit = f"{name} of a month" if is_limited else ""
        label = f"{name}, {store.events:,} events, less --version"
        yield Figure(label, beyond, "ms", by_session, limit)


def _taken(command: str, database: Path) -> float:
    """Return the seconds that the command takes over 30 days, or `line` now."""
    window = [] if command == "line" else ["--since", "30d"]
    return run(["-c", SCRIPT, command, "--source", "embedded", "--db", str(database), *window])


def _sum_by_session(store: Store) -> float:
    """Return the seconds it takes."""
    with closing(sqlite3.connect(f"file:{store.path}?mode=ro", uri=True)) as connection:
        began = time.perf_counter()
        connection.execute(_SUM, (store.to_ns - 30 * DAY, store.to_ns)).fetchall()
        return time.perf_counter() - began

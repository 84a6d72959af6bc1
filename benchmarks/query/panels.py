"""Every panel over 30 days of a store, whole and with an attribute filter."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from zoneinfo import ZoneInfo

from benchmarks.figure import Counterpart, Effort, Figure, percentile
from benchmarks.month import USER
from benchmarks.stores import Store, heavy_month
from ccotel_tui.panels.catalogue import PANELS
from ccotel_tui.panels.result import answer_panels
from ccotel_tui.query.embedded.backend import open_embedded
from ccotel_tui.query.query import Scope
from ccotel_tui.query.window import DAY, SECOND, Window

_MANY = 5_000_000

_SCOPES = {
    "": Scope(),
    ", of a project": Scope(attributes=(("project", "shop"),)),
    ", of a user.id (no column)": Scope(attributes=(("user.id", USER),)),
    ", of a team (no record has one)": Scope(attributes=(("team", "blue"),)),
}

_PLAIN_SUM = """\
SELECT model, count(*), sum(cost_usd) FROM events INDEXED BY api_requests
WHERE name = 'api_request' AND time_ns > ? AND time_ns <= ? GROUP BY model"""


def panels(effort: Effort) -> Iterator[Figure]:
    """The slowest panel under each scope."""
    yield from _slowest(heavy_month(), effort.rounds)
    if effort.long:
        yield from _slowest(heavy_month(_MANY), rounds=3)


def timings(store: Store, scope: Scope, rounds: int) -> dict[str, float]:
    """Return the 95th percentile of each panel's answers, in milliseconds of processor time.

    The window moves on with each round, as it does on the screen: nothing is answered twice. The
    first round fills the caches and does not count.
    """
    backend = open_embedded(store.path)
    taken: dict[str, list[float]] = {panel.id: [] for panel in PANELS}
    for at in range(rounds + 1):
        to_ns = store.to_ns + at * SECOND
        window = Window.between(to_ns - 30 * DAY, to_ns, ZoneInfo("Asia/Seoul"))
        for panel in PANELS:
            began = time.process_time()
            answer_panels([panel], backend, window, scope, to_ns)
            if at:
                taken[panel.id].append((time.process_time() - began) * 1000)
    backend.close()
    return {id: percentile(times, 0.95) for id, times in taken.items()}


def _slowest(store: Store, rounds: int) -> Iterator[Figure]:
    plain = Counterpart("a plain sum by model over its index", _plain_sum(store, rounds))
    for label, scope in _SCOPES.items():
        panel, taken = max(timings(store, scope, rounds).items(), key=lambda pair: pair[1])
        name = f"slowest panel, 30 days, {store.events:,} events{label}: {panel}, p95"
        yield Figure(name, taken, "ms", plain, "panel of an attribute" if label else "panel")


def _plain_sum(store: Store, rounds: int) -> float:
    """Return the 95th percentile of its milliseconds of processor time."""
    times = []
    with closing(sqlite3.connect(f"file:{store.path}?mode=ro", uri=True)) as connection:
        for at in range(rounds + 1):
            to_ns = store.to_ns + at * SECOND
            began = time.process_time()
            connection.execute(_PLAIN_SUM, (to_ns - 30 * DAY, to_ns)).fetchall()
            times.append((time.process_time() - began) * 1000)
    return percentile(times[1:], 0.95)

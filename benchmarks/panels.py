"""Every panel over 30 days of a store, whole and with an attribute filter."""

import time
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from benchmarks.figure import Effort, Figure, percentile
from benchmarks.month import USER
from benchmarks.stores import Store, heavy_month
from ccotel_tui.panels.catalogue import PANELS
from ccotel_tui.panels.result import answer_panels
from ccotel_tui.query.embedded.source import EmbeddedSource
from ccotel_tui.query.query import Scope
from ccotel_tui.query.window import DAY, SECOND, Window

_MANY = 5_000_000

_SCOPES = {
    "": Scope(),
    ", of a project": Scope(attributes=(("project", "shop"),)),
    ", of a user.id (no column)": Scope(attributes=(("user.id", USER),)),
    ", of a team (no record has one)": Scope(attributes=(("team", "blue"),)),
}


def panels(effort: Effort) -> Iterator[Figure]:
    """The slowest panel under each scope."""
    store = heavy_month()
    for what, scope in _SCOPES.items():
        yield _slowest(store, what, scope, effort.rounds, limit=150.0 if what else 50.0)
    if effort.long:
        many = heavy_month(_MANY)
        for what, scope in _SCOPES.items():
            yield _slowest(many, what, scope, rounds=3)


def timings(store: Store, scope: Scope, rounds: int) -> dict[str, float]:
    """Each panel and the 95th percentile of its answers, in milliseconds of processor time.

    The window moves on with each round, as it does on the screen: nothing is answered twice. The
    first round fills the caches and does not count.
    """
    source = EmbeddedSource(store.path)
    taken: dict[str, list[float]] = {panel.id: [] for panel in PANELS}
    for at in range(rounds + 1):
        to_ns = store.to_ns + at * SECOND
        window = Window.between(to_ns - 30 * DAY, to_ns, ZoneInfo("Asia/Seoul"))
        for panel in PANELS:
            began = time.process_time()
            answer_panels([panel], source, window, scope, to_ns)
            if at:
                taken[panel.id].append((time.process_time() - began) * 1000)
    source.close()
    return {id: percentile(times, 0.95) for id, times in taken.items()}


def _slowest(
    store: Store, what: str, scope: Scope, rounds: int, limit: float | None = None
) -> Figure:
    panel, taken = max(timings(store, scope, rounds).items(), key=lambda pair: pair[1])
    name = f"slowest panel, 30 days, {store.events:,} events{what}: {panel}, p95"
    return Figure(name, taken, "ms", limit)

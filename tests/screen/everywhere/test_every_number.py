"""Each number of every view is one that the commands give of the same time and session."""

import re
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import chain, product
from pathlib import Path

from ccotel_tui.panels.catalogue import PANELS
from ccotel_tui.panels.output.units import dollars, short, shown
from ccotel_tui.panels.result import answer_panels
from ccotel_tui.query.embedded.backend import open_embedded
from ccotel_tui.query.measures import Unit
from ccotel_tui.query.period import Period
from ccotel_tui.query.prompts.rows import prompt_rows
from ccotel_tui.query.query import Scope
from ccotel_tui.query.sessions import sessions_of
from ccotel_tui.query.source import Backend
from ccotel_tui.query.usage.keys import KEYS, usage_key
from ccotel_tui.query.usage.usage import usage_of
from ccotel_tui.query.window import Window
from ccotel_tui.screen.charts.form import _increments
from ccotel_tui.store.database import Database
from tests.screen.tools.running import NOW, SEOUL
from tests.screen.tools.scenes import BUSY, busy_day
from tests.screen.tools.tour import VIEWS, open_view, visited

NUMBER = re.compile(r"\$[\d,]+(?:\.\d+)?|[\d,.]+%|\b\d[\d,.]*[kM]\b|<?[\d,.]*\d/min")
"""Dollars, shares, tokens, rates: what has a unit. Times and ages have others."""

TICK = re.compile(r"\S+ (?=[▁┈─⠀-⣿]{3})")
"""The label of a line of a chart's grid."""

UNITS: tuple[Unit, ...] = ("usd", "tokens", "ratio", "1/min")


def numbers(screen: str) -> set[str]:
    return set(NUMBER.findall(TICK.sub("", screen)))


def written(values: Iterable[float | None]) -> Iterator[str]:
    """Yield each value in the forms that it has on a screen."""
    for value in values:
        if value is not None:
            yield from (shown(value, unit) for unit in UNITS)
            yield from (dollars(value), short(value), f"{value:.0%}", f"${value:.6f}")


def of_panels(backend: Backend, window: Window, scope: Scope) -> Iterator[float | None]:
    """Yield each number of `panels`."""
    for answer in answer_panels(PANELS, backend, window, scope, NOW).values():
        yield answer.value
        yield from answer.parts.values()
        for series, total in answer.series:
            yield total
            yield from (number for _, number in (*series.points, *_increments(series.points)))
        for row in answer.rows:
            yield from (cell for cell in row.values() if isinstance(cell, int | float))


def of_lists(backend: Backend, window: Window, scope: Scope) -> Iterator[float | None]:
    """Yield each number of `sessions` and `events`, and the sums of prompts and of ten minutes."""
    for session in sessions_of(backend.source, window, scope):
        yield from (session.cost, session.tokens, session.cache_hit_ratio)
    events = backend.source.rows((), window, scope, 10_000)
    for event in events:
        yield from (cell for cell in event.values() if isinstance(cell, int | float))
        names = ("input_tokens", "cache_read_tokens", "cache_creation_tokens")
        yield sum(float(event.get(name) or 0) for name in names)
    yield from (row.cost for row in prompt_rows(events))
    recent = Window.between(NOW - 600 * 10**9, NOW, SEOUL)
    spent = answer_panels(PANELS, backend, recent, scope, NOW)["total_cost"].value
    yield spent and spent * 6


def of_usage(backend: Backend, window: Window, scope: Scope) -> Iterator[float | None]:
    """Yield each number of `usage` by the keys that its pages begin with, and by one more."""
    firsts, parts = (
        (KEYS[0], "user", "session"),
        ("", "session", "hour", "prompt", "model", "source"),
    )
    for keys in product(firsts, parts):
        names = dict.fromkeys(filter(None, keys))
        usage = usage_of(backend, list(map(usage_key, names)), window, scope)
        for row in (*usage.rows, usage.total):
            yield from (cell for cell in row if isinstance(cell, int | float))


async def test_each_number_is_one_of_the_commands(database: Database, tmp_path: Path) -> None:
    busy_day(database)
    window = Period().window(NOW, SEOUL)
    known: dict[str, set[str]] = {}
    with closing(open_embedded(tmp_path / "telemetry.db")) as backend:
        for session in ("", BUSY):
            scope = Scope(session_id=session)
            given = (values(backend, window, scope) for values in (of_panels, of_lists, of_usage))
            known[session] = set(written(chain.from_iterable(given)))
    strange: dict[str, set[str]] = {}
    async with visited(tmp_path, (120, 40)) as running:
        for view in VIEWS:
            await open_view(running, view)
            of_session = running.app._selection.scope.session_id
            if odd := numbers(await running.at_rest()) - known[of_session]:
                strange[f"{view}\n{running.screen}"] = odd
            if view == "session":
                await running.press("escape")
    assert not strange, "\n".join(f"{odd} in {view}" for view, odd in strange.items())

"""How long until it is on the screen: what was recorded, and what a key does."""

import random
from collections.abc import Callable, Iterator

from benchmarks.figure import Effort, Figure, percentile
from benchmarks.live import SECTIONS, Shown, live
from benchmarks.recorder import ingest
from benchmarks.screen import Screen

_EVERY = 0.05
"""Seconds between two events of the ingest under which keys are pressed."""


def event_to_screen(effort: Effort) -> Iterator[Figure]:
    """From the acknowledgement of an event to its row, or its number, being painted."""
    with live() as running:
        yield from _painted("number", _number, running, effort)
        yield from event_to_row(running, effort, "", 150.0)


def event_to_row(running: Shown, effort: Effort, by: str, limit: float | None) -> Iterator[Figure]:
    """The same in the log of events, of one that was acknowledged `by` somebody."""
    running.terminal.press("e")
    running.terminal.until("following")
    yield from _painted("row", _event_row, running, effort, by, limit)


def key_to_screen(effort: Effort) -> Iterator[Figure]:
    """From a key to its view being painted, while panels are asked on every commit."""
    dice = random.Random(7)
    sections = SECTIONS * (effort.presses // len(SECTIONS) + 1)
    with live() as running:
        session = running.session
        with ingest(running.client, lambda: [session.request(0.01)], _EVERY):
            taken = []
            for key, shown in sections:
                running.terminal.follow(dice.uniform(0.2, 0.4))
                pressed = running.terminal.press(key)
                taken.append(running.terminal.until(shown) - pressed)
    yield from shares("key -> its section painted, 20 events/s", taken, 0.95, 40.0)


Send = Callable[[Shown, int], tuple[float, Callable[[Screen], bool]]]
"""Exports an event; when it was acknowledged, and how it is seen."""


def _painted(
    what: str,
    send: Send,
    running: Shown,
    effort: Effort,
    by: str = "",
    limit: float | None = 150.0,
) -> Iterator[Figure]:
    dice = random.Random(7)
    taken = []
    for number in range(effort.presses):
        running.terminal.follow(dice.uniform(0.2, 0.4))
        acknowledged, seen = send(running, number)
        taken.append(running.terminal.until(seen) - acknowledged)
    yield from shares(f"event acknowledged{by} -> its {what} painted", taken, 0.99, limit)


def shares(what: str, taken: list[float], high: float, limit: float | None) -> Iterator[Figure]:
    """The usual one, and a bad one beside its limit; in milliseconds of the seconds taken."""
    yield Figure(f"{what}, p50", percentile(taken, 0.5) * 1000, "ms")
    yield Figure(f"{what}, p{high * 100:.0f}", percentile(taken, high) * 1000, "ms", limit)


def _number(running: Shown, number: int) -> tuple[float, Callable[[Screen], bool]]:
    """The session has a dollar already when it begins."""
    acknowledged = running.client.send(running.session.request(1.0))
    text = f"${number + 2}.00 "
    return acknowledged, lambda screen: any(row.lstrip().startswith(text) for row in screen.rows)


def _event_row(running: Shown, number: int) -> tuple[float, Callable[[Screen], bool]]:
    name = f"Tool{number:03}"
    acknowledged = running.client.send(running.session.tool(name))
    return acknowledged, lambda screen: screen.shows(name)

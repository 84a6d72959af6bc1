"""The time until it is on the screen: of what was recorded, and of what a key does.

Beside it a bare Textual app that looks at the same store as often, and switches its own pages.
"""

import random
from collections.abc import Callable, Iterator, Sequence

from benchmarks.figure import Counterpart, Effort, Figure, percentile
from benchmarks.recorder.recorder import ingest
from benchmarks.screen.bare import NEWS, PAGES
from benchmarks.screen.live import SECTIONS, Shown, live
from benchmarks.screen.screen import Screen
from benchmarks.screen.terminal import Terminal, terminal

_INGEST_INTERVAL = 0.05
"""Seconds between two events of the ingest under which keys are pressed."""

_PAGE_KEYS = (("2", PAGES[1]), ("1", PAGES[0]))


def event_to_screen(effort: Effort) -> Iterator[Figure]:
    """From the acknowledgement of an event to its row, or its number, being painted."""
    with live() as running:
        numbers = _arrivals(running, _number, effort)
        rows = arrivals_of_rows(running, effort)
        # The dashboard, which nobody reads meanwhile, soon stands still.
        with terminal(["benchmarks.screen.bare", str(running.store)]) as bare:
            bare.until(PAGES[0])
            news = _arrivals(Shown(bare, running.client, running.session), _news, effort)
    for name, taken, limit in (("number", numbers, "event number"), ("row", rows, "event row")):
        what = f"event acknowledged -> its {name} painted"
        yield from shares(what, taken, ("a bare app that looks as often", news), 0.99, limit)


def key_to_screen(effort: Effort) -> Iterator[Figure]:
    """From a key to its view being painted, while panels are asked on every commit."""
    with live() as running:
        session = running.session
        with ingest(running.client, lambda: [session.request(0.01)], _INGEST_INTERVAL):
            taken = presses(running.terminal, SECTIONS, effort.presses)
            switches = page_switches(effort)
    what = "key -> its section painted, 20 events/s"
    yield from shares(what, taken, ("a bare app's page", switches), 0.95, "key")


def page_switches(effort: Effort) -> list[float]:
    """Return the seconds from a key to the bare app's other page being painted."""
    with terminal(["benchmarks.screen.bare"]) as bare:
        bare.until(PAGES[0])
        return presses(bare, _PAGE_KEYS, effort.presses)


def presses(shown: Terminal, keys: Sequence[tuple[str, str]], number: int) -> list[float]:
    """Return the seconds from each of so many keys to its text being painted."""
    dice = random.Random(7)
    taken = []
    for key, text in (list(keys) * (number // len(keys) + 1))[:number]:
        shown.follow(dice.uniform(0.2, 0.4))
        pressed = shown.press(key)
        taken.append(shown.until(text) - pressed)
    return taken


Send = Callable[[Shown, int], tuple[float, Callable[[Screen], bool]]]
"""Exports an event; returns when it was acknowledged, and a test whether it is seen."""


def arrivals_of_rows(running: Shown, effort: Effort) -> list[float]:
    """Return the seconds from an acknowledgement to the row in the log of events."""
    running.terminal.press("e")
    running.terminal.until("following")
    return _arrivals(running, _event_row, effort)


def _arrivals(running: Shown, send: Send, effort: Effort) -> list[float]:
    dice = random.Random(7)
    taken = []
    for number in range(effort.presses):
        running.terminal.follow(dice.uniform(0.2, 0.4))
        acknowledged, is_seen = send(running, number)
        taken.append(running.terminal.until(is_seen) - acknowledged)
    return taken


def shares(
    what: str, taken: list[float], counterpart: tuple[str, list[float]], high: float, limit: str
) -> Iterator[Figure]:
    """The median, and a high percentile beside its limit; in milliseconds of the seconds taken."""
    name, others = counterpart
    for q, key in ((0.5, ""), (high, limit)):
        other = Counterpart(name, percentile(others, q) * 1000)
        yield Figure(f"{what}, p{q * 100:.0f}", percentile(taken, q) * 1000, "ms", other, key)


def _number(running: Shown, number: int) -> tuple[float, Callable[[Screen], bool]]:
    """Add a dollar to the session, which has those of the events before."""
    acknowledged = running.client.send(running.session.request(1.0))
    text = f"${running.session.dollars:.2f} "
    return acknowledged, lambda screen: any(row.lstrip().startswith(text) for row in screen.rows)


def _event_row(running: Shown, number: int) -> tuple[float, Callable[[Screen], bool]]:
    name = f"Tool{number:03}"
    acknowledged = running.client.send(running.session.tool(name))
    return acknowledged, lambda screen: screen.shows(name)


def _news(running: Shown, number: int) -> tuple[float, Callable[[Screen], bool]]:
    """Also a heartbeat of the recorder is news: any other number is."""
    before = next(row for row in running.terminal.screen.rows if row.startswith(NEWS))
    acknowledged = running.client.send(running.session.request(1.0))
    return acknowledged, lambda screen: not screen.shows(before)

"""Windows over a truth: all of it, and cut where it hurts."""

from collections.abc import Iterator
from itertools import pairwise
from zoneinfo import ZoneInfo

from ccotel_tui.query.window import Window
from tests.accuracy.truth.days import DAY, MINUTE, SECOND
from tests.accuracy.truth.truth import Truth

UTC, SEOUL, KOLKATA = map(ZoneInfo, ("UTC", "Asia/Seoul", "Asia/Kolkata"))

_MILLISECOND = SECOND // 1000


def life(truth: Truth, step_ns: int = 0) -> Window:
    """All that was done, from a minute before to a minute behind."""
    times = [one.time_ns for one in truth.amounts] + [one.time_ns for one in truth.rows]
    return Window.between(min(times) - MINUTE, max(times) + MINUTE, UTC, step_ns)


def cuts(truth: Truth, few: bool = False) -> Iterator[Window]:
    """The whole life, and windows cut at an event, at a point, in a silence and anywhere.

    `few`: enough of them, for a path on which each question costs.
    """
    whole = life(truth)
    events = _times(truth, "duration") or _times(truth, "cost")
    points = _times(truth, "active", "lines")
    event, point = events[len(events) // 2], points[len(points) // 2]
    begin, finish = events[0] - 1500 * _MILLISECOND, whole.to_ns
    moments = sorted({begin, *events, *points, finish})
    silence = max(pairwise(moments), key=lambda two: two[1] - two[0])
    quiet = sum(silence) // 2_000_000 * 1_000_000
    yield whole
    yield Window.between(begin, event, SEOUL, 5 * MINUTE)
    yield Window.between(quiet, finish, KOLKATA, 15 * MINUTE)
    if few:
        return
    yield Window.between(event, finish, SEOUL, 15 * MINUTE)
    yield Window.between(begin, quiet, KOLKATA, 5 * MINUTE)
    yield Window.between(begin, point, KOLKATA, MINUTE)
    yield Window.between(point, finish, KOLKATA, 15 * MINUTE)
    yield Window.between(events[0], (event + finish) // 2_000_000 * 1_000_000, UTC)
    yield Window.between(begin - DAY, finish, KOLKATA, DAY)


def _times(truth: Truth, *what: str) -> list[int]:
    return sorted({one.time_ns for one in truth.of(*what)})

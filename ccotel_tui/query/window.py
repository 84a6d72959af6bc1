"""A range of time, and the buckets it is cut into.

All times are Unix time in nanoseconds. A window, and a bucket, is (from, to]: a record at `from`
belongs to what came before.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import pairwise
from typing import NamedTuple

MILLISECOND = 1_000_000
SECOND = 1_000 * MILLISECOND
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

LONGEST_SESSION = 31 * DAY
"""So far back the records of a session that goes on are looked for."""

STEPS = ((HOUR, MINUTE), (6 * HOUR, 5 * MINUTE), (DAY, 15 * MINUTE), (7 * DAY, 2 * HOUR))
"""Windows up to the first length are cut into the second; longer ones into days."""


class Bucket(NamedTuple):
    """(from_ns, to_ns]."""

    from_ns: int
    to_ns: int


class Window(NamedTuple):
    """(from_ns, to_ns], cut at multiples of `step_ns` in UTC, or at local midnights for a day."""

    from_ns: int
    to_ns: int
    step_ns: int
    zone: tzinfo

    @classmethod
    def between(cls, from_ns: int, to_ns: int, zone: tzinfo, step_ns: int = 0) -> "Window":
        """A window with the step that follows from its length, or the one given."""
        return cls(from_ns, to_ns, step_ns or step_for(to_ns - from_ns), zone)

    @property
    def whole(self) -> Bucket:
        """The window as one bucket."""
        return Bucket(self.from_ns, self.to_ns)

    def buckets(self) -> tuple[Bucket, ...]:
        """The window's buckets in order; the first and the last are cut at its ends."""
        edges = self._midnights() if self.step_ns == DAY else self._multiples()
        return tuple(Bucket(*pair) for pair in pairwise([self.from_ns, *edges, self.to_ns]))

    def _multiples(self) -> list[int]:
        first = (self.from_ns // self.step_ns + 1) * self.step_ns
        return list(range(first, self.to_ns, self.step_ns))

    def _midnights(self) -> list[int]:
        day = local_day(self.from_ns, self.zone)
        edges: list[int] = []
        while (edge := midnight(day := day + timedelta(days=1), self.zone)) < self.to_ns:
            if edge > self.from_ns:
                edges.append(edge)
        return edges


def join_windows(stretches: Sequence[Bucket], most: int) -> list[Bucket]:
    """The stretches, which are apart and in order, in at most so many: the longest gaps part them.

    What is joined covers the gap too.
    """
    gaps = sorted((b.from_ns - a.to_ns, at) for at, (a, b) in enumerate(pairwise(stretches), 1))
    cuts = sorted(at for _, at in gaps[max(0, len(gaps) + 1 - most) :])
    return [
        Bucket(stretches[first].from_ns, stretches[last - 1].to_ns)
        for first, last in pairwise([0, *cuts, len(stretches)])
        if first < last
    ]


def step_for(length_ns: int) -> int:
    """The step of a window so long, on the ladder."""
    return next((step for longest, step in STEPS if length_ns <= longest), DAY)


def midnight(day: date, zone: tzinfo) -> int:
    """Return the time at which the day begins in the zone."""
    return int(datetime.combine(day, time(), zone).timestamp()) * SECOND


def local_day(time_ns: int, zone: tzinfo) -> date:
    """The day it is there at that time."""
    return (datetime.fromtimestamp(time_ns // SECOND, UTC)).astimezone(zone).date()

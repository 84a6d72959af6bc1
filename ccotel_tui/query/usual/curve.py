"""A day as a curve, and what is usual by a time of days. Pure, and with few imports."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import UTC, date, datetime, tzinfo
from typing import NamedTuple

from ccotel_tui.query.window import SECOND, local_day

DAY_SECONDS = 86_400.0
"""Of a clock's day: one in which it is put forward or back has as many."""

USUAL_DAYS = 28
"""So many days are looked back."""

FEWEST_DAYS = 3
"""Days with use without which none of them is usual."""


class DayCurve(NamedTuple):
    """A running sum over a local day, by the seconds of its clock, of which it holds some."""

    seconds: tuple[float, ...] = (0.0,)
    sums: tuple[float, ...] = (0.0,)

    @property
    def total(self) -> float:
        return self.sums[-1]

    def at(self, second: float) -> float:
        """Return the sum by that time; between two that are held it grows evenly."""
        after = bisect_right(self.seconds, second)
        if after == len(self.seconds):
            return self.total
        start, end = self.seconds[after - 1], self.seconds[after]
        before, then = self.sums[after - 1], self.sums[after]
        return before + (then - before) * (second - start) / (end - start)


class DayCost(NamedTuple):
    """What a day that has ended had cost at every time of its clock."""

    day: date
    curve: DayCurve


def usual_at(curves: Sequence[DayCurve], second: float) -> float | None:
    """Return the median of what the days had come to by that time of their clock.

    `curves` are those of days with use; None where they are too few.
    """
    if len(curves) < FEWEST_DAYS:
        return None
    sums = sorted(curve.at(second) for curve in curves)
    # The standard library's median loads what takes longer than all of `line`.
    return (sums[(len(sums) - 1) // 2] + sums[len(sums) // 2]) / 2


def change(number: float | None, other: float | None) -> float | None:
    """Return by which share of the other the number is larger; None where that is nothing."""
    return None if number is None or not other else number / other - 1


def clock_second(time_ns: int, zone: tzinfo) -> float:
    """Return the seconds that the local clock shows, of midnight those of the day that ends."""
    return day_and_second(time_ns, zone)[1]


def day_and_second(time_ns: int, zone: tzinfo) -> tuple[date, float]:
    """Return the day it is there, and the seconds of its clock."""
    day = local_day(time_ns - 1, zone)
    local = datetime.fromtimestamp(time_ns // SECOND, UTC).astimezone(zone)
    if local.date() != day:
        return day, DAY_SECONDS
    of_second = time_ns % SECOND / SECOND
    return day, local.hour * 3600 + local.minute * 60 + local.second + of_second

"""A number beside that of the usual day or of the window before, and where it will end. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from statistics import quantiles

from ccotel_tui.query.usual.curve import FEWEST_DAYS, DayCurve


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a sum is expected to end at, and the middle half of what it may be."""

    expected: float
    low: float
    high: float


def day_forecast(curves: Sequence[DayCurve], second: float, spent: float) -> Forecast | None:
    """Return what the day will end at, if from now on it goes as those days did."""
    if len(curves) < FEWEST_DAYS:
        return None
    return _ahead(spent, [curve.total - curve.at(second) for curve in curves])


def period_forecast(
    totals: Sequence[float], days: int, spent: float, today: Forecast | None
) -> Forecast | None:
    """Return what a period will end at that has so many whole days after today.

    `totals` are those of the last days in their order, also of days without use: what any such
    number of them in a row came to, the first after the last, is what may come. `spent` is what
    the days before today came to.
    """
    if today is None:
        return None
    rounds, rest = divmod(days, len(totals))
    sums = [0.0, *accumulate([*totals, *totals])]
    rows = [
        rounds * sums[len(totals)] + sums[start + rest] - sums[start]
        for start in range(len(totals))
    ]
    later = _ahead(0.0, rows)
    return Forecast(
        spent + today.expected + later.expected,
        spent + today.low + later.low,
        spent + today.high + later.high,
    )


def _ahead(spent: float, rest: Sequence[float]) -> Forecast:
    low, middle, high = quantiles(rest, n=4, method="inclusive")
    return Forecast(spent + middle, spent + low, spent + high)

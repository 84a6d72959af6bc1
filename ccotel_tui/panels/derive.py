"""What panels make of answers: totals, running sums, ratios. Pure functions over Series."""

from collections.abc import Mapping
from itertools import accumulate
from math import fsum

from ccotel_tui.query.ask import Answer, Series


def total(answer: Answer, labels: Mapping[str, str]) -> float:
    """The sum of what the answer holds under these labels, 0 where it holds nothing."""
    return fsum(
        number
        for series in answer
        if labels.items() <= series.labels.items()
        for _, number in series.points
        if number is not None
    )


def running(series: Series) -> Series:
    """The sum so far at each bucket's end; where a bucket is not known it stays as it was."""
    sums = accumulate(number or 0.0 for _, number in series.points)
    return Series(
        series.labels, tuple((end, sum) for (end, _), sum in zip(series.points, sums, strict=True))
    )


def ratio(part: float | None, whole: float | None) -> float | None:
    """A part of the whole, None where there is no whole."""
    return None if part is None or not whole else part / whole


def minus(left: float | None, right: float | None) -> float | None:
    """The difference, None where one of both is not known."""
    return None if left is None or right is None else left - right

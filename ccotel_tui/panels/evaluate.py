"""The arithmetic of panels over answers: sums, ratios, running sums, rates. Pure."""

from collections.abc import Mapping, Sequence
from itertools import accumulate
from math import fsum, isfinite

from ccotel_tui.panels.panel import (
    Addition,
    Difference,
    Number,
    Panel,
    PerMinute,
    Ratio,
    SingleValue,
    Span,
    Sum,
    UnrecordedCost,
)
from ccotel_tui.query.finite import finite
from ccotel_tui.query.query import Answer, Query, Series
from ccotel_tui.query.window import MINUTE, Window

Answers = Mapping[tuple[Span, Query], Answer]
Labels = Mapping[str, str]

WHOLE: Labels = {}


class Evaluation:
    """Numbers over the answers of one moment: for the window, or for one of its buckets."""

    def __init__(
        self,
        answers: Answers,
        window: Window,
        unseen: float | None,
        missed: int,
        counted_twice: Sequence[float] = (),
    ) -> None:
        self.answers = answers
        self.buckets = window.buckets()
        self._window = window
        self.missed = missed
        self.counted_twice = counted_twice
        self._unseen = unseen

    def number(self, number: Number, labels: Labels = WHOLE, at: int | None = None) -> float | None:
        """The number under these labels, in the bucket of that index or over the whole window.

        None where it is not known, or cannot be shown.
        """
        return finite(self._number(number, labels, at))

    def beyond(self, panel: Panel) -> bool:
        """Return whether a number that the panel is made of cannot be shown."""
        numbers = [
            number
            for key in panel.queries()
            for series in self.answers.get(key, ())
            for _, number in series.points
        ]
        if any(isinstance(number, UnrecordedCost) for number in panel.numbers()):
            numbers.append(self._unseen)
        return any(number is not None and not isfinite(number) for number in numbers)

    def _number(self, number: Number, labels: Labels, at: int | None) -> float | None:
        """The same, NaN where it cannot be shown: no sum takes that for nothing."""
        match number:
            case Sum():
                return self._total(number, {**number.labels, **labels}, at)
            case SingleValue():
                points = self._points(number.span, number.query, labels, at) or []
                return points[0] if points else None
            case UnrecordedCost():
                return self._unseen
            case Ratio(part, whole):
                return ratio(self._number(part, labels, at), self._number(whole, labels, at))
            case Difference(left, right):
                return minus(self._number(left, labels, at), self._number(right, labels, at))
            case Addition(numbers):
                return add([self._number(term, labels, at) for term in numbers])
            case PerMinute(inner):
                return self._per_minute(self._number(inner, labels, at), at)

    def _total(self, total: Sum, labels: Labels, at: int | None) -> float | None:
        points = self._points(total.span, total.query, labels, at)
        if points is None:
            return None
        numbers = [point for point in points if point is not None]
        return fsum(numbers) if numbers or not points else None

    def _points(
        self, span: Span, query: Query, labels: Labels, at: int | None
    ) -> list[float | None] | None:
        """The answer's numbers under these labels; None where the question was not asked."""
        answer = self.answers.get((span, query))
        if answer is None:
            return None
        return [
            number
            for series in answer
            if labels.items() <= series.labels.items()
            for _, number in (series.points if at is None else (series.points[at],))
        ]

    def _per_minute(self, number: float | None, at: int | None) -> float | None:
        bucket = self._window.whole if at is None else self.buckets[at]
        length = bucket.to_ns - bucket.from_ns
        if number is None or (at is not None and length * 2 < self._window.step_ns):
            return None
        return number * MINUTE / length


def running(series: Series) -> Series:
    """The sum so far at each bucket's end; where a bucket is not known it stays as it was."""
    sums = accumulate(number or 0.0 for _, number in series.points)
    points = zip(series.points, sums, strict=True)
    return Series(series.labels, tuple((end, so_far) for (end, _), so_far in points))


def ratio(part: float | None, whole: float | None) -> float | None:
    """A part of the whole, None where there is no whole.

    If the whole is known, a missing part is 0: both come from the same records.
    """
    return (part or 0.0) / whole if whole else None


def minus(left: float | None, right: float | None) -> float | None:
    """The difference, None where one of both is not known."""
    return None if left is None or right is None else left - right


def add(numbers: Sequence[float | None]) -> float | None:
    """The sum of what is known, None where nothing is."""
    terms = [number for number in numbers if number is not None]
    return fsum(terms) if terms else None

"""A part of a chart's time, and series that are not drawn. Pure."""

from bisect import bisect_left
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from ccotel_tui.query.query import Series
from ccotel_tui.query.window import Window
from ccotel_tui.screen.charts.chart import Chart

_FEWEST = 4
"""Buckets of a part at least."""


@dataclass(frozen=True, slots=True)
class TimeZoom:
    """The window halved so many times, about a time or, without one, at its newest end."""

    halvings: int = 0
    about_ns: int | None = None

    def stepped(self, by: int, about_ns: int | None, window: Window) -> "TimeZoom":
        """Return half the time, or with -1 twice as much; 0 only moves it."""
        most = max(0, (-(-len(window.buckets()) // _FEWEST) - 1).bit_length())
        halvings = min(most, max(0, self.halvings + by))
        return TimeZoom(halvings, about_ns or self.about_ns) if halvings else TimeZoom()

    def part(self, window: Window) -> Window:
        """Return the part of the window, of whole buckets."""
        buckets = window.buckets()
        count = max(_FEWEST, -(-len(buckets) >> self.halvings) if self.halvings else len(buckets))
        first = len(buckets) - count
        if first <= 0 or not self.halvings:
            return window
        if self.about_ns is not None:
            middle = bisect_left([bucket.to_ns for bucket in buckets], self.about_ns)
            first = min(first, max(0, middle - count // 2))
        return window._replace(
            from_ns=buckets[first].from_ns, to_ns=buckets[first + count - 1].to_ns
        )


def from_first_event(window: Window, first_ns: int | None, series: Iterable[Series]) -> Window:
    """Return the window from the bucket on in which the first event came, if it came in it.

    What counters told before it stays.
    """
    if first_ns is None:
        return window
    buckets = window.buckets()
    numbers = (at for each in series for at, number in each.points if number)
    ends = [bucket.to_ns for bucket in buckets]
    first = bisect_left(ends, min((first_ns, *numbers)))
    return window._replace(from_ns=buckets[max(0, min(first, len(buckets) - _FEWEST))].from_ns)


def part_of(chart: Chart, part: Window) -> Chart:
    """Return the chart over that part of its window; its values stay those of the whole."""
    # A line comes in at the left edge, a bar belongs to what came before it.
    from_ns = part.from_ns + (0 if chart.form == "lines" else 1)
    series = [
        replace(each, points=[point for point in each.points if from_ns <= point[0] <= part.to_ns])
        for each in chart.series
    ]
    ends_now = chart.ends_now and part.to_ns == chart.window.to_ns
    return replace(chart, series=series, window=part, ends_now=ends_now)


def without(chart: Chart, names: Collection[str]) -> Chart:
    """Return the chart with the series of these names named, but not drawn."""
    if not names:
        return chart
    series = [
        replace(each, points=[(at, None) for at, _ in each.points], hidden=True)
        if each.name in names
        else each
        for each in chart.series
    ]
    return replace(chart, series=series)

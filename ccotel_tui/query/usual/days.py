"""Days that have ended: what each of them had come to at every time of its own clock."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta, tzinfo
from itertools import pairwise
from math import gcd

from ccotel_tui.query.finite import finite
from ccotel_tui.query.measures import ACTIVITY, COST, LINES, TOKENS, Measure
from ccotel_tui.query.query import Answer, Query, Scope
from ccotel_tui.query.source import Source
from ccotel_tui.query.usual.curve import DayCurve, day_and_second
from ccotel_tui.query.window import HOUR, MINUTE, Window, midnight

COMPARED = (COST, TOKENS, LINES, ACTIVITY)
"""What one day is compared by with others; of activity the sessions are counted."""


@dataclass(frozen=True, slots=True)
class PastDay:
    """A day that has ended, with the curve of each measure that was asked for."""

    day: date
    curves: Mapping[Measure, DayCurve]

    @property
    def is_used(self) -> bool:
        """Return whether it cost anything: on other days nobody worked."""
        return self.curves[COST].total > 0


def read_days(
    source: Source,
    first: date,
    count: int,
    zone: tzinfo,
    scope: Scope,
    measures: Sequence[Measure] = COMPARED,
) -> list[PastDay]:
    """Return so many days from the first on. Raises SourceUnavailable."""
    days = [first + timedelta(days=number) for number in range(count + 1)]
    midnights = [midnight(day, zone) for day in days]
    # Elsewhere a day begins at half past an hour of UTC.
    step_ns = max(MINUTE, gcd(HOUR, *midnights))
    hours = Window.between(midnights[0], midnights[-1], zone, step_ns)
    sums = [Query(measure, stepped=True) for measure in measures if measure != ACTIVITY]
    answers = source.numbers(sums, hours, scope)
    curves = {query.measure: _sums_by_day(answers[query], zone) for query in sums}
    if ACTIVITY in measures:
        # A session that has counters only is told once a window, not once a bucket.
        windows = (Window.between(*pair, zone) for pair in pairwise(midnights))
        begins = [time_ns for window in windows for time_ns in _begins(source, window, scope)]
        curves[ACTIVITY] = _curves(((time_ns, 1.0, False) for time_ns in begins), zone)
    return [
        PastDay(day, {m: by_day.get(day, DayCurve()) for m, by_day in curves.items()})
        for day in days[:-1]
    ]


def _sums_by_day(answer: Answer, zone: tzinfo) -> dict[date, DayCurve]:
    growth: defaultdict[int, float] = defaultdict(float)
    for series in answer:
        for time_ns, number in series.points:
            growth[time_ns] += finite(number) or 0.0
    return _curves(((time_ns, growth[time_ns], True) for time_ns in sorted(growth)), zone)


def _begins(source: Source, window: Window, scope: Scope) -> list[int]:
    """The times at which sessions became active in the window."""
    first = Query(ACTIVITY, by=("session_id",), stat="first")
    return sorted(
        int(number)
        for series in source.numbers([first], window, scope)[first]
        for _, number in series.points
        if number is not None
    )


def _curves(growth: Iterable[tuple[int, float, bool]], zone: tzinfo) -> dict[date, DayCurve]:
    """The curves by day of what came up to each time, or at once then."""
    by_day: defaultdict[date, list[tuple[float, float]]] = defaultdict(lambda: [(0.0, 0.0)])
    for time_ns, number, is_even in growth:
        day, second = day_and_second(time_ns, zone)
        points = by_day[day]
        last, before = points[-1]
        # Where the clock is put back an hour is shown twice: it counts by its second end.
        second = max(last, second)
        if not is_even:
            points.append((second, before))
        points.append((second, before + number))
    return {
        day: DayCurve(tuple(at for at, _ in points), tuple(n for _, n in points))
        for day, points in by_day.items()
    }

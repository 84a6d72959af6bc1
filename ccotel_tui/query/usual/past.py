"""What numbers are compared with: read behind them, a few days at a time, and kept."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta, tzinfo

from ccotel_tui.query.finite import finite
from ccotel_tui.query.measures import ACTIVITY, COST, Measure
from ccotel_tui.query.period import Period
from ccotel_tui.query.query import Query, Scope
from ccotel_tui.query.source import Source
from ccotel_tui.query.usual.curve import DayCost
from ccotel_tui.query.usual.days import COMPARED, PastDay, read_days
from ccotel_tui.query.window import DAY, HOUR, MINUTE, Window, local_day

PAST_DAYS = 31
"""Days that are read: the usual ones, and those of the longest month."""

_AT_ONCE = 4
"""Days that are read before news is looked for again."""

_DAYS_KEPT_NS = HOUR
"""A record that comes late for a day that has ended is seen by then."""

_BEFORE_KEPT_NS = MINUTE

_WEEK = 7 * DAY


@dataclass(frozen=True, slots=True)
class Past:
    """The last days, oldest first (none where they are not read yet), and earlier windows.

    `before` is what the measures came to in the window before the one that is shown, `week_before`
    the cost of the 7 days before the last 7. What nobody can tell is not there, or None.
    """

    days: tuple[PastDay, ...] = ()
    before: Mapping[Measure, float] = field(default_factory=dict)
    week_before: float | None = None


@dataclass(frozen=True, slots=True)
class PastKey:
    """What is compared: everything of one source and scope in one time zone, over a period."""

    source: str
    scope: Scope
    zone: tzinfo
    period: Period


class PastReader:
    """Reads what is missing of the past in steps, and has what it has read so far."""

    def __init__(self) -> None:
        self._key: PastKey | None = None
        self._days: dict[date, tuple[int, PastDay]] = {}
        self._before: tuple[int, Past] | None = None

    def past(self, key: PastKey, now_ns: int) -> Past:
        """Return what is known of it now."""
        self._turn_to(key)
        days = [self._days.get(day) for day in last_days(now_ns, key.zone)]
        read = tuple(entry[1] for entry in days if entry is not None)
        _, before = self._before or (0, Past())
        return Past(read if len(read) == len(days) else (), before.before, before.week_before)

    def is_complete(self, key: PastKey, now_ns: int) -> bool:
        """Return whether nothing is missing, or too old."""
        self._turn_to(key)
        return not self._missing(now_ns, key.zone) and self._has_before(now_ns)

    def read_more(self, source: Source, key: PastKey, now_ns: int) -> None:
        """Read the next part of what is missing. Raises SourceUnavailable."""
        self._turn_to(key)
        if missing := self._missing(now_ns, key.zone):
            first = missing[0]
            count = min(_AT_ONCE, (missing[-1] - first).days + 1)
            for past_day in read_days(source, first, count, key.zone, key.scope):
                self._days[past_day.day] = now_ns, past_day
        elif not self._has_before(now_ns):
            self._before = now_ns, _read_before(source, key, now_ns)

    def _turn_to(self, key: PastKey) -> None:
        """Drop what is of another source, scope or zone; of another period what was before it."""
        if key == self._key:
            return
        former, self._key = self._key, key
        self._before = None
        if former is None or (former.source, former.scope, former.zone) != (
            key.source,
            key.scope,
            key.zone,
        ):
            self._days = {}

    def _missing(self, now_ns: int, zone: tzinfo) -> list[date]:
        days = last_days(now_ns, zone)
        self._days = {day: self._days[day] for day in days if day in self._days}
        return [
            day
            for day in days
            if day not in self._days or not 0 <= now_ns - self._days[day][0] < _DAYS_KEPT_NS
        ]

    def _has_before(self, now_ns: int) -> bool:
        return self._before is not None and 0 <= now_ns - self._before[0] < _BEFORE_KEPT_NS


def last_days(now_ns: int, zone: tzinfo) -> list[date]:
    """Return the days before today that are read, oldest first."""
    today = local_day(now_ns - 1, zone)
    return [today - timedelta(days=number) for number in range(PAST_DAYS, 0, -1)]


def read_day_costs(source: Source, now_ns: int, zone: tzinfo) -> list[DayCost]:
    """Return what the days before today cost, oldest first. Raises SourceUnavailable."""
    days = last_days(now_ns, zone)
    past = read_days(source, days[0], len(days), zone, Scope(), (COST,))
    return [DayCost(each.day, each.curves[COST]) for each in past]


def _read_before(source: Source, key: PastKey, now_ns: int) -> Past:
    zone, period = key.zone, key.period
    week = Window.between(now_ns - 2 * _WEEK, now_ns - _WEEK, zone)
    dollars = _numbers(source, (COST,), week, key.scope).get(COST)
    if period == Period():
        return Past(week_before=dollars)
    shown = period.window(now_ns, zone)
    from_ns = period.moved(-1, now_ns, zone).window(now_ns, zone).from_ns
    # Of a week or a month that goes on, what it had come to by the same time.
    to_ns = min(from_ns + shown.to_ns - shown.from_ns, shown.from_ns)
    before = Window.between(from_ns, to_ns, zone)
    return Past((), _numbers(source, COMPARED, before, key.scope), dollars)


def _numbers(
    source: Source, measures: tuple[Measure, ...], window: Window, scope: Scope
) -> dict[Measure, float]:
    """What the measures came to; nothing where nobody recorded in the week before the window."""
    earlier = Window.between(window.from_ns - _WEEK, window.from_ns, window.zone)
    spent = Query(COST)
    if not source.numbers([spent], earlier, scope)[spent]:
        return {}
    queries = {
        measure: Query(measure, stat="sessions" if measure == ACTIVITY else "sum")
        for measure in measures
    }
    answers = source.numbers(queries.values(), window, scope)
    numbers: dict[Measure, float] = {}
    for measure, query in queries.items():
        points = [finite(number) for series in answers[query] for _, number in series.points]
        if points and None not in points:
            numbers[measure] = sum(number or 0.0 for number in points)
    return numbers

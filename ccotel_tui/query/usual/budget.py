"""A budget: how much of it is spent, and how much of its time has gone. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta, tzinfo
from math import fsum
from typing import Literal, NamedTuple

from ccotel_tui.query.window import SECOND, local_day, midnight

BudgetPeriod = Literal["session", "day", "week", "month"]

BUDGET_PERIODS: tuple[BudgetPeriod, ...] = ("session", "day", "week", "month")

THRESHOLDS = (0.8, 1.0)
"""The shares of a budget at which a person is told."""


class WorkingHours(NamedTuple):
    """The time in which money is meant to be spent: of these weekdays (Monday is 0) these hours."""

    begin: time
    end: time
    weekdays: frozenset[int] = frozenset(range(7))

    def of_day(self, day: date, zone: tzinfo) -> tuple[int, int]:
        """Return when they begin and end on that day, in Unix nanoseconds; the same without any."""
        if day.weekday() not in self.weekdays:
            return (start := midnight(day, zone)), start
        return _moment(day, self.begin, zone), _moment(day, self.end, zone)


class Budgets(NamedTuple):
    """Dollars by period, and the working hours, all day where there are none."""

    dollars: Mapping[BudgetPeriod, float] = {}
    hours: WorkingHours | None = None


NO_BUDGETS = Budgets()


class BudgetState(NamedTuple):
    """A budget, what of it is spent, and the share of its period that has gone.

    A session ends when it will: its `pace` is None. `session_id` is whose it is, where that is
    told.
    """

    period: BudgetPeriod
    dollars: float
    spent: float
    pace: float | None = None
    session_id: str = ""

    @property
    def share(self) -> float:
        # Cents are no binary fractions: $2.40 of $3 would be less than 0.8.
        return round(self.spent / self.dollars, 9)

    @property
    def threshold(self) -> float | None:
        """The highest of the thresholds that is reached."""
        return max((t for t in THRESHOLDS if self.share >= t), default=None)


def budget_states(
    budgets: Budgets,
    past: Sequence[tuple[date, float]],
    session: float | None,
    today: float | None,
    now_ns: int,
    zone: tzinfo,
) -> dict[BudgetPeriod, BudgetState]:
    """Return how the budgets stand of which that is known, as `period_cost` has what is spent."""
    states = {
        period: budget_state(
            budgets,
            period,
            session if period == "session" else period_cost(period, past, today, now_ns, zone),
            now_ns,
            zone,
        )
        for period in BUDGET_PERIODS
    }
    return {period: state for period, state in states.items() if state is not None}


def period_cost(
    period: BudgetPeriod,
    past: Sequence[tuple[date, float]],
    today: float | None,
    now_ns: int,
    zone: tzinfo,
) -> float | None:
    """Return what the period has cost up to now; None where that is not known yet.

    `past` are the days before today and what each cost, none where they are not read.
    """
    this_day = local_day(now_ns - 1, zone)
    begin, _ = period_days(period, this_day)
    if today is None or (begin < this_day and not past):
        return None
    return fsum([today, *(cost for day, cost in past if day >= begin)])


def budget_state(
    budgets: Budgets, period: BudgetPeriod, spent: float | None, now_ns: int, zone: tzinfo
) -> BudgetState | None:
    """Return how that budget stands; None where there is none, or what is spent is not known."""
    dollars = budgets.dollars.get(period)
    if dollars is None or spent is None:
        return None
    return BudgetState(period, dollars, spent, pace(period, now_ns, zone, budgets.hours))


def pace(
    period: BudgetPeriod, now_ns: int, zone: tzinfo, hours: WorkingHours | None = None
) -> float | None:
    """Return the share of the period, of its working hours where there are some, that has gone."""
    if period == "session":
        return None
    begin, end = period_days(period, local_day(now_ns - 1, zone))
    days = (begin + timedelta(days=number) for number in range((end - begin).days))
    all_day = [(midnight(begin, zone), midnight(end, zone))]
    spans = [hours.of_day(day, zone) for day in days] if hours else all_day
    whole = sum(to_ns - from_ns for from_ns, to_ns in spans)
    gone = sum(min(max(now_ns - from_ns, 0), to_ns - from_ns) for from_ns, to_ns in spans)
    # On a day off there is no time to spend anything in.
    return gone / whole if whole else 1.0


def period_days(period: BudgetPeriod, day: date) -> tuple[date, date]:
    """Return the first day of the period that the day is in, and the first one after it."""
    if period == "week":
        monday = day - timedelta(days=day.weekday())
        return monday, monday + timedelta(days=7)
    if period == "month":
        first = day.replace(day=1)
        return first, (first + timedelta(days=31)).replace(day=1)
    return day, day + timedelta(days=1)


def _moment(day: date, at: time, zone: tzinfo) -> int:
    # An hour that ends at midnight ends the day.
    if at == time.max:
        return midnight(day + timedelta(days=1), zone)
    return int(datetime.combine(day, at, zone).timestamp()) * SECOND

"""The overview's stats beside the usual day or the window before, and budgets. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta, tzinfo

from ccotel_tui.query.measures import ACTIVITY, COST, LINES, TOKENS, Measure
from ccotel_tui.query.usual.budget import BudgetPeriod, period_cost, period_days
from ccotel_tui.query.usual.comparison import Forecast, day_forecast, period_forecast
from ccotel_tui.query.usual.curve import (
    FEWEST_DAYS,
    USUAL_DAYS,
    DayCurve,
    change,
    clock_second,
    usual_at,
)
from ccotel_tui.query.usual.days import PastDay
from ccotel_tui.query.usual.past import Past
from ccotel_tui.query.window import local_day

COMPARED_CHART = "cost_by_model"
"""The panel in whose chart the usual day is drawn."""

COMPARED_ROWS = "api_duration"
"""The panel of whose rows each is compared with the window before."""

COMPARED_PANELS: Mapping[str, Measure] = {
    "total_cost": COST,
    COMPARED_CHART: COST,
    "token_usage": TOKENS,
    "lines_of_code": LINES,
    "active_sessions": ACTIVITY,
}
"""The panels that are compared, by what of a day they are compared with."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """A number beside `other`: what is usual by now, or what the window before came to.

    `change` is by which share it is larger, None where the other is nothing. `forecast` is what
    the day will end at.
    """

    other: float
    change: float | None
    forecast: Forecast | None = None


class UsualDays:
    """The days with use among the last ones, at one moment of the local clock."""

    def __init__(self, past: Past, now_ns: int, zone: tzinfo) -> None:
        self._days = past.days
        self._zone = zone
        self._now_ns = now_ns
        self._second = clock_second(now_ns, zone)
        self.used = [day for day in past.days[-USUAL_DAYS:] if day.is_used]

    @property
    def costs(self) -> list[tuple[date, float]]:
        """The days before today and what each cost."""
        return [(day.day, _cost(day)) for day in self._days]

    @property
    def lacking(self) -> int:
        """How many days with use are missing before a day is usual."""
        return max(0, FEWEST_DAYS - len(self.used))

    def compared(self, panel: str, number: float | None) -> Comparison | None:
        """Return today's number of that panel beside the usual one by now."""
        curves = self._curves(COMPARED_PANELS[panel])
        usual = usual_at(curves, self._second)
        if usual is None or number is None:
            return None
        forecast = day_forecast(curves, self._second, number)
        return Comparison(usual, change(number, usual), forecast)

    def cost_at(self, time_ns: int) -> float | None:
        """Return the usual day's cost by that time of today."""
        return usual_at(self._curves(COST), clock_second(time_ns, self._zone))

    def spent(self, period: BudgetPeriod, today: float | None) -> float | None:
        """Return what the period has cost up to now; None where that is not known yet."""
        return period_cost(period, self.costs, today, self._now_ns, self._zone)

    def month_forecast(self, today: float | None) -> Forecast | None:
        """Return what the month will end at, where today has come to that so far."""
        spent = self.spent("month", today)
        if spent is None or today is None:
            return None
        _, end = period_days("month", self._today)
        first = next((at for at, day in enumerate(self._days) if day.is_used), len(self._days))
        totals = [_cost(day) for day in self._days[max(first, len(self._days) - USUAL_DAYS) :]]
        ends = day_forecast(self._curves(COST), self._second, today)
        later = (end - self._today - timedelta(days=1)).days
        return period_forecast(totals, later, spent - today, ends)

    @property
    def _today(self) -> date:
        return local_day(self._now_ns - 1, self._zone)

    def _curves(self, measure: Measure) -> list[DayCurve]:
        return [day.curves[measure] for day in self.used]


def before_window(past: Past, panel: str, number: float | None) -> Comparison | None:
    """Return the window's number of that panel beside that of the window before."""
    return _beside(number, past.before.get(COMPARED_PANELS[panel]))


def week_before(past: Past, number: float | None) -> Comparison | None:
    """Return the cost of the last 7 days beside that of the 7 days before."""
    return _beside(number, past.week_before)


def _beside(number: float | None, other: float | None) -> Comparison | None:
    if number is None or other is None:
        return None
    return Comparison(other, change(number, other))


def _cost(day: PastDay) -> float:
    return day.curves[COST].total

"""A snapshot's numbers beside the usual day, the window before and the budgets. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from ccotel_tui.panels.compare.stats import (
    COMPARED_CHART,
    Comparison,
    UsualDays,
    before_window,
    week_before,
)
from ccotel_tui.query.query import Scope
from ccotel_tui.query.usual.budget import BudgetPeriod, Budgets, BudgetState, budget_states
from ccotel_tui.query.usual.comparison import Forecast
from ccotel_tui.screen.data.snapshot import Snapshot
from ccotel_tui.screen.format.periods import is_today


@dataclass(frozen=True)
class BehindTotal:
    """What today's total is drawn before: what is usual by each time, and the budget if any."""

    usual_at: Callable[[int], float | None]
    budget: float | None


class Comparisons:
    """What a snapshot's numbers are compared with; nothing of it before that is read."""

    def __init__(self, snapshot: Snapshot, budgets: Budgets) -> None:
        self._snapshot = snapshot
        # A budget is about everything that is spent.
        self._budgets = budgets if snapshot.scope == Scope() else Budgets()
        self.is_today = is_today(snapshot.period)

    @cached_property
    def usual_days(self) -> UsualDays:
        snapshot = self._snapshot
        return UsualDays(snapshot.past, snapshot.now_ns, snapshot.window.zone)

    @property
    def lacking_days(self) -> int:
        """How many days with use are missing before today is compared; 0 while that is read."""
        return self.usual_days.lacking if self._snapshot.past.days and self.is_today else 0

    def stat(self, panel: str) -> Comparison | None:
        """Return the window's number of the panel: today's beside the usual one by now."""
        number = self._value(panel)
        if self.is_today:
            return self.usual_days.compared(panel, number)
        return before_window(self._snapshot.past, panel, number)

    @property
    def behind_total(self) -> BehindTotal | None:
        """What is drawn behind the total of today; nothing behind other windows'."""
        budget = self.budgets.get("day")
        if not self.is_today or (self.today is None and budget is None):
            return None
        return BehindTotal(self.usual_days.cost_at, budget.dollars if budget else None)

    @cached_property
    def today(self) -> Comparison | None:
        """What today has cost, whatever the window."""
        return self.usual_days.compared("total_cost", self._cost_today)

    @property
    def week(self) -> Comparison | None:
        """What the last 7 days have cost."""
        return week_before(self._snapshot.past, self._part("7d"))

    def forecast(self, period: BudgetPeriod) -> Forecast | None:
        """Return what the period will end at, where that can be told."""
        if period == "day" and self.today:
            return self.today.forecast
        return self.usual_days.month_forecast(self._cost_today) if period == "month" else None

    @cached_property
    def budgets(self) -> Mapping[BudgetPeriod, BudgetState]:
        """How the budgets stand."""
        return budget_states(
            self._budgets,
            self.usual_days.costs,
            self._part("current_session"),
            self._cost_today,
            self._snapshot.now_ns,
            self._snapshot.window.zone,
        )

    @property
    def _cost_today(self) -> float | None:
        """What today has cost; where that is not asked for, the cost of a window that is today."""
        part = self._part("today")
        return self._value(COMPARED_CHART) if part is None and self.is_today else part

    def _value(self, panel: str) -> float | None:
        answer = self._snapshot.answers.get(panel)
        return answer.value if answer else None

    def _part(self, name: str) -> float | None:
        answer = self._snapshot.answers.get("total_cost")
        return answer.parts.get(name) if answer else None

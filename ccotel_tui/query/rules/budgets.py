"""Reads how the budgets stand, whatever is looked at."""

from collections.abc import Collection, Mapping
from datetime import date, tzinfo
from math import fsum

from ccotel_tui.query.finite import finite
from ccotel_tui.query.measures import COST
from ccotel_tui.query.query import Query, Scope
from ccotel_tui.query.source import Source
from ccotel_tui.query.usual.budget import (
    BudgetPeriod,
    Budgets,
    BudgetState,
    budget_state,
    period_days,
)
from ccotel_tui.query.window import HOUR, LONGEST_SESSION, Window, local_day, midnight

_COST = Query(COST)
_BY_SESSION = Query(COST, by=("session_id",))

_EARLIER_FOR_NS = HOUR
"""How long the days before today are used: a record that comes late for them is seen by then."""


class BudgetReader:
    """Reads today anew each time, and the days of a week or a month before it now and then."""

    def __init__(self, budgets: Budgets) -> None:
        self._budgets = budgets
        self._earlier: Mapping[BudgetPeriod, float | None] = {}
        self._earlier_of: tuple[Source, date] | None = None
        self._earlier_read_ns = 0

    def read(
        self, source: Source, spending: Collection[str], now_ns: int, zone: tzinfo
    ) -> list[BudgetState]:
        """Return the budgets of which it is known what is spent, a session's for each that spends.

        Raises SourceUnavailable.
        """
        states = []
        if periods := [period for period in self._budgets.dollars if period != "session"]:
            today = local_day(now_ns - 1, zone)
            spent = _cost(source, midnight(today, zone), now_ns, zone)
            earlier = self._read_earlier(source, today, now_ns, zone)
            for period in periods:
                parts = [part for part in (earlier.get(period), spent) if part is not None]
                whole = fsum(parts) if parts else None
                states.append(budget_state(self._budgets, period, whole, now_ns, zone))
        if "session" in self._budgets.dollars and spending:
            life = Window.between(now_ns - LONGEST_SESSION, now_ns, zone)
            scope = Scope(sessions=tuple(sorted(spending)))
            for series in source.numbers([_BY_SESSION], life, scope)[_BY_SESSION]:
                spent = finite(series.points[0][1])
                state = budget_state(self._budgets, "session", spent, now_ns, zone)
                if state is not None:
                    states.append(state._replace(session_id=series.labels["session_id"]))
        return [state for state in states if state is not None]

    def _read_earlier(
        self, source: Source, today: date, now_ns: int, zone: tzinfo
    ) -> Mapping[BudgetPeriod, float | None]:
        """Return what the days of each period before today cost."""
        is_read = (source, today) == self._earlier_of
        if not (is_read and 0 <= now_ns - self._earlier_read_ns < _EARLIER_FOR_NS):
            begins = {period: period_days(period, today)[0] for period in self._budgets.dollars}
            self._earlier = {
                period: _cost(source, midnight(begin, zone), midnight(today, zone), zone)
                for period, begin in begins.items()
                if begin < today
            }
            self._earlier_of, self._earlier_read_ns = (source, today), now_ns
        return self._earlier


def _cost(source: Source, from_ns: int, to_ns: int, zone: tzinfo) -> float | None:
    """Dollars; None where there is no record of any, or they cannot be told."""
    answer = source.numbers([_COST], Window.between(from_ns, to_ns, zone), Scope())[_COST]
    return finite(answer[0].points[0][1]) if answer else None

"""Which budgets a person is told of: each threshold once a period. Pure."""

from collections.abc import Mapping
from datetime import date

from ccotel_tui.query.usual.budget import BUDGET_PERIODS, BudgetPeriod, BudgetState, period_days

_SESSIONS = 100
"""The newest sessions whose notices are remembered."""


def newly_reached(
    notices: Mapping[str, str],
    states: Mapping[BudgetPeriod, BudgetState],
    today: date,
    session_id: str,
) -> tuple[list[BudgetState], dict[str, str]]:
    """Return the budgets to be told of, and the notices with theirs.

    A notice is the beginning of the period and the threshold, by the budget or the session.
    """
    reached = []
    sessions = [name for name in notices if name not in BUDGET_PERIODS][:-_SESSIONS]
    after = {name: notice for name, notice in notices.items() if name not in sessions}
    for period, state in states.items():
        if state.threshold is None:
            continue
        is_session = period == "session"
        name = session_id if is_session else period
        begin = "" if is_session else period_days(period, today)[0].isoformat()
        former, _, threshold = notices.get(name, "").rpartition(" ")
        if former != begin or _number(threshold) < state.threshold:
            reached.append(state)
            after[name] = f"{begin} {state.threshold}"
    return reached, after


def _number(text: str) -> float:
    """The number; 0 of a text that is none: then it is told again."""
    try:
        return float(text)
    except ValueError:
        return 0.0

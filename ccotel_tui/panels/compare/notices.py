"""Which budgets a person is told of: each threshold once a period. Pure."""

from collections.abc import Mapping
from datetime import date

from ccotel_tui.query.usual.budget import BudgetPeriod, BudgetState, period_days


def newly_reached(
    notices: Mapping[str, str],
    states: Mapping[BudgetPeriod, BudgetState],
    today: date,
    session_id: str,
) -> tuple[list[BudgetState], dict[str, str]]:
    """Return the budgets to be told of, and the notices with theirs.

    A notice is the beginning of the period, or the session, and the threshold, by the budget.
    """
    reached = []
    after = dict(notices)
    for period, state in states.items():
        if state.threshold is None:
            continue
        begin = session_id if period == "session" else period_days(period, today)[0].isoformat()
        former, _, threshold = notices.get(period, "").rpartition(" ")
        if former != begin or _number(threshold) < state.threshold:
            reached.append(state)
            after[period] = f"{begin} {state.threshold}"
    return reached, after


def _number(text: str) -> float:
    """The number; 0 of a text that is none: then it is told again."""
    try:
        return float(text)
    except ValueError:
        return 0.0

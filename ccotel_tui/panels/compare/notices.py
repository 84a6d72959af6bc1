"""Which budgets a person is told of: each threshold once a period. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date

from ccotel_tui.query.usual.budget import BUDGET_PERIODS, BudgetState, period_days

_SESSIONS = 100
"""The newest sessions whose notices are remembered."""


def newly_reached(
    notices: Mapping[str, str],
    states: Sequence[BudgetState],
    today: date,
) -> tuple[list[BudgetState], dict[str, str]]:
    """Return the budgets to be told of, and the notices with theirs.

    A notice is the beginning of the period and the threshold, by the budget or the session.
    """
    reached = []
    sessions = [name for name in notices if name not in BUDGET_PERIODS][:-_SESSIONS]
    after = {name: notice for name, notice in notices.items() if name not in sessions}
    for state in states:
        if state.threshold is None:
            continue
        name = state.session_id or state.period
        begin = "" if state.session_id else period_days(state.period, today)[0].isoformat()
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

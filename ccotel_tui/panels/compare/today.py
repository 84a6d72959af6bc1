"""Today's cost beside the usual day and the budget, as texts for one line. Pure."""

from collections.abc import Sequence
from datetime import tzinfo

from ccotel_tui.panels.compare.texts import budget_dollars, share_more, share_text
from ccotel_tui.panels.output.units import dollars
from ccotel_tui.query.usual.budget import Budgets, budget_states
from ccotel_tui.query.usual.curve import USUAL_DAYS, DayCost, change, clock_second, usual_at


def usual_text(
    past: Sequence[DayCost], today: float | None, now_ns: int, zone: tzinfo
) -> str | None:
    """Return `$14.10 (+30%)`: what is usual by now, and by how much today is more.

    `past` are the days before today. None where it cannot be told.
    """
    curves = [day.curve for day in past[-USUAL_DAYS:] if day.curve.total > 0]
    usual = usual_at(curves, clock_second(now_ns, zone))
    if usual is None or today is None:
        return None
    more = share_more(change(today, usual))
    return f"{dollars(usual)} ({more})" if more else dollars(usual)


def budget_text(
    past: Sequence[DayCost],
    budgets: Budgets,
    session: float | None,
    today: float | None,
    now_ns: int,
    zone: tzinfo,
) -> str | None:
    """Return `61% of $30`, of the budget that is most spent; None without one."""
    costs = [(day.day, day.curve.total) for day in past]
    states = budget_states(budgets, costs, session, today, now_ns, zone)
    state = max(states.values(), key=lambda state: state.share, default=None)
    return f"{share_text(state)} of {budget_dollars(state)}" if state else None

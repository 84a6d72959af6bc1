"""Today's cost beside the usual day and the budget, asked for once, as texts for one line."""

from datetime import tzinfo

from ccotel_tui.panels.compare.stats import UsualDays, budget_states
from ccotel_tui.panels.compare.texts import budget_dollars, change_text, share_text
from ccotel_tui.panels.output.units import dollars
from ccotel_tui.query.measures import COST
from ccotel_tui.query.query import Scope
from ccotel_tui.query.source import Source
from ccotel_tui.query.usual.budget import Budgets
from ccotel_tui.query.usual.days import read_days
from ccotel_tui.query.usual.past import Past, last_days


def usual_text(source: Source, today: float | None, now_ns: int, zone: tzinfo) -> str | None:
    """Return `$14.10 (+30%)`: what is usual by now, and by how much today is more.

    None where that cannot be told. Raises SourceUnavailable.
    """
    comparison = _days(source, now_ns, zone).compared("total_cost", today)
    if comparison is None:
        return None
    change = change_text(comparison)
    usual = dollars(comparison.other)
    return f"{usual} ({change})" if change else usual


def budget_text(
    source: Source,
    budgets: Budgets,
    session: float | None,
    today: float | None,
    now_ns: int,
    zone: tzinfo,
) -> str | None:
    """Return `61% of $30`, of the budget that is most spent; None without one.

    Raises SourceUnavailable.
    """
    is_long = budgets.dollars.keys() & {"week", "month"}
    days = _days(source, now_ns, zone) if is_long else UsualDays(Past(), now_ns, zone)
    states = budget_states(budgets, days, session, today, now_ns, zone).values()
    state = max(states, key=lambda state: state.share, default=None)
    return f"{share_text(state)} of {budget_dollars(state)}" if state else None


def _days(source: Source, now_ns: int, zone: tzinfo) -> UsualDays:
    days = last_days(now_ns, zone)
    past = read_days(source, days[0], len(days), zone, Scope(), (COST,))
    return UsualDays(Past(tuple(past)), now_ns, zone)

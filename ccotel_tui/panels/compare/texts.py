"""Comparisons and budgets as short texts that need no language. Pure."""

from typing import TYPE_CHECKING

from ccotel_tui.panels.output.units import dollars
from ccotel_tui.query.usual.budget import BudgetState

if TYPE_CHECKING:
    from ccotel_tui.panels.compare.stats import Comparison

_MANY_TIMES = 10
"""From so many times as much on, a number of times is told in place of a percentage."""

_CENTS_BELOW = 10
"""Dollars below which cents are told of what is only expected."""


def change_text(comparison: "Comparison | None") -> str:
    """Return `+30%`, or nothing where there is nothing to compare with."""
    return "" if comparison is None else share_more(comparison.change)


def share_more(change: float | None) -> str:
    """Return such a share as a change of 0.3, by which a number is larger: `+30%`."""
    if change is None:
        return ""
    times = change + 1
    return f"{times:,.0f}x" if times >= _MANY_TIMES else f"{round(change * 100):+d}%"


def share_text(state: BudgetState) -> str:
    """Return `61%` of a budget."""
    return ratio_text(state.share)


def ratio_text(share: float) -> str:
    """Return `61%`, rounded down: 100 % are the whole of the budget."""
    return f"{int(round(share * 100, 7)):,}%"


def budget_dollars(state: BudgetState) -> str:
    """Return the budget's dollars, without cents where there are none."""
    return f"${state.dollars:,.0f}" if state.dollars.is_integer() else dollars(state.dollars)


def about(number: float) -> str:
    """Return dollars without cents, where they are many."""
    return f"${number:,.0f}" if number >= _CENTS_BELOW else dollars(number)

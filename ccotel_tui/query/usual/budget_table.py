"""Budgets as a person writes them: a table of dollars by period, and working hours. Pure."""

import re
from collections.abc import Mapping
from datetime import time
from typing import Any

from ccotel_tui.query.usual.budget import BUDGET_PERIODS, Budgets, WorkingHours

BUDGET_TEMPLATE = (
    "# [budget]",
    "#   day = 30.00",
    "#   month = 500.00",
    '#   hours = "mon-fri 09:00-18:00"',
)
"""An example of each kind of field."""

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = "|".join(_WEEKDAYS)
_HOURS = rf"(?:({_DAY})-({_DAY}) )?(\d\d):(\d\d)-(\d\d):(\d\d)"
"""Compiled where it is used: few have hours, and `line` reads budgets all the time."""

_WRONG_HOURS = "has hours that are not like '09:00-18:00' or 'mon-fri 09:00-18:00'"


def budget_problem(table: Any) -> str:
    """Return what is wrong with the table, empty where nothing is."""
    if not isinstance(table, dict):
        return f"is to be a table of {', '.join(BUDGET_PERIODS)} and hours"
    for name, value in table.items():
        if name == "hours":
            if not isinstance(value, str) or _hours(value) is None:
                return _WRONG_HOURS
        elif name not in BUDGET_PERIODS:
            return f"has no {name!r}; there are {', '.join(BUDGET_PERIODS)} and hours"
        elif isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
            return f"gives {name!r} no dollars above 0"
    return ""


def budgets_of(table: Mapping[str, Any]) -> Budgets:
    """Return the budgets of a table that has no problem."""
    dollars = {period: float(table[period]) for period in BUDGET_PERIODS if period in table}
    return Budgets(dollars, _hours(table["hours"]) if "hours" in table else None)


def _hours(text: str) -> WorkingHours | None:
    """The hours; None where the text is none, or they end before they begin."""
    match = re.fullmatch(_HOURS, text)
    if match is None:
        return None
    first, last, *numbers = match.groups()
    try:
        begin, end = _clock(*numbers[:2]), _clock(*numbers[2:])
    except ValueError:
        return None
    weekdays = frozenset(range(7))
    if first:
        start, stop = _WEEKDAYS.index(first), _WEEKDAYS.index(last)
        weekdays = frozenset(day % 7 for day in range(start, stop + (1 if stop >= start else 8)))
    return WorkingHours(begin, end, weekdays) if begin < end else None


def _clock(hour: str, minute: str) -> time:
    """The time of the clock; 24:00 is the end of the day."""
    return time.max if (hour, minute) == ("24", "00") else time(int(hour), int(minute))

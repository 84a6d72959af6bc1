"""From when a rule holds, as a person writes it: numbers, and rules that are off. Pure.

The names are the rules'; `surge_dollars` is the second number of `surge`.
"""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

RuleId = Literal[
    "loop", "errors", "surge", "context", "cold", "budget", "limit", "silent", "refused", "waits"
]

SWITCHES = ("budget", "refused", "waits")
"""Rules without a number: they are on or off."""


class Thresholds(NamedTuple):
    """Failures and errors, times the usual and dollars an hour, percent, and seconds.

    A rule in `off` never holds.
    """

    loop: float = 3
    errors: float = 3
    surge: float = 3
    surge_dollars: float = 5
    context: float = 80
    cold: float = 60
    limit: float = 50
    silent: float = 120
    off: frozenset[str] = frozenset()


USUAL_THRESHOLDS = Thresholds()

NUMBERS = tuple(name for name in Thresholds._fields if name != "off")

RULES_TEMPLATE = (
    "# [rules]",
    "#   loop = 3               # failures of one tool in a row",
    "#   errors = 3             # API errors in 5 minutes",
    "#   surge = 3              # times the session's usual burn rate",
    "#   surge_dollars = 5.00   # and dollars an hour",
    "#   context = 80           # percent that is full",
    "#   cold = 60              # seconds until the cache of who waits goes cold",
    "#   limit = 50             # percent of a plan's limit, where it is ahead of its time",
    "#   silent = 120           # seconds that a session runs and nothing of it is heard",
    "#   refused = false        # false switches a rule off, also budget and waits",
)
"""An example of each kind of field."""


def rules_problem(table: Any) -> str:
    """Return what is wrong with the table, empty where nothing is."""
    names = ", ".join((*NUMBERS, *SWITCHES))
    if not isinstance(table, dict):
        return f"is to be a table of {names}"
    for name, value in table.items():
        if name in SWITCHES:
            if not isinstance(value, bool):
                return f"has {name!r} neither true nor false"
        elif name not in NUMBERS:
            return f"has no {name!r}; there are {names}"
        elif value is False and name != "surge_dollars":
            continue
        elif isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
            off = "" if name == "surge_dollars" else "; false switches it off"
            return f"gives {name!r} no number above 0{off}"
    return ""


def thresholds_of(table: Mapping[str, Any]) -> Thresholds:
    """Return the thresholds of a table that has no problem."""
    numbers = {
        name: float(value)
        for name, value in table.items()
        if name in NUMBERS and value is not False
    }
    return Thresholds(**numbers, off=frozenset(name for name in table if table[name] is False))

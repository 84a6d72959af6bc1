"""An attribute's value as text and as a number: clients send both in several types. Pure."""

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ccotel_tui.telemetry.records import Value

_NUMERIC = frozenset("0123456789.+-eE")
"""Python alone reads more than these in a number: blanks, underscores, digits of any script."""

LARGEST = 1e15
"""No client has counted so many dollars, tokens or milliseconds: what is beyond it is no number,
and sums of what is below it never reach the end of a float."""

LATEST = 2**63 - 1
"""The latest time that can be kept, in the year 2262: the largest integer of SQLite."""


def as_text(value: "Value") -> str | None:
    """The value as the text it has in a label: true and false in lower case."""
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def as_number(value: "Value") -> float | None:
    """The value of an int, a double or a numeric string, up to LARGEST; None for all else."""
    if value is None or isinstance(value, bool | list | dict):
        return None
    if isinstance(value, str) and not _NUMERIC.issuperset(value):
        return None
    try:
        parsed = float(value)
    except (ValueError, OverflowError):
        return None
    return parsed if abs(parsed) <= LARGEST else None

"""The rows of usage in an order, and by the names of their columns. Pure."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from math import fsum

from ccotel_tui.query.usage.usage import UsageRow

_FIELDS = {"cost_usd": "cost", "first": "first_ns", "last": "last_ns"}
"""What a column is called in a row, where that differs."""

USAGE_COLUMNS = (
    *("cost_usd", "share", "requests", "tokens", "input", "output", "cache_read"),
    *("cache_creation", "cache_hit_ratio", "sessions", "prompts", "first", "last"),
)
"""The columns behind the key."""

_NO_SUMS = ("cache_hit_ratio", "first", "last")
"""Of these the largest of several rows is told of all of them: they do not add up."""


def usage_number(row: UsageRow, column: str) -> float | None:
    """Return the row's number in the column; times are Unix nanoseconds."""
    number: float | None = getattr(row, _FIELDS.get(column, column))
    return number


def ranked_usage(rows: Sequence[UsageRow], column: str = "cost_usd") -> list[UsageRow]:
    """Return the rows by this column, the largest first, `key` in the order of letters.

    Rows of several keys stand under the first of them: that with the most of the column first.
    """
    if column == "key":
        return sorted(rows, key=lambda row: row.keys)
    numbers: defaultdict[tuple[str, ...], list[float]] = defaultdict(list)
    for row in rows:
        for depth in range(1, len(row.keys)):
            numbers[row.keys[:depth]].append(usage_number(row, column) or 0.0)
    joined = max if column in _NO_SUMS else fsum
    weights = {keys: joined(each) for keys, each in numbers.items()}
    return sorted(rows, key=lambda row: _place(row, column, weights))


def _place(
    row: UsageRow, column: str, weights: Mapping[tuple[str, ...], float]
) -> tuple[object, ...]:
    number = usage_number(row, column)
    above = [row.keys[:depth] for depth in range(1, len(row.keys))]
    return (
        *((-weights[keys], keys[-1]) for keys in above),
        (number is None, -(number or 0.0), row.keys),
    )

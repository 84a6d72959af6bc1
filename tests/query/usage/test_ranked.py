"""Rows of several keys stand together, and their groups in the order of the column."""

import pytest

from ccotel_tui.query.usage.ranked import ranked_usage
from ccotel_tui.query.usage.usage import UsageRow


def row(project: str, session: str, cost: float | None, ratio: float, last_ns: int) -> UsageRow:
    numbers = (cost, None, 1, 1, 1, 1, 1, 1, ratio, 1, 1, last_ns - 5, last_ns)
    return UsageRow._make([(project, session), *numbers])


ROWS = (
    row("old", "a", 3.0, 0.5, 100),
    row("new", "b", 2.0, 0.9, 190),
    row("old", "c", None, 0.6, 110),
    row("dear", "d", 4.0, 0.1, 20),
)


@pytest.mark.parametrize(
    ("column", "sessions"),
    [
        ("cost_usd", "dacb"),
        ("requests", "acdb"),
        ("last", "bcad"),
        ("first", "bcad"),
        ("cache_hit_ratio", "bcad"),
        ("key", "dbac"),
    ],
)
def test_groups_stand_as_their_rows_do(column: str, sessions: str) -> None:
    assert "".join(row.keys[1] for row in ranked_usage(ROWS, column)) == sessions

"""The table: what it says of a figure and its limit."""

import pytest

from benchmarks.figure import Figure, percentile, row


def test_a_figure_within_its_limit() -> None:
    assert row(Figure("line", 45.0, "ms", 60.0)).split() == [
        *("line", "45.0", "ms", "60.0", "ms", "0.75", "ok"),
    ]


def test_a_figure_above_its_limit() -> None:
    assert row(Figure("line", 90.0, "ms", 60.0)).endswith("1.50  missed")


def test_a_figure_without_a_limit_is_only_told() -> None:
    assert row(Figure("ingest", 31_415.9, "/s")).split() == ["ingest", "31,416", "/s"]


@pytest.mark.parametrize(("q", "expected"), [(0.5, 50), (0.95, 95), (0.99, 99), (1.0, 100)])
def test_percentiles_are_values_that_were_measured(q: float, expected: float) -> None:
    assert percentile(range(100, 0, -1), q) == expected

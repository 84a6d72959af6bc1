"""The table: its line for a figure, and its end."""

import math

import pytest

from benchmarks.figure import Counterpart, Figure, percentile, row, summary
from benchmarks.limits import LIMITS

START = Counterpart("python -c pass", 10.0)


def line(measured: float) -> Figure:
    return Figure("line", measured, "ms", START, "line")


def test_a_figure_within_its_limit() -> None:
    assert row(line(40.0)).split() == [
        *("line", "40.0", "ms", "4.00", "4.5", "ok", "python", "-c", "pass", "(10.0", "ms)")
    ]


def test_a_figure_above_its_limit() -> None:
    assert row(line(90.0)).split()[3:6] == ["9.00", "4.5", "missed"]


def test_a_figure_without_a_limit_has_a_ratio_only() -> None:
    figure = Figure("--version", 20.0, "ms", START)
    assert row(figure).split()[1:5] == ["20.0", "ms", "2.00", "python"]
    assert not figure.is_missed


def test_a_figure_without_a_counterpart_is_a_number_only() -> None:
    figure = Figure("ingest", 31_415.9, "/s")
    assert row(figure).split() == ["ingest", "31,416", "/s"]
    assert math.isnan(figure.ratio)


def test_the_end_names_what_missed_and_what_was_not_measured() -> None:
    version = Figure("--version", 90.0, "ms", START)
    assert summary([line(40.0), line(90.0), version], ["stack: DaemonError: no dockerd"]) == [
        "1 of 2 limits hold.",
        "missed: line: 9.00 x python -c pass, limit 4.5",
        "not measured: stack: DaemonError: no dockerd",
    ]


def test_nothing_can_be_a_counterpart() -> None:
    assert Figure("CPU", 1.0, "%", Counterpart("nothing", 0.0), "CPU, quiet").is_missed


@pytest.mark.parametrize("limit", LIMITS)
def test_no_limit_is_below_the_counterpart(limit: str) -> None:
    assert LIMITS[limit] > 1


@pytest.mark.parametrize(("q", "expected"), [(0.5, 50), (0.95, 95), (0.99, 99), (1.0, 100)])
def test_percentiles_are_values_that_were_measured(q: float, expected: float) -> None:
    assert percentile(range(100, 0, -1), q) == expected

"""Values in rows: ticks that people count in, on rows of their own."""

from math import floor, isclose, log10

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccotel_tui.query.measures import Unit
from ccotel_tui.screen.charts.scale import scale_for, tick_labels

UNITS: list[Unit] = ["usd", "tokens", "ms", "s", "ratio", "1/min", "lines", "1"]
VALUES = st.floats(0, 1e12) | st.floats(0, 1)


@given(VALUES, VALUES, st.integers(4, 60), st.sampled_from(UNITS), st.booleans())
def test_every_value_has_a_row_and_there_are_three_to_six_ticks(
    below: float, highest: float, rows: int, unit: Unit, on_edges: bool
) -> None:
    lowest = 0.0 if on_edges else -below
    scale = scale_for(lowest, highest, rows, unit, on_edges=on_edges)
    ticks = scale.ticks()
    assert 3 <= len(ticks) <= 6
    assert 0.0 in ticks.values()
    assert scale.lowest <= lowest
    assert highest <= scale.highest
    assert all(scale.row_of(value + scale.per_row / 4) == row for row, value in ticks.items())
    labels = tick_labels(scale, unit)
    assert len(set(labels.values())) == len(labels), "two ticks of one label"


@given(VALUES.filter(lambda value: value > 1e-6), st.integers(4, 60), st.sampled_from(UNITS))
def test_a_step_is_one_that_people_count_in(highest: float, rows: int, unit: Unit) -> None:
    step = scale_for(0.0, highest, rows, unit).step
    if unit in ("ms", "s"):
        seconds = step / 1000 if unit == "ms" else step
        assert any(
            isclose(seconds / whole, digit * 10.0 ** floor(log10(seconds / whole) + 1e-9))
            for whole in (1, 60, 3600)
            for digit in (1, 2, 3, 5)
        )
    else:
        assert any(isclose(step, digit * 10.0 ** floor(log10(step) + 1e-9)) for digit in (1, 2, 5))
    if unit in ("1", "lines", "tokens", "s"):
        assert step >= 1


@pytest.mark.parametrize(
    ("highest", "rows", "unit", "labels"),
    [
        (18.4, 13, "usd", ["$0", "$5", "$10", "$15", "$20"]),
        (1.3, 8, "usd", ["$0", "$0.50", "$1.00", "$1.50"]),
        (0.0123, 9, "usd", ["$0", "$0.005", "$0.010"]),
        (880_000, 7, "tokens", ["0", "500k", "1M"]),
        (10_800, 13, "ms", ["0 s", "5 s", "10 s"]),
        (350, 12, "ms", ["0 ms", "100 ms", "200 ms", "300 ms"]),
        (5000, 12, "s", ["0 min", "30 min", "60 min"]),
        (0.5, 6, "ratio", ["0%", "10%", "20%", "30%", "40%", "50%"]),
        (0, 8, "1", ["0", "1", "2"]),
    ],
)
def test_ticks_have_their_unit(highest: float, rows: int, unit: Unit, labels: list[str]) -> None:
    scale = scale_for(0.0, highest, rows, unit)
    assert list(tick_labels(scale, unit).values()) == labels


def test_what_is_below_zero_has_rows_too() -> None:
    scale = scale_for(-3, 5, 10, "usd")
    assert list(tick_labels(scale, "usd").values()) == ["-$4", "-$2", "$0", "$2", "$4"]

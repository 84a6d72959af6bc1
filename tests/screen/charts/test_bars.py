"""Stacked bars, exact to an eighth of a row."""

from math import isclose

from hypothesis import given
from hypothesis import strategies as st

from ccotel_tui.screen.charts.bars import BLOCKS, draw_bars, merged
from ccotel_tui.screen.charts.cells import BLANK, Cell


def bar(*parts: float, rows: int = 2) -> list[Cell]:
    """The cells of one bar, the highest first."""
    return [row[0] for row in draw_bars([list(parts)], "abc"[: len(parts)], 1.0, 1, rows)]


def test_two_parts_meet_within_a_cell() -> None:
    assert bar(1.0, 1.0) == [Cell("█", "b"), Cell("█", "a")]
    assert bar(0.5, 1.0) == [Cell("▄", "b"), Cell("▄", "a", "b")]
    assert bar(0.0, 0.0) == [BLANK, BLANK]


def test_what_is_more_than_nothing_is_seen() -> None:
    assert bar(0.001) == [BLANK, Cell("▁", "a")]


@given(st.floats(0, 6))
def test_a_bar_is_as_high_as_its_value_to_an_eighth(height: float) -> None:
    eighths = sum(BLOCKS.index(cell.text) for cell in bar(height, rows=6))
    assert eighths == max(round(8 * height), 1 if height > 0 else 0)


@given(
    st.lists(st.lists(st.floats(0, 1e9) | st.none(), min_size=2, max_size=2), min_size=1),
    st.integers(1, 40),
)
def test_merged_bars_lose_nothing(stacks: list[list[float | None]], most: int) -> None:
    few = merged(stacks, most)
    assert len(few) <= most
    for at in range(2):
        whole = sum(stack[at] or 0 for stack in stacks)
        assert isclose(sum(stack[at] or 0 for stack in few), whole, abs_tol=1e-9)


def test_rates_are_merged_by_their_mean_and_nothing_known_stays_so() -> None:
    assert merged([[2.0], [4.0], [None], [None]], 2, mean=True) == [[3.0], [None]]


def test_bars_touch_and_fill_the_width() -> None:
    [row] = draw_bars([[1.0], [1.0], [1.0]], ["a"], 1.0, 10, 1)
    assert "".join(cell.text for cell in row) == "█" * 10

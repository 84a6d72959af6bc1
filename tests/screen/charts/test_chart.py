"""A whole chart: labels at their rows, names at the lines' ends, times under their columns."""

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccotel_tui.query.window import DAY, HOUR, MINUTE, Window
from ccotel_tui.screen.charts.chart import (
    GUTTER,
    Chart,
    ChartSeries,
    Form,
    bar_ns,
    draw_chart,
    margin_for,
)
from ccotel_tui.screen.charts.roles import ROLES, SERIES_COLOURS, SeriesRoles
from ccotel_tui.screen.charts.sparkline import latest, sparkline
from ccotel_tui.screen.charts.time_axis import axis_row

SEOUL = ZoneInfo("Asia/Seoul")
MORNING = Window.between(8 * HOUR - 9 * HOUR, 12 * HOUR - 9 * HOUR, SEOUL)


def series(name: str, role: str, *numbers: float | None, value: str = "") -> ChartSeries:
    ends = [bucket.to_ns for bucket in MORNING.buckets()]
    return ChartSeries(name, role, tuple(zip(ends, numbers, strict=False)), value)


def chart(*drawn: ChartSeries, form: Form = "lines") -> Chart:
    margin = margin_for([s.name for s in drawn], [s.value for s in drawn])
    return Chart(drawn, "usd", MORNING, form, margin=margin)


def text(chart: Chart, width: int, height: int) -> list[str]:
    return ["".join(cell.text for cell in row) for row in draw_chart(chart, width, height).rows]


RISE = [n / 4 for n in range(48)]


def test_names_and_values_stand_at_the_lines_ends() -> None:
    lines = text(
        chart(
            series("opus-4-8", "series-0", *RISE, value="$11.75"),
            series("sonnet-5", "series-1", *[n / 100 for n in range(48)], value="$0.47"),
        ),
        70,
        8,
    )
    assert lines[1].endswith("opus-4-8   $11.75")
    assert lines[6].endswith("sonnet-5    $0.47")
    assert [line[:8].strip() for line in lines[:-1]] == ["$15", "", "$10", "", "$5", "", "$0"]
    assert "08:00" in lines[7]
    assert lines[7].rstrip().endswith("now")


def test_lines_that_end_in_one_row_have_their_names_apart_the_dearest_highest() -> None:
    names = ["a", "b", "c", "d"]
    lines = text(chart(*(series(n, "series-0", *[1.0] * 48, value="$1.00") for n in names)), 60, 9)
    shown = [line.split()[-2] for line in lines if line.rstrip().endswith("$1.00")]
    assert shown == names


def test_more_names_than_rows_leave_the_least_out_and_say_how_many() -> None:
    many = [series(f"m{n}", "series-0", *[float(n)] * 48, value="$1") for n in range(9, 0, -1)]
    lines = text(chart(*many), 60, 6)
    assert [line.split()[-2] for line in lines[:5]] == ["m9", "m8", "m7", "m6", "5"]
    assert lines[4].rstrip().endswith("5 more")


def test_a_narrow_chart_has_its_names_below() -> None:
    lines = text(chart(series("opus-4-8", "series-0", *RISE, value="$11.75")), 30, 8)
    assert not any("opus" in line for line in lines)
    assert lines[-1].endswith("now")


@given(
    st.lists(
        st.lists(st.floats(-1e6, 1e6) | st.none(), min_size=48, max_size=48), min_size=1, max_size=8
    ),
    st.sampled_from(["lines", "bars", "dashes"]),
    st.integers(1, 130),
    st.integers(5, 50),
)
def test_any_chart_fills_its_rows_and_columns(
    numbers: list[list[float | None]], form: Form, width: int, height: int
) -> None:
    drawn = chart(
        *(series(f"m{n}", f"series-{n}", *own, value="$1") for n, own in enumerate(numbers)),
        form=form,
    )
    rows = draw_chart(drawn, width, height).rows
    assert len(rows) == height
    if width > 40:
        assert {len(row) for row in rows} == {width}
    assert {cell.role for row in rows for cell in row} <= {*ROLES, ""}


def test_bars_are_named_beside_with_the_largest_on_top_of_stack_and_list() -> None:
    lines = draw_chart(
        chart(
            series("read", "tokens-0", *[3.0] * 48, value="$144"),
            series("input", "tokens-3", *[1.0] * 48, value="$48"),
            form="bars",
        ),
        60,
        6,
    ).rows
    assert "".join(cell.text for cell in lines[0]).endswith("█ read  $144")
    assert "".join(cell.text for cell in lines[1]).endswith("█ input  $48")
    assert lines[4][20].role == "tokens-3"
    assert lines[1][20].role == "tokens-0"


@pytest.mark.parametrize("form", ["dashes", "lines"])
def test_names_with_numbers_of_the_window_do_not_stand_at_the_height_of_others(form: Form) -> None:
    """The newest p95 of a model that got faster is not that of the window."""
    slow = series("slow", "series-0", *[9.0, 1.0] * 24, value="$9")
    steady = series("steady", "series-1", *[5.0] * 48, value="$5")
    lines = text(replace(chart(slow, steady, form=form), running=False), 60, 9)
    assert lines[0].rstrip().endswith("slow     $9")
    assert lines[1].rstrip().endswith("steady   $5")


def test_bars_of_more_series_than_rows_say_how_many_have_no_name() -> None:
    many = [series(f"model-{n}", "series-0", *[1.0] * 48, value="$1") for n in range(9)]
    lines = text(chart(*many, form="bars"), 60, 6)
    assert [line.split()[-2] for line in lines[:4]] == [f"model-{n}" for n in range(4)]
    assert lines[4].rstrip().endswith("5 more")


def test_a_bar_says_how_much_time_it_stands_for() -> None:
    bars = chart(series("read", "tokens-0", *[3.0] * 48), form="bars")
    assert bar_ns(bars, 100) == 5 * MINUTE
    assert bar_ns(bars, 40) == 10 * MINUTE


@pytest.mark.parametrize("width", range(1, 130, 7))
def test_times_are_whole_apart_and_in_order(width: int) -> None:
    row = "".join(c.text for c in axis_row(MORNING, GUTTER, width, ends_now=True))
    assert len(row) == GUTTER + width
    times = row.replace("now", "").split()
    assert times == sorted(times)
    assert all(len(time) == 5 for time in times)


@pytest.mark.parametrize("width", range(20, 130, 11))
def test_each_time_is_centred_on_its_column_the_first_too(width: int) -> None:
    row = "".join(c.text for c in axis_row(MORNING, GUTTER, width, ends_now=True))
    hours = {int(time[:2]): row.index(time) for time in row.split() if time.endswith(":00")}
    assert 8 in hours
    for hour, at in hours.items():
        assert at + len("00:00") // 2 == GUTTER + (hour - 8) * width // 4


def test_the_days_of_a_long_window_are_its_times() -> None:
    month = Window.between(0, 30 * DAY, ZoneInfo("UTC"))
    row = "".join(cell.text for cell in axis_row(month, GUTTER, 60, ends_now=False))
    assert row.split() == ["01-01", "01-06", "01-11", "01-16", "01-21", "01-26"]


def test_a_series_has_one_colour_on_every_page_and_a_token_type_none_of_them() -> None:
    roles = SeriesRoles()
    first = [roles.role("model", f"m{n}") for n in range(SERIES_COLOURS)]
    assert len(set(first)) == SERIES_COLOURS
    assert roles.role("model", "m3") == first[3]
    assert roles.role("type", "cacheRead") == "tokens-0"
    assert roles.role("tool_name", "Bash") == "series-0"
    assert roles.role("", "") == "amount"
    assert roles.role("type", "user") not in first


def test_a_sparkline_leaves_a_blank_where_nothing_is_known() -> None:
    assert sparkline([0.0, None, 4.0, 8.0, float("nan")]) == "▁ ▄█ "
    assert sparkline([]) == ""
    assert latest([1.0, None, 2.0, 3.0], 2) == [1.0, 3.0]

"""What a chart is made of a panel's answer: nothing is lost, however many series there are."""

from math import fsum, isclose
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccotel_tui.panels.catalogue import BY_ID
from ccotel_tui.panels.result import PanelAnswer
from ccotel_tui.query.query import Series
from ccotel_tui.query.window import HOUR, MINUTE, Window
from ccotel_tui.screen.charts.chart import Chart, Form
from ccotel_tui.screen.charts.form import chart_of, forms_of, values_at
from ccotel_tui.screen.charts.roles import SERIES_COLOURS, SeriesRoles

WINDOW = Window.between(0, 6 * MINUTE, ZoneInfo("UTC"), MINUTE)
ENDS = [bucket.to_ns for bucket in WINDOW.buckets()]
AMOUNTS = st.lists(st.integers(0, 1000), min_size=len(ENDS), max_size=len(ENDS))


def answer(panel: str, amounts: list[list[int]]) -> PanelAnswer:
    """An answer with a series for each list of a bucket's amounts, running where the panel's do."""
    label = BY_ID[panel].curves
    assert label is not None
    series = []
    for number, own in enumerate(amounts):
        points = own
        if label.running:
            points = [sum(own[: at + 1]) for at in range(len(own))]
        named = Series(
            {label.label: f"m{number}"}, tuple(zip(ENDS, map(float, points), strict=True))
        )
        series.append((named, float(sum(own))))
    total = float(sum(map(sum, amounts)))
    return PanelAnswer(BY_ID[panel], "value", "events", HOUR, value=total, series=tuple(series))


def chart(panel: str, amounts: list[list[int]], form: Form) -> Chart:
    drawn = chart_of(answer(panel, amounts), WINDOW, form, SeriesRoles(), margin=20, ends_now=True)
    assert drawn is not None
    return drawn


@given(st.lists(AMOUNTS, min_size=1, max_size=20))
def test_bars_add_up_to_all_series_however_many(amounts: list[list[int]]) -> None:
    for panel in ("tokens_by_model", "cost_by_model"):
        drawn = chart(panel, amounts, "bars")
        assert len(drawn.series) == min(len(amounts), SERIES_COLOURS)
        for at, end in enumerate(ENDS):
            bar = fsum(dict(one.points)[end] or 0.0 for one in drawn.series)
            assert isclose(bar, sum(own[at] for own in amounts), abs_tol=1e-6)


@given(st.lists(AMOUNTS, min_size=2, max_size=20).filter(lambda lists: all(map(sum, lists))))
def test_the_total_line_is_the_sum_of_all_series(amounts: list[list[int]]) -> None:
    drawn = chart("cost_by_model", amounts, "lines")
    total = dict(drawn.series[0].points)
    assert drawn.series[0].role == "total"
    assert total[ENDS[-1]] == sum(map(sum, amounts))
    others = fsum(dict(one.points)[ENDS[-1]] or 0.0 for one in drawn.series[1:])
    assert isclose(others, total[ENDS[-1]] or 0.0)


def test_the_least_of_many_series_are_named_by_their_number() -> None:
    drawn = chart("tokens_by_model", [[n] * len(ENDS) for n in range(12, 0, -1)], "bars")
    assert [one.name for one in drawn.series[:2]] == ["m0", "m1"]
    assert (drawn.series[-1].name, drawn.series[-1].role) == ("5 more", "others")


def test_the_cursor_reads_each_series_in_its_bucket() -> None:
    drawn = chart("tokens_by_model", [[1, 2, 3, 4, 5, 6], [10, 0, 0, 0, 0, 0]], "bars")
    assert [(one.name, value) for one, value in values_at(drawn, ENDS[1])] == [
        ("m0", "2"),
        ("m1", "0"),
    ]


@pytest.mark.parametrize(
    ("panel", "forms"),
    [
        ("cost_by_model", ("lines", "bars")),
        ("tokens_by_type", ("bars", "lines")),
        ("tool_rate", ("bars", "lines")),
        ("api_duration", ("dashes", "lines")),
        ("api_errors", ("bars", "dashes")),
        ("dev_activity", ("bars", "lines")),
    ],
)
def test_a_panel_has_the_form_that_answers_at_a_glance(
    panel: str, forms: tuple[Form, Form]
) -> None:
    assert forms_of(BY_ID[panel]) == forms

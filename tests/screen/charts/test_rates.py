"""Rates of which a minute says nothing are told an hour or a day, all of a chart in one unit."""

import json
import re
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ccotel_tui.panels.catalogue import BY_ID
from ccotel_tui.panels.result import PanelAnswer
from ccotel_tui.query.query import Series
from ccotel_tui.query.window import HOUR, MINUTE, Window
from ccotel_tui.screen.charts.form import chart_of
from ccotel_tui.screen.charts.roles import SeriesRoles
from ccotel_tui.screen.format.series import in_readable_unit
from ccotel_tui.screen.widgets.chart_panel import ChartPanel
from ccotel_tui.store.database import Database
from tests.screen.tools.running import NOW, dashboard
from tests.tools.otlp import event

WINDOW = Window.between(0, HOUR, ZoneInfo("UTC"), HOUR)


def answer(*rates: float) -> PanelAnswer:
    series = tuple(
        (Series({"tool_name": f"t{at}"}, ((HOUR, rate),)), rate) for at, rate in enumerate(rates)
    )
    panel = BY_ID["tool_rate"]
    return PanelAnswer(panel, "value", "events", HOUR, value=sum(rates), series=series)


@pytest.mark.parametrize(
    ("rates", "unit", "values"),
    [
        ((2.0, 0.5), "1/min", ["2.0/min", "0.5/min"]),
        ((2.0, 0.5, 0.001), "1/min", ["2.0/min", "0.5/min", "<.01/min"]),
        ((0.009, 0.004, 0.002), "1/h", ["0.5/h", "0.2/h", "0.1/h"]),
        ((2.0, 0.004, 0.002), "1/h", ["120.0/h", "0.2/h", "0.1/h"]),
        ((0.0005, 0.0001, 0.00007), "1/d", ["0.7/d", "0.1/d", "0.1/d"]),
        ((0.0, 0.0), "1/min", ["0.0/min", "0.0/min"]),
    ],
)
def test_the_unit_is_one_in_which_most_have_a_figure(
    rates: tuple[float, ...], unit: str, values: list[str]
) -> None:
    chart = chart_of(
        answer(*rates), WINDOW, "bars", SeriesRoles(), margin=30, ends_now=True, cursor_ns=None
    )
    assert chart is not None
    assert chart.unit == unit
    assert [series.value for series in chart.series] == values


def test_numbers_that_are_no_rates_stay() -> None:
    cost = PanelAnswer(BY_ID["cost_by_model"], "value", "events", HOUR, value=0.001)
    assert in_readable_unit(cost) is cost


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_heading_axis_and_legend_have_the_same_unit(
    database: Database, tmp_path: Path, size: tuple[int, int]
) -> None:
    calls = [("Bash", 9), ("Read", 5), ("Edit", 3), ("Grep", 2), ("Glob", 1)]
    database.append([event("plugin_loaded", NOW - 30 * HOUR)])
    database.append(
        event("tool_result", NOW - n * MINUTE, tool_name=tool, success="true", n=str(n))
        for tool, count in calls
        for n in range(count)
    )
    async with dashboard(tmp_path, size) as running:
        await running.press("3")
        await running.at_rest()
        [chart] = running.app.screen.query("#tools .tool_rate").results(ChartPanel)
        running.app.screen.set_focus(chart)
        await running.press("z")
        shown = await running.at_rest()
        assert "/h" in shown
        assert "/min" not in shown
        values = re.findall(r"\d\.\d+/h", shown)
        assert len(set(values)) >= 2
        document = json.loads(chart.copied(as_json=True))
        assert document["unit"] == "1/min"
        assert document["value"] < 0.1
        await running.press("enter")
        page = await running.at_rest()
        assert "/min" not in page
        assert "/h" in page

"""What the sections say of tools, of errors and of code, and where it stands."""

from pathlib import Path

import pytest
from textual.color import Color

from ccotel_tui.panels.output.units import in_column
from ccotel_tui.query.window import MINUTE, SECOND
from ccotel_tui.screen.views.sections.view import View
from ccotel_tui.screen.widgets.chart_canvas import ChartCanvas
from ccotel_tui.screen.widgets.chart_panel import ChartPanel
from ccotel_tui.store.database import Database
from ccotel_tui.telemetry.records import Event
from tests.screen.tools.running import NOW, dashboard
from tests.screen.tools.scenes import BUSY, OTHER, api_request, busy_day, tool
from tests.tools.otlp import T0, Plain, event, lines, request


def failure(at: int, sequence: int, error_type: str) -> Event:
    told: dict[str, Plain] = {"event.sequence": sequence, "tool_name": "Bash", "success": "false"}
    return event("tool_result", at, BUSY, **told, duration_ms="1500", error_type=error_type)


async def test_tools_tell_how_long_they_took_and_what_kinds_of_failures_there_were(
    database: Database, tmp_path: Path
) -> None:
    kinds = ("ShellError", "ShellError", "TimeoutError")
    failures = [failure(NOW - n * MINUTE, 100 + n, kind) for n, kind in enumerate(kinds, start=1)]
    good = [tool(BUSY, NOW - n * MINUTE, n, "Bash", ok=True, took=100) for n in range(10, 15)]
    database.append([*good, *failures])
    async with dashboard(tmp_path, (120, 40)) as running:
        await running.press("3")
        lines = (await running.at_rest()).splitlines()
    bash = next(line for line in lines if line.startswith("Bash"))
    assert "! 3 of 8 failed" in bash
    assert bash.split("failed")[1].split()[:4] == ["100", "ms", "1.5", "s"]
    at = next(at for at, line in enumerate(lines) if "Failed Calls  3 " in line)
    assert lines[at + 1].endswith("ShellError 2  TimeoutError 1")


async def test_a_call_that_does_not_say_how_it_ended_is_a_failure(
    database: Database, tmp_path: Path
) -> None:
    told: dict[str, Plain] = {"event.sequence": 1, "tool_name": "Bash", "duration_ms": "5"}
    database.append([event("tool_result", NOW - MINUTE, BUSY, **told)])
    async with dashboard(tmp_path, (120, 40)) as running:
        await running.press("3")
        assert "Failed Calls  1 " in await running.at_rest()


async def test_the_usage_rate_names_its_mean_and_its_peak(
    database: Database, tmp_path: Path
) -> None:
    calls = [tool(BUSY, NOW - 5 * MINUTE - n * SECOND, n, "Bash", ok=True) for n in range(30)]
    database.append(calls)
    async with dashboard(tmp_path, (120, 40)) as running:
        await running.press("3")
        shown = await running.at_rest()
    assert "Tool Usage Rate  mean 0.04/min  peak 3.0/min" in shown


async def test_the_error_rate_has_its_counts_and_no_needle(
    database: Database, tmp_path: Path
) -> None:
    busy_day(database)
    async with dashboard(tmp_path, (120, 40)) as running:
        await running.press("4")
        assert "API Error Rate  1.4%  1 of 70" in await running.at_rest()
        await running.press("tab", "tab", "v")
        rows = (await running.at_rest()).splitlines()
    canvas = rows[next(at for at, row in enumerate(rows) if "API Error Rate" in row) :]
    assert not any(sign in row for row in canvas for sign in "⡇⢸⡜⡸⢇")


async def test_a_model_has_one_name_in_chart_and_table(database: Database, tmp_path: Path) -> None:
    busy_day(database)
    async with dashboard(tmp_path, (60, 20)) as running:
        await running.press("4")
        shown = await running.at_rest()
    assert shown.count("opus-4-8") == 2
    assert "claude-opus-4-8" not in shown


async def test_productivity_is_led_by_lines_commits_and_pull_requests(
    database: Database, tmp_path: Path
) -> None:
    busy_day(database)
    async with dashboard(tmp_path) as running:
        await running.press("5")
        shown = await running.at_rest()
    assert "Cumulative Code Changes  +412 -96  commits 3  pull requests 0" in shown
    assert shown.count("commits") == 1


@pytest.mark.parametrize("size", [(40, 12), (80, 24), (120, 40), (200, 60)])
async def test_the_charts_of_tools_share_their_times_and_stand_whole(
    database: Database, tmp_path: Path, size: tuple[int, int]
) -> None:
    busy_day(database)
    database.append([request(0.1, NOW - MINUTE)])
    async with dashboard(tmp_path, size) as running:
        await running.press("3")
        lines = (await running.at_rest()).splitlines()
        views = running.app.screen.query("#tools > *")
        places = [view.region for view in views if view.region.y < size[1]]
    assert not any(a.overlaps(b) for a in places for b in places if a is not b)
    axes = {line.strip() for line in lines if line.endswith("now")}
    assert len(axes) <= 1


@pytest.mark.parametrize(
    "size", [(60, 20), (80, 24), (80, 30), (80, 34), (120, 34), (120, 37), (100, 50)]
)
@pytest.mark.parametrize("tools", [2, 8])
async def test_where_a_section_begins_no_chart_is_cut_or_blank(
    database: Database, tmp_path: Path, size: tuple[int, int], tools: int
) -> None:
    """Those that do not fit stand below the page, whole."""
    busy_day(database)
    database.append([tool(BUSY, NOW - n * MINUTE, n, f"Tool{n}", ok=True) for n in range(tools)])
    async with dashboard(tmp_path, size) as running:
        for key in "2345":
            await running.press(key)
            await running.at_rest()
            page = running.app._main.view.region
            for chart in running.app._main.view.query(ChartPanel):
                inside = page.intersection(chart.region)
                assert inside == chart.region or not inside, f"{chart.panel.id}: {running.screen}"
                if inside:
                    assert chart.query_one(ChartCanvas)._drawing.rows, running.screen


async def test_the_numbers_of_a_chart_are_the_largest_first_with_their_shares(
    database: Database, tmp_path: Path
) -> None:
    database.append([request(3.0, at=NOW - MINUTE), api_request(OTHER, NOW - MINUTE, 1, 1.0)])
    async with dashboard(tmp_path) as running:
        await running.press("2")
        await running.at_rest()
        lines = (await running.press("enter")).splitlines()
    figures = [line.split()[-2:] for line in lines if "%" in line]
    assert figures == [["$3.00", "75.0%"], ["$1.00", "25.0%"]]


async def test_i_says_in_words_what_the_number_is(database: Database, tmp_path: Path) -> None:
    busy_day(database)
    async with dashboard(tmp_path) as running:
        await running.press("4")
        await running.at_rest()
        assert "95 of 100 were as fast or faster" in await running.press("i")


async def test_a_section_opened_first_leaves_the_one_before_as_high_as_it_was(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy_day(database)
    heights = []
    told = View.on_resize

    def on_resize(view: View) -> None:
        if view.id == "overview":
            heights.append(view.size.height)
        told(view)

    monkeypatch.setattr(View, "on_resize", on_resize)
    async with dashboard(tmp_path) as running:
        await running.at_rest()
        for key in "2345":
            await running.press(key, "1")
            await running.at_rest()
    assert set(heights) == {22}


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 40)])
async def test_few_errors_leave_their_room_to_the_tool_calls(
    database: Database, tmp_path: Path, size: tuple[int, int]
) -> None:
    calls = [tool(BUSY, NOW - n * SECOND, n, "Bash", ok=True) for n in range(1, 60)]
    error = event("api_error", NOW - MINUTE, BUSY, **{"event.sequence": 99}, status_code="529")
    database.append([*calls, error])
    async with dashboard(tmp_path, size) as running:
        await running.press("6")
        await running.until("529")
        page = await running.at_rest()
    assert "529" in page.splitlines()[-2]


def test_cents_and_finer_do_not_stand_in_one_column() -> None:
    assert in_column(0.0013, 5.95, "usd") == "<$0.01"
    assert in_column(0.0013, 0.0042, "usd") == "$0.0013"
    assert in_column(0.0, 5.95, "usd") == "$0.00"


async def test_charts_share_their_times_also_when_the_answer_of_one_alone_grows(
    database: Database, tmp_path: Path
) -> None:
    busy_day(database)
    async with dashboard(tmp_path) as running:
        await running.press("5")
        await running.at_rest()
        database.append([lines(1_234_567, T0 + 30 * MINUTE, session=OTHER)])
        shown = await running.until("1,234,979")
        ends = [row.index("now") for row in shown.splitlines() if row.endswith("now")]
    assert len(ends) == 2
    assert ends[0] == ends[1], shown


async def test_what_failed_is_red_and_not_underlined(database: Database, tmp_path: Path) -> None:
    database.append([tool(BUSY, NOW - n * MINUTE, n, "Bash", ok=n > 1) for n in range(1, 4)])
    async with dashboard(tmp_path) as running:
        await running.press("3")
        await running.until("! 1 of 3 failed")
        red = running.app.get_css_variables()["text-error"]
        strips = running.app.screen._compositor.render_strips()
        [style] = {
            segment.style
            for strip in strips
            for segment in strip
            if segment.text.strip()
            and "! 1 of 3" in strip.text
            and segment.text in "! 1 of 3 failed"
        }
    assert style is not None
    assert not style.underline
    assert style.color is not None
    assert style.color.triplet == Color.parse(red).rich_color.triplet

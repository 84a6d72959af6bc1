"""A panel that is seen alone fills the page: below few rows stands when that happened."""

from itertools import groupby
from pathlib import Path

import pytest

from ccotel_tui.panels.catalogue import PANELS, SECTIONS, TOOL_FAILURES
from ccotel_tui.query.window import MINUTE
from ccotel_tui.screen.views.sections.section import LISTS
from ccotel_tui.screen.widgets.list_panel import OVER_TIME
from ccotel_tui.screen.widgets.panel_view import PanelView
from ccotel_tui.store.database import Database
from tests.screen.tools.running import NOW, dashboard
from tests.screen.tools.scenes import BUSY, api_request, busy_day, tool


@pytest.mark.parametrize("size", [(40, 12), (80, 24), (120, 40)])
async def test_no_panel_alone_leaves_half_of_the_page_blank(
    size: tuple[int, int], database: Database, tmp_path: Path
) -> None:
    busy_day(database)
    async with dashboard(tmp_path, size) as running:
        for number, section in enumerate(SECTIONS, start=1):
            await running.press(str(number))
            await running.at_rest()
            for panel in running.app.screen.query(f"#{section} PanelView").results(PanelView):
                if panel.region.area:
                    running.app.screen.maximize(panel, container=False)
                    page = await running.at_rest()
                    runs = groupby(page.splitlines(), key=bool)
                    blank = max((len([*run]) for text, run in runs if not text), default=0)
                    assert blank <= size[1] // 2, page
                    await running.press("z")


async def test_keys_of_charts_are_about_the_chart_below_a_list_that_is_alone(
    database: Database, tmp_path: Path
) -> None:
    calls = [tool(BUSY, NOW - n * MINUTE, n, "Bash", ok=n > 2) for n in range(1, 6)]
    database.append([*calls, api_request(BUSY, NOW - MINUTE, 9, 1.0)])
    async with dashboard(tmp_path, (80, 24)) as running:
        await running.press("3", "tab", "z")
        page = await running.until("Tool Calls by Outcome  5")
        assert "! 2 of 5 failed" in page
        assert [line.split()[-2:] for line in page.splitlines() if "█ " in line] == [
            ["succeeded", "3"],
            ["failed", "2"],
        ]
        assert "failed 2" in await running.press("c")
        await running.press("escape", "z")
        assert "Tool Calls by Outcome" not in await running.at_rest()


async def test_a_list_alone_gives_its_rows_the_room_that_they_need(
    database: Database, tmp_path: Path
) -> None:
    database.append([tool(BUSY, NOW - MINUTE, 0, "first", ok=True)])
    async with dashboard(tmp_path, (80, 24)) as running:
        await running.press("3", "tab", "z")
        await running.until("Tool Calls by Outcome  1")
        database.append([tool(BUSY, NOW - n, n, f"tool{n}", ok=True) for n in range(1, 22)])
        page = await running.until("tool21")
        assert "Outcome" not in page
        assert len(page.splitlines()) == 24


def test_every_list_has_a_chart_of_when_it_happened() -> None:
    lists = (panel for panel in PANELS if panel.kind in (*LISTS, "rows"))
    assert {panel.id for panel in lists} | {TOOL_FAILURES.id} == OVER_TIME.keys()

"""A chart's title says what is drawn: a running sum is cumulative, what it grew by is not."""

from pathlib import Path

import pytest

from ccotel_tui.panels.catalogue import BY_ID
from ccotel_tui.panels.regroup import keys_of, regrouped
from ccotel_tui.screen.format.panel_words import panel_title
from ccotel_tui.store.database import Database
from tests.screen.tools.running import dashboard
from tests.screen.tools.scenes import busy_day

RUNNING = ("cost_by_model", "tool_count", "code_changes")


@pytest.mark.parametrize("width", [40, 80])
@pytest.mark.parametrize("panel_id", RUNNING)
def test_increments_are_not_called_cumulative_by_any_key(panel_id: str, width: int) -> None:
    panel = BY_ID[panel_id]
    for key in keys_of(panel):
        grouped = regrouped(panel, key)
        assert "Cumulative" not in panel_title(grouped, width, increments=True)
        if key:
            assert panel_title(grouped, width).startswith("Cumulative")


@pytest.mark.usefixtures("korean")
def test_nor_in_korean() -> None:
    grouped = regrouped(BY_ID["cost_by_model"], "project")
    assert panel_title(grouped, 80, increments=True) == "프로젝트별 비용"
    assert panel_title(grouped, 80) == "프로젝트별 누적 비용"


async def test_the_other_form_of_a_grouped_chart_has_another_title(
    database: Database, tmp_path: Path
) -> None:
    busy_day(database)
    async with dashboard(tmp_path, (120, 40)) as running:
        await running.press("2", "b")
        assert "Cumulative Cost by source" in await running.at_rest()
        await running.press("v")
        shown = await running.at_rest()
        assert "Cumulative" not in shown
        assert "Cost by source" in shown

"""What the overview shows of other sections, by the room it has."""

from pathlib import Path

import pytest

from ccotel_tui.screen.widgets.panel_view import PanelView
from ccotel_tui.store.database import Database
from tests.screen.tools.running import dashboard
from tests.screen.tools.scenes import busy_day

FURTHER = {"api_duration", "api_errors", "code_changes", "dev_activity"}


@pytest.mark.parametrize(
    ("size", "further"),
    [((200, 60), FURTHER), ((180, 50), FURTHER), ((179, 60), set()), ((200, 49), set())],
)
async def test_the_broadest_panes_have_a_third_column(
    database: Database, tmp_path: Path, size: tuple[int, int], further: set[str]
) -> None:
    busy_day(database)
    async with dashboard(tmp_path, size) as running:
        await running.at_rest()
        views = running.app.screen.query("#overview PanelView").results(PanelView)
        seen = [view for view in views if view.size and view.panel.id in FURTHER]
        assert {view.panel.id for view in seen} == further
        assert all(view.answer is not None for view in seen)

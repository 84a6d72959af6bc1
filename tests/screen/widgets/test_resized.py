"""After another size the overview is what it would be had it begun in that size."""

from pathlib import Path

import pytest

from ccotel_tui.screen.widgets.overview.summary import Summary
from ccotel_tui.store.database import Database
from tests.screen.tools.running import dashboard
from tests.screen.tools.scenes import busy_day


@pytest.mark.parametrize("before", [(300, 100), (160, 20), (40, 12)])
async def test_after_another_width_no_row_is_blank_or_cut(
    database: Database, tmp_path: Path, before: tuple[int, int]
) -> None:
    busy_day(database)
    async with dashboard(tmp_path, before) as running:
        await running.press("right_square_bracket")
        await running.at_rest()
        await running.pilot.resize_terminal(80, 24)
        shown = await running.at_rest()
        summary = running.app.screen.query_one(Summary)
        assert summary.size.height == len(summary.render().plain.splitlines())
        period = running.app.period
    async with dashboard(tmp_path, period=period) as new:
        assert await new.at_rest() == shown

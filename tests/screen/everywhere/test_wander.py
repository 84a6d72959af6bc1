"""After any keys, clicks, pastes and sizes each view is what a new dashboard would show."""

import random
from pathlib import Path

import pytest
from textual.widget import Widget

from ccotel_tui.store.database import Database
from tests.screen.tools.running import dashboard
from tests.screen.tools.scenes import busy_day, usual_days
from tests.screen.wander import CHANGE_FORM, KEYS, come_home, views, wander
from tests.tools.sampling import mostly_slow

STEPS = 60


@pytest.mark.parametrize("seed", mostly_slow(range(3)))
async def test_nothing_of_a_way_through_the_dashboard_stays(
    database: Database, tmp_path: Path, seed: int
) -> None:
    busy_day(database)
    usual_days(database, (90.0, 60.0, 30.0))
    async with dashboard(tmp_path) as running:
        steps = await wander(running, database, STEPS, random.Random(seed), KEYS)
        await come_home(running)
        seen, period = await views(running), running.app.period
        now_ns = running.clock.now_ns
    async with dashboard(tmp_path, now_ns=now_ns, period=period) as new:
        for view, expected in zip(seen, await views(new), strict=True):
            assert view == expected, steps


async def test_keys_that_change_a_form_end_nothing_either(
    database: Database, tmp_path: Path
) -> None:
    busy_day(database)
    async with dashboard(tmp_path) as running:
        await wander(running, database, STEPS, random.Random(7), (*KEYS, *CHANGE_FORM))
        assert running.app.is_running


@pytest.mark.parametrize("key", ["2", "e"])
async def test_the_bar_is_where_the_view_is_after_it_was_not_needed(
    database: Database, tmp_path: Path, key: str
) -> None:
    """In a high terminal all is in sight and stands at its top, without a bar."""
    busy_day(database)
    async with dashboard(tmp_path) as running:
        await running.press(key, *["pagedown"] * 3)
        await running.at_rest()
        await running.pilot.resize_terminal(80, 400)
        await running.at_rest()
        await running.pilot.resize_terminal(80, 24)
        await running.at_rest()
        bars = [
            (around.vertical_scrollbar.position, around.scroll_y)
            for around in running.app.screen.query(Widget)
            if around.display and around.show_vertical_scrollbar
        ]
    assert bars
    assert all(place == top for place, top in bars)

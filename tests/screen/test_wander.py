"""After any keys, clicks, pastes and sizes each view is what a new dashboard would show."""

import random
from pathlib import Path

import pytest

from ccotel_tui.store.database import Database
from tests.screen.running import dashboard
from tests.screen.scenes import busy_day, usual_days
from tests.screen.wander import CHANGE_FORM, KEYS, come_home, views, wander

STEPS = 60


@pytest.mark.parametrize("seed", range(3))
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

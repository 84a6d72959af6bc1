"""Charts under the keys: the other form, a cursor whose values are the panel's own."""

from pathlib import Path

import pytest

from ccotel_tui.query.window import MINUTE, SECOND
from ccotel_tui.store.database import Database
from tests.otlp import request
from tests.screen.running import NOW, dashboard
from tests.screen.scenes import busy_day


async def test_v_draws_the_other_form_and_back(database: Database, tmp_path: Path) -> None:
    busy_day(database)
    async with dashboard(tmp_path) as running:
        await running.press("2")
        lines = await running.until("opus-4-8")
        assert "a bar is" not in lines.splitlines()[1]
        bars = await running.press("v")
        assert "a bar is 30 min" in bars.splitlines()[1]
        assert await running.press("v") == lines


async def test_the_cursor_reads_what_was_spent_until_then(
    database: Database, tmp_path: Path
) -> None:
    """Two requests, 40 and 20 minutes ago: before both nothing, between them the first."""
    database.append([request(1.25, at=NOW - 40 * MINUTE), request(3.0, at=NOW - 20 * MINUTE)])
    async with dashboard(tmp_path) as running:
        await running.press("2", "right_square_bracket", "left_square_bracket")
        await running.press("left_square_bracket", "left_square_bracket")
        await running.until("1h")
        shown = await running.press("c")
        assert "$4.25" in shown.splitlines()[1]
        shown = await running.press(*["left"] * 30)
        assert "$1.25" in shown.splitlines()[1]
        shown = await running.press(*["left"] * 29)
        assert "nothing in this window" in shown.splitlines()[1]
        shown = await running.press("escape")
        assert "Cumulative Cost by Model" in shown.splitlines()[1]


async def test_a_panel_without_a_chart_has_no_cursor(database: Database, tmp_path: Path) -> None:
    busy_day(database)
    async with dashboard(tmp_path) as running:
        await running.press("3")
        before = await running.until("Tool Success Rate")
        assert await running.press("c", "v", "left") == before


@pytest.mark.parametrize("section", ["2", "3", "4", "5"])
async def test_a_panel_alone_and_back_leaves_the_section_as_it_was(
    database: Database, tmp_path: Path, section: str
) -> None:
    busy_day(database)
    async with dashboard(tmp_path, (40, 12)) as running:
        await running.press(section)
        before = await running.at_rest()
        await running.press("z")
        assert await running.at_rest() != before
        running.clock.now_ns += SECOND
        await running.press("r")
        await running.at_rest()
        await running.press("escape")
        await running.at_rest()
        running.clock.now_ns += SECOND
        await running.press("r")
        assert await running.at_rest() == before


async def test_plus_and_minus_are_a_shorter_and_a_longer_window(
    database: Database, tmp_path: Path
) -> None:
    busy_day(database)
    async with dashboard(tmp_path) as running:
        await running.press("plus")
        assert "6h" in (await running.at_rest()).splitlines()[0]
        await running.press("minus", "minus")
        assert "24h" in (await running.at_rest()).splitlines()[0]

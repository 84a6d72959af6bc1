"""All sessions; where they leave room, what the marked one is made of."""

from dataclasses import replace
from itertools import takewhile
from pathlib import Path

import pytest

from ccotel_tui.query.window import MINUTE
from ccotel_tui.store.database import Database
from tests.screen.tools.running import NOW, dashboard
from tests.screen.tools.scenes import BUSY, OTHER, prompt
from tests.tools.otlp import request


@pytest.fixture
def two(database: Database) -> Database:
    told = [
        (prompt(BUSY, NOW - 9 * MINUTE, 0, "fix the login test"), "p1"),
        (request(0.25, NOW - 8 * MINUTE, BUSY, 1), "p1"),
        (request(2.0, NOW - 7 * MINUTE, BUSY, 2), "p2"),
        (request(0.5, NOW - 6 * MINUTE, OTHER, 3), "p3"),
    ]
    database.append(
        [replace(one, attributes={**one.attributes, "prompt.id": id}) for one, id in told]
    )
    return database


def rows_under(page: str, title: str) -> list[str]:
    """The rows under that heading, and above them the columns' names where there are any."""
    _, _, below = page.partition(title)
    return list(takewhile(str.strip, below.splitlines()[1:]))


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_free_rows_show_what_the_marked_session_is_made_of(
    size: tuple[int, int], two: Database, tmp_path: Path
) -> None:
    async with dashboard(tmp_path, size) as running:
        await running.press("s")
        page = await running.until("91bc7d22  by prompt")
        columns, row = rows_under(page, "91bc7d22  by prompt")
        assert "cost▾" in columns
        assert row.startswith("p3")
        # Nothing is said of a key that no request has.
        assert "(none)" not in page
        await running.press("down")
        page = await running.until("3f2a0c11  by prompt")
        _, dearest, other = rows_under(page, "3f2a0c11  by prompt")
        assert dearest.startswith("p2")
        assert "fix the login" in other
        assert "91bc7d22  by" not in page
        assert len(rows_under(page, "3f2a0c11  by model")) == 1


async def test_sessions_that_fill_the_page_are_not_asked_what_they_are_made_of(
    two: Database, tmp_path: Path
) -> None:
    async with dashboard(tmp_path, (80, 24)) as running:
        await running.press("s")
        await running.until("by prompt")
        two.append([request(0.1, NOW - MINUTE, f"s{n:03}", n) for n in range(16)])
        await running.until("s015")
        assert "by prompt" not in await running.at_rest()
        assert running.app._main.view.wants_usage is None


@pytest.mark.parametrize("size", [(40, 12), (59, 24)])
async def test_a_narrow_page_has_the_sessions_alone(
    size: tuple[int, int], two: Database, tmp_path: Path
) -> None:
    async with dashboard(tmp_path, size) as running:
        await running.press("s")
        await running.until("91bc")
        assert "by prompt" not in await running.at_rest()

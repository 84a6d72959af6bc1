"""Today beside the usual day, the window before, and the budget, as the screen shows them."""

from pathlib import Path

import pytest

from ccotel_tui.query.period import Period
from ccotel_tui.query.usual.budget import Budgets
from ccotel_tui.query.window import DAY
from ccotel_tui.screen import strings
from ccotel_tui.screen.data.files.choices import Choices
from ccotel_tui.settings import Settings
from ccotel_tui.store.database import Database
from tests.screen.tools.running import dashboard
from tests.screen.tools.scenes import busy_day, usual_days

GOLDENS = Path(__file__).parents[1] / "goldens"
BUDGET = Settings(budget=Budgets({"day": 30.0, "month": 500.0}))
DAYS = [90.0, 60.0, 30.0, 45.0]
"""Dollars of the last days: 17.50 by this time is the median, and 35 the rest."""


@pytest.fixture
def four_days(database: Database) -> Database:
    busy_day(database)
    usual_days(database, DAYS)
    return database


@pytest.mark.usefixtures("four_days")
async def test_today_stands_beside_the_usual_day_and_the_budget(tmp_path: Path) -> None:
    async with dashboard(tmp_path, (80, 24), settings=BUDGET) as running:
        await running.until("+44%")
        rows = (await running.at_rest()).splitlines()
        assert "$25.12  +44%" in rows[2]
        assert "83% of $30: nearly spent, about $60 by midnight" in rows[4]
        assert any("usual by now $17.50  +44%" in row for row in rows)
        await running.press("2")
        await running.until("usual day     $17.50")
        assert "budget        $30.00" in await running.at_rest()


@pytest.mark.usefixtures("four_days")
async def test_a_narrow_pane_says_it_in_the_line_of_today(tmp_path: Path) -> None:
    async with dashboard(tmp_path, (40, 12), settings=BUDGET) as running:
        await running.until("+44%")
        rows = (await running.at_rest()).splitlines()
        assert rows[3].split() == ["$25.12", "today", "+44%", "83%", "of", "$30"]


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 40), (200, 60)])
@pytest.mark.usefixtures("four_days")
async def test_budget_and_tiles_stand_whole(tmp_path: Path, size: tuple[int, int]) -> None:
    async with dashboard(tmp_path, size, settings=BUDGET) as running:
        await running.until("+44%")
        top = (await running.at_rest()).splitlines()[1:6]
        assert "…" not in "".join(top)
        assert "83% of $30" in "".join(top)


async def test_on_the_first_days_nothing_is_compared(database: Database, tmp_path: Path) -> None:
    busy_day(database)
    usual_days(database, DAYS[:2])
    async with dashboard(tmp_path, (80, 24)) as running:
        screen = await running.at_rest()
        assert "usual" not in screen
        assert "%" not in screen.splitlines()[2]
        await running.press("i")
        assert "1 more day with use" in await running.until("usual day")


@pytest.mark.usefixtures("four_days")
async def test_another_window_stands_beside_the_one_before(
    database: Database, tmp_path: Path
) -> None:
    # Before yesterday there is a week in which something was recorded.
    async with dashboard(tmp_path, (80, 24), period=Period(since_ns=DAY)) as running:
        await running.until("-")
        await running.press("2")
        screen = await running.until("on the window before")
        assert "usual" not in screen


@pytest.mark.usefixtures("four_days")
async def test_a_session_has_no_budget_of_the_day(tmp_path: Path) -> None:
    """Of one session's cost nobody has set one."""
    async with dashboard(tmp_path, (80, 24), settings=BUDGET) as running:
        await running.until("83% of $30")
        await running.press("s")
        await running.at_rest()
        await running.press("enter")
        await running.at_rest()
        await running.press("2")
        # The last line still has the notice that was told of the day.
        assert "budget" not in "".join((await running.at_rest()).splitlines()[:-1])


@pytest.mark.usefixtures("four_days")
async def test_a_budget_is_told_once_also_by_the_next_dashboard(tmp_path: Path) -> None:
    path = tmp_path / "state" / "dashboard.json"
    notice = "budget 83% of $30: nearly spent"
    async with dashboard(tmp_path, (80, 24), settings=BUDGET, choices=Choices(path)) as running:
        await running.at_rest()
        assert notice in running.screen.splitlines()[-1]
    async with dashboard(tmp_path, (80, 24), settings=BUDGET, choices=Choices(path)) as running:
        await running.at_rest()
        assert notice not in running.screen.splitlines()[-1]


@pytest.mark.parametrize(
    ("size", "language"),
    [((40, 12), "en"), ((80, 24), "en"), ((120, 40), "en"), ((40, 12), "ko"), ((80, 24), "ko")],
)
@pytest.mark.usefixtures("four_days")
async def test_it_looks_as_it_did(
    tmp_path: Path,
    size: tuple[int, int],
    language: str,
    update_goldens: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(strings, "_table", strings._table)
    strings.use(language)
    async with dashboard(tmp_path, size, settings=BUDGET) as running:
        for key in "12":
            await running.press(key)
            await running.until("44%")
            shown = await running.at_rest()
            golden = GOLDENS / f"compared-{key}-{size[0]}x{size[1]}-{language}.txt"
            # A notice goes by itself.
            rows = shown.splitlines(keepends=True)[:-1]
            if update_goldens:
                golden.write_text("".join(rows))
            assert "".join(rows) == golden.read_text(), "make goldens, and read what changed"

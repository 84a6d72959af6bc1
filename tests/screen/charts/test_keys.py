"""Charts under the keys: the other form, a cursor whose values are the panel's own."""

from pathlib import Path

import pytest
from textual.color import Color
from textual.events import MouseScrollDown, MouseScrollUp

from ccotel_tui.query.window import DAY, MINUTE, SECOND
from ccotel_tui.screen import themes
from ccotel_tui.screen.charts.roles import ROLES
from ccotel_tui.store.database import Database
from tests.screen.tools.running import NOW, dashboard
from tests.screen.tools.scenes import busy_day
from tests.screen.tools.shown import COST_CHARTS, show
from tests.tools.otlp import event, request


async def test_v_draws_the_other_form_and_back(database: Database, tmp_path: Path) -> None:
    busy_day(database)
    async with dashboard(tmp_path) as running:
        await running.press("2")
        lines = await running.until("opus-4-8")
        assert "a bar is" not in lines.splitlines()[1]
        bars = await running.press("v")
        assert "a bar is 30 min" in bars.splitlines()[1]
        assert "Cumulative" in lines.splitlines()[1]
        assert "Cumulative" not in bars.splitlines()[1]
        assert await running.press("v") == lines


async def test_the_cursor_reads_what_was_spent_until_then(
    database: Database, tmp_path: Path
) -> None:
    """Two requests, 40 and 20 minutes ago: before both nothing, between them the first."""
    database.append([request(1.25, at=NOW - 40 * MINUTE), request(3.0, at=NOW - 20 * MINUTE)])
    # It is not the first day, whose charts begin with the first event.
    database.append([event("plugin_loaded", NOW - DAY)])
    async with dashboard(tmp_path) as running:
        await running.press("2", "right_square_bracket", "left_square_bracket")
        await running.press("left_square_bracket", "left_square_bracket")
        await running.until("1h")
        shown = await running.press("c")
        assert "$4.25" in shown.splitlines()[1]
        shown = await running.press(*["left"] * 30)
        assert "$1.25" in shown.splitlines()[1]
        shown = await running.press(*["left"] * 29)
        assert "nothing then" in shown.splitlines()[1]
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


async def test_plus_halves_the_time_of_all_charts_and_not_the_window(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy_day(database)
    show(monkeypatch, *COST_CHARTS)
    async with dashboard(tmp_path, (120, 40)) as running:
        await running.press("2")
        whole = await running.at_rest()
        assert "part:" not in whole
        part = await running.press("plus")
        assert part.splitlines()[0] == whole.splitlines()[0]
        assert part.count("part: ") == 3
        axes = [line for line in part.splitlines() if line.rstrip().endswith("now")]
        assert len(axes) == 3
        assert len({line.strip() for line in axes}) == 1
        values = [line.split("─")[0].split("part")[0].split() for line in whole.splitlines()]
        assert values[2][:6] == part.splitlines()[2].split("part")[0].split()[:6]
        further = await running.press("plus")
        assert further != part
        assert await running.press("minus") == part
        assert await running.press("minus") == whole
        await running.press("plus", "plus")
        assert await running.press("escape") == whole


async def test_a_narrow_chart_says_in_a_word_that_it_is_a_part(
    database: Database, tmp_path: Path
) -> None:
    busy_day(database)
    async with dashboard(tmp_path, (40, 12)) as running:
        await running.press("2")
        assert " part " not in await running.at_rest()
        assert "est.  part ─" in await running.press("plus")


async def test_plus_keeps_the_cursor_in_the_part_and_arrows_move_it(
    database: Database, tmp_path: Path
) -> None:
    busy_day(database)
    async with dashboard(tmp_path) as running:
        await running.press("2", "c", *["left"] * 20)
        await running.at_rest()
        time = (await running.press("plus", "plus", "plus")).splitlines()[1].split()[0]
        before = running.screen.splitlines()
        assert not any(line.endswith("now") for line in before)
        moved = (await running.press(*["left"] * 4)).splitlines()
        assert moved[1].split()[0] < time
        assert moved[2:] != before[2:]
        await running.press("n")
        assert "part: " not in await running.at_rest()


async def test_the_wheel_on_a_chart_halves_its_time_where_nothing_scrolls(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy_day(database)
    show(monkeypatch, *COST_CHARTS)
    async with dashboard(tmp_path, (120, 40)) as running:
        await running.press("2")
        whole = await running.at_rest()
        canvas = running.app.screen.query_one(".cost_by_model ChartCanvas")
        await running.pilot._post_mouse_events([MouseScrollUp], canvas, (40, 3))
        await running.pilot.pause()
        assert running.screen.count("part: ") == 3
        await running.pilot._post_mouse_events([MouseScrollDown], canvas, (40, 3))
        await running.pilot.pause()
        assert running.screen == whole


async def test_a_click_on_a_name_hides_its_series_and_shows_it_again(
    database: Database, tmp_path: Path
) -> None:
    busy_day(database)
    async with dashboard(tmp_path, (120, 40)) as running:
        await running.press("2")
        whole = await running.at_rest()
        for panel, name in (("cost_by_model", "opus-4-8"), ("tokens_by_type", "cache read")):
            canvas = running.app.screen.query_one(f".{panel} ChartCanvas")
            rows = running.screen.splitlines()[canvas.region.y : canvas.region.bottom]
            place = next((row.index(name), y) for y, row in enumerate(rows) if name in row)
            await running.pilot.click(canvas, offset=place)
            assert f"□ {name}" in await running.at_rest()
        await running.press("escape")
        running.app.screen.set_focus(None)
        assert await running.at_rest() == whole


async def test_a_click_on_the_legend_below_hides_its_series(
    database: Database, tmp_path: Path
) -> None:
    busy_day(database)
    async with dashboard(tmp_path, (40, 12)) as running:
        await running.press("2")
        whole = await running.at_rest()
        y = next(y for y, line in enumerate(whole.splitlines()) if "█ total" in line)
        await running.pilot.click(offset=(3, y))
        assert "□ total" in await running.at_rest()
        await running.pilot.click(offset=(3, y))
        running.app.screen.set_focus(None)
        assert await running.at_rest() == whole


async def test_the_legend_below_has_the_colours_of_its_lines(
    database: Database, tmp_path: Path
) -> None:
    busy_day(database)
    async with dashboard(tmp_path, (40, 12)) as running:
        screen = await running.press("5")
        y, line = next((y, text) for y, text in enumerate(screen.splitlines()) if "█ added" in text)
        for mark, role in (("█ added", "ok"), ("█ removed", "bad")):
            colour = running.app.screen.get_style_at(line.index(mark), y).color
            expected = running.app.theme_variables[ROLES[role].removeprefix("$")]
            assert colour is not None
            assert Color.from_rich_color(colour) == Color.parse(expected)


async def test_in_a_chart_alone_the_arrows_mark_a_series_and_enter_hides_it(
    database: Database, tmp_path: Path
) -> None:
    busy_day(database)
    async with dashboard(tmp_path, (80, 24)) as running:
        await running.press("2", "z")
        assert "Enter hides it" in await running.at_rest()
        assert "▸opus-4-8" in await running.press("down", "down")
        assert "▸□ opus-4-8" in await running.press("enter")
        assert "▸opus-4-8" in await running.press("enter")


async def test_without_colours_each_series_has_a_sign(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    busy_day(database)
    async with dashboard(tmp_path, (120, 40)) as running:
        await running.press("2")
        shown = await running.at_rest()
        signs = {
            line.split(" opus-4-8 ")[0][-1] for line in shown.splitlines() if " opus-4-8 " in line
        }
        assert len(signs) == 1
        assert shown.count(signs.pop()) > 20
        assert "# cache read" in shown
        assert "█" not in shown


@pytest.mark.parametrize(
    ("term", "colourless"),
    [("dumb", True), ("vt100", True), ("ansi-m", True), ("xterm-256color", False), ("ansi", False)],
)
def test_a_terminal_without_colours_is_known_by_its_name(term: str, colourless: bool) -> None:
    assert themes.is_colourless({"TERM": term}) is colourless
    assert themes.is_colourless({"TERM": term, "NO_COLOR": "1"})


@pytest.mark.parametrize(
    ("section", "size"), [("1", (120, 40)), ("2", (80, 24)), ("3", (80, 24)), ("4", (160, 50))]
)
async def test_a_panel_alone_fills_the_pane_above_its_last_line(
    database: Database, tmp_path: Path, section: str, size: tuple[int, int]
) -> None:
    busy_day(database)
    async with dashboard(tmp_path, size) as running:
        await running.press(section)
        await running.at_rest()
        await running.press("z")
        await running.at_rest()
        alone = running.app.screen.maximized
        assert alone is not None
        width, height = size
        assert alone.region.size == (width, height - 1)
        assert "help" in running.screen.splitlines()[-1]


async def test_the_overview_alone_is_its_first_chart(database: Database, tmp_path: Path) -> None:
    busy_day(database)
    async with dashboard(tmp_path, (120, 40)) as running:
        await running.press("z")
        lines = (await running.at_rest()).splitlines()
        assert "Cost by Model" in lines[0]
        assert lines[-2].rstrip().endswith("now")


async def test_a_pane_that_shows_numbers_alone_has_nothing_to_show_alone(
    database: Database, tmp_path: Path
) -> None:
    busy_day(database)
    async with dashboard(tmp_path, (40, 12)) as running:
        before = await running.at_rest()
        assert "nothing to show alone" in await running.press("z")
        assert running.screen.splitlines()[:-1] == before.splitlines()[:-1]

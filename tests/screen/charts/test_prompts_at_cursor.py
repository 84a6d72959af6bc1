"""From a point of a chart, or of a session's curve, to the prompts of that time."""

from dataclasses import replace
from pathlib import Path

import pytest
from textual.events import Click

from ccotel_tui.query.window import MINUTE, SECOND
from ccotel_tui.screen import strings
from ccotel_tui.screen.widgets.chart_canvas import ChartCanvas
from ccotel_tui.store.database import Database
from ccotel_tui.telemetry.records import Event
from tests.screen.tools.running import NOW, Running, dashboard
from tests.tools.otlp import event, request

TYPED = {"first words": 50, "second words": 30, "third words": 10}
"""Minutes ago."""

COSTS = {"first words": 0.5, "second words": 2.0, "third words": 0.25}


def of_prompt(record: Event, text: str) -> Event:
    return replace(record, attributes={**record.attributes, "prompt.id": text.split()[0]})


@pytest.fixture
def typed(database: Database) -> Database:
    for number, (text, ago) in enumerate(TYPED.items()):
        at = NOW - ago * MINUTE
        prompt = event("user_prompt", at, prompt=text, prompt_length=len(text))
        spent = request(COSTS[text], at + 5 * SECOND, sequence=number)
        database.append([of_prompt(prompt, text), of_prompt(spent, text)])
    return database


@pytest.mark.usefixtures("typed")
async def test_w_leads_from_the_cursor_to_the_prompts_of_that_bucket(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as running:
        await running.press("left_square_bracket", "left_square_bracket", "2")
        await running.until("$2.75")
        await running.press("c", *["left"] * 29, "w")
        await running.until(strings.DEAR_BY.format(key="prompt"))
        page = await running.until("second words")
        assert "third words" not in page
        [total] = [row for row in page.splitlines() if "total of 1" in row]
        assert "$2.00" in total
        await running.press("enter")
        assert "$2.00" in await running.until(strings.REQUEST)
        await running.press("escape", "escape")
        await running.until("$2.75")


@pytest.mark.usefixtures("typed")
async def test_the_cursor_is_there_on_the_way_back_and_gone_after_another_section(
    tmp_path: Path,
) -> None:
    async with dashboard(tmp_path) as running:
        await running.press("left_square_bracket", "left_square_bracket", "2")
        await running.until("$2.75")
        await running.press("c", *["left"] * 29)
        at_cursor = await running.at_rest()
        await running.press("w")
        await running.until("second words")
        await running.press("escape")
        assert await running.at_rest() == at_cursor
        await running.press("w")
        await running.until("second words")
        await running.press("3", "2")
        without = await running.at_rest()
        await running.press("escape")
        assert await running.at_rest() == without != at_cursor


async def open_session(running: Running) -> str:
    await running.press("s")
    await running.until("$2.75")
    await running.press("enter")
    return await running.until("third words")


@pytest.mark.usefixtures("typed")
async def test_the_cursor_of_a_session_goes_from_prompt_to_prompt(tmp_path: Path) -> None:
    async with dashboard(tmp_path, (80, 40)) as running:
        before = await open_session(running)
        page = await running.press("c")
        assert "14:00  opus-4-8 $2.50" in page
        page = await running.press("left")
        assert "13:40  opus-4-8 $0.50" in page
        page = await running.press("left", "left", "left")
        assert "13:20  opus-4-8 $0.00" in page
        await running.press("right", "enter")
        page = await running.until(strings.REQUEST)
        assert "second words" in page
        await running.press("escape")
        assert "13:40  opus-4-8 $0.50" in await running.at_rest()
        await running.press("escape")
        assert await running.at_rest() == before


@pytest.mark.usefixtures("typed")
async def test_a_click_on_the_curve_marks_the_prompt_of_that_time(tmp_path: Path) -> None:
    async with dashboard(tmp_path, (80, 40)) as running:
        await open_session(running)
        canvas = running.app._main.view.query_one(ChartCanvas)
        middle = canvas._drawing.gutter + canvas._drawing.columns * 2 // 3
        click = Click(canvas, middle, 3, 0, 0, 1, False, False, False)
        canvas.on_click(click)
        assert "13:40  opus-4-8 $0.50" in await running.at_rest()
        await running.press("enter")
        assert "second words" in await running.until(strings.REQUEST)


@pytest.mark.usefixtures("typed")
async def test_a_session_without_room_for_its_curve_has_no_cursor(tmp_path: Path) -> None:
    async with dashboard(tmp_path, (40, 12)) as running:
        before = await open_session(running)
        assert await running.press("c", "left") == before

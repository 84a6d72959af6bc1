"""Which model's requests got slower: each p95 beside that of the window before."""

from pathlib import Path

import pytest

from ccotel_tui.query.window import HOUR
from ccotel_tui.screen import strings
from ccotel_tui.settings import Settings
from ccotel_tui.store.database import Database
from ccotel_tui.telemetry.records import Event
from tests.screen.tools.running import NOW, dashboard
from tests.tools.otlp import event

OPUS, HAIKU, NEW = "claude-opus-5-5", "claude-haiku-4-5", "claude-sonnet-5"


def answered(hours: float, model: str, took_ms: int) -> Event:
    at = NOW - int(hours * HOUR)
    return event("api_request", at, "s1", model=model, cost_usd=0.5, duration_ms=took_ms)


SLOWER = (
    *(answered(8, OPUS, 1000), answered(7, HAIKU, 800)),
    *(answered(2, OPUS, 1700), answered(3, HAIKU, 600), answered(1, NEW, 500)),
)
"""In the last 6 hours one model was slower than in the 6 before, one faster, one is new."""


@pytest.mark.parametrize("size", [(40, 24), (80, 24), (120, 40)])
async def test_each_model_has_its_change_in_two_keys(
    database: Database, tmp_path: Path, size: tuple[int, int]
) -> None:
    database.append(SLOWER)
    async with dashboard(tmp_path, size) as running:
        await running.press("4", "left_square_bracket")
        page = await running.until("+70%")
    title = strings.COLUMNS["change"]
    rows = page[page.index(title) :].splitlines()
    changes = {
        line.replace("━━ ", "").split()[0]: word
        for line in rows
        for word in line.split()
        if word in ("+70%", "-25%", "–")
    }
    assert {"opus-5-5": "+70%", "haiku-4-5": "-25%", "sonnet-5": "–"}.items() <= changes.items()
    assert (strings.CHANGE_IS in page) == (size[0] == 120)
    named = [line for line in page.splitlines() if "opus-5-5" in line]
    # The chart's legend tells no other number than the table.
    assert len(named) == (1 if size[0] == 40 else 2)
    assert all("1.7s" in line.replace(" s", "s") for line in named)


@pytest.mark.parametrize(
    ("size", "is_named"), [((80, 24), False), ((120, 40), True), ((200, 60), True)]
)
async def test_the_chart_below_the_ranges_says_what_it_draws(
    database: Database, tmp_path: Path, size: tuple[int, int], is_named: bool
) -> None:
    """Where there is a row for it: dashes right below a table are read as its last lines."""
    database.append(SLOWER)
    async with dashboard(tmp_path, size) as running:
        page = await running.press("4")
        assert ("p95 over time  a dash is 15 min ──" in page) == is_named
        page = await running.press("v")
        assert ("p95 over time ──" in page) == is_named


async def test_its_numbers_have_it_too_and_i_says_what_it_is(
    database: Database, tmp_path: Path
) -> None:
    database.append(SLOWER)
    async with dashboard(tmp_path, (80, 24)) as running:
        await running.press("4", "left_square_bracket")
        await running.until("+70%")
        await running.press("enter")
        page = await running.until("p99  change")
        assert "+70%" in page
        await running.press("escape", "i")
        assert strings.CHANGE_IS in await running.at_rest()


async def test_by_another_key_and_after_no_such_time_nothing_is_compared(
    database: Database, tmp_path: Path
) -> None:
    database.append(SLOWER)
    async with dashboard(tmp_path, (120, 40)) as running:
        await running.press("4")
        await running.until("1.7 s")
        assert strings.COLUMNS["change"] not in await running.at_rest()
        await running.press("left_square_bracket")
        await running.until("+70%")
        await running.press("b")
        await running.until("by source")
        page = await running.at_rest()
    assert strings.COLUMNS["change"] not in page


@pytest.mark.parametrize(
    ("key", "panel", "columns"),
    [
        ("3", "tool_success", {"tool_duration"}),
        ("4", "api_duration", {"first_token", "duration_before"}),
    ],
)
async def test_nothing_is_asked_for_the_columns_of_a_panel_that_is_hidden(
    database: Database, tmp_path: Path, key: str, panel: str, columns: set[str]
) -> None:
    for hidden in ((), (panel,)):
        settings = Settings(hidden_panels=hidden)
        async with dashboard(tmp_path, (120, 40), settings=settings) as running:
            await running.press(key)
            await running.at_rest()
            panels = {each.id for each in running.app._question().panels}
        assert panels & {panel, *columns} == (set() if hidden else {panel, *columns})

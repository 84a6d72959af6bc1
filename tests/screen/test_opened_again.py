"""A page that is opened again is shown as it was: nothing of it is made anew."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ccotel_tui.screen.format.events.lines import EventTable
from ccotel_tui.screen.views.section import View
from ccotel_tui.screen.widgets import chart_canvas
from ccotel_tui.screen.widgets.text_lines import Lines
from ccotel_tui.store.database import Database
from tests.screen.running import dashboard
from tests.screen.scenes import busy_day

PARTS = (
    (chart_canvas, "draw_chart"),
    (EventTable, "line"),
    (Lines, "update"),
    (View, "fit_panels"),
)


def counted(function: Callable[..., object], made: list[str]) -> Callable[..., object]:
    """The function, which says each time that it is called."""

    def counting(*given: object, **named: object) -> object:
        made.append(function.__name__)
        return function(*given, **named)

    return counting


async def test_a_page_that_is_opened_again_is_made_of_what_it_was(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy_day(database)
    made: list[str] = []
    for owner, name in PARTS:
        monkeypatch.setattr(owner, name, counted(getattr(owner, name), made))
    async with dashboard(tmp_path, (120, 40)) as running:
        for key in ("2", "6", "1"):
            await running.press(key)
            await running.at_rest()
        assert {"draw_chart", "line", "update"} <= set(made)
        made.clear()
        for key in ("2", "6", "1"):
            await running.press(key)
            await running.at_rest()
    assert made == []

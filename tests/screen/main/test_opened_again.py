"""A page that is opened again is shown as it was: nothing of it is made anew."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual.geometry import Size
from textual.widget import Widget

from ccotel_tui.panels.catalogue import SECTIONS
from ccotel_tui.screen.app import Dashboard
from ccotel_tui.screen.data.refresher import Refresher
from ccotel_tui.screen.format.events.lines import EventTable
from ccotel_tui.screen.main.main_screen import MainScreen
from ccotel_tui.screen.views.sections.view import View
from ccotel_tui.screen.widgets import chart_canvas
from ccotel_tui.screen.widgets.panel_view import PanelView
from ccotel_tui.screen.widgets.text_lines import Lines
from ccotel_tui.store.database import Database
from tests.screen.tools.running import dashboard
from tests.screen.tools.scenes import busy_day

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


async def test_sections_are_made_before_they_are_opened(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy_day(database)
    monkeypatch.setattr(Dashboard, "makes_ahead", True)
    async with dashboard(tmp_path, (120, 40)) as running:
        await running.press("3", "4")
        await running.app.workers.wait_for_complete()
        made: list[str] = []
        monkeypatch.setattr(Widget, "mount", counted(Widget.mount, made))
        for name in SECTIONS:
            await running.app._main.action_section(name)
            await running.at_rest()
    assert made == []


@pytest.mark.parametrize("name", SECTIONS[1:])
async def test_the_first_frame_of_a_page_has_its_headings(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Also of a page that has no answer yet, and was never laid out."""
    busy_day(database)
    frames: list[str] = []
    display = Dashboard._display

    def displaying(app: Dashboard, *given: Any) -> None:
        display(app, *given)
        if app._main.view.size:
            frames.append(running.screen)

    async with dashboard(tmp_path, (120, 40)) as running:
        await running.at_rest()
        monkeypatch.setattr(Dashboard, "_display", displaying)
        await running.app._main.action_section(name)
        frames.clear()
        await running.at_rest()
        view = running.app._main.view
        titles = [panel.title for panel in view.query(PanelView) if view._in_sight(panel)]
    assert titles
    assert [title for title in titles if title not in frames[0]] == []


async def test_a_page_is_asked_for_once_it_is_seen(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy_day(database)
    asked_at: list[Size] = []
    async with dashboard(tmp_path, (120, 40)) as running:
        await running.at_rest()
        ask = Refresher.ask

        def asking(refresher: Refresher, only_news: bool = False) -> None:
            asked_at.append(running.app._main.view.size)
            ask(refresher, only_news)

        monkeypatch.setattr(Refresher, "ask", asking)
        await running.press("3")
        await running.at_rest()
    assert asked_at
    assert Size(0, 0) not in asked_at


async def test_a_page_fits_after_a_resize_that_told_it_nothing(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Textual tells no sizes where somebody asks for a region before the layout."""
    take_focus = MainScreen._take_focus

    def measuring(screen: MainScreen) -> None:
        screen._compositor._full_map_invalidated = True
        assert screen._compositor.full_map
        take_focus(screen)

    busy_day(database)
    shown = []
    for ways in (("3", "1"), ()):
        async with dashboard(tmp_path, (160, 40)) as running:
            for key in ways:
                await running.press(key)
                await running.at_rest()
            await running.pilot.resize_terminal(80, 24)
            await running.at_rest()
            with monkeypatch.context() as patch:
                if ways:
                    patch.setattr(MainScreen, "_take_focus", measuring)
                await running.press("3")
            shown.append(await running.at_rest())
    assert shown[0] == shown[1]

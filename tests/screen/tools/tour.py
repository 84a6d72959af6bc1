"""Every view and every page that keys open above it, screen by screen, as a reader meets them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from textual.widget import Widget
from textual.widgets import OptionList

from ccotel_tui.claude.session_registry import SessionRegistry
from ccotel_tui.panels.catalogue import SECTIONS
from ccotel_tui.screen import strings
from ccotel_tui.screen.main import registry as views
from ccotel_tui.screen.messages import SessionChosen
from ccotel_tui.screen.widgets.overview.summary import Summary
from ccotel_tui.screen.widgets.panel_view import PanelView
from tests.screen.tools.fake_stack import FakeStack
from tests.screen.tools.registry import register
from tests.screen.tools.running import Running, dashboard
from tests.screen.tools.scenes import BUSY, OTHER

VIEWS = tuple(dict.fromkeys((*SECTIONS, *views._OWN)))
"""All that the registry can make: a new view is walked too."""

_PAGES = 2
"""A page that is longer is not read to its end."""


@asynccontextmanager
async def visited(tmp_path: Path, size: tuple[int, int]) -> AsyncIterator[Running]:
    """A dashboard with a busy session, one that waits, and a stack of which a service is dead."""
    folder = tmp_path / "sessions"
    register(folder, 1, BUSY, "busy", name="")
    register(folder, 2, OTHER, "waiting", waitingFor="permission prompt")
    stack = FakeStack()
    stack.see_running()
    stack.see_dead("loki", "write wal: no space left on device")
    registry = SessionRegistry(folder, lambda _: "7")
    async with dashboard(tmp_path, size, registry, stack) as running:
        running.app.animation_level = "none"
        yield running


async def tour(running: Running) -> AsyncIterator[str]:
    """Yield where the reader is, at each screen that differs from the one before."""
    for name in VIEWS:
        await open_view(running, name)
        async for where in _read(running, name):
            yield where
        for number in range(len(_panels(running))):
            async for where in _around(running, f"{name}, panel {number}", number):
                yield where
        if running.app._main.view.query(OptionList) and name not in SECTIONS:
            async for where in _page(running, f"{name}, its row", "enter"):
                yield where
        if name == "session":
            await running.press("escape")
    async for where in _page(running, "help", "question_mark"):
        yield where


async def open_view(running: Running, name: str) -> None:
    """Open the view as its key does; of a session's page the busy session.

    The team's has no tab: nobody tells a user, and the one row is `(none)`.
    """
    if name == "session":
        running.app.post_message(SessionChosen(BUSY))
        await running.pilot.pause()
    elif name == views.TEAM:
        await running.app._main.reopen(name)
    else:
        await running.app._main.action_section(name)
    await running.at_rest()
    if name == "stack":
        await running.until(strings.HEALTH["ready"])


def _panels(running: Running) -> list[Widget]:
    view = running.app._main.view
    panels = [*view.query(Summary), *view.query(PanelView)]
    return [panel for panel in panels if panel.is_on_screen or panel.region.area]


async def _around(running: Running, where: str, number: int) -> AsyncIterator[str]:
    """Yield the panel with the focus, alone, and its pages."""
    panel = _panels(running)[number]
    running.app.screen.set_focus(panel)
    await running.at_rest()
    yield f"{where}, focused"
    if isinstance(panel, Summary):
        # With the focus Enter leads from it to other views.
        running.app.screen.set_focus(None)
    for key in ("enter", "i")[: 1 + (number == 0)]:
        async for place in _page(running, f"{where}, {key}", key):
            yield place
    await running.press("z")
    await running.at_rest()
    yield f"{where}, alone"
    await running.press("z")
    await running.at_rest()
    running.app.screen.set_focus(None)


async def _page(running: Running, where: str, key: str) -> AsyncIterator[str]:
    """Yield the page that the key opens, where it opens one."""
    below = running.app.screen
    await running.press(key)
    if running.app.screen is not below:
        async for place in _read(running, where):
            yield place
        await running.press("escape")
    await running.at_rest()


async def _read(running: Running, where: str) -> AsyncIterator[str]:
    """Yield the top, and each next page of what scrolls."""
    former = ""
    for page in range(_PAGES):
        shown = await running.at_rest()
        if shown == former:
            break
        yield f"{where}, page {page}"
        former = shown
        await running.press("pagedown")
    await running.press("home")

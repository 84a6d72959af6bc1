"""Every section, of stores and of servers whose numbers no sum can hold, and in hardly any room."""

import re
from collections.abc import Iterator
from math import inf, nan
from pathlib import Path

import pytest

from ccotel_tui.query.window import MINUTE
from ccotel_tui.screen.format import panel_info
from ccotel_tui.screen.widgets.panel_view import PanelView
from tests.query.stub import Stub
from tests.screen.tools.running import NOW, Running, dashboard
from tests.tools.beyond import answering, keep, send
from tests.tools.sampling import mostly_slow

SECTIONS = ("1", "2", "3", "4", "5", "6", "s", "enter", "escape", "e", "equals_sign")
UNBOUNDED = re.compile(r"\b(nan|inf|infinity)\b", re.IGNORECASE)


async def look_at_all(running: Running) -> None:
    """Go through all views and what is told of each panel, and see that keys are heard."""
    for key in SECTIONS:
        await running.pilot.press(key)
        for text in (await running.at_rest(), *pages(running)):
            assert not UNBOUNDED.search(text), text
    assert "meaning" in await running.press("1", "tab", "tab", "i")
    await running.pilot.press("escape")
    assert "Keys" in await running.press("question_mark")
    await running.press("escape")


def pages(running: Running) -> Iterator[str]:
    """Yield what `i` and Enter tell of each panel of the view."""
    view = running.app._main.view
    for panel in view.query(PanelView):
        assert view.snapshot is not None
        yield panel_info.explanation(panel.answers, view.snapshot.window, "").plain
        yield panel_info.panel_numbers(
            panel.answers, view.snapshot.answers, view.snapshot.window, 100
        ).plain


@pytest.mark.parametrize("number", mostly_slow([nan, -5, 1e-320]))
async def test_every_section_of_what_a_recorder_takes(tmp_path: Path, number: float) -> None:
    send(tmp_path / "telemetry.db", number, NOW - 40 * MINUTE)
    async with dashboard(tmp_path, (120, 40)) as running:
        await look_at_all(running)


@pytest.mark.parametrize("number", mostly_slow([1e308, inf, 1e23]))
async def test_every_section_of_what_an_earlier_version_kept(tmp_path: Path, number: float) -> None:
    keep(tmp_path / "telemetry.db", number, NOW - 40 * MINUTE)
    async with dashboard(tmp_path, (120, 40)) as running:
        await look_at_all(running)
        if number > 1e300:
            await running.press("2", "tab", "z")
            await running.until("not available: A record holds no real number")


@pytest.mark.parametrize("number", mostly_slow(["NaN", "+Inf", "-5"]))
async def test_every_section_of_servers(tmp_path: Path, number: str) -> None:
    with Stub() as stub:
        stub.behave = answering(number, NOW)
        async with dashboard(tmp_path, (120, 40), backend=stub.backend()) as running:
            await look_at_all(running)


@pytest.mark.parametrize("size", mostly_slow([(40, 1), (40, 4), (1, 24)]))
async def test_every_section_in_hardly_any_room(tmp_path: Path, size: tuple[int, int]) -> None:
    send(tmp_path / "telemetry.db", 1, NOW - 40 * MINUTE)
    async with dashboard(tmp_path, size) as running:
        for key in ("2", "6", "s", "e", "equals_sign", "1"):
            await running.press(key, "tab", "pageup", "pagedown", "end")
        await running.pilot.resize_terminal(120, 40)
        await running.until("Tokens")

"""The README's pictures are what the dashboard draws, of a made-up day under a fixed clock."""

import xml.etree.ElementTree as ET
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from ccotel_tui.claude.session_registry import SessionRegistry
from ccotel_tui.store.database import Database
from tests.screen.tools.moving import moving
from tests.screen.tools.registry import register
from tests.screen.tools.running import Running, dashboard
from tests.screen.tools.scenes import BUSY, OTHER, busy_day

PICTURES = Path(__file__).parents[3] / "docs" / "pictures"
VIEWS = {
    "overview-40x12": ((40, 12), "1", "529"),
    "overview-120x40": ((120, 40), "1", "529"),
    "cost-120x40": ((120, 40), "2", "opus-4-8"),
    "performance-120x40": ((120, 40), "4", "p99"),
}


TOUR = {
    "1": "529",
    "2": "opus-4-8",
    "3": "Bash",
    "s": "web-shop",
    "d": "opus-4-8",
    "e": "Bash",
}
"""The keys of the moving picture, and what is waited for after each."""


@asynccontextmanager
async def busy(database: Database, folder: Path, size: tuple[int, int]) -> AsyncIterator[Running]:
    """The dashboard on a day with two sessions that run."""
    busy_day(database)
    sessions = folder / "sessions"
    register(sessions, 1, BUSY, "busy", name="")
    register(sessions, 2, OTHER, "waiting", waitingFor="permission prompt")
    async with dashboard(folder, size, SessionRegistry(sessions, lambda _: "7")) as running:
        yield running


async def drawn_after(running: Running, key: str, text: str, title: str) -> str:
    """The picture of what the key leads to."""
    await running.press(key)
    await running.until(text)
    await running.at_rest()
    return running.app.export_screenshot(title=title, simplify=True)


def compare(name: str, drawn: str, update: bool) -> None:
    picture = PICTURES / f"{name}.svg"
    if update:
        picture.write_text(drawn, encoding="utf-8")
    assert drawn == picture.read_text(encoding="utf-8"), "make goldens, and look at what changed"


@pytest.mark.parametrize("name", VIEWS)
async def test_the_pictures_are_what_is_drawn(
    database: Database, tmp_path: Path, name: str, update_goldens: bool
) -> None:
    size, key, text = VIEWS[name]
    async with busy(database, tmp_path, size) as running:
        drawn = await drawn_after(running, key, text, "ccotel-tui")
    compare(name, drawn, update_goldens)


async def test_the_moving_picture_is_what_keys_lead_to(
    database: Database, tmp_path: Path, update_goldens: bool
) -> None:
    async with busy(database, tmp_path, (80, 24)) as running:
        frames = [
            await drawn_after(running, key, text, f"ccotel-tui: {key}")
            for key, text in TOUR.items()
        ]
    drawn = moving(frames)
    shown = [each for each in ET.fromstring(drawn) if each.get("class") == "frame"]
    assert len(shown) == len(TOUR)
    compare("tour-80x24", drawn, update_goldens)

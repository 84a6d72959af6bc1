"""The README's pictures are what the dashboard draws, of a made-up day under a fixed clock."""

from pathlib import Path

import pytest

from ccotel_tui.claude.session_registry import SessionRegistry
from ccotel_tui.store.database import Database
from tests.screen.registry import register
from tests.screen.running import dashboard
from tests.screen.scenes import BUSY, OTHER, busy_day

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
VIEWS = {
    "overview-40x12": ((40, 12), "1", "529"),
    "overview-120x40": ((120, 40), "1", "529"),
    "cost-120x40": ((120, 40), "2", "opus-4-8"),
    "performance-120x40": ((120, 40), "4", "p99"),
}


@pytest.mark.parametrize("name", VIEWS)
async def test_the_pictures_are_what_is_drawn(
    database: Database, tmp_path: Path, name: str, update_goldens: bool
) -> None:
    busy_day(database)
    folder = tmp_path / "sessions"
    register(folder, 1, BUSY, "busy", name="")
    register(folder, 2, OTHER, "waiting", waitingFor="permission prompt")
    size, key, text = VIEWS[name]
    async with dashboard(tmp_path, size, SessionRegistry(folder, lambda _: "7")) as running:
        await running.press(key)
        await running.until(text)
        await running.at_rest()
        drawn = running.app.export_screenshot(title="ccotel-tui", simplify=True)
    picture = PICTURES / f"{name}.svg"
    if update_goldens:
        picture.write_text(drawn, encoding="utf-8")
    assert drawn == picture.read_text(encoding="utf-8"), "make goldens, and look at what changed"

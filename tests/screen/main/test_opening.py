"""The first frame: two bars, before what the dashboard is made of is imported."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ccotel_tui.screen.app import Dashboard
from ccotel_tui.store.database import Database
from tests.screen.tools.running import dashboard
from tests.screen.tools.scenes import busy_day

LATER = (
    "ccotel_tui.panels.result",
    "ccotel_tui.query.rules.facts",
    "ccotel_tui.screen.charts.",
    "ccotel_tui.screen.data.snapshot",
    "ccotel_tui.screen.main.main_screen",
    "ccotel_tui.screen.palette",
    "ccotel_tui.screen.views.",
    "ccotel_tui.screen.widgets.lists.",
)
"""What the two bars do not need."""


def test_the_first_frame_waits_for_no_view() -> None:
    code = "import sys, ccotel_tui.cli.dashboard; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    imported = done.stdout.split()
    assert "ccotel_tui.screen.main.bars" in imported
    assert [name for name in imported if name.startswith(LATER)] == []


async def test_what_is_typed_before_the_dashboard_is_there_is_done_then(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy_day(database)
    calls = Dashboard.call_after_refresh

    def typed_first(app: Dashboard, callback: Callable[[], object]) -> bool:
        for key in ("s", "escape"):
            app.simulate_key(key)
        return calls(app, callback)

    monkeypatch.setattr(Dashboard, "call_after_refresh", typed_first)
    async with dashboard(tmp_path) as running:
        await running.at_rest()
        assert running.app._main.open_view == "sessions"

"""A session that runs on this machine and is not heard is a row, with why and the key for it."""

import os
from pathlib import Path

import pytest
from rich.cells import cell_len

from ccotel_tui.claude import destination
from ccotel_tui.claude.destination import Unheard
from ccotel_tui.claude.session_registry import SessionRegistry
from ccotel_tui.query.window import MILLISECOND, MINUTE, SECOND
from ccotel_tui.screen import strings
from ccotel_tui.screen.format.sessions.unheard import unheard_line
from ccotel_tui.screen.views.first_day import FirstDay
from ccotel_tui.store.database import Database
from tests.screen.tools.registry import register
from tests.screen.tools.running import NOW, dashboard
from tests.tools.otlp import event, request

HEARD, SILENT = "3f2a1111-0000", "b" * 36
MINUTES_AGO = (NOW - 3 * MINUTE) // MILLISECOND


@pytest.fixture
def registry(
    tmp_path: Path, database: Database, monkeypatch: pytest.MonkeyPatch
) -> SessionRegistry:
    """One session that is heard, and one whose telemetry is off."""
    monkeypatch.setattr(destination, "process_origins", lambda _: [])
    folder = tmp_path / "sessions"
    register(folder, os.getpid(), HEARD, "busy", name="web-shop")
    register(folder, os.getppid(), SILENT, "idle", name="in\x1bfra", startedAt=MINUTES_AGO)
    database.append([request(1.25, NOW - SECOND, HEARD)])
    return SessionRegistry(folder, lambda _: "7")


@pytest.mark.parametrize("size", [(40, 12), (80, 24), (120, 40)])
async def test_it_is_a_row_of_the_sessions(
    registry: SessionRegistry, tmp_path: Path, size: tuple[int, int]
) -> None:
    async with dashboard(tmp_path, size, registry=registry) as running:
        await running.press("s")
        await running.until("x in fra")
        [row] = [line for line in running.screen.splitlines() if line.startswith("x in fra")]
    told = "not heard: telemetry is off, Enter sets it up"
    assert ("not heard, Enter sets it up" if size[0] == 40 else told) in row


async def test_the_strip_tells_it_until_it_is_heard(
    registry: SessionRegistry, database: Database, tmp_path: Path
) -> None:
    async with dashboard(tmp_path, registry=registry) as running:
        await running.until("! silent: in fra is not heard: telemetry is off")
        assert "x in fra" in running.screen
        database.append([event("plugin_loaded", NOW - SECOND, SILENT)])
        await running.until_true(lambda: "silent" not in running.screen)
        assert "x in fra" not in running.screen


async def test_enter_sets_up_where_that_lacks(
    registry: SessionRegistry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    monkeypatch.setattr(FirstDay, "run_command", lambda _, step: steps.append(step))
    async with dashboard(tmp_path, registry=registry) as running:
        await running.press("s")
        await running.until("x in fra")
        await running.press("home", "enter")
    assert steps == ["setup"]


async def test_enter_else_says_what_mends_it(
    registry: SessionRegistry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(destination, "process_origins", lambda _: None)
    async with dashboard(tmp_path, registry=registry) as running:
        await running.press("s")
        assert "restart it, p goes there" in await running.until("x in fra")
        await running.press("home", "enter")
        await running.until("restart it: claude --continue")


async def test_the_filter_finds_it(registry: SessionRegistry, tmp_path: Path) -> None:
    async with dashboard(tmp_path, registry=registry) as running:
        await running.press("s")
        await running.until("x in fra")
        await running.press("/", "s", "h", "o", "p")
        await running.until_true(lambda: "x in fra" not in running.screen)
        assert "web-shop" in running.screen


@pytest.mark.parametrize("width", range(24, 120))
@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_key_is_told_in_any_room(width: int, language: str) -> None:
    strings.use(language)
    try:
        unheard = Unheard("a-session-with-a-long-name", "x" * 40, "", "setup")
        line = unheard_line(unheard, width)
        mends = strings.MENDINGS["setup"]
    finally:
        strings.use("en")
    assert line.cell_length <= width
    assert line.plain.endswith(mends) or width < 20 + cell_len(mends)

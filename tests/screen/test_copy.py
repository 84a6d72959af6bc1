"""What is marked leaves the dashboard as text or JSON, by tmux or by the terminal."""

import json
import subprocess
from pathlib import Path

import pytest

from ccotel_tui.screen import strings
from ccotel_tui.screen.clipboard import copy_text
from ccotel_tui.screen.widgets.bars import BottomBar
from ccotel_tui.store.database import Database
from tests.screen.tools.running import dashboard
from tests.screen.tools.scenes import BUSY, OLD, busy_day


@pytest.fixture(autouse=True)
def outside_of_tmux(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TMUX", raising=False)


async def test_y_copies_this_sessions_id_a_row_and_a_panel(
    database: Database, tmp_path: Path
) -> None:
    busy_day(database)
    async with dashboard(tmp_path) as running:
        await running.until("$25.12")
        await running.press("y")
        assert running.app.clipboard == BUSY
        await running.until(strings.COPIED["terminal"])
        await running.press("s")
        await running.until("3 today")
        await running.press("end", "y")
        assert running.app.clipboard == OLD
        await running.press("Y")
        assert json.loads(running.app.clipboard)["session_id"] == OLD
        await running.press("2")
        await running.until("opus-4-8")
        await running.press("Y")
        panel = json.loads(running.app.clipboard)
        assert (panel["title"], panel["state"]) == ("Cumulative Cost by Model", "value")
        await running.press("y")
        assert running.app.clipboard.startswith("Cumulative Cost by Model: $25.12")
        await running.press("e")
        await running.until("follow")
        await running.press("y")
        assert running.app.clipboard


async def test_y_copies_a_page_and_says_so_on_it(database: Database, tmp_path: Path) -> None:
    busy_day(database)
    async with dashboard(tmp_path) as running:
        await running.until("$25.12")
        await running.press("e")
        await running.until("following")
        await running.press("enter")
        await running.until("query_source")
        await running.press("y")
        await running.until(strings.COPIED["terminal"])
        assert BUSY in running.app.clipboard


async def test_a_panel_alone_says_where_it_was_copied_to(
    database: Database, tmp_path: Path
) -> None:
    busy_day(database)
    async with dashboard(tmp_path, (40, 12)) as running:
        await running.press("2")
        await running.until("Cost by Model")
        await running.press("z", "y")
        await running.until(strings.COPIED["terminal"])


async def test_each_copy_is_told_for_its_whole_time(database: Database, tmp_path: Path) -> None:
    busy_day(database)
    async with dashboard(tmp_path) as running:
        await running.until("$25.12")
        bar = running.app.screen.query_one(BottomBar)
        ends = []
        for _ in range(2):
            await running.press("y")
            await running.until(strings.COPIED["terminal"])
            ends.append(bar._notice_ends)
        assert ends[0] is not ends[1]


def test_in_tmux_it_goes_to_its_own_buffer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = ["tmux", "-S", str(tmp_path / "socket"), "-f", "/dev/null"]
    subprocess.run([*server, "new-session", "-d", "sleep 60"], check=True)
    try:
        monkeypatch.setenv("TMUX", f"{tmp_path / 'socket'},1,0")
        said: list[str] = []
        text = "세션 3f2a\nand more"
        assert copy_text(text, {"TMUX": "yes"}, said.append) == "tmux"
        shown = subprocess.run([*server, "show-buffer"], capture_output=True, check=True)
        assert shown.stdout.decode() == text
        assert said == []
    finally:
        subprocess.run([*server, "kill-server"], check=True)


def test_where_tmux_fails_it_goes_to_the_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMUX", f"{tmp_path / 'nobody'},1,0")
    said: list[str] = []
    assert copy_text("text", {"TMUX": "yes"}, said.append) == "terminal"
    assert said == ["text"]

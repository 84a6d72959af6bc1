"""The key that goes to a session's tmux pane, with a real tmux of three."""

import os
from pathlib import Path

import pytest

from ccotel_tui.claude.session_registry import SessionRegistry
from ccotel_tui.query.window import SECOND
from ccotel_tui.screen.views.pane import go_to_pane
from ccotel_tui.store.database import Database
from tests.screen.tools.registry import register
from tests.screen.tools.running import NOW, dashboard
from tests.tools.otlp import request
from tests.tools.tmux import sessions, tmux_server


async def test_the_key_goes_to_who_waits(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with tmux_server(tmp_path, monkeypatch) as tmux:
        folder = tmp_path / "sessions"
        in_panes = sessions(tmux)
        waiting = in_panes[-1]
        for pane, session in in_panes:
            status = "waiting" if pane == waiting[0] else "busy"
            register(folder, session.pid, session.session_id, status, procStart=session.began)
            database.append([request(1.0, NOW - SECOND, session.session_id)])
        async with dashboard(tmp_path, registry=SessionRegistry(folder), size=(80, 24)) as running:
            await running.press("p")
            await running.until("went to my work:")
        assert tmux("display-message", "-p", "-t", "my work", "#{pane_id}") == waiting[0]


def test_elsewhere_the_address_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with tmux_server(tmp_path, monkeypatch) as tmux:
        [(_, session), *_] = sessions(tmux)
        assert go_to_pane(session, {}).startswith("runs in tmux at my work:")
    somewhere = session._replace(folder="/x/shop")
    assert go_to_pane(somewhere, os.environ).startswith(f"process {session.pid}, ")
    assert go_to_pane(session._replace(pid=8_388_608), {}) == "process 8388608"
    assert go_to_pane(None, os.environ) == "no running session here"

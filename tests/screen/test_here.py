"""The dashboard of one folder: nothing of another is seen, what begins there is."""

from pathlib import Path

from ccotel_tui.claude.session_registry import SessionRegistry
from ccotel_tui.query.window import MINUTE
from ccotel_tui.screen import strings
from ccotel_tui.store.database import Database
from tests.screen.tools.registry import register
from tests.screen.tools.running import NOW, dashboard
from tests.tools.otlp import request


async def test_only_sessions_of_the_folder_are_seen(database: Database, tmp_path: Path) -> None:
    database.append(
        [
            request(0.25, NOW - 5 * MINUTE, "aaaa1111"),
            request(4.0, NOW - 4 * MINUTE, "bbbb2222"),
        ]
    )
    folder, processes = tmp_path / "web-shop", tmp_path / "sessions"
    folder.mkdir()
    register(processes, 1, "aaaa1111", "busy", name="", cwd=str(folder))
    register(processes, 2, "bbbb2222", "waiting", name="", cwd=str(tmp_path))
    registry = SessionRegistry(processes, lambda _: "7")
    async with dashboard(tmp_path, registry=registry, folder=str(folder)) as running:
        page = await running.at_rest()
        assert strings.HERE.format(folder="web-shop") in page.splitlines()[0]
        assert "$4.00" not in page
        assert "bbbb2222" not in page
        assert strings.RUN.format(count=1) in page
        assert strings.WAIT[0].format(count=1) not in page
        await running.press("d")
        page = await running.until("$0.25")
        assert "$4.25" not in page
        register(processes, 2, "bbbb2222", "busy", name="", cwd=str(folder))
        await running.press("r")
        await running.until("$4.25")

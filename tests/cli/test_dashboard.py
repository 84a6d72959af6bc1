"""What the dashboard is given, and what it refuses."""

import asyncio
import json
from collections.abc import Awaitable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from ccotel_tui.cli import dashboard
from ccotel_tui.cli.options import QueryOptions
from ccotel_tui.errors import UsageError
from ccotel_tui.query.period import Period
from ccotel_tui.query.window import DAY
from ccotel_tui.screen.data.selection import Selection
from ccotel_tui.screen.data.source_switch import SourceSwitch
from ccotel_tui.screen.stack_actions import Controls
from tests.query.stub import Stub


def test_the_demo_drives_the_users_own_stack_with_the_users_own_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[Path] = []
    shown: list[Period] = []

    class Dashboard:
        return_code = 0

        def __init__(self, sources: SourceSwitch, selection: Selection, *more: Any):
            shown.append(selection.period)
            self._backend = sources.backend

        def run(self) -> None:
            self._backend.close()

    def controls(query: QueryOptions) -> Controls:
        given.append(query.database)
        return Controls(None, None, None, None)  # type: ignore[arg-type]

    monkeypatch.setattr(dashboard, "Dashboard", Dashboard)
    monkeypatch.setattr(dashboard, "_controls", controls)
    monkeypatch.setattr(dashboard, "_has_terminal", lambda: True)
    own = tmp_path / "own.db"
    result = CliRunner().invoke(dashboard.dashboard, ["--demo", "--db", str(own)])
    assert result.exit_code == 0, result.output
    assert given == [own]
    # Of today it may hold next to nothing.
    assert shown == [Period(since_ns=DAY)]
    assert not own.exists()
    CliRunner().invoke(dashboard.dashboard, ["--demo", "--window", "today"])
    assert shown[1:] == [Period()]


@pytest.mark.parametrize("option", ["--otlp-grpc", "--otlp-http"])
def test_an_address_that_is_none_is_told_before_the_screen_is_there(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, option: str
) -> None:
    monkeypatch.setattr(dashboard, "_has_terminal", lambda: True)
    words = ["--db", str(tmp_path / "own.db"), option, "nowhere"]
    result = CliRunner().invoke(dashboard.dashboard, words)
    assert isinstance(result.exception, UsageError)
    assert "nowhere: write HOST:PORT" in str(result.exception)


def test_doctor_checks_the_servers_that_the_dashboard_reads(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    given: list[Controls] = []

    class Dashboard:
        return_code = 0

        def __init__(self, *parts: Any, **named: Any) -> None:
            given.extend(part for part in parts if isinstance(part, Controls))

        def run(self) -> None:
            pass

    monkeypatch.setattr(dashboard, "Dashboard", Dashboard)
    monkeypatch.setattr(dashboard, "_has_terminal", lambda: True)
    with Stub() as stub:
        urls = "--prometheus-url", f"{stub.url}/prom", "--loki-url", f"{stub.url}/logs"
        headers = "--header", "X-Token: sesame", "--header", "X-Scope-OrgID: team"
        words = "--source", "stack", *urls, *headers, "--db", str(tmp_path / "own.db")
        assert CliRunner().invoke(dashboard.dashboard, words).exit_code == 0
        [controls] = given
        assert controls.doctor is not None
        stub.headers.clear()
        stub.paths.clear()
        printed = asyncio.run(_awaited(controls.doctor()))
    checks = {each["id"]: each for each in json.loads(printed)["checks"]}
    assert f"127.0.0.1:{stub.port}" in checks["metrics"]["found"]
    assert "/prom/api/v1/status/buildinfo" in stub.paths
    assert {(sent.get("X-Token"), sent.get("X-Scope-OrgID")) for sent in stub.headers} == {
        ("sesame", "team")
    }


async def _awaited(printed: Awaitable[str]) -> str:
    return await printed

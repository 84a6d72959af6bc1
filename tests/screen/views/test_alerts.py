"""Rules on the screen: the strip, the page behind it, and what is told once."""

import json
import os
from pathlib import Path

import pytest

from ccotel_tui.claude.session_registry import SessionRegistry
from ccotel_tui.query.rules.rules import AlertKey
from ccotel_tui.query.rules.thresholds import Thresholds
from ccotel_tui.query.usual.budget import Budgets
from ccotel_tui.query.window import MINUTE, SECOND
from ccotel_tui.screen import strings
from ccotel_tui.screen.data.files.fired import Fired, FiredHistory
from ccotel_tui.settings import Settings
from ccotel_tui.store.database import Database
from ccotel_tui.telemetry.records import Event
from tests.screen.tools.registry import register
from tests.screen.tools.running import NOW, dashboard
from tests.status_line.test_line import kept, told
from tests.tools.otlp import event, request

SESSION = "3f2a1111-0000"
LOOP = "! loop: Bash failed 3 times in a row"


def failures(success: str = "false", at: int = NOW - SECOND) -> list[Event]:
    more = {"tool_name": "Bash", "success": success, "error": "exit 1", "prompt.id": "p1"}
    return [event("tool_result", at + n, SESSION, n=str(n), **more) for n in range(3)]


@pytest.fixture
def looping(database: Database) -> Database:
    database.append([request(1.25, NOW - MINUTE, SESSION), *failures()])
    return database


@pytest.mark.parametrize("size", [(40, 12), (80, 24), (120, 40)])
async def test_enter_on_the_strip_shows_the_events_behind_it(
    looping: Database, tmp_path: Path, size: tuple[int, int]
) -> None:
    async with dashboard(tmp_path, size) as running:
        await running.until(LOOP[:30])
        while type(running.app.focused).__name__ != "RulesStrip":
            await running.press("tab")
        await running.press("enter")
        shown = await running.until("3 events behind it")
        assert shown.count("exit 1") == 3
        assert "from 3" in shown
        await running.press("enter", "enter")
        assert "exit 1" in await running.until("tool_result")
        await running.press("escape", "escape", "escape")
        assert "3 events behind it" not in await running.until("$1.25")


async def test_a_click_on_the_strip_shows_them_too(looping: Database, tmp_path: Path) -> None:
    async with dashboard(tmp_path) as running:
        await running.until(LOOP)
        await running.pilot.click("#overview RulesStrip")
        await running.until("3 events behind it")


async def test_a_rule_is_told_once_and_again_when_it_had_cleared(
    looping: Database, tmp_path: Path
) -> None:
    history = FiredHistory(tmp_path / "alerts.json")
    async with dashboard(tmp_path, history=history) as running:
        await running.until(LOOP)
        running.clock.now_ns = NOW + 2 * SECOND
        looping.append(failures(at=NOW + SECOND))
        await running.until("failed 6 times")
        assert len(history.entries) == 1
        running.clock.now_ns = NOW + 5 * SECOND
        looping.append(failures("true", NOW + 4 * SECOND))
        await running.until_true(lambda: history.entries[0].cleared_ns is not None)
        running.clock.now_ns = NOW + 9 * SECOND
        looping.append(failures("false", NOW + 8 * SECOND))
        await running.until_true(lambda: len(history.entries) == 2)
        page = await running.press("A")
    assert "1 rule holds, 2 told so far" in page
    assert FiredHistory(tmp_path / "alerts.json").entries == history.entries


async def test_what_holds_is_not_told_again_after_a_restart(
    looping: Database, tmp_path: Path
) -> None:
    for _ in range(2):
        history = FiredHistory(tmp_path / "alerts.json")
        async with dashboard(tmp_path, history=history) as running:
            await running.until(LOOP)
            await running.at_rest()
        assert len(history.entries) == 1


async def test_who_begins_to_wait_is_told(database: Database, tmp_path: Path) -> None:
    folder = tmp_path / "sessions"
    database.append([request(1.25, NOW - MINUTE, SESSION)])
    register(folder, os.getpid(), SESSION, "busy", name="web-shop")
    history = FiredHistory(None)
    registry = SessionRegistry(folder, lambda _: "7")
    async with dashboard(tmp_path, registry=registry, history=history) as running:
        await running.at_rest()
        assert history.entries == []
        waits = {"waitingFor": "permission prompt", "name": "web-shop"}
        since_ms = (NOW - 40 * SECOND) // 1_000_000
        register(folder, os.getpid(), SESSION, "waiting", statusUpdatedAt=since_ms, **waits)
        await running.until_true(lambda: bool(history.entries))
        assert history.entries[0].text == "web-shop waits: permission prompt"
        assert "waits: permission prompt 40s" in await running.press("s")


async def test_a_switched_off_rule_is_not_told(looping: Database, tmp_path: Path) -> None:
    settings = Settings(rules=Thresholds(off=frozenset({"loop"})))
    history = FiredHistory(None)
    async with dashboard(tmp_path, settings=settings, history=history) as running:
        await running.at_rest()
        assert LOOP not in running.screen
    assert history.entries == []


async def test_a_budget_is_in_the_strip_and_in_the_history(
    database: Database, tmp_path: Path
) -> None:
    database.append([request(27.0, NOW - 2 * MINUTE, SESSION)])
    history = FiredHistory(None)
    settings = Settings(budget=Budgets({"day": 30.0}))
    async with dashboard(tmp_path, settings=settings, history=history) as running:
        await running.until("! budget: 90% spent, today")
    assert [entry.key[0] for entry in history.entries] == ["budget"]


@pytest.mark.parametrize("key", ["e", "s", "u", "4"])
async def test_a_budget_is_told_on_every_page(database: Database, tmp_path: Path, key: str) -> None:
    history = FiredHistory(None)
    settings = Settings(budget=Budgets({"session": 30.0, "month": 100.0}))
    async with dashboard(tmp_path, settings=settings, history=history) as running:
        await running.press(key)
        await running.at_rest()
        database.append([request(27.0, NOW - 2 * MINUTE, SESSION)])
        await running.until_true(lambda: bool(history.entries))
        nearly_spent = "session budget 90% of $30: nearly spent, 3f2a1111"
        assert [entry.text for entry in history.entries] == [nearly_spent]
        database.append([request(60.0, NOW - 2 * MINUTE, SESSION, sequence=2)])
        await running.until_true(lambda: len(history.entries) == 3)
    assert {entry.text for entry in history.entries[1:]} == {
        "session budget 290% of $30: over budget, 3f2a1111",
        "month's budget 87% of $100: nearly spent",
    }


async def test_ways_of_telling(
    looping: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TMUX", raising=False)
    written: list[str] = []
    settings = Settings(notify=("bell", "desktop"))
    async with dashboard(tmp_path, settings=settings, written=written) as running:
        await running.until(LOOP)
        await running.app.workers.wait_for_complete(
            [worker for worker in running.app.workers if worker.group == "notices"]
        )
    text = "loop: Bash failed 3 times in a row, 3f2a1111"
    assert "\a" in written
    assert f"\x1b]9;ccotel-tui: {text}\a" in written
    assert f"\x1b[22;2t\x1b]2;{text} - ccotel-tui\a" in written
    assert written[-1] == "\x1b[23;2t"


async def test_in_korean(looping: Database, tmp_path: Path) -> None:
    strings.use("ko")
    try:
        async with dashboard(tmp_path) as running:
            await running.until("! 반복: Bash 연속 3회 실패")
            assert "관련 이벤트 3개" in await running.press("A")
    finally:
        strings.use("en")


KEY: AlertKey = ("loop", SESSION, "Bash")


def test_dashboards_keep_what_the_others_told(tmp_path: Path) -> None:
    path = tmp_path / "alerts.json"
    first, second = FiredHistory(path), FiredHistory(path)
    waits: AlertKey = ("waits", "s2", "1")
    assert first.update({KEY: "a"}, 1)
    assert second.update({waits: "b"}, 2)
    # Neither clears what it does not judge itself, and each tells once.
    for n in range(3, 9):
        assert not first.update({KEY: "a"}, n)
        assert not second.update({waits: "b"}, n)
    first.add(("budget", "", "day"), "c", 9)
    assert {entry.text for entry in FiredHistory(path).entries} == {"a", "b", "c"}


def test_what_was_forgotten_does_not_come_back(tmp_path: Path) -> None:
    path = tmp_path / "alerts.json"
    running = FiredHistory(path)
    running.add(KEY, "old", 1)
    running.add(("loop", "s2", "Bash"), "other", 2)
    running.add(("budget", "", "day"), "older than it", 0)
    FiredHistory(path).forget(SESSION, 1)
    running.add(("budget", "", "day"), "new", 3)
    assert [entry.text for entry in running.entries] == ["other", "new"]
    assert FiredHistory(path).entries == running.entries


def test_what_cannot_be_written_is_still_told_once(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    history = FiredHistory(tmp_path / "file" / "alerts.json")
    assert history.update({KEY: "a"}, 1)
    history.add(("budget", "", "day"), "b", 2)
    assert not history.update({KEY: "a"}, 3)


def test_a_history_is_cleared_and_bounded(tmp_path: Path) -> None:
    path = tmp_path / "state" / "alerts.json"
    history = FiredHistory(path)
    assert [fired.text for fired in history.update({KEY: "a"}, 1)] == ["a"]
    assert history.update({KEY: "a"}, 2) == []
    assert history.update({}, 3) == []
    assert history.entries == [Fired(KEY, "a", 1, 3)]
    for n in range(300):
        history.add(("budget", "", "day"), str(n), n)
    assert [entry.text for entry in FiredHistory(path).entries] == [str(n) for n in range(100, 300)]
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"fired": 3}', '{"fired": [[1], null]}', "[" * 9999]
)
def test_a_history_that_cannot_be_read_is_empty(tmp_path: Path, text: str) -> None:
    path = tmp_path / "alerts.json"
    path.write_text(text)
    history = FiredHistory(path)
    assert history.entries == []
    history.add(("budget", "", "day"), "a", 1)
    assert len(json.loads(path.read_text())["fired"]) == 1


async def test_nothing_begins_to_hold_by_what_was_read_before_a_pause(
    database: Database, tmp_path: Path
) -> None:
    """Who waited may have been answered since: its cache does not go cold."""
    folder, history = tmp_path / "sessions", FiredHistory(None)
    register(folder, 11, SESSION, "waiting")
    cache = {"ttl": "5m", "expires_at": NOW // SECOND + 200}
    database.append([kept({**told(prompt_cache=cache), "session.id": SESSION}, NOW - SECOND)])
    registry = SessionRegistry(folder, lambda _: "7")
    async with dashboard(tmp_path, registry=registry, history=history) as running:
        await running.until_true(lambda: "waits" in told_rules(history))
        await running.press("space")
        register(folder, 11, SESSION, "busy")
        running.clock.now_ns = NOW + 170 * SECOND
        running.app._each_second()
        assert "cold" not in told_rules(history)
        register(folder, 11, SESSION, "waiting")
        await running.press("space")
        await running.until_true(lambda: "cold" in told_rules(history))


def told_rules(history: FiredHistory) -> set[str]:
    return {fired.key[0] for fired in history.entries}

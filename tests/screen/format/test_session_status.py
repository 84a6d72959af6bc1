"""Context, cache and plan limits on the overview and on a session's page."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from ccotel_tui.query.window import HOUR, MINUTE, SECOND
from ccotel_tui.store.database import Database
from ccotel_tui.telemetry.conventions import OWN_SCOPE, OWN_SERVICE, STATUS_LINE
from ccotel_tui.telemetry.records import Event
from ccotel_tui.telemetry.status_line import Scalar
from tests.screen.tools.running import NOW, dashboard
from tests.tools.otlp import event

SESSION = "3f2a1111-0000"

TOLD: Mapping[str, Scalar] = {
    "session_name": "web-shop",
    "model.id": "claude-opus-4-8",
    "context_window.used_percentage": 48,
    "prompt_cache.warm": True,
    "prompt_cache.ttl": "5m",
    "prompt_cache.expires_at": (NOW + 4 * MINUTE) // SECOND,
    "prompt_cache.recache_tokens_if_cold": 100_000,
    "rate_limits.five_hour.used_percentage": 62,
    "rate_limits.five_hour.resets_at": (NOW + HOUR) // SECOND,
    "rate_limits.seven_day.used_percentage": 31,
}


def status_line(fields: Mapping[str, Scalar] = TOLD, at: int = NOW - SECOND) -> Event:
    attributes = {"event.name": STATUS_LINE, "session.id": SESSION, **fields}
    return Event(at, OWN_SERVICE, STATUS_LINE, attributes, scope=OWN_SCOPE)


def requests() -> list[Event]:
    counts = [(100, 7, 0, 9), (3, 900, 50, 0), (41, 41, 3, 3), (5, 1, 70, 20), (7, 2, 1, 8)]
    events = []
    for number, (input_, output, read, write) in enumerate([*counts, (1, 1, 1, 1), (2, 3, 5, 7)]):
        attributes: dict[str, Any] = {
            "input_tokens": input_,
            "output_tokens": output,
            "cache_read_tokens": read,
            "cache_creation_tokens": write,
            "cost_usd": (5 * input_ + 25 * output + 0.5 * read + 6.25 * write) / 1e6,
            "model": "claude-opus-4-8",
            "event.sequence": number,
        }
        events.append(event("api_request", NOW - MINUTE + number, SESSION, **attributes))
    return events


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_the_overview_tells_of_context_cache_and_plan(
    database: Database, tmp_path: Path, size: tuple[int, int]
) -> None:
    branch = event("tool_result", NOW - 30 * SECOND, SESSION, **{"vcs.ref.head.name": "main"})
    database.append([*requests(), branch, status_line()])
    async with dashboard(tmp_path, size=size) as running:
        # In a broad pane a chart stands beside it.
        right = running.app.screen.query_one("#figures").region.right
        rows = [row[:right] for row in running.screen.splitlines()]
        text = " ".join(" ".join(rows).split())
    told = r"main context █████····· 48% cache warm \d:\d\d, cold costs \$0\.57"
    assert re.search(told, text), text
    assert "5h 62% resets" in text
    assert "7d 31%" in text


async def test_in_a_narrow_pane_it_is_one_short_line(database: Database, tmp_path: Path) -> None:
    database.append([*requests(), status_line()])
    async with dashboard(tmp_path, size=(40, 12)) as running:
        [line] = [line for line in running.screen.splitlines() if "ctx" in line]
    assert line.startswith("ctx 48%  cache ")
    assert line.rstrip().endswith("5h 62%  7d 31%")


async def test_without_a_status_line_the_rows_move_up(database: Database, tmp_path: Path) -> None:
    database.append(requests())
    async with dashboard(tmp_path, size=(80, 24)) as running:
        without = running.screen.splitlines()
    database.append([status_line()])
    async with dashboard(tmp_path, size=(80, 24)) as running:
        told = running.screen.splitlines()
    place = next(n for n, line in enumerate(told) if "context" in line)
    assert without[:place] == told[:place]
    assert without[place] == told[place + 2]


async def test_a_session_page_tells_of_it_too(database: Database, tmp_path: Path) -> None:
    database.append([*requests(), status_line()])
    async with dashboard(tmp_path, size=(80, 24)) as running:
        await running.press("s")
        await running.at_rest()
        await running.press("enter")
        text = " ".join((await running.at_rest()).split())
    assert "context █████····· 48%" in text


async def test_an_ended_session_has_the_name_and_project_that_were_told(
    database: Database, tmp_path: Path
) -> None:
    told = {**TOLD, "workspace.repo.owner": "acme", "workspace.repo.name": "shop"}
    database.append([*requests(), status_line(told)])
    async with dashboard(tmp_path, size=(120, 40)) as running:
        [_, row] = [line for line in running.screen.splitlines() if "acme/shop" in line]
    assert "web-shop" in row


async def test_the_worst_rule_that_holds_has_a_line(database: Database, tmp_path: Path) -> None:
    failures = [
        event("tool_result", NOW - SECOND, SESSION, tool_name="Bash", success="false", n=str(n))
        for n in range(3)
    ]
    database.append([*requests(), *failures, status_line({**TOLD, **_NEARLY_FULL})])
    async with dashboard(tmp_path, size=(80, 24)) as running:
        text = await running.until("! loop: Bash failed 3 times in a row, web-shop  +1")
    assert "from 3  Enter shows them" in text
    assert "context ████████·· 85%" in text


_NEARLY_FULL = {"context_window.used_percentage": 85}

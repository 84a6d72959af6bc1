"""Each of the 16 panels, opened by its keys, shows the number that `panels --json` gives.

Of the recorded sessions: in the embedded store, and on the real servers.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ccotel_tui.panels.catalogue import BY_ID, PANELS
from ccotel_tui.panels.output.units import shown
from ccotel_tui.query.embedded.backend import open_embedded
from ccotel_tui.query.period import Period
from ccotel_tui.query.source import Backend
from ccotel_tui.query.stack.backend import open_stack
from ccotel_tui.query.window import DAY, MINUTE, SECOND
from ccotel_tui.screen import strings
from tests.panels.recordings import fill, moved, sent
from tests.screen.running import dashboard

KEYS = {
    # Those of the overview are told together, in its summary.
    "active_sessions": ("1", 1),
    "total_cost": ("1", 1),
    "token_usage": ("1", 1),
    "lines_of_code": ("1", 1),
    "cost_by_model": ("2", 1),
    "tokens_by_type": ("2", 2),
    "tokens_by_model": ("2", 3),
    "tool_rate": ("3", 3),
    "tool_count": ("3", 4),
    "tool_success": ("3", 1),
    "api_duration": ("4", 1),
    "api_errors": ("4", 2),
    "code_changes": ("5", 1),
    "dev_activity": ("5", 2),
    "tool_events": ("6", 1),
    "api_error_events": ("6", 2),
}
"""The section's key, and how often Tab leads to the panel."""


@dataclass
class Recordings:
    """A source that has the recorded sessions, and the panels that the command line gives of it."""

    open_backend: Callable[[], Backend]
    panels: dict[str, Any]
    period: Period


def recordings(
    open_backend: Callable[[], Backend], options: list[str], newest_ns: int
) -> Recordings:
    """Of the day up to the newest record."""
    period = Period(from_ns=newest_ns - DAY, to_ns=newest_ns + MINUTE)
    ends = [datetime.fromtimestamp(ns / SECOND, UTC) for ns in (period.from_ns, period.to_ns)]
    window = ["--from", ends[0].isoformat(), "--to", ends[1].isoformat()]
    done = subprocess.run(
        [sys.executable, "-m", "ccotel_tui", "panels", "--json", *options, *window],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return Recordings(open_backend, json.loads(done.stdout)["panels"], period)


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Recordings:
    lines, newest_ns = moved()
    path: Path = tmp_path_factory.mktemp("store") / "telemetry.db"
    fill(path, lines)
    options = ["--source", "embedded", "--db", str(path)]
    return recordings(lambda: open_embedded(path), options, newest_ns)


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recordings]:
    lines, newest_ns = moved()
    with sent(lines, newest_ns, tmp_path_factory.mktemp("servers")) as servers:
        assert servers.stack.loki
        urls = servers.stack.prometheus.url, servers.stack.loki.url
        options = ["--source", "stack", "--prometheus-url", urls[0], "--loki-url", urls[1]]
        yield recordings(lambda: open_stack(*urls, polling=True), options, newest_ns)


@pytest.fixture(params=["embedded", pytest.param("stack", marks=pytest.mark.servers)])
def source(request: pytest.FixtureRequest) -> Recordings:
    recordings: Recordings = request.getfixturevalue(request.param)
    return recordings


def test_each_panel_of_the_catalogue_has_its_keys() -> None:
    assert [*KEYS] == [panel.id for panel in PANELS]


@pytest.mark.parametrize("panel", KEYS)
async def test_a_panel_shows_the_number_of_the_command_line(
    source: Recordings, panel: str, tmp_path: Path
) -> None:
    section, tabs = KEYS[panel]
    period = source.period
    with closing(source.open_backend()) as opened:
        async with dashboard(
            tmp_path, (120, 40), backend=opened, period=period, now_ns=period.to_ns
        ) as running:
            page = await running.press(section)
            while strings.LOADING in page:
                page = await running.press()
            page = await running.press(*["tab"] * tabs, "enter")
    lines = [line.strip() for line in page.splitlines()]
    given = source.panels[panel]
    if BY_ID[panel].events:
        # Enter tells of the newest event, name by name.
        newest = max(given["rows"], key=lambda row: str(row["time"]))
        told = [line.split() for line in lines]
        for name in ("event_name", "session_id", "event_sequence", "duration_ms"):
            assert [name, str(newest[name])] in told, page
    else:
        number = shown(given["value"], BY_ID[panel].unit)
        assert [
            line
            for line in lines
            if line.startswith(f"{given['title']}: ") and line.endswith(f" {number}")
        ], f"{number}\n{page}"

"""Each panel, opened by its keys, shows the number that `panels --json` gives.

Of the recorded sessions: in the embedded store, and on the real servers.
"""

import json
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from textual.widget import Widget

from ccotel_tui.panels.catalogue import PANELS, SECTIONS
from ccotel_tui.panels.output.units import RATES, shown
from ccotel_tui.panels.panel import Panel, Section
from ccotel_tui.query.embedded.backend import open_embedded
from ccotel_tui.query.period import Period
from ccotel_tui.query.source import Backend
from ccotel_tui.query.stack.backend import open_stack
from ccotel_tui.query.window import DAY, MINUTE, SECOND
from ccotel_tui.screen import strings
from ccotel_tui.screen.main.main_screen import MainScreen
from ccotel_tui.screen.widgets.overview.summary import Summary
from ccotel_tui.screen.widgets.panel_view import PanelView
from tests.panels.recordings import fill, moved, sent
from tests.screen.tools.running import Running, dashboard


@dataclass
class Recordings:
    """A source that has the recorded sessions, and the panels that the command line gives of it."""

    open_backend: Callable[[], Backend]
    panels: dict[str, Any]
    from_ns: int
    to_ns: int

    @property
    def period(self) -> Period:
        return Period(from_ns=self.from_ns, to_ns=self.to_ns)


def recordings(
    open_backend: Callable[[], Backend], options: list[str], newest_ns: int
) -> Recordings:
    """Of the day up to the newest record."""
    ends_ns = newest_ns - DAY, newest_ns + MINUTE
    ends = [datetime.fromtimestamp(ns / SECOND, UTC) for ns in ends_ns]
    window = ["--from", ends[0].isoformat(), "--to", ends[1].isoformat()]
    done = subprocess.run(
        [sys.executable, "-m", "ccotel_tui", "panels", "--json", *options, *window],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return Recordings(open_backend, json.loads(done.stdout)["panels"], *ends_ns)


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


async def focused_panels(running: Running) -> AsyncIterator[PanelView | Summary]:
    """Where each Tab leads, until one leads to where the first has led."""
    screen = running.app.screen
    assert isinstance(screen, MainScreen)
    former: list[Widget | None] = []
    while True:
        await running.press("tab")
        if screen.focused in former:
            return
        former.append(screen.focused)
        if panel := screen.view.panel(screen.focused):
            yield panel


async def open_section(running: Running, section: Section) -> str:
    """Press the section's key and wait for its numbers."""
    page = await running.press(str(SECTIONS.index(section) + 1))
    while strings.LOADING in page:
        page = await running.press()
    return page


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel.id)
async def test_a_panel_shows_the_number_of_the_command_line(
    source: Recordings, panel: Panel, tmp_path: Path
) -> None:
    with closing(source.open_backend()) as opened:
        async with dashboard(
            tmp_path, (120, 40), backend=opened, period=source.period, now_ns=source.to_ns
        ) as running:
            page = await open_section(running, panel.section)
            # Those of the overview are told together without the focus: with it one leads on.
            if panel.section != "overview":
                async for focused in focused_panels(running):
                    if panel.id in [answer.panel.id for answer in focused.answers]:
                        break
                else:
                    pytest.fail(f"Tab leads to no {panel.id}:\n{page}")
            page = await running.press("enter")
    lines = [line.strip() for line in page.splitlines()]
    given = source.panels[panel.id]
    if panel.events:
        # Enter tells of the newest event, name by name.
        newest = max(given["rows"], key=lambda row: str(row["time"]))
        told = [line.split() for line in lines]
        for name in ("event_name", "session_id", "event_sequence", "duration_ms"):
            assert [name, str(newest[name])] in told, page
    else:
        # A rate stands in the unit in which it has a figure.
        units = RATES if panel.unit in RATES else {panel.unit: 1}
        numbers = tuple(f" {shown(given['value'] * n, unit)}" for unit, n in units.items())
        assert [
            line
            for line in lines
            if line.startswith(f"{given['title']}: ") and line.endswith(numbers)
        ], f"{numbers}\n{page}"


@pytest.mark.parametrize("section", [section for section in SECTIONS if section != "overview"])
async def test_tab_leads_to_the_lists_then_the_charts_as_the_catalogue_has_them(
    embedded: Recordings, section: Section, tmp_path: Path
) -> None:
    with closing(embedded.open_backend()) as opened:
        async with dashboard(
            tmp_path, (120, 40), backend=opened, period=embedded.period, now_ns=embedded.to_ns
        ) as running:
            await open_section(running, section)
            views = [one async for one in focused_panels(running) if isinstance(one, PanelView)]
    of_section = [panel for panel in PANELS if panel.section == section]
    lists = ("ranked bars", "success bars")
    ordered = sorted(of_section, key=lambda panel: panel.kind not in lists)
    assert [view.panel for view in views if view.panel in PANELS] == ordered

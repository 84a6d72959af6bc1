"""Enter on each panel, tile and line: it arrives at rows that add up to the value, or says why not.

A new panel or tile is walked too: what it is not expected to lead to fails.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from math import fsum
from pathlib import Path

import pytest
from textual.content import Content

from ccotel_tui.panels.catalogue import SECTIONS
from ccotel_tui.panels.panel import Panel, SingleValue
from ccotel_tui.panels.result import PanelAnswer
from ccotel_tui.query.query import Query
from ccotel_tui.query.window import MINUTE, SECOND
from ccotel_tui.screen import strings
from ccotel_tui.screen.data.snapshot import Snapshot
from ccotel_tui.screen.format.overview import links
from ccotel_tui.screen.format.overview.links import actions_in
from ccotel_tui.screen.views.pages.dialogs import TextScreen
from ccotel_tui.screen.widgets.event_panel import EventPanel
from ccotel_tui.screen.widgets.lists.events import EventList
from ccotel_tui.screen.widgets.overview.links import LinkedText
from ccotel_tui.screen.widgets.panel_view import PanelView
from ccotel_tui.store.database import Database
from tests.screen.tools.running import Running
from tests.screen.tools.scenes import BUSY, OTHER, api_request, busy_day, prompt
from tests.screen.tools.tour import open_view, visited
from tests.tools.otlp import T0

SUMS_ALONE = {"code_changes", "dev_activity"}
"""Panels of which the client sends no rows."""

_LEFT_OUT = {
    (40, 12): {links.TO_SESSIONS},
    (80, 24): {links.to_usage("today")},
    (120, 40): {links.to_usage("today")},
}
"""What there is no room for, or what is the same as the window's, which is today."""

_PROMPT = {"prompt.id": "p-newest"}


@pytest.fixture
def filled(database: Database) -> Database:
    busy_day(database)
    at = T0 + 59 * MINUTE + 30 * SECOND
    newest = (prompt(BUSY, at, 9000, "newest"), api_request(BUSY, at + SECOND, 9001, 0.125))
    database.append([replace(e, attributes={**e.attributes, **_PROMPT}) for e in newest])
    return database


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("size", [(80, 24), pytest.param((200, 60), marks=pytest.mark.slow)])
@pytest.mark.parametrize("section", SECTIONS)
async def test_each_panel(tmp_path: Path, section: str, size: tuple[int, int]) -> None:
    async with visited(tmp_path, size) as running:
        for number in range(len(await _panels(running, section))):
            panel = (await _panels(running, section))[number]
            if isinstance(panel, EventPanel):
                await _check_events(running, panel)
            else:
                await _check_panel(running, panel)
            running.app._way.clear()


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize(
    "size", [(40, 12), (120, 40), pytest.param((80, 24), marks=pytest.mark.slow)]
)
async def test_each_tile_and_line_of_the_overview(tmp_path: Path, size: tuple[int, int]) -> None:
    async with visited(tmp_path, size) as running:
        snapshot = running.app._main.snapshot
        assert snapshot is not None
        checks = _checks(snapshot.answers)
        seen = set()
        for text in running.app._main.view.query(LinkedText):
            for action in actions_in(text.text()) if text.display else ():
                running.app.screen.set_focus(text)
                while text._marked_of(actions_in(text.text())) != action:
                    await running.press("down")
                await running.press("enter")
                await _arrived(running, checks[action])
                seen.add(action)
                while running.app._main.entered:
                    await running.press("escape")
                await running.at_rest()
        assert seen == set(checks) - _LEFT_OUT[size]


async def _panels(running: Running, section: str) -> list[PanelView]:
    await open_view(running, section)
    return [panel for panel in running.app._main.view.query(PanelView) if panel.region.area]


async def _check_events(running: Running, panel: EventPanel) -> None:
    rows = panel.query_one(EventList)
    if rows.display:
        running.app.screen.set_focus(rows)
        await running.press("enter")
        page = await running.until(panel.answer.rows[-1]["session_id"])  # type: ignore
        assert "event_name" in page
        await running.press("escape")
        assert running.app.focused is rows


async def _check_panel(running: Running, panel: PanelView) -> None:
    answer = panel.answer
    assert answer is not None
    assert answer.value
    running.app.screen.set_focus(panel)
    await running.press("enter")
    page = running.app.screen
    assert isinstance(page, TextScreen)
    assert str(page._text).endswith(
        strings.NO_ROWS_SENT if panel.panel.id in SUMS_ALONE else strings.ENTER_BEHIND
    )
    await running.press("enter")
    if panel.panel.id not in SUMS_ALONE:
        await _arrived(running, lambda view, snapshot: _adds_up(view, snapshot, answer))


async def _arrived(running: Running, check: Callable[[str, Snapshot], None]) -> None:
    await running.at_rest()
    main = running.app._main
    if isinstance(running.app.screen, TextScreen):
        assert strings.NO_ROWS_SENT in str(running.app.screen._text)
        await running.press("escape")
        return
    await running.until_true(lambda: main.snapshot is not None)
    check(main.open_view, main.snapshot)  # type: ignore[arg-type]


def _adds_up(view: str, snapshot: Snapshot, answer: PanelAnswer) -> None:
    """The rows are those of the panel's value."""
    panel, value = answer.panel, answer.value or 0.0
    if view == "usage":
        _check_usage(snapshot, answer)
        return
    assert view == "log"
    rows = snapshot.log.matching
    match panel.id:
        case "tool_rate":
            minutes = (snapshot.window.to_ns - snapshot.window.from_ns) / MINUTE
            assert rows / minutes == pytest.approx(value, rel=1e-3)
        case "tool_count":
            assert rows == value
        case "tool_success":
            good = sum(row["success"] is True for row in snapshot.log.rows)
            assert good / rows == pytest.approx(value)
        case "api_errors":
            assert rows == answer.parts["errors"]
        case _ if (quantile := _quantile_of(panel)) is not None:
            field, stat = quantile
            numbers = [float(str(row[field])) for row in snapshot.log.rows]
            assert _quantile(numbers, stat) == pytest.approx(value)
        case _:
            pytest.fail(f"_adds_up has to know how the rows of {panel.id} make its value.")


def _quantile_of(panel: Panel) -> tuple[str, float] | None:
    """The field of the rows, and which quantile of it, where the panel's value is one."""
    match panel.value:
        case SingleValue(Query(measure, stat=float() as stat)):
            [field] = measure.fields
            return field, stat
        case _:
            return None


def _check_usage(snapshot: Snapshot, answer: PanelAnswer) -> None:
    assert snapshot.usage is not None
    usage = snapshot.usage.usage
    is_cost = answer.panel.unit == "usd"
    numbers = [row.cost if is_cost else row.tokens for row in usage.rows]
    assert fsum(number or 0.0 for number in numbers) == pytest.approx(answer.value)


def _quantile(numbers: list[float], stat: float) -> float:
    place = (len(numbers) - 1) * stat
    low, numbers = int(place), sorted(numbers)
    return numbers[low] + (numbers[low + 1] - numbers[low]) * (place - low)


def _checks(answers: Mapping[str, PanelAnswer]) -> dict[str, Callable[[str, Snapshot], None]]:
    """What each action of the overview must arrive at."""
    cost, tools = answers["total_cost"], answers["tool_success"]
    calls, failed = (
        sum(float(str(row[name])) for row in tools.rows for name in names)
        for names in (("success", "failure"), ("failure",))
    )

    def is_cost(number: float | None) -> Callable[[str, Snapshot], None]:
        def check(view: str, snapshot: Snapshot) -> None:
            assert view == "usage"
            _check_usage(snapshot, replace(cost, value=number))

        return check

    def is_events(count: float) -> Callable[[str, Snapshot], None]:
        return lambda view, snapshot: _equal((view, snapshot.log.matching), ("log", count))

    def is_sessions(view: str, snapshot: Snapshot) -> None:
        assert (view, len(snapshot.sessions)) == ("sessions", answers["active_sessions"].value)

    def is_session(view: str, snapshot: Snapshot) -> None:
        [session] = snapshot.sessions
        assert view == "session"
        if session.session_id == BUSY:
            assert session.cost == pytest.approx(cost.parts["current_session"])

    def is_prompt(view: str, snapshot: Snapshot) -> None:
        newest = next(row for row in snapshot.life.prompts if row.prompt_id == _PROMPT["prompt.id"])
        assert view == "prompt"
        assert newest.cost == pytest.approx(cost.parts["last_prompt"])

    def is_page(view: str, _: Snapshot) -> None:
        pytest.fail(f"{view} in place of a page that says why there are no rows")

    return {
        links.to_session_page(BUSY): is_session,
        links.to_session_page(OTHER): is_session,
        links.to_prompt_page(BUSY, _PROMPT["prompt.id"]): is_prompt,
        links.to_numbers("lines_of_code"): is_page,
        links.to_usage(): is_cost(cost.value),
        links.to_usage("today"): is_cost(cost.parts["today"]),
        links.to_usage("7d"): is_cost(cost.parts["7d"]),
        links.to_usage("30d"): is_cost(cost.parts["30d"]),
        links.TO_SESSIONS: is_sessions,
        links.TO_CALLS: is_events(calls),
        links.TO_FAILED_CALLS: is_events(failed),
        links.TO_ERRORS: is_events(1),
    }


def _equal(left: object, right: object) -> None:
    assert left == right


def test_what_leads_elsewhere_within_a_part_is_not_marked_with_it() -> None:
    inner = links.leading(Content("9 failed"), links.TO_FAILED_CALLS)
    tile = links.leading(Content.assemble("89  ", inner, " ok"), links.TO_CALLS)
    assert actions_in(tile) == [links.TO_CALLS, links.TO_FAILED_CALLS]
    assert reversed_parts(tile, links.TO_CALLS) == ["89  ", " ok"]
    assert reversed_parts(tile, links.TO_FAILED_CALLS) == ["9 failed"]


def reversed_parts(content: Content, action: str) -> list[str]:
    marked = links.marked(content, action)
    spans = (span for span in marked.spans if span.style == "reverse")
    return [marked.plain[span.start : span.end] for span in spans]

"""Whatever panel the types allow is drawn, written and put onto a board, in every section."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest
from textual.geometry import Region

from ccotel_tui.panels.catalogue import BY_ID, PANELS
from ccotel_tui.panels.grafana import boards
from ccotel_tui.panels.grafana.team import TEAM
from ccotel_tui.panels.output.document import csv_rows, panel_lines, panels_document
from ccotel_tui.panels.panel import Curves, Kind, Panel, Rows, Section, SingleValue, Sum
from ccotel_tui.panels.result import answer_panels
from ccotel_tui.query import measures
from ccotel_tui.query.embedded.backend import open_embedded
from ccotel_tui.query.query import Query, Scope
from ccotel_tui.query.window import HOUR, MINUTE, Window
from ccotel_tui.screen import strings
from ccotel_tui.screen.format.panel_words import value_word
from ccotel_tui.screen.views.sections import overview
from ccotel_tui.screen.views.sections import section as sections
from ccotel_tui.screen.widgets.panel_view import PanelView
from ccotel_tui.store.database import Database
from tests.screen.tools.running import NOW, SEOUL, dashboard
from tests.screen.tools.scenes import BUSY, busy_day, tool
from tests.screen.tools.shown import COST_CHARTS, TOOLS, show
from tests.tools.sampling import mostly_slow

COST = Sum(Query(measures.COST, by=("model",)))
COST_STEPPED = Sum(Query(measures.COST, by=("model",), stepped=True))
SUCCESSES = BY_ID["tool_success"].rows
DEAREST = Rows(
    "model",
    {
        "cost": COST,
        "requests": Sum(Query(measures.REQUESTS, by=("model",))),
        "p95": SingleValue(Query(measures.DURATION, by=("model",), stat=0.95)),
    },
)
KINDS: tuple[Kind, ...] = get_args(Kind)
SECTIONS: tuple[Section, ...] = get_args(Section)


def panel(kind: Kind, section: Section) -> Panel:
    """A panel of that kind with the fields that it needs, in that section."""
    id = f"{section}_{kind.replace(' ', '_')}"
    common: dict[str, Any] = {"id": id, "title": f"New {kind}", "section": section}
    if kind == "rows":
        return replace(BY_ID["tool_events"], **common)
    bare = Panel("new", "New", section, "stat", "usd", value=COST)
    fields: dict[str, dict[str, Any]] = {
        "stat": {},
        "stats and bars": {"parts": {"cost": COST}, "curves": Curves(COST_STEPPED, "model")},
        "lines": {"curves": Curves(COST_STEPPED, "model", running=True)},
        "bars": {"curves": Curves(COST_STEPPED, "model")},
        "ranked bars": {"rows": DEAREST},
        "success bars": {"rows": SUCCESSES},
    }
    return replace(bare, kind=kind, **common, **fields[kind])


@pytest.mark.parametrize("section", mostly_slow(SECTIONS, 2))
async def test_every_kind_is_drawn_in_every_section(
    section: Section, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy_day(database)
    new = tuple(panel(kind, section) for kind in KINDS)
    monkeypatch.setattr(sections, "PANELS", (*PANELS, *new))
    monkeypatch.setattr(overview, "PANELS", (*PANELS, *new))
    async with dashboard(tmp_path, (120, 40)) as running:
        await running.press(str(SECTIONS.index(section) + 1))
        for added in new:
            view = running.app.screen.query_one(f".{added.id}", PanelView)
            running.app.screen.maximize(view)
            shown = await running.until(added.title)
            while strings.LOADING in shown:
                shown = await running.press()
            assert view.has_numbers, shown
            assert "$" in shown or added.kind in ("rows", "success bars")
            running.app.screen.minimize()


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_written_and_on_a_board(
    kind: Kind, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy_day(database)
    new = tuple(panel(kind, section) for section in SECTIONS)
    window = Window.between(NOW - HOUR, NOW, SEOUL)
    backend = open_embedded(tmp_path / "telemetry.db")
    answers = answer_panels(new, backend, window, Scope(), NOW)
    backend.close()
    written = json.loads(json.dumps(panels_document(answers, "embedded", window, Scope())))
    assert {told["state"] for told in written["panels"].values()} == {"value"}
    assert sum(line.startswith(f"New {kind}: ") for line in panel_lines(answers.values())) == len(
        new
    )
    if kind != "rows":
        assert {row[0] for row in csv_rows(answers.values())} == {"panel", *answers}
    monkeypatch.setattr(boards, "BOARD_PANELS", new)
    for board in (board for name, board in boards.boards().items() if TEAM not in name):
        titles = {tile["title"].removesuffix(", over all") for tile in board["panels"]}
        assert f"New {kind}" in titles


def test_a_column_is_told_in_the_unit_of_what_it_is_made_of() -> None:
    assert {name: DEAREST.unit(name) for name in DEAREST.columns} == {
        "cost": "usd",
        "requests": "1",
        "p95": "ms",
    }


@pytest.mark.parametrize(
    ("panel_id", "word"), [("api_duration", "p95"), ("tool_rate", "mean"), ("total_cost", "")]
)
def test_a_value_that_is_no_sum_says_what_it_is(panel_id: str, word: str) -> None:
    assert value_word(BY_ID[panel_id]) == word


@pytest.mark.parametrize(
    ("kind", "lacks"),
    [
        ("stat", "value"),
        ("stats and bars", "value and parts and curves"),
        ("bars", "value and curves"),
        ("ranked bars", "value and rows"),
        ("rows", "events"),
    ],
)
def test_what_cannot_be_shown_is_refused_when_it_is_defined(kind: Kind, lacks: str) -> None:
    with pytest.raises(ValueError, match=f"{kind} need {lacks}"):
        Panel("new", "New", "cost", kind, "usd")


def test_success_bars_need_their_columns() -> None:
    with pytest.raises(ValueError, match="success bars need failure and ratio and success"):
        replace(BY_ID["tool_success"], rows=DEAREST)


async def test_of_more_charts_than_fit_three_fill_the_page(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy_day(database)
    show(monkeypatch, *COST_CHARTS, panel("bars", "cost"))
    async with dashboard(tmp_path, (120, 40)) as running:
        await running.press("2")
        await running.at_rest()
        charts = running.app.screen.query("#cost > ChartPanel")
        heights = [chart.outer_size.height for chart in charts]
    assert (len(heights), sum(heights[:3])) == (4, 38)
    assert max(heights) - min(heights) <= 1


async def test_a_list_tells_its_footnote(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy_day(database)
    dearest = replace(panel("ranked bars", "tools"), footnote="Of all requests.")
    monkeypatch.setattr(sections, "PANELS", (*PANELS, dearest))
    async with dashboard(tmp_path, (120, 40)) as running:
        await running.press("3")
        await running.until("Of all requests.")


@pytest.mark.parametrize("size", [(120, 40), (200, 60)])
async def test_a_further_list_of_tools_stands_under_what_failed_and_moves_nothing_above(
    size: tuple[int, int], database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy_day(database)
    show(monkeypatch, *TOOLS)
    before = await places("tools", tmp_path, size)
    dearest = panel("ranked bars", "tools")
    show(monkeypatch, *TOOLS, dearest)
    after = await places("tools", tmp_path, size)
    place = after.pop(dearest.id)
    assert list(after) == list(before)
    succeeded, failed, *charts = after.values()
    assert [succeeded, failed] == list(before.values())[:2]
    assert place.x == succeeded.x
    assert (place.right, place.y) == (failed.right, failed.bottom + 1)
    assert {(chart.x, chart.right) for chart in charts} == {(place.x, place.right)}
    assert charts[0].y == place.bottom + 1
    assert abs(charts[0].height - charts[1].height) <= 1
    assert charts[-1].bottom <= size[1] - 1


@pytest.mark.parametrize("more", [1, 2, 3])
async def test_further_lists_of_many_tools_leave_the_charts_some_rows(
    more: int, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database.append([tool(BUSY, NOW - MINUTE - n, n, f"tool{n}", ok=True) for n in range(18)])
    calls = Sum(Query(measures.TOOL_CALLS, by=("tool_name",)))
    called = replace(panel("ranked bars", "tools"), rows=Rows("tool_name", {"count": calls}))
    further = tuple(replace(called, id=f"{called.id}_{number}") for number in range(more))
    show(monkeypatch, *TOOLS, *further)
    after = await places("tools", tmp_path, (120, 40))
    assert {after[panel.id].height for panel in further} == {12}
    assert min(place.height for place in after.values()) > 0


@pytest.mark.parametrize("more", [0, 1, 2])
async def test_the_charts_of_a_broad_section_leave_no_column_blank(
    more: int, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy_day(database)
    new = [replace(panel("bars", "cost"), id=f"cost_bars_{number}") for number in range(more)]
    show(monkeypatch, *COST_CHARTS, *new)
    places_now = list((await places("cost", tmp_path, (200, 60))).values())
    whole = {(place.x, place.right) for place in places_now if place.width > 100}
    halves = [(place.x, place.y) for place in places_now if place.width <= 100]
    assert len(whole) == (len(places_now) % 2)
    assert len(halves) == len(set(halves)) == len(places_now) - len(whole)


async def places(section: Section, tmp_path: Path, size: tuple[int, int]) -> dict[str, Region]:
    """Where the panels of a section are, by their ids."""
    async with dashboard(tmp_path, size) as running:
        await running.press(str(SECTIONS.index(section) + 1))
        await running.at_rest()
        views = running.app.screen.query(f"#{section} > *").results(PanelView)
        return {view.panel.id: view.region for view in views}

"""Every query of the boards on the real servers: the panel's own number, asked Grafana's way."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from ccotel_tui.panels.answer import PanelAnswer, answer_panels
from ccotel_tui.panels.catalogue import PANELS
from ccotel_tui.panels.grafana import DATASOURCES, boards
from ccotel_tui.panels.grafana_query import stepped
from ccotel_tui.panels.panel import Curves, Panel, Total
from ccotel_tui.query.ask import Ask, Scope
from ccotel_tui.query.http import Http
from ccotel_tui.query.measures import COST, LINES, TOOL_CALLS
from ccotel_tui.query.stack_source import StackSource
from ccotel_tui.query.window import DAY, MINUTE, SECOND, Window
from ccotel_tui.record import replay
from tests.servers.servers import Stack

pytestmark = pytest.mark.servers

Json = dict[str, Any]
Points = dict[int, float]

SESSIONS = Path(__file__).parents[1] / "data" / "sessions.jsonl"
MILLISECOND = 1_000_000
WINDOWS = {
    "a day": (DAY, 15 * MINUTE, 0),
    "all but the first minute": (3 * MINUTE, MINUTE, 0),
    "the day before": (DAY, 15 * MINUTE, DAY),
}
"""Length, step, and how long before the end of the recordings it ends."""


def curve_panel(ask: Ask, running: bool) -> Panel:
    return Panel("", "", "tools", "lines", "1", Total(ask), curves=Curves(ask, running))


CURVES = {
    f"{'running' if running else 'plain'} {ask.measure.record}": curve_panel(ask, running)
    for running in (True, False)
    for ask in (
        Ask(COST, by=("model",), stepped=True),
        Ask(TOOL_CALLS, by=("tool_name", "success"), stepped=True),
        Ask(LINES, by=("type",), stepped=True),
    )
}
TILES = [
    pytest.param(tile, id=tile["title"])
    for board in boards().values()
    for tile in board["panels"]
    if tile["type"] != "row"
]


@dataclass
class Servers:
    """Where the queries go, what the panels say, and when the recordings end."""

    urls: dict[str, str]
    source: StackSource
    http: Http
    newest_ns: int

    def window(self, name: str) -> Window:
        """The window of that name, both ends at whole steps."""
        length_ns, step_ns, before_ns = WINDOWS[name]
        to_ns = -(-self.newest_ns // step_ns) * step_ns - before_ns
        return Window.between(to_ns - length_ns, to_ns, ZoneInfo("UTC"), step_ns)

    def answer(self, panel: Panel, window: Window) -> PanelAnswer:
        [answer] = answer_panels([panel], self.source, window, Scope(), window.to_ns).values()
        assert answer.state in ("value", "empty")
        return answer

    def ask(self, target: Json, window: Window) -> list[Json]:
        """The series that the server answers, Grafana's variables filled in."""
        query: str = target["expr"]
        for variable, value in {
            "$__range": f"{(window.to_ns - window.from_ns) // SECOND}s",
            "$__interval": f"{window.step_ns // SECOND}s",
            "${__interval_ms}": str(window.step_ns // MILLISECOND),
            "${__from}": str(window.from_ns // MILLISECOND),
        }.items():
            query = query.replace(variable, value)
        url = self.urls[target["datasource"]["uid"]]
        to = str(window.to_ns // SECOND)
        if target.get("instant") or target.get("queryType") == "instant":
            return list(self.http.get(f"{url}/query", {"query": query, "time": to})["result"])
        ends = {"start": str(window.from_ns // SECOND), "end": to}
        ends["step"] = str(window.step_ns // SECOND)
        return list(self.http.get(f"{url}/query_range", {"query": query, **ends})["result"])


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    with Stack(tmp_path_factory.mktemp("stack")) as stack:
        if stack.loki is None:
            pytest.skip("no Loki on this machine, and Grafana's queries have no recorded answers")
        newest_ns = send_recordings(stack)
        stack.settle()
        source, http = StackSource(stack.prometheus.url, stack.loki.url), Http()
        urls = {
            "ccotel-prometheus": f"{stack.prometheus.url}/api/v1",
            "ccotel-loki": f"{stack.loki.url}/loki/api/v1",
        }
        yield Servers(urls, source, http, newest_ns)
        source.close()
        http.close()


def send_recordings(stack: Stack) -> int:
    """Send the recorded sessions moved by whole days; the time of their newest record."""
    lines = list(replay.read(SESSIONS))
    newest_ns = max(line.time_ns for line in lines)
    by_ns = (time.time_ns() - 15 * MINUTE - newest_ns) // DAY * DAY
    for line in lines:
        replay.move(line.request, by_ns)
    replay.send(lines, stack.collector.grpc)
    return newest_ns + by_ns


@pytest.mark.parametrize("name", WINDOWS)
@pytest.mark.parametrize("tile", TILES)
def test_a_target_answers_what_the_panel_says(servers: Servers, tile: Json, name: str) -> None:
    window = servers.window(name)
    title = tile["title"].removesuffix(", over all")
    [panel] = [panel for panel in PANELS if panel.title == title]
    answer = servers.answer(panel, window)
    found = {target["refId"]: servers.ask(target, window) for target in tile["targets"]}
    assert answer.state == ("empty" if name == "the day before" else "value")
    if name == "a day":
        assert all(found.values())
    match tile["type"]:
        case "stat":
            assert stat(tile, found) == pytest.approx(
                {tile["title"]: answer.value}
                | {name: answer.parts[name] for name in shown(tile) if name != tile["title"]}
            )
        case "table":
            assert panel.rows
            label = panel.rows.label
            assert table(tile, found, label) == {
                row[label]: pytest.approx({c: n for c, n in row.items() if c != label})
                for row in answer.rows
            }
        case "timeseries":
            check_curves(answer, found["A"], window)


@pytest.mark.parametrize("name", WINDOWS)
@pytest.mark.parametrize("panel", CURVES.values(), ids=CURVES)
def test_curves_are_the_panel_s_in_every_form(servers: Servers, panel: Panel, name: str) -> None:
    window = servers.window(name)
    assert panel.curves
    signal = panel.curves.ask.measure.signal
    target = {"expr": stepped(panel.curves), "datasource": DATASOURCES[signal]}
    check_curves(servers.answer(panel, window), servers.ask(target, window), window)


def test_a_running_sum_ends_at_the_total_whatever_the_window_s_ends(servers: Servers) -> None:
    panel = CURVES["running api_request"]
    assert panel.curves
    target = {"expr": stepped(panel.curves), "datasource": DATASOURCES["events"]}
    to_ns = servers.newest_ns // SECOND * SECOND + SECOND
    for before in (150, 170, 190, 200):
        window = Window.between(to_ns - before * SECOND, to_ns, ZoneInfo("UTC"), MINUTE)
        answer = servers.answer(panel, window)
        ends = {
            series["metric"]["model"]: float(series["values"][-1][1])
            for series in servers.ask(target, window)
        }
        assert ends == pytest.approx({one.labels["model"]: total for one, total in answer.series})


def shown(tile: Json) -> list[str]:
    """The names of a stat's numbers, in the order of its targets."""
    return [override["properties"][0]["value"] for override in tile["fieldConfig"]["overrides"]]


def stat(tile: Json, found: dict[str, list[Json]]) -> dict[str, float | None]:
    """The numbers by name, None where Grafana would say that there is no data."""
    return {
        override["properties"][0]["value"]: next(
            (float(series["value"][1]) for series in found[override["matcher"]["options"]]), None
        )
        for override in tile["fieldConfig"]["overrides"]
    }


def table(tile: Json, found: dict[str, list[Json]], label: str) -> dict[str, dict[str, float]]:
    """The rows as merged and renamed: a cell that no query fills shows as the column's noValue."""
    columns = tile["transformations"][1]["options"]["renameByName"]
    fillers = {
        override["matcher"]["options"]: float(override["properties"][0]["value"])
        for override in tile["fieldConfig"]["overrides"]
        if override["properties"][0]["id"] == "noValue"
    }
    rows: dict[str, dict[str, float]] = {}
    for ref_id, result in found.items():
        for series in result:
            row = rows.setdefault(series["metric"][label], dict(fillers))
            row[columns[f"Value #{ref_id}"]] = float(series["value"][1])
    return rows


def check_curves(answer: PanelAnswer, result: list[Json], window: Window) -> None:
    """Each curve is the panel's own at every step, and the last or the sum is its total."""
    assert answer.panel.curves
    running = answer.panel.curves.running
    by = answer.panel.curves.ask.by
    drawn = {
        tuple(series["metric"][label] for label in by): {
            round(float(at)) * SECOND: float(number)
            for at, number in series["values"]
            if round(float(at)) * SECOND > window.from_ns
        }
        for series in result
    }
    drawn = {labels: points for labels, points in drawn.items() if any(points.values())}
    assert drawn.keys() == {tuple(series.labels.values()) for series, _ in answer.series}
    for series, total in answer.series:
        points = drawn[tuple(series.labels.values())]
        before = 0.0
        for end_ns, number in series.points:
            before = points.get(end_ns, before if running else 0.0)
            assert before == pytest.approx(number), end_ns
        ends = before if running else sum(points.values())
        assert ends == pytest.approx(total)

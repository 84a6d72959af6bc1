"""Every query of the boards on the real servers: the panel's own number, asked Grafana's way."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest

from ccotel_tui.network.address import address
from ccotel_tui.network.http import HttpClient
from ccotel_tui.panels.catalogue import BOARD_PANELS
from ccotel_tui.panels.grafana.link import link
from ccotel_tui.panels.grafana.tiles import tiles
from ccotel_tui.panels.grafana.variables import EVERYTHING as ALL
from ccotel_tui.panels.grafana.variables import LISTED, TYPED
from ccotel_tui.panels.panel import Panel, Ratio, SingleValue
from ccotel_tui.panels.result import PanelAnswer, answer_panels
from ccotel_tui.query.period import Period
from ccotel_tui.query.query import Scope
from ccotel_tui.query.stack.client import ANSWER_TIMEOUT
from ccotel_tui.query.stack.json_api import get_json
from ccotel_tui.query.stack.responses import HttpQuery
from ccotel_tui.query.window import DAY, HOUR, MINUTE, SECOND, Window
from tests.panels.equality import alike, check
from tests.panels.recordings import Recorded, moved, sent

pytestmark = pytest.mark.servers

Json = dict[str, Any]
Points = dict[int, float]

MILLISECOND = 1_000_000
WINDOWS = {
    "a day": (DAY, 15 * MINUTE, 0),
    "all but the first minute": (HOUR, MINUTE, 0),
    "the day before": (DAY, 15 * MINUTE, DAY),
}
"""Length, step, and how long before the end of the recordings it ends."""

SCOPES = {
    "a session": Scope(session_id="d1438814"),
    # Most ids have an e somewhere, few begin with one.
    "sessions": Scope(session_id="e"),
    "no session's": Scope(session_id="unknown"),
    "a model": Scope(model="SONNET-5-5"),
    # Some events say claude-opus-4-8[1m].
    "a model to the letter": Scope(attributes=(("model", "claude-opus-4-8"),)),
    "an attribute": Scope(attributes=(("project", "shop"),)),
    "a project and a user": Scope(attributes=(("project", "shop"), ("user.email", "a.b@c/d"))),
    "without an attribute": Scope(model="5", attributes=(("team.id", ""),)),
    "a dot that is none": Scope(model="sonnet.5"),
    "a hostile session": Scope(session_id='`} or vector(1) #$__range\n"\\'),
}

PANELS = {panel.id: panel for panel in BOARD_PANELS}
TILES: dict[str, Json] = {
    f"{tile['type']} {panel.id}": tile for panel in BOARD_PANELS for tile in tiles(panel)
}


EVERYTHING = Scope()


def chosen(scope: Scope) -> dict[str, str]:
    """What stands for the board's variables where its link leads."""
    address = link("", "overview", Period(), scope, ZoneInfo("UTC"))
    assert not address.left_out
    said = parse_qs(urlsplit(address.url).query, keep_blank_values=True)
    told = {name.removeprefix("var-"): values[0] for name, values in said.items()}
    return {
        **{f"${{{name}:raw}}": told.get(name, default) for name, _, default, _ in TYPED},
        **{f"${{{each.name}:pipe}}": told.get(each.name, ALL) for each in LISTED},
        # Grafana escapes what is chosen, and not what stands for everything.
        **{
            f"${{{each.name}:regex}}": escaped(told[each.name]) if each.name in told else ALL
            for each in LISTED
        },
    }


def escaped(text: str) -> str:
    """The text as the format `regex` of Grafana's variables writes it."""
    return re.sub(r"([\\^$*+?.()|\[\]{}/])", r"\\\1", text)


class Servers:
    """Asks as Grafana does."""

    def __init__(self, recorded: Recorded) -> None:
        assert recorded.stack.loki
        self.recorded = recorded
        self.http = HttpClient()
        self.urls = {
            "ccotel-prometheus": f"{recorded.stack.prometheus.url}/api/v1",
            "ccotel-loki": f"{recorded.stack.loki.url}/loki/api/v1",
        }

    def window(self, name: str) -> Window:
        """The window of that name, both ends at whole steps."""
        length_ns, step_ns, before_ns = WINDOWS[name]
        to_ns = -(-self.recorded.newest_ns // step_ns) * step_ns - before_ns
        return Window.between(to_ns - length_ns, to_ns, ZoneInfo("UTC"), step_ns)

    def answer(self, panel: Panel, window: Window, scope: Scope = EVERYTHING) -> PanelAnswer:
        source = self.recorded.backend
        [answer] = answer_panels([panel], source, window, scope, window.to_ns).values()
        return answer

    def ask(self, target: Json, window: Window, scope: Scope = EVERYTHING) -> list[Json]:
        """The series or the streams that the server answers, Grafana's variables filled in."""
        query: str = target["expr"]
        length_ns = window.to_ns - window.from_ns
        for variable, value in {
            "$__range_ms": str(length_ns // MILLISECOND),
            "$__range": f"{length_ns // SECOND}s",
            "$__interval_ms": str(window.step_ns // MILLISECOND),
            "$__interval": f"{window.step_ns // SECOND}s",
            "${__interval_ms}": str(window.step_ns // MILLISECOND),
            "${__from}": str(window.from_ns // MILLISECOND),
            "${__to}": str(window.to_ns // MILLISECOND),
            **chosen(scope),
        }.items():
            query = query.replace(variable, value)
        url = self.urls[target["datasource"]["uid"]]
        to = str(window.to_ns // SECOND)
        if target.get("instant") or target.get("queryType") == "instant":
            return self._got(f"{url}/query", {"query": query, "time": to})
        asked = {"query": query, "start": str(window.from_ns // SECOND), "end": to}
        asked["step"] = str(window.step_ns // SECOND)
        if "maxLines" in target:
            asked["limit"] = str(target["maxLines"])
        return self._got(f"{url}/query_range", asked)

    def _got(self, url: str, parameters: dict[str, str]) -> list[Json]:
        limit = self.http.limit(ANSWER_TIMEOUT)
        query = HttpQuery(address(url), "", tuple(parameters.items()))
        return list(get_json(self.http, query, limit)["result"])


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """With sessions of which each has requests: the boards leave out those that have none."""
    with sent(*moved(), tmp_path_factory.mktemp("stack")) as recorded:
        servers = Servers(recorded)
        yield servers
        servers.http.close()


@pytest.mark.parametrize("name", WINDOWS)
@pytest.mark.parametrize("tile", TILES)
def test_a_target_answers_what_the_panel_says(servers: Servers, tile: str, name: str) -> None:
    answer = compared(servers, tile, servers.window(name))
    assert answer.state == ("empty" if name == "the day before" else "value")


@pytest.mark.parametrize("name", SCOPES)
@pytest.mark.parametrize("tile", TILES)
def test_a_target_answers_what_the_panel_says_of_a_scope(
    servers: Servers, tile: str, name: str
) -> None:
    compared(servers, tile, servers.window("a day"), SCOPES[name])


def test_every_scope_but_those_of_nothing_selects_something(servers: Servers) -> None:
    panel, window = PANELS["total_cost"], servers.window("a day")
    states = {name: servers.answer(panel, window, scope).state for name, scope in SCOPES.items()}
    nothing = {
        *("no session's", "a dot that is none", "a hostile session"),
        "a project and a user",
    }
    assert {name for name, state in states.items() if state == "empty"} == nothing


def compared(servers: Servers, name: str, window: Window, scope: Scope = EVERYTHING) -> PanelAnswer:
    """The panel's answer, once the targets of the tile of that name have told the same."""
    tile, panel = TILES[name], PANELS[name.split()[1]]
    answer = servers.answer(panel, window, scope)
    found = {target["refId"]: servers.ask(target, window, scope) for target in tile["targets"]}
    if answer.state == "absent":
        check_absent(panel, tile, found)
        return answer
    if scope == EVERYTHING and answer.state == "value":
        assert all(found.values())
    match tile["type"]:
        case "stat":
            parts = {name: answer.parts[name.replace(" ", "_")] for name in shown(tile)[1:]}
            check(stat(tile, found), {shown(tile)[0]: answer.value, **parts})
        case "table":
            assert panel.rows
            label = panel.rows.label
            told = {
                row[label]: {column: n for column, n in row.items() if column != label}
                for row in answer.rows
            }
            check(table(tile, found, label), told)
        case "timeseries":
            check_curves(answer, tile, found, window)
        case "logs":
            assert logged(found["A"]) == Counter(
                (row["event_name"], row["time"]) for row in answer.rows
            )
    return answer


def check_absent(panel: Panel, tile: Json, found: dict[str, list[Json]]) -> None:
    """Nothing is found, or 0; of what makes a session active, only some has a model."""
    if panel.id == "active_sessions":
        return
    if tile["type"] == "stat":
        [value, *parts] = stat(tile, found).values()
        assert (value, set(parts) - {0.0, None}) == (None, set())
    else:
        assert not any(found.values())


def test_a_running_sum_ends_at_the_total_whatever_the_window_s_ends(servers: Servers) -> None:
    panel = PANELS["cost_by_model"]
    tile = TILES[f"timeseries {panel.id}"]
    to_ns = servers.recorded.newest_ns // SECOND * SECOND + SECOND
    for before in (90, 110, 130, 150):
        window = Window.between(to_ns - before * SECOND, to_ns, ZoneInfo("UTC"), MINUTE)
        answer = servers.answer(panel, window)
        ends = {
            series["metric"]["model"]: float(series["values"][-1][1])
            for series in servers.ask(tile["targets"][0], window)
        }
        assert answer.series
        check(ends, {one.labels["model"]: total for one, total in answer.series})


def shown(tile: Json) -> list[str]:
    """The names of a stat's numbers, in the order of its targets."""
    return [override["properties"][0]["value"] for override in tile["fieldConfig"]["overrides"]]


def stat(tile: Json, found: dict[str, list[Json]]) -> dict[str, float | None]:
    """The numbers by name, None where Grafana would say that there is no data."""
    return {
        override["properties"][0]["value"]: next(
            (last_number(series) for series in found[override["matcher"]["options"]]), None
        )
        for override in tile["fieldConfig"]["overrides"]
    }


def last_number(series: Json) -> float:
    """The number of an instant answer, or the newest of a range."""
    return float((series.get("value") or series["values"][-1])[1])


def table(tile: Json, found: dict[str, list[Json]], label: str) -> dict[str, dict[str, float]]:
    """The rows as merged and renamed: a cell that no query fills shows as the column's noValue."""
    columns = tile["transformations"][1]["options"]["renameByName"]
    properties = {
        override["matcher"]["options"]: {one["id"]: one["value"] for one in override["properties"]}
        for override in tile["fieldConfig"]["overrides"]
    }
    fillers = {name: 0.0 for name, told in properties.items() if told.get("noValue") == "0"}
    rows: dict[str, dict[str, float]] = {}
    for ref_id, result in found.items():
        for series in result:
            row = rows.setdefault(series["metric"][label], dict(fillers))
            row[columns[f"Value #{ref_id}"]] = float(series["value"][1])
    return rows


def logged(streams: list[Json]) -> Counter[tuple[str, int]]:
    """The lines as names and times; each begins with its event's name."""
    rows: Counter[tuple[str, int]] = Counter()
    for stream in streams:
        for at, line, *_ in stream["values"]:
            name = stream["stream"]["event_name"]
            assert line.startswith(f"{name} ")
            rows[name, int(at)] += 1
    return rows


def check_curves(
    answer: PanelAnswer, tile: Json, found: dict[str, list[Json]], window: Window
) -> None:
    """Each curve is the panel's own at every step, and the last or the sum is its total."""
    curves = answer.panel.curves
    assert curves
    # A step without records adds nothing, but has no ratio and no quantile at all.
    gaps = isinstance(curves.number, Ratio | SingleValue)
    calcs = tile["options"]["legend"]["calcs"]
    drawn = {
        name: points
        for target in tile["targets"]
        for name, points in named(target["legendFormat"], found[target["refId"]], window)
        if gaps or any(points.values())
    }
    told = {next(iter(one.labels.values()), "all"): (one, total) for one, total in answer.series}
    assert drawn.keys() == told.keys()
    for name, (series, total) in told.items():
        points = drawn[name]
        before: float | None = None if gaps else 0.0
        for end_ns, number in series.points:
            # Before the first record of all there is no bar, where a board cannot say why.
            if number is None and not gaps:
                assert not points.get(end_ns)
                continue
            before = points.get(end_ns, before if curves.running else None if gaps else 0.0)
            assert alike(before, number), (name, end_ns)
        if calcs:
            ends = before if calcs == ["lastNotNull"] else sum(points.values())
            assert alike(ends, total)


def named(legend: str, result: list[Json], window: Window) -> Iterator[tuple[str, Points]]:
    """The series under the names that the legend gives them, by the ends of their steps."""
    for series in result:
        label = legend.removeprefix("{{").removesuffix("}}")
        yield (
            series["metric"][label] if legend.startswith("{{") else legend,
            {
                end_ns: float(number)
                for at, number in series["values"]
                if (end_ns := round(float(at)) * SECOND + window.step_ns) <= window.to_ns
            },
        )

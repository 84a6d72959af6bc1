"""What stands around a board's panels, on the real servers: lists, marks, rows, alert rules."""

import json
from collections.abc import Iterator
from dataclasses import replace
from math import fsum
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from ccotel_tui.network.address import address
from ccotel_tui.panels.catalogue import BY_ID
from ccotel_tui.panels.grafana.alerts import rules
from ccotel_tui.panels.grafana.boards import boards
from ccotel_tui.panels.grafana.dear import dear_tile
from ccotel_tui.panels.grafana.foreign.board import imported
from ccotel_tui.panels.grafana.team import team_tiles
from ccotel_tui.panels.grafana.tiles import DATASOURCES
from ccotel_tui.panels.grafana.variables import GROUPED, KEYS_BY_LABEL
from ccotel_tui.query.measures import COST, COST_COUNTED, ERRORS, REQUESTS, MeasureSignal
from ccotel_tui.query.query import Query, Scope
from ccotel_tui.query.stack.json_api import get_json
from ccotel_tui.query.stack.responses import HttpQuery
from ccotel_tui.query.usage.keys import NONE, usage_key
from ccotel_tui.query.usage.usage import UsageRow, usage_of
from ccotel_tui.query.window import DAY, MINUTE, SECOND, Window
from ccotel_tui.send.replay import Line
from tests.panels.equality import check
from tests.panels.grafana.test_queries import EVERYTHING, Servers, last_number, table
from tests.panels.recordings import moved, sent
from tests.tools.otlp import event, lines, logs_request, metrics_request, request

pytestmark = pytest.mark.servers

Json = dict[str, Any]

HOME = boards()["ccotel-home.json"]
TILES = list(team_tiles())
CHANGED = [tile for tile in TILES if "Lines" in tile["title"]]
USED = [tile for tile in TILES if tile not in CHANGED]
OF_ONE_LABEL = {"user": "attribute:user.email", "project": "attribute:project"}
"""Of the keys that `usage` makes of several labels, what the board has: the first of them."""


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    recordings, newest_ns = moved()
    at = newest_ns
    named = {"project": "shop (new)", "user.email": "a.b@c"}
    events = [
        replace(each, attributes={**each.attributes, **named})
        for each in (
            event("compaction", at - SECOND, "named", trigger="auto"),
            request(0.25, at, "named"),
        )
    ]
    point = lines(1, at, at - SECOND, "named")
    point = replace(point, attributes={**point.attributes, **named})
    more = [Line(logs_request(*events), at), Line(metrics_request(point), at)]
    with sent([*recordings, *more], newest_ns, tmp_path_factory.mktemp("stack")) as recorded:
        servers = Servers(recorded)
        yield servers
        servers.http.close()


@pytest.mark.parametrize(("label", "key"), KEYS_BY_LABEL.items())
def test_what_was_dear_is_what_usage_says(servers: Servers, label: str, key: str) -> None:
    check_usage(servers, dear_tile(), label, key)


@pytest.mark.parametrize("tile", USED, ids=lambda tile: str(tile["title"]))
def test_a_team_s_tables_are_what_usage_says(servers: Servers, tile: Json) -> None:
    label = "user_email" if tile["title"].endswith("User") else "project"
    check_usage(servers, tile, label, KEYS_BY_LABEL[label])


@pytest.mark.parametrize("tile", CHANGED, ids=lambda tile: str(tile["title"]))
def test_a_team_s_lines_are_all_lines(servers: Servers, tile: Json) -> None:
    window = servers.window("a day")
    label = "user_email" if tile["title"].endswith("User") else "project"
    found = {target["refId"]: servers.ask(target, window) for target in tile["targets"]}
    for result in found.values():
        for series in result:
            series["metric"].setdefault(label, "")
    shown = table(tile, found, label)
    assert shown["a.b@c" if label == "user_email" else "shop (new)"]["lines"] == 1
    answer = servers.answer(BY_ID["lines_of_code"], window)
    assert fsum(row["lines"] for row in shown.values()) == answer.value
    for part in ("added", "removed"):
        assert fsum(row[part] for row in shown.values()) == answer.parts[part]


def check_usage(servers: Servers, tile: Json, label: str, key: str) -> None:
    """Each row of the table is the one of usage by the key."""
    window, by = servers.window("a day"), f"${{{GROUPED}:raw}}"
    found = {
        target["refId"]: servers.ask({**target, "expr": target["expr"].replace(by, label)}, window)
        for target in tile["targets"]
    }
    for result in found.values():
        for series in result:
            series["metric"].setdefault(label, "")
    asked = usage_key("attribute:prompt_id" if key == "prompt" else OF_ONE_LABEL.get(key, key))
    usage = usage_of(servers.recorded.backend, [asked], window, EVERYTHING)
    # Sessions that send counters only are left out on boards.
    told = {_key(row): _columns(row) for row in usage.rows if row.requests}
    assert told
    shown = {_shown(name): columns for name, columns in table(tile, found, label).items()}
    check({name: dict(sorted(columns.items())) for name, columns in shown.items()}, told)


def _key(row: UsageRow) -> str:
    [key] = row.keys
    return _shown(key)


def _shown(key: str) -> str:
    """The key as a board shows it, one word for all that have none."""
    return NONE if key in ("", "unknown") else key


def _columns(row: UsageRow) -> dict[str, float | None]:
    shown = {
        "cost_usd": row.cost,
        **{name: float(getattr(row, name) or 0) for name in ("requests", "sessions")},
        **{name: getattr(row, name) for name in ("input", "output", "cache_read")},
        "cache_creation": row.cache_creation,
        "cache_hit_ratio": row.cache_hit_ratio,
    }
    return {name: number for name, number in sorted(shown.items()) if number is not None}


def listed(servers: Servers, name: str, chosen: dict[str, str]) -> set[str]:
    """What Prometheus answers for a variable's list, where this is chosen above."""
    [variable] = [one for one in HOME["templating"]["list"] if one["name"] == name]
    series, label = variable["query"]["query"].removeprefix("label_values(")[:-1].rsplit(", ", 1)
    for other in ("project", "user"):
        series = series.replace(f"${{{other}:regex}}", chosen.get(other, ".*"))
    url = f"{servers.urls['ccotel-prometheus']}/label/{label}/values"
    query = HttpQuery(address(url), "", (("match[]", series),))
    return set(get_json(servers.http, query, servers.http.limit(10)))


def test_lists_have_what_the_servers_know(servers: Servers) -> None:
    assert listed(servers, "project", {}) >= {"shop (new)"}
    assert listed(servers, "user", {}) >= {"a.b@c"}
    everybody = listed(servers, "session", {})
    assert everybody > {"named"}
    assert listed(servers, "session", {"project": r"shop \(new\)", "user": r"a\.b@c"}) == {"named"}
    assert "claude-sonnet-5-5" in listed(servers, "model", {})


def test_each_compaction_and_error_is_marked(servers: Servers) -> None:
    window = servers.window("a day")
    marks = {
        one["name"]: [
            line for stream in servers.ask(marked(one), window) for line in stream["values"]
        ]
        for one in HOME["annotations"]["list"]
    }
    assert len(marks["Compactions"]) >= 1
    errors = told(servers, Query(ERRORS), window.to_ns, DAY)
    assert errors
    assert len(marks["API errors"]) >= errors
    assert servers.ask(marked(HOME["annotations"]["list"][0]), window, Scope("named"))


def marked(annotation: Json) -> Json:
    return {**annotation, "queryType": "range", "maxLines": 1000}


def test_alert_rules_ask_what_the_panels_do(servers: Servers) -> None:
    now_ns = -(-servers.recorded.newest_ns // SECOND) * SECOND
    numbers = {
        rule.id: [last_number(series) for series in servers.ask(asked(rule.query), until(now_ns))]
        for rule in rules()
    }
    check(numbers["cost-day"], [told(servers, Query(COST), now_ns, DAY)])
    quarter = 15 * MINUTE
    errors, requests = (told(servers, Query(each), now_ns, quarter) for each in (ERRORS, REQUESTS))
    check(numbers["error-rate"], [errors / (errors + requests)] if errors else [])
    [received] = numbers["silent"]
    assert received > 1


def asked(query: str) -> Json:
    return {"expr": query, "datasource": {"uid": "ccotel-loki"}, "queryType": "instant"}


def until(now_ns: int, length_ns: int = DAY) -> Window:
    return Window.between(now_ns - length_ns, now_ns, ZoneInfo("UTC"))


def told(servers: Servers, query: Query, now_ns: int, length_ns: int) -> float:
    window, source = until(now_ns, length_ns), servers.recorded.backend.source
    answer = source.numbers([query], window, EVERYTHING)[query]
    return sum(series.points[0][1] or 0.0 for series in answer)


THEIRS = (
    ("counters", 'sum(increase(claude_code_cost_usage_USD_total{job="otel-collector"}[1d]))'),
    ("counters", "sum(claude_code_cost_usage_total)"),
    ("counters", "sum(max_over_time(work_claude_code_cost_usage_USD_total[$__range]))"),
    (
        "events",
        'sum(sum_over_time({service_name="claude-code", event_name="claude_code.api_request"} '
        "| unwrap cost_usd [$__range]))",
    ),
    (
        "events",
        'sum(sum_over_time({job="claude-code"} |= "api_request" | json | unwrap cost_usd '
        '| __error__="" [$__range]))',
    ),
)
"""What boards ask for the dollars of a day, and no server of ours answers, or not with those."""


@pytest.mark.parametrize(("signal", "query"), THEIRS)
def test_a_board_of_others_says_the_dollars_that_the_panel_says(
    servers: Servers, signal: MeasureSignal, query: str
) -> None:
    window, ours = servers.window("a day"), DATASOURCES[signal]
    theirs = {**ours, "uid": "theirs"}
    board = {"title": "x", "panels": [{"datasource": theirs, "targets": [{"expr": query}]}]}
    [target] = imported(json.dumps(board)).board["panels"][0]["targets"]
    dollars = told(servers, Query(COST if signal == "events" else COST_COUNTED), window.to_ns, DAY)
    once = {"instant": True, "queryType": "instant"}
    check([last_number(each) for each in servers.ask({**target, **once}, window)], [dollars])
    before = {"expr": query, "datasource": ours, **once}
    assert [last_number(each) for each in servers.ask(before, window)] != [dollars]

"""Boards made for other stacks: each difference is rewritten, and what cannot be is told."""

import json
from typing import Any

import pytest

from ccotel_tui.errors import UsageError
from ccotel_tui.panels.grafana.foreign.board import Imported, imported
from ccotel_tui.panels.grafana.foreign.counters import counters_query
from ccotel_tui.panels.grafana.foreign.events import translated_events_query

Json = dict[str, Any]

COST = "claude_code_cost_usage_USD_total"
BRACED = COST + '{type="a}b"}'
TEMPLATE = '{service_name="c"} | line_format "{{.a}} {b=`c`} | json |"'


def grown(selector: str, span: str) -> str:
    last = f"last_over_time({selector}[{span}])"
    before = f"last_over_time({selector}[31d] offset {span})"
    return f"((({last} - ({before} or {last} * 0)) >= 0) or {last})"


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        # Who scrapes whom.
        (f'rate({COST}{{job="otel", model=~"$m"}}[5m])', f'rate({COST}{{ model=~"$m"}}[5m])'),
        (f'rate({COST}{{instance="a:1", job="b"}}[5m])', f"rate({COST}[5m])"),
        # How a collector translates names.
        ("rate(claude_code_cost_usage[5m])", f"rate({COST}[5m])"),
        ("rate(otel_claude_code_claude_code_cost_usage_total[5m])", f"rate({COST}[5m])"),
        (
            "rate(claude_code_active_time_total_seconds_total[5m])",
            "rate(claude_code_active_time_seconds_total[5m])",
        ),
        # What grew: else a session of one export counts 0, or all of one that was before.
        (f"sum(increase({COST}[1h]))", f"sum({grown(COST, '1h')})"),
        (f"sum by (model) (max_over_time({COST}[$__range]))", None),
        (f"sum({BRACED})", f"sum({grown(BRACED, '$__range')})"),
        (f"{COST} / 2", f"{grown(COST, '$__range')} / 2"),
        # What is not told by that.
        (f"sum(increase({COST}[1h] offset 1d))", f"sum(increase({COST}[1h] offset 1d))"),
        (f"changes({COST}[5m])", f"changes({COST}[5m])"),
        (f"timestamp({COST})", f"timestamp({COST})"),
        ('other_total{job="x"} or up', 'other_total{job="x"} or up'),
    ],
)
def test_counters(theirs: str, ours: str | None) -> None:
    expected = ours or f"sum by (model) ({grown(COST, '$__range')})"
    assert counters_query(theirs, exact=True) == expected


def test_a_list_of_values_keeps_its_selector() -> None:
    text = 'label_values(claude_code_cost_usage_USD{job="x"}, model)'
    assert counters_query(text, exact=False) == f"label_values({COST}, model)"


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        (
            'sum(rate({service_name="claude-code", event_name="api_request"} [5m]))',
            'sum(rate({service_name="claude-code", event_name=~"api_request|"} '
            '| event_name="api_request" [5m]))',
        ),
        (
            'quantile_over_time(0.9, {event_name="claude_code.api_request"} | unwrap d [1m])',
            'quantile_over_time(0.9, {service_name=~"claude-code.*", event_name=~"api_request|"} '
            '| event_name="api_request" | unwrap d [1m])',
        ),
        ('{job="claude-code"} |= "x"', '{service_name=~"claude-code.*"} |= "x"'),
        # No line is JSON.
        ('{service_name="c"} | json | success="true"', '{service_name="c"} | success="true"'),
        ('{service_name="c"} | logfmt', '{service_name="c"} '),
        # Which events pass: others' streams need not be read.
        (
            '{service_name="c"} |= "claude_code.api_request" | unwrap duration_ms',
            '{service_name="c", event_name=~"api_request.*|"} |= "claude_code.api_request" '
            "| unwrap duration_ms",
        ),
        (
            'a({service_name="c"} | x="y" | event_name = `a` [1m]) / b({service_name="c"} [1m])',
            'a({service_name="c", event_name=~"a|"} | x="y" | event_name = `a` [1m]) '
            '/ b({service_name="c"} [1m])',
        ),
        (
            '{service_name="c"} | event_name=~"a|$events"',
            '{service_name="c", event_name=~".*(a|$events).*|"} | event_name=~"a|$events"',
        ),
        # What tells nothing of them, or not of all that pass.
        *(
            (text, text)
            for text in (
                '{service_name="c"} | event_name!="a" != "claude_code.b" |= "c"',
                '{service_name="c"} | event_name="a" or x="y"',
                '{service_name="c"} |= "claude_code.a" or "b"',
                '{service_name="c"} | x=`| event_name="a"`',
                '{service_name="c"} | event_name="$event"',
                '{service_name="c"} | label_format event_name=x | event_name="a"',
                '{service_name="c"} | line_format "{{.x}}" |= "claude_code.a"',
                'line_format(`{service_name="c"} | event_name="a"`)',
            )
        ),
        # Braces and words that are none of a selector.
        (TEMPLATE, TEMPLATE),
        ('{service_name="c"} | profile${not}"$p"', '{service_name="c"} | profile${not}"$p"'),
    ],
)
def test_events(theirs: str, ours: str) -> None:
    assert translated_events_query(theirs) == ours


def a_board(*panels: Json, **more: Any) -> Imported:
    return imported(json.dumps({"title": "Mine", "panels": list(panels), **more}))


def targets(result: Imported) -> list[Json]:
    return [target for panel in result.board["panels"] for target in panel["targets"]]


PROMETHEUS = {"type": "prometheus", "uid": "ccotel-prometheus"}
LOKI = {"type": "loki", "uid": "ccotel-loki"}


@pytest.mark.parametrize(
    ("source", "ours"),
    [
        ({"type": "prometheus", "uid": "PBFA97CFB590B2093"}, PROMETHEUS),
        ({"type": "loki", "uid": "loki"}, LOKI),
        ({"uid": "${DS_LOKI}"}, LOKI),
        ("${DS_PROMETHEUS}", PROMETHEUS),
        ("$chosen", LOKI),
        ("Prometheus (work)", PROMETHEUS),
        (None, PROMETHEUS),
    ],
)
def test_every_way_of_naming_a_data_source(source: object, ours: Json) -> None:
    inputs = [
        {"name": f"DS_{kind.upper()}", "type": "datasource", "pluginId": kind}
        for kind in ("prometheus", "loki")
    ]
    chosen = {"type": "datasource", "name": "chosen", "query": "loki"}
    of_panel = a_board(
        {"datasource": source, "targets": [{"expr": "1"}]},
        __inputs=inputs,
        templating={"list": [chosen]},
    )
    assert targets(of_panel) == [{"expr": "1", "datasource": ours}]
    assert of_panel.board["templating"]["list"] == []
    assert "__inputs" not in of_panel.board


def test_panels_in_rows_lists_and_marks_are_rewritten_too() -> None:
    other = {"type": "prometheus", "uid": "x"}
    result = a_board(
        {"type": "row", "panels": [{"datasource": other, "targets": [{"expr": f"{COST}[5m]"}]}]},
        templating={
            "list": [
                {
                    "type": "query",
                    "name": "model",
                    "datasource": other,
                    "query": {"query": f'label_values({COST}{{job="x"}}, model)'},
                }
            ]
        },
        annotations={
            "list": [
                {"datasource": {"type": "loki", "uid": "y"}, "expr": '{job="c"} | json'},
                {"datasource": {"type": "grafana", "uid": "-- Grafana --"}, "builtIn": 1},
            ]
        },
    )
    board = result.board
    assert board["panels"][0]["panels"][0]["targets"][0]["datasource"] == PROMETHEUS
    [variable] = board["templating"]["list"]
    assert variable["query"]["query"] == f"label_values({COST}, model)"
    mark, built_in = board["annotations"]["list"]
    assert (mark["datasource"], mark["expr"]) == (LOKI, '{service_name=~"claude-code.*"} ')
    assert built_in["datasource"]["uid"] == "-- Grafana --"


def test_what_this_stack_cannot_answer_is_told() -> None:
    result = a_board(
        {"datasource": {"type": "tempo", "uid": "t"}, "targets": [{"query": "{}"}]},
        {"datasource": PROMETHEUS, "targets": [{"expr": "claude_quota_left > 1"}]},
        {"datasource": {"uid": "__expr__", "type": "__expr__"}, "targets": [{"expression": "A"}]},
    )
    assert result.unanswerable == {"a data source tempo": 1, "claude_quota_left": 1}


def test_what_is_shared_by_an_api_and_a_constant() -> None:
    board = {
        "title": "Claude / Code!",
        "uid": "ccotel-home",
        "id": 7,
        "panels": [{"title": "${VAR_TEAM}", "targets": []}],
        "__inputs": [{"name": "VAR_TEAM", "type": "constant", "value": "shop"}],
    }
    result = imported(json.dumps({"meta": {}, "dashboard": board}))
    assert result.file_name == "imported-claude-code.json"
    # An address of ours stays ours.
    assert (result.board["uid"], result.board["id"]) == ("imported-claude-code", None)
    assert result.board["panels"][0]["title"] == "shop"


@pytest.mark.parametrize("panels", [[1], [{"targets": 5}], [{"targets": ["x"]}], [None]])
def test_what_only_looks_like_one_is_refused(panels: list[Any]) -> None:
    with pytest.raises(UsageError, match="not as Grafana writes one"):
        imported(json.dumps({"panels": panels}))


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"kind": "Dashboard", "spec": {}}', '{"a":'])
def test_what_is_no_classic_dashboard_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match=r"not JSON|classic form"):
        imported(text)

"""One question in three languages."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import cast

import pytest

from ccotel_tui.panels.catalogue import PANELS
from ccotel_tui.query.embedded import sql, sql_rows
from ccotel_tui.query.measures import (
    ACTIVE_TIME,
    COMMITS,
    COST,
    COST_COUNTED,
    DURATION,
    LINES,
    NOTIFICATIONS,
    PERSON_ACTIVITY,
    TOKENS_COUNTED,
    TOOL_CALLS,
    Condition,
    Measure,
)
from ccotel_tui.query.query import EventKind, Query, Scope, Stat
from ccotel_tui.query.stack.languages import logql, promql
from ccotel_tui.query.stack.languages.metric_names import METRICS, of_server, record_of, unread
from ccotel_tui.store.file.connection import empty_database
from ccotel_tui.telemetry import conventions

EVERYTHING = Scope()
STREAMS = logql.streams("service_name", ["claude-code"])


def lines_of(*events: str) -> str:
    """The client's lines of the streams that may hold these events."""
    streams = f'{{service_name=~"^(claude-code)$", event_name=~"^({"|".join(events)}|)$"}}'
    return f'{streams} |= "claude_code."'


def name_of(query: Query) -> str:
    """A short name, the same in every process: the order of a set is not."""
    measure = query.measure
    conditions = (*measure.where, *query.where)
    return "-".join(
        [
            *measure.records,
            *measure.fields,
            str(query.stat),
            *("by_" + label for label in query.by),
            *(f"{one.label}_{one.negated:d}_{one.value}" for one in conditions),
            *(["stepped"] if query.stepped else []),
            *(["counters"] if measure.fallback else []),
        ]
    )


ASKS = sorted({ask for panel in PANELS for _, ask in panel.queries()}, key=name_of)


def test_a_sum_of_events_in_logql() -> None:
    [text] = logql.compile_logql(STREAMS, Query(COST, by=("model",)), EVERYTHING, "900s")
    assert text == (
        f'sum by (model) (sum_over_time({lines_of("api_request")} | event_name="api_request"'
        ' | unwrap cost_usd | __error__="" [900s]))'
    )


def test_a_count_with_a_condition_and_a_scope_in_logql() -> None:
    ask = Query(TOOL_CALLS, where=(Condition("success", "true"),))
    [text] = logql.compile_logql(STREAMS, ask, Scope(session_id='3f"2.'), "1h")
    assert text == (
        f'sum (count_over_time({lines_of("tool_result")} | event_name="tool_result"'
        ' | session_id=~"^3f\\"2\\\\..*" | success="true" [1h]))'
    )


def test_how_many_requests_tell_a_cost_in_logql() -> None:
    [text] = logql.compile_logql(STREAMS, Query(COST, stat="irregular"), EVERYTHING, "900s")
    assert ' | cost_usd!~"^[0-9]' in text
    for stat, kept in (("readable", "cost_usd < 0 or cost_usd >= 0"), ("negative", "cost_usd < 0")):
        [text] = logql.compile_logql(
            STREAMS, Query(COST, stat=cast(Stat, stat)), EVERYTHING, "900s"
        )
        assert text == (
            f'sum (count_over_time({lines_of("api_request")} | event_name="api_request" | {kept}'
            ' | __error__="" [900s]))'
        )


def test_a_counter_in_promql_subtracts_what_it_held_before() -> None:
    x = '{__name__=~"^(claude_code_lines_of_code_count|claude_code_lines_of_code_count_total)$"}'
    [text] = promql.compile_promql(Query(LINES, by=("type",)), EVERYTHING, "1h")
    one_stream = re.search(r"max without \([^)]*\) ", text)
    assert one_stream
    last, before = f"(last_over_time({x}[1h]))", f"(last_over_time({x}[31d] offset 1h))"
    assert text.replace(one_stream[0], "") == (
        f"sum by (type) (((({last} - ({before} or {last} * 0)) >= 0) or {last}) > 0)"
    )


@pytest.mark.parametrize(
    ("metric", "names"),
    [
        (COST_COUNTED, {"cost_usage_USD_total", "cost_usage_total", "cost_usage"}),
        (TOKENS_COUNTED, {"token_usage_tokens_total", "token_usage_total"}),
        (
            ACTIVE_TIME,
            {"active_time_seconds_total", "active_time_total", "active_time_total_total"},
        ),
        (COMMITS, {"commit_count_total", "commit_count"}),
    ],
)
def test_a_counter_is_found_under_every_name_that_a_translation_gives_it(
    metric: Measure, names: set[str]
) -> None:
    [text] = promql.compile_promql(Query(metric), EVERYTHING, "1h")
    found = re.search(r'__name__=~"\^\(([^)]*)\)\$"', text)
    assert found
    assert {f"claude_code_{name}" for name in names} <= set(found[1].split("|"))
    assert "job" not in text


@pytest.mark.parametrize(
    ("name", "record"),
    [
        ("claude_code_cost_usage_USD_total", conventions.COST),
        ("claude_code_cost_usage_usd", conventions.COST),
        ("work_claude_code_token_usage_tokens_total", conventions.TOKENS),
        ("claude_code_code_edit_tool_decision_tokens_total", conventions.EDIT_DECISIONS),
        ("claude_code_active_time_total_seconds_total", conventions.ACTIVE_TIME),
        ("claude_code_active_time_total_s_total", conventions.ACTIVE_TIME),
        ("claude_code_lines_of_code_count", conventions.LINES_OF_CODE),
        ("claude_code_session_count_total", ""),
        ("claude_code.cost.usage", None),
        ("claude_code_cost_usage_USD_bucket", None),
        ("claude_code_made_up_total", None),
    ],
)
def test_a_name_tells_the_counter_however_it_is_translated(name: str, record: str | None) -> None:
    assert record_of(name) == record


def test_counters_are_asked_under_the_names_that_the_server_has() -> None:
    there = ["claude_code_cost_usage_usd_total", "work_claude_code_commit_count", "claude_code.x"]
    twice = ["work_claude_code_cost_usage_USD_total", "claude_code_cost_usage"]
    names = of_server([*there, *twice])
    [text] = promql.compile_promql(Query(COST_COUNTED), EVERYTHING, "1h", names=names)
    assert '{__name__=~"^(claude_code_cost_usage|claude_code_cost_usage_usd_total)$"}' in text
    [text] = promql.compile_promql(Query(COMMITS), EVERYTHING, "1h", names=names)
    assert '{__name__=~"^(work_claude_code_commit_count)$"}' in text
    assert names[conventions.TOKENS] == METRICS[conventions.TOKENS]
    assert unread(there) == ["claude_code.x"]


def test_a_stream_is_one_under_whatever_name_and_whatever_its_program_says() -> None:
    one = {"__name__": "claude_code_cost_usage_USD_total", "session_id": "s", "stream_start": "1"}
    other = {**one, "__name__": "claude_code_cost_usage_total", "service_version": "2.1"}
    assert promql.stream(one) == promql.stream(other)
    assert promql.stream(one) != promql.stream({**one, "stream_start": "2"})
    tokens = {**one, "__name__": "claude_code_token_usage_tokens_total"}
    assert promql.stream(one) != promql.stream(tokens)


def test_a_session_without_an_id_is_selected_as_one_without() -> None:
    unknown = Scope(session_id="unknown")
    assert 'session_id=""' in logql.compile_logql(STREAMS, Query(COST), unknown, "1h")[0]
    assert 'session_id=""' in promql.compile_promql(Query(LINES), unknown, "1h")[0]


def test_filters_are_alike_in_dots_and_underscores() -> None:
    scope = Scope(attributes=(("team.id", "blue"), ("project", "")))
    assert (
        '| team_id="blue" | project=""' in logql.compile_logql(STREAMS, Query(COST), scope, "1h")[0]
    )
    assert 'team_id="blue", project=""' in promql.compile_promql(Query(LINES), scope, "1h")[0]


@pytest.mark.parametrize("value", ['🚀 é\n"x"', "\udcff"])
def test_no_value_is_told_by_an_escape_that_servers_do_not_read(value: str) -> None:
    scope = Scope("a🚀", model=value, attributes=(("team", value),), texts=(("team", value),))
    texts = (
        *logql.compile_logql(STREAMS, Query(COST), scope, "1h"),
        *promql.compile_promql(Query(LINES), scope, "1h"),
        logql.rows_logql(STREAMS, [], scope),
        logql.streams("service_name", [value]),
    )
    for text in texts:
        assert not re.search(r"\\u[dD][89a-fA-F]", text)
        assert ("🚀 é" in text) == (value[0] == "🚀")
        text.encode()


@pytest.mark.parametrize(
    ("attribute", "label"), [("cost-center", "cost_center"), ("2nd.team", "key_2nd_team")]
)
def test_an_attribute_is_selected_by_the_label_that_servers_make_of_it(
    attribute: str, label: str
) -> None:
    scope = Scope(attributes=((attribute, "x"),))
    assert f' {label}="x"' in logql.compile_logql(STREAMS, Query(COST), scope, "1h")[0]
    assert f' {label}="x"' in promql.compile_promql(Query(LINES), scope, "1h")[0]
    held = logql.rows_logql(STREAMS, [], Scope(texts=((attribute, "x"),)))
    assert f" {label}=~" in held
    assert f' {label}!=""' in logql.having(STREAMS, attribute)


def test_quantiles_are_taken_over_raw_values_under_their_grouping() -> None:
    [text] = logql.compile_logql(
        STREAMS, Query(DURATION, by=("model",), stat=0.95), EVERYTHING, "1h"
    )
    assert text.startswith("quantile_over_time(0.95, {")
    assert text.endswith(
        ' | label_format model=`{{ if hasSuffix "]" .model }}'
        '{{ regexReplaceAll "\\\\[[^\\\\]]*\\\\]$" .model "" }}{{ else }}{{ .model }}{{ end }}`'
        ' | unwrap duration_ms | __error__="" [1h]) by (model)'
    )


def test_the_model_of_a_counter_is_matched_with_what_stands_behind_it() -> None:
    ask = Query(LINES, where=(Condition("model", "claude-opus-4-8"),))
    assert (
        r'model=~"^claude-opus-4-8(\\[.*\\])?$"' in promql.compile_promql(ask, EVERYTHING, "1h")[0]
    )


def test_a_filter_by_model_finds_it_with_what_stands_behind_it() -> None:
    scope = Scope(attributes=(("model", "claude-opus-4-8"),))
    matched = r'model=~"^claude-opus-4-8(\\[.*\\])?$"'
    assert f"| {matched} |" in logql.compile_logql(STREAMS, Query(COST), scope, "1h")[0]
    assert matched in logql.rows_logql(STREAMS, [EventKind("api_error")], scope)
    assert matched in promql.compile_promql(Query(LINES), scope, "1h")[0]


def test_events_of_one_kind_can_be_kept_by_a_condition() -> None:
    rejected = EventKind("tool_decision", Condition("decision", "reject"))
    text = logql.rows_logql(STREAMS, [EventKind("tool_result"), rejected], EVERYTHING)
    assert text.startswith(lines_of("tool_result", "tool_decision"))
    assert '| event_name=~"^(tool_result|tool_decision)$"' in text
    assert '(event_name!="tool_decision" or decision="reject")' in text


TEAM = Scope(attributes=(("team.id", "blue"),))
"""What only the origins know, of which there are few."""


@pytest.fixture
def store() -> Iterator[sqlite3.Connection]:
    with closing(empty_database()) as connection:
        yield connection


@pytest.mark.parametrize("ask", ASKS, ids=name_of)
@pytest.mark.parametrize(
    "scope", [EVERYTHING, Scope(session_id="3f2a"), TEAM], ids=["all", "session", "attribute"]
)
def test_sql_never_scans_a_table(store: sqlite3.Connection, ask: Query, scope: Scope) -> None:
    text, parameters = sql.compile_sql([ask], scope)
    plan = store.execute(f"EXPLAIN QUERY PLAN {text}", ("[[0, 1]]", *parameters)).fetchall()
    steps = [row[3] for row in plan]
    scans = [step for step in steps if re.match(r"SCAN (?!b$|l$|o$|s$|json_each|CONSTANT)", step)]
    assert not scans
    assert any("USING COVERING INDEX" in step or "PRIMARY KEY" in step for step in steps), steps
    store.close()


@pytest.mark.parametrize("by", [("session_id",), ("session_id", "source"), ("session_id", "model")])
def test_requests_of_sessions_are_not_sorted(
    store: sqlite3.Connection, by: tuple[str, ...]
) -> None:
    text, parameters = sql.compile_sql([Query(COST, by=by)], EVERYTHING, one_range=True)
    plan = store.execute(f"EXPLAIN QUERY PLAN {text}", ("[[0, 1]]", *parameters)).fetchall()
    steps = [row[3] for row in plan]
    assert "SCAN r USING COVERING INDEX requests_of_session" in steps
    assert not any("TEMP B-TREE" in step for step in steps)
    store.close()


@pytest.mark.parametrize("scope", [EVERYTHING, TEAM], ids=["all", "attribute"])
def test_the_newest_activity_is_read_from_an_index(store: sqlite3.Connection, scope: Scope) -> None:
    text, parameters = sql_rows.newest_activity(scope)
    (*_, plan), *_ = store.execute(f"EXPLAIN QUERY PLAN {text}", (1, *parameters)).fetchall()
    # What an origin leaves open is looked up in the event itself, where that comes up.
    assert f"USING {'' if scope is TEAM else 'COVERING '}INDEX activity " in plan
    store.close()


def test_the_beginning_of_a_text_is_a_condition_in_both_languages() -> None:
    ask = Query(NOTIFICATIONS, by=("session_id",))
    [text] = logql.compile_logql(STREAMS, ask, Scope(), "60s")
    assert r'prompt=~"(?s)^<task-notification>.*"' in text
    sql_text, parameters = sql.compile_sql([ask], Scope())
    assert "instr(r.attributes, ?)" in sql_text
    assert parameters == ("builtin", "\nprompt\n", '"prompt":"<task-notification>')


@pytest.mark.parametrize(
    "ask",
    [
        Query(NOTIFICATIONS, by=("session_id",)),
        Query(PERSON_ACTIVITY, by=("session_id",), stat="last"),
    ],
)
def test_what_is_asked_by_session_is_read_by_its_name_and_time(
    store: sqlite3.Connection, ask: Query
) -> None:
    text, parameters = sql.compile_sql([ask], EVERYTHING, short=True)
    plan = store.execute(f"EXPLAIN QUERY PLAN {text}", ("[[0, 1]]", *parameters)).fetchall()
    steps = [row[3] for row in plan]
    assert any(step.startswith("SEARCH r USING INDEX event_names (name=? AND") for step in steps)

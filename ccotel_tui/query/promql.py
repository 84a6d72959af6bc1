"""Ask to PromQL. Pure.

`increase()` loses a series' first sample, and extrapolates. This subtracts what the counter held
before the window, for each stream by itself: with the label `stream_start`, which the stack's
collector adds, that is exact; without it the best approximation.
"""

import json
from collections.abc import Iterable, Sequence

from ccotel_tui.query.ask import Ask, Scope
from ccotel_tui.query.measures import Condition, Signal
from ccotel_tui.query.regex import among, containing, matcher, one_of, prefixed
from ccotel_tui.telemetry import vocabulary
from ccotel_tui.telemetry.vocabulary import SERVICE_PREFIX, UNKNOWN

METRICS = {
    vocabulary.COST: "claude_code_cost_usage_USD_total",
    vocabulary.TOKENS: "claude_code_token_usage_tokens_total",
    vocabulary.LINES_OF_CODE: "claude_code_lines_of_code_count_total",
    vocabulary.ACTIVE_TIME: "claude_code_active_time_seconds_total",
    vocabulary.COMMITS: "claude_code_commit_count_total",
    vocabulary.PULL_REQUESTS: "claude_code_pull_request_count_total",
    vocabulary.EDIT_DECISIONS: "claude_code_code_edit_tool_decision_total",
}
"""The names the counters have in Prometheus, units and `_total` behind."""

DROPPED: dict[Signal, tuple[str, ...]] = {
    "counters": (
        'otelcol_deltatocumulative_datapoints{error!=""}',
        "otelcol_exporter_send_failed_metric_points",
    ),
    "events": ("otelcol_exporter_send_failed_log_records",),
}
"""The selectors of what the collector counts of what it was sent and did not pass on: points that
came out of order, records that a server refused for good."""

LOOK_BACK = "31d"
"""Longer than any silence of a live process: a laptop may sleep for days with a stream open."""

_LABELS = {"source": "query_source"}
"""What a label is called in Prometheus, where that differs."""

_OURS = f'job=~"{SERVICE_PREFIX}.*"'


def compile(ask: Ask, scope: Scope, span: str, sessions: Sequence[str] = ()) -> tuple[str, ...]:
    """The queries whose answers add up to the ask's, one for each metric.

    `span` is the range they look back over, such as `900s` or `$__range`; `sessions`, where there
    are any, those that count.
    """
    matchers = _matchers(ask, scope, sessions)
    return tuple(_compiled(METRICS[record], ask, matchers, span) for record in ask.measure.records)


def series(ask: Ask, scope: Scope, sessions: Sequence[str] = ()) -> str:
    """The selector of all series of the ask's counters."""
    names = (METRICS[record] for record in ask.measure.records)
    return "{" + ", ".join([_named(names), *_matchers(ask, scope, sessions)]) + "}"


def without_start() -> str:
    """The selector of the series whose restarts cannot be told."""
    return "{" + ", ".join([_named(METRICS.values()), _OURS, 'stream_start=""']) + "}"


def dropped(selector: str, span: str) -> str:
    """How many the collector dropped within the span; since its last start, where that is in it."""
    return f"sum ({_grown(selector, span)})"


def grouped(series: str, by: str, span: str) -> str:
    """Under which values of the label there is any of these series within the span."""
    return f"group by ({by}) (last_over_time({series}[{span}]))"


def _compiled(metric: str, ask: Ask, matchers: list[str], span: str) -> str:
    selector = metric + "{" + ", ".join(matchers) + "}"
    grouping = f" by ({', '.join(label(name) for name in ask.by)})" if ask.by else ""
    return f"sum{grouping} ({_grown(selector, span)})"


def _grown(selector: str, span: str) -> str:
    last = f"last_over_time({selector}[{span}])"
    base = f"(last_over_time({selector}[{LOOK_BACK}] offset {span}) or {last} * 0)"
    return f"((({last} - {base}) >= 0) or {last}) > 0"


def label(name: str) -> str:
    """What Prometheus calls the label."""
    return _LABELS.get(name, name)


def _matchers(ask: Ask, scope: Scope, sessions: Sequence[str] = ()) -> list[str]:
    matchers = [_OURS, *([among(sessions)] if sessions else [])]
    if scope.session_id == UNKNOWN:
        matchers.append('session_id=""')
    elif scope.session_id:
        matchers.append(f"session_id=~{json.dumps(prefixed(scope.session_id))}")
    if scope.model:
        matchers.append(f"model=~{json.dumps(containing(scope.model))}")
    conditions = (*ask.measure.where, *ask.where)
    selected = (Condition(name.replace(".", "_"), value) for name, value in scope.attributes)
    return [*matchers, *map(_condition, (*selected, *conditions))]


def _condition(condition: Condition) -> str:
    return matcher(label(condition.label), condition)


def _named(metrics: Iterable[str]) -> str:
    return f"__name__=~{json.dumps(one_of(metrics))}"

"""Queries to PromQL. Pure.

`increase()` loses a series' first sample, and extrapolates. This subtracts what the counter held
before the window, for each stream by itself: with the label `stream_start`, which the stack's
collector adds, that is exact; without it the best approximation.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

from ccotel_tui.query.measures import Condition, MeasureSignal
from ccotel_tui.query.query import Query, Scope
from ccotel_tui.query.stack.languages.metric_names import METRICS, MetricNames, record_of
from ccotel_tui.query.stack.languages.re2 import (
    among,
    containing,
    label_name,
    matcher,
    one_of,
    prefixed,
    string,
)
from ccotel_tui.telemetry.conventions import UNKNOWN

DROPPED: dict[MeasureSignal, tuple[str, ...]] = {
    "counters": (
        'otelcol_deltatocumulative_datapoints{error!=""}',
        "otelcol_exporter_send_failed_metric_points",
    ),
    "events": ("otelcol_exporter_send_failed_log_records",),
}
"""The selectors of what the collector counts of what it was sent and did not pass on: points that
came out of order, records that a server refused for good."""

REFUSAL = ("http_route", "http_response_status_code", "rpc_method", "rpc_response_status_code")
"""The labels that say which requests of which signal were refused, and why."""

_REFUSED = (
    '{__name__=~"^(http_server_request_duration_count|rpc_server_call_duration_count)$", '
    'job="servers", http_response_status_code!~"2..|429|5..", '
    'rpc_response_status_code!~"OK|CANCELLED|DEADLINE_EXCEEDED|UNAVAILABLE"}'
)
"""Of the stack's own collector; what a client sends again is not refused."""

LOOK_BACK = "31d"
"""Longer than any silence of a live process: a laptop may sleep for days with a stream open."""

_LABELS = {"source": "query_source"}
"""What a label is called in Prometheus, where that differs."""

_NOT_OF_A_STREAM = (
    *("__name__", "service_name", "service_version", "os_type", "os_version", "host_arch"),
    *("otel_scope_name", "otel_scope_version", "scope_name", "scope_version", "host_name"),
    *("telemetry_sdk_language", "telemetry_sdk_name", "telemetry_sdk_version"),
)
"""Labels that one stream may have and have not, or have others of: since the stack keeps what a
resource says, or since it translates names otherwise."""

_OF_A_STREAM = f"max without ({', '.join(_NOT_OF_A_STREAM)}) "


def compile_promql(
    query: Query,
    scope: Scope,
    span: str,
    sessions: Sequence[str] = (),
    names: MetricNames = METRICS,
) -> tuple[str, ...]:
    """The texts whose answers add up to the query's, one for each metric.

    `span` is the range they look back over, such as `900s` or `$__range`; `sessions`, where there
    are any, those that count; `names` what the server calls the metrics.
    """
    matchers = _matchers(query, scope, sessions)
    return tuple(
        _compiled(_selector(names[record], matchers), query, span)
        for record in query.measure.records
    )


def series(
    query: Query, scope: Scope, sessions: Sequence[str] = (), names: MetricNames = METRICS
) -> str:
    """The selector of all series of the query's counters."""
    every = chain.from_iterable(names[record] for record in query.measure.records)
    return _selector(every, _matchers(query, scope, sessions))


def without_start(names: MetricNames) -> str:
    """The selector of the series whose restarts cannot be told."""
    return _selector(chain.from_iterable(names.values()), ['stream_start=""'])


def stream(labels: Mapping[str, str]) -> frozenset[tuple[str, str]]:
    """Return what identifies the stream of a series, under whatever name the series is."""
    record = record_of(labels.get("__name__", "")) or ""
    identity = {name: text for name, text in labels.items() if name not in _NOT_OF_A_STREAM}
    return frozenset([("", record), *identity.items()])


def dropped(selector: str, span: str) -> str:
    """Count what the collector dropped within the span, or since its last start in it."""
    return f"sum ({_grown(selector, span)})"


def heard(span: str, names: MetricNames) -> str:
    """Select any of the client's counters within the span."""
    every = _selector(chain.from_iterable(names.values()), ())
    return f"group (last_over_time({every}[{span}]))"


def grouped(series: str, by: str, span: str) -> str:
    """Select the values of the labels under which any of these series is within the span."""
    return f"group by ({by}) (last_over_time({series}[{span}]))"


def refused(span: str) -> str:
    """Count the requests that the stack's collector refused within the span, by their status."""
    return f"sum by ({', '.join(REFUSAL)}) ({_grown(_REFUSED, span)})"


def _compiled(selector: str, query: Query, span: str) -> str:
    grouping = f" by ({', '.join(label(name) for name in query.by)})" if query.by else ""
    grown = _grown(selector, span, _OF_A_STREAM)
    return f"sum{grouping} ({grown})"


def _grown(selector: str, span: str, joined: str = "") -> str:
    last = f"{joined}(last_over_time({selector}[{span}]))"
    before = f"{joined}(last_over_time({selector}[{LOOK_BACK}] offset {span}))"
    return f"((({last} - ({before} or {last} * 0)) >= 0) or {last}) > 0"


def label(name: str) -> str:
    """Return the label's name in Prometheus."""
    return _LABELS.get(name, name)


def _matchers(query: Query, scope: Scope, sessions: Sequence[str] = ()) -> list[str]:
    matchers = [among(sessions)] if sessions else []
    if scope.session_id == UNKNOWN:
        matchers.append('session_id=""')
    elif scope.session_id:
        matchers.append(f"session_id=~{string(prefixed(scope.session_id))}")
    if scope.sessions is not None:
        matchers.append(among(scope.sessions))
    if scope.model:
        matchers.append(f"model=~{string(containing(scope.model))}")
    conditions = (*query.measure.where, *query.where)
    selected = (Condition(label_name(name), value) for name, value in scope.attributes)
    return [*matchers, *map(_condition, (*selected, *conditions))]


def _condition(condition: Condition) -> str:
    return matcher(label(condition.label), condition)


def _selector(names: Iterable[str], matchers: Iterable[str]) -> str:
    return "{" + ", ".join([f"__name__=~{string(one_of(names))}", *matchers]) + "}"

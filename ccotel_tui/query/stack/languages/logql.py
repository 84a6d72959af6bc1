"""Queries to LogQL. Pure.

Source: the Claude Code events as Loki keeps them, all attributes but the stream's labels structured
metadata with dots as underscores; `event_name` may be either. A text begins with the selector of
the streams that hold any, and keeps their lines that begin as the client's do.
"""

from collections.abc import Iterable, Sequence

from ccotel_tui.query.measures import Condition
from ccotel_tui.query.query import EventKind, Query, Scope
from ccotel_tui.query.stack.languages.re2 import (
    among,
    containing,
    label_name,
    matcher,
    one_of,
    prefixed,
    quoted,
    string,
)
from ccotel_tui.telemetry.conventions import (
    ACTIVITY,
    EVENT_PREFIX,
    OWN_SERVICE,
    STATUS_LINE,
    UNKNOWN,
)

EVERY_STREAM = '{service_name=~".+"}'
"""Of a Loki that holds little else, such as the stack's own."""

_CLIENT = f'|= "{EVENT_PREFIX}"'

_PLAIN_MODEL = (
    'label_format model=`{{ if hasSuffix "]" .model }}'
    r'{{ regexReplaceAll "\\[[^\\]]*\\]$" .model "" }}{{ else }}{{ .model }}{{ end }}`'
)

ADDED_BY_LOKI = (
    *("scope_name", "scope_version", "observed_timestamp", "detected_level"),
    *("severity_number", "severity_text", "trace_id", "span_id", "flags"),
)
"""What Loki puts beside an event's attributes of how it came in."""

_EVERY_VALUE = r'line_format "{{ range $name, $value := . }}{{ $value }}\n{{ end }}"'
"""The values of all attributes in the place of the line, so that they can be searched."""

_WITHOUT_ERROR = '__error__=""'
"""The rows in which a number was meant to be, and is."""

_REGULAR = r"^[0-9]{1,15}([.][0-9]*)?([eE][-+]?[0-9]{1,2})?$"
"""A number that is not below 0, as a client writes one: Loki reads all of these, and others too."""

_TIME = "label_format time=`{{ __timestamp__ | unixEpochNanos }}`"

_SOURCE = (
    "label_format source=`{{ if not .query_source }}unknown"
    '{{ else if regexReplaceAll "^(sdk|main|repl_main_thread.*)$" .query_source "" | eq "" }}main'
    '{{ else if regexReplaceAll "^(subagent|agent:.*)$" .query_source "" | eq "" }}subagent'
    "{{ else }}auxiliary{{ end }}`"
)

_OF_SOURCE = {
    "main": r'query_source=~"^(sdk|main|repl_main_thread.*)$"',
    "subagent": r'query_source=~"^(subagent|agent:.*)$"',
    "auxiliary": r'query_source!~"^(|sdk|main|repl_main_thread.*|subagent|agent:.*)$"',
    "unknown": 'query_source=""',
}
"""The rows of a source: a label of that name would stand in the rows, and some have their own."""


def streams(label: str, values: Iterable[str]) -> str:
    """The selector of the streams under these values of the label."""
    return f"{{{label}=~{string(one_of(sorted(values)))}}}"


def counts_by_label(streams: str, by: str, span: str) -> str:
    """Return the count of the client's rows under each value of the label."""
    return f"sum by ({by}) (count_over_time({client_rows(streams)} [{span}]))"


def client_rows(streams: str) -> str:
    """All of the client's rows in these streams."""
    return f"{streams} {_CLIENT}"


def _client_events(streams: str, names: Sequence[str]) -> list[str]:
    """The stages that keep the client's rows of these events, of all where none is named.

    The stack's own Loki has a stream for each event. What it kept before, and what others keep, is
    in streams without such a label, which this selects too.
    """
    if not names:
        return [client_rows(streams)]
    label = f"event_name=~{string(one_of([*names, '']))}"
    return [client_rows(f"{streams.removesuffix('}')}, {label}}}"), _named(names)]


def compile_logql(
    streams: str,
    query: Query,
    scope: Scope,
    span: str,
    sessions: Sequence[str] = (),
    offset: str = "",
    plain: bool = True,
) -> tuple[str, ...]:
    """Return the texts whose answers add up to the query's, one for each field that is summed.

    A model may stand under several names in them, with and without what is in brackets; of a
    quantile only where that is not to be `plain`. `span` is the range they look back over, such as
    `900s` or `$__range`; `sessions`, where there are any, those that count; `offset` goes behind
    the range.
    """
    range_ = f"[{span}]{offset}"
    named = [among(sessions)] if sessions else []
    stages = [
        *_client_events(streams, query.measure.records),
        *named,
        *_selected(query, scope, plain),
    ]
    if query.stat in ("first", "last"):
        function = "min_over_time" if query.stat == "first" else "max_over_time"
        text = " | ".join([*stages, _TIME, "unwrap time"])
        return (f"{function}({text} {range_}) by ({', '.join(query.by)})",)
    if query.stat in ("irregular", "readable", "negative"):
        [field] = query.measure.fields
        if query.stat == "irregular":
            stages.append(f"{field}!~{string(_REGULAR)}")
        else:
            stages += [
                f"{field} < 0{f' or {field} >= 0' * (query.stat == 'readable')}",
                _WITHOUT_ERROR,
            ]
        return (_aggregated(query, f"count_over_time({' | '.join(stages)} {range_})"),)
    if not query.measure.fields:
        return (_aggregated(query, f"count_over_time({' | '.join(stages)} {range_})"),)
    texts = [
        " | ".join([*stages, f"unwrap {field}", _WITHOUT_ERROR]) for field in query.measure.fields
    ]
    if isinstance(query.stat, float):
        grouping = f" by ({', '.join(query.by)})"
        return tuple(
            f"quantile_over_time({query.stat}, {text} {range_}){grouping}" for text in texts
        )
    return tuple(_aggregated(query, f"sum_over_time({text} {range_})") for text in texts)


def rows_logql(streams: str, kinds: Iterable[EventKind], scope: Scope) -> str:
    """The rows of events of these kinds, of all where none is named."""
    kinds = tuple(kinds)
    source = dict(scope.attributes).get("source", "")
    if source in _OF_SOURCE:
        others = tuple(pair for pair in scope.attributes if pair != ("source", source))
        scope = scope._replace(attributes=others)
    stages = [
        *_client_events(streams, [kind.name for kind in kinds]),
        *_scoped(scope),
        *([_OF_SOURCE[source]] if source in _OF_SOURCE else ()),
    ]
    stages += [
        f"(event_name!={string(name)} or {_condition(only)})" for name, only in kinds if only
    ]
    return " | ".join(stages)


def status_line_rows(scope: Scope) -> str:
    """The status lines: rows of a stream of our own, which no query for the client's reads."""
    stages = [f'{{service_name="{OWN_SERVICE}"}}', _named((STATUS_LINE,)), *_scoped(scope)]
    return " | ".join(stages)


def activity(streams: str, scope: Scope) -> str:
    """The rows that make a session active."""
    return rows_logql(streams, map(EventKind, ACTIVITY), scope)


def doubtful(streams: str, sessions: Sequence[str], span: str) -> str:
    """Select those of the sessions, or of all, with gaps in event.sequence or several processes."""
    stages = _numbered(streams, sessions)
    unwrapped = " | ".join([*stages, "unwrap event_sequence", _WITHOUT_ERROR])
    last, first = (
        f"{function}_over_time({unwrapped} [{span}]) by (session_id)" for function in ("max", "min")
    )
    count = f"sum by (session_id) (count_over_time({' | '.join(stages)} [{span}]))"
    return f"({last} - {first} + 1 - {count}) != 0"


def sequences(streams: str, sessions: Sequence[str]) -> str:
    """The rows of these sessions, with nothing but their places."""
    return " | ".join([*_numbered(streams, sessions), "keep session_id, event_sequence"])


def having(streams: str, name: str) -> str:
    """The rows that have the attribute at all."""
    return f'{client_rows(streams)} | {label_name(name)}!=""'


def _numbered(streams: str, sessions: Sequence[str]) -> list[str]:
    return [client_rows(streams), *([among(sessions)] if sessions else []), 'event_sequence!=""']


def _aggregated(query: Query, samples: str) -> str:
    if query.stat == "sessions":
        inner = ", ".join(dict.fromkeys(("session_id", *query.by)))
        samples = f"sum by ({inner}) ({samples}) > 0"
    grouping = f" by ({', '.join(query.by)})" if query.by else ""
    return f"{'count' if query.stat == 'sessions' else 'sum'}{grouping} ({samples})"


def _named(names: Sequence[str]) -> str:
    if len(names) == 1:
        return f"event_name={string(names[0])}"
    return f"event_name=~{string(one_of(names))}"


def _selected(query: Query, scope: Scope, plain: bool) -> list[str]:
    conditions = (*query.measure.where, *query.where)
    labels = {*query.by, *(condition.label for condition in conditions)}
    # A template costs as much as the rest of the query: what adds up is put together afterwards.
    whole = plain and (query.stat == "sessions" or isinstance(query.stat, float))
    formats = [_PLAIN_MODEL] if scope.model or (whole and "model" in query.by) else []
    if "source" in labels or "source" in dict(scope.attributes):
        formats.append(_SOURCE)
    return [*formats, *_scoped(scope), *map(_condition, conditions)]


def _condition(condition: Condition) -> str:
    return matcher(condition.label, condition)


def _scoped(scope: Scope) -> list[str]:
    stages = []
    if scope.session_id == UNKNOWN:
        stages.append('session_id=""')
    elif scope.session_id:
        stages.append(f"session_id=~{string(prefixed(scope.session_id))}")
    if scope.sessions is not None:
        stages.append(among(scope.sessions))
    if scope.model:
        stages.append(f"model=~{string(containing(scope.model))}")
    stages += [_condition(Condition(label_name(name), value)) for name, value in scope.attributes]
    return stages + [stage for name, text in scope.texts for stage in _holding(name, text)]


def _holding(name: str, text: str) -> list[str]:
    """The stages that keep the rows of which an attribute, or any at all, holds the text."""
    # With (?s): a text may have several lines.
    held = string(f"(?is).*{quoted(text) or '.'}.*")
    if name:
        return [f"{label_name(name)}=~{held}"]
    return [f"drop {', '.join(ADDED_BY_LOKI)}", f"{_EVERY_VALUE} |~ {held}"]

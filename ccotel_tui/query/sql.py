"""Ask to SQL over the embedded store. Pure.

A query reads its time ranges from its first parameter, a JSON array of [from_ns, to_ns], and
yields rows of (index of the range, one column for each label in `by`, number). Where an event's
measure has a fallback in the counters, that is a query of its own.
"""

import json
from collections.abc import Iterable

from ccotel_tui.query.ask import Ask, EventKind, Scope, Stat
from ccotel_tui.query.measures import Condition, Measure
from ccotel_tui.telemetry.vocabulary import (
    ACTIVITY,
    API_ERROR,
    API_REQUEST,
    COST,
    TOKENS,
    TOOL_RESULT,
    USER_PROMPT,
)

Query = tuple[str, tuple[str, ...]]
"""The text, and the parameters behind the first."""

_EVENTS = """\
FROM json_each(?) b CROSS JOIN events r INDEXED BY {index}
WHERE r.time_ns > b.value ->> 0 AND r.time_ns <= b.value ->> 1 AND r.name {records}{where}"""

_COUNTERS = """\
FROM json_each(?) b CROSS JOIN series r CROSS JOIN increments i
WHERE r.metric {records}{where}
AND i.series = r.id AND i.time_ns > b.value ->> 0 AND i.time_ns <= b.value ->> 1"""

_INDEXES = {
    (API_REQUEST,): "api_requests",
    (API_ERROR,): "api_errors",
    (TOOL_RESULT,): "tool_results",
    (USER_PROMPT,): "user_prompts",
    ACTIVITY: "activity",
}
"""The index that covers the questions about these events."""

_WITHOUT_REQUESTS = (
    f" AND NOT EXISTS (SELECT 1 FROM events e WHERE e.name = '{API_REQUEST}'"
    " AND e.session_id = r.session_id)"
)
"""Keeps the sessions that tell what they cost by their counters only."""

LAST_HEARD = """\
SELECT max(time_ns) FROM (
    SELECT max(time_ns) AS time_ns FROM events UNION ALL SELECT max(time_ns) FROM increments)"""

COUNTER_ACTIVITY = f"""\
SELECT max(i.time_ns), r.session_id FROM series r CROSS JOIN increments i
WHERE i.series = r.id AND i.time_ns <= ?1
AND r.metric IN ('{COST}', '{TOKENS}'){_WITHOUT_REQUESTS}{{where}}
GROUP BY r.session_id ORDER BY 1 DESC LIMIT 1"""


def compile(ask: Ask, scope: Scope) -> Query:
    """The query over the records that carry the measure."""
    return _compiled(ask, ask.measure, scope, "")


def compile_fallback(ask: Ask, scope: Scope) -> Query | None:
    """The same by counters, for sessions without any request; None where there is no such."""
    fallback = ask.measure.fallback
    labels = set(ask.by) | {condition.label for condition in ask.where}
    if fallback is None or not labels <= fallback.labels:
        return None
    return _compiled(ask, fallback, scope, _WITHOUT_REQUESTS)


def _compiled(ask: Ask, measure: Measure, scope: Scope, more: str) -> Query:
    where, parameters = selected(measure, ask.where, scope)
    if len(measure.fields) == 1:
        where += f" AND r.{measure.fields[0]} IS NOT NULL"
    source = _EVENTS if measure.signal == "events" else _COUNTERS
    tail = source.format(
        records=_is_one_of(measure.records), where=more + where, index=_index(ask, measure)
    )
    labels = "".join(f", r.{label}" for label in ask.by)
    if isinstance(ask.stat, float):
        (field,) = measure.fields
        return f"SELECT b.key{labels}, r.{field} {tail}", parameters
    value = _value(ask.stat, measure)
    return f"SELECT b.key{labels}, {value} {tail} GROUP BY b.key{labels}", parameters


def _index(ask: Ask, measure: Measure) -> str:
    if measure.fields == ("cost_usd",) and any(c.label == "session_id" for c in ask.where):
        return "requests_of_session"
    return _INDEXES.get(measure.records, "event_names")


def _value(stat: Stat, measure: Measure) -> str:
    record = "r" if measure.signal == "events" else "i"
    match stat:
        case "sessions":
            return "count(DISTINCT r.session_id)"
        case "first":
            return f"min({record}.time_ns)"
        case "last":
            return f"max({record}.time_ns)"
    if measure.signal == "counters":
        return "sum(i.value)"
    if not measure.fields:
        return "count(*)"
    return f"sum({' + '.join(f'ifnull(r.{field}, 0)' for field in measure.fields)})"


def newest_activity(scope: Scope) -> Query:
    """(time, session) of the newest event that makes a session active, up to a time (?1)."""
    where, parameters = selected(None, (), scope)
    return (
        f"SELECT r.time_ns, r.session_id FROM events r INDEXED BY activity WHERE r.name {_is_one_of(ACTIVITY)}"
        f" AND r.time_ns <= ?1{where} ORDER BY r.time_ns DESC LIMIT 1",
        parameters,
    )


def newest_counter_activity(scope: Scope) -> Query:
    """The same for sessions that tell by their counters only."""
    where, parameters = selected(None, (), scope)
    return COUNTER_ACTIVITY.format(where=where), parameters


NEWEST_PROMPT = f"""\
SELECT r.prompt_id FROM events r
WHERE r.name = '{API_REQUEST}' AND r.session_id = ? AND r.time_ns <= ?
ORDER BY r.time_ns DESC LIMIT 1"""


UNSEEN = f"""\
SELECT ifnull(sum(counted - seen), 0.0) FROM (
    SELECT
        (SELECT ifnull(sum(i.value), 0) FROM series r CROSS JOIN increments i
            WHERE r.session_id = s.value AND r.metric = '{COST}'
            AND i.series = r.id AND i.time_ns <= ?2) AS counted,
        (SELECT sum(r.cost_usd) FROM events r WHERE r.name = '{API_REQUEST}'
            AND r.session_id = s.value AND r.time_ns <= ?2) AS seen
    FROM json_each(?1) s
) WHERE counted - seen > 5e-7"""
"""Dollars that the counters of these sessions hold above their requests, up to a time.

Half a millionth is below what the client reports. A session without any request counts by its
counters: none of that is unseen.
"""


def rows(kinds: Iterable[EventKind], scope: Scope) -> Query:
    """(time, name, session, sequence, attributes) of the newest events; limit is the last one."""
    where, parameters = selected(None, (), scope)
    kinds = tuple(kinds)
    if kinds:
        where = f" AND r.name {_is_one_of(kind.name for kind in kinds)}{where}"
    for name, only in kinds:
        if only:
            where += f" AND (r.name <> '{name}' OR r.{only.label} = ?)"
            parameters += (only.value,)
    return (
        "SELECT r.time_ns, r.name, r.session_id, r.sequence, r.attributes"
        " FROM json_each(?) b CROSS JOIN events r"
        f" WHERE r.time_ns > b.value ->> 0 AND r.time_ns <= b.value ->> 1{where}"
        " ORDER BY r.time_ns DESC, r.session_id DESC, r.sequence DESC LIMIT ?",
        parameters,
    )


def selected(measure: Measure | None, conditions: Iterable[Condition], scope: Scope) -> Query:
    """The conditions that keep what the ask, its measure and the scope name."""
    text = ""
    parameters: tuple[str, ...] = ()
    known = measure.labels if measure else frozenset({"session_id", "model", "prompt_id"})
    for label, value, negated in (*(measure.where if measure else ()), *conditions):
        text += f" AND r.{label} {'IS NOT' if negated else '='} ?"
        parameters += (value,)
    if scope.session_id:
        text += " AND substr(r.session_id, 1, length(?)) = ?"
        parameters += (scope.session_id, scope.session_id)
    if scope.model:
        text += " AND instr(lower(r.model), lower(?)) > 0"
        parameters += (scope.model,)
    for name, value in scope.attributes:
        if name in known and value:
            text += f" AND r.{name} = ?"
            parameters += (value,)
        else:
            more, values = _attribute(name, value)
            text += more
            parameters += values
    return text, parameters


def _attribute(name: str, value: str) -> Query:
    """A condition on an attribute without a column of its own, in the JSON that keeps them all."""
    spelled = tuple(dict.fromkeys((name, name.replace("_", "."), name.replace(".", "_"))))
    paths = tuple(f'$."{one}"' for one in spelled)
    found = f"coalesce({', '.join('r.attributes -> ?' for _ in paths)}, '')"
    if not value:
        return f" AND {found} IN ('', '\"\"')", paths
    return f" AND {found} IN (?, ?)", (*paths, value, json.dumps(value, ensure_ascii=False))


def _is_one_of(names: Iterable[str]) -> str:
    quoted = ["'" + name.replace("'", "''") + "'" for name in names]
    return f"= {quoted[0]}" if len(quoted) == 1 else f"IN ({', '.join(quoted)})"

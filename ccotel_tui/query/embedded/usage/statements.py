"""Usage to SQL over the embedded store. Pure.

A statement reads its time ranges from its first parameter, as in `query.embedded.sql`. An attribute
without a column is not read of each event: those of one origin share it, so that grouping by the
origin will do. What an event has for itself is read where its origin says so.
"""

import json
from collections.abc import Mapping, Sequence

from ccotel_tui.query.embedded.sql import TIME_RANGES
from ccotel_tui.query.embedded.sql_where import WITHOUT_REQUESTS, Sql, spellings, where_in_scope
from ccotel_tui.query.query import OWN_LABELS, Scope
from ccotel_tui.telemetry.conventions import API_REQUEST, BRANCH, COST, TOKENS, TOOL_RESULT

Varying = Mapping[str, Sequence[int]]
"""By attribute the origins whose events have it for themselves."""

_MODELS = f"""\
{TIME_RANGES},
l (value) AS (
    SELECT min(r.model) FROM events r INDEXED BY api_requests WHERE r.name = '{API_REQUEST}'
    UNION ALL
    SELECT (SELECT min(r.model) FROM events r INDEXED BY api_requests
        WHERE r.name = '{API_REQUEST}' AND r.model > l.value)
    FROM l WHERE l.value IS NOT NULL)
"""

_OF_MODEL = f"""\
events r INDEXED BY api_requests
WHERE r.model IS l.value AND r.time_ns > b.from_ns AND r.time_ns <= b.to_ns
AND r.name = '{API_REQUEST}'{{where}}"""

_BY_MODEL = f"""\
{_MODELS}SELECT b.key, (SELECT json_array({{numbers}}) FROM {_OF_MODEL}), l.value
FROM b CROSS JOIN l"""
"""Reads the index in its order, and sorts nothing."""

_BY_ANY = f"""\
{_MODELS}SELECT b.key, {{numbers}}{{columns}}
FROM l CROSS JOIN b CROSS JOIN {_OF_MODEL}
GROUP BY b.key{{keys}}"""

_NUMBERS = (
    "count(*), sum(r.cost_usd), total(r.input_tokens), total(r.output_tokens),"
    " total(r.cache_read_tokens), total(r.cache_creation_tokens), min(r.time_ns), max(r.time_ns)"
)

_WRITES = f"""\
{_MODELS}SELECT r.model, r.origin, {{fields}}
FROM l CROSS JOIN b CROSS JOIN {_OF_MODEL} AND r.cache_creation_tokens > 0
GROUP BY r.model, r.origin"""
"""Reads the requests themselves, of which no index has these tokens."""

_COUNTERS = f"""\
{TIME_RANGES}
SELECT b.key, r.session_id, r.model, r.source, r.attributes, r.context, r.metric, r.type,
    sum(i.value), min(i.time_ns), max(i.time_ns)
FROM series r CROSS JOIN b CROSS JOIN increments i
WHERE r.metric IN ('{COST}', '{TOKENS}'){WITHOUT_REQUESTS}{{where}}
AND i.series = r.id AND i.time_ns > b.from_ns AND i.time_ns <= b.to_ns AND i.value <> 0
GROUP BY b.key, r.id"""

_BRANCHES = f"""\
{TIME_RANGES}
SELECT r.prompt_id, r.origin, {{branch}}, max(r.time_ns)
FROM b CROSS JOIN {{events}} AND r.name = '{TOOL_RESULT}'
AND r.time_ns > b.from_ns AND r.time_ns <= b.to_ns{{has_branch}}{{where}}
GROUP BY r.prompt_id"""
"""Of each prompt the row of the last: SQLite takes the other columns from there."""

_OF_ORIGINS = "json_each(?) o CROSS JOIN events r INDEXED BY event_origins WHERE r.origin = o.value"
"""Reads the events of these origins alone, of whatever time."""

_OF_TOOLS = "events r INDEXED BY tool_results WHERE r.origin IN (SELECT value FROM json_each(?))"
"""Looks at all tool results, and reads those of the time."""

FIRST_EVENT = "SELECT min(time_ns) FROM events"

NEWEST_REQUESTS = f"""\
SELECT e.session_id, o.attributes, e.attributes, o.context
FROM json_each(?1) j
CROSS JOIN events e ON e.id = (
    SELECT r.id FROM events r INDEXED BY requests_of_session
    WHERE r.name = '{API_REQUEST}' AND r.session_id = j.value
    AND r.time_ns > ?2 AND r.time_ns <= ?3
    ORDER BY r.time_ns DESC LIMIT 1)
CROSS JOIN origins o ON o.id = e.origin"""
"""All attributes of the newest request of each of these sessions (a JSON array)."""

ORIGINS = """\
SELECT o.id, o.attributes, o.context FROM origins o JOIN json_each(?) j ON j.value = o.id"""
"""The attributes that these origins (a JSON array) share."""

VARYING = "SELECT o.id FROM origins o WHERE {}"
"""The origins whose events have an attribute for themselves."""


def grouped_by(labels: Sequence[str]) -> tuple[str, ...]:
    """Return the columns that stand for these labels: attributes are told by the origin."""
    columns = [label for label in labels if label in OWN_LABELS]
    return (*columns, "origin") if len(columns) < len(labels) else tuple(columns)


def of_requests(labels: Sequence[str], varying: Varying, scope: Scope) -> Sql:
    """Rows of (index of the range, numbers, columns of `grouped_by`, attributes of `varying`).

    The numbers are those of _NUMBERS, then the sessions and the prompts, where no column has them,
    as JSON; by model alone they are all one JSON array.
    """
    columns = grouped_by(labels)
    numbers = _NUMBERS + "".join(_distinct(id, columns) for id in ("session_id", "prompt_id"))
    where, parameters = where_in_scope((), scope)
    if columns == ("model",) and not varying:
        return _BY_MODEL.format(numbers=numbers, where=where), parameters
    varying_values = {f"v{at}": _varying(name) for at, name in enumerate(varying)}
    text = _BY_ANY.format(
        numbers=numbers,
        columns="".join(f", r.{column}" for column in columns)
        + "".join(f", {value} AS {alias}" for alias, value in varying_values.items()),
        keys="".join(f", r.{column}" for column in columns)
        + "".join(f", {v}" for v in varying_values),
        where=where,
    )
    return text, (*map(json.dumps, varying.values()), *parameters)


def of_writes(fields: Sequence[str], scope: Scope) -> Sql:
    """Rows of (model, origin, the sums of these attributes)."""
    where, parameters = where_in_scope((), scope)
    sums = ", ".join(f"total(r.attributes ->> '$.\"{name}\"')" for name in fields)
    return _WRITES.format(fields=sums, where=where), parameters


def of_counters(scope: Scope) -> Sql:
    """Rows of what each counter of the sessions without requests grew by."""
    where, parameters = where_in_scope((), scope, of_series=True)
    return _COUNTERS.format(where=where), parameters


def of_branches(varying: Sequence[int], sharing: Sequence[int], scope: Scope, is_long: bool) -> Sql:
    """Rows of (prompt, origin, its own branch, time) of the last tool that told a branch.

    `varying` are the origins whose events may have a branch for themselves, `sharing` those that
    have one. The quicker way is another one where the time is a large part of all (`is_long`).
    """
    where, parameters = where_in_scope((), scope)
    events = _OF_ORIGINS if is_long else _OF_TOOLS
    if not varying:
        text = _BRANCHES.format(branch="NULL", events=events, has_branch="", where=where)
        return text, (json.dumps(sharing), *parameters)
    branch = _varying(BRANCH)
    has_own = f"{branch} NOT IN ('\"\"', 'null')"
    has_branch = f" AND (r.origin IN (SELECT value FROM json_each(?)) OR {has_own})"
    text = _BRANCHES.format(branch=branch, events=events, has_branch=has_branch, where=where)
    lists = (varying, [*varying, *sharing], sharing, varying)
    return text, (*map(json.dumps, lists), *parameters)


def _distinct(column: str, grouped: Sequence[str]) -> str:
    if column in grouped:
        return ""
    return f", json_group_array(DISTINCT r.{column}) FILTER (WHERE r.{column} IS NOT NULL)"


def _varying(name: str) -> str:
    values = ", ".join(f"r.attributes -> '$.\"{spelling}\"'" for spelling in spellings(name))
    return (
        f"CASE WHEN r.origin IN (SELECT value FROM json_each(?)) THEN coalesce({values}, NULL) END"
    )

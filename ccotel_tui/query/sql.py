"""Ask to SQL over the embedded store. Pure.

A query reads its time ranges from its first parameter, a JSON array of [from_ns, to_ns], and
yields rows of (index of the range, one column for each of its labels, a JSON array with a number
for each ask): asks that differ in their numbers only are answered by one scan.

Each kind of event has an index that begins with the label it is mostly grouped by. A question by
that label, or by none, jumps from one of its values to the next and sums the rows of each: three
times faster than to sort them into groups. Where an event's measure has a fallback in the
counters, that is a query of its own.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

from ccotel_tui.query.ask import Ask, EventKind, Scope
from ccotel_tui.query.measures import COST_COUNTED, Condition, Measure
from ccotel_tui.telemetry.vocabulary import (
    ACTIVITY,
    API_ERROR,
    API_REQUEST,
    COST,
    TOKENS,
    TOOL_DECISION,
    TOOL_RESULT,
    USER_PROMPT,
    model_name,
)

Query = tuple[str, tuple[str, ...]]
"""The text, and the parameters behind the first."""

_RANGES = """\
WITH RECURSIVE b (key, from_ns, to_ns) AS MATERIALIZED (
    SELECT key, value ->> 0, value ->> 1 FROM json_each(?1))"""

_BY_LEAD = """\
{ranges},
l (value) AS (
    SELECT min(r.{lead}) FROM events r INDEXED BY {index} WHERE {records}
    UNION ALL
    SELECT (SELECT min(r.{lead}) FROM events r INDEXED BY {index}
        WHERE {records} AND r.{lead} > l.value)
    FROM l WHERE l.value IS NOT NULL)
SELECT b.key, l.value, (SELECT json_array({some}, {values}) FROM events r INDEXED BY {index}
    WHERE r.{lead} IS l.value AND r.time_ns > b.from_ns AND r.time_ns <= b.to_ns
    AND {records}{where})
FROM b CROSS JOIN l"""
"""The last value is null, for records without the label."""

_BY_ANY = """\
{ranges}
SELECT b.key{labels}, json_array({some}, {values}) FROM b CROSS JOIN events r INDEXED BY {index}
WHERE r.time_ns > b.from_ns AND r.time_ns <= b.to_ns AND {records}{where}
GROUP BY b.key{labels}"""

_COUNTERS = """\
{ranges}
SELECT b.key{labels}, json_array({some}, {values})
FROM series r CROSS JOIN b CROSS JOIN increments i
WHERE {records}{where} AND i.series = r.id AND i.time_ns > b.from_ns AND i.time_ns <= b.to_ns
GROUP BY b.key{labels}"""

_LEADS: Mapping[tuple[str, ...], tuple[str, str]] = {
    (API_REQUEST,): ("model", "api_requests"),
    (API_ERROR,): ("status_code", "api_errors"),
    (TOOL_RESULT,): ("tool_name", "tool_results"),
    (USER_PROMPT,): ("command_source", "user_prompts"),
    ACTIVITY: ("session_id", "activity_of_session"),
}
"""The label that leads the index which covers the questions about these events."""

_BY_TIME: Mapping[tuple[str, ...], str] = {ACTIVITY: "activity"}
"""The index for other groupings, where `event_names` will not do."""

_ACTIVE = "r.name IN ({})".format(", ".join(f"'{name}'" for name in ACTIVITY))
"""As the partial indexes of activity have it: SQLite compares the text."""

_WITHOUT_REQUESTS = (
    f" AND NOT EXISTS (SELECT 1 FROM events e WHERE e.name = '{API_REQUEST}'"
    " AND e.session_id = r.session_id)"
)
"""Keeps the sessions that tell what they cost by their counters only."""

LAST_HEARD = """\
SELECT max(time_ns) FROM (
    SELECT max(time_ns) AS time_ns FROM events UNION ALL SELECT max(time_ns) FROM increments)"""

ALONE = f"""\
SELECT EXISTS (
    SELECT 1 FROM series r WHERE r.metric IN ('{COST}', '{TOKENS}'){_WITHOUT_REQUESTS})"""
"""Whether there is a session that tells what it cost by its counters only."""

COUNTER_ACTIVITY = f"""\
SELECT max(i.time_ns), r.session_id FROM series r CROSS JOIN increments i
WHERE i.series = r.id AND i.time_ns <= ?1
AND r.metric IN ('{COST}', '{TOKENS}'){_WITHOUT_REQUESTS}{{where}}
GROUP BY r.session_id ORDER BY 1 DESC LIMIT 1"""


def kin(ask: Ask) -> object:
    """What asks have in common that one scan answers."""
    measure, own = ask.measure, ask.stat if ask.stat != "sum" else ""
    return labels(ask), ask.stepped, ask.where, own, measure.signal, measure.records, measure.where


def labels(ask: Ask) -> tuple[str, ...]:
    """The labels that the query groups by: the ask's own, or one more that costs nothing."""
    if _about_session(ask):
        return ask.by
    lead, _ = _LEADS.get(ask.measure.records, ("", ""))
    return (lead,) if lead and set(ask.by) <= {lead} else ask.by


def _about_session(ask: Ask) -> bool:
    """Whether it asks what one session cost, which has an index of its own."""
    named = any(condition.label == "session_id" for condition in ask.where)
    return named and not ask.by and ask.measure.fields == ("cost_usd",)


def compile(asks: Sequence[Ask], scope: Scope) -> Query:
    """The query over the records that carry the measures of asks of one kin."""
    measure, by = asks[0].measure, labels(asks[0])
    lead, index = _LEADS.get(measure.records, ("", "event_names"))
    form = _BY_LEAD
    if _about_session(asks[0]):
        form, index = _BY_ANY, "requests_of_session"
    elif measure.signal == "counters":
        form = _COUNTERS
    elif by != (lead,):
        form, index = _BY_ANY, _BY_TIME.get(measure.records, "event_names")
    where, parameters = selected(measure, asks[0].where, scope)
    return _filled(form, asks, measure, by, where, lead, index), parameters


def compile_fallback(ask: Ask, scope: Scope) -> Query | None:
    """The same by counters, for sessions without any request; None where there is no such."""
    fallback = ask.measure.fallback
    by = labels(ask)
    if fallback is None or not {*by, *(c.label for c in ask.where)} <= fallback.labels:
        return None
    where, parameters = selected(fallback, ask.where, scope)
    return _filled(_COUNTERS, [ask], fallback, by, _WITHOUT_REQUESTS + where), parameters


def _filled(
    form: str,
    asks: Sequence[Ask],
    measure: Measure,
    by: Sequence[str],
    where: str,
    lead: str = "",
    index: str = "",
) -> str:
    name = "name" if measure.signal == "events" else "metric"
    measures = [a.measure if measure.signal == "events" else measure for a in asks]
    return form.format(
        ranges=_RANGES,
        labels="".join(f", r.{label}" for label in by),
        some=_some(asks[0], measure, lead),
        values=", ".join(_value(*pair, lead) for pair in zip(asks, measures, strict=True)),
        records=f"r.{name} {_is_one_of(measure.records)}",
        where=where,
        lead=lead,
        index=index,
    )


def _some(ask: Ask, measure: Measure, lead: str) -> str:
    """Whether there is a record; asked so that the first or the last one alone is read."""
    time = "r.time_ns" if measure.signal == "events" else "i.time_ns"
    if ask.stat == "first":
        return f"min({time}) IS NOT NULL"
    if ask.stat == "last" or (ask.stat == "sessions" and lead == "session_id"):
        return f"max({time}) IS NOT NULL"
    return "count(*)"


def _value(ask: Ask, measure: Measure, lead: str) -> str:
    some = _some(ask, measure, lead)
    match ask.stat:
        case "sessions":
            return some if lead == "session_id" else "count(DISTINCT r.session_id)"
        case "first" | "last":
            return some.removesuffix(" IS NOT NULL")
        case float():
            # Raw values as text: ten times faster to carry over than a row each.
            return f"group_concat(r.{measure.fields[0]}, ' ')"
    if measure.signal == "counters":
        return "sum(i.value)"
    if not measure.fields:
        return "count(*)"
    if len(measure.fields) == 1:
        return f"sum(r.{measure.fields[0]})"
    return f"sum({' + '.join(f'ifnull(r.{field}, 0)' for field in measure.fields)})"


def newest_activity(scope: Scope) -> Query:
    """(time, session) of the newest event that makes a session active, up to a time (?1)."""
    where, parameters = selected(None, (), scope)
    return (
        "SELECT r.time_ns, r.session_id FROM events r INDEXED BY activity"
        f" WHERE {_ACTIVE} AND r.time_ns <= ?1{where} ORDER BY r.time_ns DESC LIMIT 1",
        parameters,
    )


def newest_counter_activity(scope: Scope) -> Query:
    """The same for sessions that tell by their counters only."""
    where, parameters = selected(COST_COUNTED, (), scope)
    return COUNTER_ACTIVITY.format(where=where), parameters


NEWEST_PROMPT = f"""\
SELECT r.prompt_id FROM events r INDEXED BY requests_of_session
WHERE r.name = '{API_REQUEST}' AND r.session_id = ? AND r.time_ns <= ?
ORDER BY r.time_ns DESC LIMIT 1"""


UNSEEN = f"""\
WITH s (counted, seen) AS MATERIALIZED (
    SELECT
        (SELECT ifnull(sum(i.value), 0) FROM series r CROSS JOIN increments i
            WHERE r.session_id = value AND r.metric = '{COST}'
            AND i.series = r.id AND i.time_ns <= ?2),
        (SELECT sum(r.cost_usd) FROM events r INDEXED BY requests_of_session
            WHERE r.name = '{API_REQUEST}' AND r.session_id = value AND r.time_ns <= ?2)
    FROM json_each(?1))
SELECT ifnull(sum(counted - seen), 0.0) FROM s WHERE counted - seen > 5e-7"""
"""Dollars that the counters of these sessions hold above their requests, up to a time.

Half a millionth is below what the client reports. A session without any request counts by its
counters: none of that is unseen.
"""


def rows(
    kinds: Sequence[EventKind], scope: Scope, within: tuple[int, int], limit: int
) -> tuple[str, tuple[str | int, ...]]:
    """(time, name, session, sequence, attributes) of the newest events; with all parameters.

    Each kind's newest are read from its own end of the index, then the newest of those are taken.
    """
    texts, values = zip(
        *(_newest(kind, scope, within, limit) for kind in kinds or ALL), strict=True
    )
    union = " UNION ALL ".join(f"SELECT * FROM ({text})" for text in texts)
    parameters = tuple(chain.from_iterable(values))
    return f"{union} ORDER BY 1 DESC, 3 DESC, 4 DESC LIMIT ?", (*parameters, limit)


DOUBTFUL = """\
SELECT value FROM json_each(?) WHERE (
    SELECT count(r.sequence) <> ifnull(max(r.sequence) - min(r.sequence) + 1, 0)
    FROM events r INDEXED BY event_sessions WHERE r.session_id = value)"""
"""Of these sessions those that are not one process with every number in its place."""

SEQUENCE = """\
SELECT r.sequence FROM events r INDEXED BY event_sessions
WHERE r.session_id = ? AND r.sequence IS NOT NULL ORDER BY r.time_ns, r.sequence"""

REJECTIONS = EventKind(TOOL_DECISION, Condition("decision", "reject"))
"""Rare among decisions, with an index of their own."""

ALL: Sequence[EventKind] = (EventKind(""),)
"""Events of any name."""


def _newest(
    kind: EventKind, scope: Scope, within: tuple[int, int], limit: int
) -> tuple[str, tuple[str | int, ...]]:
    where, parameters = selected(None, (), scope)
    if kind.only:
        where = f" AND r.{kind.only.label} {_is_one_of([kind.only.value])}{where}"
    if kind.name:
        where = f" AND r.name {_is_one_of([kind.name])}{where}"
    index = " INDEXED BY rejections" if kind == REJECTIONS else ""
    return (
        "SELECT r.time_ns, r.name, r.session_id, r.sequence, r.attributes"
        f" FROM events r{index} WHERE r.time_ns > ? AND r.time_ns <= ?{where}"
        " ORDER BY r.time_ns DESC LIMIT ?",
        (*within, *parameters, limit),
    )


def selected(measure: Measure | None, conditions: Iterable[Condition], scope: Scope) -> Query:
    """The conditions that keep what the ask, its measure and the scope name."""
    text = ""
    parameters: tuple[str, ...] = ()
    columns = _SERIES_COLUMNS if measure and measure.signal == "counters" else _EVENT_COLUMNS
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
        column = name.replace(".", "_")
        if column in columns and value:
            text += f" AND r.{column} = ?"
            parameters += (model_name(value) if column == "model" else value,)
        elif column in columns:
            text += f" AND r.{column} IS NULL"
        else:
            more, values = _attribute(name, value)
            text += more
            parameters += values
    return text, parameters


_SERIES_COLUMNS = {"session_id", "model", "source", "type", "tool_name", "decision"}
_EVENT_COLUMNS = _SERIES_COLUMNS - {"type"} | {
    *("prompt_id", "agent_name", "command_source", "project", "success", "status_code"),
}
"""Attributes with a column of their own."""


def _attribute(name: str, value: str) -> Query:
    """A condition on an attribute without a column of its own, in the JSON that keeps them all.

    The JSON is canonical, and a quote inside a string is escaped there: `"project":"shop"` stands
    where the attribute is, and to look for it is ten times faster than to parse.
    """
    keys = dict.fromkeys((name, name.replace("_", "."), name.replace(".", "_")))
    starts = tuple(f"{json.dumps(key, ensure_ascii=False)}:" for key in keys)
    if not value:
        has = " OR ".join("instr(r.attributes, ?)" for _ in starts)
        empty = tuple(f'{start}""' for start in starts)
        return f" AND (NOT ({has}) OR {has})", starts + empty
    text = json.dumps(value, ensure_ascii=False)
    sought = [f"{start}{text}" for start in starts]
    if _LITERAL.fullmatch(value):
        sought += [f"{start}{value}{end}" for start in starts for end in ",}"]
    return f" AND ({' OR '.join('instr(r.attributes, ?)' for _ in sought)})", tuple(sought)


_LITERAL = re.compile(r"true|false|-?\d+(\.\d+)?")
"""What JSON writes without quotes."""


def _is_one_of(names: Iterable[str]) -> str:
    quoted = ["'" + name.replace("'", "''") + "'" for name in names]
    return f"= {quoted[0]}" if len(quoted) == 1 else f"IN ({', '.join(quoted)})"

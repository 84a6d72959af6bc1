"""Ask to SQL over the embedded store. Pure.

A query reads its time ranges from its first parameter, a JSON array of [from_ns, to_ns], and
yields rows of (index of the range, one column for each of its labels, a JSON array with a number
for each ask): asks that differ in their numbers only are answered by one scan.

Each kind of event has an index that begins with the label it is mostly grouped by. A question by
that label, or by none, jumps from one of its values to the next and sums the rows of each: three
times faster than to sort them into groups. Where an event's measure has a fallback in the
counters, that is a query of its own.
"""

from collections.abc import Mapping, Sequence

from ccotel_tui.query.ask import SUMS, Ask, Scope
from ccotel_tui.query.measures import Measure
from ccotel_tui.query.sql_where import WITHOUT_REQUESTS, Query, is_one_of, selected
from ccotel_tui.telemetry.vocabulary import (
    ACTIVITY,
    API_ERROR,
    API_REQUEST,
    TOOL_RESULT,
    USER_PROMPT,
)

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


def kin(ask: Ask) -> object:
    """What asks have in common that one scan answers."""
    measure, own = ask.measure, "" if ask.stat in SUMS else ask.stat
    return labels(ask), ask.stepped, ask.where, own, measure.signal, measure.records, measure.where


def labels(ask: Ask) -> tuple[str, ...]:
    """The labels that the query groups by: the ask's own, or one more that costs nothing."""
    if _about_session(ask):
        return ask.by
    lead, _ = _LEADS.get(ask.measure.records, ("", ""))
    return (lead,) if lead and set(ask.by) <= {lead} else ask.by


def adds_up(ask: Ask, short: bool) -> bool:
    """Whether its numbers over a window are best made from those of the window's buckets.

    Over a long time the sessions are jumped through, faster than any bucket is read; and each
    series of a counter is looked up once a bucket.
    """
    if ask.stat in SUMS:
        return ask.stepped or ask.measure.signal == "events"
    return short and (ask.stat != "sessions" or "session_id" in labels(ask))


def _about_session(ask: Ask) -> bool:
    """Whether it asks what one session cost, which has an index of its own."""
    named = any(condition.label == "session_id" for condition in ask.where)
    return named and not ask.by and ask.measure.fields == ("cost_usd",)


def compile(asks: Sequence[Ask], scope: Scope, short: bool = False) -> Query:
    """The query over the records that carry the measures of asks of one kin.

    In a short time few sessions were active: then they are read by time, not one by one.
    """
    measure, by = asks[0].measure, labels(asks[0])
    lead, index = _LEADS.get(measure.records, ("", "event_names"))
    form = _BY_LEAD
    if _about_session(asks[0]):
        form, index = _BY_ANY, "requests_of_session"
    elif measure.signal == "counters":
        form = _COUNTERS
    elif by != (lead,) or (short and lead == "session_id"):
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
    return _filled(_COUNTERS, [ask], fallback, by, WITHOUT_REQUESTS + where), parameters


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
        records=f"r.{name} {is_one_of(measure.records)}",
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
        case "readable":
            return f"count(r.{measure.fields[0]})"
        case "negative":
            return f"count(iif(r.{measure.fields[0]} < 0, 1, NULL))"
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

"""Queries to SQL over the embedded store. Pure.

A statement reads its time ranges from its first parameter, a JSON array of [from_ns, to_ns], and
yields rows of (index of the range, labels, whether there is a record, a number for each query);
what follows on the labels may be one column, a JSON array. Sums over the same records are answered
by one statement, whichever of the records each of them keeps and however it groups them: the
number of statements follows from the kinds of records.

Each kind of event has an index that begins with the label it is mostly grouped by. A query by
that label, or by none, jumps from one of its values to the next and sums the rows of each: three
times faster than to sort them into groups. Where an event's measure has a fallback in the
counters, that is a statement of its own.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

from ccotel_tui.query.embedded.sql_where import (
    WITHOUT_REQUESTS,
    Sql,
    is_one_of,
    where_all,
    where_in_scope,
)
from ccotel_tui.query.finite import LARGEST_SUM
from ccotel_tui.query.measures import Condition
from ccotel_tui.query.query import SUMS, Query, Scope
from ccotel_tui.telemetry.conventions import (
    ACTIVITY,
    API_ERROR,
    API_REQUEST,
    TOOL_RESULT,
    USER_PROMPT,
)

_BEYOND = 2 * LARGEST_SUM

TIME_RANGES = """\
WITH RECURSIVE b (key, from_ns, to_ns) AS MATERIALIZED (
    SELECT key, value ->> 0, value ->> 1 FROM json_each(?1))"""
"""The table of the time ranges, with which every statement begins."""

_LEAD_VALUES = """\
{ranges},
l (value) AS (
    SELECT min(r.{lead}) FROM events r INDEXED BY {index} WHERE {records}
    UNION ALL
    SELECT (SELECT min(r.{lead}) FROM events r INDEXED BY {index}
        WHERE {records} AND r.{lead} > l.value)
    FROM l WHERE l.value IS NOT NULL)
"""
"""The last value is null, for records without the label."""

_BY_LEAD = f"""\
{_LEAD_VALUES}SELECT b.key, l.value, (
    SELECT json_array({{some}}, {{values}}) FROM events r INDEXED BY {{index}}
    WHERE r.{{lead}} IS l.value AND r.time_ns > b.from_ns AND r.time_ns <= b.to_ns
    AND {{records}}{{where}})
FROM b CROSS JOIN l"""

_BY_LEAD_AND_ONE = f"""\
{_LEAD_VALUES}SELECT b.key, l.value, j.value ->> 0, j.value -> 1
FROM b CROSS JOIN l CROSS JOIN json_each((
    SELECT json_group_array(json_array(label, json(numbers))) FROM (
        SELECT r.{{other}} AS label, json_array({{some}}, {{values}}) AS numbers
        FROM events r INDEXED BY {{index}}
        WHERE r.{{lead}} IS l.value AND r.time_ns > b.from_ns AND r.time_ns <= b.to_ns
        AND {{records}}{{where}}
        GROUP BY r.{{other}}))) j"""
"""Sorts the rows of one value at a time, half as long as all rows together take."""

_BY_COVERED = f"""\
{_LEAD_VALUES}SELECT b.key{{labels}}, {{some}}, {{values}}
FROM b CROSS JOIN l CROSS JOIN events r INDEXED BY {{index}}
WHERE r.{{lead}} IS l.value AND r.time_ns > b.from_ns AND r.time_ns <= b.to_ns
AND {{records}}{{where}}
GROUP BY {{keys}}, b.key"""
"""Reads the index alone, where that holds the labels and the fields."""

_IN_ORDER = """\
{ranges}
SELECT 0{labels}, {some}, {values} FROM events r INDEXED BY {index}
WHERE r.time_ns > (SELECT from_ns FROM b) AND r.time_ns <= (SELECT to_ns FROM b)
AND {records}{where}
GROUP BY {keys}"""
"""Reads an index that begins with the labels, for one range: a third of the time of sorting."""

_BY_ANY = """\
{ranges}
SELECT b.key{labels}, {some}, {values} FROM b CROSS JOIN events r INDEXED BY {index}
WHERE r.time_ns > b.from_ns AND r.time_ns <= b.to_ns AND {records}{where}
GROUP BY b.key{labels}"""

_COUNTERS_BY_RANGE = """\
{ranges}
SELECT b.key{labels}, {some}, {values}
FROM (
    SELECT r.id,
        (SELECT min(i.time_ns) FROM increments i WHERE i.series = r.id) AS first_ns,
        (SELECT max(i.time_ns) FROM increments i WHERE i.series = r.id) AS last_ns
    FROM series r WHERE {records} LIMIT -1) s
CROSS JOIN series r CROSS JOIN b CROSS JOIN increments i
WHERE r.id = s.id{where} AND b.to_ns >= s.first_ns AND b.from_ns < s.last_ns
AND i.series = r.id AND i.time_ns > b.from_ns AND i.time_ns <= b.to_ns
GROUP BY b.key{labels}"""
"""Of many ranges it looks into those alone in which the series has increments.

The limit keeps SQLite from looking a series' first and last up for each range.
"""

_COUNTERS = """\
{ranges}
SELECT b.key{labels}, {some}, {values}
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
"""The label that leads the index which covers the queries for these events."""

_COVERED: Mapping[str, frozenset[str]] = {
    "api_requests": frozenset({"model", "session_id", "source", "prompt_id"}),
    "api_errors": frozenset({"status_code", "session_id", "model"}),
    "tool_results": frozenset({"tool_name", "session_id", "success"}),
    "user_prompts": frozenset({"command_source", "session_id"}),
}
"""The labels that the index holds; the fields that are summed are in it too."""

_IN_SESSION = ("session_id", "source", "model")
"""What the index `requests_of_session` begins with."""

_BY_TIME: Mapping[tuple[str, ...], str] = {ACTIVITY: "activity", (): "event_identity"}
"""The index for other groupings, where `event_names` will not do."""


def groups(queries: Iterable[Query]) -> list[list[Query]]:
    """The queries in groups that one statement answers each, the one of most labels first."""
    alike: defaultdict[object, list[list[Query]]] = defaultdict(list)
    for query in sorted(queries, key=lambda query: -len(labels(query))):
        of_kin = alike[_kin(query)]
        finer = (g for g in of_kin if set(labels(query)) <= set(labels(g[0])))
        if (group := next(finer, None)) is not None:
            group.append(query)
        else:
            of_kin.append([query])
    return [group for of_kin in alike.values() for group in of_kin]


def _kin(query: Query) -> object:
    """The key by which queries fall into groups that one statement can answer."""
    measure, conditions = query.measure, _conditions(query)
    if isinstance(query.stat, float):
        return measure, query.where
    if query.stat in SUMS:
        # A session is found by an index; a text is read only of the rows that all else leaves.
        apart = tuple(c for c in conditions if c.prefix or c.label == "session_id")
        return measure.signal, _records(query), apart, _about_session(query)
    return measure.signal, measure.records, conditions, query.stat, query.stepped, labels(query)


def _conditions(query: Query) -> tuple[Condition, ...]:
    conditions = (*query.measure.where, *query.where)
    if _is_counted_with_activity(query):
        return (*conditions, Condition("name", query.measure.records[0]))
    return conditions


def _records(query: Query) -> tuple[str, ...]:
    """The names of the records that are read for the query."""
    return ACTIVITY if _is_counted_with_activity(query) else query.measure.records


def _is_counted_with_activity(query: Query) -> bool:
    """Return whether it counts, by session, events whose own index would have to be sorted."""
    measure = query.measure
    return (
        measure.records in ((TOOL_RESULT,), (API_ERROR,))
        and query.stat == "sum"
        and query.by == ("session_id",)
        and not (measure.fields or measure.where or query.where)
    )


def labels(query: Query) -> tuple[str, ...]:
    """The labels that the statement groups by: the query's own, or one more that costs nothing."""
    if _about_session(query):
        return query.by
    if set(query.by) == {"session_id", "model"} and _of_requests(query) and query.stat in SUMS:
        return _IN_SESSION
    lead, _ = _LEADS.get(_records(query), ("", ""))
    return (lead,) if lead and set(query.by) <= {lead} else query.by


def _of_requests(query: Query) -> bool:
    return query.measure.records == (API_REQUEST,)


def is_read_by_bucket(queries: Sequence[Query], short: bool) -> bool:
    """Return whether a group's numbers are best made from those of the window's buckets.

    Over a long time the sessions are jumped through, faster than any bucket is read; and each
    series of a counter is looked up once a bucket.
    """
    query = queries[0]
    if query.stat in SUMS:
        return query.measure.signal == "events" or any(query.stepped for query in queries)
    return short and (query.stat != "sessions" or "session_id" in labels(query))


def _about_session(query: Query) -> bool:
    """Return whether it asks what one session cost, which has an index of its own."""
    named = any(condition.label == "session_id" for condition in query.where)
    return named and not query.by and query.measure.fields == ("cost_usd",)


def compile_sql(
    queries: Sequence[Query], scope: Scope, short: bool = False, one_range: bool = False
) -> Sql:
    """The statement that answers a group of queries.

    In a short time few sessions were active: then they are read by time, not one by one.
    `one_range`: it will be run on a single one.
    """
    records, by = _records(queries[0]), labels(queries[0])
    lead, index = _LEADS.get(records, ("", ""))
    if queries[0].measure.signal == "counters":
        return _fill(_COUNTERS if one_range else _COUNTERS_BY_RANGE, queries, by, scope)
    if _about_session(queries[0]):
        return _fill(_BY_ANY, queries, by, scope, index="requests_of_session")
    if one_range and not short and _is_in_order(queries[0]):
        return _fill(_IN_ORDER, queries, by, scope, index="requests_of_session")
    form = _BY_ANY
    if by == (lead,) and not (short and lead == "session_id"):
        form = _BY_LEAD
    elif not short and len(by) == 2 and by[0] == lead == "session_id":
        form = _BY_LEAD_AND_ONE
    elif not short and by and set(by) <= _COVERED.get(index, frozenset()):
        form = _BY_COVERED
    if form == _BY_ANY:
        index = _BY_TIME.get(records, "event_names")
    return _fill(form, queries, by, scope, lead, index)


def _is_in_order(query: Query) -> bool:
    """Return whether the index of sessions' requests begins with the labels it groups by."""
    by = labels(query)
    return bool(by) and _of_requests(query) and query.stat in SUMS and by == _IN_SESSION[: len(by)]


def fallbacks(
    queries: Iterable[Query], scope: Scope
) -> Iterator[tuple[tuple[str, ...], list[Query], Sql]]:
    """The labels, queries and statement of each group that counters can answer too.

    The statement is about sessions without any request.
    """
    counted: defaultdict[Query, list[Query]] = defaultdict(list)
    for query in queries:
        measure, by = query.measure.fallback, labels(query)
        if measure and {*by, *(c.label for c in query.where)} <= measure.labels:
            counted[query._replace(measure=measure, by=by)].append(query)
    for group in groups(counted):
        each = [query for query in group for _ in counted[query]]
        compiled = _fill(_COUNTERS, each, group[0].by, scope, alone=WITHOUT_REQUESTS)
        yield group[0].by, [query for fallback in group for query in counted[fallback]], compiled


def _fill(
    form: str,
    queries: Sequence[Query],
    by: Sequence[str],
    scope: Scope,
    lead: str = "",
    index: str = "",
    alone: str = "",
) -> Sql:
    measure = queries[0].measure
    shared = [
        c for c in _conditions(queries[0]) if all(c in _conditions(query) for query in queries)
    ]
    values, parameters = zip(*(_value(query, lead, shared) for query in queries), strict=True)
    where, more = where_in_scope(shared, scope, measure.signal == "counters")
    name = "name" if measure.signal == "events" else "metric"
    keys = "".join(f", r.{label}" for label in by)
    text = form.format(
        ranges=TIME_RANGES,
        labels=keys,
        keys=keys[2:],
        other=by[-1] if by else "",
        some=_has_record(queries[0], lead),
        values=", ".join(values),
        records=f"r.{name} {is_one_of(_records(queries[0]))}" if measure.records else "TRUE",
        where=alone + where,
        lead=lead,
        index=index,
    )
    return text, (*chain.from_iterable(parameters), *more)


def _has_record(query: Query, lead: str) -> str:
    """Whether there is a record; asked so that the first or the last one alone is read."""
    time = "r.time_ns" if query.measure.signal == "events" else "i.time_ns"
    if query.stat == "first":
        return f"min({time}) IS NOT NULL"
    if query.stat == "last" or (query.stat == "sessions" and lead == "session_id"):
        return f"max({time}) IS NOT NULL"
    return "count(*)"


def _value(query: Query, lead: str, shared: Sequence[Condition]) -> Sql:
    """The query's number over those of the rows that meet its own conditions too."""
    text, parameters = where_all([c for c in _conditions(query) if c not in shared])
    number = _number(query, lead)
    if text:
        number += f" FILTER (WHERE {text.removeprefix(' AND ')})"
    if number.startswith("sum"):
        # JSON cannot hold an infinite one, and one beyond what can be shown is as good.
        number = f"max({-_BEYOND}, min({_BEYOND}, {number}))"
    elif text and number.startswith("count"):
        # Where no row meets them, the answer holds nothing.
        number = f"nullif({number}, 0)"
    return number, parameters


def _number(query: Query, lead: str) -> str:
    measure, has_record = query.measure, _has_record(query, lead)
    match query.stat:
        case "sessions":
            return has_record if lead == "session_id" else "count(DISTINCT r.session_id)"
        case "first" | "last":
            return has_record.removesuffix(" IS NOT NULL")
        case "irregular":
            return f"count(iif(r.{measure.fields[0]} >= 0, NULL, 1))"
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

"""Rows, and what is looked up once, over the embedded store. Pure."""

from collections.abc import Sequence
from itertools import chain

from ccotel_tui.query.embedded.sql_where import WITHOUT_REQUESTS, Sql, is_one_of, where_in_scope
from ccotel_tui.query.measures import Condition
from ccotel_tui.query.query import EventKind, Scope
from ccotel_tui.query.window import MINUTE
from ccotel_tui.telemetry.conventions import (
    ACTIVITY,
    API_REQUEST,
    COST,
    STATUS_LINE,
    TOKENS,
    TOOL_DECISION,
)

_ACTIVE = f"r.name {is_one_of(ACTIVITY)}"
"""As the partial indexes of activity have it: SQLite compares the text."""

COUNTER_ONLY = f"""\
SELECT DISTINCT r.session_id FROM series r
WHERE r.metric IN ('{COST}', '{TOKENS}'){WITHOUT_REQUESTS}"""
"""The sessions that tell what they cost by their counters only."""

COUNTER_ONLY_OF = f"""\
SELECT s.value FROM json_each(?) s WHERE EXISTS (
    SELECT 1 FROM series r
    WHERE r.session_id = s.value AND r.metric IN ('{COST}', '{TOKENS}'){WITHOUT_REQUESTS})"""
"""Those of the sessions (a JSON array) that are among them."""

COUNTER_ACTIVITY = f"""\
SELECT max(i.time_ns), r.session_id FROM series r CROSS JOIN increments i
WHERE i.series = r.id AND i.time_ns <= ?1
AND r.metric IN ('{COST}', '{TOKENS}'){WITHOUT_REQUESTS}{{where}}
GROUP BY r.session_id ORDER BY 1 DESC LIMIT 1"""


def newest_activity(scope: Scope) -> Sql:
    """(time, session) of the newest event that makes a session active, up to a time (?1)."""
    where, parameters = where_in_scope((), scope)
    return (
        "SELECT r.time_ns, r.session_id FROM events r INDEXED BY activity"
        f" WHERE {_ACTIVE} AND r.time_ns <= ?1{where} ORDER BY r.time_ns DESC LIMIT 1",
        parameters,
    )


def newest_counter_activity(scope: Scope) -> Sql:
    """The same for sessions that tell by their counters only."""
    where, parameters = where_in_scope((), scope, of_series=True)
    return COUNTER_ACTIVITY.format(where=where), parameters


NEWEST_PROMPT = f"""\
SELECT r.prompt_id FROM events r INDEXED BY event_sessions
WHERE r.name = '{API_REQUEST}' AND r.session_id = ? AND r.time_ns <= ?
ORDER BY r.time_ns DESC LIMIT 1"""


UNRECORDED_COST = f"""\
SELECT s.value,
    (SELECT ifnull(sum(i.value), 0) FROM series r CROSS JOIN increments i
        WHERE r.session_id = s.value AND r.metric = '{COST}'
        AND i.series = r.id AND i.time_ns <= ?2),
    (SELECT sum(r.cost_usd) FROM events r INDEXED BY requests_of_session
        WHERE r.name = '{API_REQUEST}' AND r.session_id = s.value AND r.time_ns <= ?2)
FROM json_each(?1) s"""
"""The dollars of the counters and of the requests of each session (a JSON array), up to a time."""

ACTIVE_SINCE = """\
SELECT session_id FROM events WHERE time_ns > ?1
UNION SELECT r.session_id FROM increments i CROSS JOIN series r
WHERE i.time_ns > ?1 AND r.id = i.series"""
"""The sessions that have a record after that time."""


def rows_query(
    kinds: Sequence[EventKind],
    scope: Scope,
    within: tuple[int, int],
    limit: int,
    *,
    oldest: bool = False,
) -> tuple[str, tuple[str | int, ...]]:
    """(time, name, session, sequence, own, common, context attributes) of the newest events.

    The newest come first; of the `oldest` these do. With all parameters. Each kind's newest are
    read from its own end of the index, then the newest of those are taken; of a session, whose
    index has all names, they are read together.
    """
    way = "" if oldest else " DESC"
    groups = _read_together(kinds or ALL_EVENTS, scope)
    parts = [_newest(names, only, scope, within, limit, way) for names, only in groups]
    if len(parts) == 1:
        return parts[0]
    texts, values = zip(*parts, strict=True)
    union = " UNION ALL ".join(f"SELECT * FROM ({text})" for text in texts)
    parameters = tuple(chain.from_iterable(values))
    return f"{union} ORDER BY 1{way}, 3{way}, 4{way} LIMIT ?", (*parameters, limit)


SEQUENCES = """\
SELECT s.value, (SELECT group_concat(sequence, ' ') FROM (
    SELECT r.sequence FROM events r INDEXED BY event_sessions
    WHERE r.session_id = s.value AND r.sequence IS NOT NULL ORDER BY r.time_ns, r.sequence))
FROM json_each(?) s WHERE (
    SELECT count(r.sequence) <> ifnull(max(r.sequence) - min(r.sequence) + 1, 0)
    FROM events r INDEXED BY event_sessions WHERE r.session_id = s.value)"""
"""The event.sequence numbers of each session (a JSON array) in order of time, as one text.

Left out are sessions of one process with every number in its place.
"""

REJECTIONS = EventKind(TOOL_DECISION, Condition("decision", "reject"))
"""Rare among decisions, with an index of their own."""

_COLUMNS = "r.time_ns, r.name, r.session_id, r.sequence, r.attributes, o.attributes, o.context"
_WITH_ORIGIN = "CROSS JOIN origins o ON o.id = r.origin"
"""Each event has one; looked up for it, so that the order is that of the events."""

_FIRST_OF_ID = 8
"""More characters than this are the beginning of one session's id: it has few events."""

LATE = 2 * MINUTE
"""Records of sessions that run side by side come out of order by a few seconds."""

ALL_EVENTS: Sequence[EventKind] = (EventKind(""),)
"""Events of any name, but for status lines: those are named by who wants them."""


def rows_within(kind: EventKind, scope: Scope) -> Sql:
    """The same of all events of the kind in the ranges of the first parameter, oldest first."""
    where, parameters = where_in_scope([kind.only] if kind.only else [], scope)
    return (
        f"SELECT {_COLUMNS} FROM json_each(?1) b"
        f" CROSS JOIN events r INDEXED BY event_names {_WITH_ORIGIN}"
        f" WHERE r.name {is_one_of([kind.name])} AND r.time_ns > b.value ->> 0"
        f" AND r.time_ns <= b.value ->> 1{where} ORDER BY r.time_ns, r.session_id, r.sequence",
        parameters,
    )


def _is_one_session(scope: Scope) -> bool:
    return len(scope.session_id) > _FIRST_OF_ID


def _read_together(
    kinds: Sequence[EventKind], scope: Scope
) -> list[tuple[Sequence[str], Condition | None]]:
    """Return the names that are read in one statement, and the condition on them."""
    together = [kind.name for kind in kinds if kind.name and not kind.only]
    if not _is_one_session(scope) or not together:
        return [((kind.name,), kind.only) for kind in kinds]
    apart = [((kind.name,), kind.only) for kind in kinds if not kind.name or kind.only]
    return [(together, None), *apart]


def _newest(
    names: Sequence[str],
    only: Condition | None,
    scope: Scope,
    within: tuple[int, int],
    limit: int,
    way: str,
) -> tuple[str, tuple[str | int, ...]]:
    in_index = only is not None and EventKind(names[0], only) == REJECTIONS
    where, parameters = where_in_scope([only] if only and not in_index else [], scope)
    if only and in_index:
        # Written out: SQLite takes an index of some rows only where the query names them.
        where = f" AND r.{only.label} {is_one_of([only.value])}{where}"
    has_name = is_one_of(names) if names[0] else f"<> '{STATUS_LINE}'"
    where = f" AND r.name {has_name}{where}"
    index = " INDEXED BY rejections" if in_index else ""
    if _is_one_session(scope):
        index = " INDEXED BY event_sessions"
        where = f" AND r.session_id >= ? AND r.session_id < ?{where}"
        parameters = (scope.session_id, scope.session_id + "\U0010ffff", *parameters)
    return (
        f"SELECT {_COLUMNS} FROM events r{index} {_WITH_ORIGIN}"
        f" WHERE r.time_ns > ? AND r.time_ns <= ?{where}"
        f" ORDER BY r.time_ns{way}, r.session_id{way}, r.sequence{way} LIMIT ?",
        (*within, *parameters, limit),
    )

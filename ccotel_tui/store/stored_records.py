"""Rows of the store read back as records: counters as delta points with their start and time."""

import heapq
import json
import sqlite3
from collections.abc import Iterator
from typing import NamedTuple

from ccotel_tui.store.rows import unqualified
from ccotel_tui.store.shared_attributes import context_without_service, merge_attributes
from ccotel_tui.telemetry.records import Event, Point, Record, TraceSpan

_EVENTS = """\
SELECT e.time_ns, o.service, e.name, o.attributes, e.attributes, o.version, o.scope, o.context
FROM events e JOIN origins o ON o.id = e.origin
WHERE e.time_ns > ? AND e.time_ns <= ?{session} ORDER BY e.time_ns, e.identity"""

_POINTS = """\
SELECT i.time_ns, i.start_ns, s.service, s.metric, s.unit, i.value, s.attributes, s.version,
    s.scope, s.context
FROM increments i JOIN series s ON s.id = i.series
WHERE i.time_ns > ? AND i.time_ns <= ?{session}
ORDER BY i.time_ns, s.identity, s.context, i.start_ns, i.value"""
"""In an order that the records alone determine: an export of an export is the same."""

_SPANS = """\
SELECT time_ns, start_ns, name, trace_id, span_id, parent_id, attributes, context
FROM spans WHERE time_ns > ? AND time_ns <= ?{session} ORDER BY time_ns, trace_id, span_id"""

_SESSIONS = """\
SELECT session_id FROM events WHERE substr(session_id, 1, length(?1)) = ?1
UNION SELECT session_id FROM spans WHERE substr(session_id, 1, length(?1)) = ?1
UNION SELECT session_id FROM series WHERE substr(session_id, 1, length(?1)) = ?1"""

_OLDER = """\
SELECT
    (SELECT count(*) FROM events WHERE time_ns < ?1),
    (SELECT count(*) FROM increments WHERE time_ns < ?1),
    (SELECT count(*) FROM spans WHERE time_ns < ?1),
    (SELECT count(*) FROM (
        SELECT session_id FROM events WHERE time_ns < ?1 UNION
        SELECT session_id FROM spans WHERE time_ns < ?1 UNION
        SELECT session_id FROM series
        WHERE id IN (SELECT series FROM increments WHERE time_ns < ?1)))"""

_OF_SESSION = """\
SELECT
    (SELECT count(*) FROM events WHERE session_id = ?1),
    (SELECT count(*) FROM increments
     WHERE series IN (SELECT id FROM series WHERE session_id = ?1)),
    (SELECT count(*) FROM spans WHERE session_id = ?1),
    1"""


class RecordCounts(NamedTuple):
    """How many records there are of each kind, and of how many sessions they are."""

    events: int
    increments: int
    spans: int
    sessions: int


def stored_records(
    connection: sqlite3.Connection, from_ns: int, to_ns: int, session_id: str | None = None
) -> Iterator[Record]:
    """The records in (from_ns, to_ns], of one session or of all, in the order of their times."""
    parameters = (from_ns, to_ns, *([session_id] if session_id else []))
    session = " AND session_id = ?" if session_id else ""
    events = connection.execute(_EVENTS.format(session=session), parameters)
    points = connection.execute(_POINTS.format(session=session), parameters)
    spans = connection.execute(_SPANS.format(session=session), parameters)
    yield from heapq.merge(
        *(map(event_of_row, events), map(_point, points), map(_span, spans)),
        key=lambda record: record.time_ns,
    )


def session_ids(connection: sqlite3.Connection, beginning: str) -> list[str]:
    """The ids of sessions that begin so."""
    return [session for (session,) in connection.execute(_SESSIONS, (beginning,))]


def count_older(connection: sqlite3.Connection, before_ns: int) -> RecordCounts:
    """Return the counts of the records before then."""
    return RecordCounts(*connection.execute(_OLDER, (before_ns,)).fetchone())


def count_of_session(connection: sqlite3.Connection, session_id: str) -> RecordCounts:
    """Return the counts of the records of a session."""
    return RecordCounts(*connection.execute(_OF_SESSION, (session_id,)).fetchone())


def event_of_row(row: tuple[int, str, str, str, str, str, str, str]) -> Event:
    """An event from its time, service, name, attributes of its origin and its own, version, scope
    and context.
    """
    time_ns, service, name, common, varying, version, scope, context = row
    return Event(
        *(
            time_ns,
            service,
            unqualified(scope, service, name),
            dict(sorted(merge_attributes(common, varying).items())),
            version,
            scope,
        ),
        context_without_service(context),
    )


def _span(row: tuple[int, int, str, str, str, str, str, str]) -> Record:
    time_ns, start_ns, name, trace_id, span_id, parent_id, attributes, context = row
    resource = json.loads(context)
    return TraceSpan(
        *(time_ns, start_ns, resource.pop("service.name", ""), name, trace_id, span_id),
        attributes=json.loads(attributes),
        parent_id=parent_id,
        version=resource.pop("service.version", ""),
        context=resource,
    )


def _point(row: tuple[int, int, str, str, str, float, str, str, str, str]) -> Record:
    time_ns, start_ns, service, metric, unit, value, attributes, version, scope, context = row
    return Point(
        *(time_ns, start_ns, service, unqualified(scope, service, metric), unit, False, value),
        *(json.loads(attributes), version, scope, context_without_service(context)),
    )

"""Deletion in batches, by age and size or of a session, with what only those records needed."""

import sqlite3

from ccotel_tui.store import change_log, coverage
from ccotel_tui.store.file.transaction import transaction
from ccotel_tui.store.outbox import clamp_to_last_id
from ccotel_tui.telemetry.values import LATEST

DELETED_AT_ONCE = 1000
"""Records deleted in one transaction: an ingest waits as long as that takes."""

LONGEST_SILENCE_NS = 62 * 86_400 * 1_000_000_000
"""So long a cumulative stream may say nothing and still go on, as on the stack."""

_OLDEST = """\
SELECT time_ns FROM (
    SELECT time_ns FROM events UNION ALL SELECT time_ns FROM increments
    UNION ALL SELECT time_ns FROM spans)
WHERE time_ns < ? ORDER BY time_ns LIMIT ?"""

_LATEST = """\
SELECT time_ns FROM (
    SELECT time_ns FROM events UNION ALL SELECT time_ns FROM increments
    UNION ALL SELECT time_ns FROM spans)
WHERE time_ns > ? ORDER BY time_ns DESC LIMIT ?"""

_UNUSED = """\
DELETE FROM series
WHERE id = ? AND NOT EXISTS (SELECT 1 FROM increments WHERE series = series.id)"""

_UNUSED_ORIGINS = """\
DELETE FROM origins WHERE NOT EXISTS (SELECT 1 FROM events WHERE origin = origins.id)"""


def delete_oldest(connection: sqlite3.Connection, before_ns: int) -> bool:
    """Delete a batch of the records before then; whether there may be more.

    The time that they are from does not count as listened to any more.
    """
    times = [time_ns for (time_ns,) in connection.execute(_OLDEST, (before_ns, DELETED_AT_ONCE))]
    more = len(times) == DELETED_AT_ONCE
    until_ns = times[-1] if more else before_ns - 1
    with transaction(connection):
        _delete(connection, 0, until_ns)
        coverage.trim(connection, until_ns)
    _give_back(connection)
    return more


def delete_first(connection: sqlite3.Connection) -> int:
    """Delete a batch of the oldest records, whatever their age; how many."""
    times = [time_ns for (time_ns,) in connection.execute(_OLDEST, (LATEST, DELETED_AT_ONCE))]
    if times:
        with transaction(connection):
            deleted = _delete(connection, 0, times[-1])
            coverage.trim(connection, times[-1])
        _give_back(connection)
    return deleted if times else 0


def delete_latest(connection: sqlite3.Connection, after_ns: int) -> int:
    """Delete a batch of the records after then, the latest first; how many."""
    times = [time_ns for (time_ns,) in connection.execute(_LATEST, (after_ns, DELETED_AT_ONCE))]
    if times:
        with transaction(connection):
            deleted = _delete(connection, times[-1], LATEST)
        _give_back(connection)
    return deleted if times else 0


def delete_session(connection: sqlite3.Connection, session_id: str) -> bool:
    """Delete a batch of a session's records; whether there may be more."""
    with transaction(connection):
        deleted = [
            connection.execute(
                f"DELETE FROM {table} WHERE id IN "
                f"(SELECT id FROM {table} WHERE session_id = ? LIMIT ?)",
                (session_id, DELETED_AT_ONCE),
            ).rowcount
            for table in ("events", "spans")
        ]
        connection.execute(
            "DELETE FROM increments WHERE series IN (SELECT id FROM series WHERE session_id = ?)",
            (session_id,),
        )
        connection.execute("DELETE FROM series WHERE session_id = ?", (session_id,))
        connection.execute(_UNUSED_ORIGINS)
        clamp_to_last_id(connection)
        change_log.append(connection, 0, LATEST)
    _give_back(connection)
    return DELETED_AT_ONCE in deleted


def delete_ended_streams(connection: sqlite3.Connection, before_ns: int) -> None:
    """Delete the last values of streams whose last point is older than that."""
    connection.execute("DELETE FROM streams WHERE time_ns < ?", (before_ns,))


def _delete(connection: sqlite3.Connection, from_ns: int, to_ns: int) -> int:
    """Delete the records of [from_ns, to_ns], and what only they needed; how many."""
    within = from_ns, to_ns
    events = connection.execute("DELETE FROM events WHERE time_ns BETWEEN ? AND ?", within)
    spans = connection.execute("DELETE FROM spans WHERE time_ns BETWEEN ? AND ?", within)
    series = connection.execute(
        "DELETE FROM increments WHERE time_ns BETWEEN ? AND ? RETURNING series", within
    ).fetchall()
    connection.executemany(_UNUSED, set(series))
    connection.execute(_UNUSED_ORIGINS)
    clamp_to_last_id(connection)
    change_log.append(connection, from_ns, to_ns)
    return events.rowcount + spans.rowcount + len(series)


def _give_back(connection: sqlite3.Connection) -> None:
    # Each step gives back one page, and only executescript takes them all.
    connection.executescript("PRAGMA incremental_vacuum")

"""Coverage: the times in which a recorder listened; elsewhere an empty bucket is a gap, not 0."""

import sqlite3
from collections.abc import Iterable, Sequence
from typing import NamedTuple

SILENCE_NS = 90 * 1_000_000_000
"""After so long without a heartbeat nobody listened: the machine slept, or its clock moved."""


class Interval(NamedTuple):
    """The time (from_ns, to_ns] in Unix nanoseconds."""

    from_ns: int
    to_ns: int


def intervals(connection: sqlite3.Connection, from_ns: int, to_ns: int) -> list[Interval]:
    """Return when a recorder listened in (from_ns, to_ns], by its heartbeats."""
    rows = connection.execute(
        "SELECT from_ns, to_ns FROM listening WHERE from_ns <= ? AND to_ns > ? ORDER BY from_ns",
        (to_ns, from_ns),
    )
    return [Interval(*row) for row in rows]


def extend_open_interval(listened: Sequence[Interval], now_ns: int) -> list[Interval]:
    """Return the same, with a heartbeat that is younger than SILENCE_NS lasting until now."""
    return [
        Interval(each.from_ns, now_ns) if each.to_ns < now_ns <= each.to_ns + SILENCE_NS else each
        for each in listened
    ]


def gaps(window: Interval, listened: Iterable[Interval]) -> list[Interval]:
    """Return the parts of the window in which nobody listened; all are in order of time."""
    parts = []
    reached = window.from_ns
    for interval in listened:
        if reached < interval.from_ns and reached < window.to_ns:
            parts.append(Interval(reached, min(interval.from_ns, window.to_ns)))
        reached = max(reached, interval.to_ns)
    if reached < window.to_ns:
        parts.append(Interval(reached, window.to_ns))
    return parts


def uncovered(buckets: Sequence[Interval], listened: Iterable[Interval]) -> list[bool]:
    """Return for each bucket, in order of time, whether nobody listened in any part of it."""
    missing = gaps(Interval(buckets[0].from_ns, buckets[-1].to_ns), listened)
    without = []
    at = 0
    for bucket in buckets:
        while at < len(missing) and missing[at].to_ns < bucket.to_ns:
            at += 1
        without.append(at < len(missing) and missing[at].from_ns <= bucket.from_ns)
    return without


def record_heartbeat(connection: sqlite3.Connection, now_ns: int, heard_ns: int | None) -> None:
    """Record that a recorder listens now, as it did at `heard_ns`.

    The newest interval grows, unless this is the first heartbeat or the former is too long ago.
    """
    if heard_ns is not None and abs(now_ns - heard_ns) <= SILENCE_NS:
        # Not by its own start: `forget` may have cut that off meanwhile.
        grown = connection.execute(
            "UPDATE listening SET to_ns = max(to_ns, ?1) "
            "WHERE from_ns = (SELECT max(from_ns) FROM listening WHERE from_ns <= ?1)",
            (now_ns,),
        )
        if grown.rowcount:
            return
    connection.execute("INSERT OR IGNORE INTO listening VALUES (?1, ?1)", (now_ns,))


def trim(connection: sqlite3.Connection, until_ns: int) -> None:
    """Cut the coverage up to then: what was received is not kept any more."""
    connection.execute("DELETE FROM listening WHERE to_ns <= ?", (until_ns,))
    connection.execute("UPDATE listening SET from_ns = ?1 WHERE from_ns < ?1", (until_ns,))

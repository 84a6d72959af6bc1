"""When somebody recorded, and so where a bucket without records is a gap and not a 0."""

import sqlite3
from collections.abc import Iterable, Sequence
from typing import NamedTuple

SILENCE_NS = 90 * 1_000_000_000
"""After so long without a sign nobody listened: the machine slept, or the clock was moved."""


class Interval(NamedTuple):
    """The time (from_ns, to_ns] in Unix nanoseconds."""

    from_ns: int
    to_ns: int


def intervals(connection: sqlite3.Connection, from_ns: int, to_ns: int) -> list[Interval]:
    """When somebody listened in (from_ns, to_ns], by the signs that were written down."""
    rows = connection.execute(
        "SELECT from_ns, to_ns FROM listening WHERE from_ns <= ? AND to_ns > ? ORDER BY from_ns",
        (to_ns, from_ns),
    )
    return [Interval(*row) for row in rows]


def extend_open_interval(listened: Sequence[Interval], now_ns: int) -> list[Interval]:
    """The same, where a sign that is younger than the silence holds until now."""
    return [
        Interval(one.from_ns, now_ns) if one.to_ns < now_ns <= one.to_ns + SILENCE_NS else one
        for one in listened
    ]


def gaps(window: Interval, listened: Iterable[Interval]) -> list[Interval]:
    """The parts of the window in which nobody listened, in order; `listened` is in order too."""
    found = []
    reached = window.from_ns
    for one in listened:
        if reached < one.from_ns and reached < window.to_ns:
            found.append(Interval(reached, min(one.from_ns, window.to_ns)))
        reached = max(reached, one.to_ns)
    if reached < window.to_ns:
        found.append(Interval(reached, window.to_ns))
    return found


def uncovered(buckets: Sequence[Interval], listened: Iterable[Interval]) -> list[bool]:
    """For each bucket, in order of time, whether nobody listened in any part of it."""
    missing = gaps(Interval(buckets[0].from_ns, buckets[-1].to_ns), listened)
    found = []
    at = 0
    for bucket in buckets:
        while at < len(missing) and missing[at].to_ns < bucket.to_ns:
            at += 1
        found.append(at < len(missing) and missing[at].from_ns <= bucket.from_ns)
    return found


def record_heartbeat(connection: sqlite3.Connection, now_ns: int, heard_ns: int | None) -> None:
    """Write down that somebody listens now, as the recorder did at `heard_ns`.

    The newest interval grows, unless this is the first sign or the one before is too long ago.
    """
    if heard_ns is not None and abs(now_ns - heard_ns) <= SILENCE_NS:
        # Not by its own beginning: what was forgotten may have cut that off meanwhile.
        grown = connection.execute(
            "UPDATE listening SET to_ns = max(to_ns, ?1) "
            "WHERE from_ns = (SELECT max(from_ns) FROM listening WHERE from_ns <= ?1)",
            (now_ns,),
        )
        if grown.rowcount:
            return
    connection.execute("INSERT OR IGNORE INTO listening VALUES (?1, ?1)", (now_ns,))


def trim(connection: sqlite3.Connection, until_ns: int) -> None:
    """Forget that somebody listened up to then: what was heard is not held any more."""
    connection.execute("DELETE FROM listening WHERE to_ns <= ?", (until_ns,))
    connection.execute("UPDATE listening SET from_ns = ?1 WHERE from_ns < ?1", (until_ns,))

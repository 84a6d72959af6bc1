"""Trust in this machine's clock where it says that records are old.

What is too old is deleted for good, so one clock does not decide. A recorder's heartbeats are
written down with the time they were at; where the clock is not where the last one and the
monotonic clock lead, nothing is deleted by age until a recorder has run for a day in sum. A
machine that was switched off looks the same, and waits too.
"""

import sqlite3
from typing import NamedTuple

MOST_NS = 86_400 * 1_000_000_000
"""A clock that is off by more has moved."""

WAIT_NS = 86_400 * 1_000_000_000
"""For so long recorders run before a clock that has moved is believed."""


class StoreClock(NamedTuple):
    """In nanoseconds: when the last heartbeat was, how far the clock moved when it did last, and
    how long recorders must run until it is believed again; 0 where it is.
    """

    beat_ns: int
    moved_ns: int = 0
    wait_ns: int = 0


def beat(connection: sqlite3.Connection, now_ns: int, ran_ns: int) -> StoreClock:
    """Write down a heartbeat at this time of the clock; what is known of the clock with it.

    `ran_ns`: by the monotonic clock, since this recorder's last heartbeat; 0 for the first. In a
    database without any the clock is believed: it holds nothing yet.
    """
    row = connection.execute("SELECT beat_ns, moved_ns, wait_ns FROM clock").fetchone()
    last = StoreClock(*row) if row else StoreClock(now_ns)
    moved_ns = now_ns - (last.beat_ns + ran_ns)
    if abs(moved_ns) > MOST_NS:
        clock = StoreClock(now_ns, moved_ns, WAIT_NS)
    else:
        clock = StoreClock(now_ns, last.moved_ns, max(0, last.wait_ns - ran_ns))
    connection.execute("INSERT OR REPLACE INTO clock VALUES (1, ?, ?, ?)", clock)
    return clock

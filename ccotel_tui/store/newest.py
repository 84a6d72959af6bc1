"""Queries for the newest records by a given time: the sender's clock may be ahead of ours."""

from ccotel_tui.telemetry.conventions import STATUS_LINE

MOST_AHEAD = 1000
"""The most records dated ahead that are counted."""

NEWEST = f"""\
SELECT max(time_ns) FROM (
    SELECT * FROM (
        SELECT time_ns FROM events WHERE time_ns <= ?1 AND name <> '{STATUS_LINE}'
        ORDER BY time_ns DESC LIMIT 1)
    UNION ALL SELECT max(time_ns) FROM increments WHERE time_ns <= ?1)"""
"""The time of the newest record that is not after a time.

A status line is none: it tells that Claude Code draws, not that its telemetry comes in.
"""

AHEAD = f"""\
SELECT min(count(*), {MOST_AHEAD}), max(time_ns) FROM (
    SELECT * FROM (
        SELECT time_ns FROM events WHERE time_ns > ?1 ORDER BY time_ns DESC LIMIT {MOST_AHEAD})
    UNION ALL SELECT * FROM (
        SELECT time_ns FROM increments WHERE time_ns > ?1
        ORDER BY time_ns DESC LIMIT {MOST_AHEAD}))"""
"""How many records are dated after a time, and the latest of their times."""

"""Queries for the newest records by a given time: the sender's clock may be ahead of ours."""

from ccotel_tui.ahead import MOST_AHEAD

NEWEST = """\
SELECT max(time_ns) FROM (
    SELECT max(time_ns) AS time_ns FROM events WHERE time_ns <= ?1
    UNION ALL SELECT max(time_ns) FROM increments WHERE time_ns <= ?1)"""
"""The time of the newest record that is not after a time."""

AHEAD = f"""\
SELECT min(count(*), {MOST_AHEAD}), max(time_ns) FROM (
    SELECT * FROM (
        SELECT time_ns FROM events WHERE time_ns > ?1 ORDER BY time_ns DESC LIMIT {MOST_AHEAD})
    UNION ALL SELECT * FROM (
        SELECT time_ns FROM increments WHERE time_ns > ?1
        ORDER BY time_ns DESC LIMIT {MOST_AHEAD}))"""
"""How many records are dated after a time, and the latest of their times."""

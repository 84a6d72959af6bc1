"""Cumulative streams to increments. Pure.

A stream is a metric, its attributes and its start: a process that starts anew has a start of its
own, and so have two processes that write the same attributes side by side.
"""

from typing import NamedTuple


class Last(NamedTuple):
    """The newest point seen of a cumulative stream."""

    time_ns: int
    value: float


def increment(last: Last | None, point: Last, now_ns: int | None = None) -> float | None:
    """Return what the stream grew by with this point; None for one that has nothing new.

    A stream's first point counts in full: it holds all since the stream's start. A value that
    fell is a reset whose start was not told. A last point that is dated after now orders nothing:
    only its value counts.
    """
    if last is None:
        return point.value
    grown = point.value - last.value
    if now_ns is not None and last.time_ns > now_ns >= point.time_ns:
        return grown if grown > 0 else None
    if point.time_ns <= last.time_ns:
        return None
    return grown if grown >= 0 else point.value

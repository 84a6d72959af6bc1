"""Which rules hold, from facts that were read for the screen anyway; the worst first. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Literal, NamedTuple

from ccotel_tui.query.query import EventRow
from ccotel_tui.query.status_line.facts import (
    LIMIT_LENGTHS_NS,
    LIMIT_NAMES,
    PlanLimit,
    StatusLines,
)
from ccotel_tui.query.window import MINUTE, SECOND
from ccotel_tui.telemetry.conventions import API_ERROR, TOOL_RESULT

RuleId = Literal["loop", "errors", "context", "cold", "limit"]

LOOP_FAILURES = 3
ERRORS = 3
ERRORS_WITHIN_NS = 5 * MINUTE
CONTEXT_FULL = 0.8
COLD_WITHIN_NS = 60 * SECOND
LIMIT_FROM = 0.5
"""The part of a limit that is used before its pace says anything."""


class Alert(NamedTuple):
    """A rule that holds: of whom or what, its number, and the rows behind it."""

    rule: RuleId
    subject: str
    number: float
    rows: Sequence[EventRow] = ()


def alerts(
    events: Sequence[EventRow],
    lines: StatusLines,
    session_id: str,
    waiting: Iterable[str],
    now_ns: int,
) -> list[Alert]:
    """Return the rules that hold for a session and the plan, the worst first.

    `events` are those of its newest prompt, the newest last; `waiting` the sessions that wait for
    somebody. Budgets belong between `cold` and `limit`.
    """
    return [
        *_loop(events),
        *_errors(events, now_ns),
        *_context(lines, session_id),
        *_cold(lines, waiting, now_ns),
        *_limits(lines, now_ns),
    ]


def _loop(events: Sequence[EventRow]) -> Iterator[Alert]:
    """The tool that failed so often in a row, and still does."""
    results = [row for row in events if row["event_name"] == TOOL_RESULT]
    runs = [
        (tool, success, list(rows))
        for (tool, success), rows in groupby(
            results, key=lambda row: (row.get("tool_name"), row.get("success") is True)
        )
    ]
    if runs:
        tool, success, rows = runs[-1]
        if tool is not None and not success and len(rows) >= LOOP_FAILURES:
            yield Alert("loop", str(tool), len(rows), rows)


def _errors(events: Sequence[EventRow], now_ns: int) -> Iterator[Alert]:
    since_ns = now_ns - ERRORS_WITHIN_NS
    errors = [
        row
        for row in events
        if row["event_name"] == API_ERROR and since_ns < float(row["time"] or 0) <= now_ns
    ]
    if len(errors) >= ERRORS:
        yield Alert("errors", "", len(errors), errors)


def _context(lines: StatusLines, session_id: str) -> Iterator[Alert]:
    status = lines.sessions.get(session_id)
    if status is not None and status.context is not None and status.context >= CONTEXT_FULL:
        yield Alert("context", session_id, status.context)


def _cold(lines: StatusLines, waiting: Iterable[str], now_ns: int) -> Iterator[Alert]:
    left = sorted(
        (cache.warm_until_ns - now_ns, session_id)
        for session_id in waiting
        if (status := lines.sessions.get(session_id))
        and (cache := status.cache)
        and cache.warm_until_ns is not None
    )
    for left_ns, session_id in left:
        if 0 < left_ns <= COLD_WITHIN_NS:
            yield Alert("cold", session_id, left_ns / SECOND)


def _limits(lines: StatusLines, now_ns: int) -> Iterator[Alert]:
    """The limits of which more is used than of their time has gone."""
    for name in LIMIT_NAMES:
        limit = lines.limit(name, now_ns)
        if not isinstance(limit, PlanLimit) or limit.resets_ns is None:
            continue
        # Of the time by which it was told: since then nobody knows.
        elapsed = 1 - (limit.resets_ns - limit.told_ns) / LIMIT_LENGTHS_NS[name]
        if limit.used >= LIMIT_FROM and limit.used > elapsed:
            yield Alert("limit", name, limit.used)

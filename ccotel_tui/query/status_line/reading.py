"""Reads status lines, and what going cold costs, of any source."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import tzinfo
from typing import NamedTuple

from ccotel_tui.query.query import EventKind, Scope
from ccotel_tui.query.sessions import SessionRow
from ccotel_tui.query.source import Source
from ccotel_tui.query.status_line.facts import REACH_NS, SessionStatus, StatusLines
from ccotel_tui.query.status_line.prices import (
    MOST_REQUESTS,
    price_of_rewriting,
    prices_of,
)
from ccotel_tui.query.window import MINUTE, Window
from ccotel_tui.telemetry.conventions import API_REQUEST, STATUS_LINE, model_name

MOST_LINES = 2000

_STATUS_LINES = (EventKind(STATUS_LINE),)
_REQUESTS = (EventKind(API_REQUEST),)

_LATE_NS = 2 * MINUTE
_PRICES_FOR_NS = MINUTE
"""How long solved prices are used: requests come all the time, and prices seldom change."""


class StatusReading(NamedTuple):
    """The newest status lines, and what it costs in dollars when one session's cache goes cold."""

    lines: StatusLines = StatusLines()
    going_cold: float | None = None


class StatusLineReader:
    """Reads what came since it read last of the same source."""

    def __init__(self) -> None:
        self._source: Source | None = None
        self._lines = StatusLines()
        self._read_ns: int | None = None
        self._cold: dict[tuple[str, float], tuple[int, float | None]] = {}

    def read(self, source: Source, session_id: str, now_ns: int, zone: tzinfo) -> StatusReading:
        """Return the lines by now, and of that session the price. Raises SourceUnavailable."""
        if source is not self._source:
            self._source, self._lines, self._read_ns = source, StatusLines(), None
        lines = self._read_newer(source, now_ns, zone)
        status = lines.sessions.get(session_id)
        return StatusReading(
            lines, self._cold_cost(source, status, now_ns, zone) if status else None
        )

    def _read_newer(self, source: Source, now_ns: int, zone: tzinfo) -> StatusLines:
        reach_ns = now_ns - REACH_NS
        from_ns = reach_ns if self._read_ns is None else max(reach_ns, self._read_ns - _LATE_NS)
        rows = read_rows(source, from_ns, now_ns, zone, Scope(), MOST_LINES)
        self._lines, self._read_ns = self._lines.with_newer(rows), now_ns
        return self._lines

    def _cold_cost(
        self, source: Source, status: SessionStatus, now_ns: int, zone: tzinfo
    ) -> float | None:
        """Return `going_cold` of a session, looked up once a minute."""
        tokens = status.cache.recache_tokens if status.cache else None
        key = status.session_id, tokens or 0.0
        read_ns, cost = self._cold.get(key, (0, None))
        if not tokens or 0 <= now_ns - read_ns < _PRICES_FOR_NS:
            return cost
        cost = going_cold(source, status, now_ns, zone)
        self._cold = {key: (now_ns, cost)}
        return cost


def with_told_names(rows: Iterable[SessionRow], lines: StatusLines) -> list[SessionRow]:
    """Return the rows with what their status lines call them, also of those that have ended.

    The project is the user's own attribute, else the repo, else the name of the folder.
    """
    return [
        replace(
            row,
            project=row.project or status.project or None,
            told_name=status.name,
            told_folder=status.folder,
        )
        if (status := lines.sessions.get(row.session_id))
        else row
        for row in rows
    ]


def read_rows(
    source: Source, from_ns: int, to_ns: int, zone: tzinfo, scope: Scope, limit: int
) -> list[dict[str, str | float | bool | None]]:
    """Return the newest status lines of a time as rows. Raises SourceUnavailable."""
    return source.rows(_STATUS_LINES, Window.between(from_ns, to_ns, zone), scope, limit)


def going_cold(source: Source, status: SessionStatus, now_ns: int, zone: tzinfo) -> float | None:
    """Return the dollars that it costs when the session's cache goes cold.

    None where the client did not tell of its cache, or its requests do not tell the prices. Raises
    SourceUnavailable.
    """
    tokens = status.cache.recache_tokens if status.cache else None
    price = rewriting_price(source, status, now_ns, zone) if tokens else None
    return None if price is None or tokens is None else tokens * price


def rewriting_price(
    source: Source, status: SessionStatus, now_ns: int, zone: tzinfo
) -> float | None:
    """Return the dollars by which a token of the session's cache is dearer written than read.

    None where the requests of its model, speed and context do not tell it. Raises
    SourceUnavailable.
    """
    if status.cache is None or not status.model:
        return None
    model = model_name(status.model)
    window = Window.between(now_ns - REACH_NS, now_ns, zone)
    rows = source.rows(_REQUESTS, window, Scope(model=model), 2 * MOST_REQUESTS)
    prices = prices_of(rows, model, status.fast, status.is_long)
    return None if prices is None else price_of_rewriting(prices, status.cache.ttl)

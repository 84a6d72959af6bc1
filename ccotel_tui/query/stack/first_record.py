"""When a stack was first told anything: what was before, nobody listened to."""

import time

from ccotel_tui.query.stack.client import StackClient
from ccotel_tui.query.stack.languages import logql, promql
from ccotel_tui.query.stack.responses import MILLISECOND, translate_parse_errors
from ccotel_tui.query.window import DAY, Bucket, Window

_NEIGHBOURHOOD = 30 * DAY
"""A stack that was silent for so long before a window is taken for a new one."""

_HELD_FOR = 60.0
"""Seconds in which what arrives late for a time before the first record is not seen."""


class Beginning:
    """Asked once: time goes on, and what was the beginning stays behind."""

    def __init__(self, servers: StackClient) -> None:
        self._servers = servers
        self._told_ns: int | None = None
        self._first: tuple[int, float] = (0, 0.0)

    def first(self, window: Window) -> int:
        """The time of the first record; the beginning of the window where some are older.

        Of counters it is the end of their bucket. Raises SourceUnavailable.
        """
        from_ns = window.from_ns
        if self._told_ns is not None and self._told_ns <= from_ns:
            return from_ns
        first_ns, until = self._first
        if time.monotonic() < until and from_ns < first_ns <= window.to_ns:
            return first_ns
        before = Window.between(from_ns - _NEIGHBOURHOOD, from_ns, window.zone)
        if older := self._event(before.whole, "backward") or self._counters(before, False):
            self._told_ns = min(older)
            return from_ns
        found = self._event(window.whole, "forward") + self._counters(window, True)
        first_ns = min(found, default=window.to_ns)
        self._told_ns, self._first = first_ns, (first_ns, time.monotonic() + _HELD_FOR)
        return first_ns

    def _event(self, within: Bucket, direction: str) -> list[int]:
        """The time of the newest or of the oldest event, if there is one."""
        text = logql.client(self._servers.streams(within))
        return [at for at, _ in self._servers.page(text, within, 1, direction)]

    def _counters(self, window: Window, stepped: bool) -> list[int]:
        """The ends of those buckets, or of the window, in which there are counters."""
        queries = self._servers.looking_back(promql.heard, window, stepped)
        answers = self._servers.together(queries)
        found: list[int] = []
        for query in queries:
            with translate_parse_errors(query):
                for series in answers[query]["result"]:
                    values = series.get("values") or [series["value"]]
                    found += [round(float(at) * 1000) * MILLISECOND for at, _ in values]
        return found

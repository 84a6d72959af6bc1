"""The first record of a stack: no recorder ran before it."""

import time

from ccotel_tui.query.stack.client import StackClient
from ccotel_tui.query.stack.languages import logql, promql
from ccotel_tui.query.stack.requests import range_text, runs
from ccotel_tui.query.stack.responses import translate_parse_errors
from ccotel_tui.query.window import DAY, MILLISECOND, Bucket, Window

_NEIGHBOURHOOD = 30 * DAY
"""A stack that was silent for so long before a window is taken for a new one."""

_CACHED_FOR = 60.0
"""Seconds in which what arrives late for a time before the first record is not seen."""


class FirstRecord:
    """Looked up once: time goes on, and what was the beginning stays behind."""

    def __init__(self, client: StackClient) -> None:
        self._client = client
        self._oldest_seen_ns: int | None = None
        self._cached: tuple[int, float] = (0, 0.0)

    def first_ns(self, window: Window) -> int:
        """Return the time of the first record; the beginning of the window where some are older.

        Of counters it is the end of their bucket. Raises SourceUnavailable.
        """
        from_ns = window.from_ns
        if self._oldest_seen_ns is not None and self._oldest_seen_ns <= from_ns:
            return from_ns
        first_ns, until = self._cached
        if time.monotonic() < until and from_ns < first_ns <= window.to_ns:
            return first_ns
        before = Window.between(from_ns - _NEIGHBOURHOOD, from_ns, window.zone)
        if older := self._event(before.whole, "backward") or self._counters(before, False):
            self._oldest_seen_ns = min(older)
            return from_ns
        in_window = self._event(window.whole, "forward") + self._counters(window, True)
        first_ns = min(in_window, default=window.to_ns)
        self._oldest_seen_ns = first_ns
        self._cached = first_ns, time.monotonic() + _CACHED_FOR
        return first_ns

    def _event(self, within: Bucket, direction: str) -> list[int]:
        """The time of the newest or of the oldest event, if there is one."""
        text = logql.client_rows(self._client.streams(within))
        return [at for at, _ in self._client.page(text, within, 1, direction)]

    def _counters(self, window: Window, stepped: bool) -> list[int]:
        """The ends of those buckets, or of the window, in which there are counters."""
        names = self._client.metric_names(window.whole)
        queries = [
            self._client.servers.promql(promql.heard(range_text(run[0]), names), run)
            for run in runs(window, stepped)
        ]
        answers = self._client.fetch_all(queries)
        ends_ns: list[int] = []
        for query in queries:
            with translate_parse_errors(query):
                for series in answers[query]["result"]:
                    values = series.get("values") or [series["value"]]
                    ends_ns += [round(float(at) * 1000) * MILLISECOND for at, _ in values]
        return ends_ns

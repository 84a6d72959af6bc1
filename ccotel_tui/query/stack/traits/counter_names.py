"""Looks which names the client's counters have on a server."""

import time
from collections.abc import Callable, Iterable
from threading import Lock

from ccotel_tui.query.stack.languages.metric_names import METRICS, MetricNames, of_server
from ccotel_tui.query.window import LONGEST_SESSION, MINUTE, Bucket

_CACHED_FOR = 60.0
"""Seconds in which a name that is new is not seen."""

_LATE = 2 * MINUTE


class CounterNames:
    """Looks for the whole time that queries look back over, once a minute."""

    def __init__(self, fetch: Callable[[Bucket], Iterable[str]]) -> None:
        self._fetch = fetch
        self._names: MetricNames = METRICS
        self._read_until: tuple[int, float] | None = None
        self._lock = Lock()

    def get(self, within: Bucket) -> MetricNames:
        """Return the names of that time, and of what counters held before it.

        Raises SourceUnavailable.
        """
        with self._lock:
            now_ns = time.time_ns()
            from_ns = within.from_ns - LONGEST_SESSION
            since_ns, until = self._read_until or (now_ns, 0.0)
            if from_ns < since_ns or time.monotonic() >= until:
                wanted = Bucket(min(since_ns, from_ns), max(now_ns, within.to_ns) + _LATE)
                self._names = of_server(self._fetch(wanted))
                self._read_until = wanted.from_ns, time.monotonic() + _CACHED_FOR
            return self._names

"""Caches for who asks a stack every few seconds: what is long ago is not read each time.

Over windows of more than two days all but the newest buckets are kept for a minute. Each cache
wraps what it asks and is wrapped in `backend.open_stack`.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from threading import Lock
from time import monotonic
from typing import Any, NamedTuple

from ccotel_tui.query.events import time_of
from ccotel_tui.query.query import Answer, Current, EventKind, EventRow, Query, Scope
from ccotel_tui.query.source import Source
from ccotel_tui.query.stack.client import ValueReader
from ccotel_tui.query.stack.diagnostics.remarks import Remarks
from ccotel_tui.query.stack.responses import LabelledValue
from ccotel_tui.query.stack.source import read_stretches, run_in_threads
from ccotel_tui.query.window import DAY, HOUR, SECOND, Bucket, Window

CACHED_FOR = 60.0
"""Seconds in which what arrives late for a time long ago is not seen."""

_LONG = 2 * DAY

Clock = Callable[[], float]


class _Entry(NamedTuple):
    """The values read of a window that began then, and until when they may be used."""

    from_ns: int
    until: float
    values: Any

    def is_valid(self, from_ns: int, now: float) -> bool:
        return now < self.until and 0 <= from_ns - self.from_ns <= CACHED_FOR * SECOND


class WindowCache:
    """A cache of what was read of moving windows: valid for those that began up to a minute later.

    Several windows are asked about at once: each leaves the others' entries alone.
    """

    def __init__(self, clock: Clock = monotonic) -> None:
        self._clock = clock
        self._entries: dict[object, _Entry] = {}
        self._lock = Lock()

    def get(self, key: object, from_ns: int) -> Any | None:
        """Return what was read for the key, if it holds for a window that begins then."""
        entry = self._entries.get(key)
        return entry.values if entry and entry.is_valid(from_ns, self._clock()) else None

    def put(self, from_ns: int, new: Mapping[object, Any]) -> None:
        """Keep this of a window that begins then, and drop what is too old for any."""
        now = self._clock()
        entries = {key: _Entry(from_ns, now + CACHED_FOR, each) for key, each in new.items()}
        with self._lock:
            valid = {key: entry for key, entry in self._entries.items() if now < entry.until}
            self._entries = valid | entries


class CachedValues:
    """Reads events' numbers of a long window but for its newest buckets once a minute.

    A quantile of the whole window is kept whole: those of its parts do not add up. Counters are
    asked each time, which costs Prometheus little.
    """

    def __init__(self, inner: ValueReader, clock: Clock = monotonic) -> None:
        self._inner = inner
        self._cache = WindowCache(clock)

    def query_values(
        self, queries: Collection[Query], window: Window, scope: Scope
    ) -> dict[Query, list[LabelledValue]]:
        if window.to_ns - window.from_ns <= _LONG:
            return self._inner.query_values(queries, window, scope)
        before, newest = _split(window)
        queries = set(queries)
        counters = {query for query in queries if query.measure.signal == "counters"}
        events = queries - counters
        whole = {query for query in events if isinstance(query.stat, float) and not query.stepped}
        parts = run_in_threads(
            [
                partial(self._inner.query_values, counters, window, scope),
                partial(self._inner.query_values, events - whole, newest, scope),
                partial(self._read_once, whole, window, scope, window, before.to_ns),
                partial(self._read_once, events - whole, before, scope, window, before.to_ns),
            ]
        )
        return {
            query: [value for part in parts for value in part.get(query, [])] for query in queries
        }

    def _read_once(
        self, queries: Iterable[Query], part: Window, scope: Scope, window: Window, cut_ns: int
    ) -> dict[Query, list[LabelledValue]]:
        """The numbers of this part of the window: cached, or read where they are not."""
        length_ns = window.to_ns - window.from_ns
        # A day begins elsewhere in another time zone.
        keys = {query: (query, scope, length_ns, cut_ns, window.zone) for query in queries}
        values = {query: self._cache.get(key, part.from_ns) for query, key in keys.items()}
        cached = {query: each for query, each in values.items() if each is not None}
        if new := keys.keys() - cached.keys():
            read = self._inner.query_values(new, part, scope)
            self._cache.put(part.from_ns, {keys[query]: each for query, each in read.items()})
            cached |= read
        return cached


class CachedSource:
    """Reads the rows of a long window but for the newest once a minute, `current` once a moment."""

    def __init__(self, inner: Source, clock: Clock = monotonic) -> None:
        self._inner = inner
        self._cache = WindowCache(clock)
        self._current: tuple[int, Scope, Current | None] | None = None

    def numbers(
        self, queries: Iterable[Query], window: Window, scope: Scope
    ) -> dict[Query, Answer]:
        return self._inner.numbers(queries, window, scope)

    def rows(
        self,
        kinds: Iterable[EventKind],
        window: Window,
        scope: Scope,
        limit: int,
        *,
        oldest: bool = False,
    ) -> list[EventRow]:
        kinds, length_ns = tuple(kinds), window.to_ns - window.from_ns
        if oldest or length_ns <= _LONG:
            return self._inner.rows(kinds, window, scope, limit, oldest=oldest)
        before, newest = _split(window)
        new = self._inner.rows(kinds, newest, scope, limit)
        if len(new) >= limit:
            return new
        key = kinds, scope, limit, length_ns, before.to_ns
        older: list[EventRow] | None = self._cache.get(key, window.from_ns)
        if older is None:
            older = self._inner.rows(kinds, before, scope, limit)
            self._cache.put(window.from_ns, {key: older})
        return [*(row for row in older if time_of(row) > window.from_ns), *new][-limit:]

    def rows_within(
        self, kind: EventKind, stretches: Sequence[Bucket], scope: Scope
    ) -> list[EventRow]:
        return read_stretches(self.rows, kind, stretches, scope)

    def current(self, to_ns: int, scope: Scope) -> Current | None:
        """Return the same for all that is asked about one moment, as panels and overview do."""
        if self._current is None or self._current[:2] != (to_ns, scope):
            self._current = to_ns, scope, self._inner.current(to_ns, scope)
        return self._current[2]

    def last_record_ns(self, now_ns: int) -> int | None:
        return self._inner.last_record_ns(now_ns)


class CachedRemarks:
    """Reads the remarks on a window once a minute."""

    def __init__(self, inner: Callable[[Window], Remarks], clock: Clock = monotonic) -> None:
        self._inner = inner
        self._cache = WindowCache(clock)

    def __call__(self, window: Window) -> Remarks:
        key = window.to_ns - window.from_ns
        remarks: Remarks | None = self._cache.get(key, window.from_ns)
        if remarks is None:
            remarks = self._inner(window)
            self._cache.put(window.from_ns, {key: remarks})
        return remarks


def _split(window: Window) -> tuple[Window, Window]:
    """The window without its newest buckets, and those: an hour at least."""
    cut_ns = max(b.from_ns for b in window.buckets() if b.from_ns <= window.to_ns - HOUR)
    return (
        Window.between(window.from_ns, cut_ns, window.zone, window.step_ns),
        Window.between(cut_ns, window.to_ns, window.zone, window.step_ns),
    )

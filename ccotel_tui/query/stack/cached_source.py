"""The stack as a screen asks it, every few seconds: what is long ago is not read each time."""

from collections.abc import Collection, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from threading import Lock
from time import monotonic
from typing import Any, NamedTuple

from ccotel_tui.network.address import Headers
from ccotel_tui.query.query import Current, EventKind, EventRow, Query, Scope
from ccotel_tui.query.stack.remarks import Remarks
from ccotel_tui.query.stack.responses import LabelledValue
from ccotel_tui.query.stack.source import HELD_FOR, StackSource
from ccotel_tui.query.window import DAY, HOUR, SECOND, Window

_LONG = 2 * DAY


class _Held(NamedTuple):
    """What was found since then, and until when (by the monotonic clock) that is still good."""

    from_ns: int
    until: float
    found: list[Any]

    def good(self, from_ns: int, now: float) -> bool:
        return now < self.until and 0 <= from_ns - self.from_ns <= HELD_FOR * SECOND


class CachedSource(StackSource):
    """Of what events say over days, all but the newest buckets is held for a minute.

    A quantile of a whole window is held whole: those of its parts do not add up. What was missed
    is looked up beside the rest, and not before the first answer is there.
    """

    def __init__(
        self,
        prometheus_url: str,
        loki_url: str,
        headers: Headers = (),
        ours_only: Collection[str] = (),
    ) -> None:
        """Raises ValueError for what is no address."""
        super().__init__(prometheus_url, loki_url, headers, ours_only)
        self._held: dict[object, _Held] = {}
        self._holding = Lock()
        self._current: tuple[int, Scope, Current | None] | None = None
        self._beside = StackSource(prometheus_url, loki_url, headers, ours_only)
        self._looking = ThreadPoolExecutor(1, thread_name_prefix="missed")
        self._looked: Future[Mapping[str, int]] | None = None

    def current(self, to_ns: int, scope: Scope) -> Current | None:
        """The panels and the overview want it of the same moment."""
        if self._current is None or self._current[:2] != (to_ns, scope):
            self._current = to_ns, scope, super().current(to_ns, scope)
        return self._current[2]

    def missed(self, sessions: Iterable[str], window: Window) -> Mapping[str, int]:
        sessions = list(sessions)
        if self._looked is None:
            # What the first answer waits for is enough for the servers.
            self._looked = Future()
            self._looked.set_result({})
        elif self._looked.done():
            self._looked = self._looking.submit(self._beside.missed, sessions, window)
        return self._beside.known_missed(sessions)

    def remarks(self, window: Window) -> Remarks:
        key = "remarks", window.to_ns - window.from_ns
        held = self._held.get(key)
        if held is None or not held.good(window.from_ns, monotonic()):
            held = _Held(window.from_ns, monotonic() + HELD_FOR, [super().remarks(window)])
            self._hold({key: held})
        [found] = held.found
        return found  # type: ignore[no-any-return]

    def rows(
        self, kinds: Iterable[EventKind], window: Window, scope: Scope, limit: int
    ) -> list[EventRow]:
        kinds, length_ns = tuple(kinds), window.to_ns - window.from_ns
        if length_ns <= _LONG:
            return super().rows(kinds, window, scope, limit)
        before, newest = _parted(window)
        found = super().rows(kinds, newest, scope, limit)
        if len(found) >= limit:
            return found
        key = kinds, scope, limit, length_ns, before.to_ns
        held = self._held.get(key)
        if held is None or not held.good(window.from_ns, monotonic()):
            older = super().rows(kinds, before, scope, limit)
            held = _Held(window.from_ns, monotonic() + HELD_FOR, older)
            self._hold({key: held})
        older = [row for row in held.found if row["time"] > window.from_ns]
        return [*older, *found][-limit:]

    def close(self) -> None:
        super().close()
        self._beside.close()
        self._looking.shutdown(cancel_futures=True)

    def _found(
        self, asks: Iterable[Query], window: Window, scope: Scope
    ) -> dict[Query, list[LabelledValue]]:
        asks, length_ns = set(asks), window.to_ns - window.from_ns
        if length_ns <= _LONG:
            return super()._found(asks, window, scope)
        before, newest = _parted(window)
        cut_ns = before.to_ns
        counters = {ask for ask in asks if ask.measure.signal == "counters"}
        whole = {ask for ask in asks - counters if isinstance(ask.stat, float) and not ask.stepped}
        cut = asks - counters - whole
        parts = self.at_once(
            [
                partial(super()._found, counters, window, scope),
                partial(super()._found, cut, newest, scope),
                partial(self._once, whole, window, scope, length_ns, cut_ns),
                partial(self._once, cut, before, scope, length_ns, cut_ns),
            ]
        )
        return {ask: [one for part in parts for one in part.get(ask, [])] for ask in asks}

    def _once(
        self, asks: Iterable[Query], window: Window, scope: Scope, length_ns: int, cut_ns: int
    ) -> dict[Query, list[LabelledValue]]:
        """What is held of a window so long, and asked where it is not."""
        from_ns, now = window.from_ns, monotonic()
        keys = {ask: (ask, scope, length_ns, cut_ns, window.zone) for ask in asks}
        held = {ask: self._held.get(key) for ask, key in keys.items()}
        found = {ask: one.found for ask, one in held.items() if one and one.good(from_ns, now)}
        if new := keys.keys() - found.keys():
            asked = super()._found(new, window, scope)
            until = monotonic() + HELD_FOR
            self._hold({keys[ask]: _Held(from_ns, until, one) for ask, one in asked.items()})
            found |= asked
        return found

    def _hold(self, new: Mapping[object, _Held]) -> None:
        """By what was asked, over how long a time, up to when it is held, and where a day begins.

        Several windows are asked about at once: each leaves the others' numbers alone.
        """
        now = monotonic()
        with self._holding:
            self._held = {key: one for key, one in self._held.items() if now < one.until} | dict(
                new
            )


def _parted(window: Window) -> tuple[Window, Window]:
    """What is long ago, and the newest buckets."""
    cut_ns = max(b.from_ns for b in window.buckets() if b.from_ns <= window.to_ns - HOUR)
    return (
        Window.between(window.from_ns, cut_ns, window.zone, window.step_ns),
        Window.between(cut_ns, window.to_ns, window.zone, window.step_ns),
    )

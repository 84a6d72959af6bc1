"""The stack as a screen asks it, every few seconds: what is long ago is not summed up each time."""

from collections.abc import Iterable, Mapping
from threading import Lock
from time import monotonic
from typing import NamedTuple

from ccotel_tui.query.address import Headers
from ccotel_tui.query.ask import Answer, Ask, Current, Scope, Series
from ccotel_tui.query.measures import Signal
from ccotel_tui.query.stack_source import StackSource
from ccotel_tui.query.window import DAY, HOUR, Window

HELD_FOR = 60.0
"""Seconds in which what arrives late for a time long ago is not seen."""

_LONG = 2 * DAY


_Key = tuple[Ask, Scope, int, int]
"""What was asked, over which length of time, and up to when it is held."""


class _Held(NamedTuple):
    until: float
    """By the monotonic clock."""
    answer: Answer


class PatientSource(StackSource):
    """Sums over days that end now: all but the newest hours is held for a minute."""

    def __init__(self, prometheus_url: str, loki_url: str, headers: Headers = ()) -> None:
        """Raises ValueError for what is no address."""
        super().__init__(prometheus_url, loki_url, headers)
        self._held: dict[_Key, _Held] = {}
        self._holding = Lock()
        self._current: tuple[int, Scope, Current | None] | None = None

    def numbers(self, asks: Iterable[Ask], window: Window, scope: Scope) -> dict[Ask, Answer]:
        asks = list(asks)
        length_ns = window.to_ns - window.from_ns
        if length_ns <= _LONG or any(ask.stepped or ask.stat != "sum" for ask in asks):
            return super().numbers(asks, window, scope)
        cut_ns = window.to_ns // HOUR * HOUR - HOUR
        keys = {ask: (ask, scope, length_ns, cut_ns) for ask in asks}
        earlier = self._known(keys)
        if new := [ask for ask in asks if ask not in earlier]:
            before = Window.between(window.from_ns, cut_ns, window.zone)
            found = super().numbers(new, before, scope)
            self._hold({keys[ask]: answer for ask, answer in found.items()})
            earlier |= found
        newest = super().numbers(asks, Window.between(cut_ns, window.to_ns, window.zone), scope)
        return {ask: added(earlier[ask], newest[ask], window.to_ns) for ask in asks}

    def current(self, to_ns: int, scope: Scope) -> Current | None:
        """The panels and the overview want it of the same moment."""
        if self._current is None or self._current[:2] != (to_ns, scope):
            self._current = to_ns, scope, super().current(to_ns, scope)
        return self._current[2]

    def _known(self, keys: Mapping[Ask, _Key]) -> dict[Ask, Answer]:
        now = monotonic()
        held = {ask: self._held.get(key) for ask, key in keys.items()}
        return {ask: one.answer for ask, one in held.items() if one and one.until > now}

    def _hold(self, answers: Mapping[_Key, Answer]) -> None:
        """Several spans are asked about at once: each leaves the others' answers alone."""
        now = monotonic()
        with self._holding:
            self._held = {key: held for key, held in self._held.items() if held.until > now} | {
                key: _Held(now + HELD_FOR, answer) for key, answer in answers.items()
            }


def added(earlier: Answer, later: Answer, to_ns: int) -> Answer:
    """The sums of two neighbouring windows as one of both."""
    found: dict[tuple[str, ...], Series] = {}
    for series in (*earlier, *later):
        labels = tuple(series.labels.values())
        found[labels] = _sum(found[labels], series) if labels in found else series
    return tuple(
        Series(one.labels, ((to_ns, one.points[0][1]),), one.signal, one.mixed, one.exact)
        for _, one in sorted(found.items())
    )


def _sum(one: Series, other: Series) -> Series:
    signal: Signal = "events" if "events" in (one.signal, other.signal) else "counters"
    mixed = one.mixed or other.mixed or one.signal != other.signal
    number = (one.points[0][1] or 0.0) + (other.points[0][1] or 0.0)
    exact = one.exact and other.exact
    return Series(one.labels, ((0, number),), signal, mixed, exact)

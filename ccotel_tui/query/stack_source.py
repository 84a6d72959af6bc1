"""Prometheus and Loki as a source: counters from the one, events from the other."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import chain
from operator import itemgetter
from typing import Any
from zoneinfo import ZoneInfo

from ccotel_tui.query import logql, promql
from ccotel_tui.query.address import Headers
from ccotel_tui.query.alone import AT_ONCE, COUNTED_ACTIVITY, Alone
from ccotel_tui.query.ask import (
    Answer,
    Ask,
    Current,
    EventKind,
    EventRow,
    Scope,
    Series,
    Stat,
)
from ccotel_tui.query.cover import coarser, covering, parts
from ccotel_tui.query.event_row import event_row
from ccotel_tui.query.measures import COST, COST_COUNTED, Condition, Signal
from ccotel_tui.query.sequence import skipped
from ccotel_tui.query.servers import MILLISECOND, Found, Labels, Query, Row, Servers, numbers, span
from ccotel_tui.query.window import DAY, Window
from ccotel_tui.telemetry.values import number
from ccotel_tui.telemetry.vocabulary import API_REQUEST, UNKNOWN

_LONGEST_SILENCE = 31 * DAY
_UTC = ZoneInfo("UTC")
_RESOURCE = ("service_name", "service_version", "os_type", "os_version", "host_arch")
_ADDED = ("scope_name", "scope_version", "observed_timestamp")
_NOTHING = 5e-7
"""Dollars below what the client reports."""

_ALL = 1 << 62
"""Rows."""

_ASKINGS = 8
"""At the same time, of those that wait for one another's end."""

_COUNTED = Ask(COST_COUNTED, by=("session_id",))
_SEEN = Ask(replace(COST, fallback=None), by=("session_id",))


class StackSource:
    name = "stack"

    def __init__(self, prometheus_url: str, loki_url: str, headers: Headers = ()) -> None:
        """Raises ValueError for what is no address."""
        self._servers = Servers(prometheus_url, loki_url, headers)
        self._alone = Alone(self._servers)
        self._missed: dict[str, tuple[float, int]] = {}
        self.moved_on = self._servers.moved_on

    def answers(self) -> bool:
        """Whether both servers are ready."""
        return self._servers.answer()

    def numbers(self, asks: Iterable[Ask], window: Window, scope: Scope) -> dict[Ask, Answer]:
        asks = list(asks)
        fields = {ask: parts(ask) for ask in asks}
        chosen = covering(one for some in fields.values() for one in some)
        queries = {ask: self._servers.queries(ask, scope, window) for ask in set(chosen.values())}
        series = self._series(asks, window, scope)
        answers = self._servers.together(
            [*(query for some in queries.values() for query in some), *series]
        )
        counted: dict[Ask, list[Found]] = {}
        sessions, without_start = (
            (
                {session for (session,), _, _ in numbers(_COUNTED, query, answers[query])}
                for query in series
            )
            if series
            else (set(), set())
        )
        lacking = any(ask.measure.fallback for ask in asks)
        if lacking and (alone := self._alone.among(sessions, window.from_ns)):
            counted = self._alone.numbers(asks, window, scope, alone)
        found = {
            ask: [one for query in some for one in numbers(ask, query, answers[query])]
            for ask, some in queries.items()
        }
        return {
            ask: _answer(
                ask,
                window,
                chain.from_iterable(
                    coarser(chosen[one], one, found[chosen[one]], window.to_ns) for one in some
                ),
                counted.get(ask, []),
                exact=not without_start,
            )
            for ask, some in fields.items()
        }

    def at_once(self, calls: Iterable[Callable[[], Any]]) -> list[Any]:
        with ThreadPoolExecutor(_ASKINGS) as askers:
            futures = [askers.submit(call) for call in calls]
            return [future.result() for future in futures]

    def unseen(self, sessions: Iterable[str], to_ns: int) -> float | None:
        life = Window.between(to_ns - _LONGEST_SILENCE, to_ns, _UTC)
        answers = self.numbers((_COUNTED, _SEEN), life, Scope())
        if not all(series.exact for series in answers[_COUNTED]):
            return None
        counted, seen = (
            {series.labels["session_id"]: series.points[0][1] or 0.0 for series in answers[ask]}
            for ask in (_COUNTED, _SEEN)
        )
        gaps = (counted.get(one, 0.0) - seen[one] for one in sessions if one in seen)
        return sum(gap for gap in gaps if gap > _NOTHING)

    def missed(self, sessions: Mapping[str, float]) -> int | None:
        new = sorted(s for s, seen in sessions.items() if self._missed.get(s, (-1, 0))[0] != seen)
        found: dict[str, int] = {}
        for at in range(0, len(new), AT_ONCE):
            some = new[at : at + AT_ONCE]
            from_ns = int(min(sessions[one] for one in some)) - _LONGEST_SILENCE
            found |= self._skipped(some, Window.between(from_ns, time.time_ns(), _UTC))
        self._missed |= {one: (sessions[one], found.get(one, 0)) for one in new}
        return sum(self._missed[one][1] for one in sessions)

    def current(self, to_ns: int, scope: Scope) -> Current | None:
        from_ns = to_ns - _LONGEST_SILENCE
        newest = self._newest(logql.activity(scope), to_ns)
        found = [(at, labels.get("session_id", UNKNOWN)) for at, labels in newest]
        since_ns = max((at - MILLISECOND for at, _ in found), default=from_ns)
        if counted := self._alone.newest(since_ns, to_ns, scope):
            found.append(counted)
        if not found:
            return None
        _, session_id = max(found)
        own = EventKind(API_REQUEST, Condition("session_id", session_id))
        requests = self._newest(logql.rows([own], Scope()), to_ns)
        return Current(session_id, requests[0][1].get("prompt_id") if requests else None)

    def rows(
        self, kinds: Iterable[EventKind], window: Window, scope: Scope, limit: int
    ) -> list[EventRow]:
        found = self._servers.rows(logql.rows(kinds, scope), window, limit)
        rows = [event_row(at, labels.get("event_name", ""), _own(labels)) for at, labels in found]
        return sorted(rows, key=_order)[-limit:]

    def nowhere(self, scope: Scope) -> list[str]:
        return []

    def last_heard(self) -> int | None:
        newest = self._newest(logql.STREAM, time.time_ns())
        return newest[0][0] if newest else None

    def version(self) -> int | None:
        return None

    def close(self) -> None:
        self._servers.close()

    def _newest(self, query: str, to_ns: int) -> list[Row]:
        """The newest row up to then, if there is one."""
        life = Window.between(to_ns - _LONGEST_SILENCE, to_ns, _UTC)
        return sorted(self._servers.page(query, life.whole, 1), key=itemgetter(0))[-1:]

    def _series(self, asks: Iterable[Ask], window: Window, scope: Scope) -> list[Query]:
        """Which sessions have counters, and whether any counter does not tell its start."""
        if not any(ask.measure.fallback or ask.measure.signal == "counters" for ask in asks):
            return []
        length = span(window.whole)
        return [
            self._servers.counters(promql.grouped(series, by, length), window)
            for series, by in (
                (promql.series(COUNTED_ACTIVITY, scope), "session_id"),
                (promql.without_start(), ""),
            )
        ]

    def _skipped(self, sessions: Sequence[str], life: Window) -> dict[str, int]:
        """How many events are missing of those sessions that miss any."""
        query = self._servers.events(logql.doubtful(sessions, span(life.whole)), life)
        [data] = self._servers.together([query]).values()
        doubtful = [session for (session,), _, _ in numbers(_SEEN, query, data)]
        told: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
        if doubtful:
            for at, labels in self._servers.rows(logql.sequences(doubtful), life, _ALL):
                place = number(labels.get("event_sequence"))
                if place is not None:
                    told[labels.get("session_id", UNKNOWN)].append((at, int(place)))
        return {one: skipped(place for _, place in sorted(places)) for one, places in told.items()}


def _own(labels: dict[str, str]) -> dict[str, str]:
    """What is the event's own: Loki puts its resource, and how it came in, on the same level."""
    return {name: value for name, value in labels.items() if name not in (*_RESOURCE, *_ADDED)}


def _order(row: EventRow) -> tuple[object, ...]:
    return row["time"], str(row.get("session_id", "")), row.get("event_sequence") or 0


def _answer(
    ask: Ask, window: Window, found: Iterable[Found], counted: Iterable[Found], exact: bool
) -> Answer:
    """A number a bucket, 0 where a sum found nothing; `counted` is told by counters only."""
    merged: dict[Labels, dict[int, float]] = {}
    signals: defaultdict[Labels, set[Signal]] = defaultdict(set)
    for signal, numbers_ in ((ask.measure.signal, found), ("counters", counted)):
        for labels, end_ns, number_ in numbers_:
            signals[labels].add(signal)
            own = merged.setdefault(labels, {})
            own[end_ns] = _both(ask.stat, own[end_ns], number_) if end_ns in own else number_
    buckets = window.buckets() if ask.stepped else (window.whole,)
    blank = 0.0 if ask.adds_up else None
    return tuple(
        Series(
            dict(zip(ask.by, labels, strict=True)),
            tuple((bucket.to_ns, own.get(bucket.to_ns, blank)) for bucket in buckets),
            "counters" if signals[labels] == {"counters"} else "events",
            mixed=len(signals[labels]) > 1,
            exact=exact or signals[labels] == {"events"},
        )
        for labels, own in sorted(merged.items())
    )


def _both(stat: Stat, one: float, other: float) -> float:
    if stat == "first":
        return min(one, other)
    return max(one, other) if stat == "last" else one + other

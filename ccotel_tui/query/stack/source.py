"""Prometheus and Loki as a source: counters from the one, events from the other."""

import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence, Set
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC
from functools import partial
from typing import Any

from ccotel_tui.ahead import MOST_AHEAD, SKEW_NS, Ahead
from ccotel_tui.network.address import Headers
from ccotel_tui.query.events import event_row
from ccotel_tui.query.finite import bounded
from ccotel_tui.query.measures import (
    ACTIVITY,
    COST,
    COST_COUNTED,
    COST_EPSILON_USD,
    REQUESTS,
    Condition,
    MeasureSignal,
)
from ccotel_tui.query.query import (
    Answer,
    Current,
    EventKind,
    EventRow,
    Query,
    Scope,
    Series,
    Stat,
)
from ccotel_tui.query.sequence import count_gaps
from ccotel_tui.query.stack.batching import plan, roll_up, split_fields
from ccotel_tui.query.stack.client import StackClient, span
from ccotel_tui.query.stack.counter_sessions import (
    AT_ONCE,
    COUNTED_ACTIVITY,
    FEW,
    CounterOnlySessions,
)
from ccotel_tui.query.stack.first_record import Beginning
from ccotel_tui.query.stack.known_attributes import Kept
from ccotel_tui.query.stack.languages import logql, promql
from ccotel_tui.query.stack.remarks import Remarks, remarks
from ccotel_tui.query.stack.responses import MILLISECOND, LabelledValue, Labels, response_numbers
from ccotel_tui.query.window import DAY, LONGEST_SESSION, MINUTE, Bucket, Window, join_windows
from ccotel_tui.telemetry.conventions import API_REQUEST, UNKNOWN
from ccotel_tui.telemetry.values import as_number

_ADDED = (
    *("scope_name", "scope_version", "observed_timestamp", "detected_level"),
    *("severity_number", "severity_text", "trace_id", "span_id", "flags"),
)
_NAMELESS = "unknown_service"
"""What Loki calls a service that has no name."""

_LATE = 2 * MINUTE

_ALL = 1 << 62
"""Rows."""

_STRETCHES = 16
"""Queries for rows of many short times, at most: fewer read more rows."""

_ASKINGS = 8
"""At the same time, of those that wait for one another's end."""

_COUNTED = Query(COST_COUNTED, by=("session_id",))
_IN_ALL = Query(REQUESTS)
_ACTIVE = Query(ACTIVITY, by=("session_id",))
_SEEN = Query(replace(COST, fallback=None), by=("session_id",))

HELD_FOR = 60.0
"""Seconds in which what arrives late for a time long ago is not seen."""


class StackSource:
    name = "stack"

    def __init__(
        self,
        prometheus_url: str,
        loki_url: str,
        headers: Headers = (),
        ours_only: Collection[str] = (),
    ) -> None:
        """Of the two addresses, those `ours_only` are asked while a server of ours has them.

        Raises ValueError for what is no address.
        """
        self._servers = StackClient(prometheus_url, loki_url, headers, ours_only)
        self._alone = CounterOnlySessions(self._servers)
        self._beginning = Beginning(self._servers)
        self._kept = Kept(self._servers)
        self._missed: dict[str, int] = {}
        self._heard_to, self._hear_again = time.time_ns(), time.monotonic() + HELD_FOR
        self.moved_on = self._servers.moved_on

    def answers(self) -> bool:
        """Whether both servers are ready."""
        return self._servers.answer()

    def numbers(self, asks: Iterable[Query], window: Window, scope: Scope) -> dict[Query, Answer]:
        asks = list(asks)
        lacking = any(ask.measure.fallback for ask in asks)
        counting, exact = self._counting(asks, window, scope)
        # Where many sessions are new, which of them have requests is found on the way.
        new = lacking and scope == Scope() and len(self._alone.unknown(counting)) > FEW
        fields = {ask: split_fields(ask) for ask in ([*asks, _SEEN] if new else asks)}
        chosen = plan(one for some in fields.values() for one in some)
        found = self._found(set(chosen.values()), window, scope)

        def own(ask: Query) -> Iterator[LabelledValue]:
            for one in fields[ask]:
                yield from roll_up(chosen[one], one, found[chosen[one]], window.to_ns)

        if new:
            self._alone.tell(session for (session,), _, _ in own(_SEEN))
        alone = self._alone.among(counting, window.from_ns) if lacking else []
        counted = self._alone.numbers(asks, window, scope, alone) if alone else {}
        stepped = any(ask.stepped for ask in asks)
        first_ns = self._beginning.first(window) if stepped and any(found.values()) else 0
        return {
            ask: _answer(ask, window, own(ask), counted.get(ask, []), exact, first_ns)
            for ask in asks
        }

    def at_once(self, calls: Iterable[Callable[[], Any]]) -> list[Any]:
        with ThreadPoolExecutor(_ASKINGS) as askers:
            futures = [askers.submit(call) for call in calls]
            return [future.result() for future in futures]

    def unseen(self, sessions: Iterable[str], to_ns: int) -> float | None:
        life = Window.between(to_ns - LONGEST_SESSION, to_ns, UTC)
        answers = self.numbers((_COUNTED, _SEEN), life, Scope())
        if not all(series.exact for series in answers[_COUNTED]):
            return None
        counted, seen = (
            {series.labels["session_id"]: series.points[0][1] or 0.0 for series in answers[ask]}
            for ask in (_COUNTED, _SEEN)
        )
        gaps = (counted.get(one, 0.0) - seen[one] for one in sessions if one in seen)
        return sum(gap for gap in gaps if not gap <= COST_EPSILON_USD)

    def missed(self, sessions: Iterable[str], window: Window) -> Mapping[str, int]:
        asked, now_ns = set(sessions), time.time_ns()
        stale = self._heard_of(now_ns) & asked & self._missed.keys()
        new = asked - self._missed.keys()
        for some, active_ns in ((new, window.from_ns), (stale, now_ns)):
            if some:
                life = Window.between(active_ns - LONGEST_SESSION, now_ns, UTC)
                self._missed |= dict.fromkeys(some, 0) | self._skipped(some, life)
        return self.known_missed(asked)

    def known_missed(self, sessions: Iterable[str]) -> Mapping[str, int]:
        """The same of those sessions that were looked up."""
        return {session: self._missed[session] for session in sessions if session in self._missed}

    def current(self, to_ns: int, scope: Scope) -> Current | None:
        from_ns = to_ns - LONGEST_SESSION
        newest = self._servers.newest(partial(logql.activity, scope=scope), to_ns)
        found = [(at, labels.get("session_id", UNKNOWN)) for at, labels in newest]
        since_ns = max((at - MILLISECOND for at, _ in found), default=from_ns)
        if counted := self._alone.newest(since_ns, to_ns, scope):
            found.append(counted)
        if not found:
            return None
        _, session_id = max(found)
        own = EventKind(API_REQUEST, Condition("session_id", session_id))
        requests = self._servers.newest(
            partial(logql.rows_logql, kinds=[own], scope=Scope()), to_ns
        )
        return Current(session_id, requests[0][1].get("prompt_id") if requests else None)

    def rows(
        self, kinds: Iterable[EventKind], window: Window, scope: Scope, limit: int
    ) -> list[EventRow]:
        streams = self._servers.streams(window.whole)
        found = self._servers.rows(logql.rows_logql(streams, kinds, scope), window, limit)
        rows = [event_row(at, labels.get("event_name", ""), _own(labels)) for at, labels in found]
        return sorted(rows, key=_order)[-limit:]

    def rows_within(
        self, kind: EventKind, stretches: Sequence[Bucket], scope: Scope
    ) -> list[EventRow]:
        few = [Window.between(*stretch, UTC) for stretch in join_windows(stretches, _STRETCHES)]
        batches = self.at_once(partial(self.rows, [kind], each, scope, _ALL) for each in few)
        return [row for rows in batches for row in rows]

    def nowhere(self, scope: Scope) -> list[str]:
        return [name for name, value in scope.attributes if value and not self._kept.anywhere(name)]

    def keeps_context(self) -> bool:
        return self._kept.context()

    def dropped(self, window: Window) -> Mapping[MeasureSignal, int]:
        length = span(window.whole)
        queries = {
            signal: [
                self._servers.counters(promql.dropped(selector, length), window)
                for selector in selectors
            ]
            for signal, selectors in promql.DROPPED.items()
        }
        answers = self._servers.together(query for some in queries.values() for query in some)
        return {
            signal: round(
                sum(n for q in some for _, _, n in response_numbers(_IN_ALL, q, answers[q]))
            )
            for signal, some in queries.items()
        }

    def remarks(self, window: Window) -> Remarks:
        return remarks(self._servers, window)

    def last_heard(self, now_ns: int) -> int | None:
        newest = self._servers.newest(logql.client, now_ns)
        return newest[0][0] if newest else None

    def ahead(self, now_ns: int) -> Ahead | None:
        """Events only, and of a day: Loki and Prometheus themselves take 10 minutes at most."""
        after = Window.between(now_ns + SKEW_NS, now_ns + DAY, UTC)
        rows = logql.client(self._servers.streams(after.whole))
        newest = self._servers.page(rows, after.whole, 1)
        if not newest:
            return None
        counting = f"sum(count_over_time({rows} [{span(after.whole)}]))"
        query = self._servers.events(counting, after)
        [data] = self._servers.together([query]).values()
        count = round(sum(n for _, _, n in response_numbers(_IN_ALL, query, data)))
        return Ahead(min(max(count, 1), MOST_AHEAD), newest[0][0])

    def version(self) -> int | None:
        return None

    def close(self) -> None:
        self._servers.close()

    def _found(
        self, asks: Iterable[Query], window: Window, scope: Scope
    ) -> dict[Query, list[LabelledValue]]:
        """What the asks' own records say."""
        return self._servers.found(asks, window, scope)

    def _counting(
        self, asks: Iterable[Query], window: Window, scope: Scope
    ) -> tuple[set[str], bool]:
        """Which sessions have counters, and whether all counters tell when they began."""
        if not any(ask.measure.fallback or ask.measure.signal == "counters" for ask in asks):
            return set(), True
        length = span(window.whole)
        having, beginless = (
            self._servers.counters(promql.grouped(series, by, length), window)
            for series, by in (
                (promql.series(COUNTED_ACTIVITY, scope), "session_id"),
                (promql.without_start(), ""),
            )
        )
        answers = self._servers.together([having, beginless])
        sessions = {
            session for (session,), _, _ in response_numbers(_COUNTED, having, answers[having])
        }
        return sessions, not response_numbers(_COUNTED, beginless, answers[beginless])

    def _heard_of(self, now_ns: int) -> set[str]:
        """The sessions that were active since this was last asked, but for within a minute."""
        if time.monotonic() < self._hear_again:
            return set()
        # The clock may have been set back.
        since = Window.between(min(self._heard_to, now_ns) - _LATE, now_ns, UTC)
        self._heard_to, self._hear_again = now_ns, time.monotonic() + HELD_FOR
        found = self._servers.found([_ACTIVE], since, Scope())[_ACTIVE]
        return {session for (session,), _, _ in found}

    def _skipped(self, sessions: Set[str], life: Window) -> dict[str, int]:
        """How many events are missing of those sessions that miss any."""
        named = sorted(sessions) if len(sessions) <= FEW else []
        streams = self._servers.streams(life.whole)
        query = self._servers.events(logql.doubtful(streams, named, span(life.whole)), life)
        [data] = self._servers.together([query]).values()
        doubtful = sorted(
            sessions & {session for (session,), _, _ in response_numbers(_SEEN, query, data)}
        )
        told: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
        for at in range(0, len(doubtful), AT_ONCE):
            rows = logql.sequences(streams, doubtful[at : at + AT_ONCE])
            for time_ns, labels in self._servers.rows(rows, life, _ALL):
                place = as_number(labels.get("event_sequence"))
                if place is not None:
                    told[labels.get("session_id", UNKNOWN)].append((time_ns, int(place)))
        return {
            one: count_gaps(place for _, place in sorted(places)) for one, places in told.items()
        }


def _own(labels: dict[str, str]) -> dict[str, str]:
    """What the event and its resource say: Loki puts how it came in on the same level."""
    own = {name: value for name, value in labels.items() if name not in _ADDED}
    if own.get("service_name") == _NAMELESS:
        del own["service_name"]
    return own


def _order(row: EventRow) -> tuple[object, ...]:
    return row["time"], str(row.get("session_id", "")), row.get("event_sequence") or 0


def _answer(
    ask: Query,
    window: Window,
    found: Iterable[LabelledValue],
    counted: Iterable[LabelledValue],
    exact: bool,
    first_ns: int,
) -> Answer:
    """A number a bucket, 0 where a sum found nothing, None before the first record of any kind.

    `counted` is told by counters only.
    """
    merged: dict[Labels, dict[int, float]] = {}
    signals: defaultdict[Labels, set[MeasureSignal]] = defaultdict(set)
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
            tuple(
                (
                    to_ns,
                    bounded(own[to_ns]) if to_ns in own else blank if to_ns >= first_ns else None,
                )
                for _, to_ns in buckets
            ),
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

"""Prometheus and Loki as a source: counters from the one, events from the other."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC
from functools import partial
from typing import Any

from ccotel_tui.query.events import event_row
from ccotel_tui.query.finite import bounded
from ccotel_tui.query.measures import COST_COUNTED, Condition, MeasureSignal
from ccotel_tui.query.query import (
    ALL_ROWS,
    Answer,
    Current,
    EventKind,
    EventRow,
    LabelValues,
    Query,
    Scope,
    Series,
    Stat,
)
from ccotel_tui.query.stack.batching import plan_queries
from ccotel_tui.query.stack.client import StackClient, ValueReader
from ccotel_tui.query.stack.counter_sessions import (
    COUNTED_ACTIVITY,
    FEW,
    REQUESTS_BY_SESSION,
    CounterOnlySessions,
)
from ccotel_tui.query.stack.first_record import FirstRecord
from ccotel_tui.query.stack.languages import logql, promql
from ccotel_tui.query.stack.languages.re2 import scoped_queries
from ccotel_tui.query.stack.requests import range_text
from ccotel_tui.query.stack.responses import LabelledValue, response_numbers
from ccotel_tui.query.window import LONGEST_SESSION, MILLISECOND, Bucket, Window, join_windows
from ccotel_tui.telemetry.conventions import API_REQUEST, STATUS_LINE, UNKNOWN

_NAMELESS = "unknown_service"
"""Loki's word for a service that has no name."""

_MAX_STRETCHES = 16
"""Queries for rows of many short times: fewer read more rows."""

_THREADS = 8
"""Calls that ask a stack at the same time, each waiting for its requests."""

_COUNTED = Query(COST_COUNTED, by=("session_id",))

ReadRows = Callable[[Iterable[EventKind], Window, Scope, int], list[EventRow]]


class StackSource:
    """Answers queries from Prometheus and Loki over HTTP.

    A question travels like this: `batching.plan_queries` picks the queries from which all that was
    asked follows; a ValueReader has them (the `StackClient`, or a cache before it), which makes
    them requests (`requests.Servers`), sends those together and reads labelled numbers out of the
    JSON (`responses`); the plan rolls these up; what sessions without any request have in their
    counters is added (`CounterOnlySessions`); and each query's numbers become `Series`.

    It promises the same numbers as the store would give, as far as the servers hold the records:
    `exact` is False on a series where they cannot. Several requests are not of one moment. Buckets
    before the stack's first record are None and not 0. Any thread may ask.
    """

    def __init__(self, client: StackClient, values: ValueReader | None = None) -> None:
        """`values` is where numbers of events and counters are read: the client, or a cache."""
        self._client = client
        self._values = values or client
        self._counter_only = CounterOnlySessions(client)
        self._first_record = FirstRecord(client)

    def numbers(
        self, queries: Iterable[Query], window: Window, scope: Scope
    ) -> dict[Query, Answer]:
        queries = list(queries)
        has_fallback = any(query.measure.fallback for query in queries)
        reads_events = any(query.measure.signal == "events" for query in queries)
        with_counters, exact = self._counter_coverage(queries, window, scope)
        unclassified = self._counter_only.unclassified(with_counters)
        # Where many sessions are new, their requests are read with the rest.
        classifies = has_fallback and scope == Scope() and len(unclassified) > FEW
        by_event = reads_events and self._client.has_event_streams(window.whole)
        plan = plan_queries([*queries, REQUESTS_BY_SESSION] if classifies else queries, by_event)
        fetched = self._values.query_values(plan.queries, window, scope)
        if classifies:
            requests = plan.values(REQUESTS_BY_SESSION, fetched, window.to_ns)
            self._counter_only.mark_with_requests(session for (session,), _, _ in requests)
        alone = self._counter_only.among(with_counters, window.from_ns) if has_fallback else []
        counted = self._counter_only.numbers(queries, window, scope, alone) if alone else {}
        stepped = any(query.stepped for query in queries)
        first_ns = self._first_record.first_ns(window) if stepped and any(fetched.values()) else 0
        return {
            query: _answer(
                query,
                window,
                plan.values(query, fetched, window.to_ns),
                counted.get(query, []),
                exact,
                first_ns,
            )
            for query in queries
        }

    def rows(
        self,
        kinds: Iterable[EventKind],
        window: Window,
        scope: Scope,
        limit: int,
        *,
        oldest: bool = False,
    ) -> list[EventRow]:
        kinds = tuple(kinds)
        text: Callable[[Scope], str]
        if kinds == (EventKind(STATUS_LINE),):
            text = logql.status_line_rows
        else:
            text = partial(logql.rows_logql, self._client.streams(window.whole), kinds)
        rows = [
            event_row(at, labels.get("event_name", ""), _event_attributes(labels))
            for part in scoped_queries(lambda part: (text(part),), scope)
            for at, labels in self._client.rows(part, window, limit, oldest=oldest)
        ]
        rows.sort(key=_order)
        return rows[:limit] if oldest else rows[-limit:]

    def rows_within(
        self, kind: EventKind, stretches: Sequence[Bucket], scope: Scope
    ) -> list[EventRow]:
        return read_stretches(self.rows, kind, stretches, scope)

    def current(self, to_ns: int, scope: Scope) -> Current | None:
        from_ns = to_ns - LONGEST_SESSION
        newest = self._client.newest(partial(_activity_texts, scope), to_ns)
        active = [(at, labels.get("session_id", UNKNOWN)) for at, labels in newest]
        since_ns = max((at - MILLISECOND for at, _ in active), default=from_ns)
        if counted := self._counter_only.newest(since_ns, to_ns, scope):
            active.append(counted)
        if not active:
            return None
        _, session_id = max(active)
        of_session = EventKind(API_REQUEST, Condition("session_id", session_id))
        requests = self._client.newest(
            lambda streams: [logql.rows_logql(streams, [of_session], Scope())], to_ns
        )
        return Current(session_id, requests[0][1].get("prompt_id") if requests else None)

    def last_record_ns(self, now_ns: int) -> int | None:
        newest = self._client.newest(lambda streams: [logql.client_rows(streams)], now_ns)
        return newest[0][0] if newest else None

    def _counter_coverage(
        self, queries: Iterable[Query], window: Window, scope: Scope
    ) -> tuple[set[str], bool]:
        """The sessions that have counters, and whether all counters tell when they began."""
        if not any(
            query.measure.fallback or query.measure.signal == "counters" for query in queries
        ):
            return set(), True
        length, names = range_text(window.whole), self._client.metric_names(window.whole)
        texts = scoped_queries(
            lambda part: (
                promql.grouped(
                    promql.series(COUNTED_ACTIVITY, part, names=names), "session_id", length
                ),
            ),
            scope,
        )
        startless, *by_session = (
            self._client.servers.promql(text, [window.whole])
            for text in (promql.grouped(promql.without_start(names), "", length), *texts)
        )
        answers = self._client.fetch_all([startless, *by_session])
        sessions = {
            session
            for query in by_session
            for (session,), _, _ in response_numbers(_COUNTED, query, answers[query])
        }
        return sessions, not response_numbers(_COUNTED, startless, answers[startless])


def _activity_texts(scope: Scope, streams: str) -> Iterator[str]:
    return scoped_queries(lambda part: (logql.activity(streams, part),), scope)


def run_in_threads(calls: Iterable[Callable[[], Any]]) -> list[Any]:
    """Run the calls at the same time: each waits for servers."""
    with ThreadPoolExecutor(_THREADS) as threads:
        futures = [threads.submit(call) for call in calls]
        return [future.result() for future in futures]


def read_stretches(
    read_rows: ReadRows, kind: EventKind, stretches: Sequence[Bucket], scope: Scope
) -> list[EventRow]:
    """Return the events of this kind in the stretches, and of the shortest gaps between them."""
    joined = [Window.between(*stretch, UTC) for stretch in join_windows(stretches, _MAX_STRETCHES)]
    batches = run_in_threads(partial(read_rows, [kind], each, scope, ALL_ROWS) for each in joined)
    return [row for rows in batches for row in rows]


def _event_attributes(labels: dict[str, str]) -> dict[str, str]:
    """The attributes of the event and its resource: Loki puts how it came in beside them."""
    attributes = {name: value for name, value in labels.items() if name not in logql.ADDED_BY_LOKI}
    if attributes.get("service_name") == _NAMELESS:
        del attributes["service_name"]
    return attributes


def _order(row: EventRow) -> tuple[object, ...]:
    sequence = row.get("event_sequence")
    place = sequence if isinstance(sequence, int | float) else 0
    return row["time"], str(row.get("session_id", "")), place


def _answer(
    query: Query,
    window: Window,
    values: Iterable[LabelledValue],
    counted: Iterable[LabelledValue],
    exact: bool,
    first_ns: int,
) -> Answer:
    """A number a bucket: 0 where a sum has no records, None before the first record of any kind.

    `counted` comes from counters only.
    """
    merged: dict[LabelValues, dict[int, float]] = {}
    signals: defaultdict[LabelValues, set[MeasureSignal]] = defaultdict(set)
    for signal, labelled in ((query.measure.signal, values), ("counters", counted)):
        for labels, end_ns, number in labelled:
            signals[labels].add(signal)
            points = merged.setdefault(labels, {})
            points[end_ns] = (
                _merge(query.stat, points[end_ns], number) if end_ns in points else number
            )
    buckets = window.buckets() if query.stepped else (window.whole,)
    blank = 0.0 if query.empty_is_zero else None
    return tuple(
        Series(
            dict(zip(query.by, labels, strict=True)),
            tuple(
                (
                    to_ns,
                    bounded(points[to_ns])
                    if to_ns in points
                    else blank
                    if to_ns >= first_ns
                    else None,
                )
                for _, to_ns in buckets
            ),
            "counters" if signals[labels] == {"counters"} else "events",
            mixed=len(signals[labels]) > 1,
            exact=exact or signals[labels] == {"events"},
        )
        for labels, points in sorted(merged.items())
    )


def _merge(stat: Stat, number: float, other: float) -> float:
    if stat == "first":
        return min(number, other)
    return max(number, other) if stat == "last" else number + other

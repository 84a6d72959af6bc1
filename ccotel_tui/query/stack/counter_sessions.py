"""Sessions that tell what they cost by their counters only, on Prometheus and Loki."""

import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from datetime import UTC

from ccotel_tui.query.measures import ACTIVITY, COST_COUNTED, REQUESTS
from ccotel_tui.query.query import Query, Scope
from ccotel_tui.query.stack.client import StackClient
from ccotel_tui.query.stack.languages import promql
from ccotel_tui.query.stack.languages.re2 import bounded_queries
from ccotel_tui.query.stack.requests import range_text
from ccotel_tui.query.stack.responses import LabelledValue, Sample, increases
from ccotel_tui.query.window import LONGEST_SESSION, Window
from ccotel_tui.telemetry.conventions import UNKNOWN

FEW = 20
"""Sessions that a query names rather than ask about all: each name costs Loki time at each row."""

_SAME_REFRESH = 2.0
"""Seconds for which a session without a request is not looked up again."""

_SESSION = ("session_id",)
REQUESTS_BY_SESSION = Query(REQUESTS, by=_SESSION)
_ACTIVE = Query(ACTIVITY, by=_SESSION)

assert ACTIVITY.fallback
COUNTED_ACTIVITY = Query(ACTIVITY.fallback)
"""The activity of a session that has counters only."""


class CounterOnlySessions:
    """Finds them, and reads the numbers of their counters.

    A session with a request never becomes one without: those are remembered for good, the others
    for one refresh.
    """

    def __init__(self, client: StackClient) -> None:
        self._client = client
        self._with_requests: set[str] = set()
        self._checked: dict[str, float] = {}

    def unclassified(self, sessions: Set[str]) -> Set[str]:
        """Return those of the sessions that are not marked as having requests."""
        return sessions - self._with_requests

    def mark_with_requests(self, sessions: Iterable[str]) -> None:
        """Remember that these sessions have requests."""
        self._with_requests |= set(sessions)

    def among(self, sessions: Iterable[str], from_ns: int) -> list[str]:
        """Return those of the sessions without any request; they have counters after `from_ns`."""
        candidates, now = set(sessions), time.monotonic()
        fresh = {session for session, at in self._checked.items() if now - at < _SAME_REFRESH}
        new = self.unclassified(candidates - fresh)
        to_ns = time.time_ns()
        if len(new) > FEW:
            self._classify(Window.between(from_ns, to_ns, UTC))
        if names := sorted(self.unclassified(new)):
            self._classify(Window.between(from_ns - LONGEST_SESSION, to_ns, UTC), names)
        self._checked |= dict.fromkeys(new, now)
        return sorted(self.unclassified(candidates))

    def _classify(self, window: Window, sessions: Sequence[str] = ()) -> None:
        """Mark those of the sessions, or of all, that have a request in the window."""
        values = self._client.query_values([REQUESTS_BY_SESSION], window, Scope(), sessions)
        self.mark_with_requests(session for (session,), _, _ in values[REQUESTS_BY_SESSION])

    def numbers(
        self, queries: Iterable[Query], window: Window, scope: Scope, sessions: Sequence[str]
    ) -> dict[Query, list[LabelledValue]]:
        """Return the counters' numbers of these sessions for the queries that counters answer."""
        values: dict[Query, list[LabelledValue]] = {}
        sums: dict[Query, Query] = {}
        for query in queries:
            fallback = query.measure.fallback
            labels = {*query.by, *(condition.label for condition in query.where)}
            if fallback is None or not labels <= fallback.labels:
                continue
            counted = query._replace(measure=fallback)
            if query.stat == "sessions":
                values[query] = self._sessions(counted, window, scope, sessions)
            elif query.stat in ("first", "last"):
                values[query] = self._times(counted, window, scope, sessions)
            else:
                sums[query] = counted
        return values | self._sums(sums, window, scope, sessions)

    def newest(self, from_ns: int, to_ns: int, scope: Scope) -> tuple[int, str] | None:
        """Return the time and the session of the newest activity in (from_ns, to_ns]."""
        window = Window.between(from_ns, to_ns, UTC)
        query = Query(COST_COUNTED, by=_SESSION)
        values = self._client.query_values([query], window, scope)[query]
        sessions = self.among({session for (session,), _, _ in values}, from_ns)
        if not sessions:
            return None
        samples = self.samples(COUNTED_ACTIVITY, window, scope, sessions)
        return max(((at, _session(metric)) for metric, at, _ in samples), default=None)

    def _sums(
        self,
        queries: Mapping[Query, Query],
        window: Window,
        scope: Scope,
        sessions: Sequence[str],
    ) -> dict[Query, list[LabelledValue]]:
        """The numbers of the queries by those that are sent for them."""
        values = self._client.query_values(list(queries.values()), window, scope, sessions)
        return {query: values[sent] for query, sent in queries.items()}

    def _sessions(
        self, query: Query, window: Window, scope: Scope, sessions: Sequence[str]
    ) -> list[LabelledValue]:
        """The number of sessions active in each bucket that no event makes active there."""
        by_session = query._replace(by=(*_SESSION, *query.by), stat="sum")
        active = _ACTIVE._replace(stepped=query.stepped)
        values = self._sums({by_session: by_session, active: active}, window, scope, sessions)
        by_events = {(session, end) for (session,), end, _ in values[active]}
        counted: defaultdict[tuple[tuple[str, ...], int], set[str]] = defaultdict(set)
        for (session, *labels), end, _ in values[by_session]:
            if (session, end) not in by_events:
                counted[tuple(labels), end].add(session)
        return [(labels, end, len(each)) for (labels, end), each in counted.items()]

    def _times(
        self, query: Query, window: Window, scope: Scope, sessions: Sequence[str]
    ) -> list[LabelledValue]:
        """The times at which each session's counters grew first or last."""
        choose = min if query.stat == "first" else max
        times: defaultdict[str, list[int]] = defaultdict(list)
        for metric, at, _ in self.samples(query, window, scope, sessions):
            times[_session(metric)].append(at)
        return [((session,), window.to_ns, choose(each)) for session, each in times.items()]

    def samples(
        self, query: Query, window: Window, scope: Scope, sessions: Sequence[str]
    ) -> list[Sample]:
        """Return what the counters of these sessions grew by at each of their points."""
        whole = range_text(window.whole)
        servers = self._client.servers

        sessions = sessions or scope.sessions or ()
        if sessions:
            scope = scope._replace(sessions=None)

        names = self._client.metric_names(window.whole)

        def compiled(named: Sequence[str]) -> tuple[str, ...]:
            selector = promql.series(query, scope, named, names)
            before = f"last_over_time({selector}[{promql.LOOK_BACK}] offset {whole})"
            return f"{selector}[{whole}]", before

        queries = [
            servers.promql(text, [window.whole]) for text in bounded_queries(compiled, sessions)
        ]
        answers = self._client.fetch_all(queries)
        return [
            sample
            for raw, before in zip(queries[::2], queries[1::2], strict=True)
            for sample in increases((raw, answers[raw]), (before, answers[before]))
        ]


def _session(metric: Mapping[str, str]) -> str:
    return metric.get("session_id") or UNKNOWN

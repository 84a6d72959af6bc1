"""The diagnostics of a stack."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC

from ccotel_tui.ahead import MOST_AHEAD, SKEW_NS, Ahead
from ccotel_tui.query.measures import COST_BY_EVENTS, COST_COUNTED, COST_EPSILON_USD, MeasureSignal
from ccotel_tui.query.query import Query, Scope
from ccotel_tui.query.source import Source
from ccotel_tui.query.stack.client import StackClient
from ccotel_tui.query.stack.diagnostics.known_attributes import KnownAttributes
from ccotel_tui.query.stack.diagnostics.lost_events import LostEventCounter
from ccotel_tui.query.stack.diagnostics.remarks import Remarks
from ccotel_tui.query.stack.languages import logql, promql
from ccotel_tui.query.stack.requests import span
from ccotel_tui.query.stack.responses import count_records
from ccotel_tui.query.window import DAY, LONGEST_SESSION, Window

_COUNTED = Query(COST_COUNTED, by=("session_id",))
_BY_EVENTS = Query(COST_BY_EVENTS, by=("session_id",))


class StackDiagnostics:
    """Asks the source where its numbers tell, else the servers."""

    def __init__(
        self,
        source: Source,
        client: StackClient,
        lost_events: LostEventCounter,
        read_remarks: Callable[[Window], Remarks],
    ) -> None:
        self._source = source
        self._client = client
        self._lost_events = lost_events
        self._read_remarks = read_remarks
        self._attributes = KnownAttributes(client)

    def unrecorded_cost(self, sessions: Iterable[str], to_ns: int) -> float | None:
        life = Window.between(to_ns - LONGEST_SESSION, to_ns, UTC)
        answers = self._source.numbers((_COUNTED, _BY_EVENTS), life, Scope())
        if not all(series.exact for series in answers[_COUNTED]):
            return None
        counted, by_events = (
            {series.labels["session_id"]: series.points[0][1] or 0.0 for series in answers[query]}
            for query in (_COUNTED, _BY_EVENTS)
        )
        gaps = (
            counted.get(session, 0.0) - by_events[session]
            for session in sessions
            if session in by_events
        )
        return sum(gap for gap in gaps if not gap <= COST_EPSILON_USD)

    def lost_events(self, sessions: Iterable[str], window: Window) -> Mapping[str, int]:
        return self._lost_events.count(list(sessions), window)

    def unknown_attributes(self, scope: Scope) -> list[str]:
        names = [name for name, value in scope.attributes if value]
        return [name for name in names if not self._attributes.any_record_has(name)]

    def keeps_resource_attributes(self) -> bool:
        return self._attributes.of_resources_too()

    def dropped_records(self, window: Window) -> Mapping[MeasureSignal, int]:
        length = span(window.whole)
        queries = {
            signal: [
                self._client.servers.promql(promql.dropped(selector, length), [window.whole])
                for selector in selectors
            ]
            for signal, selectors in promql.DROPPED.items()
        }
        answers = self._client.fetch_all(query for sent in queries.values() for query in sent)
        return {
            signal: sum(count_records(query, answers[query]) for query in sent)
            for signal, sent in queries.items()
        }

    def remarks(self, window: Window) -> Remarks:
        return self._read_remarks(window)

    def ahead(self, now_ns: int) -> Ahead | None:
        """Events only, and of a day: Loki and Prometheus themselves take 10 minutes at most."""
        after = Window.between(now_ns + SKEW_NS, now_ns + DAY, UTC)
        rows = logql.client(self._client.streams(after.whole))
        newest = self._client.page(rows, after.whole, 1)
        if not newest:
            return None
        counting = f"sum(count_over_time({rows} [{span(after.whole)}]))"
        query = self._client.servers.logql(counting, [after.whole])
        [data] = self._client.fetch_all([query]).values()
        return Ahead(min(max(count_records(query, data), 1), MOST_AHEAD), newest[0][0])

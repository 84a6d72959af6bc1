"""The diagnostics of a stack."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC

from ccotel_tui.network.address import Address
from ccotel_tui.query.measures import MeasureSignal
from ccotel_tui.query.query import Scope
from ccotel_tui.query.stack.client import StackClient
from ccotel_tui.query.stack.diagnostics.known_attributes import KnownAttributes
from ccotel_tui.query.stack.diagnostics.lost_events import LostEventCounter
from ccotel_tui.query.stack.diagnostics.remarks import Remarks
from ccotel_tui.query.stack.diagnostics.unrecorded import UnrecordedCosts
from ccotel_tui.query.stack.languages import logql, promql
from ccotel_tui.query.stack.requests import range_text
from ccotel_tui.query.stack.responses import count_records
from ccotel_tui.query.window import DAY, Window
from ccotel_tui.sentences import Sentence
from ccotel_tui.store.ahead import SKEW_NS, Ahead
from ccotel_tui.store.newest import MOST_AHEAD


class StackDiagnostics:
    """Asks the servers, and those who know a part of it."""

    def __init__(
        self,
        client: StackClient,
        unrecorded: UnrecordedCosts,
        lost_events: LostEventCounter,
        read_remarks: Callable[[Window], Remarks],
    ) -> None:
        self._client = client
        self._unrecorded = unrecorded
        self._lost_events = lost_events
        self._read_remarks = read_remarks
        self._attributes = KnownAttributes(client)

    def unrecorded_cost(self, sessions: Iterable[str], to_ns: int) -> float | None:
        costs = self._unrecorded.by_session(to_ns)
        return None if costs is None else sum(costs.get(session, 0.0) for session in sessions)

    def lost_events(self, sessions: Iterable[str], window: Window) -> Mapping[str, int]:
        return self._lost_events.count(list(sessions), window)

    def unknown_attributes(self, scope: Scope) -> list[str]:
        names = [name for name, value in scope.attributes if value]
        return [name for name in names if not self._attributes.any_record_has(name)]

    def keeps_resource_attributes(self) -> bool:
        return self._attributes.of_resources_too()

    def dropped_records(self, window: Window) -> Mapping[MeasureSignal, int]:
        length = range_text(window.whole)
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

    def partial_answers(self) -> Mapping[MeasureSignal, str]:
        prometheus, loki = self._client.servers
        servers: dict[MeasureSignal, Address] = {"counters": prometheus, "events": loki}
        form = "{server} left a part out of its answers, so that numbers may be too small: {reason}"
        return {
            signal: Sentence("partial_answer", form, server=server.server, reason=reason)
            for signal, server in servers.items()
            if (reason := self._client.partial_answers.reason(server)) is not None
        }

    def ahead(self, now_ns: int) -> Ahead | None:
        """Events only, and of a day: Loki and Prometheus themselves take 10 minutes at most."""
        after = Window.between(now_ns + SKEW_NS, now_ns + DAY, UTC)
        rows = logql.client_rows(self._client.streams(after.whole))
        newest = self._client.page(rows, after.whole, 1)
        if not newest:
            return None
        counting = f"sum(count_over_time({rows} [{range_text(after.whole)}]))"
        query = self._client.servers.logql(counting, [after.whole])
        [data] = self._client.fetch_all([query]).values()
        return Ahead(min(max(count_records(query, data), 1), MOST_AHEAD), newest[0][0])

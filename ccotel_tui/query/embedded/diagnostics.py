"""Finds in the embedded store what is missing from its records."""

from collections.abc import Iterable, Iterator, Mapping

from ccotel_tui.query.embedded import sql_rows
from ccotel_tui.query.embedded.reader import StoreReader
from ccotel_tui.query.embedded.sessions import numbers_of_sessions
from ccotel_tui.query.embedded.sql_where import in_no_record
from ccotel_tui.query.measures import COST_EPSILON_USD
from ccotel_tui.query.query import Scope
from ccotel_tui.query.sequence import count_gaps
from ccotel_tui.query.source import NoDiagnostics
from ccotel_tui.query.window import Window
from ccotel_tui.store.ahead import SKEW_NS, Ahead
from ccotel_tui.store.newest import AHEAD


class EmbeddedDiagnostics(NoDiagnostics):
    """The store keeps whatever came in with its resource, and has no collector that drops."""

    def __init__(self, reader: StoreReader) -> None:
        self._reader = reader

    def unrecorded_cost(self, sessions: Iterable[str], to_ns: int) -> float | None:
        def read(session_ids: str) -> Iterator[tuple[str, float]]:
            rows = self._reader.run(sql_rows.UNRECORDED_COST, (session_ids, to_ns))
            for session, counted, by_events in rows:
                # Without any request it counts by its counters: nothing of that is missing.
                if by_events is not None and counted - by_events > COST_EPSILON_USD:
                    yield session, counted - by_events

        return sum(numbers_of_sessions(self._reader, "unrecorded", sessions, to_ns, read).values())

    def lost_events(self, sessions: Iterable[str], window: Window) -> Mapping[str, int]:
        def read(session_ids: str) -> Iterator[tuple[str, float]]:
            for session, sequence in self._reader.run(sql_rows.SEQUENCES, (session_ids,)):
                yield session, count_gaps(map(int, sequence.split()))

        to_ns = window.to_ns - sql_rows.LATE
        lost = numbers_of_sessions(self._reader, "lost", sessions, to_ns, read)
        return {session: int(count) for session, count in lost.items()}

    def unknown_attributes(self, scope: Scope) -> list[str]:
        names = [name for name, value in scope.attributes if value]
        return [name for name in names if self._reader.run(*in_no_record(name)) == [(1,)]]

    def ahead(self, now_ns: int) -> Ahead | None:
        [(count, latest_ns)] = self._reader.run(AHEAD, (now_ns + SKEW_NS,))
        return Ahead(count, latest_ns) if count else None

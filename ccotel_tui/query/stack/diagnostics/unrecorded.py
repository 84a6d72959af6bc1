"""Dollars that sessions spent while nothing recorded: their counters less their events."""

from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC
from typing import Protocol

from ccotel_tui.query.measures import COST_BY_EVENTS, COST_COUNTED, COST_EPSILON_USD
from ccotel_tui.query.query import Query, Scope, numbers_by_session
from ccotel_tui.query.source import Source
from ccotel_tui.query.window import LONGEST_SESSION, Window

_COUNTED = Query(COST_COUNTED, by=("session_id",))
_BY_EVENTS = Query(COST_BY_EVENTS, by=("session_id",))

SessionCosts = Mapping[str, float]
"""Dollars by session; a session without events is not there."""


class UnrecordedCosts(Protocol):
    """Tells what each session spent while nothing recorded."""

    def by_session(self, to_ns: int) -> SessionCosts | None:
        """Return it up to then, None where it is not known. Raises SourceUnavailable."""
        ...


class CounterExcess:
    """Reads the counters and the events of all sessions, over as long a life as one may have."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def by_session(self, to_ns: int) -> SessionCosts | None:
        life = Window.between(to_ns - LONGEST_SESSION, to_ns, UTC)
        answers = self._source.numbers((_COUNTED, _BY_EVENTS), life, Scope())
        if not all(series.exact for series in answers[_COUNTED]):
            return None
        counted = numbers_by_session(answers[_COUNTED])
        by_events = numbers_by_session(answers[_BY_EVENTS])
        excess = {
            session: counted.get(session, 0.0) - dollars for session, dollars in by_events.items()
        }
        # Not finite where a record is beyond all sums: that is told.
        return {
            session: gap if not gap <= COST_EPSILON_USD else 0.0 for session, gap in excess.items()
        }


class BackgroundCosts:
    """Reads them in a thread of its own, and returns the newest that are known.

    Nobody waits for them: the events of a month of a team are as much as all the first screen
    shows.
    """

    def __init__(self, inner: UnrecordedCosts) -> None:
        self._inner = inner
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="unrecorded")
        self._reading: Future[SessionCosts | None] | None = None
        self._latest: SessionCosts | None = None

    def by_session(self, to_ns: int) -> SessionCosts | None:
        if self._reading is None or self._reading.done():
            if self._reading and self._reading.exception() is None:
                self._latest = self._reading.result()
            self._reading = self._thread.submit(self._inner.by_session, to_ns)
        return self._latest

    def close(self) -> None:
        self._thread.shutdown(cancel_futures=True)

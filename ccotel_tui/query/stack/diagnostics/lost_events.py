"""Counts the events of a session that were sent and not received, by gaps in their numbers."""

import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Set
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC
from typing import Protocol

from ccotel_tui.query.measures import ACTIVITY, COST
from ccotel_tui.query.query import ALL_ROWS, Query, Scope
from ccotel_tui.query.sequence import count_gaps
from ccotel_tui.query.stack.client import StackClient
from ccotel_tui.query.stack.counter_sessions import FEW
from ccotel_tui.query.stack.languages import logql
from ccotel_tui.query.stack.languages.re2 import bounded_queries
from ccotel_tui.query.stack.requests import range_text
from ccotel_tui.query.stack.responses import response_numbers
from ccotel_tui.query.window import LONGEST_SESSION, MINUTE, Window
from ccotel_tui.telemetry.conventions import UNKNOWN
from ccotel_tui.telemetry.values import as_number

RECHECK_INTERVAL = 60.0
"""Seconds in which new events of a session that was looked up are not seen."""

_LATE = 2 * MINUTE
_BY_SESSION = Query(COST, by=("session_id",))
_ACTIVE = Query(ACTIVITY, by=("session_id",))


class LostEventCounter(Protocol):
    """Counts the events of sessions that were lost."""

    def count(self, sessions: Collection[str], window: Window) -> Mapping[str, int]:
        """Return the lost events of each session that is known, active in the window."""
        ...


class LostEvents:
    """Looks each session up once in its whole life, and again when it was active since.

    Sessions are read from other servers than the clock that stands here: activity within two
    minutes before the last look counts as new.
    """

    def __init__(
        self,
        client: StackClient,
        clock: Callable[[], float] = time.monotonic,
        now_ns: Callable[[], int] = time.time_ns,
    ) -> None:
        self._client = client
        self._clock = clock
        self._now_ns = now_ns
        self._counts: dict[str, int] = {}
        self._checked_to_ns, self._check_again = now_ns(), clock() + RECHECK_INTERVAL

    def count(self, sessions: Collection[str], window: Window) -> Mapping[str, int]:
        wanted, now_ns = set(sessions), self._now_ns()
        stale = self._active_since_check(now_ns) & wanted & self._counts.keys()
        new = wanted - self._counts.keys()
        for to_read, active_ns in ((new, window.from_ns), (stale, now_ns)):
            if to_read:
                life = Window.between(active_ns - LONGEST_SESSION, now_ns, UTC)
                self._counts |= dict.fromkeys(to_read, 0) | self._count_gaps(to_read, life)
        return self.counted(wanted)

    def counted(self, sessions: Iterable[str]) -> Mapping[str, int]:
        """Return the counts of those of the sessions that were looked up."""
        return {session: self._counts[session] for session in sessions if session in self._counts}

    def _active_since_check(self, now_ns: int) -> set[str]:
        """The sessions that were active since the last check; none before it is due again."""
        if self._clock() < self._check_again:
            return set()
        # The clock may have been set back.
        since = Window.between(min(self._checked_to_ns, now_ns) - _LATE, now_ns, UTC)
        self._checked_to_ns, self._check_again = now_ns, self._clock() + RECHECK_INTERVAL
        active = self._client.query_values([_ACTIVE], since, Scope())[_ACTIVE]
        return {session for (session,), _, _ in active}

    def _count_gaps(self, sessions: Set[str], life: Window) -> dict[str, int]:
        """The lost events of those of the sessions that have any."""
        named = sorted(sessions) if len(sessions) <= FEW else []
        streams = self._client.streams(life.whole)
        text = logql.doubtful(streams, named, range_text(life.whole))
        query = self._client.servers.logql(text, [life.whole])
        [data] = self._client.fetch_all([query]).values()
        numbers = response_numbers(_BY_SESSION, query, data)
        doubtful = sorted(sessions & {session for (session,), _, _ in numbers})
        sequences: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
        if not doubtful:
            return {}
        for rows in bounded_queries(lambda named: (logql.sequences(streams, named),), doubtful):
            for time_ns, labels in self._client.rows(rows, life, ALL_ROWS):
                number = as_number(labels.get("event_sequence"))
                if number is not None:
                    session = labels.get("session_id", UNKNOWN)
                    sequences[session].append((time_ns, int(number)))
        return {
            session: count_gaps(number for _, number in sorted(numbered))
            for session, numbered in sequences.items()
        }


class BackgroundLostEvents:
    """Counts in a thread of its own, and returns what is counted so far.

    It begins at the second call: what the first screen waits for is enough for the servers.
    """

    def __init__(self, inner: LostEvents) -> None:
        self._inner = inner
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="lost-events")
        self._latest: Future[Mapping[str, int]] | None = None

    def count(self, sessions: Collection[str], window: Window) -> Mapping[str, int]:
        if self._latest is None:
            self._latest = Future()
            self._latest.set_result({})
        elif self._latest.done():
            self._latest = self._thread.submit(self._inner.count, sessions, window)
        return self._inner.counted(sessions)

    def close(self) -> None:
        self._thread.shutdown(cancel_futures=True)

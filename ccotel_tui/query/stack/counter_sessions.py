"""Sessions that tell what they cost by their counters only, on Prometheus and Loki."""

import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import replace
from datetime import UTC

from ccotel_tui.query.measures import ACTIVITY, COST_COUNTED, REQUESTS
from ccotel_tui.query.query import Query, Scope
from ccotel_tui.query.stack.client import StackClient, span
from ccotel_tui.query.stack.languages import promql
from ccotel_tui.query.stack.responses import LabelledValue, Sample, increases, response_numbers
from ccotel_tui.query.window import LONGEST_SESSION, Window

FEW = 20
"""Sessions that a query names rather than ask about all: each name costs Loki time at each row."""

AT_ONCE = 500
"""Sessions that one query names."""

_SAME_TICK = 2.0
"""Seconds for which a session without a request is not looked up again."""

_SESSION = ("session_id",)
_REQUESTS = Query(REQUESTS, by=_SESSION)
_ACTIVE = Query(ACTIVITY, by=_SESSION)

assert ACTIVITY.fallback
COUNTED_ACTIVITY = Query(ACTIVITY.fallback)
"""What makes a session active that has counters only."""


class CounterOnlySessions:
    """Who they are, and what their counters say."""

    def __init__(self, servers: StackClient) -> None:
        self._servers = servers
        self._telling: set[str] = set()
        self._looked_up: dict[str, float] = {}

    def unknown(self, sessions: Set[str]) -> Set[str]:
        """Those of which nobody has told yet that they have requests."""
        return sessions - self._telling

    def tell(self, sessions: Iterable[str]) -> None:
        """That these have requests."""
        self._telling |= set(sessions)

    def among(self, sessions: Iterable[str], from_ns: int) -> list[str]:
        """Those of the sessions that have no request at all; they have counters after `from_ns`."""
        asked, now = set(sessions), time.monotonic()
        fresh = {one for one, at in self._looked_up.items() if now - at < _SAME_TICK}
        new = self.unknown(asked - fresh)
        to_ns = time.time_ns()
        if len(new) > FEW:
            self._look(Window.between(from_ns, to_ns, UTC), [()])
        names = sorted(self.unknown(new))
        some = [names[at : at + AT_ONCE] for at in range(0, len(names), AT_ONCE)]
        self._look(Window.between(from_ns - LONGEST_SESSION, to_ns, UTC), some)
        self._looked_up |= dict.fromkeys(new, now)
        return sorted(self.unknown(asked))

    def _look(self, window: Window, sessions: Iterable[Sequence[str]]) -> None:
        """See which of the sessions have a request; none stands for all."""
        queries = [
            query
            for some in sessions
            for query in self._servers.queries(_REQUESTS, Scope(), window, some)
        ]
        for query, data in self._servers.together(queries).items():
            self._telling |= {one for (one,), _, _ in response_numbers(_REQUESTS, query, data)}

    def numbers(
        self, asks: Iterable[Query], window: Window, scope: Scope, sessions: Sequence[str]
    ) -> dict[Query, list[LabelledValue]]:
        """What the counters of these sessions say to those of the asks that counters can answer."""
        found: dict[Query, list[LabelledValue]] = {}
        plain: dict[Query, Query] = {}
        for ask in asks:
            fallback = ask.measure.fallback
            labels = {*ask.by, *(condition.label for condition in ask.where)}
            if fallback is None or not labels <= fallback.labels:
                continue
            counted = replace(ask, measure=fallback)
            if ask.stat == "sessions":
                found[ask] = self._sessions(counted, window, scope, sessions)
            elif ask.stat in ("first", "last"):
                found[ask] = self._times(counted, window, scope, sessions)
            else:
                plain[ask] = counted
        return found | self._sums(plain, window, scope, sessions)

    def newest(self, from_ns: int, to_ns: int, scope: Scope) -> tuple[int, str] | None:
        """The time and the session of the newest activity in (from_ns, to_ns]."""
        window = Window.between(from_ns, to_ns, UTC)
        ask = Query(COST_COUNTED, by=_SESSION)
        found = self._servers.found([ask], window, scope)[ask]
        counted = {session for (session,), _, _ in found}
        alone = self.among(counted, from_ns)
        if not alone:
            return None
        samples = self._samples(COUNTED_ACTIVITY, window, scope, alone)
        return max(((at, session) for session, at, _ in samples), default=None)

    def _sums(
        self, asks: Mapping[Query, Query], window: Window, scope: Scope, sessions: Sequence[str]
    ) -> dict[Query, list[LabelledValue]]:
        found = self._servers.found(asks.values(), window, scope, sessions)
        return {ask: found[counted] for ask, counted in asks.items()}

    def _sessions(
        self, ask: Query, window: Window, scope: Scope, sessions: Sequence[str]
    ) -> list[LabelledValue]:
        """How many sessions were active in each bucket that no event makes active there."""
        by_session = replace(ask, by=(*_SESSION, *ask.by), stat="sum")
        active = replace(_ACTIVE, stepped=ask.stepped)
        found = self._sums({by_session: by_session, active: active}, window, scope, sessions)
        told = {(session, end) for (session,), end, _ in found[active]}
        counted: defaultdict[tuple[tuple[str, ...], int], set[str]] = defaultdict(set)
        for (session, *labels), end, _ in found[by_session]:
            if (session, end) not in told:
                counted[tuple(labels), end].add(session)
        return [(labels, end, len(some)) for (labels, end), some in counted.items()]

    def _times(
        self, ask: Query, window: Window, scope: Scope, sessions: Sequence[str]
    ) -> list[LabelledValue]:
        """When each session's counters grew first or last."""
        chosen = min if ask.stat == "first" else max
        times: defaultdict[str, list[int]] = defaultdict(list)
        for session, at, _ in self._samples(ask, window, scope, sessions):
            times[session].append(at)
        return [((session,), window.to_ns, chosen(some)) for session, some in times.items()]

    def _samples(
        self, ask: Query, window: Window, scope: Scope, sessions: Sequence[str]
    ) -> list[Sample]:
        selector, whole = promql.series(ask, scope, sessions), span(window.whole)
        raw, before = (
            self._servers.counters(text, window)
            for text in (
                f"{selector}[{whole}]",
                f"last_over_time({selector}[{promql.LOOK_BACK}] offset {whole})",
            )
        )
        answers = self._servers.together([raw, before])
        return list(increases((raw, answers[raw]), (before, answers[before])))

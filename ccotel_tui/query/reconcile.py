"""Events against counters: a session tells what it cost twice, and both must say the same.

Only whole sessions can be compared: over their life, and quiet for two minutes, since counters
come up to a minute after the events they count. By model they may differ: events say who answered,
counters who was asked.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property, partial
from math import isfinite
from typing import Literal

from ccotel_tui.query.measures import ACTIVITY, COST, COST_COUNTED, TOKENS, TOKENS_COUNTED
from ccotel_tui.query.query import Answer, Query, Scope, numbers_by_session
from ccotel_tui.query.source import Backend
from ccotel_tui.query.window import LONGEST_SESSION, MINUTE, Window
from ccotel_tui.sentences import Sentence
from ccotel_tui.telemetry.conventions import UNKNOWN

TOLERANCE = 1e-6
"""Dollars; a token is far above it."""

QUIET_NS = 2 * MINUTE

Name = Literal["cost", "tokens"]
BalanceState = Literal["agrees", "differs", "events only", "counters only"]

_BY = ("session_id", "source")
_QUERIES: Mapping[Name, tuple[Query, Query]] = {
    # Without a fallback: what counters tell must not stand on the side of the events.
    "cost": (Query(COST._replace(fallback=None), by=_BY), Query(COST_COUNTED, by=_BY)),
    "tokens": (Query(TOKENS._replace(fallback=None), by=_BY), Query(TOKENS_COUNTED, by=_BY)),
}
_LAST = Query(ACTIVITY, by=("session_id",), stat="last")

CAUSES = {
    "lost": "Events of it that were sent and not received: {missed}.",
    "more": "Its counters hold more: events were lost, which cumulative counters tell all the same,"
    " or the client is older than 2.1.214, which counts some things twice.",
    "less": "Its events hold more: points of its counters were lost, two processes wrote one"
    " counter at once, or events came twice to a Loki that had written them to its disk meanwhile.",
    "split": "The totals agree; its events and counters say differently who asked.",
    "beyond": "A number of it is beyond what can be summed, or is none.",
    "events only": "It has no such counters: its metrics exporter is off, or they were lost.",
    "counters only": "It has no request events: its logs exporter is off, or they were lost.",
}


@dataclass(frozen=True)
class Sums:
    """The sums of a session's events and of its counters, by source; empty: none are there."""

    events: Mapping[str, float]
    counters: Mapping[str, float]

    @cached_property
    def difference(self) -> float:
        """The excess of the counters over the events; NaN where a side cannot be shown."""
        return sum(self.counters.values()) - sum(self.events.values())

    def by_source(self) -> dict[str, float]:
        """The difference of each source; none where one side does not tell the source."""
        sources = sorted({*self.events, *self.counters})
        if UNKNOWN in sources:
            return {}
        return {
            source: self.counters.get(source, 0) - self.events.get(source, 0) for source in sources
        }

    @cached_property
    def state(self) -> BalanceState:
        if not self.counters:
            return "events only"
        if not self.events:
            return "counters only"
        gaps = (self.difference, *self.by_source().values())
        return "agrees" if all(abs(gap) <= TOLERANCE for gap in gaps) else "differs"


@dataclass(frozen=True)
class Balance:
    """A whole session; `last_seen_ns` is its last activity, `cause` why the sides differ."""

    session_id: str
    last_seen_ns: int
    sums: Mapping[Name, Sums]
    cause: str = ""

    @cached_property
    def state(self) -> BalanceState:
        states = {sums.state for sums in self.sums.values()}
        order: tuple[BalanceState, ...] = ("differs", "events only", "counters only", "agrees")
        return next(state for state in order if state in states)


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """The whole sessions, the last active last, and how many others are not quiet yet."""

    balances: tuple[Balance, ...]
    going_on: int

    def of(self, state: BalanceState) -> list[Balance]:
        return [balance for balance in self.balances if balance.state == state]

    @property
    def difference_usd(self) -> float:
        """Dollars by which sessions differ, in whichever direction, as far as that can be told."""
        differences = (balance.sums["cost"].difference for balance in self.of("differs"))
        return sum(abs(difference) for difference in differences if isfinite(difference))


def reconcile(backend: Backend, window: Window, scope: Scope, now_ns: int) -> Reconciliation:
    """Compare the sessions that were active in the window. Raises SourceUnavailable."""
    # Asked as one, it is of one moment where the source can.
    [reconciliation] = backend.run_together([partial(_explain, backend, window, scope, now_ns)])
    return reconciliation  # type: ignore[no-any-return]


def compare_sums(backend: Backend, window: Window, scope: Scope, now_ns: int) -> Reconciliation:
    """Compare them without a cause. Raises SourceUnavailable."""
    [reconciliation] = backend.run_together([partial(_compare, backend, window, scope, now_ns)])
    return reconciliation  # type: ignore[no-any-return]


def _explain(backend: Backend, window: Window, scope: Scope, now_ns: int) -> Reconciliation:
    compared = _compare(backend, window, scope, now_ns)
    differing = [balance.session_id for balance in compared.of("differs")]
    life = _life(window, now_ns)
    lost = backend.diagnostics.lost_events(differing, life) if differing else {}
    explained = (replace(b, cause=_cause(b, lost.get(b.session_id, 0))) for b in compared.balances)
    return replace(compared, balances=tuple(explained))


def _life(window: Window, now_ns: int) -> Window:
    """The time in which sessions that were active in the window have their records."""
    ends_ns = min(now_ns, window.to_ns + LONGEST_SESSION)
    return Window.between(window.from_ns - LONGEST_SESSION, ends_ns, window.zone)


def _compare(backend: Backend, window: Window, scope: Scope, now_ns: int) -> Reconciliation:
    active = numbers_by_session(backend.source.numbers([_LAST], window, scope)[_LAST])
    queries = [_LAST, *(query for pair in _QUERIES.values() for query in pair)]
    answers = backend.source.numbers(queries, _life(window, now_ns), scope)
    last_ns = {
        session: int(time_ns)
        for session, time_ns in numbers_by_session(answers[_LAST]).items()
        if session in active and session != UNKNOWN
    }
    sums = {
        name: tuple(_by_source(answers[query]) for query in pair) for name, pair in _QUERIES.items()
    }
    balances = []
    for session in sorted(last_ns, key=lambda session: (last_ns[session], session)):
        both = {
            name: Sums(events[session], counters[session])
            for name, (events, counters) in sums.items()
        }
        spent = {name: sides for name, sides in both.items() if sides.events or sides.counters}
        if spent and last_ns[session] <= now_ns - QUIET_NS:
            balances.append(Balance(session, last_ns[session], spent))
    going_on = sum(time_ns > now_ns - QUIET_NS for time_ns in last_ns.values())
    return Reconciliation(tuple(balances), going_on)


def _cause(balance: Balance, missed: int) -> str:
    state = balance.state
    if state == "agrees":
        return ""
    if state != "differs":
        return _sentence(state)
    gaps = [sums.difference for sums in balance.sums.values() if sums.state == "differs"]
    if not all(map(isfinite, gaps)):
        return _sentence("beyond")
    if max(gaps) > TOLERANCE:
        return _sentence("lost", missed=missed) if missed else _sentence("more")
    return _sentence("less" if min(gaps) < -TOLERANCE else "split")


def _sentence(cause: str, **values: int) -> Sentence:
    return Sentence(f"reconcile_{cause}", CAUSES[cause], **values)


def _by_source(answer: Answer) -> defaultdict[str, dict[str, float]]:
    sums: defaultdict[str, dict[str, float]] = defaultdict(dict)
    for series in answer:
        if number := series.points[0][1]:
            sums[series.labels["session_id"]][series.labels["source"]] = number
    return sums

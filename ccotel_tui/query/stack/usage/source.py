"""What was used, from Prometheus and Loki."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from ccotel_tui.query.measures import (
    COST_BY_EVENTS,
    COST_COUNTED,
    REQUESTS,
    TOKENS_BY_TYPE,
    TOKENS_COUNTED,
    TOOL_CALLS,
    Condition,
    MeasureSignal,
)
from ccotel_tui.query.query import Branch, Query, Scope, TokenKinds, UsageCell, UsageQuery
from ccotel_tui.query.stack.client import StackClient
from ccotel_tui.query.stack.counter_sessions import CounterOnlySessions
from ccotel_tui.query.stack.languages.re2 import label_name
from ccotel_tui.query.stack.responses import label_value
from ccotel_tui.query.usage.keys import USER_LABELS, user_of
from ccotel_tui.query.window import Window
from ccotel_tui.telemetry.conventions import BRANCH, CACHE_WRITES, UNKNOWN

_COST = "cost"
_SUMS = {
    _COST: COST_BY_EVENTS,
    **{kind: measure._replace(fallback=None) for kind, measure in TOKENS_BY_TYPE.items()},
}
_BY_SESSION = [Query(measure, by=("session_id",)) for measure in (COST_COUNTED, TOKENS_COUNTED)]
_BRANCH = label_name(BRANCH)
_BRANCHES = Query(
    TOOL_CALLS,
    by=("prompt_id", _BRANCH),
    where=(Condition(_BRANCH, "", negated=True),),
    stat="last",
)

_WRITES = [
    Query(COST_BY_EVENTS._replace(fields=(name,), unit="tokens"), by=("model", "speed"))
    for name in CACHE_WRITES
]

_USERS = Query(
    REQUESTS,
    by=("session_id", *(label_name(label) for label in USER_LABELS)),
    stat="last",
)

_Place = tuple[tuple[str, ...], int]
"""The values of a cell's labels, and the end of its bucket."""


@dataclass
class _Tally:
    """What belongs into one cell."""

    requests: int = 0
    sums: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    sessions: set[str] = field(default_factory=set)
    prompts: set[str] = field(default_factory=set)
    times_ns: list[int] = field(default_factory=list)


class StackUsage:
    """Answers usage from a stack: each number a sum in LogQL by the labels and the session.

    Requests are counted by their prompts too. Sessions that have counters and no request are added
    from Prometheus. Any thread may ask.
    """

    def __init__(self, client: StackClient) -> None:
        self._client = client
        self._counter_only = CounterOnlySessions(client)

    def cells(self, query: UsageQuery, window: Window, scope: Scope) -> list[UsageCell]:
        names = [label_name(label) for label in query.labels]
        events = self._of_requests(names, query.stepped, window, scope)
        counters = self._of_counters(names, query.stepped, window, scope)
        return [*_cells(names, events, "events"), *_cells(names, counters, "counters")]

    def users(self, sessions: Iterable[str], window: Window) -> dict[str, str]:
        wanted = frozenset(sessions)
        values = self._client.query_values([_USERS], window, Scope())[_USERS]
        return {
            session: user
            for (session, *labels), _, _ in sorted(values, key=lambda value: value[2])
            if session in wanted and (user := user_of(labels))
        }

    def cache_writes(
        self, window: Window, scope: Scope
    ) -> dict[tuple[str, str], tuple[float, float]]:
        values = self._client.query_values(_WRITES, window, scope)
        sums: defaultdict[tuple[str, str], list[float]] = defaultdict(lambda: [0.0, 0.0])
        for at, query in enumerate(_WRITES):
            for (model, speed), _, number in values[query]:
                sums[model, speed][at] += number
        return {key: (short, long) for key, (short, long) in sums.items()}

    def branches(self, window: Window, scope: Scope) -> Iterator[Branch]:
        values = self._client.query_values([_BRANCHES], window, scope)[_BRANCHES]
        for (prompt, name), _, last_ns in values:
            yield Branch(prompt, name, int(last_ns))

    def _of_requests(
        self, names: Sequence[str], stepped: bool, window: Window, scope: Scope
    ) -> dict[_Place, _Tally]:
        by = tuple(dict.fromkeys((*names, "session_id")))
        sums = {kind: Query(measure, by, stepped=stepped) for kind, measure in _SUMS.items()}
        counted = Query(REQUESTS, tuple(dict.fromkeys((*by, "prompt_id"))), stepped=stepped)
        times = [Query(REQUESTS, by, stepped=stepped, stat=stat) for stat in ("first", "last")]
        values = self._client.query_values([*sums.values(), counted, *times], window, scope)
        tallies: defaultdict[_Place, _Tally] = defaultdict(_Tally)

        def place(labels: Sequence[str], end_ns: int) -> _Place:
            return tuple(labels[: len(names)]), end_ns if stepped else window.to_ns

        for labels, end_ns, number in values[counted]:
            tally = tallies[place(labels, end_ns)]
            tally.requests += round(number)
            tally.sessions.add(labels[counted.by.index("session_id")])
            tally.prompts.add(labels[counted.by.index("prompt_id")])
        for kind, query in sums.items():
            for labels, end_ns, number in values[query]:
                tallies[place(labels, end_ns)].sums[kind] += number
        for query in times:
            for labels, end_ns, number in values[query]:
                tallies[place(labels, end_ns)].times_ns.append(int(number))
        return tallies

    def _of_counters(
        self, names: Sequence[str], stepped: bool, window: Window, scope: Scope
    ) -> dict[_Place, _Tally]:
        grown = self._client.query_values(_BY_SESSION, window, scope)
        having = {session for values in grown.values() for (session,), _, _ in values}
        alone = self._counter_only.among(having, window.from_ns)
        if not alone:
            return {}
        by = tuple(dict.fromkeys((*names, "session_id")))
        cost = Query(COST_COUNTED, by, stepped=stepped)
        tokens = Query(TOKENS_COUNTED, (*by, "type"), stepped=stepped)
        values = self._client.query_values([cost, tokens], window, scope, alone)
        tallies: defaultdict[_Place, _Tally] = defaultdict(_Tally)
        kinds = [(_COST, labels, end, n) for labels, end, n in values[cost]]
        kinds += [(labels[-1], labels, end, n) for labels, end, n in values[tokens]]
        for kind, labels, end_ns, number in kinds:
            end_ns = end_ns if stepped else window.to_ns
            tally = tallies[tuple(labels[: len(names)]), end_ns]
            tally.sums[kind] += number
            tally.sessions.add(labels[by.index("session_id")])
        ends = [bucket.to_ns for bucket in (window.buckets() if stepped else [window.whole])]
        for query in (cost, tokens):
            for metric, at, _ in self._counter_only.samples(query, window, scope, alone):
                of_sample = tuple(label_value(query, name, metric) for name in names)
                place = of_sample, ends[bisect_left(ends, at)]
                if place in tallies:
                    tallies[place].times_ns.append(at)
        return tallies


def _cells(
    names: Sequence[str], tallies: dict[_Place, _Tally], signal: MeasureSignal
) -> Iterator[UsageCell]:
    for (labels, end_ns), tally in tallies.items():
        yield UsageCell(
            tuple([_value_of(name, label) for name, label in zip(names, labels, strict=True)]),
            end_ns,
            signal,
            tally.requests,
            tally.sums.get(_COST),
            TokenKinds(*(tally.sums[kind] for kind in TOKENS_BY_TYPE)),
            frozenset(tally.sessions),
            frozenset(prompt for prompt in tally.prompts if _value_of("prompt_id", prompt)),
            min(tally.times_ns, default=end_ns),
            max(tally.times_ns, default=end_ns),
        )


def _value_of(name: str, label: str) -> str:
    """The label's value, nothing for a prompt that is not told."""
    return "" if name == "prompt_id" and label == UNKNOWN else label

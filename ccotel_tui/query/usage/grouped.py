"""A source whose numbers may be grouped by the keys of usage too, as if they were labels."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from ccotel_tui.query.measures import (
    CACHE_CREATION,
    CACHE_READ,
    COST,
    INPUT,
    OUTPUT,
    TOKENS,
    Measure,
)
from ccotel_tui.query.query import (
    Answer,
    Current,
    EventKind,
    EventRow,
    Query,
    Scope,
    Series,
    UsageCell,
    UsageQuery,
)
from ccotel_tui.query.source import Backend
from ccotel_tui.query.usage.keys import Names, usage_key
from ccotel_tui.query.usage.usage import branch_names
from ccotel_tui.query.window import Bucket, Window

DERIVED = (
    *("project", "branch", "agent", "skill", "plugin", "mcp_server", "user", "effort", "speed"),
)
"""The keys that are not labels of every source."""

_NUMBERS: Mapping[Measure, Callable[[UsageCell], float]] = {
    COST: lambda cell: cell.cost or 0.0,
    TOKENS: lambda cell: sum(cell.tokens),
    INPUT: lambda cell: cell.tokens.input,
    OUTPUT: lambda cell: cell.tokens.output,
    CACHE_READ: lambda cell: cell.tokens.cache_read,
    CACHE_CREATION: lambda cell: cell.tokens.cache_creation,
}
"""The measures that a cell of usage tells."""

SUMMED = frozenset(_NUMBERS)
"""What can be grouped by every key; other events by `project` alone."""

_BY_PROJECT = ("project", "session_id")


@dataclass(frozen=True)
class GroupedSource:
    """The backend's source; a query by one of DERIVED is answered from usage.

    `projects` names the project of sessions whose records name none.
    """

    backend: Backend
    projects: Mapping[str, str]

    def numbers(
        self, queries: Iterable[Query], window: Window, scope: Scope
    ) -> dict[Query, Answer]:
        plain: list[Query] = []
        derived: defaultdict[str, list[Query]] = defaultdict(list)
        for query in queries:
            name = query.by[0] if len(query.by) == 1 and query.by[0] in DERIVED else ""
            (derived[name] if name and query.measure in SUMMED else plain).append(query)
        regrouped = {query: self._as_asked(query) for query in plain}
        totals = {q: q._replace(by=()) for of_key in derived.values() for q in of_key}
        wanted = {*regrouped.values(), *totals.values()}
        calls: list[Callable[[], Any]] = [
            partial(self._cells, name, window, scope) for name in derived
        ]
        source = self.backend.source
        answers, *cells = self.backend.run_together(
            [partial(source.numbers, wanted, window, scope), *calls]
        )
        result = {
            query: answers[wider] if query == wider else self._folded(answers[wider], window)
            for query, wider in regrouped.items()
        }
        for (name, of_key), of_cells in zip(derived.items(), cells, strict=True):
            for query in of_key:
                result[query] = _series(query, name, of_cells, answers[totals[query]], window)
        return result

    def rows(
        self,
        kinds: Iterable[EventKind],
        window: Window,
        scope: Scope,
        limit: int,
        *,
        oldest: bool = False,
    ) -> list[EventRow]:
        return self.backend.source.rows(kinds, window, scope, limit, oldest=oldest)

    def rows_within(
        self, kind: EventKind, stretches: Sequence[Bucket], scope: Scope
    ) -> list[EventRow]:
        return self.backend.source.rows_within(kind, stretches, scope)

    def current(self, to_ns: int, scope: Scope) -> Current | None:
        return self.backend.source.current(to_ns, scope)

    def last_record_ns(self, now_ns: int) -> int | None:
        return self.backend.source.last_record_ns(now_ns)

    def _as_asked(self, query: Query) -> Query:
        return query._replace(by=_BY_PROJECT) if query.by == ("project",) else query

    def _folded(self, answer: Answer, window: Window) -> Answer:
        """The series of each project, of those of each project and session."""
        key, names = usage_key("project"), Names(projects=self.projects)
        folded: defaultdict[str, list[Series]] = defaultdict(list)
        for series in answer:
            folded[key.value(series.labels, window.to_ns, window.zone, names)].append(series)
        return tuple(_joined({"project": name}, each) for name, each in folded.items())

    def _cells(self, name: str, window: Window, scope: Scope) -> list[tuple[str, UsageCell]]:
        """The cells of the window's buckets, each with its value of the key."""
        key = usage_key(name)
        names = Names(projects=self.projects)
        if name == "branch":
            names = branch_names(self.backend, window, scope)
        cells = self.backend.usage.cells(UsageQuery(key.labels, stepped=True), window, scope)
        return [
            (
                key.value(dict(zip(key.labels, cell.labels, strict=True)), 0, window.zone, names),
                cell,
            )
            for cell in cells
        ]


def _series(
    query: Query,
    name: str,
    cells: Sequence[tuple[str, UsageCell]],
    total: Answer,
    window: Window,
) -> Answer:
    """A series for each value; where the total is not known, its parts are not."""
    if not total:
        return ()
    ends = [end for end, _ in total[0].points]
    unknown = {end for end, number in total[0].points if number is None}
    number_of = _NUMBERS[query.measure]
    sums: defaultdict[str, dict[int, float]] = defaultdict(dict)
    counted: defaultdict[str, set[str]] = defaultdict(set)
    for value, cell in cells:
        end = cell.to_ns if query.stepped else window.to_ns
        sums[value][end] = sums[value].get(end, 0.0) + number_of(cell)
        counted[value].add(cell.signal)
    return tuple(
        Series(
            {name: value},
            tuple([(end, None if end in unknown else of_end.get(end, 0.0)) for end in ends]),
            "counters" if counted[value] == {"counters"} else "events",
            mixed=len(counted[value]) > 1,
            exact=all(series.exact for series in total),
        )
        for value, of_end in sums.items()
    )


def _joined(labels: Mapping[str, str], series: Sequence[Series]) -> Series:
    """One series of the sums of all; None where none of them is known."""
    points = []
    for alike in zip(*(each.points for each in series), strict=True):
        numbers = [number for _, number in alike if number is not None]
        points.append((alike[0][0], sum(numbers) if numbers else None))
    exact = all(each.exact for each in series)
    return series[0]._replace(labels=labels, points=tuple(points), exact=exact)

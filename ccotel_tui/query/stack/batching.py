"""Derives coarse aggregates from finer ones that are fetched anyway. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations

from ccotel_tui.query.measures import Condition
from ccotel_tui.query.query import SUMS, LabelValues, Query

MANY = {"session_id", "prompt_id"}
"""Labels of many values: no bucket is split by them only to ask less often."""


SessionPlace = tuple[str, LabelValues, int]
"""A session, the labels under which it is counted and the end of the bucket."""


@dataclass(frozen=True)
class QueryPlan:
    """The queries that are sent for those that were asked.

    `fields` has each query as one for each field that it sums or event that it counts, `fetched`
    for each of those the query that is sent: itself, or a finer one that several follow from.
    """

    fields: Mapping[Query, Sequence[Query]]
    fetched: Mapping[Query, Query]

    @property
    def queries(self) -> set[Query]:
        """The queries that are sent."""
        return set(self.fetched.values())

    def values(
        self,
        query: Query,
        fetched_values: Mapping[Query, Iterable[tuple[LabelValues, int, float]]],
        end_ns: int,
    ) -> Iterator[tuple[LabelValues, int, float]]:
        """Return the query's numbers by those that were fetched, over a window that ends then."""
        counted: set[SessionPlace] = set()
        for field in self.fields[query]:
            finer = self.fetched[field]
            yield from roll_up(finer, field, fetched_values[finer], end_ns, counted)


def plan_queries(queries: Iterable[Query], by_event: bool = False) -> QueryPlan:
    """Plan what is sent for these queries.

    `by_event`: the server reads some events without reading the others, so that a count of several
    is asked for each, as other queries may ask already.
    """
    fields = {
        query: [part for field in split_fields(query) for part in split_events(field, by_event)]
        for query in queries
    }
    return QueryPlan(fields, plan(field for each in fields.values() for field in each))


def split_fields(query: Query) -> list[Query]:
    """Return the query as one for each field that it sums; what is no sum is one by itself."""
    if isinstance(query.stat, float):
        return [query]
    measure = query.measure._replace(fallback=None, labels=frozenset())
    summed = measure.fields if query.stat in SUMS else ()
    fields: list[tuple[str, ...]] = [(field,) for field in summed] or [()]
    return [query._replace(measure=measure._replace(fields=field)) for field in fields]


def split_events(query: Query, by_event: bool) -> list[Query]:
    """Return a count of several events as one for each of them, where that is wanted."""
    measure = query.measure
    counts = measure.signal == "events" and query.stat in ("sum", "sessions")
    if not by_event or not counts or len(measure.records) < 2:
        return [query]
    return [
        query._replace(measure=measure._replace(records=(record,))) for record in measure.records
    ]


def plan(queries: Iterable[Query]) -> dict[Query, Query]:
    """Return for each query the one that is sent for it: itself, or one that answers several.

    Sessions are counted here: a server may refuse to have many of them in one answer, but not in
    the answers about one day after the other.
    """
    distinct = sorted(set(queries), key=repr)
    by_session = {_by_session(query) for query in distinct if query.stat == "sessions"}
    joined = {both for pair in permutations(distinct, 2) if (both := _joined(*pair))}
    chosen: dict[Query, Query] = {}
    for finer in [
        *sorted(
            {query for query in distinct if query.stat != "sessions"} | joined, key=_finest_first
        ),
        *sorted(by_session, key=_finest_first),
    ]:
        covered = [query for query in distinct if query not in chosen and _covers(finer, query)]
        if len(covered) > 1 or finer in covered or finer in by_session:
            chosen |= dict.fromkeys(covered, _coarsest(finer, covered))
    return chosen


def roll_up(
    finer: Query,
    query: Query,
    values: Iterable[tuple[LabelValues, int, float]],
    end_ns: int,
    counted: set[SessionPlace],
) -> Iterator[tuple[LabelValues, int, float]]:
    """Return the finer query's numbers under the other's labels, at the end if it has no steps.

    Sessions that are `counted` are not counted again, and those that are here are added to them.
    """
    places: Sequence[int] = [finer.by.index(label) for label in query.by]
    wanted = [(finer.by.index(only.label), only.value) for only in _narrower(finer, query)]
    for labels, at, number in values:
        if any(labels[place] != value for place, value in wanted):
            continue
        group = tuple(labels[place] for place in places)
        end = at if query.stepped else end_ns
        if query.stat == "sessions":
            session = labels[finer.by.index("session_id")], group, end
            if session in counted:
                continue
            counted.add(session)
            number = 1.0
        yield group, end, number


def _joined(query: Query, other: Query) -> Query | None:
    """One sum that covers both, where it is hardly more to answer than the finer of them."""
    if (query.measure, query.stat, other.stat) != (other.measure, "sum", "sum"):
        return None
    if query.where != other.where[: len(query.where)]:
        return None
    labels = {*query.by, *other.by, *(only.label for only in _narrower(query, other))}
    both = query._replace(by=tuple(sorted(labels)), stepped=query.stepped or other.stepped)
    split = both.stepped and MANY & labels
    return both if _covers(both, other) and not split else None


def _by_session(query: Query) -> Query:
    labels = dict.fromkeys(("session_id", *query.by))
    return query._replace(by=tuple(labels), stat="sum")


def _covers(finer: Query, query: Query) -> bool:
    if (finer.measure, finer.where) != (query.measure, query.where[: len(finer.where)]):
        return False
    only = _narrower(finer, query)
    labels = {*query.by, *(condition.label for condition in only)}
    if not labels <= set(finer.by) or any(condition.negated for condition in only):
        return False
    if query.stat == "sessions":
        return "session_id" in finer.by and finer.stepped == query.stepped
    return finer == query or (finer.stat == query.stat == "sum" and finer.stepped >= query.stepped)


def _coarsest(finer: Query, covered: Iterable[Query]) -> Query:
    """The finer query without what none of those needs that it covers: each label adds series."""
    covered = list(covered)
    labels = {label for query in covered for label in query.by}
    labels |= {only.label for query in covered for only in _narrower(finer, query)}
    if any(query.stat == "sessions" for query in covered):
        labels.add("session_id")
    return finer._replace(
        by=tuple(label for label in finer.by if label in labels),
        stepped=any(query.stepped for query in covered),
    )


def _narrower(finer: Query, query: Query) -> tuple[Condition, ...]:
    """The conditions that only the coarser one sets."""
    return query.where[len(finer.where) :]


def _finest_first(query: Query) -> tuple[object, ...]:
    return not query.stepped, -len(query.by), repr(query)

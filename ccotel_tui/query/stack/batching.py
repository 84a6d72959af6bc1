"""Derives coarse aggregates from finer ones that are fetched anyway. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import permutations

from ccotel_tui.query.measures import Condition
from ccotel_tui.query.query import SUMS, Query

Labels = tuple[str, ...]

MANY = {"session_id", "prompt_id"}
"""Labels of many values: no bucket is split by them only to ask less often."""


@dataclass(frozen=True)
class QueryPlan:
    """Which queries are sent for those that were asked.

    `fields` has each query as one for each field that it sums, `fetched` for each of those the
    query that is sent: itself, or a finer one that several follow from.
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
        fetched_values: Mapping[Query, Iterable[tuple[Labels, int, float]]],
        end_ns: int,
    ) -> Iterator[tuple[Labels, int, float]]:
        """Return the query's numbers by those that were fetched, over a window that ends then."""
        for field in self.fields[query]:
            finer = self.fetched[field]
            yield from roll_up(finer, field, fetched_values[finer], end_ns)


def plan_queries(queries: Iterable[Query]) -> QueryPlan:
    """Plan what is sent for these queries."""
    fields = {query: split_fields(query) for query in queries}
    return QueryPlan(fields, plan(field for each in fields.values() for field in each))


def split_fields(ask: Query) -> list[Query]:
    """The ask as one for each field that it sums; what is no sum is one by itself."""
    if isinstance(ask.stat, float):
        return [ask]
    measure = replace(ask.measure, fallback=None, labels=frozenset())
    summed = measure.fields if ask.stat in SUMS else ()
    fields: list[tuple[str, ...]] = [(field,) for field in summed] or [()]
    return [replace(ask, measure=replace(measure, fields=one)) for one in fields]


def plan(asks: Iterable[Query]) -> dict[Query, Query]:
    """For each ask the one that has to be asked for it: itself, or one that answers several.

    Sessions are counted here: a server may refuse to have many of them in one answer, but not in
    the answers about one day after the other.
    """
    own = sorted(set(asks), key=repr)
    by_session = {_by_session(ask) for ask in own if ask.stat == "sessions"}
    joined = {both for pair in permutations(own, 2) if (both := _joined(*pair))}
    chosen: dict[Query, Query] = {}
    for finer in [
        *sorted({ask for ask in own if ask.stat != "sessions"} | joined, key=_finest_first),
        *sorted(by_session, key=_finest_first),
    ]:
        covered = [ask for ask in own if ask not in chosen and _covers(finer, ask)]
        if len(covered) > 1 or finer in covered or finer in by_session:
            chosen |= dict.fromkeys(covered, finer)
    return chosen


def roll_up(
    asked: Query, ask: Query, found: Iterable[tuple[Labels, int, float]], end_ns: int
) -> Iterator[tuple[Labels, int, float]]:
    """The numbers of `asked` under the labels of `ask`, at the window's end if it has no steps."""
    places: Sequence[int] = [asked.by.index(label) for label in ask.by]
    wanted = [(asked.by.index(only.label), only.value) for only in _narrower(asked, ask)]
    counted: set[tuple[str, Labels, int]] = set()
    for labels, at, number in found:
        if any(labels[place] != value for place, value in wanted):
            continue
        own = tuple(labels[place] for place in places)
        end = at if ask.stepped else end_ns
        if ask.stat == "sessions":
            session = labels[asked.by.index("session_id")], own, end
            if session in counted:
                continue
            counted.add(session)
            number = 1.0
        yield own, end, number


def _joined(ask: Query, other: Query) -> Query | None:
    """One sum that covers both, where it is hardly more to answer than the finer of them."""
    if (ask.measure, ask.stat, other.stat) != (other.measure, "sum", "sum"):
        return None
    if ask.where != other.where[: len(ask.where)]:
        return None
    labels = {*ask.by, *other.by, *(only.label for only in _narrower(ask, other))}
    both = replace(ask, by=tuple(sorted(labels)), stepped=ask.stepped or other.stepped)
    split = both.stepped and MANY & labels
    return both if _covers(both, other) and not split else None


def _by_session(ask: Query) -> Query:
    labels = dict.fromkeys(("session_id", *ask.by))
    return replace(ask, by=tuple(labels), stat="sum")


def _covers(finer: Query, ask: Query) -> bool:
    if (finer.measure, finer.where) != (ask.measure, ask.where[: len(finer.where)]):
        return False
    only = _narrower(finer, ask)
    labels = {*ask.by, *(condition.label for condition in only)}
    if not labels <= set(finer.by) or any(condition.negated for condition in only):
        return False
    if ask.stat == "sessions":
        return "session_id" in finer.by and finer.stepped == ask.stepped
    return finer == ask or (finer.stat == ask.stat == "sum" and finer.stepped >= ask.stepped)


def _narrower(finer: Query, ask: Query) -> tuple[Condition, ...]:
    """The conditions that only the coarser one sets."""
    return ask.where[len(finer.where) :]


def _finest_first(ask: Query) -> tuple[object, ...]:
    return not ask.stepped, -len(ask.by), repr(ask)

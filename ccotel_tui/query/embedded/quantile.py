"""Quantiles of raw values, linear between ranks as PromQL and LogQL have them. Pure."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from math import floor

from ccotel_tui.query.query import LabelValues, Query

SortedRun = Sequence[float]
"""Values in ascending order, of which there is at least one."""


def finest(queries: Sequence[Query]) -> Query:
    """The query whose raw values answer all of these, which differ in how they group."""
    by = tuple(dict.fromkeys(label for query in queries for label in query.by))
    first = queries[0]
    stepped = any(query.stepped for query in queries)
    return Query(first.measure, by, first.where, stepped, first.stat)


def quantiles(
    queries: Iterable[Query], by: Sequence[str], raw: Iterable[tuple[int, LabelValues, SortedRun]]
) -> dict[Query, dict[LabelValues, dict[int, float]]]:
    """Each query's quantiles by labels and index, from runs by index and the labels of `by`."""
    raw = tuple(raw)
    by_query: dict[Query, dict[LabelValues, dict[int, float]]] = {}
    for query in queries:
        assert isinstance(query.stat, float)
        places = [by.index(label) for label in query.by]
        groups: defaultdict[tuple[LabelValues, int], list[SortedRun]] = defaultdict(list)
        for index, labels, run in raw:
            group = tuple(labels[place] for place in places)
            groups[group, index if query.stepped else 0].append(run)
        numbers: defaultdict[LabelValues, dict[int, float]] = defaultdict(dict)
        for (group, index), runs in groups.items():
            numbers[group][index] = quantile(runs, query.stat)
        by_query[query] = numbers
    return by_query


def quantile(runs: Sequence[SortedRun], q: float) -> float:
    """The q-quantile (0 to 1) of the values of all runs."""
    rank = q * (sum(map(len, runs)) - 1)
    lower, upper = _neighbours(runs, floor(rank))
    return lower + (upper - lower) * (rank - floor(rank))


def _neighbours(runs: Sequence[SortedRun], place: int) -> tuple[float, float]:
    """The values at this place and the next (the last has none but itself) of all in order.

    The runs are not merged: each step rules out what is on one side of a value, until that is it.
    """
    spans = [(run, 0, len(run)) for run in runs]
    while True:
        run, low, high = max(spans, key=_length)
        pivot = run[(low + high) // 2]
        cuts = [
            (
                run,
                low,
                bisect_left(run, pivot, low, high),
                bisect_right(run, pivot, low, high),
                high,
            )
            for run, low, high in spans
        ]
        below = sum(start - low for _, low, start, _, _ in cuts)
        through = sum(end - low for _, low, _, end, _ in cuts)
        if place < below:
            spans = [(run, low, start) for run, low, start, _, _ in cuts if low < start]
        elif place >= through:
            spans = [(run, end, high) for run, _, _, end, high in cuts if end < high]
            place -= through
        elif place + 1 < through:
            return pivot, pivot
        else:
            ends = ((run, bisect_right(run, pivot)) for run in runs)
            return pivot, min((run[end] for run, end in ends if end < len(run)), default=pivot)


def _length(span: tuple[SortedRun, int, int]) -> int:
    return span[2] - span[1]

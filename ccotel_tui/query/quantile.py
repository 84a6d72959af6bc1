"""Quantiles of raw values, linear between ranks as PromQL and LogQL have them. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import chain
from math import floor

from ccotel_tui.query.ask import Ask

Labels = tuple[str, ...]
Raw = tuple[int, Labels, Sequence[float]]
"""The index of a bucket, labels, and the values of the records in it, in ascending order."""


def finest(asks: Sequence[Ask]) -> Ask:
    """The question whose raw values answer all of these, which differ in how they group."""
    by = tuple(dict.fromkeys(label for ask in asks for label in ask.by))
    first = asks[0]
    stepped = any(ask.stepped for ask in asks)
    return Ask(first.measure, by, first.where, stepped, first.stat)


def quantiles(
    asks: Iterable[Ask], by: Sequence[str], raw: Iterable[Raw]
) -> dict[Ask, dict[Labels, dict[int, float]]]:
    """Each ask's quantiles by labels and index, from raw values under the labels of `by`.

    The finest grouping is made first, and each coarser one from what is merged already.
    """
    found: dict[Ask, dict[Labels, dict[int, float]]] = {}
    merged = list(raw)
    for ask in sorted(asks, key=lambda ask: (not ask.stepped, -len(ask.by))):
        if set(ask.by) <= set(by):
            merged, by = _merged(ask, by, merged), ask.by
        assert isinstance(ask.stat, float)
        own: defaultdict[Labels, dict[int, float]] = defaultdict(dict)
        for index, labels, values in merged:
            own[labels][index] = quantile(values, ask.stat)
        found[ask] = own
    return found


def _merged(ask: Ask, by: Sequence[str], raw: Iterable[Raw]) -> list[Raw]:
    places = [by.index(label) for label in ask.by]
    groups: defaultdict[tuple[int, Labels], list[Sequence[float]]] = defaultdict(list)
    for index, labels, values in raw:
        key = index if ask.stepped else 0, tuple(labels[place] for place in places)
        groups[key].append(values)
    # Runs that are in order already: sorting merges them.
    return [
        (*key, runs[0] if len(runs) == 1 else sorted(chain.from_iterable(runs)))
        for key, runs in groups.items()
    ]


def quantile(ordered: Sequence[float], q: float) -> float:
    """The q-quantile (0 to 1) of values in ascending order, of which there is at least one."""
    rank = q * (len(ordered) - 1)
    lower = floor(rank)
    upper = min(lower + 1, len(ordered) - 1)
    return ordered[lower] + (ordered[upper] - ordered[lower]) * (rank - lower)

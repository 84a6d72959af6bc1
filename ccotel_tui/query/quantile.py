"""Quantiles of raw values, linear between ranks as PromQL and LogQL have them. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
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
    """Each ask's quantiles by labels and index, from raw values under the labels of `by`."""
    raw = list(raw)
    merged: dict[tuple[object, ...], dict[tuple[Labels, int], list[float]]] = {}
    found: dict[Ask, dict[Labels, dict[int, float]]] = {}
    for ask in asks:
        grouping = (ask.by, ask.stepped)
        if grouping not in merged:
            merged[grouping] = _merged(ask, by, raw)
        assert isinstance(ask.stat, float)
        found[ask] = {}
        for (labels, index), values in merged[grouping].items():
            found[ask].setdefault(labels, {})[index] = quantile(values, ask.stat)
    return found


def _merged(
    ask: Ask, by: Sequence[str], raw: Iterable[Raw]
) -> dict[tuple[Labels, int], list[float]]:
    places = [by.index(label) for label in ask.by]
    groups: defaultdict[tuple[Labels, int], list[float]] = defaultdict(list)
    for index, labels, values in raw:
        key = tuple(labels[place] for place in places), index if ask.stepped else 0
        groups[key].extend(values)
    for group in groups.values():
        # Runs that are in order already: sorting merges them.
        group.sort()
    return groups


def quantile(ordered: Sequence[float], q: float) -> float:
    """The q-quantile (0 to 1) of values in ascending order, of which there is at least one."""
    rank = q * (len(ordered) - 1)
    lower = floor(rank)
    upper = min(lower + 1, len(ordered) - 1)
    return ordered[lower] + (ordered[upper] - ordered[lower]) * (rank - lower)

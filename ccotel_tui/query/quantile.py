"""Quantiles of raw values, linear between ranks as PromQL and LogQL have them. Pure."""

from collections.abc import Sequence
from math import floor


def quantile(ordered: Sequence[float], q: float) -> float:
    """The q-quantile (0 to 1) of values in ascending order, of which there is at least one."""
    rank = q * (len(ordered) - 1)
    lower = floor(rank)
    upper = min(lower + 1, len(ordered) - 1)
    return ordered[lower] + (ordered[upper] - ordered[lower]) * (rank - lower)

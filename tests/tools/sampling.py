"""Which cases of a test `make test` runs, and which only `make test-slow` does."""

from collections.abc import Iterable, Sequence
from itertools import product

import pytest
from _pytest.mark import ParameterSet


def mostly_slow(values: Iterable[object], quick: int = 1) -> list[ParameterSet]:
    """Return a case a value, of which the first ones are quick."""
    return [
        pytest.param(value, marks=() if number < quick else pytest.mark.slow)
        for number, value in enumerate(values)
    ]


def pairs(many: Sequence[object], few: Sequence[object]) -> list[ParameterSet]:
    """Return a case a pair; those are quick that have between them each value once."""
    return [
        pytest.param(
            many[row],
            few[column],
            marks=() if row % len(few) == column else pytest.mark.slow,
        )
        for row, column in product(range(len(many)), range(len(few)))
    ]

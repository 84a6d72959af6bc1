"""Numbers bounded to what can be shown: one record can take a sum beyond that. Pure.

Every answer of a source is bounded: what is beyond is NaN in it, which every sum, difference and
ratio of it stays, and which whoever shows or writes numbers turns into None.
"""

from math import isfinite, nan

LARGEST_SUM = 1e24
"""A billion records of the largest number that a record can tell."""


def bounded(number: float) -> float:
    """The number, NaN where it is beyond LARGEST_SUM or none at all."""
    return number if -LARGEST_SUM <= number <= LARGEST_SUM else nan


def finite(number: float | None) -> float | None:
    """The number where it can be shown, else None."""
    return number if number is not None and isfinite(number) else None

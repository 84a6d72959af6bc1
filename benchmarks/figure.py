"""A figure: what was measured, and what it must not exceed."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

_NAME = 76


@dataclass(frozen=True, slots=True)
class Figure:
    """A number in `unit`; without a limit it is only told."""

    name: str
    measured: float
    unit: str
    limit: float | None = None

    @property
    def verdict(self) -> str:
        if self.limit is None:
            return ""
        return "ok" if self.measured <= self.limit else "missed"


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is measured: `seconds` of a steady state, `rounds` of what is short."""

    seconds: float = 60.0
    rounds: int = 15
    presses: int = 100
    long: bool = False


QUICK = Effort(seconds=20.0, rounds=7, presses=40)


HEADER = f"{'figure':{_NAME}} {'measured':>14} {'limit':>10} {'ratio':>6}"


def row(figure: Figure) -> str:
    """The figure as a line of the table; the ratio is the measured number over its limit."""
    measured = f"{_number(figure.measured)} {figure.unit}".rstrip()
    if figure.limit is None:
        return f"{figure.name:{_NAME}} {measured:>14}"
    limit = f"{_number(figure.limit)} {figure.unit}".rstrip()
    ratio = f"{figure.measured / figure.limit:.2f}"
    return f"{figure.name:{_NAME}} {measured:>14} {limit:>10} {ratio:>6}  {figure.verdict}"


def percentile(values: Sequence[float], q: float) -> float:
    """The smallest of the values that at least the share `q` of them does not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(q * len(ordered)) - 1)]


def _number(number: float) -> str:
    """Three figures, or all before the point."""
    if abs(number) >= 100:
        return f"{number:,.0f}"
    return f"{number:.1f}" if abs(number) >= 10 else f"{number:.2f}"

"""A figure: a number that was measured, and the counterpart that its limit is a multiple of."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from benchmarks.limits import LIMITS

_NAME = 78


@dataclass(frozen=True, slots=True)
class Counterpart:
    """The other side of a ratio, measured in the same run and in the figure's unit."""

    name: str
    measured: float


@dataclass(frozen=True, slots=True)
class Figure:
    """A number in `unit`; `limit` names one of LIMITS. Without a counterpart it has no ratio."""

    name: str
    measured: float
    unit: str
    counterpart: Counterpart | None = None
    limit: str = ""

    @property
    def ratio(self) -> float:
        """The figure in multiples of its counterpart; NaN without one."""
        if self.counterpart is None:
            return math.nan
        # What takes less than can be measured is compared with the least that can.
        return self.measured / max(self.counterpart.measured, 1e-9)

    @property
    def is_missed(self) -> bool:
        return bool(self.limit) and self.ratio > LIMITS[self.limit]


@dataclass(frozen=True, slots=True)
class Effort:
    """The size of a run: `seconds` of a steady state, `rounds` and `presses` of what is short."""

    seconds: float = 60.0
    rounds: int = 15
    presses: int = 100
    long: bool = False


QUICK = Effort(seconds=20.0, rounds=7, presses=40)


HEADER = f"{'figure':{_NAME}} {'measured':>14} {'ratio':>7} {'limit':>6}         of"


def row(figure: Figure) -> str:
    """Return the figure as a line of the table."""
    measured = f"{_number(figure.measured)} {figure.unit}".rstrip()
    line = f"{figure.name:{_NAME}} {measured:>14}"
    if (counterpart := figure.counterpart) is None:
        return line
    limit = f"{LIMITS[figure.limit]:g}" if figure.limit else ""
    verdict = "" if not figure.limit else "missed" if figure.is_missed else "ok"
    whole = f"{counterpart.name} ({_number(counterpart.measured)} {figure.unit})"
    return f"{line} {figure.ratio:>7.2f} {limit:>6} {verdict:7} {whole}"


def summary(figures: Iterable[Figure], failures: Sequence[str]) -> list[str]:
    """Return the end of the table: what missed its limit, and what could not be measured."""
    limited = [figure for figure in figures if figure.limit]
    missed = [figure for figure in limited if figure.is_missed]
    lines = [f"{len(limited) - len(missed)} of {len(limited)} limits hold."]
    lines += [
        f"missed: {figure.name}: {figure.ratio:.2f} x {figure.counterpart.name}, "
        f"limit {LIMITS[figure.limit]:g}"
        for figure in missed
        if figure.counterpart
    ]
    return lines + [f"not measured: {failure}" for failure in failures]


def percentile(values: Sequence[float], q: float) -> float:
    """Return the smallest of the values that at least the share `q` of them does not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(q * len(ordered)) - 1)]


def _number(number: float) -> str:
    """Return the number with three figures, or with all before the point."""
    if abs(number) >= 100:
        return f"{number:,.0f}"
    return f"{number:.1f}" if abs(number) >= 10 else f"{number:.2f}"

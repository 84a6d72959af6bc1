"""The values of a chart's rows, with ticks at steps that people count in. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import floor, log10

from ccotel_tui.panels.output.units import short
from ccotel_tui.query.measures import Unit

_FEWEST, _MOST = 3, 6
"""Ticks, where there are rows for them."""

_ROOMY = 12
"""Rows from which three ticks are few."""

_CLOCK_SECONDS = (
    *(1, 2, 5, 10, 20, 30),
    *(60 * minutes for minutes in (1, 2, 5, 10, 20, 30)),
)

_LEAST = 1e-12
"""What is less than this is drawn as nothing."""


@dataclass(frozen=True)
class Scale:
    """Rows from the bottom, `spacing` of them to a step; row 0 stands for `base`.

    A tick is the middle of its row, or with `on_edges` its lower edge, where bars end.
    """

    base: float
    step: float
    spacing: int
    rows: int
    on_edges: bool = False

    @property
    def per_row(self) -> float:
        return self.step / self.spacing

    @property
    def lowest(self) -> float:
        """The value of the canvas' lower edge."""
        return self.base if self.on_edges else self.base - self.per_row / 2

    @property
    def highest(self) -> float:
        """The value of the canvas' upper edge."""
        return self.lowest + self.rows * self.per_row

    def ticks(self) -> dict[int, float]:
        """The ticks' values by their rows, counted from the bottom."""
        return {
            row: self.base + at * self.step
            for at, row in enumerate(range(0, self.rows, self.spacing))
        }

    def row_of(self, value: float) -> int:
        """The row that the value is in, counted from the bottom."""
        return min(self.rows - 1, max(0, floor((value - self.lowest) / self.per_row)))


def scale_for(
    lowest: float, highest: float, rows: int, unit: Unit, *, on_edges: bool = False
) -> Scale:
    """The scale that holds 0 and both values and leaves the fewest rows blank, with 3 to 6 ticks.

    There are four rows at least.
    """
    lowest, highest = min(0.0, lowest), max(0.0, highest)
    reach = max(highest - lowest or _smallest_step(unit) or 1.0, _LEAST)
    spacings = [n for n in range(1, rows) if _FEWEST <= len(range(0, rows, n)) <= _MOST]
    return min(
        (
            scale
            for step in _steps(reach, unit)
            for spacing in spacings
            if (scale := Scale(floor(lowest / step) * step, step, spacing, rows, on_edges)).highest
            >= highest
        ),
        key=_blank,
    )


def _blank(scale: Scale) -> tuple[float, int]:
    """How high the canvas is in values, three ticks in many rows as a tenth more."""
    few = len(scale.ticks()) == _FEWEST and scale.rows >= _ROOMY
    return (scale.highest - scale.lowest) * (1.1 if few else 1.0), scale.spacing


def _steps(reach: float, unit: Unit) -> Iterator[float]:
    """The steps that are worth trying for a canvas that is to hold so much."""
    second = {"ms": 1000.0, "s": 1.0}.get(unit)
    if second is None or reach < second:
        steps = _decades(reach)
    else:
        hours = [3600 * step for step in _decades(reach / second / 3600) if step >= 1]
        steps = [second * seconds for seconds in (0.1, 0.2, 0.5, *_CLOCK_SECONDS, *hours)]
    smallest = _smallest_step(unit)
    fitting = [step for step in steps if smallest <= step and reach / 20 <= step <= reach * 10]
    yield from fitting or [max(smallest, reach)]


def _decades(reach: float) -> list[float]:
    """1, 2 and 5 by powers of ten around the number."""
    tens = floor(log10(reach))
    return [digit * 10.0**power for power in range(tens - 2, tens + 3) for digit in (1, 2, 5)]


def _smallest_step(unit: Unit) -> float:
    """What is counted has no halves."""
    return 1.0 if unit in ("1", "lines", "tokens", "s") else 0.0


def tick_labels(scale: Scale, unit: Unit) -> dict[int, str]:
    """The ticks' labels by their rows: $2, 400k, 1.5 s, 50%."""
    ticks = scale.ticks()
    largest = max(map(abs, ticks.values()))
    return {row: _label(value, scale.step, largest, unit) for row, value in ticks.items()}


def _label(value: float, step: float, largest: float, unit: Unit) -> str:
    match unit:
        case "usd":
            sign = "-" if value < 0 else ""
            return f"{sign}${_places(abs(value), step, least=2 if step < 1 else 0)}"
        case "ratio":
            return f"{_places(value * 100, step * 100)}%"
        case "ms" if largest < 1000:
            return f"{_places(value, step)} ms"
        case "ms":
            return _time(value / 1000, step / 1000, largest / 1000)
        case "s":
            return _time(value, step, largest)
        case "1/min" | "1/h" | "1/d":
            return f"{_places(value, step)}{unit[1:]}"
        case "tokens" | "lines" | "1":
            return _places(value, step)


def _places(value: float, step: float, least: int = 0) -> str:
    """As many places as the step has, and at least so many; thousands as k, M, B."""
    if not value:
        return "0"
    if abs(value) >= 1000:
        return short(value).replace(".0", "")
    return f"{value:.{max(least, -floor(log10(step)))}f}"


def _time(seconds: float, step: float, largest: float) -> str:
    """One unit for all ticks: the largest that the step is a whole number of."""
    if step >= 3600 and largest >= 3600:
        return f"{seconds / 3600:.0f} h"
    if step >= 60:
        return f"{seconds / 60:.0f} min"
    return f"{_places(seconds, step)} s"

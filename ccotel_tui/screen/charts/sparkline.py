"""A row of blocks in place of a chart. Pure."""

from collections.abc import Sequence
from math import isfinite

from textual.content import Content

from ccotel_tui.panels.output.units import shown
from ccotel_tui.screen.charts.bars import BLOCKS, merged
from ccotel_tui.screen.charts.chart import Chart


def latest(numbers: Sequence[float | None], most: int) -> list[float | None]:
    """At most so many numbers, each the last known of as many neighbours."""
    size = max(1, -(-len(numbers) // max(1, most)))
    return [
        next((n for n in reversed(numbers[at : at + size]) if n is not None), None)
        for at in range(0, len(numbers), size)
    ]


def sparkline(numbers: Sequence[float | None]) -> str:
    """A block a number, as high as it is beside the largest; a blank where it is not known."""
    top = max((n for n in numbers if n is not None and isfinite(n)), default=0.0)
    return "".join(
        " "
        if n is None or not isfinite(n)
        else "▁"
        if n <= 0 or not top
        else BLOCKS[max(1, round(8 * n / top))]
        for n in numbers
    )


def sparkline_of(chart: Chart, width: int) -> Content:
    """The most important series, or all bars together, in one line, with the last value."""
    room = max(4, width - 12)
    first = chart.series[0]
    numbers: Sequence[float | None]
    if chart.form == "bars":
        stacks = list(zip(*([n for _, n in s.points] for s in chart.series), strict=True))
        numbers = [sum(n or 0 for n in stack) for stack in merged(stacks, room)]
    else:
        numbers = latest([number for _, number in first.points], room)
    last = next((n for n in reversed(numbers) if n is not None), None)
    return Content.assemble((sparkline(numbers), "$amount"), f" {shown(last, chart.unit)}")

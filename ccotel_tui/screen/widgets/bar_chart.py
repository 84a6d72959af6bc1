"""Stacked bars over time, an eighth of a row fine."""

from collections.abc import Sequence
from itertools import pairwise

from textual.content import Content
from textual.widget import Widget

from ccotel_tui.panels.output.colours import css
from ccotel_tui.panels.output.units import shown
from ccotel_tui.panels.result import PanelAnswer
from ccotel_tui.query.query import Series
from ccotel_tui.query.window import Window
from ccotel_tui.screen.widgets.frame import GUTTER, FrameCell, framed
from ccotel_tui.screen.widgets.timeline import BLOCKS, merged

_BLANK: FrameCell = (" ", "")


class BarPlot(Widget):
    """A bar a bucket, or for as many neighbours as the pane needs, with the largest sum beside."""

    def __init__(self) -> None:
        super().__init__()
        self._curves: Sequence[tuple[Series, float | None]] = ()
        self._answer: PanelAnswer | None = None
        self._window: Window | None = None

    def show(
        self,
        curves: Sequence[tuple[Series, float | None]],
        answer: PanelAnswer | None,
        window: Window,
    ) -> None:
        self._curves, self._answer, self._window = curves, answer, window
        self.refresh()

    def render(self) -> Content:
        if not self._curves or self._answer is None or self._window is None:
            return Content("")
        room = max(1, self.size.width - GUTTER)
        stacks = stacked([series for series, _ in self._curves], room)
        top = max(sum(stack) for stack in stacks)
        edges = [at * room // len(stacks) for at in range(len(stacks) + 1)]
        widths = [right - left for left, right in pairwise(edges)]
        height = max(1, self.size.height - 1)
        columns = [column([n / (top or 1) * height for n in stack], height) for stack in stacks]
        rows = [
            [_widened(one[row], wide) for one, wide in zip(columns, widths, strict=True)]
            for row in reversed(range(height))
        ]
        return framed(rows, shown(top, self._answer.panel.unit), self._window)


def stacked(series: Sequence[Series], most: int) -> list[list[float]]:
    """For each bar what the series amount to in it, in their order."""
    parts = [merged([number for _, number in one.points], most) for one in series]
    return [[number or 0.0 for number in bar] for bar in zip(*parts, strict=True)]


def column(parts: Sequence[float], height: int) -> list[FrameCell]:
    """A bar's cells from the bottom, its parts given in rows; each part in its series' colour."""
    ends: list[tuple[float, int]] = []
    total = 0.0
    for index, part in enumerate(parts):
        if part > 0:
            total += part
            ends.append((total, index))
    return [_cell(ends, total, row) for row in range(height)]


def _cell(ends: Sequence[tuple[float, int]], total: float, row: int) -> FrameCell:
    """The cell between `row` and the next: whole, cut at the bar's top, or two colours meeting."""
    inside = [(end, index) for end, index in ends if end > row]
    if not inside:
        return _BLANK
    (end, index), *above = inside
    eighths = round(8 * (min(end, row + 1.0) - row))
    if above and eighths < 8:
        if not eighths:
            return _cell(above, total, row)
        return BLOCKS[eighths], f"{css(index)} on {css(above[0][1])}"
    if not eighths and row > 0:
        return _BLANK
    return BLOCKS[max(1, eighths)], css(index)


def _widened(cell: FrameCell, wide: int) -> FrameCell:
    """The cell over the bar's width, a blank column between bars where there is room."""
    gap = 1 if wide >= 3 else 0
    return cell[0] * (wide - gap) + " " * gap, cell[1]

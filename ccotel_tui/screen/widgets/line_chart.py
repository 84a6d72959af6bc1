"""Curves over time."""

from collections.abc import Iterator, Sequence
from math import isfinite

from textual.content import Content
from textual.widget import Widget

from ccotel_tui.panels.output.colours import css
from ccotel_tui.panels.output.units import shown
from ccotel_tui.panels.result import PanelAnswer
from ccotel_tui.query.query import Series
from ccotel_tui.query.window import Window
from ccotel_tui.screen.widgets.canvas import Canvas
from ccotel_tui.screen.widgets.frame import GUTTER, framed

PlottedCurve = tuple[Series, float | None]
"""A series and its total."""

CurveRun = list[tuple[int, float]]


class Plot(Widget):
    """The curves themselves, the first above the others, with the largest number beside."""

    def __init__(self) -> None:
        super().__init__()
        self._curves: Sequence[PlottedCurve] = ()
        self._answer: PanelAnswer | None = None
        self._window: Window | None = None

    def show(
        self, curves: Sequence[PlottedCurve], answer: PanelAnswer | None, window: Window
    ) -> None:
        self._curves, self._answer, self._window = curves, answer, window
        self.refresh()

    def render(self) -> Content:
        window, answer = self._window, self._answer
        if not self._curves or window is None or answer is None:
            return Content("")
        canvas = Canvas(max(1, self.size.width - GUTTER), max(1, self.size.height - 1))
        running = bool(answer.panel.curves and answer.panel.curves.running)
        stretches = [
            (index, run)
            for index, (series, _) in enumerate(self._curves)
            for run in runs([(window.from_ns, 0.0), *series.points] if running else series.points)
        ]
        top = max((number for _, run in stretches for _, number in run), default=0.0)
        across = (canvas.width - 1) / (window.to_ns - window.from_ns)
        whole = top if top > 0 else 1.0
        for index, run in reversed(stretches):
            # What is below 0 stands on the floor.
            shares = [(at, max(0.0, number) / whole) for at, number in run]
            dots = [
                (int((at - window.from_ns) * across), round(share * (canvas.height - 1)))
                for at, share in shares
            ]
            canvas.draw(dots, index)
        cells = [[(text, _style(curve)) for text, curve in row] for row in canvas.rows()]
        return framed(cells, shown(top, answer.panel.unit), window)


def runs(points: Sequence[tuple[int, float | None]]) -> Iterator[CurveRun]:
    """The stretches of numbers that can be drawn: what is not known leaves a gap."""
    run: CurveRun = []
    for time, number in points:
        if number is not None and isfinite(number):
            run.append((time, number))
        elif run:
            yield run
            run = []
    if run:
        yield run


def _style(curve: int | None) -> str:
    return "" if curve is None else css(curve)

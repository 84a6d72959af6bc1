"""Curves over time. The only module that knows the plotting library."""

from collections.abc import Iterator, Sequence
from math import isfinite

from textual_plotext import PlotextPlot

from ccotel_tui.panels.answer import PanelAnswer
from ccotel_tui.panels.colours import colour
from ccotel_tui.panels.units import shown
from ccotel_tui.query.ask import Series
from ccotel_tui.query.window import SECOND, Window
from ccotel_tui.screen.widgets.timeline import tick_text, ticks

_TICK_COLUMNS = 12
"""Columns from one time to the next on the x axis, at least."""

Curve = tuple[Series, float | None]
"""A series and its total."""

Run = list[tuple[int, float]]


class Plot(PlotextPlot):
    """The curves themselves, drawn anew for each size."""

    def __init__(self) -> None:
        super().__init__()
        # Without colours of its own for the canvas, it is no box.
        self.theme = "clear"
        self._curves: Sequence[Curve] = ()
        self._answer: PanelAnswer | None = None
        self._window: Window | None = None

    def show(self, curves: Sequence[Curve], answer: PanelAnswer | None, window: Window) -> None:
        self._curves, self._answer, self._window = curves, answer, window
        self.draw()

    def on_resize(self) -> None:
        self.draw()

    def draw(self) -> None:
        """Lay the curves out for the present size."""
        window = self._window
        if not self._curves or window is None or self._answer is None or not self.size:
            return
        running = bool(self._answer.panel.curves and self._answer.panel.curves.running)
        # An axis that was drawn empty once keeps a wrong scale, and is slow for ever.
        self.plt.clear_figure()
        top = 0.0
        for index, (series, _) in enumerate(self._curves):
            points = [(window.from_ns, 0.0), *series.points] if running else series.points
            for run in runs(points):
                few = thinned(run, 2 * self.size.width)
                times, numbers = [time / SECOND for time, _ in few], [number for _, number in few]
                top = max(top, *numbers)
                if len(few) > 1:
                    self.plt.plot(times, numbers, color=colour(index), marker="braille")
                else:
                    self.plt.scatter(times, numbers, color=colour(index), marker="•")
        self.plt.frame(False)
        self.plt.xlim(window.from_ns / SECOND, window.to_ns / SECOND)
        self.plt.ylim(0, top or 1)
        self.plt.yticks([0, top or 1], ["", shown(top, self._answer.panel.unit)])
        at = ticks(window, max(1, self.size.width // _TICK_COLUMNS))
        self.plt.xticks([tick / SECOND for tick in at], [tick_text(tick, window) for tick in at])
        self.refresh()


def runs(points: Sequence[tuple[int, float | None]]) -> Iterator[Run]:
    """The stretches of numbers that can be drawn: what is not known leaves a gap."""
    run: Run = []
    for time, number in points:
        if number is not None and isfinite(number):
            run.append((time, number))
        elif run:
            yield run
            run = []
    if run:
        yield run


def thinned(run: Run, most: int) -> Run:
    """About so many points at most, and the last always."""
    every = -(-len(run) // most)
    return run[::every] if (len(run) - 1) % every == 0 else [*run[::every], run[-1]]

"""Curves over time. The only module that knows the plotting library."""

from collections.abc import Sequence
from datetime import UTC, datetime
from math import isfinite

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static
from textual_plotext import PlotextPlot

from ccotel_tui.panels.colours import colour, css
from ccotel_tui.panels.plain import plain
from ccotel_tui.panels.units import shown
from ccotel_tui.query.ask import Series
from ccotel_tui.query.measures import Unit
from ccotel_tui.query.window import DAY, HOUR, MINUTE, SECOND, Window, local_day, midnight
from ccotel_tui.screen import words
from ccotel_tui.screen.widgets.cells import fitted
from ccotel_tui.screen.widgets.panel_view import PanelView

_TICK_COLUMNS = 12
"""Columns from one time to the next on the x axis, at least."""

_TICK_STEPS = (
    *(minutes * MINUTE for minutes in (5, 10, 15, 30)),
    *(hours * HOUR for hours in (1, 2, 3, 4, 6, 12)),
    *(days * DAY for days in (1, 2, 5, 7, 14, 30)),
)

Curve = tuple[Series, float | None]
"""A series and its total."""


class Chart(PanelView):
    """A curve a series, and a legend in the order of their ends, largest first."""

    DEFAULT_CSS = """
    Chart { layout: vertical; height: 1fr; min-height: 6; }
    Chart > Static { height: auto; }
    Chart > Plot { height: 1fr; min-height: 4; }
    """

    window: Window | None = None
    """Set before the answer: the x axis spans it."""

    def compose(self) -> ComposeResult:
        yield Static(classes="heading")
        yield Plot(self.panel.unit)
        yield Static(classes="legend")

    def on_mount(self) -> None:
        self._update()

    def on_resize(self) -> None:
        self._update()

    def watch_answer(self) -> None:
        if self.is_mounted:
            self._update()

    def _update(self) -> None:
        curves = sorted(
            self.answer.series if self.answer else (), key=lambda curve: -(curve[1] or 0)
        )
        self.query_one(".heading", Static).update(self.heading(self.size.width))
        self.query_one(".legend", Static).update(self._legend(curves))
        plot = self.query_one(Plot)
        plot.display = bool(curves)
        plot.show(curves, self.window)

    def _legend(self, curves: Sequence[Curve]) -> Content:
        lines = [
            Content.assemble(
                ("━━ ", css(index)),
                fitted(plain(" ".join(series.labels.values())), min(28, self.size.width - 14)),
                f" {shown(total, self.panel.unit):>9}",
            )
            for index, (series, total) in enumerate(curves)
        ]
        room = max(1, self.size.height // 4)
        if len(lines) > room:
            rest = len(lines) - room + 1
            lines[room - 1 :] = [Content.styled(words.MORE.format(count=rest), "$text-muted")]
        return Content("\n").join(lines)


class Plot(PlotextPlot):
    """The curves themselves, drawn anew for each size."""

    def __init__(self, unit: Unit) -> None:
        super().__init__()
        self._unit = unit
        self._curves: Sequence[Curve] = ()
        self._window: Window | None = None

    def show(self, curves: Sequence[Curve], window: Window | None) -> None:
        self._curves, self._window = curves, window
        self.draw()

    def on_resize(self) -> None:
        self.draw()

    def draw(self) -> None:
        """Lay the curves out for the present size."""
        window = self._window
        if not self._curves or window is None or not self.size:
            return
        # An axis that was drawn empty once keeps a wrong scale, and is slow for ever.
        self.plt.clear_figure()
        top = 0.0
        for index, (series, _) in enumerate(self._curves):
            points = thinned([(window.from_ns, 0.0), *series.points], 2 * self.size.width)
            times = [time / SECOND for time, _ in points]
            numbers = [number for _, number in points]
            top = max(top, *numbers)
            self.plt.plot(times, numbers, color=colour(index), marker="braille")
        self.plt.frame(False)
        self.plt.xlim(window.from_ns / SECOND, window.to_ns / SECOND)
        self.plt.ylim(0, top or 1)
        self.plt.yticks([0, top], ["", shown(top, self._unit)])
        at = ticks(window, max(1, self.size.width // _TICK_COLUMNS))
        self.plt.xticks([tick / SECOND for tick in at], [_clock(tick, window) for tick in at])
        self.refresh()


def thinned(points: Sequence[tuple[int, float | None]], most: int) -> list[tuple[int, float]]:
    """About so many points at most, and the last always; only numbers that can be drawn."""
    known = [(time, number) for time, number in points if number is not None and isfinite(number)]
    every = -(-len(known) // most)
    return known[::every] if (len(known) - 1) % every == 0 else [*known[::every], known[-1]]


def ticks(window: Window, most: int) -> list[int]:
    """At most so many times to write below the chart, round ones on the local clock."""
    length = window.to_ns - window.from_ns
    step = next((step for step in _TICK_STEPS if length // step <= most), _TICK_STEPS[-1])
    first = midnight(local_day(window.from_ns, window.zone), window.zone)
    return [
        tick
        for tick in range(first, window.to_ns, step)
        if window.from_ns + length // 20 < tick < window.to_ns - length // 20
    ][:most]


def _clock(time_ns: int, window: Window) -> str:
    local = datetime.fromtimestamp(time_ns // SECOND, UTC).astimezone(window.zone)
    return f"{local:%m-%d}" if window.to_ns - window.from_ns > 2 * DAY else f"{local:%H:%M}"

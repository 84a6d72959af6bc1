"""Events over the window as bars, with what failed in them."""

from ccotel_tui.query.window import Window
from ccotel_tui.screen.charts.chart import Chart, ChartSeries
from ccotel_tui.screen.charts.reader.part import part_of
from ccotel_tui.screen.data.history.log_page import LogPage
from ccotel_tui.screen.widgets.chart_canvas import ChartCanvas

HISTOGRAM_ROWS = 5
"""Three of bars, one of marks, and the times."""

_FAILED = "!"
_READER = "▴"


class Histogram(ChartCanvas):
    """The failed part of a bar has its colour, and a sign below; so has the place that is read."""

    DEFAULT_CSS = f"Histogram {{ height: {HISTOGRAM_ROWS}; }}"

    def show_page(
        self,
        page: LogPage,
        window: Window,
        part: Window,
        marked_ns: int | None,
        *,
        ends_now: bool,
    ) -> None:
        """Draw the counts of that part of the page's window; `marked_ns` is the time read."""
        failed = dict(page.failed)
        others = [
            (end_ns, None if count is None else count - (failed.get(end_ns) or 0.0))
            for end_ns, count in page.counts
        ]
        series = [ChartSeries("", "amount", others)]
        if failed:
            points = [(end_ns, failed.get(end_ns)) for end_ns, _ in others]
            series.append(ChartSeries("", "bad", points))
        reader = [] if marked_ns is None else [(marked_ns, _READER)]
        marks = [*reader, *((end_ns, _FAILED) for end_ns, count in page.failed if count)]
        chart = Chart(series, "1", window, "bars", ends_now, marks=marks)
        self.show(part_of(chart, part) if others else None)

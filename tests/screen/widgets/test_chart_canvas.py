"""A chart is drawn in the size it is painted in, also where nothing tells it of its size."""

from datetime import UTC

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from ccotel_tui.query.window import HOUR, Window
from ccotel_tui.screen.charts.chart import Chart, ChartSeries
from ccotel_tui.screen.process.plain_app import PlainApp
from ccotel_tui.screen.widgets.chart_canvas import ChartCanvas
from tests.tools.otlp import T0

CHART = Chart(
    [ChartSeries("opus", "series-1", [(T0 + HOUR, 1.0), (T0 + 2 * HOUR, 3.0)], "3")],
    "1",
    Window(T0, T0 + 2 * HOUR, HOUR, UTC),
    "lines",
)


class Page(PlainApp):
    CSS = "ChartCanvas { height: 10 } Static { height: 30 }"

    def compose(self) -> ComposeResult:
        with VerticalScroll():
            yield ChartCanvas()
            yield Static()
            yield Static(id="out-of-sight")


async def test_a_map_made_anew_before_the_layout_leaves_no_chart_at_its_former_size() -> None:
    app = Page()
    async with app.run_test(size=(80, 24)) as pilot:
        canvas, compositor = app.screen.query_one(ChartCanvas), app.screen._compositor
        canvas.show(CHART)
        await pilot.pause()
        canvas.styles.height = 16
        canvas._check_refresh()
        compositor.update_widgets({app.screen.query_one("#out-of-sight")})
        # Where the map lacks a widget, a question after any region makes it anew.
        assert canvas.region.height == 16
        await pilot.pause()
        compositor.render_strips()
        assert len(canvas._drawing.rows) == 16

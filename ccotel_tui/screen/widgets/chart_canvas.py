"""The widget that a chart is painted on: only rows that differ are painted again."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rich.segment import Segment
from rich.style import Style as RichStyle
from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip
from textual.style import Style
from textual.widget import Widget

from ccotel_tui.screen.charts.cells import CellRow, Role, runs_of
from ccotel_tui.screen.charts.chart import FEWEST_ROWS, Chart, Drawing, draw_chart
from ccotel_tui.screen.charts.roles import ROLES

_NOTHING = Drawing((), 0, 0, {})


class ChartCanvas(Widget):
    """A chart in the whole of its region, in the colours of the theme.

    What is drawn is kept until the chart's cells or the region's size change.
    """

    @dataclass
    class Wheeled(Message):
        """The wheel was turned by so much over that time of the chart."""

        by: int
        time_ns: int

    @dataclass
    class TimeClicked(Message):
        """That time of the chart was clicked."""

        time_ns: int

    @dataclass
    class SeriesClicked(Message):
        """A series' name was clicked."""

        name: str

    def __init__(self) -> None:
        super().__init__()
        self._chart: Chart | None = None
        self._drawn_size = Size(0, 0)
        self._drawing: Drawing = _NOTHING
        self._strips: dict[int, Strip] = {}
        self._styles: dict[tuple[Role, Role], RichStyle] = {}

    def show(self, chart: Chart | None) -> None:
        """Draw the chart; nothing where there is none."""
        if chart is not None and self.app.no_color:
            chart = replace(chart, colourless=True)
        if chart != self._chart:
            self._chart = chart
            if changed := self._draw():
                self.refresh(*(Region(0, y, self.size.width, 1) for y in changed))

    def render_lines(self, crop: Region) -> list[Strip]:
        # Not at a Resize: Textual sends none where its map was made anew before the layout was.
        if self.size != self._drawn_size:
            self._draw()
        return super().render_lines(crop)

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._strips.clear()
        self._styles.clear()

    def render_line(self, y: int) -> Strip:
        rows = self._drawing.rows
        if y >= len(rows):
            return Strip.blank(self.size.width, self.rich_style)
        if y not in self._strips:
            segments = [
                Segment(run.text, self._style(run.role, run.behind)) for run in runs_of(rows[y])
            ]
            self._strips[y] = Strip(segments, self.size.width)
        return self._strips[y]

    def on_click(self, event: events.Click) -> None:
        beside = event.x >= self._drawing.gutter + self._drawing.columns
        if beside and (series := self._drawing.named.get(event.y)):
            event.stop()
            self.post_message(self.SeriesClicked(series.name))
        elif self._chart is not None and event.x >= self._drawing.gutter and not beside:
            self.post_message(self.TimeClicked(self._time_at(event.x)))

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        self._wheel(event, 1)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        self._wheel(event, -1)

    def _wheel(self, event: events.MouseEvent, by: int) -> None:
        """Tell of the wheel, but where the page scrolls only with Ctrl."""
        scrolls = self.screen.maximized is None and any(
            isinstance(around, Widget) and around.max_scroll_y for around in self.ancestors
        )
        if self._chart is None or (scrolls and not event.ctrl):
            return
        event.stop()
        event.prevent_default()
        self.post_message(self.Wheeled(by, self._time_at(event.x)))

    def _time_at(self, x: int) -> int:
        """The time of the chart in that column."""
        assert self._chart
        window, drawing = self._chart.window, self._drawing
        share = min(1.0, max(0.0, (x - drawing.gutter) / max(1, drawing.columns)))
        return window.from_ns + int(share * (window.to_ns - window.from_ns))

    def _draw(self) -> list[int]:
        """Draw the chart in the present size; give the rows that changed."""
        width, height = self._drawn_size = self.size
        drawing = _NOTHING
        if self._chart is not None and width > 0 and height >= FEWEST_ROWS:
            drawing = draw_chart(self._chart, width, height)
        changed = _differing(self._drawing.rows, drawing.rows)
        self._drawing = drawing
        for y in changed:
            self._strips.pop(y, None)
        return changed

    def _style(self, role: Role, behind: Role) -> RichStyle:
        """Kept, as Textual works the colours behind a widget out anew each time."""
        if (role, behind) not in self._styles:
            # As words are coloured. A component class each would be matched at every change of
            # any class around: twenty times what the canvas itself takes.
            colours = f"{ROLES[role] if role else ''} {f'on {ROLES[behind]}' if behind else ''}"
            self._styles[role, behind] = (self.visual_style + Style.parse(colours)).rich_style
        return self._styles[role, behind]


def _differing(before: Sequence[CellRow], after: Sequence[CellRow]) -> list[int]:
    """The indexes of rows that are not as they were."""
    most = max(len(before), len(after))
    return [y for y in range(most) if y >= len(before) or y >= len(after) or before[y] != after[y]]

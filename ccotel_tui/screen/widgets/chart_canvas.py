"""The widget that a chart is painted on: only rows that differ are painted again."""

from collections.abc import Sequence

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

from ccotel_tui.screen.charts.cells import CellRow, Role, runs_of
from ccotel_tui.screen.charts.chart import FEWEST_ROWS, Chart, draw_chart
from ccotel_tui.screen.charts.roles import ROLES


class ChartCanvas(Widget):
    """A chart in the whole of its region, in the colours of the theme.

    What is drawn is kept until the chart's cells or the region's size change.
    """

    COMPONENT_CLASSES = {f"chart--{role}" for role in ROLES}
    DEFAULT_CSS = "\n".join(
        f"ChartCanvas > .chart--{role} {{ color: {colour}; }}" for role, colour in ROLES.items()
    )

    def __init__(self) -> None:
        super().__init__()
        self._chart: Chart | None = None
        self._drawn_size = Size(0, 0)
        self._rows: list[CellRow] = []
        self._strips: dict[int, Strip] = {}
        self._styles: dict[tuple[Role, Role], Style] = {}

    def show(self, chart: Chart | None) -> None:
        """Draw the chart; nothing where there is none."""
        if chart != self._chart or self.size != self._drawn_size:
            self._chart = chart
            self._draw()

    def on_resize(self) -> None:
        # A page that is opened again has its size anew, which is its former one.
        if self.size != self._drawn_size:
            self._draw()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._strips.clear()
        self._styles.clear()

    def render_line(self, y: int) -> Strip:
        if y >= len(self._rows):
            return Strip.blank(self.size.width, self.rich_style)
        if y not in self._strips:
            segments = [
                Segment(run.text, self._style(run.role, run.behind))
                for run in runs_of(self._rows[y])
            ]
            self._strips[y] = Strip(segments, self.size.width)
        return self._strips[y]

    def _draw(self) -> None:
        width, height = self._drawn_size = self.size
        rows: list[CellRow] = []
        if self._chart is not None and width > 0 and height >= FEWEST_ROWS:
            rows = draw_chart(self._chart, width, height)
        changed = _differing(self._rows, rows)
        self._rows = rows
        for y in changed:
            self._strips.pop(y, None)
        if changed:
            self.refresh(*(Region(0, y, width, 1) for y in changed))

    def _style(self, role: Role, behind: Role) -> Style:
        """Kept, as Textual works the colours behind a widget out anew each time."""
        if (role, behind) not in self._styles:
            self._styles[role, behind] = self._worked_out(role, behind)
        return self._styles[role, behind]

    def _worked_out(self, role: Role, behind: Role) -> Style:
        style = self.rich_style
        if role:
            style += Style(color=self.get_component_rich_style(f"chart--{role}").color)
        if behind:
            style += Style(bgcolor=self.get_component_rich_style(f"chart--{behind}").color)
        return style


def _differing(before: Sequence[CellRow], after: Sequence[CellRow]) -> list[int]:
    """The indexes of rows that are not as they were."""
    most = max(len(before), len(after))
    return [y for y in range(most) if y >= len(before) or y >= len(after) or before[y] != after[y]]

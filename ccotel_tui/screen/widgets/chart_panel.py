"""A panel over time: heading, parts, curves or bars, and below them who is who."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.content import Content

from ccotel_tui.panels.output.colours import css
from ccotel_tui.panels.output.units import shown
from ccotel_tui.panels.panel import Panel
from ccotel_tui.query.query import Series
from ccotel_tui.screen import strings
from ccotel_tui.screen.format.cells import fitted, right, wrapped
from ccotel_tui.screen.format.series import LONGEST_NAME, series_name, shortened, table
from ccotel_tui.screen.widgets.bar_chart import BarPlot
from ccotel_tui.screen.widgets.line_chart import Plot
from ccotel_tui.screen.widgets.panel_view import PanelView
from ccotel_tui.screen.widgets.text_lines import Lines
from ccotel_tui.screen.widgets.timeline import latest, merged, sparkline

_LOWEST = 6
"""Rows under which a chart is a line of blocks with its last value."""

_LOWEST_BY_ROWS = 4
"""Rows that a chart leaves to a short table, and gets by with beside it."""

_HIGH = 12
"""Rows from which the legend has a line a series."""


Curve = tuple[Series, float | None]
"""A series and its total."""


class Chart(PanelView):
    """A curve a series, or bars; the legend in the order of their totals, largest first."""

    DEFAULT_CSS = """
    Chart { layout: vertical; }
    Chart > Plot, Chart > BarPlot { height: 1fr; }
    """

    def __init__(self, panel: Panel) -> None:
        super().__init__(panel)
        self._bars = "bars" in panel.kind
        self._plot = BarPlot() if self._bars else Plot()

    def compose(self) -> ComposeResult:
        yield Lines(classes="heading")
        yield self._plot
        yield Lines(classes="legend")

    def on_mount(self) -> None:
        self._update()

    def on_resize(self) -> None:
        self._update()

    def watch_answer(self) -> None:
        self._update()

    def watch_has_focus_within(self) -> None:
        self._update()

    def on_focus(self) -> None:
        self._update()

    def on_blur(self) -> None:
        self._update()

    def _update(self) -> None:
        if not self.is_mounted or not self.size:
            return
        width, height = self.size
        answer = self.answer if self.has_numbers else None
        curves = sorted(answer.series if answer else (), key=lambda curve: -(curve[1] or 0))
        head = [self.heading(width)]
        if parts := self.parts():
            head += wrapped(parts, "  ", width, 1 if height < _HIGH else 3)
        lowest = _LOWEST_BY_ROWS if self.panel.rows else _LOWEST
        free = height - len(head)
        most = max(free - _LOWEST, min(_LOWEST_BY_ROWS, free - 1))
        legend = self._legend(curves, max(1, most if self.panel.rows else height // 3), width)
        room = height - len(head) - len(legend)
        if self.panel.footnote and room > _LOWEST + 1 and answer:
            note = Content.styled(self.panel.footnote, "$foreground-muted")
            legend.append(note.truncate(width, ellipsis=True))
            room -= 1
        plot = self._plot
        plot.display = bool(curves) and room >= lowest
        if curves and not plot.display and room > 0:
            head.append(self._spark(curves, width))
        self.query_one(".heading", Lines).show(head)
        self.query_one(".legend", Lines).show(legend)
        if self.window is not None:
            plot.show(curves, answer, self.window)

    def _legend(self, curves: Sequence[Curve], most: int, width: int) -> list[Content]:
        mark = "█" if self._bars else "━━"
        if self.panel.rows and self.answer and self.has_numbers:
            colours = {next(iter(s.labels.values()), ""): i for i, (s, _) in enumerate(curves)}
            lines = table(self.panel.rows, self.answer.rows, width, mark, colours)
        else:
            named = [
                (series_name(self.panel, series), shown(total, self.panel.unit))
                for series, total in curves
                if series.labels
            ]
            lines = [
                Content.assemble(
                    (f"{mark} ", css(index)),
                    shortened(name, 0)
                    if self._low
                    else fitted(name, min(LONGEST_NAME, width - 12)),
                    f" {total}" if self._low else f" {right(total, 8)}",
                )
                for index, (name, total) in enumerate(named)
            ]
            if self._low:
                return together(lines, width)
        if len(lines) > most:
            more = strings.MORE.format(count=len(lines) - most + 1)
            lines[most - 1 :] = [Content.styled(f"   {more}", "$foreground-muted")]
        return lines

    @property
    def _low(self) -> bool:
        return self.size.height < _HIGH

    def _spark(self, curves: Sequence[Curve], width: int) -> Content:
        """The first series, or all bars together, in one line, with the last value."""
        room = max(4, width - 12)
        numbers = [number for _, number in curves[0][0].points]
        if self._bars:
            columns = zip(*([n for _, n in s.points] for s, _ in curves), strict=True)
            numbers = merged([sum(n or 0 for n in column) for column in columns], room)
        else:
            numbers = latest(numbers, room)
        last = next((n for n in reversed(numbers) if n is not None), None)
        return Content.assemble((sparkline(numbers), css(0)), f" {shown(last, self.panel.unit)}")


def together(legend: Sequence[Content], width: int) -> list[Content]:
    """The legend in one line: as many as fit whole, and how many more there are."""
    for count in range(len(legend), 0, -1):
        hidden = len(legend) - count
        more = (
            [Content.styled(strings.MORE.format(count=hidden), "$foreground-muted")]
            if hidden
            else []
        )
        line = Content("  ").join([*legend[:count], *more])
        if line.cell_length <= width or count == 1:
            return [line.truncate(width, ellipsis=True)]
    return []

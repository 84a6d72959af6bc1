"""A panel of rows; seen alone it has a chart in the room that its rows leave."""

from collections.abc import Mapping

from ccotel_tui.panels.catalogue import BY_ID, TOOL_OUTCOMES
from ccotel_tui.panels.panel import Panel
from ccotel_tui.screen.messages import QuestionChanged
from ccotel_tui.screen.widgets.chart_panel import ChartPanel
from ccotel_tui.screen.widgets.panel_view import PanelView

OVER_TIME: Mapping[str, Panel] = {
    **dict.fromkeys(("tool_success", "tool_failures", "tool_events"), TOOL_OUTCOMES),
    "api_error_events": BY_ID["api_errors"],
}
"""When that happened what the rows of a panel tell of, by the panel's id."""

_LOWEST = 3
"""Rows below a list from which a chart is drawn: a blank one, its heading, and a sparkline."""


class ListPanel(PanelView):
    """A panel whose rows may need less than the whole page."""

    DEFAULT_CSS = "ListPanel > ChartPanel { dock: bottom; padding-top: 1; }"

    _over_time: ChartPanel | None = None

    @property
    def rows_height(self) -> int:
        """The lines that it needs to show every row."""
        raise NotImplementedError

    @property
    def over_time(self) -> ChartPanel | None:
        """The chart below the rows, where there is one."""
        return self._over_time if self._over_time and self._over_time.display else None

    def fit(self) -> None:
        super().fit()
        self.fill_page()

    def fill_page(self) -> None:
        """Show the chart where the panel is alone and its rows leave room, else none."""
        panel, free = OVER_TIME.get(self._own_panel.id), self.size.height - self.rows_height
        has_room = self.screen.maximized is self and free >= _LOWEST
        was_shown = self.over_time is not None
        if panel and has_room and self._over_time is None:
            self._over_time = ChartPanel(panel)
            # Its keys are those of the panel that it is in.
            self._over_time.can_focus = False
            self.mount(self._over_time)
        if self._over_time is None:
            return
        self._over_time.display = has_room
        self._over_time.styles.height = max(_LOWEST, free)
        if has_room is not was_shown:
            self.post_message(QuestionChanged())

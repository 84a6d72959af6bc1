"""The section of tools: beside what succeeded how long it took, and what failed."""

from textual.app import ComposeResult

from ccotel_tui.panels.catalogue import TOOL_DURATION, TOOL_FAILURES
from ccotel_tui.screen.data.snapshot import Snapshot
from ccotel_tui.screen.views.sections.section import CHART_HEIGHT, LISTS, SectionView
from ccotel_tui.screen.views.sections.view import panel_views
from ccotel_tui.screen.widgets.event_panel import FailurePanel
from ccotel_tui.screen.widgets.ranked_bars import Ranked

_SHORTEST_LIST = 3
"""Rows of a list with its heading."""

_LOWEST_CHART = 7
"""Rows that a chart has at least beside lists."""

_MOST_LISTS = 2
"""That leave the charts some rows of a high pane."""


class ToolsView(SectionView):
    """The panels of the section, and the failed calls behind its first list."""

    columns_of = {"tool_success": (TOOL_DURATION,)}

    def on_resize(self) -> None:
        super().on_resize()
        self._share_rows()

    def show(self, snapshot: Snapshot) -> None:
        super().show(snapshot)
        self._share_rows()

    def _share_rows(self) -> None:
        """Give the charts what the lists leave."""
        is_medium = self.screen.has_class("-medium")
        self.set_class(is_medium and not self.has_class("-broad"), "-stacked")
        if self.has_class("-stacked"):
            self.styles.grid_rows = " ".join(map(str, self._stacked_rows()))
        elif is_medium or self.screen.has_class("-short"):
            self.styles.grid_rows = None
        else:
            # Beside what failed stands a list. Lists are as high as they have rows, and charts
            # share the rest, unless there are too many lists to leave one.
            lists = sum(panel.kind in LISTS for panel in self.section_panels)
            chart = "1fr" if lists <= _MOST_LISTS else str(CHART_HEIGHT)
            rows = ["auto"] * max(1, lists) + [chart] * (len(self.section_panels) - lists)
            self.styles.grid_rows = " ".join(rows)

    def _stacked_rows(self) -> list[int]:
        """The rows of each panel: at least one chart is whole in sight, the next begin a page."""
        rows, room = [], self.size.height
        for part in self.children:
            if isinstance(part, Ranked):
                rows.append(min(part.rows_height, max(_SHORTEST_LIST, room - 1 - _LOWEST_CHART)))
            elif isinstance(part, FailurePanel):
                rows.append(1)
        room -= sum(rows)
        charts = len(self.children) - len(rows)
        whole = min(charts, max(1, room // _LOWEST_CHART))
        shares = [max(1, room // whole + (place < room % whole)) for place in range(whole)]
        return [*rows, *shares, *[self.size.height // 2] * (charts - whole)]

    def compose(self) -> ComposeResult:
        beside = [panel for panel in self.section_panels if panel.kind in LISTS][:1]
        yield from panel_views(beside)
        yield FailurePanel(TOOL_FAILURES)
        yield from panel_views(self.section_panels[len(beside) :])

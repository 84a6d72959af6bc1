"""The section of tools: beside what succeeded how long it took, and what failed."""

from textual.app import ComposeResult

from ccotel_tui.panels.catalogue import TOOL_DURATION, TOOL_FAILURES
from ccotel_tui.screen.views.sections.section import CHART_HEIGHT, LISTS, SectionView
from ccotel_tui.screen.views.sections.view import panel_views
from ccotel_tui.screen.widgets.event_panel import FailurePanel

_MOST_LISTS = 2
"""That leave the charts some rows of a high pane."""


class ToolsView(SectionView):
    """The panels of the section, and the failed calls behind its first list."""

    columns_of = {"tool_success": (TOOL_DURATION,)}

    def on_resize(self) -> None:
        # Beside what failed stands a list. Lists are as high as they have rows, where the pane is
        # high, and charts share the rest, unless there are too many lists to leave one.
        lists = sum(panel.kind in LISTS for panel in self.section_panels)
        chart = "1fr" if lists <= _MOST_LISTS else str(CHART_HEIGHT)
        rows = ["auto"] * max(1, lists) + [chart] * (len(self.section_panels) - lists)
        is_low = self.screen.has_class("-short") or self.screen.has_class("-medium")
        self.styles.grid_rows = None if is_low else " ".join(rows)
        super().on_resize()

    def compose(self) -> ComposeResult:
        beside = [panel for panel in self.section_panels if panel.kind in LISTS][:1]
        yield from panel_views(beside)
        yield FailurePanel(TOOL_FAILURES)
        yield from panel_views(self.section_panels[len(beside) :])

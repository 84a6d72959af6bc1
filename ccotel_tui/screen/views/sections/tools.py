"""The section of tools: beside what succeeded how long it took, and what failed."""

from textual.app import ComposeResult

from ccotel_tui.panels.catalogue import TOOL_DURATION, TOOL_FAILURES
from ccotel_tui.screen.views.sections.section import SectionView
from ccotel_tui.screen.views.sections.view import panel_views
from ccotel_tui.screen.widgets.event_panel import FailurePanel


class ToolsView(SectionView):
    """The panels of the section, and the failed calls behind its list."""

    also = (TOOL_DURATION,)

    def compose(self) -> ComposeResult:
        lists = [panel for panel in self.section_panels if panel.rows]
        yield from panel_views(lists)
        yield FailurePanel(TOOL_FAILURES)
        yield from panel_views(panel for panel in self.section_panels if panel not in lists)

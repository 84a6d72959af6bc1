"""A section: its panels one under the other, the overview with charts where there is room."""

from collections.abc import Iterable, Mapping

from textual.app import ComposeResult
from textual.containers import Container, VerticalScroll

from ccotel_tui.panels.answer import PanelAnswer
from ccotel_tui.panels.catalogue import PANELS
from ccotel_tui.panels.panel import Kind, Panel
from ccotel_tui.query.window import Window
from ccotel_tui.screen.widgets.chart import Chart
from ccotel_tui.screen.widgets.panel_view import PanelView
from ccotel_tui.screen.widgets.ranked import Ranked
from ccotel_tui.screen.widgets.stat import Stat

_VIEWS: dict[Kind, type[PanelView]] = {"stat": Stat, "lines": Chart, "ranked bars": Ranked}

_BELOW = ("cost_by_model", "tool_success")
"""What the overview shows of other sections where the pane is high enough."""


class SectionView(VerticalScroll):
    """The panels of one section."""

    def __init__(self, name: str) -> None:
        super().__init__(id=name, classes="section")
        self._own = [panel for panel in PANELS if panel.section == name]
        self._below = [panel for panel in PANELS if name == "overview" and panel.id in _BELOW]

    @property
    def panels(self) -> list[Panel]:
        """The panels that need an answer."""
        return self._own + self._below

    def compose(self) -> ComposeResult:
        yield from _views(self._own)
        if self._below:
            with Container(classes="below"):
                yield from _views(self._below)

    def show(self, answers: Mapping[str, PanelAnswer], window: Window) -> None:
        """Give each panel its answer."""
        for view in self.query(PanelView):
            if isinstance(view, Chart):
                view.window = window
            view.answer = answers.get(view.panel.id, view.answer)


def _views(panels: Iterable[Panel]) -> Iterable[PanelView]:
    return (_VIEWS[panel.kind](panel) for panel in panels)

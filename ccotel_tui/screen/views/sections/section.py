"""A section's panels."""

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import ClassVar

from textual.app import ComposeResult

from ccotel_tui.panels.catalogue import DURATION_BEFORE, FIRST_TOKEN, PANELS
from ccotel_tui.panels.compare.stats import COMPARED_CHART
from ccotel_tui.panels.panel import Panel
from ccotel_tui.screen.views.sections.view import View, panel_views

LISTS = ("ranked bars", "success bars")
"""Kinds that are as high as they have rows."""

CHART_HEIGHT = 11
"""Rows that a chart has at least, below one that is blank: more charts than fit are scrolled."""

_BROAD = 160
"""Columns from which a section has two columns of panels."""


class SectionView(View):
    """The panels of one section."""

    columns_of: ClassVar[Mapping[str, Sequence[Panel]]] = {}
    """The panels whose answers are columns of another one, by the id of that."""

    def __init__(self, name: str, hidden: Sequence[str] = ()) -> None:
        super().__init__(id=name, classes="section")
        panels = (p for p in PANELS if p.section == name and p.id not in hidden)
        # A list is as high as it has rows: the charts get what it leaves.
        self.section_panels = sorted(panels, key=lambda panel: panel.kind not in LISTS)
        columns = (self.columns_of.get(panel.id, ()) for panel in self.section_panels)
        self.also = tuple(chain.from_iterable(columns))
        self.wants_past = any(panel.id == COMPARED_CHART for panel in self.section_panels)

    def on_resize(self) -> None:
        width, height = self.size
        charts = sum(panel.kind not in LISTS for panel in self.section_panels)
        self.set_class(width >= _BROAD, "-broad")
        self.set_class(width < _BROAD and charts * (CHART_HEIGHT + 1) > height, "-scrolled")
        super().on_resize()

    def compose(self) -> ComposeResult:
        charts = [panel for panel in self.section_panels if panel.kind not in LISTS]
        for view in panel_views(self.section_panels):
            # Of an odd number one has both columns, where there are two.
            view.set_class(len(charts) % 2 == 1 and view.panel is charts[0], "-whole-row")
            yield view


class PerformanceView(SectionView):
    """The panels of the section; beside the durations what they were, and the first token's."""

    columns_of = {"api_duration": (FIRST_TOKEN, DURATION_BEFORE)}

"""The overview: numbers, sessions, and charts where there is room."""

from collections.abc import Sequence

from textual.app import ComposeResult

from ccotel_tui.panels.catalogue import BY_ID, PANELS
from ccotel_tui.panels.panel import Panel
from ccotel_tui.screen.data.snapshot import Snapshot
from ccotel_tui.screen.format.cells import NARROW
from ccotel_tui.screen.views.sections.view import View, panel_views
from ccotel_tui.screen.widgets.blank import Holder
from ccotel_tui.screen.widgets.lists.sessions import SessionList
from ccotel_tui.screen.widgets.lists.table import ABOVE_ROWS
from ccotel_tui.screen.widgets.overview.rules_strip import RulesStrip
from ccotel_tui.screen.widgets.overview.session_status import SessionStatusLines
from ccotel_tui.screen.widgets.overview.stat_tiles import GROWTH, StatTiles
from ccotel_tui.screen.widgets.overview.summary import Summary

_BESIDE = ("cost_by_model", "tokens_by_type", "tool_success")
"""The charts that the overview shows where the pane has room."""

_BROAD = 180
"""Columns from which there is a third one of panels."""

_FURTHER = ("api_duration", "api_errors", "code_changes", "dev_activity")
"""The panels of other sections in it."""

_IN_SUMMARY = ("active_sessions", "total_cost", "token_usage", "lines_of_code")
"""The overview's panels that the summary tells; others of its section stand beside it."""

_TAIL = "tool_events"
"""The events below the sessions, in the largest panes."""

_COUNTED = ("tool_success",)
"""What the overview tells in a word of other sections' panels."""


class Overview(View):
    """The numbers first, then the sessions, and charts where there is room."""

    wants_sessions = True
    wants_present = True
    wants_past = True

    def __init__(self, name: str, hidden: Sequence[str] = ()) -> None:
        super().__init__(id=name)
        of_section = (panel for panel in PANELS if panel.section == "overview")
        others = (panel for panel in of_section if panel.id not in _IN_SUMMARY)
        beside = (*(BY_ID[id] for id in _BESIDE), *others)
        self._beside = tuple(panel for panel in beside if panel.id not in hidden)
        self._further = tuple(BY_ID[id] for id in _FURTHER if id not in hidden)

    @property
    def panels(self) -> tuple[Panel, ...]:
        ids = [*_IN_SUMMARY, *_COUNTED]
        if self.app.size.width >= NARROW:
            ids += GROWTH.values()
        also = [BY_ID[id] for id in ids]
        return (*also, *(panel for panel in super().panels if panel not in also))

    def compose(self) -> ComposeResult:
        yield StatTiles()
        with Holder(id="figures"):
            yield Summary()
            yield SessionStatusLines()
            yield RulesStrip()
            yield SessionList()
            yield from panel_views([BY_ID[_TAIL]])
        with Holder(id="beside"):
            yield from panel_views(self._beside)
        with Holder(id="further"):
            yield from panel_views(self._further)

    def on_resize(self) -> None:
        self.set_class(self.size.width >= _BROAD, "-broad")
        super().on_resize()

    def show(self, snapshot: Snapshot) -> None:
        super().show(snapshot)
        self.query_one(StatTiles).show(snapshot, self.comparisons)
        summary = self.query_one(Summary)
        summary.comparisons, summary.snapshot = self.comparisons, snapshot
        self.query_one(SessionStatusLines).show_snapshot(snapshot)
        sessions = self.query_one(SessionList)
        sessions.show(snapshot)
        # What it does not need, the events and the charts below it get.
        sessions.styles.max_height = ABOVE_ROWS + len(snapshot.sessions)

"""A panel whose answer is rows of events."""

from textual.app import ComposeResult

from ccotel_tui.screen.widgets.lists.events import EventList
from ccotel_tui.screen.widgets.panel_view import PanelView
from ccotel_tui.screen.widgets.text_lines import Lines


class EventPanel(PanelView, can_focus=False):
    DEFAULT_CSS = "EventPanel { layout: vertical; }"

    def compose(self) -> ComposeResult:
        yield Lines(classes="heading")
        yield Lines(classes="columns")
        yield EventList(cost=False)

    def on_mount(self) -> None:
        self._update()
        self.watch(self.query_one(EventList), "scroll_y", self._update)

    def fit(self) -> None:
        self._update()

    def watch_answer(self) -> None:
        self._update()

    def on_descendant_focus(self) -> None:
        self._update()

    def on_descendant_blur(self) -> None:
        self._update()

    def _update(self) -> None:
        if not self.is_mounted:
            return
        width = self.size.width
        self.query_one(".heading", Lines).show([self.heading(width)])
        events = self.query_one(EventList)
        if self.answer is not None and self.window is not None:
            events.show([dict(row) for row in self.answer.rows], self.window)
        columns = self.query_one(".columns", Lines)
        columns.show([events.header])
        columns.display = self.has_numbers

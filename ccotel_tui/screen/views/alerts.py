"""The rules that hold, what fired before, and the rows behind the marked one."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.widgets import OptionList

from ccotel_tui.query.rules.rules import Alert
from ccotel_tui.screen import strings
from ccotel_tui.screen.data.files.fired import Fired
from ccotel_tui.screen.data.snapshot import Snapshot
from ccotel_tui.screen.format.rules.page import (
    AlertLine,
    alert_lines,
    alerts_heading,
    behind_heading,
)
from ccotel_tui.screen.format.table import holds_words
from ccotel_tui.screen.messages import SessionChosen
from ccotel_tui.screen.views.sections.filtered import FilteredView
from ccotel_tui.screen.widgets.line_input import LineInput
from ccotel_tui.screen.widgets.lists.events import EventList
from ccotel_tui.screen.widgets.lists.paged import PagedList
from ccotel_tui.screen.widgets.text_lines import Lines


class AlertList(PagedList):
    """A line each."""


class AlertsView(FilteredView):
    """The list above, the rows of the marked rule below."""

    def __init__(self, name: str) -> None:
        super().__init__(id=name)
        self._alerts: Sequence[Alert] = ()
        self._fired: Sequence[Fired] = ()
        self._judged: Snapshot | None = None
        self._lines: Sequence[AlertLine] = ()
        self._filter = ""

    def compose(self) -> ComposeResult:
        yield Lines(classes="heading")
        yield AlertList(markup=False)
        yield Lines(classes="behind")
        yield EventList(cost=False)
        yield LineInput("alert-filter", strings.TEXT_HINT)

    def show_alerts(
        self, alerts: Sequence[Alert], fired: Sequence[Fired], snapshot: Snapshot
    ) -> None:
        """Show what holds and what fired, as judged of that snapshot."""
        self._alerts, self._fired, self._judged = alerts, fired, snapshot
        self._fill()

    def show_matching(self, text: str) -> None:
        self._filter = text
        self._fill()

    def clear(self) -> bool:
        """Go back from the rows to the list, else take the filter away."""
        if not self.query_one(EventList).has_focus:
            return super().clear()
        self.query_one(AlertList).focus()
        return True

    def on_resize(self) -> None:
        self._fill()
        super().on_resize()

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        if isinstance(event.option_list, AlertList):
            self._show_rows()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        alert = self._marked
        if alert is not None and alert.rows:
            self.query_one(EventList).focus()
        elif alert is not None and alert.session_id:
            self.post_message(SessionChosen(alert.session_id))

    @property
    def _marked(self) -> Alert | None:
        at = self.query_one(AlertList).highlighted
        return None if at is None or at >= len(self._lines) else self._lines[at].alert

    def _fill(self) -> None:
        width = self.size.width
        if self._judged is None or width < 2:
            return
        every = alert_lines(self._alerts, self._fired, self._judged, width - 1)
        lines = [line for line in every if holds_words(line.words, self._filter)]
        counts = {"part": len(lines), "whole": len(every)}
        matching = strings.OF.format(**counts) if self._filter else ""
        heading = alerts_heading(self._alerts, self._fired, width, matching)
        self.query_one(".heading", Lines).show([heading])
        if lines != self._lines:
            self._lines = lines
            self.query_one(AlertList).refill(
                [line.content for line in lines], [line.key for line in lines]
            )
        self._show_rows()

    def _show_rows(self) -> None:
        alert, judged = self._marked, self._judged
        self.query_one(".behind", Lines).show(behind_heading(alert, self.size.width))
        events = self.query_one(EventList)
        events.display = alert is not None and bool(alert.rows)
        if alert is not None and judged is not None and alert.rows:
            events.show(alert.rows, judged.window, judged.running)

"""Events as lines, the newest last: it follows them until the reader goes up."""

import json
from collections.abc import Sequence

from textual.binding import Binding
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from ccotel_tui.panels.output.document import event_text, row_document
from ccotel_tui.query.query import EventRow
from ccotel_tui.query.window import Window
from ccotel_tui.screen.format import event_lines
from ccotel_tui.screen.messages import MoreWanted, PageWanted
from ccotel_tui.screen.widgets.paged_list import PagedList


class EventList(PagedList):
    """Only the lines in sight are laid out."""

    BINDINGS = [Binding("pageup", "page_up_or_more", show=False)]

    DEFAULT_CSS = """
    EventList, EventList:focus {
        height: 1fr; border: none; padding: 0; background: transparent;
        text-wrap: nowrap; scrollbar-size-vertical: 1; overflow-x: hidden;
    }
    EventList > .option-list--option { padding: 0; text-wrap: nowrap; }
    EventList > .option-list--option-highlighted { background: transparent; }
    EventList:focus > .option-list--option-highlighted { text-style: reverse; }
    """

    def __init__(self, event: bool = True) -> None:
        super().__init__(markup=False)
        self.rows: Sequence[EventRow] = ()
        self._event = event
        self._window: Window | None = None

    @property
    def following(self) -> bool:
        """Return whether the newest row is the marked one."""
        return self.highlighted is None or self.highlighted >= len(self.rows) - 1

    def show(self, rows: Sequence[EventRow], window: Window) -> None:
        """Put these in the place of the former; the marked row stays marked."""
        if rows == self.rows and self._window is not None:
            return
        marked = None if self.following else self.rows[self.highlighted or 0]
        self.rows, self._window = rows, window
        self._fill(marked)

    def copied(self, *, as_json: bool) -> str:
        """The marked event as one line, or as one JSON document."""
        if self._window is None or self.highlighted is None or self.highlighted >= len(self.rows):
            return ""
        row = self.rows[self.highlighted]
        return (
            json.dumps(row_document(row, self._window))
            if as_json
            else event_text(row, self._window)
        )

    def on_resize(self) -> None:
        self._fill(None if self.following else self.rows[self.highlighted or 0])

    def action_page_up_or_more(self) -> None:
        if self.highlighted == 0:
            self.post_message(MoreWanted())
        self.action_page_up()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if self._window is not None:
            self.post_message(
                PageWanted(event_lines.event_page(self.rows[event.option_index], self._window))
            )

    def _fill(self, marked: EventRow | None) -> None:
        window = self._window
        if window is None:
            return
        width = self.size.width - 1
        self.set_options(
            Option(event_lines.event_line(row, width, window, self._event)) for row in self.rows
        )
        if self.rows:
            still_there = marked in self.rows
            self.highlighted = (
                self.rows.index(marked) if still_there and marked else len(self.rows) - 1
            )

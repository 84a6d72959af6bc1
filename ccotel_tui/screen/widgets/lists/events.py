"""Events as lines, the newest last: it follows them until the reader goes up."""

import json
from collections.abc import Hashable, Mapping, Sequence
from datetime import tzinfo

from rich.segment import Segment
from textual.content import Content
from textual.geometry import Size
from textual.reactive import var
from textual.strip import Strip
from textual.widgets import OptionList

from ccotel_tui.claude.session_registry import Running
from ccotel_tui.panels.output.document import event_text, row_document
from ccotel_tui.query.events import time_of
from ccotel_tui.query.query import EventRow
from ccotel_tui.query.window import Window
from ccotel_tui.screen.format.cells import fitted
from ccotel_tui.screen.format.events.groups import (
    ListedPrompt,
    LogEntry,
    PromptKey,
    head_above,
    log_entries,
)
from ccotel_tui.screen.format.events.lines import EventTable, event_page
from ccotel_tui.screen.messages import LogEndWanted, PageWanted, PromptChosen
from ccotel_tui.screen.widgets.lists.paged import PagedList


class EventList(PagedList):
    """Only the lines in sight are laid out."""

    filled_size = var(Size(0, 0))
    """The size that its lines and its header are made for."""

    def __init__(self, *, cost: bool = True) -> None:
        super().__init__(markup=False)
        self._cost_column = cost
        self._table = EventTable(0, 0, cost=cost)
        self._entries: Sequence[LogEntry] = ()
        self._made_lines: dict[Hashable, tuple[LogEntry, Content]] = {}
        self._zone: tzinfo | None = None
        self._window: Window | None = None
        self._prompts: Mapping[PromptKey, ListedPrompt] = {}
        self._processes: Mapping[str, Running] = {}
        self._ends_newest = True

    @property
    def following(self) -> bool:
        """Return whether the newest row is the marked one, and in sight."""
        if not self._ends_newest:
            return False
        at_end = self.highlighted is None or self.highlighted >= len(self._entries) - 1
        return at_end and self.scroll_y >= self.max_scroll_y

    @property
    def header(self) -> Content:
        """The head of the prompt that the rows in sight begin in, else the columns' names."""
        head = self._head
        if head is not None and self._window is not None:
            return self._table.line(head, self._window)
        return self._table.header()

    @property
    def _top(self) -> LogEntry | None:
        """The first row in sight."""
        return next(iter(self._entries[round(self.scroll_y) :]), None)

    @property
    def _head(self) -> LogEntry | None:
        """The head of the prompt that the first row in sight belongs to, if it stands above."""
        return self._top and head_above(self._top, self._prompts, self._processes)

    def render_line(self, y: int) -> Strip:
        """Of the rows in sight the first names its session, also where it does not change."""
        strip = super().render_line(y)
        top, (start, end) = self._top, self._table.session_column
        if y or top is None or top.names_session or self._head or start == end:
            return strip
        style = next(iter(strip), Segment("")).style
        name = Segment(fitted(top.session, end - start), style)
        return Strip.join([strip.crop(0, start), Strip([name]), strip.crop(end)])

    @property
    def marked_entry(self) -> LogEntry | None:
        at = self.highlighted
        return None if at is None or at >= len(self._entries) else self._entries[at]

    @property
    def middle_ns(self) -> int | None:
        """The time of the row in the middle of those in sight."""
        if not self._entries:
            return None
        middle = round(self.scroll_y) + self.size.height // 2
        return time_of(self._entries[min(middle, len(self._entries) - 1)].row)

    def near_end(self, *, oldest: bool) -> bool:
        """Return whether less than a screen of rows is left before that end of the list.

        A list that has its size and not its rows yet is nowhere.
        """
        at, screen = self.highlighted, self.size.height
        if at is None:
            return False
        if oldest:
            return min(at, round(self.scroll_y)) < screen
        return max(at, round(self.scroll_y) + screen) >= len(self._entries) - screen

    def show(
        self,
        rows: Sequence[EventRow],
        window: Window,
        running: Mapping[str, Running] | None = None,
        prompts: Mapping[PromptKey, ListedPrompt] | None = None,
        *,
        folds: bool = False,
        ends_newest: bool = True,
    ) -> None:
        """Put these in the place of the former; the marked row stays marked.

        `ends_newest`: no newer event is left out.
        """
        entries = log_entries(rows, running, prompts, folds=folds)
        follow = self.following and ends_newest
        self._prompts, self._processes, self._ends_newest = (
            prompts or {},
            running or {},
            ends_newest,
        )
        if entries == self._entries and self._window is not None:
            return
        self._entries, self._window = entries, window
        self._fill(follow)

    def go_to(self, time_ns: int) -> None:
        """Mark the first event at the time or after it."""
        later = (at for at, entry in enumerate(self._entries) if time_of(entry.rows[-1]) >= time_ns)
        self.highlighted = next(later, len(self._entries) - 1) if self._entries else None
        self.scroll_to_highlight(top=True)

    def copied(self, *, as_json: bool) -> str:
        """The marked events, one a line or one JSON document a line."""
        if self._window is None or self.highlighted is None or not self._entries:
            return ""
        window, rows = self._window, self._entries[self.highlighted].rows
        return "\n".join(
            json.dumps(row_document(row, window)) if as_json else event_text(row, window)
            for row in rows
        )

    def on_resize(self) -> None:
        # A page that is opened again has its size anew, which is its former one.
        if self.size != self.filled_size:
            self._fill(self.highlighted is None or self.highlighted >= len(self._entries) - 1)

    def action_first(self) -> None:
        super().action_first()
        self.post_message(LogEndWanted(oldest=True))

    def action_last(self) -> None:
        super().action_last()
        self.post_message(LogEndWanted(oldest=False))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        entry = self._entries[event.option_index]
        if entry.is_head and entry.prompt_key[1]:
            self.post_message(PromptChosen(*entry.prompt_key))
        elif self._window is not None:
            self.post_message(PageWanted(event_page(entry.rows, self._window)))

    def _fill(self, follow: bool) -> None:
        window, width = self._window, self.size.width - 1
        if window is not None and width >= 1:
            table = EventTable.of(self._entries, width, cost=self._cost_column)
            if (table, window.zone) != (self._table, self._zone):
                self._table, self._zone, self._made_lines = table, window.zone, {}
            lines = [self._line_of(entry, window) for entry in self._entries]
            keys = [entry.key for entry in self._entries]
            self._made_lines = dict(zip(keys, zip(self._entries, lines, strict=True), strict=True))
            self.refill(lines, keys, follow=follow)
        self.filled_size = self.size

    def _line_of(self, entry: LogEntry, window: Window) -> Content:
        """Return the entry's line, the former one where it has not changed: nearly none has."""
        former = self._made_lines.get(entry.key)
        return former[1] if former and former[0] == entry else self._table.line(entry, window)

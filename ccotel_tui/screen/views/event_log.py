"""The view of every event as it comes: followed, paused, filtered."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.widgets import Input, Static

from ccotel_tui.query.query import EventRow
from ccotel_tui.screen import strings
from ccotel_tui.screen.data.snapshot import Snapshot
from ccotel_tui.screen.format import event_lines
from ccotel_tui.screen.format.event_filter import EventFilter, filtered, parse_filter
from ccotel_tui.screen.format.periods import label_of_snapshot
from ccotel_tui.screen.messages import MoreWanted
from ccotel_tui.screen.views.section import View
from ccotel_tui.screen.widgets.event_list import EventList

PAGE = 200
_FILTERED = 2000
"""Events that are looked through for those that match."""


class FilterInput(Input):
    """Esc empties it and gives the list its place back."""

    BINDINGS = [Binding("escape", "clear", show=False)]

    def action_clear(self) -> None:
        self.value = ""
        self.blurred()

    def blurred(self) -> None:
        self.display = bool(self.value)
        self.screen.query_one("#log EventList").focus()


class LogView(View):
    """The newest events of the window, newest last."""

    def __init__(self, name: str) -> None:
        super().__init__(id=name)
        self.wants_events = PAGE
        self._filter = EventFilter()
        self._paused = False
        self._held: Sequence[EventRow] | None = None
        self._new = 0

    def compose(self) -> ComposeResult:
        yield Static(classes="columns")
        yield EventList()
        yield Static(classes="state")
        yield FilterInput(placeholder=strings.FILTER_HINT, compact=True)

    def on_mount(self) -> None:
        self.query_one(FilterInput).display = False

    def show(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        if self._paused and self._held is None:
            self._held = snapshot.events
        if self._held is not None:
            self._new = sum(1 for row in snapshot.events if row not in self._held)
        self._update()

    def follow(self) -> None:
        """Go to the newest event, and on with those that come."""
        self.query_one(EventList).action_last()

    def hold(self, paused: bool) -> None:
        """Stand still, or go on."""
        self._paused = paused
        self._held = self.snapshot.events if paused and self.snapshot else None
        self._new = 0
        self._update()

    def filter(self) -> None:
        """Ask for a filter."""
        typed = self.query_one(FilterInput)
        typed.display = True
        typed.focus()

    def clear(self) -> bool:
        """Take the filter away; whether there was one."""
        was = bool(self._filter)
        if was:
            self.query_one(FilterInput).action_clear()
        return was

    def on_input_changed(self, message: Input.Changed) -> None:
        self._filter = parse_filter(message.value)
        more = _FILTERED if self._filter else PAGE
        if more != self.wants_events:
            self.wants_events = more
            self.post_message(MoreWanted())
        self._update()

    def on_input_submitted(self) -> None:
        self.query_one(FilterInput).blurred()

    def on_more_wanted(self) -> None:
        if self.snapshot and len(self.snapshot.events) >= self.wants_events:
            self.wants_events += PAGE

    def on_option_list_option_highlighted(self) -> None:
        self._say()

    def on_resize(self) -> None:
        self._update()

    def _update(self) -> None:
        if self.snapshot is None:
            return
        rows = self.snapshot.events if self._held is None else self._held
        events = self.query_one(EventList)
        events.show(filtered(rows, self._filter), self.snapshot.window)
        self.query_one(".columns", Static).update(event_lines.event_header(self.size.width - 1))
        self._say()

    def _say(self) -> None:
        if self.snapshot is None:
            return
        rows = self.snapshot.events if self._held is None else self._held
        events = self.query_one(EventList)
        parts = [self._going(events.following)]
        if self._new:
            parts.append(strings.NEW.format(count=self._new))
        parts.append(
            strings.FILTERED.format(
                filter=self.query_one(FilterInput).value,
                found=f"{len(events.rows):,}",
                count=f"{len(rows):,}",
            )
            if self._filter
            else strings.counted(strings.COUNT, len(rows)).format(count=f"{len(rows):,}")
        )
        self.query_one(".state", Static).update(
            Content.styled("   ".join(parts), "$foreground-muted")
        )

    def _going(self, following: bool) -> str:
        """Return that new events show up by themselves, or why they do not."""
        if self._held is not None:
            return strings.PAUSED_LOG
        if self.snapshot is not None and self.snapshot.window.to_ns < self.snapshot.now_ns:
            return strings.PAST.format(period=label_of_snapshot(self.snapshot))
        return strings.FOLLOWING if following else strings.HELD

"""The view of every event as it comes: followed, paused, filtered."""

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Input, Static

from ccotel_tui.query.prompts.folded import time_of
from ccotel_tui.query.query import EventRow
from ccotel_tui.screen import strings
from ccotel_tui.screen.data.snapshot import Snapshot
from ccotel_tui.screen.format.events.filter import EventFilter, filtered, parse_filter
from ccotel_tui.screen.format.events.groups import listed_prompts
from ccotel_tui.screen.format.periods import label_of_snapshot
from ccotel_tui.screen.format.times import local, parse_time
from ccotel_tui.screen.messages import MoreWanted
from ccotel_tui.screen.views.section import View
from ccotel_tui.screen.widgets.line_input import LineInput
from ccotel_tui.screen.widgets.lists.events import EventList

PAGE = 200
_FILTERED = 2000
"""Events that are looked through for those that match."""


class LogView(View):
    """The newest events of the window, newest last."""

    def __init__(self, name: str) -> None:
        super().__init__(id=name)
        self.wants_events = PAGE
        self._filter = EventFilter()
        self._paused = False
        self._held: Sequence[EventRow] | None = None
        self._new = 0
        self._wanted_ns: int | None = None
        """The time to go to, once its events are here."""

    def compose(self) -> ComposeResult:
        yield Static(classes="columns")
        yield EventList()
        yield Static(classes="state")
        yield LineInput("filter", strings.FILTER_HINT)
        yield LineInput("time", strings.TIME_HINT)

    def on_mount(self) -> None:
        self.watch(self.query_one(EventList), "scroll_y", self._say)

    def show(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        if self._paused and self._held is None:
            self._held = snapshot.events
        if self._held is not None:
            self._new = sum(1 for row in snapshot.events if row not in self._held)
        self._update()
        self._go_to_wanted()

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
        self.query_one("#filter", LineInput).open()

    def ask_time(self) -> None:
        """Ask for a time to go to."""
        self.query_one("#time", LineInput).open()

    def clear(self) -> bool:
        """Take the filter away; whether there was one."""
        was = bool(self._filter)
        if was:
            self.query_one("#filter", LineInput).action_clear()
        return was

    @on(Input.Changed, "#filter")
    def _filter_changed(self, message: Input.Changed) -> None:
        self._filter = parse_filter(message.value)
        more = _FILTERED if self._filter else PAGE
        if more != self.wants_events:
            self.wants_events = more
            self.post_message(MoreWanted())
        self._update()

    @on(Input.Submitted, "#filter")
    def _filter_submitted(self) -> None:
        self.query_one("#filter", LineInput).close()

    @on(Input.Submitted, "#time")
    def _time_submitted(self, message: Input.Submitted) -> None:
        if self.snapshot is None:
            return
        window, now_ns = self.snapshot.window, self.snapshot.now_ns
        time_ns = parse_time(message.value, now_ns, window)
        if time_ns is None:
            self.notify(strings.BAD_TIME.format(text=message.value), markup=False)
            return
        self.query_one("#time", LineInput).action_clear()
        self._wanted_ns = time_ns
        self._go_to_wanted()

    def _go_to_wanted(self) -> None:
        """Go to the time that was asked for; where its events are not here yet, ask for them."""
        if self._wanted_ns is None or self.snapshot is None:
            return
        rows = self._rows
        oldest_ns = time_of(rows[0]) if rows else self.snapshot.now_ns
        if oldest_ns > self._wanted_ns >= self.snapshot.window.from_ns and self._has_older:
            self.wants_events *= 2
            self.post_message(MoreWanted())
            return
        if oldest_ns > self._wanted_ns:
            oldest = f"{local(oldest_ns, self.snapshot.window):%m-%d %H:%M}"
            self.notify(strings.BEFORE_WINDOW.format(time=oldest), markup=False)
        self.query_one(EventList).go_to(self._wanted_ns)
        self._wanted_ns = None

    @property
    def _has_older(self) -> bool:
        """Return whether the window holds more events than are here."""
        here = len(self.snapshot.events) if self.snapshot else 0
        return self._held is None and here >= self.wants_events

    def on_more_wanted(self) -> None:
        if self._has_older:
            self.wants_events += PAGE

    def on_option_list_option_highlighted(self) -> None:
        self._say()

    def on_resize(self) -> None:
        self._update()

    def _update(self) -> None:
        if self.snapshot is None:
            return
        rows = self._rows
        events = self.query_one(EventList)
        events.show(
            filtered(rows, self._filter),
            self.snapshot.window,
            self.snapshot.running,
            listed_prompts(rows),
            folds=not self._filter,
        )
        self._say()

    def _say(self) -> None:
        if self.snapshot is None:
            return
        rows = self._rows
        events = self.query_one(EventList)
        self.query_one(".columns", Static).update(events.header)
        parts = [self._going(events.following)]
        if self._new:
            parts.append(strings.NEW.format(count=self._new))
        parts.append(
            strings.FILTERED.format(
                filter=self.query_one("#filter", LineInput).value,
                found=f"{len(events.rows):,}",
                count=f"{len(rows):,}",
            )
            if self._filter
            else strings.counted(strings.COUNT, len(rows)).format(count=f"{len(rows):,}")
        )
        self.query_one(".state", Static).update(
            Content.styled("   ".join(parts), "$foreground-muted")
        )

    @property
    def _rows(self) -> Sequence[EventRow]:
        """The events that are here, before the filter."""
        if self._held is not None:
            return self._held
        return self.snapshot.events if self.snapshot else ()

    def _going(self, following: bool) -> str:
        """Return that new events show up by themselves, or why they do not."""
        if self._held is not None:
            return strings.PAUSED_LOG
        if self.snapshot is not None and self.snapshot.window.to_ns < self.snapshot.now_ns:
            return strings.PAST.format(period=label_of_snapshot(self.snapshot))
        return strings.FOLLOWING if following else strings.HELD

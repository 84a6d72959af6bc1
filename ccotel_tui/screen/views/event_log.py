"""The view of every event as it comes: followed, paused, filtered, read anywhere in the window."""

from dataclasses import replace
from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Input, Static

from ccotel_tui.query.events import time_of
from ccotel_tui.query.query import Series
from ccotel_tui.screen import strings
from ccotel_tui.screen.charts.reader.part import from_first_event
from ccotel_tui.screen.data.history.log_page import LogPage, LogPlace
from ccotel_tui.screen.data.snapshot import Snapshot
from ccotel_tui.screen.format.cells import join_cells
from ccotel_tui.screen.format.events.filter import parse_filter
from ccotel_tui.screen.format.events.groups import listed_prompts
from ccotel_tui.screen.format.periods import label_of_snapshot
from ccotel_tui.screen.format.times import local, parse_time
from ccotel_tui.screen.messages import LogEndWanted, MoreWanted
from ccotel_tui.screen.views.sections.view import View
from ccotel_tui.screen.widgets.line_input import LineInput
from ccotel_tui.screen.widgets.lists.events import EventList
from ccotel_tui.screen.widgets.lists.histogram import Histogram

_HISTOGRAM_FROM = 16
"""Rows of a pane from which the histogram stands above the list."""

_BEGINNING = 0
"""The time to go to where that is the oldest event, whenever it was."""

_END = 1 << 63
"""The same of the newest."""


class LogView(View):
    """A page of the window's events, newest last: the next is asked for near its ends."""

    filters = True
    wants_log: LogPlace

    def __init__(self, name: str) -> None:
        super().__init__(id=name)
        self.wants_log = LogPlace()
        self._paused = False
        self._settles = False
        """Whether a page has come and is not laid out yet: where the list stands says nothing."""
        self._wanted_ns: int | None = None
        """The time to go to, once its events are here."""

    def compose(self) -> ComposeResult:
        yield Histogram()
        yield Static(classes="columns")
        yield EventList()
        yield Static(classes="state")
        yield LineInput("filter", strings.FILTER_HINT)
        yield LineInput("time", strings.TIME_HINT)

    def on_mount(self) -> None:
        self.watch(self.query_one(EventList), "scroll_y", self._look_around)

    def show(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self._settles = True
        if self._paused and self.wants_log.until_ns is None:
            self.hold(True)
        self._update()
        self._arrive()
        self.call_after_refresh(self._settle)

    def _settle(self) -> None:
        self._settles = False
        if self.is_attached:
            self._look_around()

    def follow(self) -> None:
        """Go to the newest event, and on with those that come."""
        self.query_one(EventList).action_last()

    def hold(self, paused: bool) -> None:
        """Stand still, or go on."""
        self._paused = paused
        until_ns = None
        if paused and self.snapshot is not None:
            page = self._page
            newest_ns = self.snapshot.heard_ns or self.snapshot.now_ns
            until_ns = newest_ns if page.has_newer or not page.rows else time_of(page.rows[-1])
        self._move(until_ns=until_ns)

    def filter(self) -> None:
        """Ask for a filter."""
        self.query_one("#filter", LineInput).open()

    def open_rows(self, what: str, within: str = "") -> None:
        """List the events that this filter leaves."""
        typed = self.query_one("#filter", LineInput)
        typed.value = what
        typed.display = True

    def ask_time(self) -> None:
        """Ask for a time to go to."""
        self.query_one("#time", LineInput).open()

    def clear(self) -> bool:
        """Take the filter away; whether there was one."""
        was = bool(self.wants_log.texts)
        if was:
            self.query_one("#filter", LineInput).action_clear()
        return was

    @on(Input.Changed, "#filter")
    def _filter_changed(self, message: Input.Changed) -> None:
        self._move(texts=parse_filter(message.value))

    @on(Input.Submitted, "#filter")
    def _filter_submitted(self) -> None:
        self.query_one("#filter", LineInput).close()

    @on(Input.Submitted, "#time")
    def _time_submitted(self, message: Input.Submitted) -> None:
        if self.snapshot is None:
            return
        time_ns = parse_time(message.value, self.snapshot.now_ns, self.snapshot.window)
        if time_ns is None:
            self.notify(strings.BAD_TIME.format(text=message.value), markup=False)
            return
        self.query_one("#time", LineInput).action_clear()
        self._go_to(time_ns)

    def on_log_end_wanted(self, message: LogEndWanted) -> None:
        if message.oldest:
            self._go_to(_BEGINNING)
        else:
            self._wanted_ns = _END
            self._move(around_ns=None)
            self._arrive()

    def _go_to(self, time_ns: int) -> None:
        """Ask for the events around the time, and go there when they are here."""
        if self.snapshot is not None:
            self._wanted_ns = time_ns
            self._move(around_ns=max(time_ns, self.snapshot.window.from_ns))
            self._arrive()

    def _arrive(self) -> None:
        """Go to the time that was asked for, where its events are here."""
        page, wanted_ns = self._page, self._wanted_ns
        if wanted_ns is None or self.snapshot is None or page.place != self.wants_log:
            return
        self._wanted_ns = None
        events = self.query_one(EventList)
        events.go_to(wanted_ns)
        oldest_ns = time_of(page.rows[0]) if page.rows else self.snapshot.now_ns
        if _BEGINNING < wanted_ns < oldest_ns and not page.has_older:
            oldest = f"{local(oldest_ns, self.snapshot.window):%m-%d %H:%M}"
            self.notify(strings.BEFORE_WINDOW.format(time=oldest), markup=False)

    def _look_around(self) -> None:
        """Ask for other events where the reader comes near an end of those that are here."""
        self._say()
        page, events = self._page, self.query_one(EventList)
        if self._settles or self._wanted_ns is not None or page.place != self.wants_log:
            return
        older = page.has_older and events.near_end(oldest=True)
        newer = page.has_newer and events.near_end(oldest=False)
        if older or newer:
            self._move(around_ns=events.middle_ns)
        elif not page.has_newer and events.following:
            self._move(around_ns=None)

    def _move(self, **place: Any) -> None:
        """Ask for the events of a place that is another one in this."""
        moved = replace(self.wants_log, **place)
        if moved != self.wants_log:
            self.wants_log = moved
            self.post_message(MoreWanted())

    def on_option_list_option_highlighted(self) -> None:
        self._look_around()

    def on_resize(self) -> None:
        self.query_one(Histogram).display = self.size.height >= _HISTOGRAM_FROM
        self._update()

    def _update(self) -> None:
        if self.snapshot is None:
            return
        page, window = self._page, self.snapshot.window
        filtered = bool(page.place.texts)
        cut = page.has_newer or page.place.until_ns is not None or self._is_past
        prompts = listed_prompts(page.rows, page.prompts, filtered=filtered, cut=cut)
        self.query_one(EventList).show(
            page.rows,
            window,
            self.snapshot.running,
            prompts,
            folds=not filtered,
            ends_newest=not page.has_newer,
        )
        self._say()

    def _say(self) -> None:
        if self.snapshot is None:
            return
        page, window = self._page, self.snapshot.window
        events = self.query_one(EventList)
        self.query_one(".columns", Static).update(events.header)
        marked_ns = None if events.following else events.middle_ns
        histogram = self.query_one(Histogram)
        if histogram.display:
            time = from_first_event(
                window, self.snapshot.first_ns, [Series({}, tuple(page.counts))]
            )
            histogram.show_page(page, window, time, marked_ns, ends_now=not self._is_past)
        parts = [Content.styled(part, "$foreground-muted") for part in self._state(page, events)]
        if page.failures:
            failures = strings.FAILED_EVENTS.format(count=f"{page.failures:,}")
            parts.append(Content.styled(failures, "$text-error"))
        self.query_one(".state", Static).update(join_cells(parts, "   ", self.size.width))

    def _state(self, page: LogPage, events: EventList) -> list[str]:
        """Whether it follows, and how many events there are."""
        parts = [self._going(events.following)]
        if page.later:
            parts.append(strings.NEW.format(count=page.later))
        if page.place.texts:
            typed = self.query_one("#filter", LineInput).value
            counts = {"found": f"{page.matching:,}", "count": f"{page.every:,}"}
            parts.append(strings.FILTERED.format(filter=typed, **counts))
        else:
            count = strings.counted(strings.COUNT, page.every)
            parts.append(count.format(count=f"{page.every:,}"))
        return parts

    @property
    def _page(self) -> LogPage:
        return self.snapshot.log if self.snapshot else LogPage()

    @property
    def _is_past(self) -> bool:
        return self.snapshot is not None and self.snapshot.window.to_ns < self.snapshot.now_ns

    def _going(self, following: bool) -> str:
        """Return that new events show up by themselves, or why they do not."""
        if self._paused:
            return strings.PAUSED_LOG
        if self._is_past and self.snapshot is not None:
            return strings.PAST.format(period=label_of_snapshot(self.snapshot))
        return strings.FOLLOWING if following else strings.HELD

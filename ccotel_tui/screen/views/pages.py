"""The dashboard's pages: one view at a time, or how to begin while nothing has been received."""

from typing import TYPE_CHECKING, cast

from textual.app import ComposeResult
from textual.containers import Container, VerticalScroll
from textual.widgets import ContentSwitcher, Static

from ccotel_tui.panels.catalogue import SECTIONS
from ccotel_tui.screen import garbage_collection
from ccotel_tui.screen.data.snapshot import Snapshot, keep_last_good
from ccotel_tui.screen.stack_actions import Controls
from ccotel_tui.screen.views.registry import make_view

if TYPE_CHECKING:
    from ccotel_tui.panels.panel import Section
    from ccotel_tui.screen.views.section import View
    from ccotel_tui.screen.views.stack import StackView


class Pages(Container):
    """The views by name, each made when it is first opened, and the newest answers of each."""

    def __init__(self, controls: Controls) -> None:
        super().__init__()
        self.last_section: Section = SECTIONS[0]
        """The section that is open, or was before another view."""
        self._controls = controls
        self._first_day = Static(markup=False)
        self._switcher = ContentSwitcher()
        self._views: dict[str, View] = {}
        self._snapshots: dict[str, Snapshot] = {}
        self._paused = False
        self._backfill_status = ""
        self._nothing_received = False

    def compose(self) -> ComposeResult:
        yield self._switcher

    async def begin(self) -> None:
        """Mount what the first frame does not wait for."""
        await self.mount(VerticalScroll(self._first_day, id="first-day"))
        await self._open(SECTIONS[0])

    @property
    def is_open(self) -> bool:
        return self._switcher.current is not None

    @property
    def name_shown(self) -> str:
        return self._switcher.current or SECTIONS[0]

    @property
    def view(self) -> "View":
        return self._views[self.name_shown]

    @property
    def stack_view(self) -> "StackView":
        """The view of the stack, which must be open."""
        return cast("StackView", self._views["stack"])

    @property
    def snapshot(self) -> Snapshot | None:
        """The newest answers of the view that is open."""
        return self._snapshots.get(self.name_shown)

    async def open(self, name: str) -> None:
        """Bring a view to the front, with its newest lines in sight and the focus on its list."""
        self.screen.minimize()
        await self._open(name)
        self.view.follow()
        self._switch_first_day()
        self._take_focus()

    def show(self, snapshot: Snapshot, period: str) -> None:
        """Show answers in the view that is open; where they failed, its former ones as stale."""
        snapshot = keep_last_good(self.snapshot, snapshot)
        if snapshot == self.snapshot:
            return
        self._snapshots[self.name_shown] = snapshot
        self.view.show(snapshot, period)
        failed_or_ahead = snapshot.failure or snapshot.ahead
        self._nothing_received = snapshot.heard_ns is None and not failed_or_ahead
        self._switch_first_day()

    def forget(self) -> None:
        """Drop all answers: they are about another window or session."""
        self._snapshots.clear()

    def show_first_day(self, text: str) -> None:
        self._first_day.update(text)

    def show_backfill(self, status: str) -> None:
        """Tell the stack's view how far the backfill is, also if that is opened later."""
        self._backfill_status = status
        if "stack" in self._views:
            self.stack_view.backfill_status = status

    def hold(self, paused: bool) -> None:
        """Let the views stand still, or go on."""
        self._paused = paused
        for made in self._views.values():
            made.hold(paused)

    def toggle_zoom(self) -> None:
        """Show the panel that the keys are about alone, or all of them again."""
        panel = self.view.panel(self.screen.focused)
        if self.screen.maximized is not None:
            self.screen.minimize()
        elif panel is not None:
            self.screen.maximize(panel, container=False)

    async def _open(self, name: str) -> None:
        if name not in self._views:
            new = make_view(name, self._controls)
            await self._switcher.mount(new)
            self._views[name] = new
            new.hold(self._paused)
            if name == "stack":
                self.show_backfill(self._backfill_status)
            garbage_collection.keep()
        self._switcher.current = name
        if name in SECTIONS:
            self.last_section = name

    def _switch_first_day(self) -> None:
        first_day = self._nothing_received and self.name_shown != "stack"
        if first_day != self.has_class("first-day"):
            self.set_class(first_day, "first-day")
            self.call_after_refresh(self._take_focus)

    def _take_focus(self) -> None:
        """Let the arrows move the list that is seen, or the first day's page."""
        if self.has_class("first-day"):
            self.screen.set_focus(self.query_one("#first-day"))
        elif self.name_shown in ("sessions", "log", "stack"):
            self.screen.set_focus(self.view.query("OptionList").first())
        else:
            self.screen.set_focus(None)

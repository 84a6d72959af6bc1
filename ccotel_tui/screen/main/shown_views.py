"""The views between two bars: one is open, each is made when it is first opened."""

from asyncio import Lock
from collections.abc import Iterable
from datetime import tzinfo
from typing import TYPE_CHECKING, cast

from ccotel_tui.claude.session_registry import SessionRegistry
from ccotel_tui.panels.behind import Behind
from ccotel_tui.panels.catalogue import SECTIONS
from ccotel_tui.panels.result import PanelAnswer
from ccotel_tui.screen import strings
from ccotel_tui.screen.charts.reader.part import TimeZoom
from ccotel_tui.screen.charts.roles import SeriesRoles
from ccotel_tui.screen.data.recorder_report import RecorderReport
from ccotel_tui.screen.data.selection import Selection
from ccotel_tui.screen.data.snapshot import Snapshot, keep_last_good
from ccotel_tui.screen.format.bar_status import BarStatus
from ccotel_tui.screen.format.page import Page
from ccotel_tui.screen.format.sessions.order import ordered
from ccotel_tui.screen.format.sessions.unheard import unheard_page
from ccotel_tui.screen.format.status import first_day
from ccotel_tui.screen.keys import KEYS
from ccotel_tui.screen.main.bars import Bars
from ccotel_tui.screen.main.registry import TEAM, make_view
from ccotel_tui.screen.messages import (
    PageWanted,
    QuestionChanged,
    UnheardChosen,
)
from ccotel_tui.screen.notices.notices import Notices
from ccotel_tui.screen.process import garbage_collection
from ccotel_tui.screen.stack_actions import Controls
from ccotel_tui.screen.views.first_day import FirstDay
from ccotel_tui.screen.views.pages.dialogs import TextScreen
from ccotel_tui.screen.widgets.panel_view import PanelView
from ccotel_tui.settings import Settings

if TYPE_CHECKING:
    from ccotel_tui.screen.format.events.groups import PromptKey
    from ccotel_tui.screen.format.sessions.lines import Session
    from ccotel_tui.screen.views.prompt import PromptView
    from ccotel_tui.screen.views.sections.view import View
    from ccotel_tui.screen.views.stack import StackView


_LISTS = ("sessions", "session", "prompt", "log", "stack", "usage", "team", "alerts")
"""The views in which the arrows move a list."""


def clear_choices(views: "Iterable[View]") -> None:
    """Take away all that was chosen of their charts."""
    for view in views:
        while view.clear_choices():
            pass


class ShownViews(Bars):
    """The views by name, each made when it is first opened, and the newest answers of each."""

    def __init__(
        self,
        controls: Controls,
        settings: Settings,
        registry: SessionRegistry,
        folder: str = "",
    ) -> None:
        """`folder` is that of which alone the sessions are shown, if any."""
        super().__init__(folder)
        self.last_section: str = SECTIONS[0]
        """The section that is open, or was before another view."""
        self.entered = False
        """Whether the view was gone into from another, to which Esc leads back."""
        self._controls = controls
        self._settings = settings
        self._first_day = FirstDay(registry)
        self._views: dict[str, View] = {}
        self._making = Lock()
        self._roles = SeriesRoles()
        self._snapshots: dict[str, Snapshot] = {}
        self._nothing_received = False
        self._paused = False
        self._backfill_status = ""
        self._notice_is_of_page = False

    async def begin(self) -> None:
        """Mount what the first frame does not wait for."""
        await self.mount(self._first_day, before=self._bottom_bar)
        await self._open(self._settings.section)

    async def make_ahead(self) -> None:
        """Make the sections before they are opened: to do it at the key takes several frames."""
        for name in SECTIONS:
            # Nothing can be made in an app that is ending.
            if self._switcher.is_attached:
                await self._make(name)

    @property
    def open_view(self) -> str:
        """The name of the view that is open."""
        return self._switcher.current or SECTIONS[0]

    @property
    def view(self) -> "View":
        return self._views[self.open_view]

    @property
    def sections(self) -> tuple[str, ...]:
        """The sections that have a tab."""
        return self._top_bar.sections

    @property
    def snapshot(self) -> Snapshot | None:
        """The newest answers of the view that is open."""
        return self._snapshots.get(self.open_view)

    @property
    def sessions(self) -> "list[Session]":
        """The sessions of the newest answer that has any, who waits and who runs first."""
        snapshots = [self.snapshot, *reversed(self._snapshots.values())]
        return next((ordered(s.sessions, s.running) for s in snapshots if s and s.sessions), [])

    def newest_answer(self, panel_id: str) -> PanelAnswer | None:
        """Return the newest answer of the panel that any view has."""
        snapshots = [self.snapshot, *reversed(self._snapshots.values())]
        return next((s.answers[panel_id] for s in snapshots if s and panel_id in s.answers), None)

    def show(self, snapshot: Snapshot) -> None:
        """Show answers in the view that is open; where they failed, its former ones as stale."""
        snapshot = keep_last_good(self.snapshot, snapshot)
        if snapshot == self.snapshot:
            return
        self._snapshots[self.open_view] = snapshot
        if snapshot.team.is_several:
            # It stays: a tab that comes and goes would be missed by a hand.
            self._top_bar.sections = (*SECTIONS, TEAM)
        self.view.show(snapshot)
        failed_or_ahead = bool(snapshot.failure or snapshot.ahead)
        self._nothing_received = snapshot.heard_ns is None and not failed_or_ahead
        self._switch_first_day()

    def show_selection(self, selection: Selection, zone: tzinfo) -> None:
        """Show in the top bar what the answers are about; those so far are of something else."""
        self._snapshots.clear()
        for view in self._views.values():
            view.show_part(TimeZoom())
        super().show_selection(selection, zone)

    def show_status(self, status: BarStatus) -> None:
        self._top_bar.state = status.state
        self._bottom_bar.text, self._bottom_bar.wrong = status.text, status.wrong

    def show_first_day(self, recorder: RecorderReport, command: str) -> None:
        self._first_day.show(first_day(recorder, command), recorder)

    def show_backfill(self, status: str) -> None:
        """Tell the stack's view how far the backfill is, also if that is opened later."""
        self._backfill_status = status
        if "stack" in self._views:
            self._stack_view.backfill_status = status

    def show_alerts(self, notices: Notices) -> None:
        """Show the rules that hold in the view that is open."""
        if notices.snapshot is not None and self._switcher.current is not None:
            self.view.show_alerts(notices.holding, notices.history.entries, notices.snapshot)

    def on_unheard_chosen(self, message: UnheardChosen) -> None:
        """Set Claude Code up where that is what lacks; else say what does."""
        if message.unheard.mending == "setup":
            self._first_day.run_command("setup")
        else:
            self.show_page(unheard_page(message.unheard))

    def tell(self, notice: str) -> None:
        """Say for a moment what a key has done, until another page is opened."""
        self._bottom_bar.notice, self._notice_is_of_page = notice, True

    def tell_alert(self, notice: str) -> None:
        """Say for a moment what begins to hold, whatever page is opened."""
        self._bottom_bar.notice, self._notice_is_of_page = notice, False

    def show_page(self, page: Page | None) -> None:
        """Show a page of text above; None where there is nothing to tell."""
        if page is not None:
            self.app.push_screen(TextScreen(page))

    def hold(self, paused: bool) -> None:
        """Let the views stand still, or go on."""
        self._paused = paused
        for view in self._views.values():
            view.hold(paused)

    def on_page_wanted(self, message: PageWanted) -> None:
        self.show_page(message.page)

    async def reopen(self, name: str) -> None:
        """Open the view where it was left."""
        self.minimize()
        if self._notice_is_of_page and self._bottom_bar.notice:
            self._bottom_bar.notice = ""
        if self._switcher.current is not None:
            clear_choices([self.view])
        await self._open(name)
        self._switch_first_day()
        self._take_focus()
        if self._is_first_day:
            self.tell(strings.FILLS_LATER)
        self.call_after_refresh(self._opened)

    def _opened(self) -> None:
        """Ask for the view that is seen now: to ask before would hold its first frame up."""
        self.view.tell_sizes()
        self.post_message(QuestionChanged())

    async def enter(self, name: str) -> None:
        """Open the view, gone into from the one that is open."""
        self.entered = True
        await self.reopen(name)

    def clear_all_choices(self) -> None:
        """Take away what was chosen of charts, also where a list was gone into from them."""
        clear_choices(self._views.values())

    async def open_prompt(self, key: "PromptKey") -> None:
        """Open the waterfall of that prompt."""
        await self._open("prompt")
        cast("PromptView", self.view).choose(key)
        await self.enter("prompt")

    async def open_behind(self, behind: Behind) -> None:
        """Open the list of the rows."""
        await self._open(behind.view)
        self.view.open_rows(behind.what, behind.within)
        await self.enter(behind.view)

    def minimize(self) -> None:
        """Show all panels again; no resize tells them of it where the pane keeps its size."""
        if self.maximized is None:
            return
        super().minimize()
        if self._switcher.current is not None:
            self.call_after_refresh(self.view.fit_panels)

    @property
    def _stack_view(self) -> "StackView":
        return cast("StackView", self._views["stack"])

    async def _make(self, name: str) -> None:
        """Make the view where there is none of that name yet."""
        async with self._making:
            if name in self._views:
                return
            view = make_view(name, self._controls, self._settings.hidden_panels)
            # Beside the view that is open it would take half of its height.
            view.display = False
            await self._switcher.mount(view)
            self._views[name] = view
            view.roles = self._roles
            view.budgets = self._settings.budget
            view.hold(self._paused)
            if name == "stack":
                self.show_backfill(self._backfill_status)
            garbage_collection.freeze()

    async def _open(self, name: str) -> None:
        await self._make(name)
        self._switcher.current = name
        self._top_bar.section = name
        self._offer_keys()
        self._top_bar.is_life = name in ("session", "prompt")
        if name in self.sections:
            self.last_section = name

    @property
    def _is_first_day(self) -> bool:
        return self.has_class("first-day")

    def _offer_keys(self) -> None:
        """Offer what does something here: to see a panel alone, other pages, the way back.

        On a first day that is why no data comes, and the stack.
        """
        useless = set() if self.open_view not in self.sections else {"back"}
        if self._is_first_day or not self.view.query(PanelView):
            useless.add("zoom")
        if self._is_first_day or not (self.view.filters or self.open_view == "events"):
            useless.add("filter")
        here = f"section({self.open_view!r})"
        offered = [key for key in KEYS if key.id not in useless and key.action != here]
        of_first_day = [key for key in offered if key.id in ("doctor", "stack")]
        hinted = [key for key in offered if key.hinted]
        self._bottom_bar.footer = tuple(key for key in offered if key.footer)
        self._bottom_bar.hinted = tuple(of_first_day if self._is_first_day else hinted)

    def _switch_first_day(self) -> None:
        """Show how to begin in the place of panels without a record."""
        first_day = self._nothing_received and self.open_view != "stack"
        if first_day != self._is_first_day:
            self.set_class(first_day, "first-day")
            self._offer_keys()
            self.call_after_refresh(self._take_focus)

    def _take_focus(self) -> None:
        """Let the arrows move the list that is seen, or the first day's page."""
        if self._is_first_day:
            self.set_focus(self._first_day)
        elif self.open_view in _LISTS:
            self.set_focus(self.view.query("OptionList").first())
        else:
            self.set_focus(None)

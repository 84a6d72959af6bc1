"""The dashboard: its views, the state they share, and what keys do to it."""

from asyncio import gather
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import tzinfo
from functools import partial
from typing import TYPE_CHECKING, cast

from textual import on
from textual.app import ComposeResult, SystemCommand
from textual.containers import VerticalScroll
from textual.reactive import reactive
from textual.screen import Screen
from textual.widgets import ContentSwitcher, Static
from textual.worker import Worker

from ccotel_tui.claude.session_registry import SessionRegistry
from ccotel_tui.panels.catalogue import SECTIONS
from ccotel_tui.panels.output.sanitize import sanitize
from ccotel_tui.query.period import Period
from ccotel_tui.query.query import Scope
from ccotel_tui.query.source import Source
from ccotel_tui.screen import garbage_collection, messages, strings
from ccotel_tui.screen.data.backfill import run_backfill
from ccotel_tui.screen.data.messages import Answered, BackfillSaid, RecorderSaid
from ccotel_tui.screen.data.recorder_child import RecorderChild
from ccotel_tui.screen.data.refresher import Now, Refresher
from ccotel_tui.screen.data.snapshot import Question, Snapshot, keep_last_good
from ccotel_tui.screen.data.source_switch import SourceSwitch
from ccotel_tui.screen.format.page import Page
from ccotel_tui.screen.format.status import (
    bottom,
    first_day,
    in_full,
    period_label,
    problem,
    state_words,
)
from ccotel_tui.screen.garbage_collection import Garbage
from ccotel_tui.screen.hangup import EndedInOrder
from ccotel_tui.screen.keys import KEYS
from ccotel_tui.screen.stack_actions import Controls
from ccotel_tui.screen.views.dialogs import TextScreen, help_page
from ccotel_tui.screen.views.grafana import opened_board
from ccotel_tui.screen.views.registry import view
from ccotel_tui.screen.widgets.bars import BottomBar, TopBar

if TYPE_CHECKING:
    from ccotel_tui.panels.panel import Section
    from ccotel_tui.screen.views.section import View
    from ccotel_tui.screen.views.stack import StackView
    from ccotel_tui.stack_control.models import Verb


_LOOK_EVERY = 3.0
"""Seconds between two looks whether somebody else has started the stack, or stopped it."""


class Dashboard(EndedInOrder):
    """Panels of one source; where that is the embedded store, with its recorder."""

    kept = reactive("")
    """How far what was kept is on its way to the stack."""

    AUTO_FOCUS = None
    CSS_PATH = "app.tcss"
    BINDINGS = [key.binding() for key in KEYS]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (60, "-normal"), (100, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (20, "-medium"), (34, "-tall"), (50, "-high")]

    def __init__(
        self,
        source: Source,
        recording: RecorderChild | None,
        period: Period,
        scope: Scope,
        clock: Now,
        zone: tzinfo,
        controls: Controls,
        registry: SessionRegistry | None = None,
        command: str = "ccotel-tui",
        label: str = "",
        reopen: Callable[[], Source] | None = None,
        note: str = "",
    ) -> None:
        """`command` is how this program is called, `label` the source where that is no name.

        `reopen` finds who answers, where that may be another one after the stack's start or end;
        `note` is said where nothing else is wrong.
        """
        super().__init__()
        self._controls = controls
        self._command = command
        self._label, self._note = label, note
        self._answering = SourceSwitch(source, reopen)
        self._recording = recording
        self._period = self._rolling = period
        self._scope = self._unscoped = scope
        self._clock = clock
        self._zone = zone
        registry = registry or SessionRegistry()
        self._refresher = Refresher(self, source, self._question, clock, zone, registry)
        self._recorder_said = RecorderSaid("", recording is None)
        self._snapshots: dict[str, Snapshot] = {}
        self._sending: Worker[None] | None = None
        self._garbage = Garbage()
        self._empty = False
        self._before = SECTIONS[0]

    def compose(self) -> ComposeResult:
        yield TopBar(SECTIONS)
        yield ContentSwitcher()
        yield BottomBar()

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The palette's commands are the keys' own."""
        for key in KEYS:
            if key.listed:
                run = partial(self.run_action, key.action)
                yield SystemCommand(key.help, f"{key.label}  {key.shown}", run)

    def on_mount(self) -> None:
        self._say_what()
        self._say_state()
        self.call_after_refresh(self._begin)

    async def _begin(self) -> None:
        """What can wait until something is seen."""
        first_day = VerticalScroll(Static(markup=False), id="first-day")
        await self.screen_stack[0].mount(first_day, before="BottomBar")
        self._say_first_day()
        await self._open(SECTIONS[0])
        self._refresher.start()
        self._garbage.begin()
        self.set_interval(1.0, self._each_second)
        if self._answering.changes:
            self.set_interval(_LOOK_EVERY, self._look_who_answers)
            if self._answering.source.name == "stack":
                self._send_kept(started=False)
        if self._recording is not None:
            self.run_worker(self._recording.keep_going(self.post_message), group="recorder")

    async def on_unmount(self) -> None:
        self._garbage.end()
        stopping = [] if self._recording is None else [self._recording.stop()]
        await gather(self._refresher.end(), *stopping)

    def on_answered(self, message: Answered) -> None:
        if not self.screen_stack or message.question != self._question():
            # The screen is being taken down; or it is about what was seen before a key was
            # pressed, and the next answer is on its way.
            return
        former, snapshot = self._snapshot, keep_last_good(self._snapshot, message.snapshot)
        if snapshot == former:
            return
        self._snapshots[self._shown] = snapshot
        self._view.show(snapshot, period_label(self._period, self._zone))
        self._empty = snapshot.heard_ns is None and not (snapshot.ahead or snapshot.failure)
        self._show_first_day()
        self._say_state()

    def _show_first_day(self) -> None:
        """How to begin, in the place of panels without a record."""
        main = self.screen_stack[0]
        first = self._empty and self._shown != "stack"
        if first != main.has_class("first-day"):
            main.set_class(first, "first-day")
            self.call_after_refresh(self._focus)

    def on_recorder_said(self, message: RecorderSaid) -> None:
        self._recorder_said = message
        self._say_first_day()
        self._say_state()

    async def on_stack_changed(self, message: messages.StackChanged) -> None:
        await self._turn_to_who_answers()
        if message.started:
            self._send_kept(started=True)

    async def _look_who_answers(self) -> None:
        """Somebody else may start the stack, or stop it."""
        receives = problem(self._recorder_said.said, self._recorder_said.recording)
        embedded, seen = self._answering.source.name == "embedded", self._snapshot
        begun = embedded and receives == strings.COLLECTOR_RECEIVES
        ended = not embedded and self._recorder_said.recording and bool(seen and seen.failure)
        if (begun or ended) and await self._turn_to_who_answers() and begun:
            self._send_kept(started=False)

    async def _turn_to_who_answers(self) -> bool:
        """Whether that is another one than before."""
        if not await self._answering.look():
            return False
        self._refresher.turn_to(self._answering.source)
        self._changed()
        self._say_first_day()
        return True

    def _send_kept(self, started: bool) -> None:
        sending = run_backfill(self._controls, started, self.post_message)
        self._sending = self.run_worker(sending, group="kept", exclusive=True)

    def on_backfill_said(self, message: BackfillSaid) -> None:
        self.kept = message.said

    async def on_session_chosen(self, message: messages.SessionChosen) -> None:
        self._scope = replace(self._unscoped, session_id=message.session_id)
        self._changed()
        await self.action_section(SECTIONS[0])

    def on_page_wanted(self, message: messages.PageWanted) -> None:
        self.push_screen(TextScreen(message.page))

    @on(messages.MoreWanted)
    @on(messages.PanelsChanged)
    def action_refresh_now(self) -> None:
        self._refresher.ask()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "stack":
            return self._shown == "stack"
        return action == "quit" or self._switcher.current is not None

    async def action_section(self, name: str) -> None:
        if self._shown in SECTIONS:
            self._before = self._shown
        self.screen.minimize()
        await self._open(name)
        self._view.follow()
        self._show_first_day()
        self._focus()
        self._refresher.ask()

    async def action_step_section(self, by: int) -> None:
        here = SECTIONS.index(self._shown if self._shown in SECTIONS else self._before)
        await self.action_section(SECTIONS[(here + by) % len(SECTIONS)])

    def action_step_window(self, by: int) -> None:
        self._period = self._rolling = self._rolling.stepped(by)
        self._changed()

    def action_move_window(self, by: int) -> None:
        now_ns = self._clock()
        moved = self._period.moved(by, now_ns, self._zone)
        self._period = self._rolling if moved.to_ns >= now_ns else moved
        self._changed()

    def action_window_now(self) -> None:
        self._period = self._rolling
        self._changed()

    def action_pause(self) -> None:
        paused = self._refresher.paused = not self._refresher.paused
        for one in self._switcher.children:
            cast("View", one).hold(paused)
        if not paused:
            self._refresher.ask()
        self._say_state()

    async def action_filter(self) -> None:
        await self.action_section("log")
        self._view.filter()

    def action_stack(self, verb: "Verb") -> None:
        cast("StackView", self._view).do(verb)

    async def action_switch_stack(self) -> None:
        await self.action_section("stack")
        cast("StackView", self._view).switch()

    def action_follow(self) -> None:
        self._view.follow()

    def action_scroll(self, way: str) -> None:
        """The view, where nothing in it has the focus and does so itself."""
        scroll: Callable[[], None] = getattr(self._view, f"action_{way}")
        scroll()

    def action_zoom(self) -> None:
        panel = self._view.panel(self.focused)
        if self.screen.maximized is not None:
            self.screen.minimize()
        elif panel is not None:
            self.screen.maximize(panel, container=False)

    def action_detail(self) -> None:
        self._show(self._view.numbers(self.focused))

    def action_info(self) -> None:
        said = self._recorder
        wrong = said.in_full(in_full(said.said, said.recording, self._note))
        self._show(self._view.meaning(self.focused, wrong))

    async def action_step_back(self) -> None:
        if self._view.clear():
            return
        if self._shown not in SECTIONS:
            await self.action_section(self._before)
        elif self._scope != self._unscoped:
            self._scope = self._unscoped
            self._changed()

    async def action_grafana(self) -> None:
        others = {"log": "events"}.get(self._shown, SECTIONS[0])
        section = self._shown if self._shown in SECTIONS else others
        asked = cast("Section", section), self._period, self._scope, self._zone
        self._show(await opened_board(self._controls.grafana, *asked, self._answering.source.name))

    def action_help(self) -> None:
        self._show(help_page())

    def _show(self, page: Page | None) -> None:
        if page is not None:
            self.push_screen(TextScreen(page))

    async def _open(self, name: str) -> None:
        """Show the view, made when it is first seen."""
        if not self._switcher.query_children(f"#{name}"):
            new = view(name, self._controls)
            if name == "stack":
                new.data_bind(Dashboard.kept)
            await self._switcher.mount(new)
            new.hold(self._refresher.paused)
            garbage_collection.keep()
        self._switcher.current = name
        self.query_one(TopBar).section = name

    @property
    def _recorder(self) -> RecorderSaid:
        """What the recorder says; nothing, where it is not what is looked at."""
        embedded = self._answering.source.name == "embedded"
        return self._recorder_said if embedded else RecorderSaid("", recording=True)

    @property
    def _switcher(self) -> ContentSwitcher:
        return self.screen_stack[0].query_one(ContentSwitcher)

    @property
    def _shown(self) -> str:
        return self._switcher.current or SECTIONS[0]

    @property
    def _view(self) -> "View":
        return cast("View", self._switcher.query_one(f"#{self._shown}"))

    @property
    def _snapshot(self) -> Snapshot | None:
        return self._snapshots.get(self._shown)

    def _focus(self) -> None:
        """What the arrows move: the list that is seen, or the first day's page."""
        main = self.screen_stack[0]
        if main.has_class("first-day"):
            main.set_focus(main.query_one("#first-day"))
        elif self._shown in ("sessions", "log", "stack"):
            main.set_focus(self._view.query("OptionList").first())
        else:
            main.set_focus(None)

    def _question(self) -> Question:
        view = self._view
        return Question(
            self._shown,
            self._answering.source.name,
            view.panels,
            self._period,
            self._scope,
            view.wants_sessions,
            view.wants_present,
            view.wants_events,
            view.wants_balances,
        )

    def _changed(self) -> None:
        """What was known is about another time, or another session."""
        self._snapshots.clear()
        self._say_what()
        self._refresher.ask()

    def _say_what(self) -> None:
        bar = self.screen_stack[0].query_one(TopBar)
        bar.window = period_label(self._period, self._zone)
        chosen = self._scope.session_id
        bar.scope = strings.SCOPED.format(session=sanitize(chosen)[:4]) if chosen else ""

    def _say_first_day(self) -> None:
        said = self._recorder
        self.screen_stack[0].query_one("#first-day Static", Static).update(
            first_day(said.said, said.recording, self._command, said.not_taken.in_full())
        )

    def _each_second(self) -> None:
        self._say_state()
        self._garbage.look()

    def _say_state(self) -> None:
        main = self.screen_stack[0]
        if not main.query(TopBar):
            # A second has passed while the screen is being taken down.
            return
        now_ns, said, seen = self._clock(), self._recorder, self._snapshot
        wrong = said.health.wrong
        main.query_one(TopBar).state = state_words(
            seen, said.recording, self._refresher.paused, now_ns, wrong
        )
        name = self._label or self._answering.source.name
        not_taken = said.not_taken.in_brief(now_ns)
        note = not_taken or " ".join(said.health.notices) or self._note
        text = said.health.cause or bottom(seen, name, said.said, said.recording, now_ns, note)
        bar = main.query_one(BottomBar)
        failed = bool(seen and seen.failure)
        sending = self._sending is not None and self._sending.is_running
        bar.said = sanitize(self.kept if self.kept and sending and not failed else text)
        bar.wrong = failed or bool(problem(said.said, said.recording) or wrong or not_taken)

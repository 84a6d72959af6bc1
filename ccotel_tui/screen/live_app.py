"""The dashboard without its keys: what it is about, where its data come from, what it tells."""

from __future__ import annotations

import os
from asyncio import gather, to_thread
from typing import TYPE_CHECKING

from ccotel_tui.local.user_folders import APP
from ccotel_tui.screen.data.recorder_report import RecorderReport
from ccotel_tui.screen.keys import show_remapped
from ccotel_tui.screen.main.bars import Bars
from ccotel_tui.screen.notices.channels import Channels
from ccotel_tui.screen.process.garbage_collection import Garbage
from ccotel_tui.screen.process.hangup import EndedInOrder

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import tzinfo

    from textual.events import Key
    from textual.worker import Worker

    from ccotel_tui.claude.session_registry import SessionRegistry
    from ccotel_tui.query.period import Period
    from ccotel_tui.screen import messages
    from ccotel_tui.screen.data.files.fired import Fired
    from ccotel_tui.screen.data.files.user_files import UserFiles
    from ccotel_tui.screen.data.messages import (
        Answered,
        BackfillProgress,
        Compared,
        RecorderReported,
    )
    from ccotel_tui.screen.data.recorder_child import RecorderChild
    from ccotel_tui.screen.data.refresher import Now
    from ccotel_tui.screen.data.selection import Selection
    from ccotel_tui.screen.data.snapshot import Question, Snapshot
    from ccotel_tui.screen.data.source_switch import SourceSwitch
    from ccotel_tui.screen.stack_actions import Controls
    from ccotel_tui.settings import Settings

SOURCE_POLL_INTERVAL = 3.0
"""Seconds between two looks whether somebody else has started the stack, or stopped it."""


class LiveApp(EndedInOrder):
    """One screen kept at the newest answers of one source; where that is the store, it records.

    The first frame is of another screen, which needs next to no imports.
    """

    AUTO_FOCUS = None
    typed = ""
    """Letters and digits that were typed before the dashboard could do what they say."""
    makes_ahead = False
    """Whether the first answer is followed by the sections that nobody has opened yet."""
    CSS_PATH = "app.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (60, "-normal"), (100, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (20, "-medium"), (34, "-tall"), (50, "-high")]

    def __init__(
        self,
        sources: SourceSwitch,
        selection: Selection,
        files: UserFiles,
        registry: SessionRegistry,
        controls: Controls,
        clock: Now,
        zone: tzinfo,
        recording: RecorderChild | None = None,
        command: str = "ccotel-tui",
        folder: str = "",
    ) -> None:
        """`command` is how this program is called.

        Only sessions of the `folder` count, where one is named.
        """
        super().__init__()
        self._controls = controls
        self._command = command
        self._source_switch = sources
        self._recording = recording
        self._selection = selection
        self._clock = clock
        self._zone = zone
        self._folder = folder
        begins = recording is not None
        self._recorder_report = RecorderReport(recording=not begins, starting=begins)
        self._backfill: Worker[None] | None = None
        self._backfill_status = ""
        self._sessions = registry
        self._looking: Worker[None] | None = None
        self._statuses: Mapping[str, tuple[object, ...]] = {}
        self._garbage = Garbage()
        self._files = files
        self._channels = Channels(self._write, files.settings.notify, os.environ, APP)
        self._use_keys(files.settings)
        self._opening = Bars(folder)
        self._has_begun = False
        self._way: list[tuple[str, Selection]] = []
        """The way to the view that is open, from where it was gone into."""

    @property
    def period(self) -> Period:
        """The time that is shown."""
        return self._selection.period

    def get_default_screen(self) -> Bars:
        return self._opening

    def on_mount(self) -> None:
        self._opening.show_selection(self._selection, self._zone)
        self.call_after_refresh(self._begin)

    def on_key(self, event: Key) -> None:
        if not self._has_begun and event.is_printable and event.character:
            self.typed += event.character

    async def _begin(self) -> None:
        """Make what the first frame does not wait for, and begin."""
        self._make()
        await self.push_screen(self._main)
        self._main.show_selection(self._selection, self._zone)
        self._update_status()
        self._update_first_day()
        await self._main.begin()
        self._refresher.start()
        self._has_begun = True
        for character in filter(str.isalnum, self.typed):
            self.simulate_key(character)
        self._garbage.begin()
        self.set_interval(1.0, self._each_second)
        if self._source_switch.changes:
            self.set_interval(SOURCE_POLL_INTERVAL, self._poll_source)
            if self._source_switch.backend.name == "stack":
                self._start_backfill(started=False)
        if self._recording is not None:
            self.run_worker(self._recording.keep_going(self.post_message), group="recorder")

    def _make(self) -> None:
        """Import and make the screen, and what asks and judges for it."""
        from ccotel_tui.query.rules.reading import RuleReader
        from ccotel_tui.screen.data.refresher import Refresher
        from ccotel_tui.screen.data.snapshot_reader import SnapshotReader
        from ccotel_tui.screen.main.main_screen import MainScreen
        from ccotel_tui.screen.notices.notices import Notices

        settings, registry = self._files.settings, self._sessions
        reader = SnapshotReader(
            registry,
            RuleReader(settings.rules, self._selection.full_scope, settings.budget),
            self._zone,
            lambda: [port.port for port in self._recorder_report.ports],
            self._folder,
        )
        backend = self._source_switch.backend
        self._refresher = Refresher(self, backend, self._question, reader, self._clock)
        self._notices = Notices(settings.rules, self._files.choices, self._files.history)
        self._main = MainScreen(self._controls, settings, registry, self._folder)

    async def on_unmount(self) -> None:
        self._garbage.end()
        self._channels.show_title("")
        stopping = [] if self._recording is None else [self._recording.stop()]
        if self._has_begun:
            stopping.append(self._refresher.end())
        await gather(*stopping)

    def on_answered(self, message: Answered) -> None:
        # After a key the answer to the former question is dropped: the next is on its way.
        if message.question == self._question():
            self._main.show(message.snapshot)
            self._update_status()
            self._tell(self._judged(message.snapshot))
            if self.makes_ahead:
                self.makes_ahead = False
                self.run_worker(self._main.make_ahead(), group="ahead")

    def on_compared(self, message: Compared) -> None:
        if message.question == self._question():
            self._main.show(message.snapshot)
            self._tell(self._judged(message.snapshot))

    def _judged(self, snapshot: Snapshot) -> list[Fired]:
        return self._notices.judge(snapshot, self._recorder_report.not_taken, self._clock())

    def _tell(self, begins: Sequence[Fired]) -> None:
        """Show what holds, and tell of what begins to, once."""
        self._main.show_alerts(self._notices)
        holding = [fired.text for fired in self._notices.history.entries if not fired.cleared_ns]
        self._channels.show_title(holding[-1] if holding else "")
        if begins:
            text = "  ".join(fired.text for fired in begins)
            self._main.tell_alert(text)
            self.run_worker(to_thread(self._channels.notify, text), group="notices")

    def _write(self, characters: str) -> None:
        if self._driver is not None:
            self._driver.write(characters)

    def on_recorder_reported(self, message: RecorderReported) -> None:
        self._recorder_report = message.report
        self._update_first_day()
        self._update_status()

    async def on_stack_changed(self, message: messages.StackChanged) -> None:
        await self._switch_source()
        if message.started:
            self._start_backfill(started=True)

    async def _poll_source(self) -> None:
        """Somebody else may start the stack, or stop it."""
        embedded, seen = self._source_switch.backend.name == "embedded", self._main.snapshot
        begun = embedded and self._recorder_report.collector_receives
        ended = not embedded and self._recorder_report.recording and bool(seen and seen.failure)
        if (begun or ended) and await self._switch_source() and begun:
            self._start_backfill(started=False)

    async def _switch_source(self) -> bool:
        """Use the source that answers now; return whether it is another one than before."""
        if not await self._source_switch.recheck():
            return False
        self._refresher.set_source(self._source_switch.backend)
        self._changed()
        self._update_first_day()
        return True

    def _start_backfill(self, started: bool) -> None:
        from ccotel_tui.screen.data.backfill import run_backfill

        self._backfill_status = ""
        backfill = run_backfill(self._controls, started, self.post_message)
        self._backfill = self.run_worker(backfill, group="backfill", exclusive=True)

    def on_backfill_progress(self, message: BackfillProgress) -> None:
        self._backfill_status = message.text
        self._main.show_backfill(message.text)

    def _use_keys(self, settings: Settings) -> None:
        self.set_keymap(settings.keys)
        show_remapped(settings.keys)

    @property
    def _recorder(self) -> RecorderReport:
        """What is known of the recorder; nothing, where its store is not the source."""
        embedded = self._source_switch.backend.name == "embedded"
        return self._recorder_report if embedded else RecorderReport(recording=True)

    def _question(self) -> Question:
        period, scope = self._selection.period, self._selection.scope
        return self._main.view.question(self._source_switch.backend.name, period, scope)

    def _select(self, selection: Selection) -> None:
        self._selection = selection
        self._changed()

    def _changed(self) -> None:
        """Ask anew: the answers so far are of another window, session or source."""
        self._main.show_selection(self._selection, self._zone)
        self._refresher.ask()

    def _update_first_day(self) -> None:
        self._main.show_first_day(self._recorder, self._command)

    def _each_second(self) -> None:
        self._update_status()
        # Of what has changed since a pause or a failure nothing is known.
        shown = self._main.snapshot
        goes_on = not (self._refresher.paused or (shown and shown.failure))
        if goes_on and self._notices.snapshot is not None:
            held = self._notices.holding
            begins = self._judged(self._notices.snapshot)
            if self._notices.holding != held:
                self._tell(begins)
        looks = self._looking is not None and not self._looking.is_finished
        if not looks and not self._refresher.paused:
            self._looking = self.run_worker(self._look_who_waits(), group="registry")
        self._garbage.collect_if_due()

    async def _look_who_waits(self) -> None:
        """Ask anew where a session begins or ends to do something: it need not send anything."""
        try:
            sessions = await to_thread(self._sessions.read)
        except Exception:
            # The next answer, which reads it too, says what is wrong.
            return
        statuses = {id: (each.status, each.status_ms) for id, each in sessions.items()}
        if statuses != self._statuses:
            self._statuses = statuses
            self._refresher.ask()

    def _update_status(self) -> None:
        from ccotel_tui.screen.format.status import bar_status

        backfill_runs = self._backfill is not None and self._backfill.is_running
        status = bar_status(
            self._main.snapshot,
            self._source_switch.label,
            self._recorder,
            self._refresher.paused,
            self._clock(),
            self._source_switch.note,
            self._backfill_status if backfill_runs else "",
        )
        self._main.show_status(status)

"""The dashboard: sections, the state they share, and what keys do to it."""

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from textual.app import App, ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import ContentSwitcher, Static

from ccotel_tui.panels.answer import PanelAnswer
from ccotel_tui.panels.catalogue import SECTIONS
from ccotel_tui.panels.plain import plain
from ccotel_tui.panels.units import duration
from ccotel_tui.query.ask import Scope
from ccotel_tui.query.period import Period
from ccotel_tui.query.source import Source
from ccotel_tui.query.window import MINUTE, SECOND
from ccotel_tui.screen import words
from ccotel_tui.screen.help import HelpScreen
from ccotel_tui.screen.keys import KEYS
from ccotel_tui.screen.messages import Answered, RecorderSaid
from ccotel_tui.screen.recording import Recording
from ccotel_tui.screen.refresh import Clock, Question, Refresher
from ccotel_tui.screen.section import SectionView
from ccotel_tui.screen.widgets.bars import BottomBar, TopBar

_LIVE_FOR = 2 * MINUTE
"""After so long without a record the state is quiet."""


class Dashboard(App[None]):
    """Panels of one source; where that is the embedded store, with its recorder."""

    CSS_PATH = "app.tcss"
    BINDINGS = [key.binding() for key in KEYS]
    ENABLE_COMMAND_PALETTE = False
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (60, "-normal"), (100, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (20, "-medium"), (45, "-tall")]

    def __init__(
        self,
        source: Source,
        recording: Recording | None,
        period: Period,
        scope: Scope,
        clock: Clock,
        zone: ZoneInfo,
    ) -> None:
        super().__init__()
        self._source = source
        self._recording = recording
        self._period = period
        self._scope = scope
        self._clock = clock
        self._refresher = Refresher(self, source, self._question, clock, zone)
        self._recorder_said = RecorderSaid("", recording is None)
        self._heard_ns: int | None = None
        self._failure = ""

    def compose(self) -> ComposeResult:
        yield TopBar(SECTIONS)
        with ContentSwitcher(initial=SECTIONS[0]):
            for name in SECTIONS:
                yield SectionView(name)
        with VerticalScroll(id="first-day"):
            yield Static(markup=False)
        yield BottomBar()

    def on_mount(self) -> None:
        self._say_period()
        self.on_recorder_said(self._recorder_said)
        self._refresher.start()
        self.set_interval(1.0, self._say_state)
        if self._recording is not None:
            self.run_worker(self._recording.keep_going(self.post_message), group="recorder")

    async def on_unmount(self) -> None:
        if self._recording is not None:
            await self._recording.stop()
        self._source.close()

    def on_answered(self, message: Answered) -> None:
        section = self.query_one(f"#{self._section}", SectionView)
        section.show(message.answers, message.window)
        self._heard_ns = _heard(message.answers.values())
        self._failure = _failure(message.answers.values())
        self.screen.set_class(self._heard_ns is None and not self._failure, "first-day")
        self._say_state()

    def on_recorder_said(self, message: RecorderSaid) -> None:
        self._recorder_said = message
        self.query_one("#first-day Static", Static).update(
            words.FIRST_DAY.format(command=words.CONNECT, recorder=plain(message.said))
        )
        self._say_state()

    def action_section(self, index: int) -> None:
        self.query_one(ContentSwitcher).current = SECTIONS[index]
        self.query_one(TopBar).section = SECTIONS[index]
        self._refresher.ask()

    def action_step_section(self, by: int) -> None:
        self.action_section((SECTIONS.index(self._section) + by) % len(SECTIONS))

    def action_step_window(self, by: int) -> None:
        self._period = self._period.stepped(by)
        self._say_period()
        self._refresher.ask()

    def action_pause(self) -> None:
        self._refresher.paused = not self._refresher.paused
        self._refresher.ask()
        self._say_state()

    def action_refresh_now(self) -> None:
        self._refresher.ask()

    def action_help(self) -> None:
        self.push_screen(HelpScreen())

    @property
    def _section(self) -> str:
        return self.query_one(ContentSwitcher).current or SECTIONS[0]

    def _question(self) -> Question:
        panels = self.query_one(f"#{self._section}", SectionView).panels
        return Question(panels, self._period.window, self._scope)

    def _say_period(self) -> None:
        self.query_one(TopBar).window = self._period.label

    def _say_state(self) -> None:
        age = "" if self._heard_ns is None else self._age(self._heard_ns)
        self.query_one(TopBar).state = self._state(age)
        said = [self._source.name]
        if self._failure:
            said = [self._failure]
        elif self._recorder_said.said and not self._recorder_said.recording:
            said.append(self._recorder_said.said)
        elif age:
            said.append(words.AGO.format(age=age))
        elif self._recorder_said.said:
            said.append(self._recorder_said.said)
        self.query_one(BottomBar).said = plain(", ".join(said))

    def _state(self, age: str) -> str:
        if self._failure:
            return words.ERROR
        if self._refresher.paused:
            return words.PAUSED
        if not self._recorder_said.recording:
            return words.NOT_RECORDING
        if self._heard_ns is None:
            return words.WAITING
        live = self._clock() - self._heard_ns <= _LIVE_FOR
        return words.LIVE if live else f"{words.QUIET} {age}"

    def _age(self, time_ns: int) -> str:
        return duration(max(0, self._clock() - time_ns) / SECOND).split()[0]


def _heard(answers: Iterable[PanelAnswer]) -> int | None:
    return max((a.last_heard_ns for a in answers if a.last_heard_ns is not None), default=None)


def _failure(answers: Iterable[PanelAnswer]) -> str:
    return next((answer.notes[0] for answer in answers if answer.state == "error"), "")

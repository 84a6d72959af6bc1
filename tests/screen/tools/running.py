"""The dashboard under a fixed clock, as a test drives and sees it."""

from asyncio import Event, timeout
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from textual.pilot import Pilot

from ccotel_tui.claude.session_registry import SessionRegistry
from ccotel_tui.query.embedded.backend import open_embedded
from ccotel_tui.query.period import Period
from ccotel_tui.query.query import Scope
from ccotel_tui.query.source import Backend
from ccotel_tui.query.window import HOUR
from ccotel_tui.screen.app import Dashboard
from ccotel_tui.screen.data.files.choices import Choices
from ccotel_tui.screen.data.files.fired import FiredHistory
from ccotel_tui.screen.data.files.user_files import UserFiles
from ccotel_tui.screen.data.messages import Answered
from ccotel_tui.screen.data.selection import Selection
from ccotel_tui.screen.data.source_switch import SourceSwitch
from ccotel_tui.screen.stack_actions import Controls
from ccotel_tui.settings import Settings
from ccotel_tui.stack_control.models import StackProcedures
from tests.screen.tools.fake_stack import FakeStack
from tests.tools.handover import NoHandover
from tests.tools.otlp import T0

NOW = T0 + HOUR
SEOUL = ZoneInfo("Asia/Seoul")


@dataclass
class Clock:
    """What time the dashboard takes it to be."""

    now_ns: int = NOW

    def __call__(self) -> int:
        return self.now_ns


_GIVEN_UP = 180
"""Seconds after which what is waited for is taken never to come, however busy the machine is."""


@dataclass
class Running:
    """A dashboard that runs, and what its terminal shows."""

    pilot: Pilot[None]
    clock: Clock
    news: Event
    """Set at each message."""

    @property
    def app(self) -> Dashboard:
        assert isinstance(self.pilot.app, Dashboard)
        return self.pilot.app

    @property
    def screen(self) -> str:
        """What the terminal shows, without colours and without blanks at the ends."""
        rows = self.app.screen._compositor.render_strips()
        return "\n".join(row.text.rstrip() for row in rows) + "\n"

    async def press(self, *keys: str) -> str:
        await self.pilot.press(*keys)
        await self.pilot.pause()
        return self.screen

    async def until(self, text: str) -> str:
        """Wait until the text is on the screen."""
        try:
            async with timeout(_GIVEN_UP):
                while text not in self.screen:
                    await self._next()
        except TimeoutError:
            pytest.fail(f"{text!r} did not come up:\n{self.screen}")
        return self.screen

    async def until_true(self, condition: Callable[[], bool]) -> None:
        """Wait until it is; it is looked at after each message."""
        async with timeout(_GIVEN_UP):
            while not condition():
                await self._next()

    async def at_rest(self) -> str:
        """Wait until the view's question is answered and nothing is left to be drawn."""
        former, shown = None, ""
        try:
            async with timeout(_GIVEN_UP):
                while shown != former:
                    await self.pilot.pause()
                    while not self._answered:
                        await self._next()
                    former, shown = shown, self.screen
        except TimeoutError:
            lacking = "" if self._answered else "no answer; "
            pytest.fail(f"no rest: {lacking}{former == shown}:\n{former}\n{self.screen}")
        return shown

    @property
    def _answered(self) -> bool:
        """Whether nothing is left to be read, of this answer or of the one that news waits for."""
        refresher = self.app._refresher
        waits = refresher._asking or refresher._changed
        return not waits and refresher._question_asked == self.app._question()

    async def _next(self) -> None:
        await self.news.wait()
        self.news.clear()
        await self.pilot.pause()


@asynccontextmanager
async def dashboard(
    tmp_path: Path,
    size: tuple[int, int] = (80, 24),
    registry: SessionRegistry | None = None,
    stack: FakeStack | None = None,
    backend: Backend | None = None,
    reopen: Callable[[], Backend] | None = None,
    note: str = "",
    docker: StackProcedures | None = None,
    now_ns: int = NOW,
    period: Period | None = None,
    choices: Choices | None = None,
    settings: Settings | None = None,
    folder: str = "",
    history: FiredHistory | None = None,
    written: list[str] | None = None,
) -> AsyncIterator[Running]:
    """The running app, its first answer shown; its source is the store of the path, or another.

    `reopen` is who answers from then on, `note` what it says where nothing is wrong. `docker`
    carries out what the keys say, in place of `stack`; `written` gets notices and titles.
    """
    backend = backend or open_embedded(tmp_path / "telemetry.db")
    clock = Clock(now_ns)
    none = SessionRegistry(tmp_path / "nobody")
    stack = stack or FakeStack()
    procedures = docker or stack
    controls = Controls(
        lambda: procedures,
        NoHandover,
        stack.start_backfill,
        lambda: "http://127.0.0.1:13000",
    )
    app = Dashboard(
        SourceSwitch(backend, reopen, note=note),
        Selection.at_start(period or Period(), Scope()),
        UserFiles(
            settings or Settings(),
            choices=choices or Choices(None),
            history=history or FiredHistory(None),
        ),
        registry or none,
        controls,
        clock,
        SEOUL,
        folder=folder,
    )
    if written is not None:
        app._channels._write = written.append
    answered, news = Event(), Event()

    def seen(message: object) -> None:
        news.set()
        if isinstance(message, Answered):
            answered.set()

    async with app.run_test(size=size, message_hook=seen) as pilot:
        running = Running(pilot, clock, news)
        async with timeout(_GIVEN_UP):
            await answered.wait()
        await pilot.pause()
        yield running

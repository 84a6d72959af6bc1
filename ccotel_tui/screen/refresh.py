"""When the visible view is asked: on news, every few seconds, on a key; one asking at a time."""

import asyncio
from collections.abc import Callable
from zoneinfo import ZoneInfo

from textual.app import App

from ccotel_tui.claude.session_registry import SessionRegistry
from ccotel_tui.query.source import Source
from ccotel_tui.screen.messages import Answered
from ccotel_tui.screen.snapshot import Question, take

LOOK_EVERY = 0.1
"""Seconds between two looks whether there is news: a row is to be seen within 150 ms."""

ASK_EVERY = 5.0
"""Seconds after which a source that cannot tell of news is asked again."""

MOVE_EVERY = 30.0
"""Seconds after which is asked without news: windows move, and what is recent grows old."""

Clock = Callable[[], int]


class Refresher:
    """Asks in a thread and posts Answered; what is asked meanwhile is asked after."""

    def __init__(
        self,
        app: App[None],
        source: Source,
        question: Callable[[], Question],
        clock: Clock,
        zone: ZoneInfo,
        registry: SessionRegistry,
    ) -> None:
        self._app = app
        self._source = source
        self._question = question
        self._clock = clock
        self._zone = zone
        self._registry = registry
        self._version = source.version()
        self._next_look: asyncio.TimerHandle | None = None
        self._asking = False
        self._again = False
        self.paused = False

    def start(self) -> None:
        if self._version is not None:
            self._look()
        self._app.set_interval(ASK_EVERY if self._version is None else MOVE_EVERY, self._tick)
        self.ask()

    def stop(self) -> None:
        """Look no more; what is being asked ends by itself."""
        if self._next_look is not None:
            self._next_look.cancel()

    def ask(self) -> None:
        """Ask now, or as soon as the asking under way is done."""
        if self._asking:
            self._again = True
            return
        self._asking = True
        question = self._question()
        self._app.run_worker(lambda: self._run(question), thread=True, group="ask")

    def _look(self) -> None:
        # The loop's own timer costs a third of what one of the screen's does.
        self._next_look = asyncio.get_running_loop().call_later(LOOK_EVERY, self._look)
        if (version := self._source.version()) != self._version:
            self._version = version
            self._tick()

    def _tick(self) -> None:
        # A list of events that stands still says how many came meanwhile.
        if not self.paused or self._question().events:
            self.ask()

    def _run(self, question: Question) -> None:
        now_ns = self._clock()
        snapshot = take(question, self._source, self._registry.read, now_ns, self._zone)
        self._app.post_message(Answered(question, snapshot))
        self._app.call_from_thread(self._done)

    def _done(self) -> None:
        self._asking = False
        if self._again:
            self._again = False
            self.ask()

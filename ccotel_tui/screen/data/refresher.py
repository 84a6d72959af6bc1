"""Asks for the visible view on news, every few seconds and on a key; one request at a time."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import tzinfo
from functools import partial
from time import monotonic

from textual.app import App

from ccotel_tui.claude.session_registry import SessionRegistry
from ccotel_tui.query.source import Backend
from ccotel_tui.screen.data.messages import Answered
from ccotel_tui.screen.data.snapshot import Question, fetch_snapshot
from ccotel_tui.screen.data.this_session import ThisSession

STORE_POLL_INTERVAL = 0.1
"""Seconds between two looks whether there is news: a row is to be seen within 150 ms."""

LOOK_EVERY_PAUSED = 1.0
"""Seconds between two looks while only a count of what came is waited for."""

LISTEN_EVERY = 1.0
"""Seconds between two questions for the newest event, to a source that does not tell of news."""

ASK_EVERY = 10.0
"""Seconds after which such a source is asked all again: counters come without an event."""

MOVE_EVERY = 30.0
"""Seconds after which is asked without news: windows move, and what is recent grows old."""

_ENDS_WITHIN = 1.0
"""Seconds."""

_REST = 4.0
"""Times what the last asking took, before a source is asked again that cannot tell of news."""

Now = Callable[[], int]


class Refresher:
    """Asks in one thread and posts Answered; requests made while one runs are queued.

    Where that is about something else, nobody waits for the answer under way.

    News waits until the machine has rested for as long as the last asking took, so that keys
    are heard however much comes in; a key does not wait.
    """

    def __init__(
        self,
        app: App[None],
        backend: Backend,
        question: Callable[[], Question],
        clock: Now,
        zone: tzinfo,
        registry: SessionRegistry,
    ) -> None:
        self._app = app
        self._backend = backend
        self._question = question
        self._clock = clock
        self._zone = zone
        self._registry = registry
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="ask")
        self._this_session = ThisSession()
        self._version = _version(backend)
        self._next_look: asyncio.TimerHandle | None = None
        self._next_ask: asyncio.TimerHandle | None = None
        self._rested_at = 0.0
        self._question_asked: Question | None = None
        self._asking = False
        self._again = False
        self._news = False
        self._heard_ns: int | None = None
        self._failed = False
        self.paused = False

    def start(self) -> None:
        if self._version is not None:
            self._look()
            self._ticking = [self._app.set_interval(MOVE_EVERY, self._tick)]
        else:
            self._ticking = [
                self._app.set_interval(ASK_EVERY, self._tick),
                self._app.set_interval(LISTEN_EVERY, self._listen),
            ]
        self.ask()

    def turn_to(self, backend: Backend) -> None:
        """Leave the former source and ask this one."""
        self._leave()
        for timer in self._ticking:
            timer.stop()
        self._backend, self._version = backend, _version(backend)
        self.start()

    async def end(self) -> None:
        """Ask no more; return when the source is closed, or is still being asked a second later."""
        await asyncio.wait({asyncio.wrap_future(self._leave())}, timeout=_ENDS_WITHIN)
        self._thread.shutdown(wait=False)

    def _leave(self) -> Future[None]:
        """Look and ask no more; the source is closed where it was asked, as soon as it is not."""
        for timer in (self._next_look, self._next_ask):
            if timer is not None:
                timer.cancel()
        self._backend.cancelled.set()
        return self._thread.submit(self._backend.close)

    def ask(self, unheard: bool = False) -> None:
        """Ask now, or as soon as the asking under way is done; or only for what is `unheard`."""
        question, backend = self._question(), self._backend
        if self._asking:
            self._again = True
            if question != self._question_asked:
                backend.cancelled.set()
            return
        self._asking = True
        self._again = False
        self._news = self._news and unheard
        self._question_asked = question
        backend.cancelled.clear()
        run = partial(self._answered, question, backend, unheard)
        self._app.run_worker(self._ask(run), group="ask")

    def _look(self) -> None:
        # The loop's own timer costs a third of what one of the screen's does.
        every = LOOK_EVERY_PAUSED if self.paused else STORE_POLL_INTERVAL
        self._next_look = asyncio.get_running_loop().call_later(every, self._look)
        if (version := _version(self._backend)) != self._version:
            self._version = version
            self._tick()

    @property
    def _wanted(self) -> bool:
        # A list of events that stands still says how many came meanwhile.
        return not self.paused or bool(self._question().events)

    def _tick(self) -> None:
        if self._wanted:
            self._news = True
            self._ask_rested()

    def _listen(self) -> None:
        now = asyncio.get_running_loop().time()
        if self._wanted and not self._asking and now >= self._rested_at:
            self.ask(unheard=True)

    def _ask_rested(self) -> None:
        if self._next_ask is not None:
            self._next_ask.cancel()
        if self._news and not self._asking:
            loop = asyncio.get_running_loop()
            self._next_ask = loop.call_at(self._rested_at, self.ask)

    async def _ask(self, run: Callable[[], Answered | None]) -> None:
        began = monotonic()
        answered = await asyncio.get_running_loop().run_in_executor(self._thread, run)
        if answered is not None:
            self._app.post_message(answered)
        self._done(monotonic() - began)

    def _answered(self, question: Question, backend: Backend, unheard: bool) -> Answered | None:
        """Return the answer; None where nothing is new, or nobody waits for it any more."""
        if unheard and not self._unheard(backend):
            return None
        now_ns = self._clock()
        snapshot = fetch_snapshot(
            question, backend, self._registry.read, now_ns, self._zone, self._this_session
        )
        self._heard_ns, self._failed = snapshot.heard_ns, bool(snapshot.failure)
        return None if backend.cancelled.is_set() else Answered(question, snapshot)

    def _unheard(self, backend: Backend) -> bool:
        """Return whether a record came since the last answer, or the source fails or recovered."""
        try:
            return backend.source.last_record_ns(self._clock()) != self._heard_ns or self._failed
        except Exception:  # the asking tells which
            return not (self._failed or backend.cancelled.is_set())

    def _done(self, took: float) -> None:
        self._asking = False
        # Who cannot tell of news has it looked for by other machines, which want to rest too.
        rest = took if self._version is not None else _REST * took
        self._rested_at = asyncio.get_running_loop().time() + rest
        if self._again:
            self.ask()
        else:
            self._ask_rested()


def _version(backend: Backend) -> int | None:
    """A number that changes with news; None where only asking shows it."""
    return None if backend.changes is None else backend.changes.version()

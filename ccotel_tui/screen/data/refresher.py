"""Asks for the visible view on news, every few seconds and on a key; one request at a time."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from time import monotonic

from textual.app import App

from ccotel_tui.query.source import Backend
from ccotel_tui.screen.data.messages import Answered, Compared
from ccotel_tui.screen.data.snapshot import Question
from ccotel_tui.screen.data.snapshot_reader import SnapshotReader

STORE_POLL_INTERVAL = 0.1
"""Seconds between two looks for a change of the store: a row is to be seen within 150 ms."""

PAUSED_POLL_INTERVAL = 1.0
"""The same while the updates are paused: only a count of new events is shown."""

NEWS_POLL_INTERVAL = 1.0
"""Seconds between two questions for the newest event, to a source that tells no changes."""

REFRESH_INTERVAL = 10.0
"""Seconds after which such a source is asked for all: counters come without an event."""

WINDOW_INTERVAL = 30.0
"""Seconds after which the store is asked without a change: the window moves."""

_CLOSE_TIMEOUT = 1.0
"""Seconds to wait for the source to be closed."""

_COOLDOWN_FACTOR = 4.0
"""Who is asked rests this many times as long as an answer took; meanwhile it is painted."""

_MOST_OWED = 0.9
"""Seconds of rest that may be made up for later: what comes now and then is asked for at once."""

Now = Callable[[], int]


class Refresher:
    """Asks in one thread and posts Answered; requests made while one runs are queued.

    A request about something else cuts the one under way off.

    A change is asked for once the machine has rested for several times as long as the answers
    before it took, so that keys are heard however much comes in; after some quiet news does not
    wait, a key never does.
    """

    def __init__(
        self,
        app: App[None],
        backend: Backend,
        question: Callable[[], Question],
        reader: SnapshotReader,
        clock: Now,
    ) -> None:
        self._app = app
        self._backend = backend
        self._question = question
        self._reader = reader
        self._clock = clock
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="ask")
        self._version = _version(backend)
        self._next_poll: asyncio.TimerHandle | None = None
        self._next_ask: asyncio.TimerHandle | None = None
        self._rested_at = 0.0
        self._is_cold = True
        self._question_asked: Question | None = None
        self._asking = False
        self._rerun = False
        self._changed = False
        self._heard_ns: int | None = None
        self._failed = False
        self._ended = False
        self.paused = False

    def start(self) -> None:
        if self._version is not None:
            self._poll_store()
            self._ticking = [self._app.set_interval(WINDOW_INTERVAL, self._tick)]
        else:
            self._ticking = [
                self._app.set_interval(REFRESH_INTERVAL, self._tick),
                self._app.set_interval(NEWS_POLL_INTERVAL, self._poll_news),
            ]
        self.ask()

    def set_source(self, backend: Backend) -> None:
        """Leave the former source and ask this one."""
        self._leave()
        for timer in self._ticking:
            timer.stop()
        self._backend, self._version = backend, _version(backend)
        self._is_cold = True
        self.start()

    async def end(self) -> None:
        """Ask no more; return when the source is closed, or is still being asked a second later."""
        self._ended = True
        await asyncio.wait({asyncio.wrap_future(self._leave())}, timeout=_CLOSE_TIMEOUT)
        self._thread.shutdown(wait=False)

    def _leave(self) -> Future[None]:
        """Look and ask no more; the source is closed where it was asked, as soon as it is not."""
        for timer in (self._next_poll, self._next_ask):
            if timer is not None:
                timer.cancel()
        self._backend.cancelled.set()
        return self._thread.submit(self._backend.close)

    def ask(self, only_news: bool = False) -> None:
        """Ask now, or as soon as the request under way is done; `only_news`: if a record came."""
        if self._ended:
            # A message on its way asks while the screen is taken down.
            return
        question, backend = self._question(), self._backend
        if self._asking:
            self._rerun = True
            if question != self._question_asked:
                backend.cancelled.set()
            return
        self._asking = True
        self._rerun = False
        self._changed = self._changed and only_news
        self._question_asked = question
        backend.cancelled.clear()
        run = partial(self._answered, question, backend, only_news)
        self._app.run_worker(self._ask(run), group="ask")

    def _poll_store(self) -> None:
        # The loop's own timer costs a third of what one of the screen's does.
        every = PAUSED_POLL_INTERVAL if self.paused else STORE_POLL_INTERVAL
        self._next_poll = asyncio.get_running_loop().call_later(every, self._poll_store)
        if (version := _version(self._backend)) != self._version:
            self._version = version
            self._tick()

    @property
    def _wanted(self) -> bool:
        # A list of events that stands still says how many came meanwhile.
        return not self.paused or bool(self._question().log)

    def _tick(self) -> None:
        if self._wanted:
            self._changed = True
            self._ask_after_cooldown()

    def _poll_news(self) -> None:
        now = asyncio.get_running_loop().time()
        if self._wanted and not self._asking and now >= self._cooldown_until:
            self.ask(only_news=True)

    def _ask_after_cooldown(self) -> None:
        if self._next_ask is not None:
            self._next_ask.cancel()
        if self._changed and not self._asking:
            loop = asyncio.get_running_loop()
            self._next_ask = loop.call_at(self._cooldown_until, self.ask)

    async def _ask(self, run: Callable[[], Answered | None]) -> None:
        if self._ended:
            return
        began = monotonic()
        answered = await asyncio.get_running_loop().run_in_executor(self._thread, run)
        self._owe_rest(monotonic() - began)
        if answered is not None:
            self._app.post_message(answered)
            if not answered.snapshot.failure:
                answered = await self._with_team(answered, self._backend)
                if answered.question.compares:
                    await self._compare(answered, self._backend)
        self._done()

    async def _with_team(self, answered: Answered, backend: Backend) -> Answered:
        """Read whose sessions these are, where that is not known, and post it; keys come first."""
        if self._rerun or self._ended:
            return answered
        read = partial(self._reader.read_team, backend, answered.snapshot)
        try:
            snapshot = await asyncio.get_running_loop().run_in_executor(self._thread, read)
        except Exception:
            # No user is told until the next answer, which says why or goes on.
            return answered
        if snapshot is not None and not self._ended:
            answered = replace(answered, snapshot=snapshot)
            self._app.post_message(Compared(answered.question, snapshot))
        return answered

    async def _compare(self, answered: Answered, backend: Backend) -> None:
        """Read what the answer is compared with, and post it; keys and news come first."""
        question, snapshot = answered.question, answered.snapshot
        read = partial(self._reader.read_more_past, question, backend, snapshot)
        is_read = False
        while not (self._reader.has_past(question, snapshot) or self._rerun or self._ended):
            if is_read and self._changed:
                return
            try:
                await asyncio.get_running_loop().run_in_executor(self._thread, read)
            except Exception:
                # Nothing is compared until the next answer, which says why or goes on.
                return
            is_read = True
        if is_read and not self._ended:
            compared = self._reader.with_past(question, snapshot)
            self._app.post_message(Compared(question, compared))

    def _answered(self, question: Question, backend: Backend, only_news: bool) -> Answered | None:
        """Return the answer; None where nothing is new, or nobody waits for it any more."""
        if only_news and not self._has_news(backend):
            return None
        snapshot = self._reader.read(question, backend, self._clock())
        self._heard_ns, self._failed = snapshot.heard_ns, bool(snapshot.failure)
        return None if backend.cancelled.is_set() else Answered(question, snapshot)

    def _has_news(self, backend: Backend) -> bool:
        """Return whether a record came since the last answer, or the source fails or recovered."""
        try:
            return backend.source.last_record_ns(self._clock()) != self._heard_ns or self._failed
        except Exception:  # the asking tells which
            return not (self._failed or backend.cancelled.is_set())

    @property
    def _cooldown_until(self) -> float:
        """When the next news may be asked for, by the loop's clock."""
        return self._rested_at - _MOST_OWED

    def _owe_rest(self, took: float) -> None:
        """Let the next news wait, now that an answer is there that took so many seconds."""
        if self._is_cold:
            # The first answer takes longer than those that follow.
            self._is_cold = False
            return
        now, rest = asyncio.get_running_loop().time(), _COOLDOWN_FACTOR * took
        # What keys ask for makes no rest longer than that of one answer.
        rested_at = max(self._rested_at + took, now) + rest
        self._rested_at = min(rested_at, now + rest + _MOST_OWED)

    def _done(self) -> None:
        self._asking = False
        if self._rerun:
            self.ask()
        else:
            self._ask_after_cooldown()


def _version(backend: Backend) -> int | None:
    """A number that changes with news; None where only asking shows it."""
    return None if backend.changes is None else backend.changes.version()

"""When servers of other machines are asked again: they rest, and are seen to recover."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NoReturn, cast

import pytest
from textual.app import App

from ccotel_tui.errors import SourceUnavailable
from ccotel_tui.query.period import Period
from ccotel_tui.query.query import Scope
from ccotel_tui.query.source import Backend
from ccotel_tui.screen.data import refresher
from ccotel_tui.screen.data.messages import Answered
from ccotel_tui.screen.data.refresher import NEWS_POLL_INTERVAL, Refresher
from ccotel_tui.screen.data.snapshot import Question
from tests.screen.tools.running import NOW
from tests.screen.tools.snapshots import snapshot_reader

QUESTION = Question("overview", "stack", (), Period(), Scope())


class Time:
    """Seconds of the event loop and of the refresher, which pass only while servers are asked."""

    def __init__(self, now_s: float) -> None:
        self.now_s = now_s

    def __call__(self) -> float:
        return self.now_s


class Servers:
    """They hold nothing, and take `takes_s` for an answer."""

    def __init__(self, time: Time) -> None:
        self.takes_s = 0.0
        self.fail = False
        self._time = time

    def last_record_ns(self, now_ns: int) -> None:
        self._time.now_s += self.takes_s
        if self.fail:
            raise SourceUnavailable("Nobody answers.")

    def numbers(self, *_: object, **__: object) -> NoReturn:
        raise AssertionError("The question has no panel.")

    rows = rows_within = current = numbers


class Screen:
    """The app as the refresher uses it."""

    def __init__(self, backend: Backend, folder: Path) -> None:
        self.failures: list[str] = []
        """Of each answer that was posted."""
        self.refresher = Refresher(
            cast(App[None], self),
            backend,
            lambda: QUESTION,
            snapshot_reader(folder),
            lambda: NOW,
        )
        self._ticks: dict[float, Callable[[], None]] = {}
        self._workers: list[asyncio.Task[None]] = []

    def set_interval(self, seconds: float, callback: Callable[[], None]) -> SimpleNamespace:
        self._ticks[seconds] = callback
        return SimpleNamespace(stop=lambda: None)

    def run_worker(self, work: Coroutine[Any, Any, None], group: str) -> None:
        self._workers.append(asyncio.create_task(work))

    def post_message(self, message: Answered) -> None:
        self.failures.append(message.snapshot.failure)

    async def start(self) -> None:
        self.refresher.start()
        await asyncio.gather(*self._workers)

    async def answers(self) -> list[str]:
        """All answers so far, once what is due is asked and none is under way."""
        for _ in range(3):  # a timer's turn comes after those that wait already
            await asyncio.sleep(0)
        await asyncio.gather(*self._workers)
        return self.failures

    async def listen(self) -> list[str]:
        """Let the refresher look for news, as it does each second; all answers so far."""
        self._ticks[NEWS_POLL_INTERVAL]()
        return await self.answers()


@pytest.fixture
async def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    loop = asyncio.get_running_loop()
    time = Time(loop.time())
    monkeypatch.setattr(loop, "time", time)
    monkeypatch.setattr(refresher, "monotonic", time)
    return time


@pytest.fixture
def servers(time: Time) -> Servers:
    return Servers(time)


@pytest.fixture
async def screen(servers: Servers, tmp_path: Path) -> AsyncIterator[Screen]:
    screen = Screen(Backend("stack", servers), tmp_path)
    yield screen
    await screen.refresher.end()


async def test_servers_rest_four_times_as_long_as_they_took(
    screen: Screen, servers: Servers, time: Time
) -> None:
    await screen.start()
    servers.takes_s = 100.0
    screen.refresher.ask()
    assert await screen.answers() == ["", ""]
    servers.fail = True  # which is news
    time.now_s += 399
    assert await screen.listen() == ["", ""]
    time.now_s += 1
    assert await screen.listen() == ["", "", "Nobody answers."]


async def test_the_first_answer_makes_no_news_wait(screen: Screen, servers: Servers) -> None:
    servers.takes_s = 100.0
    await screen.start()
    servers.fail = True
    assert await screen.listen() == ["", "Nobody answers."]


async def test_a_store_that_changes_all_the_time_rests_as_long(
    servers: Servers, time: Time, tmp_path: Path
) -> None:
    """Keys are heard meanwhile."""
    changes = SimpleNamespace(version=lambda: 1)
    screen = Screen(Backend("embedded", servers, changes=cast(Any, changes)), tmp_path)
    await screen.start()
    servers.takes_s = 100.0
    screen.refresher._tick()
    assert await screen.answers() == ["", ""]
    screen.refresher._tick()
    time.now_s += 399
    assert await screen.answers() == ["", ""]
    time.now_s += 1
    assert await screen.answers() == ["", "", ""]
    await screen.refresher.end()


async def test_a_store_that_changes_now_and_then_is_asked_at_once(
    servers: Servers, time: Time, tmp_path: Path
) -> None:
    """Only answers that follow one another rest, each four times as long as it took."""
    changes = SimpleNamespace(version=lambda: 1)
    screen = Screen(Backend("embedded", servers, changes=cast(Any, changes)), tmp_path)
    await screen.start()
    servers.takes_s = 0.1
    screen.refresher.ask()
    await screen.answers()
    asked = []
    for rests_s in (0.0, 0.0, 0.0, 0.29, 0.02, 0.37, 0.03, 1.0, 0.0):
        time.now_s += rests_s
        screen.refresher._tick()
        asked.append(len(await screen.answers()))
    await screen.refresher.end()
    assert asked == [3, 4, 4, 4, 5, 5, 6, 7, 8]


async def test_that_servers_fail_and_recover_is_seen_within_a_second(
    screen: Screen, servers: Servers
) -> None:
    """Also where they hold nothing, so that no newest record tells it."""
    await screen.start()
    assert await screen.listen() == [""]
    servers.fail = True
    assert await screen.listen() == ["", "Nobody answers."]
    assert await screen.listen() == ["", "Nobody answers."]
    servers.fail = False
    assert await screen.listen() == ["", "Nobody answers.", ""]
    assert await screen.listen() == ["", "Nobody answers.", ""]

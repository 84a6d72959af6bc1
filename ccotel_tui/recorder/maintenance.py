"""What a recorder does beside recording: it shows that it goes on, and deletes what is too old."""

import asyncio
import contextlib
import itertools
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from ccotel_tui.errors import BadDatabase
from ccotel_tui.recorder.lock import BEAT_EVERY, Lock
from ccotel_tui.recorder.refusals import one_line
from ccotel_tui.recorder.state import Fault, Moved
from ccotel_tui.recorder.writer import Writer
from ccotel_tui.store.clock import Clock
from ccotel_tui.store.file.faults import reason_of

HEARTBEAT_INTERVAL = 30.0
"""Seconds between two heartbeats that are written into the database."""

_BEATS_A_CLEANING = 120
_SECOND = 1e9


@asynccontextmanager
async def maintenance(writer: Writer, listens: Callable[[], bool]) -> AsyncIterator[asyncio.Event]:
    """Keep house until the end of the block; `listens` tells whether a port is served.

    At the event the file is tried at once.
    """
    wanted = asyncio.Event()
    task = asyncio.create_task(_keep_house(writer, listens, wanted))
    try:
        yield wanted
    finally:
        task.cancel()
        if listens():
            await record_heartbeat(writer)


async def beating(lock: Lock, writer: Writer, wanted: asyncio.Event) -> None:
    """Show again and again that this recorder goes on, and what became of its file.

    Where that is not at its path, or failed, `wanted` is set: it may be found there again. Raises
    AlreadyRecording where another recorder has taken the place of this one.
    """
    while True:
        lock.beat()
        if writer.fault is not None or not writer.in_place:
            wanted.set()
        now = {
            "fault": _fault(writer.fault),
            "moved": _moved(writer.clock),
            "deleted": dict(writer.deleted),
        }
        if any(getattr(lock.state, name) != value for name, value in now.items()):
            lock.update_state(**now)
        await asyncio.sleep(BEAT_EVERY)


async def record_heartbeat(writer: Writer, begins: bool = False) -> None:
    """Write down that somebody listens; `begins` where nobody did until now."""
    # A full disk or a damaged file is told to whoever sends something.
    with contextlib.suppress(Exception):
        await writer.do(lambda database: database.listen(time.time_ns(), begins))


async def _keep_house(writer: Writer, listens: Callable[[], bool], wanted: asyncio.Event) -> None:
    for number in itertools.count():
        wanted.clear()
        await _beat_and_clean(writer, listens(), cleans=number % _BEATS_A_CLEANING == 0)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(wanted.wait(), HEARTBEAT_INTERVAL)


async def _beat_and_clean(writer: Writer, listens: bool, cleans: bool) -> None:
    # A full disk or a damaged file is told to whoever sends something.
    with contextlib.suppress(Exception):
        await writer.do(lambda database: database.beat(time.time_ns(), listens))
        while cleans and await writer.do(lambda database: database.retain(time.time_ns())):
            pass


def _fault(error: BadDatabase | None) -> Fault | None:
    return Fault(reason_of(error), one_line(str(error))) if error else None


def _moved(clock: Clock | None) -> Moved | None:
    if clock is None or not clock.wait_ns:
        return None
    return Moved(clock.moved_ns / _SECOND, clock.wait_ns / _SECOND)

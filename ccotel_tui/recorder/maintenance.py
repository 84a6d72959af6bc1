"""A recorder's periodic work: heartbeats, and the deletion of records that are too old.

Each second one goes into the lock's file: the process is alive. Every half minute one goes into the
database: a port is bound, and the clock is where it should be.
"""

import asyncio
import contextlib
import itertools
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from ccotel_tui.errors import BadDatabase
from ccotel_tui.recorder.lock import BEAT_INTERVAL, Lock
from ccotel_tui.recorder.refusals import one_line
from ccotel_tui.recorder.state import Fault, Moved
from ccotel_tui.recorder.writer import Writer
from ccotel_tui.store.clock import StoreClock
from ccotel_tui.store.file.faults import reason_of

DATABASE_BEAT_INTERVAL = 30.0
"""Seconds between two heartbeats in the database."""

_BEATS_PER_RETENTION_RUN = 120
_SECOND = 1e9


@asynccontextmanager
async def maintenance(writer: Writer, listens: Callable[[], bool]) -> AsyncIterator[asyncio.Event]:
    """Run the maintenance until the end of the block; `listens` tells whether a port is bound.

    At the event that is yielded the file is tried at once.
    """
    retry = asyncio.Event()
    task = asyncio.create_task(_maintain(writer, listens, retry))
    try:
        yield retry
    finally:
        task.cancel()


async def beat_every_second(lock: Lock, writer: Writer, retry: asyncio.Event) -> None:
    """Beat once a second, and report what becomes of the file.

    Where that is not at its path, or failed, `retry` is set: it may be there again. Raises
    AlreadyRecording where another recorder has taken the place of this one.
    """
    while True:
        lock.beat()
        if writer.fault is not None or not writer.in_place:
            retry.set()
        now = {
            "fault": _fault(writer.fault),
            "moved": _moved(writer.clock),
            "deleted": dict(writer.deleted),
        }
        if any(getattr(lock.state, name) != value for name, value in now.items()):
            lock.update_state(**now)
        await asyncio.sleep(BEAT_INTERVAL)


async def record_listening(writer: Writer, begins: bool = False) -> None:
    """Record that a port is bound, or was until now; `begins` where none was before."""
    # The next sender is told of a full disk or a damaged file.
    with contextlib.suppress(Exception):
        await writer.do(lambda database: database.record_listening(time.time_ns(), begins))


async def _maintain(writer: Writer, listens: Callable[[], bool], retry: asyncio.Event) -> None:
    for number in itertools.count():
        retry.clear()
        await _beat_and_retain(writer, listens(), retains=number % _BEATS_PER_RETENTION_RUN == 0)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(retry.wait(), DATABASE_BEAT_INTERVAL)


async def _beat_and_retain(writer: Writer, listens: bool, retains: bool) -> None:
    # The next sender is told of a full disk or a damaged file.
    with contextlib.suppress(Exception):
        await writer.do(lambda database: database.beat(time.time_ns(), listens))
        while retains and await writer.do(lambda database: database.retain(time.time_ns())):
            pass


def _fault(error: BadDatabase | None) -> Fault | None:
    return Fault(reason_of(error), one_line(str(error))) if error else None


def _moved(clock: StoreClock | None) -> Moved | None:
    if clock is None or not clock.wait_ns:
        return None
    return Moved(clock.moved_ns / _SECOND, clock.wait_ns / _SECOND)

"""The one thread that writes: what waits is committed together, and acknowledged after that."""

import asyncio
import concurrent.futures
import itertools
import queue
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import TypeVar

from ccotel_tui.errors import BadDatabase
from ccotel_tui.store.clock import Clock
from ccotel_tui.store.database import Database, Refused
from ccotel_tui.telemetry.records import Record

_Waiting = tuple[Sequence[Record], "asyncio.Future[Refused]", asyncio.AbstractEventLoop]
Result = TypeVar("Result")

_MOST_TRIMMED = 8
"""Batches deleted in one go while somebody waits."""


class Writer:
    """Appends to a database from any event loop."""

    def __init__(self, database: Database) -> None:
        self.fault: BadDatabase | None = None
        """Why nothing can be kept now, as the newest try has shown."""
        self._database = database
        self._waiting: queue.SimpleQueue[_Waiting | Callable[[], None] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="writer")
        self._thread.start()

    async def keep(self, records: Sequence[Record]) -> Refused:
        """Return when the records are on the disk, all but those that no database could hold.

        Raises what the store says where it can keep nothing.
        """
        loop = asyncio.get_running_loop()
        done: asyncio.Future[Refused] = loop.create_future()
        self._waiting.put((records, done, loop))
        return await done

    @property
    def in_place(self) -> bool:
        """Whether what was kept last is in the file at its path still."""
        return self._database.in_place

    @property
    def clock(self) -> Clock | None:
        """What the newest heartbeat has shown of the clock."""
        return self._database.clock

    @property
    def deleted(self) -> Mapping[str, int]:
        """Records that were deleted for want of room, by kind."""
        return self._database.deleted

    async def do(self, work: Callable[[Database], Result]) -> Result:
        """Run this on the thread that writes, between two commits."""
        done: concurrent.futures.Future[Result] = concurrent.futures.Future()

        def run() -> None:
            if done.set_running_or_notify_cancel():
                try:
                    with self._tried():
                        result = work(self._database)
                    done.set_result(result)
                except Exception as error:
                    done.set_exception(error)

        self._waiting.put(run)
        return await asyncio.wrap_future(done)

    def close(self) -> None:
        """Write what waits, then close the database."""
        self._waiting.put(None)
        self._thread.join()
        self._database.close()

    def _run(self) -> None:
        while (first := self._waiting.get()) is not None:
            batch = [first]
            open_ = True
            while not self._waiting.empty():
                if (more := self._waiting.get()) is None:
                    open_ = False
                    break
                batch.append(more)
            if requests := [one for one in batch if not callable(one)]:
                self._commit(requests)
            for work in batch:
                if callable(work):
                    work()
            if not open_:
                return

    def _commit(self, batch: list[_Waiting]) -> None:
        refused: list[Refused] = []
        failure: Exception | None = None
        try:
            requests = [records for records, _, _ in batch]
            with self._tried():
                refused = self._database.append_requests(requests, time.time_ns())
        except Exception as error:  # whatever it is, the senders must hear of it
            failure = error
        for place, (_, done, loop) in enumerate(batch):
            loop.call_soon_threadsafe(_settle, done, failure or refused[place])
        self._trim()

    def _trim(self) -> None:
        """Hold the size: all at once where nobody waits, else as much as came in and more."""
        # What fails is told to whoever sends next.
        with suppress(Exception), self._tried():
            for batches in itertools.count(1):
                more = self._database.trim(time.time_ns())
                if not more or (batches >= _MOST_TRIMMED and not self._waiting.empty()):
                    return

    @contextmanager
    def _tried(self) -> Iterator[None]:
        """See whether the file takes what is written."""
        try:
            yield
        except BadDatabase as error:
            self.fault = error
            raise
        else:
            self.fault = None


def _settle(done: "asyncio.Future[Refused]", outcome: Refused | Exception) -> None:
    if done.cancelled():
        return
    if isinstance(outcome, Exception):
        done.set_exception(outcome)
    else:
        done.set_result(outcome)

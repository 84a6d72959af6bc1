"""The one thread that writes: what waits is committed together, and acknowledged after that."""

import asyncio
import concurrent.futures
import queue
import threading
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from ccotel_tui.errors import MalformedTelemetry
from ccotel_tui.store.database import Database
from ccotel_tui.telemetry.records import Record

_Waiting = tuple[Sequence[Record], "asyncio.Future[None]", asyncio.AbstractEventLoop]
Result = TypeVar("Result")


class Writer:
    """Appends to a database from any event loop."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: queue.SimpleQueue[_Waiting | Callable[[], None] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="writer")
        self._thread.start()

    async def keep(self, records: Sequence[Record]) -> None:
        """Return when the records are on the disk.

        Raises MalformedTelemetry for what no database could hold, else what the store says.
        """
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()
        self._waiting.put((records, done, loop))
        await done

    async def do(self, work: Callable[[Database], Result]) -> Result:
        """Run this on the thread that writes, between two commits."""
        done: concurrent.futures.Future[Result] = concurrent.futures.Future()

        def run() -> None:
            if done.set_running_or_notify_cancel():
                try:
                    done.set_result(work(self._database))
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
        failure: Exception | None = None
        try:
            records = (record for records, _, _ in batch for record in records)
            self._database.append(records, time.time_ns())
        except (ArithmeticError, ValueError) as error:
            if len(batch) > 1:  # one request's fault is not its neighbours'
                for request in batch:
                    self._commit([request])
                return
            failure = MalformedTelemetry(f"a record that cannot be kept: {error}")
        except Exception as error:  # whatever it is, the senders must hear of it
            failure = error
        for _, done, loop in batch:
            loop.call_soon_threadsafe(_settle, done, failure)


def _settle(done: "asyncio.Future[None]", failure: Exception | None) -> None:
    if done.cancelled():
        return
    if failure is None:
        done.set_result(None)
    else:
        done.set_exception(failure)

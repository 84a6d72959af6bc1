"""The one thread that writes: what waits is committed together, and acknowledged after that."""

import asyncio
import queue
import threading
from collections.abc import Sequence

from ccotel_tui.store.database import Database
from ccotel_tui.telemetry.records import Record

_Waiting = tuple[Sequence[Record], "asyncio.Future[None]", asyncio.AbstractEventLoop]


class Writer:
    """Appends to a database from any event loop."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="writer")
        self._thread.start()

    async def keep(self, records: Sequence[Record]) -> None:
        """Return when the records are on the disk; raise what kept them from it."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()
        self._waiting.put((records, done, loop))
        await done

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
            self._commit(batch)
            if not open_:
                return

    def _commit(self, batch: list[_Waiting]) -> None:
        failure: Exception | None = None
        try:
            self._database.append(record for records, _, _ in batch for record in records)
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

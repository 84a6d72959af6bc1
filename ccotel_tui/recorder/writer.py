"""The one thread that writes: what waits is committed together, and acknowledged after that.

A long request is committed in several transactions, and what others sent goes between them. Cut
short, it is not acknowledged; sent again, the records that are kept already change nothing.
"""

import asyncio
import concurrent.futures
import itertools
import queue
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TypeVar

from ccotel_tui.errors import BadDatabase
from ccotel_tui.store.clock import StoreClock
from ccotel_tui.store.database import Database, Numbering, Rejected
from ccotel_tui.telemetry.records import Record

LARGEST_TRANSACTION = 2000
"""Records."""

LARGEST_PART = 1000
"""Records of one request in a transaction, so that there is room for those of others."""

Written = TypeVar("Written")

_MOST_TRIMMED = 8
"""Batches deleted in one go while somebody waits."""


@dataclass(eq=False)
class _Request:
    """A request whose records are to be kept, `kept` of them so far, and the sender that waits."""

    records: Sequence[Record]
    done: "asyncio.Future[Rejected]"
    loop: asyncio.AbstractEventLoop
    numbering: Numbering = field(default_factory=Counter)
    kept: int = 0
    rejected: Rejected = field(default_factory=Rejected)
    opening: int = 0

    def advance(self, number: int, rejected: Rejected, opening: int) -> bool:
        """Count so many more records as dealt with, and return whether all are.

        It begins again where the file was opened anew: its first parts may be in another.
        """
        if self.kept and opening != self.opening:
            self.kept, self.rejected = 0, Rejected()
            self.numbering.clear()
            return False
        self.opening = opening
        self.kept += number
        self.rejected = self.rejected.and_then(rejected)
        return self.kept == len(self.records)

    def settle(self, outcome: Rejected | Exception) -> None:
        """Give the sender that waits the outcome."""
        self.loop.call_soon_threadsafe(_settle, self.done, outcome)


class Writer:
    """Appends to a database from any event loop."""

    def __init__(self, database: Database) -> None:
        self.fault: BadDatabase | None = None
        """Why nothing can be kept now, as the newest try has shown."""
        self._database = database
        self._waiting: queue.SimpleQueue[_Request | Callable[[], None] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="writer")
        self._thread.start()

    async def keep(self, records: Sequence[Record]) -> Rejected:
        """Return when the records are on the disk, all but those that no database could hold.

        Raises what the store says where it can keep nothing.
        """
        loop = asyncio.get_running_loop()
        done: asyncio.Future[Rejected] = loop.create_future()
        self._waiting.put(_Request(records, done, loop))
        return await done

    @property
    def in_place(self) -> bool:
        """True while what was kept last is in the file at its path."""
        return self._database.in_place

    @property
    def clock(self) -> StoreClock | None:
        """The clock as the newest heartbeat has shown it."""
        return self._database.clock

    @property
    def deleted(self) -> Mapping[str, int]:
        """Records that were deleted for want of room, by kind."""
        return self._database.deleted

    async def do(self, work: Callable[[Database], Written]) -> Written:
        """Run this on the thread that writes, between two commits."""
        done: concurrent.futures.Future[Written] = concurrent.futures.Future()

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
        going: deque[_Request] = deque()
        open_ = True
        while open_ or going:
            works, open_ = self._take_in(going) if open_ else ([], False)
            if going:
                self._commit(going)
            for work in works:
                work()

    def _take_in(self, going: deque[_Request]) -> tuple[list[Callable[[], None]], bool]:
        """Take what waits; the works among it, and whether more may come.

        Waits for the first where nothing is to be done.
        """
        works: list[Callable[[], None]] = []
        while not (going or works) or not self._waiting.empty():
            match self._waiting.get():
                case None:
                    return works, False
                case _Request() as request:
                    going.append(request)
                case work:
                    works.append(work)
        return works, True

    def _commit(self, going: deque[_Request]) -> None:
        """Commit one transaction; of a long request only a part, and the others come before it."""
        parts = list(_parts(going))
        outcomes: list[Rejected] | Exception
        try:
            with self._tried():
                outcomes = self._database.append_requests(
                    [part for _, part in parts],
                    time.time_ns(),
                    [request.numbering for request, _ in parts],
                )
        except Exception as error:  # whatever it is, the senders must hear of it
            outcomes = error
        for place, (request, part) in enumerate(parts):
            if isinstance(outcomes, Exception):
                request.settle(outcomes)
            elif request.advance(len(part), outcomes[place], self._database.openings):
                request.settle(request.rejected)
            else:
                going.append(request)
        self._trim()

    def _trim(self) -> None:
        """Hold the size: all at once where nobody waits, else as much as came in and more."""
        # What fails is told to whoever sends next; what fails already must be seen until then.
        if self.fault is not None:
            return
        with suppress(Exception):
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


def _parts(going: deque[_Request]) -> Iterator[tuple[_Request, Sequence[Record]]]:
    """Take the requests out that one transaction has room for, or parts of them."""
    room = LARGEST_TRANSACTION
    while going and room:
        request = going.popleft()
        if not request.done.cancelled():  # nobody waits for the rest of it
            part = request.records[request.kept : request.kept + min(LARGEST_PART, room)]
            room -= len(part)
            yield request, part


def _settle(done: "asyncio.Future[Rejected]", outcome: Rejected | Exception) -> None:
    if done.cancelled():
        return
    if isinstance(outcome, Exception):
        done.set_exception(outcome)
    else:
        done.set_result(outcome)

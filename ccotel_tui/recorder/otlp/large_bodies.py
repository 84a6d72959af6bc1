"""Work on large bodies beside the event loop, so that the requests of others are not held up."""

import asyncio
import concurrent.futures
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from ccotel_tui.errors import Busy

LARGE = 64 * 1024
"""Bytes. Reading such a body takes some 10 ms; what is smaller is sooner read than handed on."""

MOST_WAITING = 256 * 1024 * 1024
"""Bytes of large bodies that wait for their turn, the one whose turn it is included."""

Outcome = TypeVar("Outcome")


async def run_beside(size: int, work: Callable[[], Outcome]) -> Outcome:
    """The outcome of the work on so many bytes, done in a thread of its own if they are many."""
    if size < LARGE:
        return work()
    done: concurrent.futures.Future[Outcome] = concurrent.futures.Future()

    def run() -> None:
        if done.set_running_or_notify_cancel():
            try:
                done.set_result(work())
            except Exception as error:
                # Its traceback would hold this frame, and that the body, in a circle.
                done.set_exception(error.with_traceback(None))

    # A daemon: a recorder that is to end does not wait for a body nobody will acknowledge.
    threading.Thread(target=run, name="beside", daemon=True).start()
    return await asyncio.wrap_future(done)


class Turns:
    """One large body at a time: what is read of it takes several times its room."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()
        self._waiting = 0

    @asynccontextmanager
    async def turn(self, size: int) -> AsyncIterator[None]:
        """The block is for a body of so many bytes; a small one need not wait. Raises Busy."""
        if size < LARGE:
            yield
            return
        if self._waiting + size > MOST_WAITING:
            raise Busy(
                f"{self._waiting} bytes of large requests wait already: let the sender export "
                "smaller batches, or try again later"
            )
        self._waiting += size
        try:
            async with self._turn:
                yield
        finally:
            self._waiting -= size

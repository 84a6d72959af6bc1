"""What a recorder does beside recording: it says that it listens, and deletes what is too old."""

import asyncio
import contextlib
import itertools
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from ccotel_tui.record.writer import Writer

SIGN_EVERY = 30.0
"""Seconds between two signs that somebody listens."""

_SIGNS_A_CLEANING = 120


@asynccontextmanager
async def housekeeping(writer: Writer, listens: Callable[[], bool]) -> AsyncIterator[None]:
    """Keep house until the end of the block; `listens` tells whether a port is served."""
    task = asyncio.create_task(_keep_house(writer, listens))
    try:
        yield
    finally:
        task.cancel()
        if listens():
            await sign(writer)


async def sign(writer: Writer, begins: bool = False) -> None:
    """Write down that somebody listens; `begins` where nobody did until now."""
    # A full disk or a damaged file is told to whoever sends something.
    with contextlib.suppress(Exception):
        await writer.do(lambda database: database.listen(time.time_ns(), begins))


async def _keep_house(writer: Writer, listens: Callable[[], bool]) -> None:
    for number in itertools.count():
        if listens():
            await sign(writer)
        if number % _SIGNS_A_CLEANING == 0:
            await _clean(writer)
        await asyncio.sleep(SIGN_EVERY)


async def _clean(writer: Writer) -> None:
    with contextlib.suppress(Exception):
        while await writer.do(lambda database: database.retain(time.time_ns())):
            pass

"""The recorder: one process that holds the lock beside the database and receives."""

import asyncio
import contextlib
import fcntl
import os
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path

from ccotel_tui.errors import AlreadyRecording, PortTaken
from ccotel_tui.record.receiver import serve_grpc, serve_http
from ccotel_tui.record.writer import Writer
from ccotel_tui.store.database import Database

_GRACE = 2.0
"""Seconds that a request which has begun may take to end when the recorder stops."""


@contextmanager
def lock(database: Path) -> Iterator[None]:
    """Be the only recorder of this database.

    Raises AlreadyRecording. The lock goes with the process, however it ends.
    """
    database.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = lock_file(database)
    with open(os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600), "r+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AlreadyRecording(
                f"Another recorder (process {file.read() or 'unknown'}) writes to {database}."
            ) from error
        file.truncate()
        file.write(str(os.getpid()))
        file.flush()
        yield


def lock_file(database: Path) -> Path:
    return database.with_name(database.name + ".lock")


def run(
    database: Path, grpc_address: str, http_address: str, say: Callable[[str], None], child: bool
) -> None:
    """Receive until SIGINT, SIGTERM or SIGHUP; a child also until its standard input closes.

    Raises AlreadyRecording, PortTaken (where neither port can be had) and BadDatabase.
    """
    with lock(database):
        asyncio.run(_record(database, grpc_address, http_address, say, child))


async def _record(
    database: Path, grpc_address: str, http_address: str, say: Callable[[str], None], child: bool
) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, stopped.set)
    if child:
        loop.add_reader(0, lambda: None if os.read(0, 4096) else stopped.set())
    async with AsyncExitStack() as stack:
        writer = Writer(Database(database))
        stack.callback(writer.close)
        listening, problems = [], []
        for serving in (_grpc(grpc_address, writer), _http(http_address, writer)):
            try:
                listening.append(await stack.enter_async_context(serving))
            except PortTaken as error:
                problems.append(str(error))
        if not listening:
            raise PortTaken(" ".join(problems))
        say(" ".join([f"recording: {', '.join(listening)}, into {database}", *problems]))
        await stopped.wait()
        if child:
            with contextlib.suppress(ValueError, OSError):
                loop.remove_reader(0)


@asynccontextmanager
async def _grpc(address: str, writer: Writer) -> AsyncIterator[str]:
    server, bound = await serve_grpc(address, writer)
    yield f"OTLP/gRPC {bound}"
    await server.stop(_GRACE)


@asynccontextmanager
async def _http(address: str, writer: Writer) -> AsyncIterator[str]:
    runner, bound = await serve_http(address, writer)
    yield f"OTLP/HTTP {bound}"
    await runner.cleanup()

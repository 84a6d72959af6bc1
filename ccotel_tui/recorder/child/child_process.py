"""The dashboard's child processes, which end with it: a recorder and a backfill."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from ccotel_tui.local.locations import PROGRAM

_STOP_TIMEOUT = 5.0


class Subprocess:
    """A command of this program that this process has started."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    async def start(cls, database: Path, grpc_address: str, http_address: str) -> "Subprocess":
        """Start a recorder; `lines` has its events."""
        addresses = ("--otlp-grpc", grpc_address, "--otlp-http", http_address)
        return await cls._start("record", "--db", str(database), *addresses)

    @classmethod
    async def backfill(cls, database: Path, endpoint: str, loki_url: str) -> "Subprocess":
        """Start a backfill of the stack; `lines` has its progress."""
        places = ("--endpoint", endpoint, "--loki-url", loki_url)
        return await cls._start("backfill", "--db", str(database), *places)

    @classmethod
    async def _start(cls, *words: str) -> "Subprocess":
        return cls(
            await asyncio.create_subprocess_exec(
                *(*PROGRAM, *words, "--child"),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
                start_new_session=True,
            )
        )

    @property
    def succeeded(self) -> bool:
        """True once it has ended with exit status 0."""
        return self._process.returncode == 0

    async def lines(self) -> AsyncIterator[str]:
        """Yield the lines that it prints, until it ends."""
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            yield line.decode(errors="replace").strip()
        await self._process.wait()

    async def stop(self) -> None:
        """Have it end, and wait until it has written what it received."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        # The closed pipe is noticed once the program runs, a signal at any time.
        with contextlib.suppress(ProcessLookupError):
            self._process.terminate()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._process.wait(), _STOP_TIMEOUT)

"""Children of the dashboard, which end with it: a recorder that waits for its turn, a backfill."""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator
from pathlib import Path

_STOPPED_WITHIN = 5.0


class Subprocess:
    """A command of ours that this process started."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    async def start(cls, database: Path, grpc_address: str, http_address: str) -> "Subprocess":
        """Start a recorder; what it says comes from `lines`."""
        addresses = ("--otlp-grpc", grpc_address, "--otlp-http", http_address)
        return await cls._start("record", "--db", str(database), *addresses)

    @classmethod
    async def backfill(cls, database: Path, endpoint: str, loki_url: str) -> "Subprocess":
        """Start to send what was kept to the stack; how far it is comes from `lines`."""
        places = ("--endpoint", endpoint, "--loki-url", loki_url)
        return await cls._start("backfill", "--db", str(database), *places)

    @classmethod
    async def _start(cls, *words: str) -> "Subprocess":
        return cls(
            await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "ccotel_tui", *words, "--child"),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
                start_new_session=True,
            )
        )

    @property
    def succeeded(self) -> bool:
        """Whether it has ended, and did what it was to do."""
        return self._process.returncode == 0

    async def lines(self) -> AsyncIterator[str]:
        """What it says, line by line, until it ends."""
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            yield line.decode(errors="replace").strip()
        await self._process.wait()

    async def stop(self) -> None:
        """Have it end, and wait until it has, what it took being on the disk."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        # The closed pipe is heard once it has begun, a signal at any time.
        with contextlib.suppress(ProcessLookupError):
            self._process.terminate()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._process.wait(), _STOPPED_WITHIN)

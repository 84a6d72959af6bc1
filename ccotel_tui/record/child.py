"""A recorder as a child of the dashboard: it waits for its turn, and ends with its parent."""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator
from pathlib import Path

_STOPPED_WITHIN = 5.0


class Child:
    """A recorder that this process started."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    async def start(cls, database: Path, grpc_address: str, http_address: str) -> "Child":
        """Start it; what it says comes from `lines`."""
        return cls(
            await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "ccotel_tui", "record", "--child", "--db", str(database)),
                *("--otlp-grpc", grpc_address, "--otlp-http", http_address),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
                start_new_session=True,
            )
        )

    async def lines(self) -> AsyncIterator[str]:
        """What it says, line by line, until it ends."""
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            yield line.decode(errors="replace").strip()
        await self._process.wait()

    async def stop(self) -> None:
        """Close the pipe and wait until what was acknowledged is on the disk."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._process.wait(), _STOPPED_WITHIN)

"""A recorder as a child of the dashboard: it ends when its parent's pipe closes, however."""

import asyncio
import contextlib
import fcntl
import sys
from pathlib import Path

_STOPPED_WITHIN = 5.0


def is_recording(database: Path) -> bool:
    """Whether some recorder holds the lock of this database."""
    try:
        with open(database.with_name(database.name + ".lock"), "rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


class Child:
    """A recorder that this process started.

    `said` is the line it printed once it listened, or why it did not.
    """

    def __init__(self, process: asyncio.subprocess.Process, said: str) -> None:
        self._process = process
        self.said = said

    @classmethod
    async def start(cls, database: Path, grpc_address: str, http_address: str) -> "Child":
        """Start it, and return once it listens or has given up."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "ccotel_tui", "record", "--child", "--db", str(database)),
            *("--otlp-grpc", grpc_address, "--otlp-http", http_address),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
        )
        assert process.stdout is not None
        said = await process.stdout.readline()
        return cls(process, said.decode(errors="replace").strip())

    @property
    def alive(self) -> bool:
        return self._process.returncode is None

    async def stop(self) -> None:
        """Close the pipe and wait until what was acknowledged is on the disk."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._process.wait(), _STOPPED_WITHIN)

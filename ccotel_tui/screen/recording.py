"""The recorder that the dashboard keeps going: its own, where nobody else records."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from ccotel_tui.record.child import Child, is_recording
from ccotel_tui.screen.messages import RecorderSaid

LOOK_EVERY = 2.0
"""Seconds between two looks whether somebody records."""


class Recording:
    """Starts a recorder as a child whenever the lock is free."""

    def __init__(self, database: Path, grpc_address: str, http_address: str) -> None:
        self._database = database
        self._addresses = grpc_address, http_address
        self._child: Child | None = None

    async def keep_going(self, post: Callable[[RecorderSaid], object]) -> None:
        """Look for ever, and post what changed."""
        before: RecorderSaid | None = None
        while True:
            now = await self._look()
            if now != before:
                post(now)
                before = now
            await asyncio.sleep(LOOK_EVERY)

    async def stop(self) -> None:
        """End our recorder; another dashboard starts the next."""
        if self._child is not None:
            await self._child.stop()

    async def _look(self) -> RecorderSaid:
        if self._child is None or not self._child.alive:
            if is_recording(self._database):
                return RecorderSaid("", recording=True)
            self._child = await Child.start(self._database, *self._addresses)
        recording = self._child.alive and self._child.said.startswith("recording")
        return RecorderSaid(self._child.said, recording)

"""The recorder that the dashboard keeps going: its own, in wait where somebody else records."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from ccotel_tui.record.child import Child
from ccotel_tui.record.lock import holder
from ccotel_tui.screen.messages import RecorderSaid

START_EVERY = 2.0
"""Seconds from one start to the next: one that crashes at once is not started in a loop."""

LOOK_EVERY = 2.0
"""Seconds between two looks at what the recorder does that ours waits for."""


class Recording:
    """Keeps one recorder alive as a child; that child knows whether it is its turn."""

    def __init__(self, database: Path, grpc_address: str, http_address: str) -> None:
        self._database = database
        self._addresses = grpc_address, http_address
        self._child: Child | None = None
        self._waits = False
        self._stopped = False

    async def keep_going(self, post: Callable[[RecorderSaid], object]) -> None:
        """Start a recorder whenever there is none, and post what it says."""
        following = asyncio.create_task(self._follow(post))
        try:
            await self._keep_going(post)
        finally:
            following.cancel()

    async def stop(self) -> None:
        """End our recorder; one that waits takes over."""
        self._stopped = True
        if self._child is not None:
            await self._child.stop()

    async def _keep_going(self, post: Callable[[RecorderSaid], object]) -> None:
        clock = asyncio.get_running_loop().time
        while not self._stopped:
            started = clock()
            self._child = await Child.start(self._database, *self._addresses)
            line = ""
            async for line in self._child.lines():
                self._waits = line.startswith("waiting")
                if (said := _said(line)) is not None:
                    post(said)
            if not self._stopped:
                post(RecorderSaid(line or "the recorder ended", recording=False))
                await asyncio.sleep(START_EVERY - (clock() - started))

    async def _follow(self, post: Callable[[RecorderSaid], object]) -> None:
        """While ours waits, post whether the other recorder has a port, and why not."""
        posted = waits = ("", True)
        while not self._stopped:
            state = holder(self._database) if self._waits else None
            if state is None:
                posted = waits
            elif state.listening or state.problem:
                said = waits if state.listening else (f"not recording: {state.problem}", False)
                if said != posted:
                    post(RecorderSaid(*said))
                posted = said
            await asyncio.sleep(LOOK_EVERY)


def _said(line: str) -> RecorderSaid | None:
    if line.startswith("recording"):
        return RecorderSaid(line, recording=True)
    if line.startswith("waiting"):
        return RecorderSaid("", recording=True)
    if line.startswith("not recording"):
        return RecorderSaid(line, recording=False)
    return None
